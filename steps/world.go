package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// A world is what one scenario knows: its session on the target, and what its steps said. It
// belongs to one goroutine.
type world struct {
	*testbed.Session
	scenario *Scenario
	last     oracle.CallResult                  // of the When
	answer   *wire.Exchange                     // of the When, before any job was followed
	listed   []map[string]any                   // the records that the When listed, over all pages
	was      map[*testbed.Object]map[string]any // objects as they were last read on purpose
	unseen   *wire.Request                      // the last change, where its answer was lost and a reading showed that it was made; else nil
	builtin  []map[string]any                   // what every cluster has, as a Given listed it
	paged    []page                             // what the When listed, for each size of page
	tried    []tried                            // filters, with what they listed
	worked   int                                // objects that a call on several said that it worked on
}

func newWorld(s *Suite, sc *Scenario, svms []testbed.SVM) *world {
	return &world{scenario: sc, was: map[*testbed.Object]map[string]any{}, Session: s.Open(testbed.Lease{
		Name: sc.Name, Identity: sc.identity(), Requirements: sc.Requirements, SVMs: svms, Cluster: sc.Cluster, Lab: len(sc.Conditions) > 0,
	})}
}

// contract is the catalogue that the target is held against.
func (w *world) contract() *contract.Catalogue { return w.Bed().Catalogue() }

// release is the one whose promises apply.
func (w *world) release() contract.Release { return w.Bed().Release() }

// kind returns the kind of a noun or a plural. The vocabulary lets no other word through.
func (w *world) kind(word string) *contract.ObjectKind { return w.contract().Object(word) }

// body is a complete creation of an object on an SVM.
func (w *world) body(k *contract.ObjectKind, name string, svm testbed.SVM) map[string]any {
	return w.Source.Create(k, testbed.Subject(name, svm))
}

// verify notes what a step found out about requirements: err is nil, a
// mismatch, or something else, in which case nothing was found out.
func (w *world) verify(ids []contract.ID, err error) error {
	return w.Verdicts.Verify(w.Verdicts.Evidence(w.answer), ids, err)
}

// judge attributes what a Then found to the promises of the scenario.
func (w *world) judge(err error) error { return w.verify(w.promises(false), err) }

// judgeAnswer attributes what a Then found in the answer to the When.
func (w *world) judgeAnswer(err error) error {
	return w.Verdicts.Verify(w.answer, w.promises(false), err)
}

// promises returns the requirements of the scenario that apply to the release:
// those of error codes, or all the others.
func (w *world) promises(codes bool) []contract.ID {
	return slices.DeleteFunc(slices.Clone(w.scenario.Requirements), func(id contract.ID) bool {
		q := w.contract().Requirement(id)
		return (q.Row != nil) != codes || !q.Covers(w.release())
	})
}

// did keeps how the act came out.
func (w *world) did(e oracle.CallResult, err error) error {
	if e.Exchange != nil {
		w.last, w.answer = e, e.Exchange
	}
	return err
}

// patch changes an object.
func (w *world) patch(ctx context.Context, path string, body map[string]any) (oracle.CallResult, error) {
	w.unseen = nil
	return w.Send(ctx, wire.Request{Method: http.MethodPatch, Path: path, Body: wire.JSON(body)})
}

// cell turns a cell of a feature into the value of a property.
func (w *world) cell(k *contract.ObjectKind, property, cell string) (any, error) {
	return w.Source.Cell(k, property, cell, testbed.Subject("", w.SVM()))
}

// properties reads a table of two columns, property and value, as a body.
func (w *world) properties(k *contract.ObjectKind, table *godog.Table) (map[string]any, error) {
	body := map[string]any{}
	for _, row := range table.Rows {
		if len(row.Cells) != 2 {
			return nil, fmt.Errorf("a table of properties has two columns, this row has %d", len(row.Cells))
		}
		property, cell := row.Cells[0].Value, row.Cells[1].Value
		v, err := w.cell(k, property, cell)
		if err != nil {
			return nil, err
		}
		resource.Put(body, property, v)
	}
	return body, nil
}

// conclude ends the session and settles the outcome of the scenario. Evidence is kept where it
// shows something.
func (w *world) conclude(ctx context.Context, err error) *oracle.Outcome {
	o := w.Session.Conclude(ctx, err)
	o.Kind = "scenario"
	if o.Status <= oracle.Passed && w.scenario.turn <= 1 {
		o.Evidence = nil
	}
	return o
}
