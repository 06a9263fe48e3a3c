package strategy

import (
	"cmp"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
)

// A relation is a kind of queries of a list whose answers are known from the records: a
// metamorphic relation between lists.
type relation struct {
	what string
	ID   contract.ID // that it is about
	max  int         // values that a query of it takes

	// fit are the fields that it can be about, first those that tell most.
	fit func(*Model) []*contract.Field
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
	m      *Model
	r      *relation
	f      *contract.Field // that it is about
	q      *plan.Ask
	onTour bool // whether its case is one of the tour
}

// relations are all relations, in the order in which cases go through them.
var relations = []relation{
	{what: "equals", ID: "API-FILTER-01", max: 1, fit: (*Model).Askable},
	{what: "cut-short", ID: "API-FILTER-01", fit: anyAskable},
	{what: "with-a-dot", ID: "API-FILTER-01", max: 1, fit: askableTexts},
	{what: "begins-within", ID: "API-FILTER-03", max: 1, fit: askableTexts},
	{what: "ends-within", ID: "API-FILTER-03", max: 1, fit: askableTexts},
	{what: "begins", ID: "API-FILTER-03", max: 1, fit: askableTexts},
	{what: "ends", ID: "API-FILTER-03", max: 1, fit: askableTexts},
	{what: "either", ID: "API-FILTER-04", max: 2, fit: (*Model).Askable},
	{what: "not", ID: "API-FILTER-05", max: 1, fit: unsureFirst},
	{what: "less", ID: "API-FILTER-06", max: 1, fit: askableNumbers},
	{what: "more", ID: "API-FILTER-06", max: 1, fit: askableNumbers},
	{what: "at-most", ID: "API-FILTER-06", max: 1, fit: askableNumbers},
	{what: "at-least", ID: "API-FILTER-06", max: 1, fit: askableNumbers},
	{what: "between", ID: "API-FILTER-06", max: 2, fit: askableNumbers},
	{what: "before-in-the-alphabet", ID: "API-FILTER-09", fit: shownEnumerations, draw: drawEnumerated},
	{what: "after-in-the-alphabet", ID: "API-FILTER-09", fit: shownEnumerations, draw: drawEnumerated},
	{what: "unset", ID: "API-FILTER-07", fit: unsureFirst},
	{what: "set", ID: "API-FILTER-07", fit: unsureFirst},
	{what: "quoted", ID: "API-FILTER-08", max: 1, fit: askableTexts},
	{what: "quoted-asterisk", ID: "API-FILTER-08", max: 1, fit: askableTexts},
	{what: "both", ID: "API-FILTER-02", max: 2, fit: (*Model).Askable},
	{what: "ascending", ID: "API-ORDER-01", fit: numbersFirst, alone: allNumbers},
	{what: "descending", ID: "API-ORDER-01", fit: withNameOfSVM, alone: firstTwo},
	{what: "two-orders", ID: "API-ORDER-01", fit: (*Model).Askable, draw: drawTwoOrders},
	{what: "orders-apart", ID: "API-ORDER-01", fit: (*Model).Askable, draw: drawAnother},
	{what: "by-another-name", ID: "API-ORDER-03", fit: (*Model).Askable},
	{what: "all-as-shown", ID: "API-FILTER-02", fit: anyAskable},
	{what: "all-operators", ID: "API-FILTER-02", fit: anyAskable, draw: drawTurn},
	{what: "as-shown", ID: "API-FILTER-01", fit: allOfShown},
	{what: "as-not-shown", ID: "API-FILTER-01", fit: allOfShown, alone: allFit}, // any field may answer it wrongly by itself
	{what: "filtered-pages", ID: "API-PAGE-02", fit: (*Model).Askable},
	{what: "pages", ID: "API-PAGE-02", max: 1, fit: anyAskable, draw: drawPageSize},
	{what: "sorted-pages", ID: "API-PAGE-02", max: 1, fit: (*Model).Askable, draw: drawPageSize},
	{what: "pages-of-fields", ID: "API-FIELDS-01", fit: (*Model).Askable},
	{what: "skipped", ID: "API-PAGE-04", fit: (*Model).Askable},
	{what: "counted", ID: "API-COUNT-01", max: 1, fit: (*Model).Askable},
	{what: "tunneled", ID: "API-TUNNEL-01", fit: anyAskable},
	{what: "tunneled-by-uuid", ID: "API-TUNNEL-04", fit: anyAskable},
	{what: "searched", ID: "API-SEARCH-01", max: 1, fit: unsureTextsFirst, draw: drawSearched(itself), apart: true},
	{what: "searched-second", ID: "API-SEARCH-01", max: 1, fit: unsureTextsFirst, draw: drawSearched(scopeOrItself), apart: true},
	{what: "searched-either", ID: "API-SEARCH-02", max: 2, fit: unsureTextsFirst, draw: drawSearched(beyond), apart: true},
	{what: "searched-both", ID: "API-SEARCH-02", max: 2, fit: unsureTextsFirst, draw: drawSearched(beyond), apart: true},
	{what: "searched-begins", ID: "API-SEARCH-02", max: 1, fit: unsureTextsFirst, draw: drawSearched(beyond), apart: true},
	{what: "fields", ID: "API-FIELDS-01", fit: allOfShown, draw: drawMoreFields},
	{what: "all-fields", ID: "API-FIELDS-04", fit: anyAskable},
}

