package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file list records. Lists are narrowed to the scenario's own
// objects, since others come and go at the same time.

func listsWith(ctx context.Context, w *world, plural string, table *godog.Table) error {
	query, err := queryOf(w, table)
	if err != nil {
		return err
	}
	w.listed, err = sendsForAll(ctx, w, wire.Request{Method: http.MethodGet, Path: testbed.Collection(w.kind(plural).Resource) + "?" + query})
	return err
}

// sendsForAll sends a request for a list and returns the records of all its pages: one may
// end early, even empty. The answer that is kept is that of the first page. A refusal is a
// ending like any other, and has none.
func sendsForAll(ctx context.Context, w *world, r wire.Request) ([]map[string]any, error) {
	if err := w.send(ctx, r); err != nil {
		return nil, err
	}
	records := oracle.RecordsOf(w.answer.Response)
	if r.Path = oracle.NextPage(w.answer.Response); r.Path == "" || !w.answer.Response.OK() {
		return records, nil
	}
	rest, err := testbed.ListBy(ctx, w.Wire(), r)
	if oracle.IsMismatch(err) {
		return nil, w.judge(err)
	}
	return append(records, rest...), err
}

// listsTheseWith lists the objects of the scenario, over all pages. Before it
// asks for anything else it makes sure that it can narrow the list to them.
func listsTheseWith(ctx context.Context, w *world, plural string, table *godog.Table) error {
	k := w.kind(plural)
	mine := "svm.name=" + url.QueryEscape(svmNames(w))
	records, err := listsPages(ctx, w, w.Bed().MarkedPath(k)+"&"+mine)
	if err == nil {
		err = oracle.ExpectRecords(plural+" of the SVMs "+svmNames(w), namesOf(w, ownRecords(w, records)), allNames(w, k), false)
	}
	if err != nil {
		return testbed.Arranging("a list of the scenario's own "+plural, err)
	}
	query, err := queryOf(w, table)
	if err != nil {
		return err
	}
	w.listed, err = listsPages(ctx, w, testbed.Collection(k.Resource)+"?"+query+"&"+mine)
	w.listed = ownRecords(w, w.listed)
	return err
}

// listsInPages lists the objects of the scenario once for each page size.
func listsInPages(ctx context.Context, w *world, plural, sizes string) error {
	return listsSortedInPages(ctx, w, plural, "", sizes)
}

// listsSortedInPages does so in an order; what each size gives is kept for the
// Then.
func listsSortedInPages(ctx context.Context, w *world, plural, order, sizes string) error {
	query := "?svm.name=" + url.QueryEscape(svmNames(w))
	if order != "" {
		query += "&order_by=" + url.QueryEscape(order)
	}
	for _, size := range split(sizes) {
		records, err := listsPages(ctx, w, testbed.Collection(w.kind(plural).Resource)+query+"&max_records="+url.QueryEscape(size))
		if err != nil {
			return err
		}
		w.paged = append(w.paged, page{size, namesOf(w, ownRecords(w, records))})
	}
	return nil
}

// page is what a list gave in pages of one size.
type page struct {
	size  string
	names []string
}

// filters lists the objects of all SVMs, over all pages. It must not narrow the
// list by other means: the filter itself is what is tried.
func filters(ctx context.Context, w *world, plural string, table *godog.Table) error {
	query, err := queryOf(w, table)
	if err != nil {
		return err
	}
	path := testbed.Collection(w.kind(plural).Resource) + "?" + query
	w.tried = append(w.tried, tried{path: path})
	return listsOwn(ctx, w, path)
}

// listsOwn keeps the scenario's own objects of a list of all SVMs.
func listsOwn(ctx context.Context, w *world, path string) error {
	records, err := listsPages(ctx, w, path)
	w.listed = ownRecords(w, records)
	return err
}

// maxLooks is how often a list of all SVMs is asked for before what is wrong
// with it is a finding: a page that was sent while others create and delete may
// miss a record or repeat one.
const maxLooks = 3

