package fuzz

import (
	"cmp"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
)

// A relation is a kind of queries of a list whose answers are known from the records: a
// metamorphic relation between lists.
type relation struct {
	what string
	id   contract.ID // that it is about
	max  int         // values that a query of it takes

	// fit are the fields that it can be about, first those that tell most.
	fit func(*model) []*contract.Field
	// alone is how many of those, from the first, no other can stand for; nil for none.
	alone func(fit []*contract.Field) int
	// draw fills in what a query has besides the values that are drawn for every relation;
	// nil for nothing.
	draw func(t *rapid.T, d draft)
	// apart is whether a value is not asked for that is within another one.
	apart bool
}

// A draft is a query that is being drawn.
type draft struct {
	m      *model
	r      *relation
	f      *contract.Field // that it is about
	q      *Ask
	onTour bool // whether its case is one of the tour
}

// relations are all relations, in the order in which cases go through them.
var relations = []relation{
	{what: "equals", id: "API-FILTER-01", max: 1, fit: (*model).askable},
	{what: "cut-short", id: "API-FILTER-01", fit: anyAskable},
	{what: "with-a-dot", id: "API-FILTER-01", max: 1, fit: askableTexts},
	{what: "begins-within", id: "API-FILTER-03", max: 1, fit: askableTexts},
	{what: "ends-within", id: "API-FILTER-03", max: 1, fit: askableTexts},
	{what: "begins", id: "API-FILTER-03", max: 1, fit: askableTexts},
	{what: "ends", id: "API-FILTER-03", max: 1, fit: askableTexts},
	{what: "either", id: "API-FILTER-04", max: 2, fit: (*model).askable},
	{what: "not", id: "API-FILTER-05", max: 1, fit: unsureFirst},
	{what: "less", id: "API-FILTER-06", max: 1, fit: askableNumbers},
	{what: "more", id: "API-FILTER-06", max: 1, fit: askableNumbers},
	{what: "at-most", id: "API-FILTER-06", max: 1, fit: askableNumbers},
	{what: "at-least", id: "API-FILTER-06", max: 1, fit: askableNumbers},
	{what: "between", id: "API-FILTER-06", max: 2, fit: askableNumbers},
	{what: "before-in-the-alphabet", id: "API-FILTER-09", fit: shownEnumerations, draw: drawEnumerated},
	{what: "after-in-the-alphabet", id: "API-FILTER-09", fit: shownEnumerations, draw: drawEnumerated},
	{what: "unset", id: "API-FILTER-07", fit: unsureFirst},
	{what: "set", id: "API-FILTER-07", fit: unsureFirst},
	{what: "quoted", id: "API-FILTER-08", max: 1, fit: askableTexts},
	{what: "quoted-asterisk", id: "API-FILTER-08", max: 1, fit: askableTexts},
	{what: "both", id: "API-FILTER-02", max: 2, fit: (*model).askable},
	{what: "ascending", id: "API-ORDER-01", fit: numbersFirst, alone: allNumbers},
	{what: "descending", id: "API-ORDER-01", fit: withNameOfSVM, alone: firstTwo},
	{what: "two-orders", id: "API-ORDER-01", fit: (*model).askable, draw: drawTwoOrders},
	{what: "orders-apart", id: "API-ORDER-01", fit: (*model).askable, draw: drawAnother},
	{what: "by-another-name", id: "API-ORDER-03", fit: (*model).askable},
	{what: "all-as-shown", id: "API-FILTER-02", fit: anyAskable},
	{what: "all-operators", id: "API-FILTER-02", fit: anyAskable, draw: drawTurn},
	{what: "as-shown", id: "API-FILTER-01", fit: allOfShown},
	{what: "as-not-shown", id: "API-FILTER-01", fit: allOfShown, alone: allFit}, // any field may answer it wrongly by itself
	{what: "filtered-pages", id: "API-PAGE-02", fit: (*model).askable},
	{what: "pages", id: "API-PAGE-02", max: 1, fit: anyAskable, draw: drawPageSize},
	{what: "sorted-pages", id: "API-PAGE-02", max: 1, fit: (*model).askable, draw: drawPageSize},
	{what: "pages-of-fields", id: "API-FIELDS-01", fit: (*model).askable},
	{what: "skipped", id: "API-PAGE-04", fit: (*model).askable},
	{what: "counted", id: "API-COUNT-01", max: 1, fit: (*model).askable},
	{what: "tunneled", id: "API-TUNNEL-01", fit: anyAskable},
	{what: "tunneled-by-uuid", id: "API-TUNNEL-04", fit: anyAskable},
	{what: "searched", id: "API-SEARCH-01", max: 1, fit: unsureTextsFirst, draw: drawSearched((*model).itself), apart: true},
	{what: "searched-second", id: "API-SEARCH-01", max: 1, fit: unsureTextsFirst, draw: drawSearched((*model).scopeOrItself), apart: true},
	{what: "searched-either", id: "API-SEARCH-02", max: 2, fit: unsureTextsFirst, draw: drawSearched((*model).beyond), apart: true},
	{what: "searched-both", id: "API-SEARCH-02", max: 2, fit: unsureTextsFirst, draw: drawSearched((*model).beyond), apart: true},
	{what: "searched-begins", id: "API-SEARCH-02", max: 1, fit: unsureTextsFirst, draw: drawSearched((*model).beyond), apart: true},
	{what: "fields", id: "API-FIELDS-01", fit: allOfShown, draw: drawMoreFields},
	{what: "all-fields", id: "API-FIELDS-04", fit: anyAskable},
}

