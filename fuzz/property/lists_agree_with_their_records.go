package property

import (
	"cmp"
	"context"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var listsAgreeWithTheirRecords = &Property{
	Name: "lists-agree-with-their-records", Writes: true,
	Says: "A filter lists exactly what satisfies it, every order sorts, every page size gives all, and no field changes which records come.",
	conventions: []contract.ID{"API-FILTER-01", "API-FILTER-02", "API-FILTER-03", "API-FILTER-04", "API-FILTER-05", "API-FILTER-06", "API-FILTER-07",
		"API-FILTER-08", "API-FILTER-09", "API-ORDER-01", "API-ORDER-03", "API-PAGE-01", "API-PAGE-02", "API-PAGE-04", "API-COUNT-01", "API-FIELDS-01", "API-FIELDS-03", "API-FIELDS-04",
		"API-TUNNEL-01", "API-TUNNEL-04", "API-LIST-04", "API-SEARCH-01", "API-SEARCH-02"},
	fits: func(m *strategy.Model) bool {
		return m.Operation(contract.List) != nil && m.Operation(contract.Create) != nil && len(m.Askable()) > 0
	},
	Deck: dealQuestions, play: playQuestions,
}

// dealQuestions goes through the places.
func dealQuestions(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	fields, deck := m.Askable(), strategy.Places(m)
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		var calls []plan.Call
		objects := 3
		if check >= strategy.Tour {
			objects = strategy.Pick(t, "objects", []int{1, 2, 3, 3, 3, 3, 3, 3})
		}
		for i := range objects {
			c := plan.Call{Operation: m.Operation(contract.Create).ID, On: i, Set: map[string]any{}}
			for j, f := range fields {
				if v, set := strategy.OnTour(m, f, i, j); check < strategy.Tour && set {
					c.Set[f.Name] = v
				} else if check >= strategy.Tour && (m.IsMarked(f.Name) || strategy.Pick(t, f.Name+" is set", []bool{false, true, true, true})) {
					c.Set[f.Name] = strategy.FewOf(m, f).Draw(t, f.Name)
				}
			}
			calls = append(calls, c)
		}
		for _, i := range strategy.Dealt(check, 3*strategy.MostCalls, len(deck)) {
			calls = append(calls, strategy.Query(t, m, deck[i], check < strategy.Tour))
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
			truth[p.object.UUID] = record
			forgetUnlike(p, record)
		}
	}
	if len(truth) == 0 {
		return nil
	}
	if err := narrows(ctx, p, truth); err != nil {
		return err
	}
	for _, c := range p.calls {
		if c.Ask != nil {
			if err := asksList(ctx, p, c, truth); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetUnlike forgets what a reading does not show as it was sent: nobody can tell
// which of two values a target filters by.
func forgetUnlike(p *player, record map[string]any) {
	for name, sent := range resource.Flat(p.object.Sent) {
		if shown, there := oracle.Lookup(record, name); there && !oracle.Equal(shown, sent) && !strings.HasSuffix(name, "uuid") {
			p.unlike = append(p.unlike, name)
		}
	}
}

// narrowing is what such a list rests on.
func narrowing(p *player) contract.ID {
	if len(p.session.SVMs) == 1 {
		return "API-FILTER-01"
	}
	return "API-FILTER-04"
}

// narrows makes sure that lists can be narrowed; else no question is put.
func narrows(ctx context.Context, p *player, truth map[string]map[string]any) error {
	id := narrowing(p)
	q := newQuestion(p, plan.Ask{}, truth)
	var members error
	err := eachOfList(ctx, q, "?fields=svm", func(record, truth map[string]any) error {
		members = cmp.Or(members, showsMembers(p.m, record, truth, "svm"))
		return nil
	})
	if named := p.lastReading(); err != nil && named != nil && !named.Response.OK() { // it may be the field that is not understood
		refused := err
		if err = listsExactly(ctx, q, "?fields=uuid", func(map[string]any) bool { return true }); err == nil {
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
		if err := askOf(ctx, q, plan.Ask{What: "as-shown", Field: "svm.name"}); err != nil {
			return err
		}
	}
	return errGone
}
