package fuzz

import (
	"slices"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/steps"
)

// The functions of this file answer what those who write a case down for others
// ask.

// modelOf returns what is known of a resource; nil when nothing of it is made.
func modelOf(c *contract.Catalogue, release contract.Release, resource *contract.Resource) *model {
	for _, sort := range steps.Sorts(c) {
		if sort.Resource == resource {
			return newModel(c, release, sort)
		}
	}
	return nil
}

// MayFollow returns the members that may change when a change names some
// properties, in order and each once.
func MayFollow(c *contract.Catalogue, release contract.Release, resource *contract.Resource, set map[string]any) []string {
	m := modelOf(c, release, resource)
	if m == nil {
		return nil
	}
	all := m.mayFollow(set)
	slices.Sort(all)
	return slices.Compact(all)
}

// Promised says what the refusal of a call with a fault must be like by one
// requirement: its status, 0 for any; one of codes, nil for any; whether the
// status must be one of the 400s. ok is false when it says nothing.
func Promised(c *contract.Catalogue, release contract.Release, call Call, id contract.ID) (status int, codes []string, blamed, ok bool) {
	f, o := faultCalled(call.Fault), call.In(c)
	if f == nil || f.promises == nil || o == nil {
		return 0, nil, false, false
	}
	m := modelOf(c, release, o.Resource)
	if m == nil {
		return 0, nil, false, false
	}
	for _, d := range f.promises(m, o, call) {
		if slices.Contains(d.ids, id) {
			if len(d.status) > 0 {
				status = d.status[0]
			}
			return status, d.codes, d.blamed, true
		}
	}
	return 0, nil, false, false
}
