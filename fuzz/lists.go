package fuzz

import (
	"context"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/steps"
)

// listProperties compare lists with each other and with the records themselves.
var listProperties = []Property{
	{
		Name: "lists-agree-with-their-records", Writes: true, weight: 8,
		Says: "A filter lists exactly what satisfies it, every order sorts, every page size gives all, and no field changes which records come.",
		conventions: []contract.ID{"API-FILTER-01", "API-FILTER-02", "API-FILTER-03", "API-FILTER-04", "API-FILTER-05", "API-FILTER-06", "API-FILTER-07",
			"API-FILTER-08", "API-ORDER-01", "API-ORDER-03", "API-PAGE-01", "API-PAGE-02", "API-PAGE-04", "API-COUNT-01", "API-FIELDS-01", "API-FIELDS-04",
			"API-TUNNEL-01", "API-TUNNEL-04", "API-SEARCH-01", "API-SEARCH-02"},
		fits: func(m *model) bool {
			return m.operation(contract.List) != nil && m.operation(contract.Create) != nil && len(m.askable()) > 0
		},
		deck: dealQuestions, play: playQuestions,
	},
}

// An Ask is a question to a list whose answer is known from the records.
type Ask struct {
	What   string   `json:"what"` // one of the kinds of asks
	Field  string   `json:"field,omitempty"`
	Values []string `json:"values,omitempty"`
}

// asks are the kinds of questions, with the promise that each is about.
var asks = []struct {
	what string
	id   contract.ID
	max  int // values that it takes
}{
	{"equals", "API-FILTER-01", 1}, {"with-a-dot", "API-FILTER-01", 1}, {"begins-within", "API-FILTER-03", 1}, {"ends-within", "API-FILTER-03", 1},
	{"begins", "API-FILTER-03", 1}, {"ends", "API-FILTER-03", 1}, {"either", "API-FILTER-04", 2},
	{"not", "API-FILTER-05", 1}, {"less", "API-FILTER-06", 1}, {"more", "API-FILTER-06", 1}, {"at-most", "API-FILTER-06", 1},
	{"at-least", "API-FILTER-06", 1}, {"between", "API-FILTER-06", 2}, {"unset", "API-FILTER-07", 0}, {"set", "API-FILTER-07", 0},
	{"quoted", "API-FILTER-08", 1}, {"quoted-asterisk", "API-FILTER-08", 1}, {"both", "API-FILTER-02", 2},
	{"ascending", "API-ORDER-01", 0}, {"descending", "API-ORDER-01", 0}, {"two-orders", "API-ORDER-01", 0}, {"by-another-name", "API-ORDER-03", 0},
	{"as-shown", "API-FILTER-01", 0}, {"as-not-shown", "API-FILTER-01", 0},
	{"filtered-pages", "API-PAGE-02", 2}, {"pages", "API-PAGE-02", 1}, {"sorted-pages", "API-PAGE-02", 1}, {"skipped", "API-PAGE-04", 0},
	{"counted", "API-COUNT-01", 1}, {"tunneled", "API-TUNNEL-01", 0}, {"tunneled-by-uuid", "API-TUNNEL-04", 0},
	{"searched", "API-SEARCH-01", 1}, {"searched-either", "API-SEARCH-02", 2}, {"searched-both", "API-SEARCH-02", 2}, {"searched-begins", "API-SEARCH-02", 1},
	{"fields", "API-FIELDS-01", 0}, {"all-fields", "API-FIELDS-04", 0},
}

// askable are the fields that questions are about: those that a creation of ours
// sets, of which texts and numbers can be told apart and compared; texts and numbers by
// turns.
func (m *model) askable() []*contract.Field {
	all := m.with(func(f *contract.Field) bool {
		switch {
		case f.Access != contract.ReadWrite || f.Unread != "" || len(f.Enum) > 0:
			return false
		case f.Type == contract.Integer:
			return slices.Contains(names(m.optional), f.Name)
		}
		return f.Type == contract.String && (m.isMarked(f.Name) || slices.Contains(names(m.optional), f.Name))
	})
	isNumber := func(f *contract.Field) bool { return f.Type == contract.Integer }
	isText := func(f *contract.Field) bool { return !isNumber(f) }
	return mixed([][]*contract.Field{slices.DeleteFunc(slices.Clone(all), isNumber), slices.DeleteFunc(all, isText)})
}

