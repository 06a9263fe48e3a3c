package property

import (
	"context"
	"maps"
	"slices"
	"strings"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fuzz/strategy"
)

// termsOf are the terms of a question, and the one or two fields that it looks for them in.
// Whether a term must be all of a value no document says: one that is within a value, and
// not all of it, is not asked for.
func termsOf(q *query) (terms, fields []string) {
	last := len(q.ask.Values) - 1
	fields = []string{q.ask.Field}
	if other := q.ask.Values[last]; other != q.ask.Field {
		fields = append(fields, other)
	}
	return q.ask.Values[:last], fields
}

// searched looks for any of the terms.
func searched(ctx context.Context, q *query) error {
	terms, fields := termsOf(q)
	return searchedFor(ctx, q, terms, "|", fields, false)
}

// searchedInSecond names the field that has the term last.
func searchedInSecond(ctx context.Context, q *query) error {
	terms, fields := termsOf(q)
	slices.Reverse(fields)
	return searchedFor(ctx, q, terms, "|", fields, false)
}

// searchedForBeginning looks for the beginning of the first term.
func searchedForBeginning(ctx context.Context, q *query) error {
	terms, fields := termsOf(q)
	return searchedFor(ctx, q, []string{cutLast(terms[0])}, "|", fields, true)
}

// searchedBoth looks for both of two terms, in place of the second field in another one
// whose terms tell more.
func searchedBoth(ctx context.Context, q *query) error {
	_, fields := termsOf(q)
	asked, told := telling(q, fields)
	for _, other := range strategy.Names(q.p.m.Askable()) {
		instead := []string{q.ask.Field, other}
		if more, tells := telling(q, instead); other != q.ask.Field && tells > told {
			fields, asked, told = instead, more, tells
		}
	}
	for _, terms := range asked {
		if err := searchedFor(ctx, q, terms, " ", fields, false); err != nil {
			return err
		}
	}
	return nil
}

// telling are the pairs of terms that tell most, and how much that is: one that a record
// has, which a search for the whole text does not find, and one that fewer records have than
// either of its terms. Where there is neither it is any pair.
func telling(q *query, fields []string) (asked [][]string, told int) {
	var last []string
	had, fewer := false, false
	for _, terms := range pairs(q, fields) {
		both, clear := foundBy(q, terms, fields, 2, false)
		either, _ := foundBy(q, terms, fields, 1, false)
		if !clear {
			continue
		}
		has, less := len(both) > 0, len(both) < len(either)
		if has && less {
			return [][]string{terms}, 2
		}
		if has && !had || less && !fewer {
			asked = append(asked, terms)
		}
		had, fewer, last = had || has, fewer || less, terms
	}
	if len(asked) == 0 && last != nil {
		return [][]string{last}, 0
	}
	return asked, len(asked)
}

// pairs are two terms each: those of one record, and those of two.
func pairs(q *query, fields []string) [][]string {
	var all, mixed [][]string
	for _, uuid := range slices.Sorted(maps.Keys(q.truth)) {
		if terms := valuesOf(q, q.truth[uuid], fields); len(terms) == 2 {
			all = append(all, terms)
		}
	}
	for i, terms := range all {
		mixed = append(mixed, []string{terms[0], all[(i+1)%len(all)][1]})
	}
	return append(all, mixed...)
}

// searchedFor looks for terms, of which a record needs one or, with a blank between them,
// all.
func searchedFor(ctx context.Context, q *query, terms []string, between string, fields []string, begins bool) error {
	needed := 1
	if between == " " {
		needed = len(terms)
	}
	want, clear := foundBy(q, terms, fields, needed, begins)
	if !clear {
		return nil
	}
	query := onceEach(terms, between)
	if begins {
		query += "*"
	}
	records, path, err := listOf(ctx, q, "?query_fields="+escape(onceEach(fields, ","))+"&query="+escape(query))
	if err != nil {
		return err
	}
	return oracle.ExpectRecords("records of "+path, oursIn(q, records), want, false)
}

// foundBy are the records that have as many of the terms as are needed; clear is false where
// nobody can tell.
func foundBy(q *query, terms, fields []string, needed int, begins bool) (uuids []string, clear bool) {
	for uuid, record := range q.truth {
		has := 0
		for _, term := range terms {
			is, clear := finds(q, record, fields, term, begins)
			if !clear {
				return nil, false
			}
			if is {
				has++
			}
		}
		if has >= needed {
			uuids = append(uuids, uuid)
		}
	}
	return uuids, true
}

// valuesOf are the values that a record has in fields; nil when it does not have them all,
// as plain words.
func valuesOf(q *query, record map[string]any, fields []string) []string {
	var values []string
	for _, name := range fields {
		v, _ := oracle.Lookup(record, name)
		if value := strategy.Text(v); value != "" && !strings.ContainsAny(value, ` |*"`) {
			values = append(values, value)
		}
	}
	if len(values) < len(fields) {
		return nil
	}
	return values
}

// finds reports whether a record has a term in one of the fields, as all of its
// value or as its beginning; clear is false where the term is in it otherwise.
func finds(q *query, record map[string]any, fields []string, term string, begins bool) (is, clear bool) {
	for _, name := range fields {
		v, _ := oracle.Lookup(record, name)
		value := strategy.Text(v)
		switch {
		case value == term || begins && strings.HasPrefix(value, term):
			is = true
		case strings.Contains(strings.ToLower(value), strings.ToLower(term)):
			return false, false
		}
	}
	return is, true
}
