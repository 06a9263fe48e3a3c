package property

import (
	"maps"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fuzz/strategy"
)

// A Combination is a property that a request of an operation may have, or two that it may have
// together, and whether one that had it, or them, has succeeded.
type Combination struct {
	Operation  string // as reports name it
	One, Other string // properties; the second is "" for one alone
}

// A Sending is what the body of a call that succeeded had.
type Sending struct {
	m         *strategy.Model
	operation *contract.Operation
	body      map[string]any
}

// String is the same for all that had the same properties.
func (s Sending) String() string {
	return s.operation.ID + " " + strings.Join(slices.Sorted(maps.Keys(resource.Flat(s.body))), " ")
}

// Pairs lists each property that the body had, and each two of them.
func (s Sending) Pairs() []Combination {
	had := resource.Flat(s.body)
	has := func(name string) bool {
		_, flat := had[name]
		_, whole := s.body[name]
		return name == "" || flat || whole
	}
	var all []Combination
	strategy.PairsOf(s.m, s.operation, func(one, other string) {
		if has(one) && has(other) {
			all = append(all, Combination{s.operation.String(), one, other})
		}
	})
	return all
}

// A Point is what a call of a case came to: a point of the coverage.
type Point struct {
	Operation string // as reports name it; method and path where the catalogue has none
	Status    int    // of the answer
	Code      string // of the refusal; "" for none
	Fault     string // that the call had on purpose; "" for none
}
