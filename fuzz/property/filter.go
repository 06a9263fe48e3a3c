package property

import (
	"slices"
	"strings"

	"ontap-conformance/fuzz/strategy"
)

// A filter is what a relation filters by.
type filter struct {
	value func(v []string) string           // of the filter, as a query has it before it is escaped
	has   func(got string, v []string) bool // whether a record that has a value satisfies it
	lacks bool                              // whether a record that has none does
}

// filters are those of each relation that filters. They are made of the values of a query,
// of which there are two at least.
var filters = map[string]filter{
	"equals": {func(v []string) string { return v[0] }, func(got string, v []string) bool { return got == v[0] }, false},
	"begins": {func(v []string) string { return v[0] + "*" }, func(got string, v []string) bool { return strings.HasPrefix(got, v[0]) }, false},
	"ends":   {func(v []string) string { return "*" + ending(v[0]) }, func(got string, v []string) bool { return strings.HasSuffix(got, ending(v[0])) }, false},
	"either": {func(v []string) string { return onceEach(v[:2], "|") }, func(got string, v []string) bool { return slices.Contains(v[:2], got) }, false},
	"not":    {func(v []string) string { return "!" + v[0] }, func(got string, v []string) bool { return got != v[0] }, false},
	"unset":  {func([]string) string { return "null" }, nothing, true},
	"set":    {func([]string) string { return "!null" }, anything, false},
	"quoted": {func(v []string) string { return `"` + v[0] + `"` }, func(got string, v []string) bool { return got == v[0] }, false},
	"between": {func(v []string) string { return strategy.Text(low(v)) + ".." + strategy.Text(high(v)) }, func(got string, v []string) bool {
		return strategy.Number(got) >= low(v) && strategy.Number(got) <= high(v)
	}, false},

	"quoted-asterisk": {func(v []string) string { return `"` + cutLast(v[0]) + `*"` }, nothing, false},
	"with-a-dot":      {func(v []string) string { return cutLast(v[0]) + "." }, nothing, false}, // which stands for nothing but itself
	"begins-within":   {func(v []string) string { return v[0][1:] + "*" }, func(got string, v []string) bool { return strings.HasPrefix(got, v[0][1:]) }, false},
	"ends-within":     {func(v []string) string { return "*" + cutLast(v[0]) }, func(got string, v []string) bool { return strings.HasSuffix(got, cutLast(v[0])) }, false},

	"before-in-the-alphabet": {func(v []string) string { return "<" + v[0] }, func(got string, v []string) bool { return got < v[0] }, false},
	"after-in-the-alphabet":  {func(v []string) string { return ">" + v[0] }, func(got string, v []string) bool { return got > v[0] }, false},

	"less":     {func(v []string) string { return "<" + strategy.Text(low(v)) }, func(got string, v []string) bool { return strategy.Number(got) < low(v) }, false},
	"more":     {func(v []string) string { return ">" + strategy.Text(low(v)) }, func(got string, v []string) bool { return strategy.Number(got) > low(v) }, false},
	"at-most":  {func(v []string) string { return "<=" + strategy.Text(low(v)) }, func(got string, v []string) bool { return strategy.Number(got) <= low(v) }, false},
	"at-least": {func(v []string) string { return ">=" + strategy.Text(low(v)) }, func(got string, v []string) bool { return strategy.Number(got) >= low(v) }, false},
}

func nothing(string, []string) bool  { return false }
func anything(string, []string) bool { return true }

// ending is the last of the parts of a text between hyphens.
func ending(s string) string { return s[strings.LastIndex(s, "-")+1:] }

func cutLast(s string) string { return s[:len(s)-1] }

// low and high are the bounds that values give; one value is both.
func low(v []string) int  { return min(strategy.Number(v[0]), strategy.Number(v[1])) }
func high(v []string) int { return max(strategy.Number(v[0]), strategy.Number(v[1])) }

// filterOf returns the filter of a question, and which records satisfy it.
func filterOf(q *query) (string, func(record map[string]any) bool) {
	f, v := filters[q.ask.What], slices.Clone(q.ask.Values)
	for len(v) < 2 {
		v = append(v, strings.Join(v, ""))
	}
	return escape(q.ask.Field) + "=" + escape(f.value(v)), func(r map[string]any) bool {
		got, set := valueIn(q, r)
		return set && f.has(got, v) || !set && f.lacks
	}
}
