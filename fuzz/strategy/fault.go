package strategy

import (
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
)

// A fault is one thing that is wrong with the body of a creation or a change.
type fault struct {
	kind string // in kebab case, as coverage and findings name it
	Text bool   // whether it is in the text of a body, and not in what it says
	Own  bool   // whether resources promise its refusal, each for its own fields

	// fields are those that the fault can be made in; nil for one that is about
	// none.
	fields func(*Model, *contract.Operation) []*contract.Field
	// values are what a field is set to by turns; nil where make puts the fault into a call.
	values []any
	make   func(t *rapid.T, m *Model, f *contract.Field, c *plan.Call)
	// promises says what the refusal is due for; nil where no document says that
	// there must be one.
	Promises func(*Model, *contract.Operation, plan.Call) []Due
}

// A Due is what a refusal is promised to be like.
type Due struct {
	IDs    []contract.ID
	Blamed bool     // whether it must have a status of the 400s
	Codes  []string // one of which it must have; nil for any
	Status []int    // one of which it must have; nil for any
}

func refusal(ids ...contract.ID) []Due { return []Due{{IDs: ids}} }

// faultKinds is every kind, those with a promise first.
var faultKinds = []fault{
	{kind: "unknown-property", make: func(t *rapid.T, _ *Model, _ *contract.Field, c *plan.Call) {
		c.Set["zzz_"+plainWord().Draw(t, "name")] = Pick(t, "value", []any{1, "a", nil, true})
	}, Promises: func(_ *Model, _ *contract.Operation, c plan.Call) []Due {
		return []Due{{IDs: []contract.ID{"API-BODY-04"}, Blamed: true}, {IDs: []contract.ID{"API-BODY-05"}, Codes: []string{"262179", "2", "262197", "262196"}}}
	}},
	{kind: "no-json", Text: true, make: func(t *rapid.T, _ *Model, _ *contract.Field, c *plan.Call) {
		c.Spoil = Pick(t, "body", []*plan.Spoil{{How: "all", Text: "hello"}, {How: "all", Text: `{"a":`}, {How: "before", Text: `"a":"a" "b":"b" `}, {How: "cut", At: 50}, {How: "cut", At: 99}})
	}, Promises: noJSON},
	{kind: "more-than-json", Text: true, make: func(t *rapid.T, _ *Model, _ *contract.Field, c *plan.Call) {
		c.Spoil = Pick(t, "what follows", []*plan.Spoil{{How: "after", Text: " text"}, {How: "after", Text: "{}"}})
	}, Promises: noJSON},
	{kind: "property-twice", Text: true, fields: TextFields, make: func(t *rapid.T, _ *Model, f *contract.Field, c *plan.Call) {
		c.Set[f.Name] = plainWord().Draw(t, "first")
		c.Spoil = &plan.Spoil{How: "before", Text: `"` + f.Name + `":"conformance",`}
	}, Promises: func(*Model, *contract.Operation, plan.Call) []Due {
		return []Due{{IDs: []contract.ID{"API-BODY-03"}, Codes: []string{"262188", "262282"}}}
	}},
	{kind: "wrong-kind", fields: plainFields, values: []any{[]any{"a"}, map[string]any{"a": 1}}, Promises: always("API-BODY-06")},
	{kind: "wrong-type", fields: numberFields, make: func(t *rapid.T, _ *Model, f *contract.Field, c *plan.Call) {
		c.Set[f.Name] = "abc" + plainWord().Draw(t, "value")
	}, Promises: always("API-BODY-06")},
	{kind: "outside-the-enumeration", fields: enumerations, make: func(t *rapid.T, _ *Model, f *contract.Field, c *plan.Call) {
		c.Set[f.Name] = "zzz-" + plainWord().Draw(t, "value")
	}, Promises: always("API-BODY-07")},
	{kind: "lacks-a-required-property", Own: true, fields: requiredFields, make: func(_ *rapid.T, m *Model, f *contract.Field, c *plan.Call) {
		c.Lack = m.alternatives(f.Name)
		for _, name := range c.Lack {
			delete(c.Set, name)
		}
	}, Promises: func(m *Model, _ *contract.Operation, c plan.Call) []Due {
		return refusal(m.About("creation-without-required-is-refused", c.Field)...)
	}},
	{kind: "unknown-svm", fields: svmOfCreation, make: func(_ *rapid.T, _ *Model, _ *contract.Field, c *plan.Call) {
		c.Set["svm"] = map[string]any{"name": plan.Token + "-no-such-svm"}
	}, Promises: func(m *Model, _ *contract.Operation, _ plan.Call) []Due {
		return []Due{{IDs: m.Of("creation-for-unknown-svm-is-refused"), Blamed: true}}
	}},
	{kind: "text-in-place-of-an-object", fields: svmOfCreation, make: func(_ *rapid.T, _ *Model, _ *contract.Field, c *plan.Call) {
		c.Set["svm"] = plan.SVM
	}, Promises: always("API-BODY-06")},
	{kind: "read-only-property", Own: true, fields: readOnlyFields, make: setsFixed, Promises: func(m *Model, o *contract.Operation, _ plan.Call) []Due {
		if o.Effect == contract.Create {
			return refusal(m.Of("creation-refuses-read-only")...)
		}
		return refusal(m.Of("change-refuses-read-only")...)
	}},
	{kind: "property-of-another-method", Own: true, fields: ofAnotherMethod, make: setsFixed, Promises: func(m *Model, o *contract.Operation, c plan.Call) []Due {
		if o.Effect == contract.Create {
			return refusal(m.About("creation-refuses-change-only", c.Field)...)
		}
		return refusal(m.Of("change-refuses-create-only")...)
	}},
	{kind: "wild-text", fields: TextFields, make: func(t *rapid.T, m *Model, f *contract.Field, c *plan.Call) {
		c.Set[f.Name] = wildText().Draw(t, "value")
	}},
	{kind: "null", fields: plainFields, make: func(_ *rapid.T, _ *Model, f *contract.Field, c *plan.Call) { c.Set[f.Name] = nil }},
	{kind: "wild-number", fields: numberFields, make: func(t *rapid.T, _ *Model, f *contract.Field, c *plan.Call) {
		c.Set[f.Name] = Pick(t, "value", []any{0, -1, 65536, 1 << 31, 1 << 53, -1 << 62, 1.5, 1e300, true, ""})
	}},
	{kind: "text-of-a-number", make: func(t *rapid.T, _ *Model, _ *contract.Field, c *plan.Call) {
		number := Pick(t, "number", []string{"18446744073709551616", "1e400", "-0", "1E+2", "1e-999999999", "0.1e1"})
		c.Spoil = &plan.Spoil{How: "before", Text: `"zzz_number":` + number + `,`}
	}},
	{kind: "wild-body", make: func(t *rapid.T, _ *Model, _ *contract.Field, c *plan.Call) { c.Spoil = wildBody().Draw(t, "body") }},
	{kind: "wrong-content-type", make: func(t *rapid.T, _ *Model, _ *contract.Field, c *plan.Call) {
		c.Header = map[string]string{"Content-Type": Pick(t, "type", []string{"text/plain", "application/xml", "application/json; charset=utf-16", "multipart/form-data", "a"})}
	}},
	{kind: "wrong-accept", make: func(t *rapid.T, _ *Model, _ *contract.Field, c *plan.Call) {
		c.Accept = Pick(t, "accept", []string{"text/html", "application/xml", "image/*;q=0.1", ";;;"})
	}},
}

