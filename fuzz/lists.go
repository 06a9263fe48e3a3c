package fuzz

import (
	"cmp"
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

// A kindOfAsk is a kind of questions.
type kindOfAsk struct {
	what string
	id   contract.ID // that it is about
	max  int         // values that it takes
}

// asks are the kinds of questions.
var asks = []kindOfAsk{
	{"equals", "API-FILTER-01", 1}, {"cut-short", "API-FILTER-01", 0}, {"with-a-dot", "API-FILTER-01", 1}, {"begins-within", "API-FILTER-03", 1}, {"ends-within", "API-FILTER-03", 1},
	{"begins", "API-FILTER-03", 1}, {"ends", "API-FILTER-03", 1}, {"either", "API-FILTER-04", 2},
	{"not", "API-FILTER-05", 1}, {"less", "API-FILTER-06", 1}, {"more", "API-FILTER-06", 1}, {"at-most", "API-FILTER-06", 1},
	{"at-least", "API-FILTER-06", 1}, {"between", "API-FILTER-06", 2}, {"before-in-the-alphabet", "API-FILTER-09", 0}, {"after-in-the-alphabet", "API-FILTER-09", 0}, {"unset", "API-FILTER-07", 0}, {"set", "API-FILTER-07", 0},
	{"quoted", "API-FILTER-08", 1}, {"quoted-asterisk", "API-FILTER-08", 1}, {"both", "API-FILTER-02", 2},
	{"ascending", "API-ORDER-01", 0}, {"descending", "API-ORDER-01", 0}, {"two-orders", "API-ORDER-01", 0}, {"orders-apart", "API-ORDER-01", 0}, {"by-another-name", "API-ORDER-03", 0},
	{"all-as-shown", "API-FILTER-02", 0}, {"all-operators", "API-FILTER-02", 0}, {"as-shown", "API-FILTER-01", 0}, {"as-not-shown", "API-FILTER-01", 0},
	{"filtered-pages", "API-PAGE-02", 0}, {"pages", "API-PAGE-02", 1}, {"sorted-pages", "API-PAGE-02", 1}, {"pages-of-fields", "API-FIELDS-01", 0}, {"skipped", "API-PAGE-04", 0},
	{"counted", "API-COUNT-01", 1}, {"tunneled", "API-TUNNEL-01", 0}, {"tunneled-by-uuid", "API-TUNNEL-04", 0},
	{"searched", "API-SEARCH-01", 1}, {"searched-second", "API-SEARCH-01", 1}, {"searched-either", "API-SEARCH-02", 2}, {"searched-both", "API-SEARCH-02", 2}, {"searched-begins", "API-SEARCH-02", 1},
	{"fields", "API-FIELDS-01", 0}, {"all-fields", "API-FIELDS-04", 0},
}

// kindAsked returns the kind of questions of a name, or nil.
func kindAsked(what string) *kindOfAsk {
	i := slices.IndexFunc(asks, func(k kindOfAsk) bool { return k.what == what })
	if i < 0 {
		return nil
	}
	return &asks[i]
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
			return slices.Contains(m.optional, f)
		}
		return f.Type == contract.String && (m.isMarked(f.Name) || slices.Contains(m.optional, f))
	})
	isNumber := func(f *contract.Field) bool { return f.Type == contract.Integer }
	isText := func(f *contract.Field) bool { return !isNumber(f) }
	return mixed([][]*contract.Field{slices.DeleteFunc(slices.Clone(all), isNumber), slices.DeleteFunc(all, isText)})
}

// numberly are the questions about numbers alone, textly those about texts, enumly those
// about enumerations, unmarkedly those that ask first about fields that not every record
// has, and shownly those that any field which is shown may answer wrongly by itself.
var (
	enumly     = []string{"before-in-the-alphabet", "after-in-the-alphabet"}
	unmarkedly = []string{"not", "unset", "set", "searched", "searched-second", "searched-either", "searched-both", "searched-begins"}
	shownly    = []string{"as-not-shown", "as-shown", "fields"}
	numberly   = []string{"less", "more", "at-most", "at-least", "between"}
	textly     = []string{"with-a-dot", "begins-within", "ends-within", "begins", "ends", "quoted", "quoted-asterisk", "searched", "searched-second", "searched-either", "searched-both", "searched-begins"}
)

// Values of few sorts, so that records share some of them.
var (
	fewWords   = []string{"one", "tone", "ones", "two", "three"}
	fewNumbers = []int{900, 1000, 2000, 10000, 20000}
)

