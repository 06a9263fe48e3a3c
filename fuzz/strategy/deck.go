package strategy

import (
	"pgregory.net/rapid"

	"ontap-conformance/fuzz/plan"
)

// ByTurns goes through calls that need no object, and through calls on one object, by
// turns.
func ByTurns(m *Model, alone, with []plan.Call) func(int) *rapid.Generator[plan.Case] {
	return Decked(func(t *rapid.T, check int) []plan.Call {
		var calls []plan.Call
		all := alone
		if len(alone) == 0 || len(with) > 0 && check%2 == 1 {
			calls, all = append(calls, Creation(t, m, 1)), with
		}
		for _, i := range Dealt(check/2, MostCalls, len(all)) {
			calls = append(calls, all[i])
		}
		return calls
	})
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

// MostCalls is how many requests of one kind a case may have. Several in one case
// save the object that each would need; what fails is left alone in the end.
const MostCalls = 8

// Cases makes a generator of cases. rapid wants each to draw something, which a
// release with few fields does not always do.
func Cases(of func(t *rapid.T) []plan.Call) *rapid.Generator[plan.Case] {
	return rapid.Custom(func(t *rapid.T) plan.Case {
		rapid.Bool().Draw(t, "nothing")
		return plan.Case{Calls: of(t)}
	})
}

// Pick draws one of several, each as likely as any: rapid's own choice leans
// towards the first, which leaves the last kinds of a long table to luck.
func Pick[T any](t *rapid.T, label string, all []T) T {
	k := 0
	for n := 1; n < 8*len(all); n *= 2 {
		if k *= 2; rapid.Bool().Draw(t, label) {
			k++
		}
	}
	return all[k%len(all)]
}

// Dealt returns which entries of a deck the case of a check goes through, hand of them.
func Dealt(check, hand, deck int) []int {
	var all []int
	for i := range min(hand, deck) {
		all = append(all, (check*hand+i)%deck)
	}
	return all
}

// Decked makes the generators of a deck.
func Decked(of func(t *rapid.T, check int) []plan.Call) func(int) *rapid.Generator[plan.Case] {
	return func(check int) *rapid.Generator[plan.Case] {
		return Cases(func(t *rapid.T) []plan.Call { return of(t, check) })
	}
}

// Many draws how many calls of one kind a case has: most, more often than not, but
// few where few will do.
func Many(t *rapid.T, label string, most int) int {
	return Pick(t, label, []int{1, 2, 3, most / 2, most, most, most, most})
}
