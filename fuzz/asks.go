package fuzz

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/steps"
)

// A question is an ask with what is known.
type question struct {
	p     *player
	ask   Ask
	truth map[string]map[string]any
	path  string
}

func (q *question) status() int {
	if x := q.p.lastReading(); x != nil {
		return x.Response.Status
	}
	return 0
}

// put asks a question and judges the answer.
func (q *question) put(ctx context.Context, ask Ask) error {
	q.ask = ask
	kind := kindAsked(ask.What)
	if kind == nil {
		return nil // of a later version of ours
	}
	before := q.p.hand.Latest()
	err := q.answer(ctx)
	if err == nil && q.p.hand.Latest() == before || errors.Is(err, errNoSuchSVM) {
		return nil // there was nothing to ask, or nothing was told: nothing was looked at
	}
	if oracle.IsMismatch(err) {
		if guilty, err := q.eachAlone(ctx, q.parts()); guilty || err != nil {
			return err
		}
	}
	return q.p.hand.Verify(q.p.lastReading(), []contract.ID{kind.id}, err)
}

// answer asks the question and compares the answer; a mismatch says how it differs.
func (q *question) answer(ctx context.Context) error {
	switch q.ask.What {
	case "ascending", "descending":
		return q.sorted(ctx, "")
	case "by-another-name":
		return q.sortedBy(ctx, "$orderBy", "")
	case "skipped":
		return q.skipped(ctx)
	case "searched", "searched-second", "searched-either", "searched-both", "searched-begins":
		return q.searched(ctx)
	case "two-orders", "orders-apart":
		return q.twiceSorted(ctx)
	case "filtered-pages":
		return q.filteredPages(ctx)
	case "all-as-shown":
		return q.allAsShown(ctx)
	case "all-operators":
		return q.allOperators(ctx)
	case "cut-short":
		return q.cutShort(ctx)
	case "as-shown":
		return q.asShown(ctx)
	case "as-not-shown":
		return q.asNotShown(ctx)
	case "pages":
		return q.lists(ctx, "?max_records="+q.ask.Values[0], func(map[string]any) bool { return true })
	case "pages-of-fields":
		return q.eachOfList(ctx, "?max_records=1&fields="+escape(q.ask.Field), func(record, truth map[string]any) error {
			if want, set := oracle.Lookup(truth, q.ask.Field); set && want != nil {
				return sameValue(record, q.ask.Field, want)
			}
			return nil
		})
	case "sorted-pages":
		return q.sorted(ctx, "&max_records="+q.ask.Values[0])
	case "counted":
		return q.counted(ctx)
	case "tunneled":
		return q.tunneled(ctx, "X-Dot-SVM-Name", func(svm steps.SVM) string { return svm.Name })
	case "tunneled-by-uuid":
		return q.tunneled(ctx, "X-Dot-SVM-UUID", func(svm steps.SVM) string { return svm.UUID })
	case "fields":
		return q.fields(ctx)
	case "all-fields":
		return q.allFields(ctx)
	}
	filter, is := q.filter()
	return q.lists(ctx, "?"+filter, is)
}

// list returns what a list of the SVMs of the hand holds, and the path that it was
// asked for by. A query that filters by the name of an SVM is left as it is: a filter that
// is given twice may be refused (262188), and only our own records count.
func (q *question) list(ctx context.Context, query string) (records []map[string]any, path string, err error) {
	path = q.path + query
	if !filtersBy(query, "svm.name") {
		path += "&" + q.p.mine()
	}
	records, err = q.p.hand.List(ctx, path)
	return records, path, err
}

// filtersBy reports whether a query has a parameter.
func filtersBy(query, parameter string) bool {
	return slices.ContainsFunc(strings.Split(strings.TrimPrefix(query, "?"), "&"), func(part string) bool {
		name, _, _ := strings.Cut(part, "=")
		return name == parameter
	})
}

