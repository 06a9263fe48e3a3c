package property

import (
	"context"
	"net/http"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

// dealOneChange draws an object and one change of it, of another kind each time.
func dealOneChange(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		return []plan.Call{strategy.Creation(t, m, 4), strategy.ChangeOf(t, m, strategy.ChangeKinds[check%len(strategy.ChangeKinds)], false)}
	})
}

func playTwice(ctx context.Context, p *player) error {
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	if ok, err := makesChange(ctx, p, p.calls[1]); err != nil || !ok {
		return err
	}
	before, err := p.reads(ctx)
	if err != nil {
		return err
	}
	same := p.session.Last(http.MethodPatch).Request // made anew it would have other secrets
	e, err := p.session.Send(ctx, same)
	if err != nil {
		return err
	}
	p.note(p.calls[1], e)
	if err := testbed.Prevented(p.m.Catalogue, e); err != nil {
		return err
	}
	if err := oracle.ExpectSuccess(e); err != nil {
		return p.session.Verify(e.Exchange, p.m.Of("change-is-idempotent"), err)
	}
	return p.verifies(ctx, p.m.Of("change-is-idempotent"), p.sameButFor(before, nil))
}

var theSameChangeAgainChangesNothing = &Property{
	Name: "the-same-change-again-changes-nothing", Writes: true,
	Says:     "A change that is made twice has the effect of one.",
	promises: []string{"change-is-idempotent"},
	fits:     func(m *strategy.Model) bool { return strategy.HasChange(m) && len(m.Of("change-is-idempotent")) > 0 },
	Deck:     dealOneChange, play: playTwice, scenario: tellChangeAgain,
}

// tellChangeAgain makes a change twice, unless the first of the two showed it.
func tellChangeAgain(s *script) bool {
	if !s.isAbout("change-is-idempotent") {
		return tellChange(s)
	}
	if len(s.calls) != 2 || !s.created("Given", s.calls[0]) {
		return false
	}
	s.say("And the %s \"blue\" was changed:", s.noun)
	s.table(s.calls[1].Set)
	s.say("And the %s \"blue\" was read", s.noun)
	s.say("When the operator makes the same change of the %s \"blue\" again", s.noun)
	s.say("Then the %s \"blue\" is as it was", s.noun)
	return true
}
