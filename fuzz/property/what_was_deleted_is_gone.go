package property

import (
	"context"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var whatWasDeletedIsGone = &Property{
	Name: "what-was-deleted-is-gone", Writes: true,
	Says: "A deleted object is not read, not listed and not worked on, and another can take its place.",
	promises: []string{
		"deleted-cannot-be-read", "deleted-is-not-listed", "deleted-takes-no-requests", "deleted-can-be-created-again",
		"unknown-cannot-be-read", "change-of-unknown-is-refused", "deletion-of-unknown-is-refused", "action-on-unknown-is-refused",
		"unknown-is-answered-with-404", "unknown-is-refused-with-its-code", "change-of-unknown-is-answered-with-404",
		"deletion-of-unknown-is-answered-with-404",
	},
	fits: func(m *strategy.Model) bool { return m.Operation(contract.Delete) != nil },
	Deck: dealDeletions, Loose: true, play: playSequence, scenario: tellDeletion,
}

// dealDeletions draws an object, its deletion, all that can be asked of it, and another.
func dealDeletions(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	return strategy.Decked(func(t *rapid.T, _ int) []plan.Call {
		calls := append([]plan.Call{strategy.Creation(t, m, 2)}, strategy.End(m)...)
		return append(calls, strategy.Creation(t, m, 0))
	})
}

// deletes deletes the object, and wants it to be neither read nor listed.
func deletes(ctx context.Context, p *player, c plan.Call) error {
	e, err := p.call(ctx, c)
	if err != nil || testbed.Untold(e) {
		return orGone(err)
	}
	if e.Failed() {
		if err := testbed.Prevented(p.m.Catalogue, e); err != nil {
			return err
		}
		return orGone(p.session.Verify(e.Exchange, p.m.Of("deleted-cannot-be-read"), oracle.ExpectSuccess(e)))
	}
	p.record = nil
	x, err := p.session.Ask(ctx, getOf(p.object.Path()))
	if err != nil {
		return err
	}
	gone := oracle.CallResult{Exchange: x}
	if err := p.session.Verify(x, p.m.Of("deleted-cannot-be-read"), oracle.ExpectRefusal(gone)); err != nil {
		return err
	}
	if err := isUnknown(ctx, p, gone, p.m.Operation(contract.Read)); err != nil {
		return err
	}
	listed, err := p.session.ListOn(ctx, p.m.Kind, p.object.SVM)
	if err == nil && slices.ContainsFunc(listed, func(r map[string]any) bool { return r["uuid"] == p.object.UUID }) {
		err = oracle.Differs("records of the list", "none of uuid "+p.object.UUID, "it")
	}
	if err := p.session.Verify(p.lastReading(), p.m.Of("deleted-is-not-listed"), err); err != nil || !p.refused || len(listed) == 0 {
		return err
	}
	return madeNothingOn(ctx, p, p.object.SVM, "API-FAULT-01")
}

// tellDeletion wants a deletion to have taken the object away.
func tellDeletion(s *script) bool {
	if len(s.calls) < 3 || !s.created("Given", s.calls[0]) {
		return false
	}
	deletes := fmt.Sprintf("When the operator deletes the %s \"blue\"", s.noun)
	switch {
	case s.isAbout("deleted-cannot-be-read"):
		s.say("%s", deletes)
		s.say("Then the %s \"blue\" can no longer be read", s.noun)
		return true
	case s.isAbout("deleted-is-not-listed"):
		s.say("%s", deletes)
		s.say("Then the %s \"blue\" is not listed", s.noun)
		return true
	}
	s.say("And the %s \"blue\" was deleted", s.noun)
	if s.isAbout("deleted-can-be-created-again") {
		s.say("When the operator creates the %s \"green\"", s.noun)
		s.say("Then the request succeeds")
		return true
	}
	if len(s.calls) != 4 { // what was asked last is the new creation
		return false
	}
	switch o := s.ops[2]; o.Effect {
	case contract.Change:
		s.say("When the operator changes the %s \"blue\":", s.noun)
		s.table(s.calls[2].Set)
	case contract.Delete:
		s.say("%s", deletes)
	default:
		s.say("When the operator %s of the %s \"blue\"", phraseOf(o), s.noun)
	}
	s.say("Then the request is refused")
	return true
}
