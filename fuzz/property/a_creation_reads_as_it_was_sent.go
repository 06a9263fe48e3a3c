package property

import (
	"context"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var aCreationReadsAsItWasSent = &Property{
	Name: "a-creation-reads-as-it-was-sent", Writes: true,
	Says:     "Whatever a creation sends can be read back, but for secrets.",
	promises: []string{"creation-succeeds", "creation-by-certificate-succeeds", "created-reads-as-sent"}, conventions: []contract.ID{"API-LOCATION-02"},
	fits: func(m *strategy.Model) bool { return m.Operation(contract.Create) != nil },
	Deck: dealCreations, play: playSequence, scenario: tellCreation,
}

// dealCreations goes through creations with other optional properties each, every two of
// them together in some.
func dealCreations(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		c := plan.Call{Operation: m.Operation(contract.Create).ID, Set: strategy.Paired(t, m, slices.Concat(m.Hidden, m.Optional), check)}
		strategy.Chooses(t, m, &c, check%3 == 1)
		return []plan.Call{c}
	})
}

// makes makes the object, and wants whatever was sent to be read back.
func makes(ctx context.Context, p *player, c plan.Call) error {
	var t *testbed.Object
	e, err := p.asAsked(c, func(c plan.Call) (e oracle.CallResult, err error) {
		t, e, err = p.attemptCreation(ctx, c)
		return e, err
	})
	if err != nil {
		return err
	}
	made := "creation-succeeds"
	if c.Set["client_certificate"] != nil {
		made = "creation-by-certificate-succeeds"
	}
	ids := p.m.Of(made)
	if p.object != nil { // which was deleted
		ids = append(p.m.Of("deleted-can-be-created-again"), ids...)
	}
	err = oracle.ExpectSuccess(e)
	if err == nil {
		err = t.Lost
	}
	if err != nil || !e.Exchange.Response.OK() {
		for _, name := range slices.Sorted(maps.Keys(c.Set)) {
			if f := p.m.Field(name); f != nil && f.Access != contract.WriteOnly {
				ids = append(ids, p.m.About("created-reads-as-sent", name)...)
			}
		}
		return orGone(p.session.Verify(e.Exchange, ids, err))
	}
	if err := p.session.Verify(e.Exchange, ids, nil); err != nil {
		return err
	}
	p.object = t
	if err := showsWhatWasMade(ctx, p, c, e); err != nil {
		return err
	}
	if err := readsAsSent(ctx, p, resource.Flat(t.Sent)); err != nil {
		return err
	}
	p.record, err = p.reads(ctx)
	return err
}

// readsAsSent wants every property that a sentence speaks of to be as it was
// sent.
func readsAsSent(ctx context.Context, p *player, sent map[string]any) error {
	record, err := p.reads(ctx)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		f := p.m.Field(name)
		if f == nil || f.Access == contract.WriteOnly || f.Unread != "" {
			continue
		}
		err := p.session.Eventually(ctx, func() (err error) {
			if record == nil {
				if record, _, err = p.read(ctx); err != nil {
					return err
				}
			}
			err = sameValue(record, name, sent[name])
			if err != nil {
				record = nil // it may come later, where an answer left that open
			}
			return err
		})
		history := p.lastReading()
		if err := p.session.Verify(history, p.m.About("created-reads-as-sent", name), err); err != nil {
			return err
		}
		if record == nil {
			return nil
		}
	}
	return nil
}

// tellCreation wants what was sent to be read.
func tellCreation(s *script) bool {
	if len(s.calls) != 1 || !s.created("When", s.calls[0]) {
		return false
	}
	shown := maps.Clone(s.calls[0].Set)
	maps.DeleteFunc(shown, func(_ string, v any) bool { _, hidden := v.(map[string]any); return hidden })
	switch {
	case len(s.calls[0].Set) == 0:
		s.say("Then the %s \"blue\" shows what was sent:", s.noun)
		s.say("  | svm.name |")
	case len(shown) == 0:
		s.say("Then the request succeeds")
	default:
		s.has(shown)
	}
	return true
}
