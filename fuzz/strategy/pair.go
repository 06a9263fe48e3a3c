package strategy

import (
	"math/bits"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
)

// isIn reports whether a case has the i-th of several fields. Of any two fields one case
// in four has both, one has neither, and one has each alone: as many cases as there are
// fields, rounded up to a power of two, have seen every pair (the rows of a Hadamard
// matrix).
func isIn(i, check int) bool { return bits.OnesCount(uint(i+1)&uint(check))%2 == 1 }

// Paired draws values for the fields that a case has: the first case has them all, as
// most of what goes wrong with one field shows at once.
func Paired(t *rapid.T, m *Model, fields []*contract.Field, check int) map[string]any {
	set := map[string]any{}
	for i, f := range fields {
		if check == 0 || isIn(i, check) {
			set[f.Name] = ValueOf(m, f).Draw(t, f.Name)
		}
	}
	return set
}

// sendable are the properties that a body of an operation may have, by its effect, as far
// as any property of this package sends them.
func (m *Model) sendable(o *contract.Operation) []string {
	fields := slices.Concat(m.Optional, m.Hidden)
	if o.Effect == contract.Change {
		fields = slices.Concat(m.changed, m.with(func(f *contract.Field) bool { return m.IsCredential(f.Name) }), m.unshown())
	}
	all := Names(fields)
	for _, name := range m.required {
		if o.Effect == contract.Create && !slices.Contains(all, name) && m.Field(name) != nil && m.Field(name).Unsent == "" {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// PairsOf calls each with every property of an operation, and with every pair of them that
// one request may have.
func PairsOf(m *Model, o *contract.Operation, each func(one, other string)) {
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