// aloneWord is the one of fewWords that a search on the tour can look for anywhere.
const aloneWord = "two"

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
// kinds: first each with one field, then with those that no other can stand for, then with
// the rest.
func (m *model) places() []place {
	var first, soon, rest [][]place
	for i, kind := range asks {
		if !m.catalogue.Requirement(kind.id).Covers(m.release) {
			continue
		}
		var all []place
		fit := m.fit(kind.what)
		for _, f := range fit {
			all = append(all, place{i, f.Name})
		}
		one := min(1, len(all))
		n := max(one, m.alone(kind.what, fit))
		first, soon, rest = append(first, all[:one]), append(soon, all[one:n]), append(rest, all[n:])
	}
	return slices.Concat(mixed(first), mixed(soon), mixed(rest))
}

// alone is how many of the fields of a kind of question, from the first, no other can stand
// for.
func (m *model) alone(what string, fit []*contract.Field) int {
	switch what {
	case shownly[0]: // which any field may answer wrongly by itself
		return len(fit)
	case "descending": // a text, and a member of an object
		return min(2, len(fit))
	case "ascending": // integers may be sorted as texts
		return len(slices.DeleteFunc(slices.Clone(fit), func(f *contract.Field) bool { return f.Type != contract.Integer }))
	}
	return 0
}

// fit are the fields that a kind of question can be about, first those that tell most.
func (m *model) fit(what string) []*contract.Field {
	switch {
	case slices.Contains(shownly, what):
		return m.shown
	case slices.Contains([]string{"all-fields", "tunneled", "tunneled-by-uuid", "pages", "all-as-shown", "all-operators", "cut-short"}, what): // about no field
		return m.askable()[:1]
	case slices.Contains(enumly, what):
		return slices.DeleteFunc(slices.Clone(m.shown), func(f *contract.Field) bool { return len(f.Enum) == 0 })
	}
	all := slices.DeleteFunc(m.askable(), func(f *contract.Field) bool {
		return slices.Contains(numberly, what) && f.Type != contract.Integer || slices.Contains(textly, what) && f.Type != contract.String
	})
	switch svm := m.field("svm.name"); {
	case what == "descending" && svm != nil:
		all = slices.Insert(all, min(1, len(all)), svm)
	case what == "ascending":
		slices.SortStableFunc(all, func(a, b *contract.Field) int { return cmp.Compare(a.Type, b.Type) }) // integers come first
	case slices.Contains(unmarkedly, what):
		slices.SortStableFunc(all, func(a, b *contract.Field) int { return m.sureness(a) - m.sureness(b) })
	}
	return all
}

// tour is how many cases have three objects that show most, and values that tell them
// apart.
const tour = 3

// onTour is the value that the object of a number has in the field of a number; set is
// false where it has none.
func (m *model) onTour(f *contract.Field, object, field int) (v any, set bool) {
	n := (object + field) % len(fewWords)
	switch {
	case f.Type == contract.Integer:
		return fewNumbers[n], true
	case object > 0 && field%3 == object && !m.isMarked(f.Name):
		return nil, false
	case m.isMarked(f.Name):
		return tokenWord + "-" + fewWords[n], true
	}
	return fewWords[n], true
}

// valuesOnTour are values of a question: those of the first objects, or for integers the
// one in the middle; none for what they do not have. Searches have none that is within
// another.
func (m *model) valuesOnTour(f *contract.Field, kind kindOfAsk) []string {
	field := slices.Index(m.askable(), f)
	if field < 0 {
		return nil
	}
	var all []any
	for object := range 3 {
		v, set := m.onTour(f, object, field)
		if set && !(strings.HasPrefix(kind.what, "searched") && strings.Contains(text(v), "one")) {
			all = append(all, v)
		}
	}
	if f.Type == contract.Integer {
		slices.SortFunc(all, func(a, b any) int { return a.(int) - b.(int) })
		all = slices.Repeat([]any{all[len(all)/2]}, 2)
	}
	var values []string
	for _, v := range all[:min(kind.max, len(all))] {
		values = append(values, text(v))
	}
	return values
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
			calls = append(calls, m.question(t, deck[i], check < tour))
		}
		return calls
	})
}

