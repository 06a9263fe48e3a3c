package property

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

// newQuestion is one about objects that are known.
func newQuestion(p *player, ask plan.Ask, truth map[string]map[string]any) *query {
	return &query{p: p, ask: ask, truth: truth, path: "/api" + p.m.Resource.Path}
}

// asksList asks one question.
func asksList(ctx context.Context, p *player, c plan.Call, truth map[string]map[string]any) error {
	q := newQuestion(p, plan.Ask{}, truth)
	ask := *c.Ask
	ask.Values = slices.Clone(ask.Values)
	for i, v := range ask.Values {
		ask.Values[i] = expand(p.session, v, "")
	}
	err := askOf(ctx, q, ask)
	p.seen = append(p.seen, Point{Operation: "GET " + p.m.Resource.Path, Status: statusOf(q), Fault: c.Fault})
	return err
}

// A query is an ask with what is known.
type query struct {
	p     *player
	ask   plan.Ask
	truth map[string]map[string]any
	path  string
}

func statusOf(q *query) int {
	if x := q.p.lastReading(); x != nil {
		return x.Response.Status
	}
	return 0
}

// askOf asks a question and judges the answer.
func askOf(ctx context.Context, q *query, ask plan.Ask) error {
	q.ask = ask
	relation := strategy.RelationCalled(ask.What)
	if relation == nil {
		return nil // of a later version of ours
	}
	before := q.p.session.Last("")
	err := answerTo(ctx, q)
	if err == nil && q.p.session.Last("") == before || errors.Is(err, errNoSuchSVM) {
		return nil // there was nothing to ask, or nothing was told: nothing was looked at
	}
	if parts := partsOf[ask.What]; parts != nil && oracle.IsMismatch(err) {
		if guilty, err := eachAlone(ctx, q, parts(q)); guilty || err != nil {
			return err
		}
	}
	return q.p.session.Verify(q.p.lastReading(), []contract.ID{relation.ID}, err)
}

// checkers ask a query of each relation but filters, and compare the answer.
var checkers = map[string]func(context.Context, *query) error{
	"both":      bothFilters,
	"ascending": inOrder("order_by", rising), "descending": inOrder("order_by", falling), "by-another-name": inOrder("$orderBy", falling), "two-orders": twiceSorted, "orders-apart": twiceSorted,
	"searched": searched, "searched-second": searchedInSecond, "searched-either": searched, "searched-both": searchedBoth, "searched-begins": searchedForBeginning,
	"all-as-shown": allAsShown, "all-operators": allOperators, "as-shown": asShown, "as-not-shown": asNotShown, "cut-short": cutShort,
	"pages": pages, "pages-of-fields": pagesOfFields, "sorted-pages": sortedPages, "filtered-pages": filteredPages, "skipped": skipped, "counted": counted,
	"tunneled":         tunneled("X-Dot-SVM-Name", func(svm testbed.SVM) string { return svm.Name }),
	"tunneled-by-uuid": tunneled("X-Dot-SVM-UUID", func(svm testbed.SVM) string { return svm.UUID }),
	"fields":           queryFields, "all-fields": queryAllFields,
}

// answerTo asks the question and compares the answer; a mismatch says how it differs.
func answerTo(ctx context.Context, q *query) error {
	if asks, is := checkers[q.ask.What]; is {
		return asks(ctx, q)
	}
	filter, is := filterOf(q)
	return listsExactly(ctx, q, "?"+filter, is)
}

// listOf returns what a list of the SVMs of the hand holds, and the path that it was
// asked for by. A query that filters by the name of an SVM is left as it is: a filter that
// is given twice may be refused (262188), and only our own records count.
func listOf(ctx context.Context, q *query, query string) (records []map[string]any, path string, err error) {
	path = q.path + query
	if !filtersBy(query, "svm.name") {
		path += "&" + q.p.mine()
	}
	records, err = testbed.List(ctx, q.p.session.Wire(), path)
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

// listsExactly wants a list to hold exactly those of our records that satisfy is.
func listsExactly(ctx context.Context, q *query, query string, is func(map[string]any) bool) error {
	records, path, err := listOf(ctx, q, query)
	if err != nil {
		return err
	}
	var want []string
	for uuid, record := range q.truth {
		if is(record) {
			want = append(want, uuid)
		}
	}
	return oracle.ExpectRecords("records of "+path, oursIn(q, records), want, false)
}

// oursIn are the uuids of our records, in the order of the list; one that comes
// twice is there twice.
func oursIn(q *query, records []map[string]any) []string {
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

// valueIn is what a record has in the field of the question; found is false when
// nothing is set.
func valueIn(q *query, record map[string]any) (string, bool) {
	v, found := oracle.Lookup(record, q.ask.Field)
	return strategy.Text(v), found && v != nil
}

// partsOf are the questions that a question puts together, of each relation that does.
var partsOf = map[string]func(*query) []plan.Ask{"all-as-shown": eachAsShown, "all-operators": operators}

// eachAlone asks one question after the other until the answer to one is found guilty.
func eachAlone(ctx context.Context, q *query, parts []plan.Ask) (guilty bool, err error) {
	for _, ask := range parts {
		one := &query{p: q.p, ask: ask, truth: q.truth, path: q.path}
		err := answerTo(ctx, one)
		if oracle.IsMismatch(err) {
			return true, q.p.session.Verify(q.p.lastReading(), []contract.ID{strategy.RelationCalled(ask.What).ID}, err)
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}

func eachOfList(ctx context.Context, q *query, query string, check func(record, truth map[string]any) error) error {
	records, path, err := listOf(ctx, q, query)
	if err != nil {
		return err
	}
	if err := oracle.ExpectRecords("records of "+path, oursIn(q, records), slices.Sorted(maps.Keys(q.truth)), false); err != nil {
		return err
	}
	for _, r := range records {
		for _, uuid := range oursIn(q, []map[string]any{r}) {
			if err := check(r, q.truth[uuid]); err != nil {
				return err
			}
		}
	}
	return nil
}
