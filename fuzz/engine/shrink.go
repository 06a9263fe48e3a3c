package engine

import (
	"context"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/property"
)

// A shrunk is the smallest case that shows a requirement broken.
type shrunk struct {
	one     *plan.Case      // nil when the case as it was drawn did not fail a second time
	outcome *oracle.Outcome // of one
	played  property.Played // of one
	again   *oracle.Outcome // how the case as it was drawn ended when it was played the last time
	asked   int             // times that it was played for that
}

// shrink looks for the smallest case that shows a requirement broken, beginning
// with that of a seed.
func shrink(ctx context.Context, t *property.Trial, s *testbed.Testbed, on lane, check int, seed uint64, pinned contract.ID) shrunk {
	drawn := draw(t.Cases(check), seed)
	var best shrunk
	best.again, best.played, best.asked = insist(ctx, t, s, on, check, drawn, pinned)
	if !slices.Contains(best.again.Broke(), pinned) {
		return best
	}
	best.outcome = best.again
	fails := func(small plan.Case) bool {
		for range max(1, t.Property.Repeats) {
			again, by := play(ctx, t, s, on, check, small)
			if slices.Contains(again.Broke(), pinned) {
				best.outcome, best.played = again, by
				return true
			}
		}
		return false
	}
	needless := needless(t, drawn, fails)
	without := func(c plan.Case) plan.Case { return c.Without(needless) }
	small := without(drawn)
	if smaller, ok := smallest(ctx, t.Name, rapid.Map(t.Cases(check), without), seed, fails); ok {
		small = smaller
	}
	small = trim(t, small, fails)
	best.one = &small
	return best
}

// insist plays a case as it was found until it fails again: unless it does, there is nothing
// to make small. Where chance has a part in it, it is played more often than a smaller case,
// and a playing that lost an answer does not count.
func insist(ctx context.Context, t *property.Trial, s *testbed.Testbed, on lane, check int, drawn plan.Case, pinned contract.ID) (o *oracle.Outcome, by property.Played, asked int) {
	tries := max(1, t.Property.Repeats*insistence)
	for asked < tries {
		o, by = play(ctx, t, s, on, check, drawn)
		asked++
		if slices.Contains(o.Broke(), pinned) || ctx.Err() != nil {
			break
		}
		if o.Retry && tries < t.Property.Repeats*insistence+lostTries {
			tries++
		}
	}
	return o, by, asked
}

// insistence is how many times as often as a smaller case the one that was found is
// played until it fails again, where chance has a part in it.
const insistence = 4
