package fuzz

import (
	"maps"
	"slices"

	"ontap-conformance/fixtures/contract"
)

// needless are the places of calls that a case fails without, looked for by halves first
// and then by ever smaller parts: most calls of a long case have no part in how it fails.
func (t *Trial) needless(c Case, fails func(Case) bool) map[int]bool {
	out := map[int]bool{}
	for n := (len(c.Calls) + 1) / 2; n > 0; n /= 2 {
		for i := 0; i < len(c.Calls); i += n {
			more := maps.Clone(out)
			for j := i; j < min(i+n, len(c.Calls)); j++ {
				if !more[j] && t.apart(c, more, j) {
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

// apart reports whether a call can be left out besides others, so that the rest is as right
// as the case is, and as wrong: it is about something of its own, or there are others of its
// kind.
func (t *Trial) apart(c Case, out map[int]bool, i int) bool {
	if t.Property.deck == nil || i < t.Property.stay || len(c.Calls)-len(out) < 2 {
		return false
	}
	call := c.Calls[i]
	return t.Property.loose || call.Fault != "" || call.Ask != nil || t.number(c.Without(out), t.does(call)) > 1
}

// number is how many calls of a case have an effect.
func (t *Trial) number(c Case, effect contract.Effect) int {
	n := 0
	for _, call := range c.Calls {
		if t.does(call) == effect {
			n++
		}
	}
	return n
}

// trim leaves out of a case, one by one, whatever it fails without: calls and properties.
// What rapid has made small by draws is then small as data, too: nothing can be left out of
// it.
func (t *Trial) trim(c Case, fails func(Case) bool) Case {
	for again := true; again; {
		again = false
		for i, all := 0, t.lesser(c); i < len(all); {
			if !fails(all[i]) {
				i++
				continue
			}
			c, again = all[i], true
			all = t.lesser(c)
		}
	}
	return c
}

// lesser are the cases that have one thing less: a call, or a property that nothing goes
// with.
func (t *Trial) lesser(c Case) []Case {
	var all []Case
	for i := range c.Calls {
		if t.apart(c, nil, i) {
			all = append(all, c.Without(map[int]bool{i: true}))
		}
	}
	if t.Property.deck != nil && t.number(c, contract.Change) > 1 && t.does(c.Calls[0]) == contract.Create && t.does(c.Calls[1]) == contract.Change {
		if both, ok := t.merged(c.Calls[0], c.Calls[1]); ok {
			all = append(all, Case{Calls: append([]Call{both}, c.Calls[2:]...)})
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
			all = append(all, Case{Calls: calls})
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
	o := c.In(t.model.catalogue)
	if o == nil || c.Fault != "" {
		return ""
	}
	return o.Effect
}

// idle reports whether a property of a call can be left out without making the
// call another one: what a fault is made of cannot, nor what a change is about,
// nor what has to come with something else.
func (m *model) idle(c *Call, name string) bool {
	o := c.In(m.catalogue)
	if o == nil || c.Fault != "" && faultCalled(c.Fault) == nil || name == c.Field || c.Client > 0 {
		return false
	}
	if o.Effect == contract.Create {
		return slices.Contains(names(m.optional), name) || slices.Contains(names(m.hidden), name)
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
