package strategy

import (
	"maps"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
)

// Rows are the documented errors of the release of which a request is known that provokes
// them.
func Rows(m *Model) []*contract.ErrorRow {
	var all []*contract.ErrorRow
	for _, o := range m.Resource.Operations {
		if !o.Covers(m.Release) {
			continue
		}
		for _, row := range o.Errors {
			if row.Example != nil && row.Covers(m.Release) && row.Untested == "" && row.Provoke != contract.ByLab {
				all = append(all, row)
			}
		}
	}
	return all
}

// RowIDs are the requirements that the rows stand for, and those that promise the same
// refusals.
func RowIDs(m *Model) []contract.ID {
	var ids []contract.ID
	for _, row := range Rows(m) {
		for _, id := range append(m.RefusedBy(row), row.ID) {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// Provoking is the call that provokes an error.
func Provoking(m *Model, row *contract.ErrorRow) plan.Call {
	c := CallOf(m, row.Example)
	if row.Example.Unknown {
		c = Ask(m, row.Operation)
		c.Unknown = true
	}
	c.Operation, c.Fault, c.Field = row.Operation.ID, "documented", string(row.ID)
	return c
}

// A PromisedRequest is one request that a requirement of the release is about.
type PromisedRequest struct {
	*contract.Example
	Of *contract.Requirement
}

// Examples are those of the resource whose operation the release has.
func Examples(m *Model) []PromisedRequest {
	var all []PromisedRequest
	for _, q := range m.Resource.Requirements {
		for _, e := range q.Examples {
			if o := m.Catalogue.Operation(e.Operation); q.Covers(m.Release) && q.Untested == "" && o.Covers(m.Release) {
				all = append(all, PromisedRequest{e, q})
			}
		}
	}
	return all
}

func IDsOf(all []PromisedRequest) []contract.ID {
	var ids []contract.ID
	for _, e := range all {
		if !slices.Contains(ids, e.Of.ID) {
			ids = append(ids, e.Of.ID)
		}
	}
	return ids
}

// CallOf is the call of an example.
func CallOf(m *Model, e *contract.Example) plan.Call {
	c := plan.Call{Operation: e.Operation, Set: SetOf(m, e.Set), Lack: e.Without}
	for _, name := range slices.Sorted(maps.Keys(e.Query)) {
		c.Query = append(c.Query, plan.Param{Name: name, Value: e.Query[name]})
	}
	return c
}

// SetOf is what a call sets of a body in the catalogue; nil for none.
func SetOf(m *Model, b contract.BodyTemplate) map[string]any {
	if b == nil {
		return nil
	}
	set := map[string]any{}
	for _, member := range b {
		set[member.Name] = wordsOf(m, member.Name, member.Value)
	}
	return set
}

// wordsOf puts what a case holds in the place of words in the value of a property.
func wordsOf(m *Model, name string, v any) any {
	switch v := v.(type) {
	case string:
		switch {
		case v == "(new secret)":
			return newSecret(name)
		case contract.IsWord(v):
			return plan.Cell(v)
		}
		return strings.ReplaceAll(v, "<"+m.Resource.Key+" of it>", plan.UUID)
	case []any:
		all := make([]any, len(v))
		for i, e := range v {
			all[i] = wordsOf(m, name, e)
		}
		return all
	case map[string]any:
		all := map[string]any{}
		for member, e := range v {
			all[member] = wordsOf(m, member, e)
		}
		return all
	}
	return v
}