// RelationCalled returns the relation of a name; nil for one of a later version of ours.
func RelationCalled(what string) *relation {
	i := slices.IndexFunc(relations, func(r relation) bool { return r.what == what })
	if i < 0 {
		return nil
	}
	return &relations[i]
}

// Askable are the fields that most relations are about: those that a creation of ours
// sets, of which texts and numbers can be told apart and compared; texts and numbers by
// turns.
func (m *Model) Askable() []*contract.Field {
	all := m.with(func(f *contract.Field) bool {
		switch {
		case f.Access != contract.ReadWrite || f.Unread != "" || len(f.Enum) > 0 || f.Form != "":
			return false
		case f.Type == contract.Integer:
			return slices.Contains(m.Optional, f) && !slices.ContainsFunc(fewNumbers, func(n int) bool { return !f.Within(int64(n)) })
		}
		return f.Type == contract.String && (m.IsMarked(f.Name) || slices.Contains(m.Optional, f))
	})
	texts := slices.DeleteFunc(slices.Clone(all), isNumber)
	return mixed([][]*contract.Field{texts, slices.DeleteFunc(all, func(f *contract.Field) bool { return !isNumber(f) })})
}

func isNumber(f *contract.Field) bool { return f.Type == contract.Integer }

func askableTexts(m *Model) []*contract.Field { return slices.DeleteFunc(m.Askable(), isNumber) }

func askableNumbers(m *Model) []*contract.Field {
	return slices.DeleteFunc(m.Askable(), func(f *contract.Field) bool { return !isNumber(f) })
}

// anyAskable is one field for a relation that is about none.
func anyAskable(m *Model) []*contract.Field { return m.Askable()[:1] }

func allOfShown(m *Model) []*contract.Field { return m.Shown }

func shownEnumerations(m *Model) []*contract.Field {
	return slices.DeleteFunc(slices.Clone(m.Shown), func(f *contract.Field) bool { return len(f.Enum) == 0 })
}

// unsureFirst are first the fields that not every record has.
func unsureFirst(m *Model) []*contract.Field { return bySureness(m, m.Askable()) }

func unsureTextsFirst(m *Model) []*contract.Field { return bySureness(m, askableTexts(m)) }

func bySureness(m *Model, fields []*contract.Field) []*contract.Field {
	slices.SortStableFunc(fields, func(a, b *contract.Field) int { return sureness(m, a) - sureness(m, b) })
	return fields
}

// sureness is how likely a record has a field: a text without the mark least of all.
func sureness(m *Model, f *contract.Field) int {
	switch {
	case m.IsMarked(f.Name):
		return 2
	case isNumber(f):
		return 1
	}
	return 0
}

// numbersFirst are first the integers, which may be sorted as texts.
func numbersFirst(m *Model) []*contract.Field {
	all := m.Askable()
	slices.SortStableFunc(all, func(a, b *contract.Field) int { return cmp.Compare(a.Type, b.Type) })
	return all
}

