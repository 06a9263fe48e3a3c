package fuzz

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// Where a call is sent.
const (
	toList   = "the list"
	toObject = "the object"
)

// works are the IDs of the operations that start work; "" where there is none.
func works(m *model) []string {
	all := []string{}
	for _, o := range m.acts() {
		all = append(all, o.ID)
	}
	if len(all) == 0 {
		return []string{""}
	}
	return all
}

func bothPlaces(*model) []string { return []string{toList, toObject} }

// on asks the collection or the object, as the field of the call says, or either.
func on(t *rapid.T, m *model, c *Call) {
	c.Path = "/api" + m.resource.Path
	if c.Field == toObject || c.Field == "" && rapid.Bool().Draw(t, "of the object") {
		c.Path += "/" + uuidWord
	}
}

func ask(method string, query ...Param) func(*rapid.T, *model, *Call) {
	return func(t *rapid.T, m *model, c *Call) {
		on(t, m, c)
		c.Method, c.Query = method, query
	}
}

func ofList(query ...Param) func(*rapid.T, *model, *Call) {
	return func(t *rapid.T, m *model, c *Call) {
		c.Path, c.Method = "/api"+m.resource.Path, http.MethodGet
		c.Query = query
	}
}

// ofObject reads the object with a parameter; in its value, "field" stands for the
// field of the call.
func ofObject(name, value string) func(*rapid.T, *model, *Call) {
	return func(t *rapid.T, m *model, c *Call) {
		c.Path, c.Method = "/api"+m.resource.Path+"/"+uuidWord, http.MethodGet
		c.Query = []Param{{Name: name, Value: strings.ReplaceAll(value, "field", c.Field)}}
	}
}

// stranger asks for an operation without credentials; for the list where there is
// no such operation.
func stranger(e contract.Effect) func(*rapid.T, *model, *Call) {
	return func(t *rapid.T, m *model, c *Call) {
		var all []*contract.Operation
		for _, o := range m.resource.Operations {
			if o.Covers(m.release) && o.Effect == e {
				all = append(all, o)
			}
		}
		if len(all) == 0 {
			all = []*contract.Operation{m.operation(contract.List)}
		}
		o := pick(t, "operation", all)
		if i := slices.IndexFunc(all, func(o *contract.Operation) bool { return o.ID == c.Field }); i >= 0 {
			o = all[i]
		}
		m.become(c, o)
		c.As = "nobody"
		if e == contract.Create {
			c.On = 1 // where there is none yet
		}
	}
}

// tooLongFor asks for an operation with a time to wait that nobody may ask for; reads the
// list where there is no such operation.
func tooLongFor(e contract.Effect) func(*rapid.T, *model, *Call) {
	return func(_ *rapid.T, m *model, c *Call) {
		m.become(c, cmp.Or(m.operation(e), m.operation(contract.List)))
		c.Query = []Param{{Name: "return_timeout", Value: "121"}}
	}
}

// become makes a call one of an operation, in the manner that it is of.
func (m *model) become(c *Call, o *contract.Operation) {
	what, about := c.Fault, c.Field
	*c = m.asks(o)
	c.Fault, c.Field = what, about
}

// searches looks for something in a list: what names the parameters that it has, with
// their values but for query_fields, whose field is drawn.
func searches(what ...string) func(*rapid.T, *model, *Call) {
	return func(t *rapid.T, m *model, c *Call) {
		field := m.anyText(t)
		var query []Param
		for _, each := range what {
			name, value, given := strings.Cut(each, "=")
			if name, twice := strings.CutSuffix(name, " twice"); twice {
				query = append(query, Param{Name: name, Value: field + "," + field})
			} else if given {
				query = append(query, Param{Name: name, Value: value})
			} else {
				query = append(query, Param{Name: name, Value: field})
			}
		}
		ofList(query...)(t, m, c)
	}
}

// anyText draws the name of a field of text.
func (m *model) anyText(t *rapid.T) string {
	return pick(t, "field of text", names(slices.DeleteFunc(slices.Clone(m.shown), func(f *contract.Field) bool {
		return f.Type != contract.String || strings.Contains(f.Name, ".")
	})))
}

// changeOrList is the operation that changes, or where there is none the list.
func (m *model) changeOrList() *contract.Operation {
	return cmp.Or(m.operation(contract.Change), m.operation(contract.List))
}

// names of fields.
func allShown(m *model) []string { return names(m.shown) }

func togetherShown(m *model) []string { return []string{strings.Join(names(m.shown), ",")} }

// tooLong are times in seconds that nobody may ask to wait for.
func tooLong(*model) []string { return []string{"121", "-1", "1000000"} }

func secrets(m *model) []string {
	return names(m.with(func(f *contract.Field) bool { return f.Access == contract.WriteOnly }))
}

func objects(m *model) []string {
	return names(m.with(func(f *contract.Field) bool { return f.Type == contract.Object && !f.Advanced && !m.hidesAdvanced(f) }))
}

// hidesAdvanced reports whether an object holds an advanced property, be it in an
// array: whether the name of the object asks for that too no document says.
func (m *model) hidesAdvanced(object *contract.Field) bool {
	return slices.ContainsFunc(m.resource.Fields, func(f *contract.Field) bool {
		return f.Advanced && strings.HasPrefix(f.Name, object.Name+".")
	})
}

func unknownName(t *rapid.T, _ *model) string { return "zzz_" + plainWord().Draw(t, "name") }

// muchText draws more text than a web server need take in one request line or one header.
func muchText(t *rapid.T) string {
	return strings.Repeat("a", pick(t, "bytes", []int{oracle.MostOfHTTP + 1, 1 << 14, 1 << 16}))
}

// advanced are the advanced properties, or the identifier where there is none.
func (m *model) advanced() []string {
	var all []string
	for _, f := range m.fields {
		if f.Advanced && !strings.Contains(f.Name, ".") {
			all = append(all, f.Name)
		}
	}
	if len(all) == 0 {
		return []string{"uuid"}
	}
	return all
}
