package fuzz

import (
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// A fault is one thing that is wrong with the body of a creation or a change.
type fault struct {
	kind string // in kebab case, as coverage and findings name it
	text bool   // whether it is in the text of a body, and not in what it says
	own  bool   // whether resources promise its refusal, each for its own fields

	// fields are those that the fault can be made in; nil for one that is about
	// none.
	fields func(*model, *contract.Operation) []*contract.Field
	// values are what a field is set to by turns; nil where make puts the fault into a call.
	values []any
	make   func(t *rapid.T, m *model, f *contract.Field, c *Call)
	// promises says what the refusal is due for; nil where no document says that
	// there must be one.
	promises func(*model, *contract.Operation, Call) []due
}

// A due is what a refusal is promised to be like.
type due struct {
	ids    []contract.ID
	blamed bool     // whether it must have a status of the 400s
	codes  []string // one of which it must have; nil for any
	status []int    // one of which it must have; nil for any
}

func refusal(ids ...contract.ID) []due { return []due{{ids: ids}} }

// faults is every kind, those with a promise first.
var faults = []fault{
	{kind: "unknown-property", make: func(t *rapid.T, _ *model, _ *contract.Field, c *Call) {
		c.Set["zzz_"+plainWord().Draw(t, "name")] = pick(t, "value", []any{1, "a", nil, true})
	}, promises: func(_ *model, _ *contract.Operation, c Call) []due {
		return []due{{ids: []contract.ID{"API-BODY-04"}, blamed: true}, {ids: []contract.ID{"API-BODY-05"}, codes: []string{"262179", "2", "262197", "262196"}}}
	}},
	{kind: "no-json", text: true, make: func(t *rapid.T, _ *model, _ *contract.Field, c *Call) {
		c.Spoil = pick(t, "body", []*Spoil{{How: "all", Text: "hello"}, {How: "all", Text: `{"a":`}, {How: "before", Text: `"a":"a" "b":"b" `}, {How: "cut", At: 50}, {How: "cut", At: 99}})
	}, promises: noJSON},
	{kind: "more-than-json", text: true, make: func(t *rapid.T, _ *model, _ *contract.Field, c *Call) {
		c.Spoil = pick(t, "what follows", []*Spoil{{How: "after", Text: " text"}, {How: "after", Text: "{}"}})
	}, promises: noJSON},
	{kind: "property-twice", text: true, fields: texts, make: func(t *rapid.T, _ *model, f *contract.Field, c *Call) {
		c.Set[f.Name] = plainWord().Draw(t, "first")
		c.Spoil = &Spoil{How: "before", Text: `"` + f.Name + `":"conformance",`}
	}, promises: func(*model, *contract.Operation, Call) []due {
		return []due{{ids: []contract.ID{"API-BODY-03"}, codes: []string{"262188", "262282"}}}
	}},
	{kind: "wrong-kind", fields: plainFields, values: []any{[]any{"a"}, map[string]any{"a": 1}}, promises: always("API-BODY-06")},
	{kind: "wrong-type", fields: numbers, make: func(t *rapid.T, _ *model, f *contract.Field, c *Call) {
		c.Set[f.Name] = "abc" + plainWord().Draw(t, "value")
	}, promises: always("API-BODY-06")},
	{kind: "outside-the-enumeration", fields: enumerations, make: func(t *rapid.T, _ *model, f *contract.Field, c *Call) {
		c.Set[f.Name] = "zzz-" + plainWord().Draw(t, "value")
	}, promises: always("API-BODY-07")},
	{kind: "lacks-a-required-property", own: true, fields: requiredFields, make: func(_ *rapid.T, m *model, f *contract.Field, c *Call) {
		c.Lack = m.alternatives(f.Name)
		for _, name := range c.Lack {
			delete(c.Set, name)
		}
	}, promises: func(m *model, _ *contract.Operation, c Call) []due {
		return refusal(m.about("creation-without-required-is-refused", c.Field)...)
	}},
	{kind: "unknown-svm", fields: svmOfCreation, make: func(_ *rapid.T, _ *model, _ *contract.Field, c *Call) {
		c.Set["svm"] = map[string]any{"name": tokenWord + "-no-such-svm"}
	}, promises: func(m *model, _ *contract.Operation, _ Call) []due {
		return []due{{ids: m.of("creation-for-unknown-svm-is-refused"), blamed: true}}
	}},
	{kind: "text-in-place-of-an-object", fields: svmOfCreation, make: func(_ *rapid.T, _ *model, _ *contract.Field, c *Call) {
		c.Set["svm"] = svmWord
	}, promises: always("API-BODY-06")},
	{kind: "read-only-property", own: true, fields: readOnlyFields, make: setsFixed, promises: func(m *model, o *contract.Operation, _ Call) []due {
		if o.Effect == contract.Create {
			return refusal(m.of("creation-refuses-read-only")...)
		}
		return refusal(m.of("change-refuses-read-only")...)
	}},
	{kind: "property-of-another-method", own: true, fields: ofAnotherMethod, make: setsFixed, promises: func(m *model, o *contract.Operation, c Call) []due {
		if o.Effect == contract.Create {
			return refusal(m.about("creation-refuses-change-only", c.Field)...)
		}
		return refusal(m.of("change-refuses-create-only")...)
	}},
	{kind: "wild-text", fields: texts, make: func(t *rapid.T, m *model, f *contract.Field, c *Call) { c.Set[f.Name] = wildText().Draw(t, "value") }},
	{kind: "null", fields: plainFields, make: func(_ *rapid.T, _ *model, f *contract.Field, c *Call) { c.Set[f.Name] = nil }},
	{kind: "wild-number", fields: numbers, make: func(t *rapid.T, _ *model, f *contract.Field, c *Call) {
		c.Set[f.Name] = pick(t, "value", []any{0, -1, 65536, 1 << 31, 1 << 53, -1 << 62, 1.5, 1e300, true, ""})
	}},
	{kind: "text-of-a-number", make: func(t *rapid.T, _ *model, _ *contract.Field, c *Call) {
		number := pick(t, "number", []string{"18446744073709551616", "1e400", "-0", "1E+2", "1e-999999999", "0.1e1"})
		c.Spoil = &Spoil{How: "before", Text: `"zzz_number":` + number + `,`}
	}},
	{kind: "wild-body", make: func(t *rapid.T, _ *model, _ *contract.Field, c *Call) { c.Spoil = wildBody().Draw(t, "body") }},
	{kind: "wrong-content-type", make: func(t *rapid.T, _ *model, _ *contract.Field, c *Call) {
		c.Header = map[string]string{"Content-Type": pick(t, "type", []string{"text/plain", "application/xml", "application/json; charset=utf-16", "multipart/form-data", "a"})}
	}},
	{kind: "wrong-accept", make: func(t *rapid.T, _ *model, _ *contract.Field, c *Call) {
		c.Accept = pick(t, "accept", []string{"text/html", "application/xml", "image/*;q=0.1", ";;;"})
	}},
}

// wildBody draws bodies that are odd, whether they are JSON or not.
func wildBody() *rapid.Generator[*Spoil] {
	return rapid.SampledFrom([]*Spoil{
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

func noJSON(*model, *contract.Operation, Call) []due {
	return []due{{ids: []contract.ID{"API-BODY-01"}, blamed: true},
		{ids: []contract.ID{"API-BODY-02"}, codes: []string{"262199", "262200", "262201"}, status: []int{400}}}
}

func always(id contract.ID) func(*model, *contract.Operation, Call) []due {
	return func(*model, *contract.Operation, Call) []due { return refusal(id) }
}

// setsFixed sets a field that is not the client's to set by this operation.
func setsFixed(t *rapid.T, m *model, f *contract.Field, c *Call) {
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

// faultCalled returns the fault of that kind, or nil.
func faultCalled(kind string) *fault {
	for i := range faults {
		if faults[i].kind == kind {
			return &faults[i]
		}
	}
	return nil
}

// A flaw is a fault in one field, or in none.
type flaw struct {
	fault *fault
	field *contract.Field // nil for none
	turn  int             // of the fault, which says which of its values is meant
}

// flaws are all that a body of the operation can have, mixed so that a few in a row are of
// many kinds: those that must be refused, first one of each kind, and then those that no
// other field can stand for; and what nobody promises to take or to refuse.
func (m *model) flaws(o *contract.Operation) []flaw {
	var first []flaw
	var own, due, rest [][]flaw
	for i := range faults {
		f := &faults[i]
		all := []flaw{{fault: f}}
		if f.fields != nil {
			all = nil
			for turn, field := range f.fields(m, o) {
				all = append(all, flaw{f, field, turn})
			}
		}
		one := min(1, len(all))
		switch {
		case f.promises == nil:
			rest = append(rest, all)
			continue
		case f.own:
			own = append(own, all[one:])
		default:
			due = append(due, all[one:])
		}
		first = append(first, all[:one]...)
	}
	return slices.Concat(first, mixed(own), mixed(due), mixed(rest))
}

// mixed takes the first of each kind, then the second of each, and so on.
func mixed[T any](kinds [][]T) []T {
	var all []T
	for i, more := 0, true; more; i++ {
		more = false
		for _, kind := range kinds {
			if i < len(kind) {
				all, more = append(all, kind[i]), true
			}
		}
	}
	return all
}

// twiceSpoiled draws a call with two faults in different fields; with one where the draw
// was twice the same.
func (m *model) twiceSpoiled(t *rapid.T, flaws []flaw, c Call) Call {
	of := func(label string) flaw {
		f := pick(t, label, flaws)
		f.turn = rapid.IntRange(0, max(0, len(f.fault.values)-1)).Draw(t, "turn")
		return f
	}
	first := m.spoiled(t, of("one fault"), c)
	both := m.spoiled(t, of("another fault"), Call{Operation: first.Operation, Set: maps.Clone(first.Set), Lack: first.Lack})
	if both.Fault == first.Fault || both.Field == first.Field {
		return first
	}
	both.Lack = append(both.Lack, slices.DeleteFunc(slices.Clone(first.Lack), func(name string) bool { return slices.Contains(both.Lack, name) })...)
	both.Fault, both.Field = first.Fault+and+both.Fault, first.Field+and+both.Field
	return both
}

// spoiled draws a call with exactly one fault. The call must be right so far.
func (m *model) spoiled(t *rapid.T, with flaw, c Call) Call {
	c.Fault = with.fault.kind
	if c.Set == nil {
		c.Set = map[string]any{}
	}
	if with.field != nil {
		c.Field = with.field.Name
	}
	if values := with.fault.values; values != nil {
		c.Set[c.Field] = values[with.turn%len(values)]
	} else {
		with.fault.make(t, m, with.field, &c)
	}
	if c.Spoil != nil {
		m.dropCertificates(&c)
	}
	return c
}

// dropCertificates gives a creation the credentials of a complete body in place of a
// certificate: features cannot have one in the text of a body.
func (m *model) dropCertificates(c *Call) {
	for _, name := range sortedKeys(c.Set) {
		if oracle.Equal(c.Set[name], certificateValue()) {
			delete(c.Set, name)
			c.Lack = slices.DeleteFunc(c.Lack, func(other string) bool { return slices.Contains(m.alternatives(name), other) })
		}
	}
}
