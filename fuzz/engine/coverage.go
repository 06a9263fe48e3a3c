package engine

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/fuzz/strategy"
)

// coverage is what a hunt has tried and seen. Its methods may be called by several
// goroutines at a time.
type coverage struct {
	mu     sync.Mutex
	pass   int                           // the number of the pass that goes on, from 1
	seen   map[property.Point]int        // points, each with the pass that it was new in
	items  map[item]int                  // numbers of what has been drawn
	tried  []int                         // by those numbers, the pass that it was first tried in; 0 for none
	sent   map[property.Combination]bool // what requests that succeeded had
	bodies map[string]bool               // bodies that have been told apart
	fresh  map[string]bool               // trials that showed something new in the pass
}

func newCoverage() *coverage {
	return &coverage{seen: map[property.Point]int{}, items: map[item]int{}, sent: map[property.Combination]bool{}, bodies: map[string]bool{}}
}

// begin begins the next pass, and returns its number.
func (c *coverage) begin() int {
	c.pass, c.fresh = c.pass+1, map[string]bool{}
	return c.pass
}

// An item of the coverage is what a case tries: a call of one kind about one thing.
type item struct{ trial, operation, fault, field string }

// news is how many items a case has that were tried neither before the pass nor by the lane
// itself.
func (c *coverage) news(next *drawnCase, own map[int]bool) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range next.items {
		if at := c.tried[i]; (at == 0 || at == c.pass) && !own[i] {
			n++
		}
	}
	return n
}

// number returns the numbers of items, each once. Those beyond what can be known have none.
func (c *coverage) number(items []item) []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]int, 0, len(items))
	for _, one := range items {
		n, known := c.items[one]
		if !known && len(c.tried) >= maxKnown {
			continue
		}
		if !known {
			n = len(c.tried)
			c.items[one], c.tried = n, append(c.tried, 0)
		}
		all = append(all, n)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// add adds what a case tried, sent and showed, and returns how many points were seen until
// now. Where it showed anything that was new when the pass began, its trial is fresh.
func (c *coverage) add(t *property.Trial, played *drawnCase, by property.Played) (points int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range by.Sent {
		like := one.String()
		if c.bodies[like] {
			continue
		}
		if len(c.bodies) < maxBodies {
			c.bodies[like] = true
		}
		for _, s := range one.Pairs() {
			c.sent[s] = true
		}
	}
	for _, s := range by.Seen {
		if c.sees(s) {
			c.fresh[t.Name] = true
		}
	}
	for _, i := range played.items {
		c.tried[i] = cmp.Or(c.tried[i], c.pass)
	}
	return len(c.seen)
}

// sees notes a point, and reports whether it was seen in no pass before.
func (c *coverage) sees(point property.Point) bool {
	at, seen := c.seen[point]
	if seen || len(c.seen) >= maxKnown {
		return seen && at == c.pass
	}
	c.seen[point] = c.pass
	return true
}

// maxBodies bounds how many bodies are known by what they have, so that they need not be
// told apart again.
const maxBodies = 4096

// maxKnown bounds what is known of a target that always has another code to answer.
const maxKnown = 1 << 16

// itemsOf are what the calls of a case try.
func itemsOf(t *property.Trial, c plan.Case) []item {
	var all []item
	for _, call := range c.Calls {
		if call.Ask != nil {
			all = append(all, item{t.Name, call.Operation, call.Ask.What, call.Ask.Field})
			continue
		}
		for _, one := range call.Faults() {
			what := one.Field
			if one.Fault == "" {
				what = strings.Join(one.Lack, " ")
			}
			all = append(all, item{t.Name, one.Operation, one.Fault, what})
		}
	}
	return all
}

// Coverage returns the points that were seen, in no order.
func (h *Campaign) Coverage() []property.Point {
	var all []property.Point
	for s := range h.coverage.seen {
		all = append(all, s)
	}
	return all
}

// Sendings returns each property and each pair of properties of the trials that a request
// may have, and whether one that had it has succeeded in the hunt.
func (h *Campaign) Sendings() map[property.Combination]bool {
	all := map[property.Combination]bool{}
	for _, t := range h.Trials {
		for _, effect := range []contract.Effect{contract.Create, contract.Change} {
			if o := t.Model.Operation(effect); o != nil {
				strategy.PairsOf(t.Model, o, func(one, other string) {
					s := property.Combination{Operation: o.String(), One: one, Other: other}
					all[s] = h.coverage.sent[s]
				})
			}
		}
	}
	return all
}
