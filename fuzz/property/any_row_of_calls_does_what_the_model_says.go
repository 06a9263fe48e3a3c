package property

import (
	"context"
	"errors"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var anyRowOfCallsDoesWhatTheModelSays = &Property{
	Name: "any-row-of-calls-does-what-the-model-says", Writes: true,
	Says: "After any row of creations, changes, rekeyings, restores, deletions and questions the object has the values that a model predicts.",
	promises: []string{
		"creation-succeeds", "creation-by-certificate-succeeds", "created-reads-as-sent", "change-is-read-back",
		"change-needs-no-credentials", "credentials-can-be-changed", "certificate-can-be-changed", "change-names-the-kind-of-credentials",
		"several-can-be-changed-at-once", "change-keeps-the-rest", "second-is-refused", "action-is-started-or-refused-with-its-code",
		"rekey-is-started", "rekey-shows-the-new-key", "rekey-keeps-the-rest", "deleted-cannot-be-read", "deleted-is-not-listed",
		"deleted-takes-no-requests", "deleted-can-be-created-again", "unknown-cannot-be-read", "change-of-unknown-is-refused",
		"deletion-of-unknown-is-refused", "action-on-unknown-is-refused", "unknown-is-answered-with-404",
		"unknown-is-refused-with-its-code", "change-of-unknown-is-answered-with-404", "deletion-of-unknown-is-answered-with-404",
		"advanced-is-returned-when-named",
	},
	conventions: []contract.ID{"API-FAULT-01", "API-OPTIONS-01", "API-FILTER-01", "API-FILTER-02", "API-FILTER-04", "API-COUNT-01", "API-FIELDS-03", "API-FIELDS-04", "API-FIELDS-05", "API-FIELDS-07", "API-HEAD-01", "API-LIST-04", "API-LOCATION-02", "API-QUERY-01", "API-RETURN-01", "API-TIMEOUT-01"},
	fits: func(m *strategy.Model) bool {
		return m.Operation(contract.Create) != nil && m.Operation(contract.Delete) != nil
	},
	Deck: dealSequences, Least: 2, Loose: true, play: playSequence,
}

// dealSequences draws a row of calls as rapid draws any state machine; which calls make
// sense where is for the model to say when they are played. The first case is a life that
// shows most for its requests, the second what a life may show besides.
func dealSequences(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		switch check {
		case 0:
			return life(t, m)
		case 1:
			return secondLife(t, m)
		}
		calls := []plan.Call{strategy.Creation(t, m, 4)}
		actions := map[string]func(*rapid.T){
			"create": func(t *rapid.T) { calls = append(calls, strategy.Creation(t, m, 2)) },
			"delete": func(t *rapid.T) { calls = append(calls, plan.Call{Operation: m.Operation(contract.Delete).ID}) },
		}
		if strategy.HasChange(m) {
			actions["change"] = func(t *rapid.T) { calls = append(calls, strategy.AnyChange(t, m)) }
			actions["change "] = func(t *rapid.T) { calls = append(calls, strategy.Change(t, m, m.Plain(), 1, 2)) }
		}
		for _, o := range m.Acts() {
			actions["work "+o.ID] = func(*rapid.T) { calls = append(calls, strategy.Ask(m, o)) }
		}
		t.Repeat(actions)
		return calls
	})
}

// life is the life of an object with every property, from its creation to what is left of
// it, with what is asked on the way that most defects show in.
func life(t *rapid.T, m *strategy.Model) []plan.Call {
	first := strategy.Whole(t, m)
	first.Query = []plan.Param{{Name: "return_records", Value: "true"}}
	calls := append([]plan.Call{first}, strategy.Readings(t, m, "every-field", "options", "head", "unknown-field")...)
	calls[1].Accept = wire.PlainJSON // all else is asked for with links
	if m.Kind.Exclusive != "" {
		calls = append(calls, strategy.Creation(t, m, 0))
	}
	calls = append(calls, strategy.Asking(m, "all-fields", "counted")...)
	if m.Foremost {
		calls = append(calls, strategy.Asking(m, "cut-short", "all-as-shown", "all-operators 0", "all-operators 2")...)
	}
	if alone := m.Beside(); strategy.HasChange(m) && len(alone) > 0 {
		i := max(0, slices.IndexFunc(alone, func(f *contract.Field) bool { return m.IsMarked(f.Name) }))
		one := strategy.Change(t, m, alone[i:i+1], 1, 1)
		one.Query = strategy.Waiting("120")
		calls = append(calls, one)
	}
	if strategy.HasChange(m) {
		calls = append(calls, strategy.WholeChange(t, m, 0))
	}
	if m.Foremost {
		calls = append(calls, strategy.StartsJob(m)...)
	}
	calls = append(calls, slices.DeleteFunc(strategy.End(m), func(c plan.Call) bool { return c.In(m.Catalogue).Effect == contract.Act })...)
	if len(m.Askable()) == 0 { // it was short
		calls = append(calls, strategy.Creation(t, m, 0))
	}
	return strategy.Moving(m, calls)
}

