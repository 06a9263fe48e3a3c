package fuzz

import (
	"context"
	"errors"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
)

// sequenceProperties compare any row of calls with a reference model.
var sequenceProperties = []Property{
	{
		Name: "any-row-of-calls-does-what-the-model-says", Writes: true,
		Says: "After any row of creations, changes, rekeyings, restores, deletions and questions the object has the values that a model predicts.",
		promises: []role{creates, createsByCert, readsBack, changes, changesAlone, changesSecret, changesCert, namesKind, severalAtOnce, keepsTheRest, second, startsOrNot,
			rekeyStarts, rekeyed, rekeysOnly, unreadable, unlisted, unaskable, again, readsUnknown, changesUnknown, deletesUnknown, actsOnUnknown, readsGone, readsCoded, changesGone, deletesGone, named},
		conventions: []contract.ID{"API-FAULT-01", "API-OPTIONS-01", "API-FILTER-01", "API-FILTER-02", "API-FILTER-04", "API-COUNT-01", "API-FIELDS-03", "API-FIELDS-04", "API-FIELDS-05", "API-FIELDS-07", "API-HEAD-01", "API-LIST-04", "API-LOCATION-02", "API-QUERY-01", "API-RETURN-01", "API-TIMEOUT-01"},
		fits:        func(m *model) bool { return m.operation(contract.Create) != nil && m.operation(contract.Delete) != nil },
		deck:        dealSequences, loose: true, play: playSequence,
	},
}

// dealSequences draws a row of calls as rapid draws any state machine; which calls make
// sense where is for the model to say when they are played. The first case is a life that
// shows most.
func dealSequences(m *model) func(int) *rapid.Generator[Case] {
	return decked(func(t *rapid.T, check int) []Call {
		if check == 0 {
			return m.life(t)
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
	first, last := m.creation(t, 0), m.creation(t, 0)
	first.Set, first.Lack = m.paired(t, slices.Concat(m.hidden, m.optional), 0), nil
	waits := func(seconds string) []Param { return []Param{{"return_timeout", seconds}} }
	first.Query, last.Query = []Param{{"return_records", "true"}}, waits("0")
	calls := []Call{first}
	for _, what := range []string{"every-field", "options", "head", "no-match", "unknown-field", "unknown-parameter"} {
		c := Call{Fault: what, Field: toList}
		mannerCalled(what).draw(t, m, &c)
		calls = append(calls, c)
	}
	if len(m.askable()) > 0 {
		calls = append(calls, m.questionOf("all-as-shown"), m.questionOf("all-operators", "0"), m.questionOf("all-operators", "2"), m.questionOf("cut-short"), m.questionOf("counted"), m.questionOf("all-fields"))
	}
	if m.sort.Seat {
		calls = append(calls, m.creation(t, 0))
	}
	if alone := m.beside(); hasChange(m) && len(alone) > 0 {
		i := max(0, slices.IndexFunc(alone, func(f *contract.Field) bool { return m.isMarked(f.Name) }))
		one := m.change(t, alone[i:i+1], 1, 1)
		one.Query = waits("120")
		calls = append(calls, one)
	}
	if hasChange(m) {
		calls = append(calls, m.wholeChange(t, 0))
	}
	if o := m.rekey(); o != nil {
		work := m.asks(o)
		work.Query = waits("0")
		calls = append(calls, work)
	}
	return m.moving(append(append(calls, m.end()...), last))
}

// questionOf is a question about no field.
func (m *model) questionOf(what string, values ...string) Call {
	return Call{Operation: m.operation(contract.List).ID, Fault: "ask-" + what, Ask: &Ask{What: what, Field: m.askable()[0].Name, Values: values}}
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
	o, exists := c.operation(p.catalogue), p.record != nil
	makes := o != nil && o.Effect == contract.Create && c.Fault == ""
	switch {
	case makes && !exists:
		return p.makes(ctx, c)
	case makes && p.sort.Seat:
		return p.refusesSecond(ctx, c)
	case makes || p.thing == nil: // it would be about another object, or about none yet
		return nil
	case c.Ask != nil && exists:
		return p.asksAboutIt(ctx, c)
	case mannerCalled(c.Fault) != nil && exists:
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
	if err := p.isDue(e, due{ids: p.of(second)}); err != nil || !e.Failed() {
		return orGone(err)
	}
	p.refused = true
	for condition, provoking := range provocations {
		if provoking.also == second {
			if err := p.isTabled(e, c.operation(p.catalogue), condition); err != nil {
				return err
			}
		}
	}
	return p.verifies(ctx, []contract.ID{"API-FAULT-01"}, p.sameButFor(p.record, nil))
}

// asksAboutIt asks lists about the object, if they can be narrowed to it.
func (p *player) asksAboutIt(ctx context.Context, c Call) error {
	truth := map[string]map[string]any{p.thing.UUID(): p.record}
	if !p.narrowed {
		err := p.narrows(ctx, truth)
		if errors.Is(err, errGone) {
			return nil
		}
		if err != nil {
			return err
		}
		p.narrowed = true
	}
	return p.asks(ctx, c, truth)
}
