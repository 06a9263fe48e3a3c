package property

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

// bothFilters filters by different fields: the field of the question, and that of the SVM.
func bothFilters(ctx context.Context, q *query) error {
	svm, uuid := q.p.session.SVM().Name, q.p.session.SVM().UUID
	also := "&svm.uuid=" + escape(uuid)
	if uuid == "" { // nobody told
		also = "&scope=svm"
	}
	values := slices.Clone(q.ask.Values)
	for _, each := range slices.Sorted(maps.Keys(q.truth)) { // those of two records, if there are any, so that each filter takes one out
		if v, set := valueIn(q, q.truth[each]); set && !strings.ContainsAny(v, `*|!<>,."`) {
			if owner, _ := oracle.Lookup(q.truth[each], "svm.name"); owner == svm {
				values[0] = v
			} else {
				values[1] = v
			}
		}
	}
	return listsExactly(ctx, q, "?"+escape(q.ask.Field)+"="+escape(onceEach(values, "|"))+also, func(r map[string]any) bool {
		got, set := valueIn(q, r)
		owner, _ := oracle.Lookup(r, "svm.name")
		return set && (owner == svm || uuid == "") && slices.Contains(values, got)
	})
}

// asShown filters by a value that one of our records shows.
func asShown(ctx context.Context, q *query) error {
	for _, uuid := range slices.Sorted(maps.Keys(q.truth)) {
		if value, plain := plainValue(q, q.truth[uuid]); plain {
			return listsExactly(ctx, q, "?"+escape(q.ask.Field)+"="+escape(value), hasValue(q, value))
		}
	}
	return nil
}

// asNotShown filters by a value of the right kind that no record of ours has.
func asNotShown(ctx context.Context, q *query) error {
	f := q.p.m.Field(q.ask.Field)
	if f == nil {
		return nil
	}
	var all []string
	switch {
	case len(f.Enum) > 0:
		all = f.Enum
	case f.Type == contract.Boolean:
		all = []string{"true", "false"}
	case f.Type == contract.Integer:
		all = []string{"64999", "64998"}
	case strings.HasSuffix(f.Name, "uuid"):
		all = []string{q.p.session.Source.UUID()}
	default:
		all = []string{q.p.session.Token() + "-zzz"}
	}
	for _, value := range all {
		if !slices.ContainsFunc(slices.Sorted(maps.Keys(q.truth)), func(uuid string) bool { got, _ := valueIn(q, q.truth[uuid]); return got == value }) {
			err := listsExactly(ctx, q, "?"+escape(f.Name)+"="+escape(value), func(map[string]any) bool { return false })
			if s := statusOf(q); oracle.IsMismatch(err) && strings.HasPrefix(f.Name, "svm.") && s >= 400 && s < 500 {
				return errNoSuchSVM
			}
			return err
		}
	}
	return nil
}

// errNoSuchSVM is that of a list which is refused since there is no such SVM: that may be
// said, and nothing is known of the filter then.
var errNoSuchSVM = errors.New("the list was refused for an SVM that does not exist")

// cutShort filters by all but the end of a value that one of our records shows.
func cutShort(ctx context.Context, q *query) error {
	for _, uuid := range slices.Sorted(maps.Keys(q.truth)) {
		if value, plain := plainValue(q, q.truth[uuid]); plain && len(value) > 1 {
			short := value[:len(value)-1]
			if err := listsExactly(ctx, q, "?"+escape(q.ask.Field)+"="+escape(short), hasValue(q, short)); err != nil {
				return err
			}
			none := q.p.lastReading()
			if len(oracle.RecordsOf(none.Response)) > 0 { // of others, or one of ours that is called so
				return nil
			}
			return q.p.session.Verify(none, []contract.ID{"API-LIST-04"}, isEmpty(none))
		}
	}
	return nil
}

// plainValue is the value that a record has in the field of the question; ok is false where
// there is none that a filter may have as it is.
func plainValue(q *query, record map[string]any) (value string, ok bool) {
	value, set := valueIn(q, record)
	if !set || value == "" || slices.Contains(q.p.unlike, q.ask.Field) || (strings.ContainsAny(value, `*|!<>,"`) || strings.Contains(value, "..")) && !strings.HasPrefix(value, "https://") {
		return "", false
	}
	return value, true
}

// hasValue reports of a record whether the field of the question has a value; of uuids capitals
// do not count.
func hasValue(q *query, value string) func(map[string]any) bool {
	field := q.ask.Field
	return func(r map[string]any) bool {
		v, _ := oracle.Lookup(r, field)
		return v != nil && (strategy.Text(v) == value || strings.HasSuffix(field, "uuid") && strings.EqualFold(strategy.Text(v), value))
	}
}