// secondLife is the rest of what a life may show: the work of an object on another SVM, all
// that can be asked for of what is gone, and an object with other credentials in its place.
func secondLife(t *rapid.T, m *strategy.Model) []plan.Call {
	calls := append([]plan.Call{strategy.Whole(t, m)}, strategy.Readings(t, m, "no-match", "unknown-parameter")...)
	last := plan.Call{Operation: m.Operation(contract.Create).ID, Set: map[string]any{}, Query: strategy.Waiting("0")}
	strategy.Chooses(t, m, &last, true)
	calls = slices.Concat(calls, strategy.StartsJob(m), strategy.End(m), []plan.Call{last})
	for i := range calls {
		calls[i].On = 1 // what the first life left behind would be in the way
	}
	return strategy.Moving(m, calls)
}

// playSequence plays a row of calls, and judges each by what is promised of it and by the
// model: the record as it was last read, in which only that may change that a call names.
func playSequence(ctx context.Context, p *player) error {
	for _, c := range p.calls {
		if err := plays(ctx, p, c); err != nil {
			return err
		}
	}
	return nil
}

// plays plays a call of a sequence.
func plays(ctx context.Context, p *player, c plan.Call) error {
	o, exists := c.In(p.m.Catalogue), p.record != nil
	isCreation := o != nil && o.Effect == contract.Create && c.Fault == ""
	switch {
	case isCreation && !exists:
		return makes(ctx, p, c)
	case isCreation && p.m.Kind.Exclusive != "":
		return refusesSecond(ctx, p, c)
	case isCreation || p.object == nil: // it would be about another object, or about none yet
		return nil
	case exists:
		return playsOn(ctx, p, c)
	case c.Fault != "": // it is about an object that is there
		return nil
	}
	return asksUnknown(ctx, p, c)
}

// playsOn plays a call about the object of the case, which exists.
func playsOn(ctx context.Context, p *player, c plan.Call) error {
	switch o := c.In(p.m.Catalogue); {
	case c.Ask != nil:
		return asksAboutIt(ctx, p, c)
	case strategy.ProtocolCalled(c.Fault) != nil:
		return asksInManner(ctx, p, c)
	case o.Effect == contract.Delete:
		return deletes(ctx, p, c)
	case o.Effect == contract.Change:
		return changesOnly(ctx, p, c)
	}
	return startsWork(ctx, p, c)
}

// refusesSecond asks for another object where there may be only one.
func refusesSecond(ctx context.Context, p *player, c plan.Call) error {
	_, e, err := p.create(ctx, c)
	if err != nil {
		return err
	}
	if err := p.isDue(e, strategy.Due{IDs: p.m.Of("second-is-refused")}); err != nil || !e.Failed() {
		return orGone(err)
	}
	p.refused = true
	if err := p.isTabled(e, c.In(p.m.Catalogue), "second-is-refused"); err != nil {
		return err
	}
	ids := []contract.ID{"API-FAULT-01"}
	listed, err := listsWhole(ctx, p)
	if err != nil {
		return err
	}
	if listed {
		return p.session.Verify(p.listed, ids, nil)
	}
	return p.verifies(ctx, ids, p.sameButFor(p.record, nil))
}

// listsWhole asks a list for the whole object, and reports whether it showed it, as it was:
// then nothing has changed it, and lists can be narrowed to our SVMs. Else the list may be
// at fault, and other questions tell.
func listsWhole(ctx context.Context, p *player) (bool, error) {
	if len(p.m.Askable()) == 0 {
		return false, nil
	}
	err := answerTo(ctx, newQuestion(p, plan.Ask{What: "all-fields"}, truthOf(p)))
	if oracle.IsMismatch(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	p.narrowed, p.listed = true, p.session.Last("")
	return true, p.session.Verify(p.listed, []contract.ID{narrowing(p), "API-FIELDS-04"}, nil)
}

// truthOf is what is known of the object, as questions want it.
func truthOf(p *player) map[string]map[string]any {
	return map[string]map[string]any{p.object.UUID: p.record}
}

// asksAboutIt asks lists about the object, if they can be narrowed to it.
func asksAboutIt(ctx context.Context, p *player, c plan.Call) error {
	if c.Ask.What == "all-fields" && p.listed != nil && p.listed == p.session.Last("") {
		return nil // it was just asked
	}
	if !p.narrowed {
		err := narrows(ctx, p, truthOf(p))
		if errors.Is(err, errGone) {
			return nil
		}
		if err != nil {
			return err
		}
		p.narrowed = true
	}
	return asksList(ctx, p, c, truthOf(p))
}
