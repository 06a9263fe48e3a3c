package fuzz

import (
	"slices"
	"strings"
)

// trim leaves out of a case, one by one, whatever it fails without: calls, where
// each is about something of its own, and properties. What rapid has made small
// by draws is then small as data, too: nothing can be left out of it.
func trim(c Case, calls bool, fails func(Case) bool) Case {
	for again := true; again; {
		again = false
		for _, smaller := range lesser(c, calls) {
			if fails(smaller) {
				c, again = smaller, true
				break
			}
		}
	}
	return c
}

// lesser are the cases that have one thing less.
func lesser(c Case, calls bool) []Case {
	var all []Case
	for i, call := range c.Calls {
		if calls && (call.Fault != "" || call.Ask != nil) && len(c.Calls) > 1 {
			all = append(all, Case{slices.Delete(slices.Clone(c.Calls), i, i+1)})
		}
	}
	for i, call := range c.Calls {
		for _, name := range sortedKeys(call.Set) {
			if !call.idle(name) {
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

// idle reports whether a property of a call can be left out without making the
// call another one: what a fault is made of cannot.
func (c *Call) idle(name string) bool {
	if c.Fault == "" {
		return name != newKeyWord
	}
	return faultCalled(c.Fault) != nil && name != c.Field && !strings.HasPrefix(name, "zzz_")
}
