package property

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"ontap-conformance/fixtures/oracle"
)

// pages wants all records, of pages of a size.
func pages(ctx context.Context, q *query) error {
	return listsExactly(ctx, q, "?max_records="+q.ask.Values[0], func(map[string]any) bool { return true })
}

// sortedPages wants all records in order, of pages of a size.
func sortedPages(ctx context.Context, q *query) error {
	return sorted(ctx, q, "order_by", rising, "&max_records="+q.ask.Values[0])
}

// pagesOfFields wants all records, each with the field where it is set, one a page.
func pagesOfFields(ctx context.Context, q *query) error {
	return eachOfList(ctx, q, "?max_records=1&fields="+escape(q.ask.Field), func(record, truth map[string]any) error {
		if want, set := oracle.Lookup(truth, q.ask.Field); set && want != nil {
			return sameValue(record, q.ask.Field, want)
		}
		return nil
	})
}

// filteredPages lists what a filter of the values of two of our records selects, one
// record a page.
func filteredPages(ctx context.Context, q *query) error {
	var values []string
	for _, uuid := range slices.Sorted(maps.Keys(q.truth)) {
		if v, plain := plainValue(q, q.truth[uuid]); plain && !slices.Contains(values, v) && len(values) < 2 {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return nil
	}
	return listsExactly(ctx, q, "?max_records=1&"+escape(q.ask.Field)+"="+escape(strings.Join(values, "|")), func(r map[string]any) bool {
		got, set := valueIn(q, r)
		return set && slices.Contains(values, got)
	})
}

// skipped leaves out the first of our records in the order of a field; which one
// that is can only be told if all have a value.
func skipped(ctx context.Context, q *query) error {
	var want []string
	for _, record := range q.truth {
		v, set := valueIn(q, record)
		if !set {
			return nil
		}
		want = append(want, v)
	}
	slices.SortFunc(want, func(a string, b string) int { return compare(q, a, b) })
	records, path, err := listOf(ctx, q, "?order_by="+escape(q.ask.Field)+"&offset=1")
	if err != nil {
		return err
	}
	var got []string
	for _, uuid := range oursIn(q, records) {
		v, _ := valueIn(q, q.truth[uuid])
		got = append(got, v)
	}
	return oracle.ExpectRecords(q.ask.Field+" of "+path, got, want[1:], true)
}

// counted wants the number of the records that a filter selects, and no record.
// Only a field with the mark of the run tells ours from those of others.
func counted(ctx context.Context, q *query) error {
	value := ""
	if len(q.ask.Values) > 0 {
		value = q.ask.Values[0]
	} else if uuids := slices.Sorted(maps.Keys(q.truth)); len(uuids) > 0 {
		value, _ = plainValue(q, q.truth[uuids[0]])
	}
	if !q.p.m.IsMarked(q.ask.Field) || value == "" {
		return nil
	}
	want := 0
	for _, r := range q.truth {
		if got, set := valueIn(q, r); set && got == value {
			want++
		}
	}
	path := q.path + "?return_records=false&" + escape(q.ask.Field) + "=" + escape(value) + "&" + q.p.mine()
	x, err := q.p.session.Ask(ctx, getOf(path))
	if err != nil {
		return err
	}
	if err := oracle.ExpectStatus(x, http.StatusOK); err != nil {
		return err
	}
	if oracle.NextPage(x.Response) != "" {
		return nil // what a page of a count counts is in no document
	}
	if records, _ := x.Response.Object()["records"].([]any); len(records) > 0 {
		return oracle.Differs("records of a count", "none", len(records))
	}
	return oracle.ExpectField(x.Response.Object(), "num_records", want)
}

// queryFields wants all records, each with the field where it is set.
func queryFields(ctx context.Context, q *query) error {
	all := append([]string{q.ask.Field}, q.ask.Values...)
	return eachOfList(ctx, q, "?fields="+escape(onceEach(all, ",")), func(record, truth map[string]any) error {
		for _, name := range all {
			if want, set := oracle.Lookup(truth, name); set && want != nil {
				if err := sameValue(record, name, want); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// queryAllFields wants each record of a list to be as it is read by itself.
func queryAllFields(ctx context.Context, q *query) error {
	return eachOfList(ctx, q, "?fields="+escape("*"), func(record, truth map[string]any) error {
		for _, name := range q.p.m.Resource.Advanced() {
			if _, shown := truth[name]; !shown {
				if err := oracle.ExpectUnset(record, name); err != nil {
					return err
				}
			}
		}
		return oracle.ExpectSame(q.p.m.Resource.FieldsIn(q.p.m.Release), truth, record)
	})
}
