package property

import (
	"context"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var workOnKeysIsStarted = &Property{
	Name: "work-on-keys-is-started", Writes: true,
	Says: "Work on the keys of an object is started, or refused for the reason that the documents name, and what lacks a key is refused.",
	promises: []string{
		"action-is-started-or-refused-with-its-code", "rekey-without-a-key-is-refused", "rekey-is-started", "rekey-shows-the-new-key",
		"rekey-keeps-the-rest",
	},
	fits: func(m *strategy.Model) bool { return len(m.Acts()) > 0 },
	Deck: dealWork, play: playSequence,
}

// dealWork draws work on the keys of an object: the first case has all of it, right and
// wrong.
func dealWork(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	var all []plan.Call
	if o := m.Rekey(); o != nil { // what is refused comes first, while the key is another one
		all = append(all, plan.Call{Operation: o.ID, Set: map[string]any{}, Fault: "lacks-a-key"},
			plan.Call{Operation: o.ID, Set: map[string]any{plan.NewKeyName: true, "zzz_no_such_field": 1}, Fault: "unknown-property"})
	}
	for _, o := range m.Acts() {
		all = append(all, strategy.Ask(m, o))
	}
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		calls := []plan.Call{strategy.Creation(t, m, 1)}
		if check == 0 {
			return append(calls, all...)
		}
		for range strategy.Many(t, "acts", len(all)) {
			calls = append(calls, strategy.Pick(t, "act", all))
		}
		return calls
	})
}

// startsWork starts work on the keys of the object, and wants it to change no more than it says.
func startsWork(ctx context.Context, p *player, c plan.Call) error {
	e, err := p.asAsked(c, func(c plan.Call) (oracle.CallResult, error) { return p.call(ctx, c) })
	if err != nil {
		return err
	}
	if c.Fault != "" {
		return refusesWork(ctx, p, c, e)
	}
	o := c.In(p.m.Catalogue)
	for _, id := range starting(p.m, o) {
		if mayRefuse(p.m, e, id) {
			continue
		}
		if err := testbed.Prevented(p.m.Catalogue, e); err != nil {
			return err
		}
		if err := p.session.Verify(e.Exchange, []contract.ID{id}, oracle.ExpectSuccess(e)); err != nil {
			return err
		}
	}
	if testbed.Untold(e) {
		return errGone // it goes on, and nobody can tell until when
	}
	if o == p.m.Rekey() && !e.Failed() {
		if err := showsNewKey(ctx, p, e); err != nil {
			return err
		}
		if err := p.verifies(ctx, p.m.Of("rekey-keeps-the-rest"), p.sameButFor(p.record, p.m.FieldsOf("rekey-keeps-the-rest"))); err != nil {
			return err
		}
	}
	p.record, err = p.reads(ctx) // that other work leaves the rest alone is in no document
	return err
}

// starting are the promises that an operation starts work.
func starting(m *strategy.Model, o *contract.Operation) []contract.ID {
	return append(m.OfAct("rekey-is-started", o), m.OfAct("action-is-started-or-refused-with-its-code", o)...)
}

// refusesWork judges the refusal of work with a fault.
func refusesWork(ctx context.Context, p *player, c plan.Call, e oracle.CallResult) error {
	d := strategy.Due{IDs: p.m.Of("rekey-without-a-key-is-refused")}
	if c.Fault == "unknown-property" {
		d = strategy.Due{IDs: []contract.ID{"API-BODY-04"}, Blamed: true}
	}
	if err := p.isDue(e, d); err != nil || !e.Failed() {
		return orGone(err)
	}
	return p.verifies(ctx, []contract.ID{"API-FAULT-01"}, p.sameButFor(p.record, nil))
}
