package fuzz

import (
	"context"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// sequenceProperties compare any row of calls with a reference model.
var sequenceProperties = []Property{
	{
		Name: "any-row-of-calls-does-what-the-model-says", Writes: true,
		Says:     "After any row of creations, changes, rekeyings, restores and deletions the object has the values that a model predicts.",
		promises: []role{creates, changes, keepsTheRest, second, unreadable, rekeyed, rekeysOnly},
		fits: func(m *model) bool {
			return hasChange(m) && m.operation(contract.Delete) != nil && len(m.of(keepsTheRest)) > 0
		},
		draw: drawSequence, play: playSequence,
	},
}

// drawSequence draws a row of calls as rapid draws any state machine; which calls
// make sense where is for the model to say when they are played.
func drawSequence(m *model) *rapid.Generator[Case] {
	return cases(func(t *rapid.T) []Call {
		calls := []Call{m.creation(t, 4)}
		actions := map[string]func(*rapid.T){
			"change":  func(t *rapid.T) { calls = append(calls, m.anyChange(t)) },
			"change ": func(t *rapid.T) { calls = append(calls, m.change(t, m.plain(), 1, 2)) },
			"create":  func(t *rapid.T) { calls = append(calls, m.creation(t, 2)) },
			"delete":  func(t *rapid.T) { calls = append(calls, Call{Operation: m.operation(contract.Delete).ID}) },
		}
		for _, o := range m.acts() {
			actions["work "+o.ID] = func(*rapid.T) { calls = append(calls, m.asks(o)) }
		}
		t.Repeat(actions)
		return calls
	})
}

// A reference is what the object of a sequence must be like: the model, kept here
// and nowhere else.
type reference struct {
	exists bool
	values map[string]any // as they were last read
}

func playSequence(ctx context.Context, p *player) error {
	ref := new(reference)
	for _, c := range p.calls {
		if err := p.steps(ctx, ref, c); err != nil {
			return err
		}
	}
	return nil
}

// steps plays one call of a sequence and compares what is there with the model.
func (p *player) steps(ctx context.Context, ref *reference, c Call) error {
	o := c.operation(p.catalogue)
	switch {
	case o.Effect == contract.Create && ref.exists:
		_, e, err := p.create(ctx, c)
		if err != nil {
			return err
		}
		if err := p.isDue(e, due{ids: p.of(second)}); err != nil || !e.Failed() {
			return orGone(err)
		}
		return p.agrees(ctx, ref, []contract.ID{"API-FAULT-01"}, nil)
	case o.Effect == contract.Create:
		if err := p.exists(ctx, c); err != nil {
			return err
		}
		values, err := p.reads(ctx)
		ref.exists, ref.values = true, values
		return err
	case !ref.exists:
		return nil
	case o.Effect == contract.Delete:
		return p.stepsDelete(ctx, ref, c)
	case o.Effect == contract.Change:
		if ok, err := p.changes(ctx, c); err != nil || !ok {
			return orGone(err)
		}
		return p.agrees(ctx, ref, p.of(keepsTheRest), p.mayFollow(c.Set))
	}
	return p.stepsWork(ctx, ref, c, o)
}

// orGone ends a case without an error of its own.
func orGone(err error) error {
	if err == nil {
		return errGone
	}
	return err
}

// agrees reads the object and compares it with the model, but for what may have
// changed; the model then is what was read.
func (p *player) agrees(ctx context.Context, ref *reference, ids []contract.ID, except []string) error {
	now, err := p.reads(ctx)
	if err != nil {
		return err
	}
	err = p.hand.Verify(p.lastReading(), ids, p.sameButFor(ref.values, except)(now))
	ref.values = now
	return err
}

func (p *player) stepsDelete(ctx context.Context, ref *reference, c Call) error {
	e, err := p.call(ctx, c)
	if err != nil || e.Failed() || p.hand.Untold(e) {
		return orGone(err)
	}
	ref.exists = false
	x, err := p.hand.Ask(ctx, getOf(p.thing.Path()))
	if err != nil {
		return err
	}
	return p.hand.Verify(x, p.of(unreadable), oracle.ExpectRefusal(oracle.Ending{Exchange: x}))
}

// stepsWork starts work on keys. That restoring and rekeying the internal key
// leave the rest alone is in no document; the external key alone has a promise.
func (p *player) stepsWork(ctx context.Context, ref *reference, c Call, o *contract.Operation) error {
	e, err := p.call(ctx, c)
	if err != nil {
		return err
	}
	if p.hand.Untold(e) {
		return errGone // it goes on, and nobody can tell until when
	}
	if o != p.rekey() || e.Failed() {
		ref.values, err = p.reads(ctx)
		return err
	}
	if err := p.showsNewKey(ctx, e); err != nil {
		return err
	}
	return p.agrees(ctx, ref, p.of(rekeysOnly), []string{"key_id"})
}
