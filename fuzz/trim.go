package fuzz

import (
	"maps"
	"slices"

	"ontap-conformance/fixtures/contract"
)

// trim leaves out of a case, one by one, whatever it fails without: calls, where
// each is about something of its own, and properties. What rapid has made small
// by draws is then small as data, too: nothing can be left out of it.
func (t *Trial) trim(c Case, fails func(Case) bool) Case {
	for again := true; again; {
		again = false
		for _, smaller := range t.lesser(c) {
			if fails(smaller) {
				c, again = smaller, true
				break
			}
		}
	}
	return c
}

// lesser are the cases that have one thing less. Each is as right as the case is,
// and as wrong: only calls of a deck and properties that nothing goes with are
// left out.
func (t *Trial) lesser(c Case) []Case {
	var all []Case
	of := map[contract.Effect]int{} // calls without a fault, by what they do
	for _, call := range c.Calls {
		of[t.does(call)]++
	}
	for i, call := range c.Calls {
		apart := t.Property.loose || call.Fault != "" || call.Ask != nil || of[t.does(call)] > 1
		if t.Property.deck != nil && i >= t.Property.stay && apart && len(c.Calls) > 1 {
			all = append(all, Case{slices.Delete(slices.Clone(c.Calls), i, i+1)})
		}
	}
	if of[contract.Change] > 1 && t.does(c.Calls[0]) == contract.Create && t.does(c.Calls[1]) == contract.Change {
		if both, ok := t.merged(c.Calls[0], c.Calls[1]); ok {
			all = append(all, Case{append([]Call{both}, c.Calls[2:]...)})
		}
	}
	for i, call := range c.Calls {
		for _, name := range sortedKeys(call.Set) {
			if !t.model.idle(&call, name) {
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
			all = append(all, Case{calls})
		}
	}
	return all
}

// merged is a creation with what a change sets; ok is false where a creation may not have it.
func (t *Trial) merged(creation, change Call) (both Call, ok bool) {
	both = creation
	both.Set = maps.Clone(change.Set)
	for name := range change.Set {
		if !slices.Contains(names(t.model.optional), name) {
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

// does is the effect of a call without a fault on the object of the case; "" for any other.
func (t *Trial) does(c Call) contract.Effect {
	o := c.operation(t.model.catalogue)
	if o == nil || c.Fault != "" {
		return ""
	}
	return o.Effect
}

// idle reports whether a property of a call can be left out without making the
// call another one: what a fault is made of cannot, nor what a change is about,
// nor what has to come with something else.
func (m *model) idle(c *Call, name string) bool {
	o := c.operation(m.catalogue)
	if o == nil || c.Fault != "" && faultCalled(c.Fault) == nil || name == c.Field || c.Client > 0 {
		return false
	}
	if o.Effect == contract.Create {
		return slices.Contains(names(m.optional), name)
	}
	return o.Effect == contract.Change && (len(c.Set) > 1 || c.Fault != "") && m.rightWithout(c.Set, name)
}

// rightWithout reports whether a change is as right without one of its properties: an
// identity may need the credentials that come with it.
func (m *model) rightWithout(set map[string]any, name string) bool {
	rest := maps.Clone(set)
	delete(rest, name)
	for other := range rest {
		if m.isCredential(other) {
			return true
		}
	}
	return m.movesAlone(rest) && m.field(name) != nil
}
