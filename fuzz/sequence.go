package fuzz

import (
	"context"
	"errors"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// sequenceProperties compare any row of calls with a reference model.
var sequenceProperties = []Property{
	{
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
		fits:        func(m *model) bool { return m.operation(contract.Create) != nil && m.operation(contract.Delete) != nil },
		deck:        dealSequences, least: 2, loose: true, play: playSequence,
	},
}

// dealSequences draws a row of calls as rapid draws any state machine; which calls make
// sense where is for the model to say when they are played. The first case is a life that
// shows most for its requests, the second what a life may show besides.
func dealSequences(m *model) func(int) *rapid.Generator[Case] {
	return decked(func(t *rapid.T, check int) []Call {
		switch check {
		case 0:
			return m.life(t)
		case 1:
			return m.secondLife(t)
		}
		calls := []Call{m.creation(t, 4)}
		actions := map[string]func(*rapid.T){
			"create": func(t *rapid.T) { calls = append(calls, m.creation(t, 2)) },
			"delete": func(t *rapid.T) { calls = append(calls, Call{Operation: m.operation(contract.Delete).ID}) },
		}
		if hasChange(m) {
			actions["change"] = func(t *rapid.T) { calls = append(calls, m.anyChange(t)) }
			actions["change "] = func(t *rapid.T) { calls = append(calls, m.change(t, m.plain(), 1, 2)) }
		}
		for _, o := range m.acts() {
			actions["work "+o.ID] = func(*rapid.T) { calls = append(calls, m.asks(o)) }
		}
		t.Repeat(actions)
		return calls
	})
}

// life is the life of an object with every property, from its creation to what is left of
// it, with what is asked on the way that most defects show in.
func (m *model) life(t *rapid.T) []Call {
	first := m.whole(t)
	first.Query = []Param{{Name: "return_records", Value: "true"}}
	calls := append([]Call{first}, m.inManner(t, "every-field", "options", "head", "unknown-field")...)
	calls[1].Accept = wire.PlainJSON // all else is asked for with links
	if m.sort.Exclusive != "" {
		calls = append(calls, m.creation(t, 0))
	}
	calls = append(calls, m.asking("all-fields", "counted")...)
	if m.foremost {
		calls = append(calls, m.asking("cut-short", "all-as-shown", "all-operators 0", "all-operators 2")...)
	}
	if alone := m.beside(); hasChange(m) && len(alone) > 0 {
		i := max(0, slices.IndexFunc(alone, func(f *contract.Field) bool { return m.isMarked(f.Name) }))
		one := m.change(t, alone[i:i+1], 1, 1)
		one.Query = waiting("120")
		calls = append(calls, one)
	}
	if hasChange(m) {
		calls = append(calls, m.wholeChange(t, 0))
	}
	if m.foremost {
		calls = append(calls, m.startsJob()...)
	}
	calls = append(calls, slices.DeleteFunc(m.end(), func(c Call) bool { return c.In(m.catalogue).Effect == contract.Act })...)
	if len(m.askable()) == 0 { // it was short
		calls = append(calls, m.creation(t, 0))
	}
	return m.moving(calls)
}

// secondLife is the rest of what a life may show: the work of an object on another SVM, all
// that can be asked for of what is gone, and an object with other credentials in its place.
func (m *model) secondLife(t *rapid.T) []Call {
	calls := append([]Call{m.whole(t)}, m.inManner(t, "no-match", "unknown-parameter")...)
	last := Call{Operation: m.operation(contract.Create).ID, Set: map[string]any{}, Query: waiting("0")}
	m.chooses(t, &last, true)
	calls = slices.Concat(calls, m.startsJob(), m.end(), []Call{last})
	for i := range calls {
		calls[i].On = 1 // what the first life left behind would be in the way
	}
	return m.moving(calls)
}

// startsJob is work that is answered before it is done; nothing where there is none.
func (m *model) startsJob() []Call {
	o := m.rekey()
	if o == nil {
		return nil
	}
	work := m.asks(o)
	work.Query = waiting("0")
	return []Call{work}
}

// whole is a creation with every property.
func (m *model) whole(t *rapid.T) Call {
	c := m.creation(t, 0)
	c.Set, c.Lack = m.paired(t, slices.Concat(m.hidden, m.optional), 0), nil
	return c
}

// waiting are the parameters of a call whose answer may wait for its job, in seconds.
func waiting(seconds string) []Param { return []Param{{Name: "return_timeout", Value: seconds}} }

// inManner are calls in manners.
func (m *model) inManner(t *rapid.T, manners ...string) []Call {
	var all []Call
	for _, what := range manners {
		c := Call{Fault: what, Field: toList}
		protocolCalled(what).draw(t, m, &c)
		all = append(all, c)
	}
	return all
}

// playSequence plays a row of calls, and judges each by what is promised of it and by the
// model: the record as it was last read, in which only that may change that a call names.
func playSequence(ctx context.Context, p *player) error {
	for _, c := range p.calls {
		if err := p.plays(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// plays plays a call of a sequence.
func (p *player) plays(ctx context.Context, c Call) error {
	o, exists := c.In(p.catalogue), p.record != nil
	makes := o != nil && o.Effect == contract.Create && c.Fault == ""
	switch {
	case makes && !exists:
		return p.makes(ctx, c)
	case makes && p.sort.Exclusive != "":
		return p.refusesSecond(ctx, c)
	case makes || p.thing == nil: // it would be about another object, or about none yet
		return nil
	case c.Ask != nil && exists:
		return p.asksAboutIt(ctx, c)
	case protocolCalled(c.Fault) != nil && exists:
		return p.asksInManner(ctx, c)
	case c.Fault != "" && !exists:
		return nil // it is about an object that is there
	case !exists:
		return p.asksUnknown(ctx, c)
	case o.Effect == contract.Delete:
		return p.deletes(ctx, c)
	case o.Effect == contract.Change:
		return p.changesOnly(ctx, c)
	}
	return p.works(ctx, c)
}

// orGone ends a case without an error of its own.
func orGone(err error) error {
	if err == nil {
		return errGone
	}
	return err
}

// refusesSecond asks for another object where there may be only one.
func (p *player) refusesSecond(ctx context.Context, c Call) error {
	_, e, err := p.create(ctx, c)
	if err != nil {
		return err
	}
	if err := p.isDue(e, due{ids: p.of("second-is-refused")}); err != nil || !e.Failed() {
		return orGone(err)
	}
	p.refused = true
	if err := p.isTabled(e, c.In(p.catalogue), "second-is-refused"); err != nil {
		return err
	}
	ids := []contract.ID{"API-FAULT-01"}
	listed, err := p.listsWhole(ctx)
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
func (p *player) listsWhole(ctx context.Context) (bool, error) {
	if len(p.askable()) == 0 {
		return false, nil
	}
	err := answer(ctx, newQuestion(p, Ask{What: "all-fields"}, p.truth()))
	if oracle.IsMismatch(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	p.narrowed, p.listed = true, p.session.Last("")
	return true, p.session.Verify(p.listed, []contract.ID{p.narrowing(), "API-FIELDS-04"}, nil)
}

// truth is what is known of the object, as questions want it.
func (p *player) truth() map[string]map[string]any {
	return map[string]map[string]any{p.thing.UUID: p.record}
}

// asksAboutIt asks lists about the object, if they can be narrowed to it.
func (p *player) asksAboutIt(ctx context.Context, c Call) error {
	if c.Ask.What == "all-fields" && p.listed != nil && p.listed == p.session.Last("") {
		return nil // it was just asked
	}
	if !p.narrowed {
		err := p.narrows(ctx, p.truth())
		if errors.Is(err, errGone) {
			return nil
		}
		if err != nil {
			return err
		}
		p.narrowed = true
	}
	return p.asks(ctx, c, p.truth())
}