// allAsShown filters by all that a record of ours shows, and then by what others show
// besides.
func allAsShown(ctx context.Context, q *query) error {
	asked := map[string]bool{}
	for _, uuid := range slices.Sorted(maps.Keys(q.truth)) {
		var filters []string
		var all []func(map[string]any) bool
		for _, f := range q.p.m.Shown {
			one := &query{p: q.p, ask: plan.Ask{Field: f.Name}}
			if value, plain := plainValue(one, q.truth[uuid]); plain && !asked[f.Name] {
				filters, all = append(filters, escape(f.Name)+"="+escape(value)), append(all, hasValue(one, value))
				asked[f.Name] = true
			}
		}
		if len(filters) == 0 {
			continue
		}
		err := listsExactly(ctx, q, "?"+strings.Join(filters, "&"), func(r map[string]any) bool {
			return !slices.ContainsFunc(all, func(has func(map[string]any) bool) bool { return !has(r) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eachAsShown are questions about one field each.
func eachAsShown(q *query) []plan.Ask {
	var all []plan.Ask
	for _, f := range q.p.m.Shown {
		all = append(all, plan.Ask{What: "as-shown", Field: f.Name})
	}
	return all
}

// allOperators filters by all that a record of ours shows, with another operator for each
// field that it satisfies.
func allOperators(ctx context.Context, q *query) error {
	var filters []string
	var all []func(map[string]any) bool
	for _, ask := range operators(q) {
		filter, is := filterOf(&query{p: q.p, ask: ask})
		filters, all = append(filters, filter), append(all, is)
	}
	if len(filters) == 0 {
		return nil
	}
	return listsExactly(ctx, q, "?"+strings.Join(filters, "&"), func(r map[string]any) bool {
		return !slices.ContainsFunc(all, func(is func(map[string]any) bool) bool { return !is(r) })
	})
}

// Operators that a value satisfies, by turns.
var (
	ofTexts   = []string{"begins", "either", "not", "ends", "quoted", "set"}
	ofNumbers = []string{"more", "less", "between", "at-least", "at-most"}
)

// operators are filters that one of our records satisfies, of all fields that it shows; which
// operator which field has depends on the number of the question.
func operators(q *query) []plan.Ask {
	var all []plan.Ask
	for _, uuid := range slices.Sorted(maps.Keys(q.truth))[:min(1, len(q.truth))] {
		for i, f := range q.p.m.Askable() {
			one := &query{p: q.p, ask: plan.Ask{Field: f.Name}}
			value, plain := plainValue(one, q.truth[uuid])
			ask := plan.Ask{What: "unset", Field: f.Name}
			switch _, set := valueIn(one, q.truth[uuid]); {
			case plain && f.Type == contract.Integer:
				ask.What = ofNumbers[(i/2+strategy.Number(q.ask.Values[0]))%len(ofNumbers)] // texts and numbers come by turns
				ask.Values = operands(ask.What, strategy.Number(value))
			case plain:
				ask.What = ofTexts[(i+strategy.Number(q.ask.Values[0]))%len(ofTexts)]
				ask.Values = []string{value, q.p.session.Token() + "-zzz"}
			case set:
				continue
			}
			switch ask.What {
			case "not":
				ask.Values = ask.Values[1:]
			case "begins":
				ask.Values[0] = value[:len(value)-1]
			}
			if q.p.m.Catalogue.Requirement(strategy.RelationCalled(ask.What).ID).Covers(q.p.m.Release) {
				all = append(all, ask)
			}
		}
	}
	return all
}

// operands are numbers that an operator compares with, of a number that satisfies it: such
// as are not compared in the same way as texts, if there are any.
func operands(operator string, n int) []string {
	power := 1
	for power <= n {
		power *= 10
	}
	switch operator {
	case "less", "at-most":
		return []string{strategy.Text(power)}
	case "more", "at-least":
		return []string{strategy.Text(max(power/10-1, 0))}
	}
	return []string{strategy.Text(max(power/10-1, 0)), strategy.Text(power)}
}

// tunneled wants the records of one SVM alone, which a header names.
func tunneled(header string, name func(testbed.SVM) string) func(context.Context, *query) error {
	return func(ctx context.Context, q *query) error {
		svms := q.p.session.SVMs
		named := name(svms[len(svms)-1])
		if named == "" {
			return nil // nobody told
		}
		r := getOf(q.path + "?fields=uuid")
		r.Header = http.Header{}
		r.Header.Set(header, named)
		records, err := testbed.ListBy(ctx, q.p.session.Wire(), r)
		if err != nil {
			return err
		}
		var want []string
		for uuid, record := range q.truth {
			if owner, _ := oracle.Lookup(record, "svm.name"); owner == svms[len(svms)-1].Name {
				want = append(want, uuid)
			}
		}
		return oracle.ExpectRecords("records of an SVM by tunneling", oursIn(q, records), want, false)
	}
}
