package engine

import (
	"maps"
	"slices"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/fuzz/strategy"
)

// needless are the places of calls that a case fails without, looked for by halves first
// and then by ever smaller parts: most calls of a long case have no part in how it fails.
func needless(t *property.Trial, c plan.Case, fails func(plan.Case) bool) map[int]bool {
	out := map[int]bool{}
	for n := (len(c.Calls) + 1) / 2; n > 0; n /= 2 {
		for i := 0; i < len(c.Calls); i += n {
			more := maps.Clone(out)
			for j := i; j < min(i+n, len(c.Calls)); j++ {
				if !more[j] && mayGo(t, c, more, j) {
					more[j] = true
				}
			}
			if len(more) > len(out) && fails(c.Without(more)) {
				out = more
			}
		}
	}
	return out
}

// mayGo reports whether a call can be left out besides others, so that the rest is as right
// as the case is, and as wrong: it is about something of its own, or there are others of its
// kind.
func mayGo(t *property.Trial, c plan.Case, out map[int]bool, i int) bool {
	if t.Property.Deck == nil || i < t.Property.Stay || len(c.Calls)-len(out) < 2 {
		return false
	}
	call := c.Calls[i]
	return t.Property.Loose || call.Fault != "" || call.Ask != nil || numberOf(t, c.Without(out), effectOf(t, call)) > 1
}

// numberOf is how many calls of a case have an effect.
func numberOf(t *property.Trial, c plan.Case, effect contract.Effect) int {
	n := 0
	for _, call := range c.Calls {
		if effectOf(t, call) == effect {
			n++
		}
	}
	return n
}

// trim leaves out of a case, one by one, whatever it fails without: calls and properties.
// What rapid has made small by draws is then small as data, too: nothing can be left out of
// it.
func trim(t *property.Trial, c plan.Case, fails func(plan.Case) bool) plan.Case {
	for again := true; again; {
		again = false
		for i, all := 0, lesser(t, c); i < len(all); {
			if !fails(all[i]) {
				i++
				continue
			}
			c, again = all[i], true
			all = lesser(t, c)
		}
	}
	return c
}

// lesser are the cases that have one thing less: a call, or a property that nothing goes
// with.
func lesser(t *property.Trial, c plan.Case) []plan.Case {
	var all []plan.Case
	for i := range c.Calls {
		if mayGo(t, c, nil, i) {
			all = append(all, c.Without(map[int]bool{i: true}))
		}
	}
	if t.Property.Deck != nil && numberOf(t, c, contract.Change) > 1 && effectOf(t, c.Calls[0]) == contract.Create && effectOf(t, c.Calls[1]) == contract.Change {
		if both, ok := merged(t, c.Calls[0], c.Calls[1]); ok {
			all = append(all, plan.Case{Calls: append([]plan.Call{both}, c.Calls[2:]...)})
		}
	}
	for i, call := range c.Calls {
		for _, name := range slices.Sorted(maps.Keys(call.Set)) {
			if !idle(t.Model, &call, name) {
				continue
			}
			smaller := call
			smaller.Set = map[string]any{}
			for other, v := range call.Set {
				if other != name {
					smaller.Set[other] = v
				}
			}
			calls := slices.Clone(c.Calls)
			calls[i] = smaller
			all = append(all, plan.Case{Calls: calls})
		}
	}
	return all
}

// merged is a creation with what a change sets; ok is false where a creation may not have it.
func merged(t *property.Trial, creation, change plan.Call) (both plan.Call, ok bool) {
	both = creation
	both.Set = maps.Clone(change.Set)
	for name := range change.Set {
		if !slices.Contains(strategy.Names(t.Model.Optional), name) {
			return both, false
		}
	}
	for name, v := range creation.Set {
		if _, changed := both.Set[name]; !changed {
			both.Set[name] = v
		}
	}
	return both, true
}

// effectOf is the effect of a call without a fault on the object of the case; "" for any other.
func effectOf(t *property.Trial, c plan.Call) contract.Effect {
	o := c.In(t.Model.Catalogue)
	if o == nil || c.Fault != "" {
		return ""
	}
	return o.Effect
}

// idle reports whether a property of a call can be left out without making the
// call another one: what a fault is made of cannot, nor what a change is about,
// nor what has to come with something else.
func idle(m *strategy.Model, c *plan.Call, name string) bool {
	o := c.In(m.Catalogue)
	if o == nil || c.Fault != "" && strategy.FaultCalled(c.Fault) == nil || name == c.Field || c.Client > 0 {
		return false
	}
	if o.Effect == contract.Create {
		return slices.Contains(strategy.Names(m.Optional), name) || slices.Contains(strategy.Names(m.Hidden), name)
	}
	return o.Effect == contract.Change && (len(c.Set) > 1 || c.Fault != "") && rightWithout(m, c.Set, name)
}

// rightWithout reports whether a change is as right without one of its properties: an
// identity may need the credentials that come with it.
func rightWithout(m *strategy.Model, set map[string]any, name string) bool {
	rest := maps.Clone(set)
	delete(rest, name)
	for other := range rest {
		if m.IsCredential(other) {
			return true
		}
	}
	return m.MovesAlone(rest) && m.Field(name) != nil
}