// numberly are the questions about numbers alone, textly those about texts, and shownly
// those that any field which is shown may answer wrongly by itself.
var (
	shownly  = []string{"as-shown", "as-not-shown", "fields"}
	numberly = []string{"less", "more", "at-most", "at-least", "between"}
	textly   = []string{"with-a-dot", "begins-within", "ends-within", "begins", "ends", "quoted", "quoted-asterisk", "searched", "searched-either", "searched-both", "searched-begins"}
)

// Values of few sorts, so that records share some of them.
var (
	fewWords   = []string{"one", "two", "three", "tone"}
	fewNumbers = []int{900, 1000, 2000, 10000}
)

// fewOf draws one of the few values of a field, as a creation sends it.
func (m *model) fewOf(f *contract.Field) *rapid.Generator[any] {
	if f.Type == contract.Integer {
		return rapid.SampledFrom(fewNumbers).AsAny()
	}
	before := ""
	if m.isMarked(f.Name) {
		before = tokenWord + "-"
	}
	return rapid.Map(rapid.SampledFrom(fewWords), func(s string) any { return before + s })
}

// A place is a question in the deck: a kind, about a field.
type place struct {
	kind  int // in asks
	field string
}

// places are all questions of the release, mixed so that a few in a row are of many
// kinds: first each with a field or two, then those that any field may answer wrongly
// by itself with every field, then the rest.
func (m *model) places() []place {
	var first, every, rest [][]place
	for i, kind := range asks {
		if !m.catalogue.Requirement(kind.id).Covers(m.release) {
			continue
		}
		var all []place
		for _, f := range m.fit(kind.what) {
			all = append(all, place{i, f.Name})
		}
		two := min(2, len(all))
		first = append(first, all[:two])
		if slices.Contains(shownly, kind.what) {
			every = append(every, all[two:])
		} else {
			rest = append(rest, all[two:])
		}
	}
	return slices.Concat(mixed(first), mixed(every), mixed(rest))
}

// fit are the fields that a kind of question can be about.
func (m *model) fit(what string) []*contract.Field {
	switch {
	case slices.Contains(shownly, what):
		return m.shown
	case slices.Contains([]string{"all-fields", "tunneled", "tunneled-by-uuid", "pages"}, what): // about no field
		return m.askable()[:1]
	}
	return slices.DeleteFunc(m.askable(), func(f *contract.Field) bool {
		return slices.Contains(numberly, what) && f.Type != contract.Integer || slices.Contains(textly, what) && f.Type != contract.String
	})
}

// dealQuestions goes through the places.
func dealQuestions(m *model) func(int) *rapid.Generator[Case] {
	fields, deck := m.askable(), m.places()
	return decked(func(t *rapid.T, check int) []Call {
		var calls []Call
		for i := range pick(t, "objects", []int{1, 2, 3, 3, 3, 3, 3, 3}) {
			c := Call{Operation: m.operation(contract.Create).ID, On: i, Set: map[string]any{}}
			for _, f := range fields {
				if m.isMarked(f.Name) || pick(t, f.Name+" is set", []bool{false, true, true, true}) {
					c.Set[f.Name] = m.fewOf(f).Draw(t, f.Name)
				}
			}
			calls = append(calls, c)
		}
		for _, i := range dealt(t, check, 3*mostCalls, len(deck)) {
			calls = append(calls, m.question(t, deck[i]))
		}
		return calls
	})
}