// relationCalled returns the relation of a name; nil for one of a later version of ours.
func relationCalled(what string) *relation {
	i := slices.IndexFunc(relations, func(r relation) bool { return r.what == what })
	if i < 0 {
		return nil
	}
	return &relations[i]
}

// askable are the fields that most relations are about: those that a creation of ours
// sets, of which texts and numbers can be told apart and compared; texts and numbers by
// turns.
func (m *model) askable() []*contract.Field {
	all := m.with(func(f *contract.Field) bool {
		switch {
		case f.Access != contract.ReadWrite || f.Unread != "" || len(f.Enum) > 0 || f.Form != "":
			return false
		case f.Type == contract.Integer:
			return slices.Contains(m.optional, f) && !slices.ContainsFunc(fewNumbers, func(n int) bool { return !f.Within(int64(n)) })
		}
		return f.Type == contract.String && (m.isMarked(f.Name) || slices.Contains(m.optional, f))
	})
	texts := slices.DeleteFunc(slices.Clone(all), isNumber)
	return mixed([][]*contract.Field{texts, slices.DeleteFunc(all, func(f *contract.Field) bool { return !isNumber(f) })})
}

func isNumber(f *contract.Field) bool { return f.Type == contract.Integer }

func askableTexts(m *model) []*contract.Field { return slices.DeleteFunc(m.askable(), isNumber) }

func askableNumbers(m *model) []*contract.Field {
	return slices.DeleteFunc(m.askable(), func(f *contract.Field) bool { return !isNumber(f) })
}

// anyAskable is one field for a relation that is about none.
func anyAskable(m *model) []*contract.Field { return m.askable()[:1] }

func allOfShown(m *model) []*contract.Field { return m.shown }

func shownEnumerations(m *model) []*contract.Field {
	return slices.DeleteFunc(slices.Clone(m.shown), func(f *contract.Field) bool { return len(f.Enum) == 0 })
}

// unsureFirst are first the fields that not every record has.
func unsureFirst(m *model) []*contract.Field { return m.bySureness(m.askable()) }

func unsureTextsFirst(m *model) []*contract.Field { return m.bySureness(askableTexts(m)) }

func (m *model) bySureness(fields []*contract.Field) []*contract.Field {
	slices.SortStableFunc(fields, func(a, b *contract.Field) int { return m.sureness(a) - m.sureness(b) })
	return fields
}

// sureness is how likely a record has a field: a text without the mark least of all.
func (m *model) sureness(f *contract.Field) int {
	switch {
	case m.isMarked(f.Name):
		return 2
	case isNumber(f):
		return 1
	}
	return 0
}

// numbersFirst are first the integers, which may be sorted as texts.
func numbersFirst(m *model) []*contract.Field {
	all := m.askable()
	slices.SortStableFunc(all, func(a, b *contract.Field) int { return cmp.Compare(a.Type, b.Type) })
	return all
}

// withNameOfSVM are second a member of an object.
func withNameOfSVM(m *model) []*contract.Field {
	all := m.askable()
	if svm := m.field("svm.name"); svm != nil {
		all = slices.Insert(all, min(1, len(all)), svm)
	}
	return all
}

func allFit(fit []*contract.Field) int   { return len(fit) }
func firstTwo(fit []*contract.Field) int { return min(2, len(fit)) }
func allNumbers(fit []*contract.Field) int {
	return len(slices.DeleteFunc(slices.Clone(fit), func(f *contract.Field) bool { return !isNumber(f) }))
}

