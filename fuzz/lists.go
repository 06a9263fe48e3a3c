package fuzz

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/resource"
)

// listProperties compare lists with each other and with the records themselves.
var listProperties = []Property{
	{
		Name: "lists-agree-with-their-records", Writes: true,
		Says: "A filter lists exactly what satisfies it, every order sorts, every page size gives all, and no field changes which records come.",
		conventions: []contract.ID{"API-FILTER-01", "API-FILTER-02", "API-FILTER-03", "API-FILTER-04", "API-FILTER-05", "API-FILTER-06", "API-FILTER-07",
			"API-FILTER-08", "API-FILTER-09", "API-ORDER-01", "API-ORDER-03", "API-PAGE-01", "API-PAGE-02", "API-PAGE-04", "API-COUNT-01", "API-FIELDS-01", "API-FIELDS-03", "API-FIELDS-04",
			"API-TUNNEL-01", "API-TUNNEL-04", "API-LIST-04", "API-SEARCH-01", "API-SEARCH-02"},
		fits: func(m *model) bool {
			return m.operation(contract.List) != nil && m.operation(contract.Create) != nil && len(m.askable()) > 0
		},
		deck: dealQuestions, play: playQuestions,
	},
}

// dealQuestions goes through the places.
func dealQuestions(m *model) func(int) *rapid.Generator[Case] {
	fields, deck := m.askable(), m.places()
	return decked(func(t *rapid.T, check int) []Call {
		var calls []Call
		objects := 3
		if check >= tour {
			objects = pick(t, "objects", []int{1, 2, 3, 3, 3, 3, 3, 3})
		}
		for i := range objects {
			c := Call{Operation: m.operation(contract.Create).ID, On: i, Set: map[string]any{}}
			for j, f := range fields {
				if v, set := m.onTour(f, i, j); check < tour && set {
					c.Set[f.Name] = v
				} else if check >= tour && (m.isMarked(f.Name) || pick(t, f.Name+" is set", []bool{false, true, true, true})) {
					c.Set[f.Name] = m.fewOf(f).Draw(t, f.Name)
				}
			}
			calls = append(calls, c)
		}
		for _, i := range dealt(check, 3*mostCalls, len(deck)) {
			calls = append(calls, m.query(t, deck[i], check < tour))
		}
		return calls
	})
}

// playQuestions makes the objects and asks.
func playQuestions(ctx context.Context, p *player) error {
	truth := map[string]map[string]any{} // by uuid
	for _, c := range p.calls {
		if c.Ask == nil && c.On < len(p.session.SVMs) {
			if err := p.exists(ctx, c); err != nil {
				return err
			}
			record, err := p.reads(ctx)
			if err != nil {
				return err
			}
			truth[p.thing.UUID] = record
			p.forgetUnlike(record)
		}
	}
	if len(truth) == 0 {
		return nil
	}
	if err := p.narrows(ctx, truth); err != nil {
		return err
	}
	for _, c := range p.calls {
		if c.Ask != nil {
			if err := p.asks(ctx, c, truth); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetUnlike forgets what a reading does not show as it was sent: nobody can tell
// which of two values a target filters by.
func (p *player) forgetUnlike(record map[string]any) {
	for name, sent := range resource.Flat(p.thing.Sent) {
		if shown, there := oracle.Lookup(record, name); there && !oracle.Equal(shown, sent) && !strings.HasSuffix(name, "uuid") {
			p.unlike = append(p.unlike, name)
		}
	}
}

// mine narrows a list to the SVMs of the hand: on others things come and go, and
// the pages of a list would depend on when.
func (p *player) mine() string {
	var all []string
	for _, svm := range p.session.SVMs {
		all = append(all, svm.Name)
	}
	return "svm.name=" + escape(strings.Join(all, "|"))
}

// narrowing is what such a list rests on.
func (p *player) narrowing() contract.ID {
	if len(p.session.SVMs) == 1 {
		return "API-FILTER-01"
	}
	return "API-FILTER-04"
}

// narrows makes sure that lists can be narrowed; else no question is put.
func (p *player) narrows(ctx context.Context, truth map[string]map[string]any) error {
	id := p.narrowing()
	q := newQuestion(p, Ask{}, truth)
	var members error
	err := eachOfList(ctx, q, "?fields=svm", func(record, truth map[string]any) error {
		members = cmp.Or(members, p.showsMembers(record, truth, "svm"))
		return nil
	})
	if named := p.lastReading(); err != nil && named != nil && !named.Response.OK() { // it may be the field that is not understood
		refused := err
		if err = lists(ctx, q, "?fields=uuid", func(map[string]any) bool { return true }); err == nil {
			return p.session.Verify(named, []contract.ID{"API-FIELDS-03"}, refused)
		}
	}
	if judged := p.session.Verify(p.lastReading(), []contract.ID{id}, err); judged != nil {
		return judged
	}
	if err == nil {
		return p.session.Verify(p.lastReading(), []contract.ID{"API-FIELDS-03"}, members)
	}
	if id != "API-FILTER-01" { // it may be the bar alone that is not understood
		if err := put(ctx, q, Ask{What: "as-shown", Field: "svm.name"}); err != nil {
			return err
		}
	}
	return errGone
}

// newQuestion is one about objects that are known.
func newQuestion(p *player, ask Ask, truth map[string]map[string]any) *question {
	return &question{p: p, ask: ask, truth: truth, path: "/api" + p.resource.Path}
}

// asks asks one question.
func (p *player) asks(ctx context.Context, c Call, truth map[string]map[string]any) error {
	q := newQuestion(p, Ask{}, truth)
	ask := *c.Ask
	ask.Values = slices.Clone(ask.Values)
	for i, v := range ask.Values {
		ask.Values[i] = expand(p.session, v, "")
	}
	err := put(ctx, q, ask)
	p.seen = append(p.seen, Point{Operation: "GET " + p.resource.Path, Status: status(q), Fault: c.Fault})
	return err
}
