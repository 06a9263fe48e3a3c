package property

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

// inOrder wants our records in the order that a parameter asks for. Where those without a value come is in no document, nor in which order equal ones
// do.
func inOrder(parameter, direction string) func(context.Context, *query) error {
	return func(ctx context.Context, q *query) error { return sorted(ctx, q, parameter, direction, "") }
}

// The directions of an order.
const (
	rising  = ""
	falling = "%20desc"
)

func sorted(ctx context.Context, q *query, parameter, direction, more string) error {
	records, path, err := listOf(ctx, q, "?"+escape(parameter)+"="+escape(q.ask.Field)+direction+more)
	if err != nil {
		return err
	}
	got := oursIn(q, records)
	if err := oracle.ExpectRecords("records of "+path, got, slices.Sorted(maps.Keys(q.truth)), false); err != nil {
		return err
	}
	var values []string
	for _, uuid := range got {
		if v, set := valueIn(q, q.truth[uuid]); set {
			values = append(values, v)
		}
	}
	if q.ask.Field == "svm.name" && slices.ContainsFunc(values, func(v string) bool { return !sortable.MatchString(v) }) {
		return nil // whoever named the SVMs: no document says how such texts are sorted
	}
	want := slices.Clone(values)
	slices.SortStableFunc(want, func(a string, b string) int { return compare(q, a, b) })
	if direction == falling {
		slices.Reverse(want)
	}
	return oracle.ExpectRecords(q.ask.Field+" of "+path, values, want, true)
}

// sortable are texts that every alphabet sorts alike.
var sortable = regexp.MustCompile(`^[a-z]+[0-9]?$`)

// twiceSorted wants our records in the order of two fields, the second falling,
// if both are set in all of them.
func twiceSorted(ctx context.Context, q *query) error {
	second := &query{p: q.p, ask: plan.Ask{Field: q.ask.Values[0]}, truth: q.truth}
	if q.ask.Field == second.ask.Field {
		return nil
	}
	for _, r := range q.truth {
		_, one := valueIn(q, r)
		if _, other := valueIn(second, r); !one || !other {
			return nil
		}
	}
	query := "?order_by=" + escape(q.ask.Field) + "%20asc," + escape(second.ask.Field) + "%20desc"
	records, path, err := listOf(ctx, q, query)
	if err != nil {
		return err
	}
	var got []string
	for _, uuid := range oursIn(q, records) {
		one, _ := valueIn(q, q.truth[uuid])
		other, _ := valueIn(second, q.truth[uuid])
		got = append(got, one+"\x00"+other)
	}
	want := slices.Clone(got)
	slices.SortStableFunc(want, func(a, b string) int {
		a1, a2, _ := strings.Cut(a, "\x00")
		b1, b2, _ := strings.Cut(b, "\x00")
		if n := compare(q, a1, b1); n != 0 {
			return n
		}
		return compare(second, b2, a2)
	})
	return oracle.ExpectRecords(q.ask.Field+" and "+second.ask.Field+" of "+path, got, want, true)
}

func compare(q *query, a, b string) int {
	if f := q.p.m.Field(q.ask.Field); f != nil && f.Type == contract.Integer {
		return strategy.Number(a) - strategy.Number(b)
	}
	return strings.Compare(a, b)
}
