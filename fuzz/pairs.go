package fuzz

import (
	"math/bits"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/resource"
)

// isIn reports whether a case has the i-th of several fields. Of any two fields one case
// in four has both, one has neither, and one has each alone: as many cases as there are
// fields, rounded up to a power of two, have seen every pair (the rows of a Hadamard
// matrix).
func isIn(i, check int) bool { return bits.OnesCount(uint(i+1)&uint(check))%2 == 1 }

// paired draws values for the fields that a case has: the first case has them all, as
// most of what goes wrong with one field shows at once.
func (m *model) paired(t *rapid.T, fields []*contract.Field, check int) map[string]any {
	set := map[string]any{}
	for i, f := range fields {
		if check == 0 || isIn(i, check) {
			set[f.Name] = m.valueOf(f).Draw(t, f.Name)
		}
	}
	return set
}

// sendable are the properties that a body of an operation may have, by its effect, as far
// as any property of this package sends them.
func (m *model) sendable(o *contract.Operation) []string {
	fields := slices.Concat(m.optional, m.hidden)
	if o.Effect == contract.Change {
		fields = slices.Concat(m.changed, m.with(func(f *contract.Field) bool { return m.isCredential(f.Name) }), m.unshown())
	}
	all := names(fields)
	for _, name := range m.required {
		if o.Effect == contract.Create && !slices.Contains(all, name) && m.field(name) != nil && m.field(name).Unsent == "" {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// excludes reports whether two properties stand in place of each other, so that no
// complete request has both.
func (m *model) excludes(one, other string) bool {
	for _, p := range m.operation(contract.Create).Required {
		if p.Covers(m.release) && slices.Contains(p.AnyOf, one) && slices.Contains(p.AnyOf, other) {
			return true
		}
	}
	return false
}

// A sending is what the body of a call that succeeded had.
type sending struct {
	operation *contract.Operation
	body      map[string]any
}

// String is the same for all that had the same properties.
func (s sending) String() string {
	return s.operation.ID + " " + strings.Join(sortedKeys(resource.Flat(s.body)), " ")
}

// pairsOf calls each with every property of an operation, and with every pair of them that
// one request may have.
func (m *model) pairsOf(o *contract.Operation, each func(one, other string)) {
	all := m.sendable(o)
	for i, one := range all {
		each(one, "")
		for _, other := range all[i+1:] {
			if !m.excludes(one, other) {
				each(one, other)
			}
		}
	}
}

// name lists what a sending had.
func (m *model) name(s sending) []Combination {
	had := resource.Flat(s.body)
	has := func(name string) bool {
		_, flat := had[name]
		_, whole := s.body[name]
		return name == "" || flat || whole
	}
	var all []Combination
	m.pairsOf(s.operation, func(one, other string) {
		if has(one) && has(other) {
			all = append(all, Combination{s.operation.String(), one, other})
		}
	})
	return all
}