// question draws one question.
func (m *model) question(t *rapid.T, at place) Call {
	kind, f := asks[at.kind], m.field(at.field)
	ask := &Ask{What: kind.what, Field: f.Name}
	for range kind.max {
		ask.Values = append(ask.Values, text(m.fewOf(f).Draw(t, "value")))
	}
	switch kind.what {
	case "fields":
		if rapid.Bool().Draw(t, "with others") {
			ask.Values = []string{pick(t, "another field", names(m.shown)), pick(t, "a third field", names(m.shown))}
		}
	case "two-orders":
		ask.Values = []string{m.another(t, f)}
	case "searched", "searched-either", "searched-both", "searched-begins":
		other := m.another(t, f)
		if last := len(ask.Values) - 1; last > 0 {
			ask.Values[last] = text(m.fewOf(m.field(other)).Draw(t, "value of another field"))
		}
		ask.Values = append(ask.Values, other)
	case "pages", "sorted-pages":
		ask.Values = []string{text(pick(t, "page size", []int{1, 2, 3, 4}))}
	}
	return Call{Operation: m.operation(contract.List).ID, Ask: ask, Fault: "ask-" + kind.what}
}

// another draws a field besides f that every object has; f itself where there is none.
func (m *model) another(t *rapid.T, f *contract.Field) string {
	rest := slices.DeleteFunc(slices.Clone(m.sort.Marked), func(name string) bool { return name == f.Name || m.field(name) == nil })
	if len(rest) == 0 {
		return f.Name
	}
	return pick(t, "another field", rest)
}

// playQuestions makes the objects and asks.
func playQuestions(ctx context.Context, p *player) error {
	truth := map[string]map[string]any{} // by uuid
	for _, c := range p.calls {
		if c.Ask == nil && c.On < len(p.hand.SVMs()) {
			if err := p.exists(ctx, c); err != nil {
				return err
			}
			record, err := p.reads(ctx)
			if err != nil {
				return err
			}
			truth[p.thing.UUID()] = record
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
	for name, sent := range steps.Flat(p.thing.Sent()) {
		if shown, there := oracle.Lookup(record, name); there && !oracle.Equal(shown, sent) && !strings.HasSuffix(name, "uuid") {
			p.unlike = append(p.unlike, name)
		}
	}
}

// mine narrows a list to the SVMs of the hand: on others things come and go, and
// the pages of a list would depend on when.
func (p *player) mine() string {
	var all []string
	for _, svm := range p.hand.SVMs() {
		all = append(all, svm.Name)
	}
	return "svm.name=" + escape(strings.Join(all, "|"))
}

// narrows makes sure that lists can be narrowed; else no question is put.
func (p *player) narrows(ctx context.Context, truth map[string]map[string]any) error {
	id := contract.ID("API-FILTER-04")
	if len(p.hand.SVMs()) == 1 {
		id = "API-FILTER-01"
	}
	q := &question{p: p, truth: truth, path: "/api" + p.resource.Path}
	err := q.lists(ctx, "?fields=svm", func(map[string]any) bool { return true })
	if judged := p.hand.Verify(p.lastReading(), []contract.ID{id}, err); judged != nil {
		return judged
	}
	if err != nil {
		return errGone
	}
	return nil
}

// asks asks one question.
func (p *player) asks(ctx context.Context, c Call, truth map[string]map[string]any) error {
	q := &question{p: p, ask: *c.Ask, truth: truth, path: "/api" + p.resource.Path}
	q.ask.Values = slices.Clone(q.ask.Values)
	for i, v := range q.ask.Values {
		q.ask.Values[i] = expand(p.hand, v, "")
	}
	err := q.put(ctx)
	p.seen = append(p.seen, Seen{Operation: "GET " + p.resource.Path, Status: q.status(), Fault: c.Fault})
	for _, kind := range asks {
		if kind.what == c.Ask.What {
			return p.hand.Verify(p.lastReading(), []contract.ID{kind.id}, err)
		}
	}
	return nil // of a later version of ours
}