// A place is a query in the deck: a relation, about a field.
type place struct {
	relation *relation
	field    string
}

// places are all queries of the release, mixed so that a few in a row are of many
// relations: first each with one field, then with those that no other can stand for, then
// with the rest.
func (m *model) places() []place {
	var first, soon, rest [][]place
	for i := range relations {
		r := &relations[i]
		if !m.catalogue.Requirement(r.id).Covers(m.release) {
			continue
		}
		var all []place
		fit := r.fit(m)
		for _, f := range fit {
			all = append(all, place{r, f.Name})
		}
		one := min(1, len(all))
		n := one
		if r.alone != nil {
			n = max(n, r.alone(fit))
		}
		first, soon, rest = append(first, all[:one]), append(soon, all[one:n]), append(rest, all[n:])
	}
	return slices.Concat(mixed(first), mixed(soon), mixed(rest))
}

// query draws one query.
func (m *model) query(t *rapid.T, at place, onTour bool) Call {
	r, f := at.relation, m.field(at.field)
	q := &Ask{What: r.what, Field: f.Name}
	if onTour {
		q.Values = m.valuesOnTour(f, r)
	}
	for range r.max - len(q.Values) {
		q.Values = append(q.Values, text(m.fewOf(f).Draw(t, "value")))
	}
	if r.draw != nil {
		r.draw(t, draft{m, r, f, q, onTour})
	}
	return m.asksList(q)
}

// asksList is the call of a query.
func (m *model) asksList(q *Ask) Call {
	return Call{Operation: m.operation(contract.List).ID, Ask: q, Fault: "ask-" + q.What}
}

// asking are queries about no field, each with its values after it; none where lists cannot
// be asked.
func (m *model) asking(queries ...string) []Call {
	if len(m.askable()) == 0 {
		return nil
	}
	var all []Call
	for _, q := range queries {
		words := strings.Fields(q)
		all = append(all, m.asksList(&Ask{What: words[0], Field: m.askable()[0].Name, Values: words[1:]}))
	}
	return all
}

func drawMoreFields(t *rapid.T, d draft) {
	shown := names(d.m.shown)
	if d.f.Name == shown[0] {
		d.q.Values = shown[1:]
	} else if rapid.Bool().Draw(t, "with others") {
		d.q.Values = []string{pick(t, "another field", shown), pick(t, "a third field", shown)}
	}
}

func drawEnumerated(t *rapid.T, d draft) { d.q.Values = []string{pick(t, "value", d.f.Enum)} }

func drawAnother(t *rapid.T, d draft) { d.q.Values = []string{d.m.another(t, d.f)} }

func drawTwoOrders(t *rapid.T, d draft) {
	drawAnother(t, d)
	if d.onTour && d.m.field("scope") != nil { // which all have in common
		d.q.Field, d.q.Values = "scope", []string{d.f.Name}
	}
}

// drawSearched draws what a search looks for in two fields, the other of which is named
// last; onTour chooses it for a case of the tour.
func drawSearched(onTour func(*model, *contract.Field) string) func(*rapid.T, draft) {
	return func(t *rapid.T, d draft) {
		other := d.m.another(t, d.f)
		if d.onTour {
			other = onTour(d.m, d.f)
		}
		switch last := len(d.q.Values) - 1; {
		case last < 1:
		case d.onTour:
			d.q.Values[last] = append(d.m.valuesOnTour(d.m.field(other), d.r), aloneWord)[0]
		default:
			d.q.Values[last] = text(d.m.fewOf(d.m.field(other)).Draw(t, "value of another field"))
		}
		d.q.Values = append(d.q.Values, other)
	}
}

func drawTurn(t *rapid.T, d draft) {
	d.q.Values = []string{text(pick(t, "turn", []int{0, 1, 2, 3, 4, 5}))}
}

func drawPageSize(t *rapid.T, d draft) {
	d.q.Values = []string{text(pick(t, "page size", []int{1, 2, 3, 4}))}
}

// another draws a field besides f that every object has; f itself where there is none.
func (m *model) another(t *rapid.T, f *contract.Field) string {
	rest := slices.DeleteFunc(slices.Clone(m.sort.Marks), func(name string) bool { return name == f.Name || m.field(name) == nil })
	if len(rest) == 0 {
		return f.Name
	}
	return pick(t, "another field", rest)
}
