package strategy

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
)

// Tour is how many cases have three objects that show most, and values that tell them
// apart.
const Tour = 3

// Values of few sorts, so that records share some of them.
var (
	fewWords   = []string{"one", "tone", "ones", "two", "three"}
	fewNumbers = []int{900, 1000, 2000, 10000, 20000}
)

// aloneWord is the one of fewWords that a search on the tour can look for anywhere.
const aloneWord = "two"

// itself, scopeOrItself and beyond choose the field that a search on the tour names besides
// f. With f itself, what is elsewhere in a record does not count.
func itself(m *Model, f *contract.Field) string { return f.Name }

// scopeOrItself is a field that has not what is looked for.
func scopeOrItself(m *Model, f *contract.Field) string {
	if m.Field("scope") != nil {
		return "scope"
	}
	return f.Name
}

// beyond is another text without the mark, which no value contains; f where there is none.
func beyond(m *Model, f *contract.Field) string {
	for _, other := range m.Askable() {
		if other.Name != f.Name && sureness(m, other) == 0 {
			return other.Name
		}
	}
	return f.Name
}

// FewOf draws one of the few values of a field, as a creation sends it.
func FewOf(m *Model, f *contract.Field) *rapid.Generator[any] {
	if f.Type == contract.Integer {
		return rapid.SampledFrom(fewNumbers).AsAny()
	}
	before := ""
	if m.IsMarked(f.Name) {
		before = plan.Token + "-"
	}
	return rapid.Map(rapid.SampledFrom(fewWords), func(s string) any { return before + s })
}

// OnTour is the value that the object of a number has in the field of a number; set is
// false where it has none.
func OnTour(m *Model, f *contract.Field, object, field int) (v any, set bool) {
	n := (object + field) % len(fewWords)
	switch {
	case f.Type == contract.Integer:
		return fewNumbers[n], true
	case object > 0 && field%3 == object && !m.IsMarked(f.Name):
		return nil, false
	case m.IsMarked(f.Name):
		return plan.Token + "-" + fewWords[n], true
	}
	return fewWords[n], true
}

// valuesOnTour are values of a question: those of the first objects, or for integers the
// one in the middle; none for what they do not have. Searches have none that is within
// another.
func valuesOnTour(m *Model, f *contract.Field, r *relation) []string {
	field := slices.Index(m.Askable(), f)
	if field < 0 {
		return nil
	}
	var all []any
	for object := range 3 {
		v, set := OnTour(m, f, object, field)
		if set && !(r.apart && strings.Contains(Text(v), "one")) {
			all = append(all, v)
		}
	}
	if f.Type == contract.Integer {
		slices.SortFunc(all, func(a, b any) int { return a.(int) - b.(int) })
		all = slices.Repeat([]any{all[len(all)/2]}, 2)
	}
	var values []string
	for _, v := range all[:min(r.max, len(all))] {
		values = append(values, Text(v))
	}
	return values
}
