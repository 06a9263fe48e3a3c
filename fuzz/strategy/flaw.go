package strategy

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
)

// A Flaw is a fault in one field, or in none.
type Flaw struct {
	Fault *fault
	field *contract.Field // nil for none
	turn  int             // of the fault, which says which of its values is meant
}

// Flaws are all that a body of the operation can have, mixed so that a few in a row are of
// many kinds: those that must be refused, first one of each kind, and then those that no
// other field can stand for; and what nobody promises to take or to refuse.
func Flaws(m *Model, o *contract.Operation) []Flaw {
	var first []Flaw
	var own, due, rest [][]Flaw
	for i := range faultKinds {
		f := &faultKinds[i]
		all := []Flaw{{Fault: f}}
		if f.fields != nil {
			all = nil
			for turn, field := range f.fields(m, o) {
				all = append(all, Flaw{f, field, turn})
			}
		}
		one := min(1, len(all))
		switch {
		case f.Promises == nil:
			rest = append(rest, all)
			continue
		case f.Own:
			own = append(own, all[one:])
		default:
			due = append(due, all[one:])
		}
		first = append(first, all[:one]...)
	}
	return slices.Concat(first, mixed(own), mixed(due), mixed(rest))
}

// TwiceSpoiled draws a call with two faults in different fields; with one where the draw
// was twice the same.
func TwiceSpoiled(t *rapid.T, m *Model, flaws []Flaw, c plan.Call) plan.Call {
	of := func(label string) Flaw {
		f := Pick(t, label, flaws)
		f.turn = rapid.IntRange(0, max(0, len(f.Fault.values)-1)).Draw(t, "turn")
		return f
	}
	first := Spoiled(t, m, of("one fault"), c)
	both := Spoiled(t, m, of("another fault"), plan.Call{Operation: first.Operation, Set: maps.Clone(first.Set), Lack: first.Lack})
	if both.Fault == first.Fault || both.Field == first.Field {
		return first
	}
	both.Lack = append(both.Lack, slices.DeleteFunc(slices.Clone(first.Lack), func(name string) bool { return slices.Contains(both.Lack, name) })...)
	both.Fault, both.Field = first.Fault+plan.And+both.Fault, first.Field+plan.And+both.Field
	return both
}

// Spoiled draws a call with exactly one fault. The call must be right so far.
func Spoiled(t *rapid.T, m *Model, with Flaw, c plan.Call) plan.Call {
	c.Fault = with.Fault.kind
	if c.Set == nil {
		c.Set = map[string]any{}
	}
	if with.field != nil {
		c.Field = with.field.Name
	}
	if values := with.Fault.values; values != nil {
		c.Set[c.Field] = values[with.turn%len(values)]
	} else {
		with.Fault.make(t, m, with.field, &c)
	}
	if c.Spoil != nil {
		dropCertificates(m, &c)
	}
	return c
}

// DealtFlaws are those that the case of a check goes through, with another turn whenever the
// deck is gone through again.
func DealtFlaws(check int, deck []Flaw) []Flaw {
	const hand = 2 * MostCalls
	var all []Flaw
	for k, i := range Dealt(check, hand, len(deck)) {
		f := deck[i]
		f.turn += (check*hand + k) / len(deck)
		all = append(all, f)
	}
	return all
}
