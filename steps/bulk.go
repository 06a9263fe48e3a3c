package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file write to several objects at once, through their
// collection. A target that overlooks the filter, or the list of records, would
// reach whatever else is there: so they take --mode full, a collection in which
// nobody but the run has anything, as it was read right before, and calls that name
// objects of the scenario by their uuids and nothing else. The guard holds back every
// other.

// changesInBulk changes objects by a filter on their uuids.
func changesInBulk(ctx context.Context, w *world, plural, names string, table *godog.Table) error {
	body, err := w.properties(w.kind(plural), table)
	if err != nil {
		return err
	}
	return callBulk(ctx, w, w.kind(plural), names, func(path string) wire.Request {
		return wire.Request{Method: http.MethodPatch, Path: path, Body: wire.JSON(body)}
	})
}

func deletesInBulk(ctx context.Context, w *world, plural, names string) error {
	return callBulk(ctx, w, w.kind(plural), names, func(path string) wire.Request {
		return wire.Request{Method: http.MethodDelete, Path: path}
	})
}

// callBulk sends a call with a filter on the uuids of objects, and goes on with the
// next link for as long as there is one.
func callBulk(ctx context.Context, w *world, k *contract.ObjectKind, names string, call func(path string) wire.Request) error {
	uuids, err := bulkUUIDs(ctx, w, k, names)
	if err != nil {
		return err
	}
	path := testbed.Collection(k.Resource) + "?return_timeout=60&uuid=" + url.QueryEscape(strings.Join(uuids, "|"))
	w.worked = 0
	for n := range testbed.MaxPages {
		if n > 0 {
			if err := w.OnlyOurs(ctx, k); err != nil {
				return err
			}
		}
		r := (call(path))
		if err := sendBulk(ctx, w, k, r); err != nil {
			return err
		}
		n, _ := oracle.Count(w.answer.Response)
		w.worked += n
		if path = oracle.NextPage(w.answer.Response); path == "" {
			return nil
		}
	}
	return fmt.Errorf("a call on several %s that does not end", k.Plural)
}

// changesRecords changes objects by a list of records, each with its uuid.
func changesRecords(ctx context.Context, w *world, plural string, table *godog.Table) error {
	k := w.kind(plural)
	var records []any
	var names []string
	for _, row := range table.Rows[1:] {
		names = append(names, row.Cells[0].Value)
		value, err := w.cell(k, table.Rows[0].Cells[1].Value, row.Cells[1].Value)
		if err != nil {
			return err
		}
		o, err := w.Objects.Get(row.Cells[0].Value)
		if err != nil {
			return err
		}
		record := map[string]any{"uuid": o.UUID}
		resource.Put(record, table.Rows[0].Cells[1].Value, value)
		records = append(records, record)
	}
	return bulkRecords(ctx, w, k, http.MethodPatch, strings.Join(names, ", "), records)
}

func deletesRecords(ctx context.Context, w *world, plural, names string) error {
	k := w.kind(plural)
	var records []any
	for _, name := range split(names) {
		o, err := w.Objects.Get(name)
		if err != nil {
			return err
		}
		records = append(records, map[string]any{"uuid": o.UUID})
	}
	return bulkRecords(ctx, w, k, http.MethodDelete, names, records)
}

func bulkRecords(ctx context.Context, w *world, k *contract.ObjectKind, method, names string, records []any) error {
	if _, err := bulkUUIDs(ctx, w, k, names); err != nil {
		return err
	}
	return sendBulk(ctx, w, k, wire.Request{Method: method, Path: testbed.Collection(k.Resource), Body: wire.JSON(map[string]any{"records": records})})
}

// sendBulk sends a call on several objects and follows its jobs to their ends.
// One that the collection does not take can be documented as well as one that it
// does: then there is nothing to look at.
func sendBulk(ctx context.Context, w *world, k *contract.ObjectKind, r wire.Request) error {
	r.Fresh = true
	err := w.send(ctx, r)
	for n := 1; n < testbed.LostTries && testbed.IsUndone(err); n++ {
		if err := w.OnlyOurs(ctx, k); err != nil { // somebody may have come while it was put off
			return err
		}
		err = w.send(ctx, r)
	}
	if err != nil {
		return err
	}
	if w.answer.Response.Status == http.StatusMethodNotAllowed {
		return &oracle.Skip{Applies: true, Reason: "the target takes no " + r.Method + " of a collection (405)"}
	}
	if oracle.ExpectCode(oracle.CallResult{Exchange: w.answer}, unexpectedArgument) == nil {
		return &oracle.Skip{Applies: true, Reason: "the target knows no records in the body of a " + r.Method + " (" + unexpectedArgument + ")"}
	}
	for _, uuid := range oracle.JobsOf(w.answer.Response) {
		job, err := w.Jobs.Follow(ctx, uuid)
		if err != nil {
			return err
		}
		e := oracle.CallResult{Exchange: w.answer, Job: job}
		if w.Calls.Add(e); e.Failed() {
			w.last = e
		}
	}
	return nil
}

// bulkUUIDs returns the uuids of objects that a call may be sent to together. Nothing
// of anybody else may be in the collection.
func bulkUUIDs(ctx context.Context, w *world, k *contract.ObjectKind, names string) ([]string, error) {
	var uuids []string
	for _, name := range split(names) {
		o, err := w.Objects.Get(name)
		if err != nil {
			return nil, err
		}
		uuids = append(uuids, o.UUID)
	}
	return uuids, w.OnlyOurs(ctx, k)
}

// countsWhatItDid wants num_records to say how many objects a call worked on.
func countsWhatItDid(w *world, n int) error {
	if err := oracle.ExpectSuccess(w.last); err != nil {
		return w.judgeAnswer(err)
	}
	if _, there := oracle.Count(w.answer.Response); !there {
		return w.judgeAnswer(oracle.Differs("num_records", n, "nothing"))
	}
	if w.worked != n {
		return w.judgeAnswer(oracle.Differs("num_records", n, w.worked))
	}
	return w.judgeAnswer(nil)
}

// unexpectedArgument is the code of a server that does not know a property.
const unexpectedArgument = "262179"