// withNameOfSVM are second a member of an object.
func withNameOfSVM(m *Model) []*contract.Field {
	all := m.Askable()
	if svm := m.Field("svm.name"); svm != nil {
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

// Places are all queries of the release, mixed so that a few in a row are of many
// relations: first each with one field, then with those that no other can stand for, then
// with the rest.
func Places(m *Model) []place {
	var first, soon, rest [][]place
	for i := range relations {
		r := &relations[i]
		if !m.Catalogue.Requirement(r.ID).Covers(m.Release) {
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

// Query draws one query.
func Query(t *rapid.T, m *Model, at place, onTour bool) plan.Call {
	r, f := at.relation, m.Field(at.field)
	q := &plan.Ask{What: r.what, Field: f.Name}
	if onTour {
		q.Values = valuesOnTour(m, f, r)
	}
	for range r.max - len(q.Values) {
		q.Values = append(q.Values, Text(FewOf(m, f).Draw(t, "value")))
	}
	if r.draw != nil {
		r.draw(t, draft{m, r, f, q, onTour})
	}
	return asksList(m, q)
}

// asksList is the call of a query.
func asksList(m *Model, q *plan.Ask) plan.Call {
	return plan.Call{Operation: m.Operation(contract.List).ID, Ask: q, Fault: "ask-" + q.What}
}

// Asking are queries about no field, each with its values after it; none where lists cannot
// be asked.
func Asking(m *Model, queries ...string) []plan.Call {
	if len(m.Askable()) == 0 {
		return nil
	}
	var all []plan.Call
	for _, q := range queries {
		words := strings.Fields(q)
		all = append(all, asksList(m, &plan.Ask{What: words[0], Field: m.Askable()[0].Name, Values: words[1:]}))
	}
	return all
}

func drawMoreFields(t *rapid.T, d draft) {
	shown := Names(d.m.Shown)
	if d.f.Name == shown[0] {
		d.q.Values = shown[1:]
	} else if rapid.Bool().Draw(t, "with others") {
		d.q.Values = []string{Pick(t, "another field", shown), Pick(t, "a third field", shown)}
	}
}

func drawEnumerated(t *rapid.T, d draft) { d.q.Values = []string{Pick(t, "value", d.f.Enum)} }

func drawAnother(t *rapid.T, d draft) { d.q.Values = []string{another(t, d.m, d.f)} }

func drawTwoOrders(t *rapid.T, d draft) {
	drawAnother(t, d)
	if d.onTour && d.m.Field("scope") != nil { // which all have in common
		d.q.Field, d.q.Values = "scope", []string{d.f.Name}
	}
}

// drawSearched draws what a search looks for in two fields, the other of which is named
// last; onTour chooses it for a case of the tour.
func drawSearched(onTour func(*Model, *contract.Field) string) func(*rapid.T, draft) {
	return func(t *rapid.T, d draft) {
		other := another(t, d.m, d.f)
		if d.onTour {
			other = onTour(d.m, d.f)
		}
		switch last := len(d.q.Values) - 1; {
		case last < 1:
		case d.onTour:
			d.q.Values[last] = append(valuesOnTour(d.m, d.m.Field(other), d.r), aloneWord)[0]
		default:
			d.q.Values[last] = Text(FewOf(d.m, d.m.Field(other)).Draw(t, "value of another field"))
		}
		d.q.Values = append(d.q.Values, other)
	}
}

func drawTurn(t *rapid.T, d draft) {
	d.q.Values = []string{Text(Pick(t, "turn", []int{0, 1, 2, 3, 4, 5}))}
}

func drawPageSize(t *rapid.T, d draft) {
	d.q.Values = []string{Text(Pick(t, "page size", []int{1, 2, 3, 4}))}
}

// another draws a field besides f that every object has; f itself where there is none.
func another(t *rapid.T, m *Model, f *contract.Field) string {
	rest := slices.DeleteFunc(slices.Clone(m.Kind.Marks), func(name string) bool { return name == f.Name || m.Field(name) == nil })
	if len(rest) == 0 {
		return f.Name
	}
	return Pick(t, "another field", rest)
}