// wildBody draws bodies that are odd, whether they are JSON or not.
func wildBody() *rapid.Generator[*plan.Spoil] {
	return rapid.SampledFrom([]*plan.Spoil{
		{How: "all", Text: "[]"}, {How: "all", Text: "null"}, {How: "all", Text: `"a"`}, {How: "all", Text: "1"}, {How: "all", Text: "[{}]"},
		{How: "all", Text: " \t\r\n"}, {How: "all", Text: "\ufeff{}"}, {How: "after", Text: "\n\n \t"}, {How: "after", Text: "\x00"}, {How: "bytes"},
		{How: "before", Text: `"zzz":"\ud800",`}, {How: "before", Text: `"zzz":"\u0000",`},
		{How: "before", Text: `"zzz":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `,`},
		{How: "before", Text: `"zzz":` + strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200) + `,`},
		{How: "before", Text: `"zzz":[` + strings.Repeat("1,", 5000) + `1],`},
		{How: "before", Text: `"` + strings.Repeat("z", 70000) + `":1,`},
		{How: "before", Text: `"":1,`}, {How: "before", Text: `".":1,`}, {How: "before", Text: `"svm..name":1,`}, {How: "before", Text: `"__proto__":{"a":1},`},
	})
}

func noJSON(*Model, *contract.Operation, plan.Call) []Due {
	return []Due{{IDs: []contract.ID{"API-BODY-01"}, Blamed: true},
		{IDs: []contract.ID{"API-BODY-02"}, Codes: []string{"262199", "262200", "262201"}, Status: []int{400}}}
}

func always(id contract.ID) func(*Model, *contract.Operation, plan.Call) []Due {
	return func(*Model, *contract.Operation, plan.Call) []Due { return refusal(id) }
}

// setsFixed sets a field that is not the client's to set by this operation.
func setsFixed(t *rapid.T, m *Model, f *contract.Field, c *plan.Call) {
	switch {
	case len(f.Enum) > 0: // the first is what most objects have
		c.Set[f.Name] = f.Enum[len(f.Enum)-1]
	case f.Type == contract.Boolean: // which is mostly that all is well
		c.Set[f.Name] = false
	case f.Type == contract.Integer:
		c.Set[f.Name] = rapid.IntRange(1, 60).Draw(t, "value")
	case f.Type == contract.Object:
		c.Set[f.Name] = map[string]any{"message": "well"}
	case strings.HasSuffix(f.Name, "uuid"):
		c.Set[f.Name] = "00000000-0000-4000-8000-00000000fade"
	default:
		c.Set[f.Name] = "somewhere-else-" + plainWord().Draw(t, "value")
	}
}

// FaultCalled returns the fault of that kind, or nil.
func FaultCalled(kind string) *fault {
	for i := range faultKinds {
		if faultKinds[i].kind == kind {
			return &faultKinds[i]
		}
	}
	return nil
}