// question draws one question.
func (m *model) question(t *rapid.T, at place, onTour bool) Call {
	kind, f := asks[at.kind], m.field(at.field)
	ask := &Ask{What: kind.what, Field: f.Name}
	if onTour {
		ask.Values = m.valuesOnTour(f, kind)
	}
	for range kind.max - len(ask.Values) {
		ask.Values = append(ask.Values, text(m.fewOf(f).Draw(t, "value")))
	}
	switch kind.what {
	case "fields":
		if at.field == m.shown[0].Name {
			ask.Values = names(m.shown)[1:]
		} else if rapid.Bool().Draw(t, "with others") {
			ask.Values = []string{pick(t, "another field", names(m.shown)), pick(t, "a third field", names(m.shown))}
		}
	case "before-in-the-alphabet", "after-in-the-alphabet":
		ask.Values = []string{pick(t, "value", f.Enum)}
	case "orders-apart":
		ask.Values = []string{m.another(t, f)}
	case "two-orders":
		ask.Values = []string{m.another(t, f)}
		if onTour && m.field("scope") != nil { // which all have in common
			ask.Field, ask.Values = "scope", []string{f.Name}
		}
	case "searched", "searched-second", "searched-either", "searched-both", "searched-begins":
		other := m.another(t, f)
		if onTour {
			other = m.beyond(f, kind.what)
		}
		if last := len(ask.Values) - 1; last > 0 {
			if onTour {
				ask.Values[last] = append(m.valuesOnTour(m.field(other), kind), aloneWord)[0]
			} else {
				ask.Values[last] = text(m.fewOf(m.field(other)).Draw(t, "value of another field"))
			}
		}
		ask.Values = append(ask.Values, other)
	case "all-operators":
		ask.Values = []string{text(pick(t, "turn", []int{0, 1, 2, 3, 4, 5}))}
	case "pages", "sorted-pages":
		ask.Values = []string{text(pick(t, "page size", []int{1, 2, 3, 4}))}
	}
	return Call{Operation: m.operation(contract.List).ID, Ask: ask, Fault: "ask-" + kind.what}
}

// sureness is how likely a record has a field: a text without the mark least of all.
func (m *model) sureness(f *contract.Field) int {
	switch {
	case m.isMarked(f.Name):
		return 2
	case f.Type == contract.Integer:
		return 1
	}
	return 0
}

// beyond is the field that a search on the tour names besides f: f itself, so that what is
// elsewhere in a record does not count, or one that has not what is looked for, or another
// text without the mark, which no value contains.
func (m *model) beyond(f *contract.Field, what string) string {
	switch what {
	case "searched":
		return f.Name
	case "searched-second":
		if m.field("scope") != nil {
			return "scope"
		}
		return f.Name
	}
	for _, other := range m.askable() {
		if other.Name != f.Name && m.sureness(other) == 0 {
			return other.Name
		}
	}
	return f.Name
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

// narrowing is what such a list rests on.
func (p *player) narrowing() contract.ID {
	if len(p.hand.SVMs()) == 1 {
		return "API-FILTER-01"
	}
	return "API-FILTER-04"
}

// narrows makes sure that lists can be narrowed; else no question is put.
func (p *player) narrows(ctx context.Context, truth map[string]map[string]any) error {
	id := p.narrowing()
	q := newQuestion(p, Ask{}, truth)
	var members error
	err := q.eachOfList(ctx, "?fields=svm", func(record, truth map[string]any) error {
		members = cmp.Or(members, p.showsMembers(record, truth, "svm"))
		return nil
	})
	if named := p.lastReading(); err != nil && named != nil && !named.Response.OK() { // it may be the field that is not understood
		refused := err
		if err = q.lists(ctx, "?fields=uuid", func(map[string]any) bool { return true }); err == nil {
			return p.hand.Verify(named, []contract.ID{"API-FIELDS-03"}, refused)
		}
	}
	if judged := p.hand.Verify(p.lastReading(), []contract.ID{id}, err); judged != nil {
		return judged
	}
	if err == nil {
		return p.hand.Verify(p.lastReading(), []contract.ID{"API-FIELDS-03"}, members)
	}
	if id != "API-FILTER-01" { // it may be the bar alone that is not understood
		if err := q.put(ctx, Ask{What: "as-shown", Field: "svm.name"}); err != nil {
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
		ask.Values[i] = expand(p.hand, v, "")
	}
	err := q.put(ctx, ask)
	p.seen = append(p.seen, Seen{Operation: "GET " + p.resource.Path, Status: q.status(), Fault: c.Fault})
	return err
}