// onceEach joins values, each once: what is listed twice may be refused (262222).
func onceEach(values []string, between string) string {
	var all []string
	for _, v := range values {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return strings.Join(all, between)
}

// lists wants a list to hold exactly those of our records that satisfy is.
func (q *question) lists(ctx context.Context, query string, is func(map[string]any) bool) error {
	records, path, err := q.list(ctx, query)
	if err != nil {
		return err
	}
	var want []string
	for uuid, record := range q.truth {
		if is(record) {
			want = append(want, uuid)
		}
	}
	return oracle.ExpectRecords("records of "+path, q.ours(records), want, false)
}

// ours are the uuids of our records, in the order of the list; one that comes
// twice is there twice.
func (q *question) ours(records []map[string]any) []string {
	var all []string
	for _, r := range records {
		uuid, _ := r["uuid"].(string)
		for known := range q.truth {
			if strings.EqualFold(known, uuid) {
				all = append(all, known)
			}
		}
	}
	return all
}

// value is what a record has in the field of the question; found is false when
// nothing is set.
func (q *question) value(record map[string]any) (string, bool) {
	v, found := oracle.Lookup(record, q.ask.Field)
	return text(v), found && v != nil
}

// filter returns the filter, and which records satisfy it.
func (q *question) filter() (string, func(map[string]any) bool) {
	field, v := escape(q.ask.Field)+"=", append(slices.Clone(q.ask.Values), "", "")
	is := func(test func(got string) bool) func(map[string]any) bool {
		return func(r map[string]any) bool { got, set := q.value(r); return set && test(got) }
	}
	switch q.ask.What {
	case "begins":
		return field + escape(v[0]) + "*", is(func(s string) bool { return strings.HasPrefix(s, v[0]) })
	case "ends":
		end := v[0][strings.LastIndex(v[0], "-")+1:]
		return field + "*" + escape(end), is(func(s string) bool { return strings.HasSuffix(s, end) })
	case "with-a-dot": // which stands for nothing but itself
		return field + escape(v[0][:len(v[0])-1]+"."), func(map[string]any) bool { return false }
	case "begins-within":
		return field + escape(v[0][1:]) + "*", is(func(s string) bool { return strings.HasPrefix(s, v[0][1:]) })
	case "ends-within":
		return field + "*" + escape(v[0][:len(v[0])-1]), is(func(s string) bool { return strings.HasSuffix(s, v[0][:len(v[0])-1]) })
	case "either":
		return field + escape(onceEach(v[:2], "|")), is(func(s string) bool { return s == v[0] || s == v[1] })
	case "not":
		return field + escape("!"+v[0]), is(func(s string) bool { return s != v[0] })
	case "unset":
		return field + "null", func(r map[string]any) bool { _, set := q.value(r); return !set }
	case "set":
		return field + escape("!null"), func(r map[string]any) bool { _, set := q.value(r); return set }
	case "quoted":
		return field + escape(`"`+v[0]+`"`), is(func(s string) bool { return s == v[0] })
	case "quoted-asterisk":
		return field + escape(`"`+v[0][:len(v[0])-1]+`*"`), func(map[string]any) bool { return false }
	case "before-in-the-alphabet":
		return field + escape("<"+v[0]), is(func(s string) bool { return s < v[0] })
	case "after-in-the-alphabet":
		return field + escape(">"+v[0]), is(func(s string) bool { return s > v[0] })
	case "both":
		return q.bothFilters()
	case "less", "more", "at-most", "at-least", "between":
		return q.comparison(field)
	}
	return field + escape(v[0]), is(func(s string) bool { return s == v[0] })
}

// comparison returns a filter of numbers.
func (q *question) comparison(field string) (string, func(map[string]any) bool) {
	low, high := number(q.ask.Values[0]), number(q.ask.Values[len(q.ask.Values)-1])
	low, high = min(low, high), max(low, high)
	is := func(test func(int) bool) func(map[string]any) bool {
		return func(r map[string]any) bool { got, set := q.value(r); return set && test(number(got)) }
	}
	switch q.ask.What {
	case "less":
		return field + escape("<"+text(low)), is(func(n int) bool { return n < low })
	case "more":
		return field + escape(">"+text(low)), is(func(n int) bool { return n > low })
	case "at-most":
		return field + escape("<="+text(low)), is(func(n int) bool { return n <= low })
	case "at-least":
		return field + escape(">="+text(low)), is(func(n int) bool { return n >= low })
	}
	return field + escape(text(low)+".."+text(high)), is(func(n int) bool { return n >= low && n <= high })
}

// bothFilters returns two filters of different fields: the field of the question,
// and that of the SVM.
func (q *question) bothFilters() (string, func(map[string]any) bool) {
	svm, uuid := q.p.hand.SVM().Name, q.p.hand.SVM().UUID
	also := "&svm.uuid=" + escape(uuid)
	if uuid == "" { // nobody told
		also = "&scope=svm"
	}
	values := slices.Clone(q.ask.Values)
	for _, each := range sortedKeys(q.truth) { // those of two records, if there are any, so that each filter takes one out
		if v, set := q.value(q.truth[each]); set && !strings.ContainsAny(v, `*|!<>,."`) {
			if owner, _ := oracle.Lookup(q.truth[each], "svm.name"); owner == svm {
				values[0] = v
			} else {
				values[1] = v
			}
		}
	}
	return escape(q.ask.Field) + "=" + escape(onceEach(values, "|")) + also, func(r map[string]any) bool {
		got, set := q.value(r)
		owner, _ := oracle.Lookup(r, "svm.name")
		return set && (owner == svm || uuid == "") && slices.Contains(values, got)
	}
}

// sorted wants our records in order. Where those without a value come is in no
// document, nor in which order equal ones do.
func (q *question) sorted(ctx context.Context, more string) error {
	return q.sortedBy(ctx, "order_by", more)
}

// sortedBy is sorted by a parameter of that name.
func (q *question) sortedBy(ctx context.Context, parameter, more string) error {
	falling := q.ask.What == "descending" || q.ask.What == "by-another-name"
	direction := ""
	if falling {
		direction = "%20desc"
	}
	query := "?" + escape(parameter) + "=" + escape(q.ask.Field) + direction + more
	records, path, err := q.list(ctx, query)
	if err != nil {
		return err
	}
	got := q.ours(records)
	if err := oracle.ExpectRecords("records of "+path, got, sortedKeys(q.truth), false); err != nil {
		return err
	}
	var values []string
	for _, uuid := range got {
		if v, set := q.value(q.truth[uuid]); set {
			values = append(values, v)
		}
	}
	if q.ask.Field == "svm.name" && slices.ContainsFunc(values, func(v string) bool { return !sortable.MatchString(v) }) {
		return nil // whoever named the SVMs: no document says how such texts are sorted
	}
	want := slices.Clone(values)
	slices.SortStableFunc(want, q.compare)
	if falling {
		slices.Reverse(want)
	}
	return oracle.ExpectRecords(q.ask.Field+" of "+path, values, want, true)
}

// sortable are texts that every alphabet sorts alike.
var sortable = regexp.MustCompile(`^[a-z]+[0-9]?$`)

// skipped leaves out the first of our records in the order of a field; which one
// that is can only be told if all have a value.
func (q *question) skipped(ctx context.Context) error {
	var want []string
	for _, record := range q.truth {
		v, set := q.value(record)
		if !set {
			return nil
		}
		want = append(want, v)
	}
	slices.SortFunc(want, q.compare)
	records, path, err := q.list(ctx, "?order_by="+escape(q.ask.Field)+"&offset=1")
	if err != nil {
		return err
	}
	var got []string
	for _, uuid := range q.ours(records) {
		v, _ := q.value(q.truth[uuid])
		got = append(got, v)
	}
	return oracle.ExpectRecords(q.ask.Field+" of "+path, got, want[1:], true)
}

// searched looks for terms in one field or two. Whether a term must be all of a
// value no document says: one that is within a value, and not all of it, is not
// asked for.
func (q *question) searched(ctx context.Context) error {
	last := len(q.ask.Values) - 1
	terms, fields := q.ask.Values[:last], []string{q.ask.Field}
	if other := q.ask.Values[last]; other != q.ask.Field {
		fields = append(fields, other)
	}
	if q.ask.What == "searched-second" {
		slices.Reverse(fields)
	}
	if q.ask.What == "searched-both" {
		return q.searchedBoth(ctx, fields)
	}
	begins := q.ask.What == "searched-begins"
	if begins {
		terms = []string{terms[0][:len(terms[0])-1]}
	}
	return q.searchedFor(ctx, terms, "|", fields, begins)
}

// searchedBoth looks for both of two terms, in place of the second field in another one
// whose terms tell more.
func (q *question) searchedBoth(ctx context.Context, fields []string) error {
	asked, told := q.telling(fields)
	for _, other := range names(q.p.askable()) {
		instead := []string{q.ask.Field, other}
		if more, tells := q.telling(instead); other != q.ask.Field && tells > told {
			fields, asked, told = instead, more, tells
		}
	}
	for _, terms := range asked {
		if err := q.searchedFor(ctx, terms, " ", fields, false); err != nil {
			return err
		}
	}
	return nil
}

// telling are the pairs of terms that tell most, and how much that is: one that a record
// has, which a search for the whole text does not find, and one that fewer records have than
// either of its terms. Where there is neither it is any pair.
func (q *question) telling(fields []string) (asked [][]string, told int) {
	var last []string
	had, fewer := false, false
	for _, terms := range q.pairs(fields) {
		both, clear := q.found(terms, fields, 2, false)
		either, _ := q.found(terms, fields, 1, false)
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
func (q *question) pairs(fields []string) [][]string {
	var all, mixed [][]string
	for _, uuid := range sortedKeys(q.truth) {
		if terms := q.together(q.truth[uuid], fields); len(terms) == 2 {
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
func (q *question) searchedFor(ctx context.Context, terms []string, between string, fields []string, begins bool) error {
	needed := 1
	if between == " " {
		needed = len(terms)
	}
	want, clear := q.found(terms, fields, needed, begins)
	if !clear {
		return nil
	}
	query := onceEach(terms, between)
	if begins {
		query += "*"
	}
	records, path, err := q.list(ctx, "?query_fields="+escape(onceEach(fields, ","))+"&query="+escape(query))
	if err != nil {
		return err
	}
	return oracle.ExpectRecords("records of "+path, q.ours(records), want, false)
}

// found are the records that have as many of the terms as are needed; clear is false where
// nobody can tell.
func (q *question) found(terms, fields []string, needed int, begins bool) (uuids []string, clear bool) {
	for uuid, record := range q.truth {
		has := 0
		for _, term := range terms {
			is, clear := q.finds(record, fields, term, begins)
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

// together are the values that a record has in fields; nil when it does not have them all,
// as plain words.
func (q *question) together(record map[string]any, fields []string) []string {
	var values []string
	for _, name := range fields {
		v, _ := oracle.Lookup(record, name)
		if value := text(v); value != "" && !strings.ContainsAny(value, ` |*"`) {
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
func (q *question) finds(record map[string]any, fields []string, term string, begins bool) (is, clear bool) {
	for _, name := range fields {
		v, _ := oracle.Lookup(record, name)
		value := text(v)
		switch {
		case value == term || begins && strings.HasPrefix(value, term):
			is = true
		case strings.Contains(strings.ToLower(value), strings.ToLower(term)):
			return false, false
		}
	}
	return is, true
}

// twiceSorted wants our records in the order of two fields, the second falling,
// if both are set in all of them.
func (q *question) twiceSorted(ctx context.Context) error {
	second := &question{p: q.p, ask: Ask{Field: q.ask.Values[0]}, truth: q.truth}
	if q.ask.Field == second.ask.Field {
		return nil
	}
	for _, r := range q.truth {
		_, one := q.value(r)
		if _, other := second.value(r); !one || !other {
			return nil
		}
	}
	query := "?order_by=" + escape(q.ask.Field) + "%20asc," + escape(second.ask.Field) + "%20desc"
	records, path, err := q.list(ctx, query)
	if err != nil {
		return err
	}
	var got []string
	for _, uuid := range q.ours(records) {
		one, _ := q.value(q.truth[uuid])
		other, _ := second.value(q.truth[uuid])
		got = append(got, one+"\x00"+other)
	}
	want := slices.Clone(got)
	slices.SortStableFunc(want, func(a, b string) int {
		a1, a2, _ := strings.Cut(a, "\x00")
		b1, b2, _ := strings.Cut(b, "\x00")
		if n := q.compare(a1, b1); n != 0 {
			return n
		}
		return second.compare(b2, a2)
	})
	return oracle.ExpectRecords(q.ask.Field+" and "+second.ask.Field+" of "+path, got, want, true)
}

// asShown filters by a value that one of our records shows.
func (q *question) asShown(ctx context.Context) error {
	for _, uuid := range sortedKeys(q.truth) {
		if value, plain := q.plain(q.truth[uuid]); plain {
			return q.lists(ctx, "?"+escape(q.ask.Field)+"="+escape(value), q.has(value))
		}
	}
	return nil
}

// cutShort filters by all but the end of a value that one of our records shows.
func (q *question) cutShort(ctx context.Context) error {
	for _, uuid := range sortedKeys(q.truth) {
		if value, plain := q.plain(q.truth[uuid]); plain && len(value) > 1 {
			short := value[:len(value)-1]
			if err := q.lists(ctx, "?"+escape(q.ask.Field)+"="+escape(short), q.has(short)); err != nil {
				return err
			}
			none := q.p.lastReading()
			if len(oracle.RecordsOf(none.Response)) > 0 { // of others, or one of ours that is called so
				return nil
			}
			return q.p.hand.Verify(none, []contract.ID{"API-LIST-04"}, isEmpty(none))
		}
	}
	return nil
}

// plain is the value that a record has in the field of the question; ok is false where
// there is none that a filter may have as it is.
func (q *question) plain(record map[string]any) (value string, ok bool) {
	value, set := q.value(record)
	if !set || value == "" || slices.Contains(q.p.unlike, q.ask.Field) || (strings.ContainsAny(value, `*|!<>,"`) || strings.Contains(value, "..")) && !strings.HasPrefix(value, "https://") {
		return "", false
	}
	return value, true
}

// has reports of a record whether the field of the question has a value; of uuids capitals
// do not count.
func (q *question) has(value string) func(map[string]any) bool {
	field := q.ask.Field
	return func(r map[string]any) bool {
		v, _ := oracle.Lookup(r, field)
		return v != nil && (text(v) == value || strings.HasSuffix(field, "uuid") && strings.EqualFold(text(v), value))
	}
}

// allAsShown filters by all that a record of ours shows, and then by what others show
// besides.
func (q *question) allAsShown(ctx context.Context) error {
	asked := map[string]bool{}
	for _, uuid := range sortedKeys(q.truth) {
		var filters []string
		var all []func(map[string]any) bool
		for _, f := range q.p.shown {
			one := &question{p: q.p, ask: Ask{Field: f.Name}}
			if value, plain := one.plain(q.truth[uuid]); plain && !asked[f.Name] {
				filters, all = append(filters, escape(f.Name)+"="+escape(value)), append(all, one.has(value))
				asked[f.Name] = true
			}
		}
		if len(filters) == 0 {
			continue
		}
		err := q.lists(ctx, "?"+strings.Join(filters, "&"), func(r map[string]any) bool {
			return !slices.ContainsFunc(all, func(has func(map[string]any) bool) bool { return !has(r) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// parts are the questions that the question puts together, if it does.
func (q *question) parts() []Ask {
	switch q.ask.What {
	case "all-as-shown":
		var all []Ask
		for _, f := range q.p.shown {
			all = append(all, Ask{What: "as-shown", Field: f.Name})
		}
		return all
	case "all-operators":
		return q.operators()
	}
	return nil
}

// eachAlone asks one question after the other until the answer to one is found guilty.
func (q *question) eachAlone(ctx context.Context, parts []Ask) (guilty bool, err error) {
	for _, ask := range parts {
		one := &question{p: q.p, ask: ask, truth: q.truth, path: q.path}
		err := one.answer(ctx)
		if oracle.IsMismatch(err) {
			return true, q.p.hand.Verify(q.p.lastReading(), []contract.ID{kindAsked(ask.What).id}, err)
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}

// allOperators filters by all that a record of ours shows, with another operator for each
// field that it satisfies.
func (q *question) allOperators(ctx context.Context) error {
	var filters []string
	var all []func(map[string]any) bool
	for _, ask := range q.operators() {
		filter, is := (&question{p: q.p, ask: ask}).filter()
		filters, all = append(filters, filter), append(all, is)
	}
	if len(filters) == 0 {
		return nil
	}
	return q.lists(ctx, "?"+strings.Join(filters, "&"), func(r map[string]any) bool {
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
func (q *question) operators() []Ask {
	var all []Ask
	for _, uuid := range sortedKeys(q.truth)[:min(1, len(q.truth))] {
		for i, f := range q.p.askable() {
			one := &question{p: q.p, ask: Ask{Field: f.Name}}
			value, plain := one.plain(q.truth[uuid])
			ask := Ask{What: "unset", Field: f.Name}
			switch _, set := one.value(q.truth[uuid]); {
			case plain && f.Type == contract.Integer:
				ask.What = ofNumbers[(i/2+number(q.ask.Values[0]))%len(ofNumbers)] // texts and numbers come by turns
				ask.Values = operands(ask.What, number(value))
			case plain:
				ask.What = ofTexts[(i+number(q.ask.Values[0]))%len(ofTexts)]
				ask.Values = []string{value, q.p.hand.Token() + "-zzz"}
			case set:
				continue
			}
			switch ask.What {
			case "not":
				ask.Values = ask.Values[1:]
			case "begins":
				ask.Values[0] = value[:len(value)-1]
			}
			if q.p.catalogue.Requirement(kindAsked(ask.What).id).Covers(q.p.release) {
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
		return []string{text(power)}
	case "more", "at-least":
		return []string{text(max(power/10-1, 0))}
	}
	return []string{text(max(power/10-1, 0)), text(power)}
}

// filteredPages lists what a filter of the values of two of our records selects, one
// record a page.
func (q *question) filteredPages(ctx context.Context) error {
	var values []string
	for _, uuid := range sortedKeys(q.truth) {
		if v, plain := q.plain(q.truth[uuid]); plain && !slices.Contains(values, v) && len(values) < 2 {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return nil
	}
	return q.lists(ctx, "?max_records=1&"+escape(q.ask.Field)+"="+escape(strings.Join(values, "|")), func(r map[string]any) bool {
		got, set := q.value(r)
		return set && slices.Contains(values, got)
	})
}

// asNotShown filters by a value of the right kind that no record of ours has.
func (q *question) asNotShown(ctx context.Context) error {
	f := q.p.field(q.ask.Field)
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
		all = []string{q.p.hand.UUID()}
	default:
		all = []string{q.p.hand.Token() + "-zzz"}
	}
	for _, value := range all {
		if !slices.ContainsFunc(sortedKeys(q.truth), func(uuid string) bool { got, _ := q.value(q.truth[uuid]); return got == value }) {
			err := q.lists(ctx, "?"+escape(f.Name)+"="+escape(value), func(map[string]any) bool { return false })
			if s := q.status(); oracle.IsMismatch(err) && strings.HasPrefix(f.Name, "svm.") && s >= 400 && s < 500 {
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

func (q *question) compare(a, b string) int {
	if f := q.p.field(q.ask.Field); f != nil && f.Type == contract.Integer {
		return number(a) - number(b)
	}
	return strings.Compare(a, b)
}

// counted wants the number of the records that a filter selects, and no record.
// Only a field with the mark of the run tells ours from those of others.
func (q *question) counted(ctx context.Context) error {
	value := ""
	if len(q.ask.Values) > 0 {
		value = q.ask.Values[0]
	} else if uuids := sortedKeys(q.truth); len(uuids) > 0 {
		value, _ = q.plain(q.truth[uuids[0]])
	}
	if !q.p.isMarked(q.ask.Field) || value == "" {
		return nil
	}
	want := 0
	for _, r := range q.truth {
		if got, set := q.value(r); set && got == value {
			want++
		}
	}
	path := q.path + "?return_records=false&" + escape(q.ask.Field) + "=" + escape(value) + "&" + q.p.mine()
	x, err := q.p.hand.Ask(ctx, getOf(path))
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

// tunneled wants the records of one SVM alone, which a header names.
func (q *question) tunneled(ctx context.Context, header string, name func(steps.SVM) string) error {
	svms := q.p.hand.SVMs()
	named := name(svms[len(svms)-1])
	if named == "" {
		return nil // nobody told
	}
	r := getOf(q.path + "?fields=uuid")
	r.Header = http.Header{}
	r.Header.Set(header, named)
	records, err := q.p.hand.ListBy(ctx, r)
	if err != nil {
		return err
	}
	var want []string
	for uuid, record := range q.truth {
		if owner, _ := oracle.Lookup(record, "svm.name"); owner == svms[len(svms)-1].Name {
			want = append(want, uuid)
		}
	}
	return oracle.ExpectRecords("records of an SVM by tunneling", q.ours(records), want, false)
}

// fields wants all records, each with the field where it is set.
func (q *question) fields(ctx context.Context) error {
	all := append([]string{q.ask.Field}, q.ask.Values...)
	return q.eachOfList(ctx, "?fields="+escape(onceEach(all, ",")), func(record, truth map[string]any) error {
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

// allFields wants each record of a list to be as it is read by itself.
func (q *question) allFields(ctx context.Context) error {
	return q.eachOfList(ctx, "?fields="+escape("*"), func(record, truth map[string]any) error {
		for _, name := range q.p.resource.Advanced() {
			if _, shown := truth[name]; !shown {
				if err := oracle.ExpectUnset(record, name); err != nil {
					return err
				}
			}
		}
		return oracle.ExpectSame(q.p.resource.FieldsIn(q.p.release), truth, record)
	})
}

func (q *question) eachOfList(ctx context.Context, query string, check func(record, truth map[string]any) error) error {
	records, path, err := q.list(ctx, query)
	if err != nil {
		return err
	}
	if err := oracle.ExpectRecords("records of "+path, q.ours(records), sortedKeys(q.truth), false); err != nil {
		return err
	}
	for _, r := range records {
		for _, uuid := range q.ours([]map[string]any{r}) {
			if err := check(r, q.truth[uuid]); err != nil {
				return err
			}
		}
	}
	return nil
}
