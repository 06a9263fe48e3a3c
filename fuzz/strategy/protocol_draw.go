package strategy

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
)

// Where a call is sent.
const (
	toList   = "the list"
	toObject = "the object"
)

// operationsOfWork are the IDs of the operations that start work; "" where there is none.
func operationsOfWork(m *Model) []string {
	all := []string{}
	for _, o := range m.Acts() {
		all = append(all, o.ID)
	}
	if len(all) == 0 {
		return []string{""}
	}
	return all
}

func bothPlaces(*Model) []string { return []string{toList, toObject} }

// drawPath asks the collection or the object, as the field of the call says, or either.
func drawPath(t *rapid.T, m *Model, c *plan.Call) {
	c.Path = "/api" + m.Resource.Path
	if c.Field == toObject || c.Field == "" && rapid.Bool().Draw(t, "of the object") {
		c.Path += "/" + plan.UUID
	}
}

func drawAsked(method string, query ...plan.Param) func(*rapid.T, *Model, *plan.Call) {
	return func(t *rapid.T, m *Model, c *plan.Call) {
		drawPath(t, m, c)
		c.Method, c.Query = method, query
	}
}

func ofList(query ...plan.Param) func(*rapid.T, *Model, *plan.Call) {
	return func(t *rapid.T, m *Model, c *plan.Call) {
		c.Path, c.Method = "/api"+m.Resource.Path, http.MethodGet
		c.Query = query
	}
}

// ofObject reads the object with a parameter; in its value, "field" stands for the
// field of the call.
func ofObject(name, value string) func(*rapid.T, *Model, *plan.Call) {
	return func(t *rapid.T, m *Model, c *plan.Call) {
		c.Path, c.Method = "/api"+m.Resource.Path+"/"+plan.UUID, http.MethodGet
		c.Query = []plan.Param{{Name: name, Value: strings.ReplaceAll(value, "field", c.Field)}}
	}
}

// stranger asks for an operation without credentials; for the list where there is
// no such operation.
func stranger(e contract.Effect) func(*rapid.T, *Model, *plan.Call) {
	return func(t *rapid.T, m *Model, c *plan.Call) {
		var all []*contract.Operation
		for _, o := range m.Resource.Operations {
			if o.Covers(m.Release) && o.Effect == e {
				all = append(all, o)
			}
		}
		if len(all) == 0 {
			all = []*contract.Operation{m.Operation(contract.List)}
		}
		o := Pick(t, "operation", all)
		if i := slices.IndexFunc(all, func(o *contract.Operation) bool { return o.ID == c.Field }); i >= 0 {
			o = all[i]
		}
		become(m, c, o)
		c.As = "nobody"
		if e == contract.Create {
			c.On = 1 // where there is none yet
		}
	}
}

// tooLongFor asks for an operation with a time to wait that nobody may ask for; reads the
// list where there is no such operation.
func tooLongFor(e contract.Effect) func(*rapid.T, *Model, *plan.Call) {
	return func(_ *rapid.T, m *Model, c *plan.Call) {
		become(m, c, cmp.Or(m.Operation(e), m.Operation(contract.List)))
		c.Query = []plan.Param{{Name: "return_timeout", Value: "121"}}
	}
}

// become makes a call one of an operation, in the manner that it is of.
func become(m *Model, c *plan.Call, o *contract.Operation) {
	what, about := c.Fault, c.Field
	*c = Ask(m, o)
	c.Fault, c.Field = what, about
}

// searches looks for something in a list: what names the parameters that it has, with
// their values but for query_fields, whose field is drawn.
func searches(what ...string) func(*rapid.T, *Model, *plan.Call) {
	return func(t *rapid.T, m *Model, c *plan.Call) {
		field := anyText(t, m)
		var query []plan.Param
		for _, each := range what {
			name, value, given := strings.Cut(each, "=")
			if name, twice := strings.CutSuffix(name, " twice"); twice {
				query = append(query, plan.Param{Name: name, Value: field + "," + field})
			} else if given {
				query = append(query, plan.Param{Name: name, Value: value})
			} else {
				query = append(query, plan.Param{Name: name, Value: field})
			}
		}
		ofList(query...)(t, m, c)
	}
}

// anyText draws the name of a field of text.
func anyText(t *rapid.T, m *Model) string {
	return Pick(t, "field of text", Names(slices.DeleteFunc(slices.Clone(m.Shown), func(f *contract.Field) bool {
		return f.Type != contract.String || strings.Contains(f.Name, ".")
	})))
}

// changeOrList is the operation that changes, or where there is none the list.
func changeOrList(m *Model) *contract.Operation {
	return cmp.Or(m.Operation(contract.Change), m.Operation(contract.List))
}

// names of fields.
func allShown(m *Model) []string { return Names(m.Shown) }

func togetherShown(m *Model) []string { return []string{strings.Join(Names(m.Shown), ",")} }

// tooLong are times in seconds that nobody may ask to wait for.
func tooLong(*Model) []string { return []string{"121", "-1", "1000000"} }

func secrets(m *Model) []string {
	return Names(m.with(func(f *contract.Field) bool { return f.Access == contract.WriteOnly }))
}

func objectFields(m *Model) []string {
	return Names(m.with(func(f *contract.Field) bool { return f.Type == contract.Object && !f.Advanced && !hidesAdvanced(m, f) }))
}

// hidesAdvanced reports whether an object holds an advanced property, be it in an
// array: whether the name of the object asks for that too no document says.
func hidesAdvanced(m *Model, object *contract.Field) bool {
	return slices.ContainsFunc(m.Resource.Fields, func(f *contract.Field) bool {
		return f.Advanced && strings.HasPrefix(f.Name, object.Name+".")
	})
}

func unknownName(t *rapid.T, _ *Model) string { return "zzz_" + plainWord().Draw(t, "name") }

// beyondHTTP is one byte more than every web server takes for a request line, or for all headers
// together.
const beyondHTTP = 8001

// muchText draws more text than a web server need take in one request line or one header.
func muchText(t *rapid.T) string {
	return strings.Repeat("a", Pick(t, "bytes", []int{beyondHTTP, 1 << 14, 1 << 16}))
}
