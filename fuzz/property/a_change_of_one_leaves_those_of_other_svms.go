package property

import (
	"context"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var aChangeOfOneLeavesThoseOfOtherSvms = &Property{
	Name: "a-change-of-one-leaves-those-of-other-svms", Writes: true,
	Says:     "A change of one object leaves those of other SVMs as they were.",
	promises: []string{"change-leaves-other-svms"},
	fits: func(m *strategy.Model) bool {
		return strategy.HasChange(m) && len(m.Of("change-leaves-other-svms")) > 0
	},
	Deck: dealNeighbours, Stay: 2, play: playNeighbours,
}

// dealNeighbours draws two objects of different SVMs, and changes of the second: of all
// that can be changed first.
func dealNeighbours(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		one, other := strategy.Creation(t, m, 1), strategy.Creation(t, m, 1)
		other.On = 1
		calls := []plan.Call{one, other}
		if check == 0 {
			return append(calls, strategy.WholeChange(t, m, 0))
		}
		for range strategy.Many(t, "changes", 4) {
			calls = append(calls, strategy.AnyChange(t, m))
		}
		return calls
	})
}

// needsTwo is why nothing is tried that has a part on another SVM.
var needsTwo = &oracle.Skip{Applies: true, Reason: "it needs two data SVMs without a key manager, and the run has one"}

func playNeighbours(ctx context.Context, p *player) error {
	if len(p.session.SVMs) < 2 {
		return needsTwo
	}
	before, err := p.begins(ctx, p.calls[0])
	if err != nil {
		return err
	}
	first := p.object
	if err := p.exists(ctx, p.calls[1]); err != nil {
		return err
	}
	for _, c := range p.calls[2:] {
		if _, err := p.attempt(ctx, c); err != nil {
			return err
		}
	}
	p.object = first
	return p.verifies(ctx, p.m.Of("change-leaves-other-svms"), p.sameButFor(before, nil))
}