// triesFilters asks for the objects of all SVMs by one filter after the other. It
// leaves out those on fields that the release does not have, or that the object
// whose value is wanted did not show.
func triesFilters(ctx context.Context, w *world, plural string, table *godog.Table) error {
	k := w.kind(plural)
	for _, row := range table.Rows[1:] {
		field, filter, want := row.Cells[0].Value, fill(w, row.Cells[1].Value), split(row.Cells[2].Value)
		if undocumented(w, k.Resource, field) || valueOf.MatchString(filter) {
			continue
		}
		slices.Sort(want)
		path := testbed.Collection(k.Resource) + "?" + url.QueryEscape(field) + "=" + url.QueryEscape(filter)
		var got []string
		for range maxLooks {
			if err := listsOwn(ctx, w, path); err != nil {
				return err
			}
			if got = namesOf(w, w.listed); oracle.ExpectRecords("", got, want, false) == nil {
				break
			}
		}
		w.tried = append(w.tried, tried{path, field + "=" + filter, got, want})
	}
	if len(w.tried) == 0 {
		return &oracle.Skip{Applies: true, Reason: "none of the fields that are filtered by is there"}
	}
	return nil
}

// tried is a filter with what it listed and what it should have listed.
type tried struct {
	path      string
	filter    string // for a reader
	got, want []string
}

// ownRecords leaves out what others created.
func ownRecords(w *world, records []map[string]any) []map[string]any {
	return slices.DeleteFunc(records, func(r map[string]any) bool {
		return !w.Objects.Any(func(o *testbed.Object) bool { return o.UUID != "" && o.UUID == testbed.ID(o.Kind.Resource, r) })
	})
}

// listsPages lists over all pages; the ending is that of the last one. A list that
// is refused has no records.
func listsPages(ctx context.Context, w *world, path string) ([]map[string]any, error) {
	before := len(w.Wire().History())
	records, err := testbed.List(ctx, w.Wire(), path)
	history := w.Wire().History()
	if len(history) > before {
		w.did(oracle.CallResult{Exchange: history[len(history)-1]}, nil)
		w.Calls.All = append(w.Calls.All, w.last)
	}
	if oracle.IsMismatch(err) {
		return records, w.judge(err)
	}
	return records, err
}

// queryOf writes a table of parameters and values as a query.
func queryOf(w *world, table *godog.Table) (string, error) {
	var parts []string
	for _, row := range table.Rows {
		if len(row.Cells) != 2 {
			return "", fmt.Errorf("a table of parameters has two columns, this row has %d", len(row.Cells))
		}
		value := fill(w, row.Cells[1].Value)
		parts = append(parts, url.QueryEscape(row.Cells[0].Value)+"="+url.QueryEscape(value))
	}
	return strings.Join(parts, "&"), nil
}

// fill puts values in place of the placeholders of a cell. What the last reading
// of an object did not show, or not as it was sent, stays as it is: nobody can tell
// which of two values a target filters by.
func fill(w *world, cell string) string {
	cell = strings.NewReplacer("<token>", w.Token(), "<SVMs>", svmNames(w), "<uuid>", w.Source.UUID()).Replace(cell)
	return valueOf.ReplaceAllStringFunc(cell, func(placeholder string) string {
		part := valueOf.FindStringSubmatch(placeholder)
		o := w.Objects.ByName[part[2]]
		if o == nil {
			return placeholder
		}
		if part[1] == "uuid" {
			return o.UUID // known without a reading
		}
		value, shown := oracle.Lookup(w.was[o], part[1])
		sent, named := oracle.Lookup(o.Sent, part[1])
		if !shown || value == nil || named && !oracle.Equal(sent, value) {
			return placeholder
		}
		return fmt.Sprint(value)
	})
}

// valueOf is a placeholder for what an object has, as in "<svm.uuid of blue>".
var valueOf = regexp.MustCompile(`<([a-z_.]+) of ([^<>]+)>`)

// svmNames is the SVMs of the scenario as a filter: any of them.
func svmNames(w *world) string {
	var names []string
	for _, s := range w.SVMs {
		names = append(names, s.Name)
	}
	return strings.Join(names, "|")
}

// allNames is what the scenario calls its objects of a kind.
func allNames(w *world, k *contract.ObjectKind) []string {
	var names []string
	for name, o := range w.Objects.ByName {
		if o.Kind == k {
			names = append(names, name)
		}
	}
	return names
}

// namesOf gives records the names that the scenario has for them.
func namesOf(w *world, records []map[string]any) []string {
	var names []string
	for _, r := range records {
		name, known := fmt.Sprint(r["uuid"]), false
		for n, o := range w.Objects.ByName {
			if o.UUID != "" && o.UUID == testbed.ID(o.Kind.Resource, r) && (!known || o.Kind.Resource.Part() != "") {
				name, known = n, true // a part may show the uuid of what it is a part of
			}
		}
		names = append(names, name)
	}
	return names
}
