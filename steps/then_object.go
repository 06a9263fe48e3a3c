package steps

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file are Thens: what they find is attributed to the
// promises of the scenario.

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// lostCreation returns the mismatch of an object whose creation was answered with success
// and that is nowhere; nil for any other.
func lostCreation(w *world, name string) error {
	if o := w.Objects.ByName[name]; o != nil && !w.Calls.Untold {
		return o.Lost
	}
	return nil
}

// afterReading judges what a reading of an object shows.
func afterReading(ctx context.Context, w *world, name string, check func(record map[string]any) error) error {
	if lost := lostCreation(w, name); lost != nil {
		return w.judge(lost)
	}
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	return w.judge(w.Eventually(ctx, func() error {
		record, err := w.Read(ctx, o.Path())
		if err != nil {
			return err
		}
		return check(record)
	}))
}

func objectHas(ctx context.Context, w *world, name string, table *godog.Table) error {
	if succeeded(w) != nil {
		return succeeds(w)
	}
	o, err := w.Objects.Get(name)
	if err != nil && o == nil {
		return err
	}
	return afterReading(ctx, w, name, func(record map[string]any) error {
		for _, row := range table.Rows {
			property, cell := row.Cells[0].Value, row.Cells[1].Value
			if undocumented(w, o.Kind.Resource, property) {
				continue
			}
			want, err := w.cell(o.Kind, property, cell)
			if err != nil {
				return err
			}
			if err := expectValue(record, property, want); err != nil {
				return err
			}
		}
		return nil
	})
}

// expectValue is oracle.ExpectField, but for uuids, which may be written with
// capitals or without.
func expectValue(record map[string]any, property string, want any) error {
	got, _ := oracle.Lookup(record, property)
	if a, text := got.(string); text && strings.HasSuffix(property, "uuid") {
		if b, text := want.(string); text && strings.EqualFold(a, b) {
			return nil
		}
	}
	return oracle.ExpectField(record, property, want)
}

// undocumented reports whether a resource does not have a property in the release.
func undocumented(w *world, r *contract.Resource, property string) bool {
	return r == nil || r.Field(property, w.release()) == nil
}

// resourceOf is the resource that the answer to the When is about, or nil.
func resourceOf(w *world) *contract.Resource {
	return w.contract().Route(w.answer.Request.APIPath()).Resource
}

// objectShowsSent wants properties to read as they were sent.
func objectShowsSent(ctx context.Context, w *world, name string, table *godog.Table) error {
	if lost := lostCreation(w, name); lost != nil {
		return w.judge(lost)
	}
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	if succeeded(w) != nil {
		return succeeds(w)
	}
	return afterReading(ctx, w, name, func(record map[string]any) error {
		for _, row := range table.Rows {
			for _, cell := range row.Cells {
				want, found := oracle.Lookup(o.Sent, cell.Value)
				if !found {
					return fmt.Errorf("the creation of %q sent no %s", name, cell.Value)
				}
				if err := oracle.ExpectField(record, cell.Value, want); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// objectShowsChange wants properties to read as the change before sent them.
func objectShowsChange(ctx context.Context, w *world, name string, table *godog.Table) error {
	if succeeded(w) != nil {
		return succeeds(w)
	}
	return afterReading(ctx, w, name, func(record map[string]any) error {
		for _, row := range table.Rows {
			for _, cell := range row.Cells {
				want, found := lastSent(w, cell.Value)
				if !found {
					return fmt.Errorf("no request of the scenario sent %s", cell.Value)
				}
				if err := oracle.ExpectField(record, cell.Value, want); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// answerShowsSent wants the record that a creation returned to show what it was
// sent. One that is not done yet has no record to return.
func answerShowsSent(w *world, name string, table *godog.Table) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	if w.answer.Response.Status == http.StatusAccepted {
		return &oracle.Skip{Applies: true, Reason: "the creation was answered with 202, so that there was no record to return yet"}
	}
	records, _ := w.answer.Response.Object()["records"].([]any)
	if len(records) != 1 {
		return w.judgeAnswer(oracle.Differs("records of the answer", 1, len(records)))
	}
	record, _ := records[0].(map[string]any)
	for _, row := range table.Rows {
		for _, cell := range row.Cells {
			want, _ := oracle.Lookup(o.Sent, cell.Value)
			if err := oracle.ExpectField(record, cell.Value, want); err != nil {
				return w.judgeAnswer(err)
			}
		}
	}
	return w.judgeAnswer(nil)
}

func objectIsAsItWas(ctx context.Context, w *world, name string) error {
	return objectIsAsItWasBut(ctx, w, name, "")
}

// objectIsAsItWasBut compares with the last reading on purpose. What a change of
// credentials implies may differ.
func objectIsAsItWasBut(ctx context.Context, w *world, name, but string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	if w.was[o] == nil {
		return fmt.Errorf("the scenario did not read %q before", name)
	}
	return afterReading(ctx, w, name, func(record map[string]any) error {
		return oracle.ExpectSame(fieldsOf(w, o.Kind), w.was[o], record, split(but)...)
	})
}

// fieldsOf are the fields that objects of a kind have in the release.
func fieldsOf(w *world, k *contract.ObjectKind) []*contract.Field {
	return k.Resource.FieldsIn(w.release())
}

// objectDidNotTake wants a property not to have the value that was sent for it.
func objectDidNotTake(ctx context.Context, w *world, name, property string) error {
	if w.last.Failed() {
		return w.judge(nil)
	}
	sent, found := lastSent(w, property)
	if !found {
		return fmt.Errorf("no request of the scenario sent %s", property)
	}
	return afterReading(ctx, w, name, func(record map[string]any) error {
		if got, found := oracle.Lookup(record, property); found && oracle.Equal(got, sent) {
			return oracle.Differs(property, "anything but what was sent", got)
		}
		return nil
	})
}

// refusalLeftObject looks for traces of a refused change. One that was accepted
// is for other requirements.
func refusalLeftObject(ctx context.Context, w *world, name string) error {
	if !w.last.Failed() {
		return noRefusal
	}
	return objectIsAsItWas(ctx, w, name)
}

// noRefusal is why the traces of a refusal cannot be looked for.
var noRefusal = &oracle.Skip{Applies: true, Reason: "the target did not refuse what should have left no trace"}

// lastSent returns the value of a property in the last body that was sent.
func lastSent(w *world, property string) (any, bool) {
	history := w.Wire().History()
	for i := len(history) - 1; i >= 0; i-- {
		if body, ok := testbed.Decode(history[i].Request.Body); ok {
			if v, found := oracle.Lookup(body, property); found {
				return v, true
			}
		}
	}
	return nil, false
}

func objectCannotBeRead(ctx context.Context, w *world, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	return w.judge(w.Eventually(ctx, func() error {
		e, err := w.Send(ctx, wire.Request{Method: http.MethodGet, Path: o.Path()})
		if err != nil {
			return err
		}
		return oracle.ExpectRefusal(e)
	}))
}

func objectIsNotListed(ctx context.Context, w *world, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	return w.judge(w.Eventually(ctx, func() error {
		records, err := testbed.List(ctx, w.Wire(), o.Where+"?fields="+cmp.Or(o.Kind.Resource.Key, "uuid"))
		if err != nil {
			return err
		}
		for _, r := range records {
			if testbed.ID(o.Kind.Resource, r) == o.UUID {
				return oracle.Differs(o.Kind.Plural+" of the list", "none of uuid "+o.UUID, "it")
			}
		}
		return nil
	}))
}

// svmHasNo looks for traces of a refused creation, through the whole
// collection: a filter may be wrong. A creation that was accepted is for other
// requirements.
func svmHasNo(ctx context.Context, w *world, noun string) error {
	if !w.last.Failed() {
		return noRefusal
	}
	k := w.kind(noun)
	records, err := testbed.List(ctx, w.Wire(), w.Bed().MarkedPath(k)+"&svm.name="+url.QueryEscape(w.SVM().Name))
	if oracle.IsMismatch(err) {
		return fmt.Errorf("listing the %s: %v", k.Plural, err) // not %w: it is not what the scenario is about
	}
	if err != nil {
		return err
	}
	for _, r := range records {
		mark := w.Bed().MarkOf(k, r) // what an earlier scenario left is no trace of this one
		if name, _ := oracle.Lookup(r, "svm.name"); name == w.SVM().Name && !w.Bed().IsForeign(testbed.ID(k.Resource, r)) && (mark == "" || mark == w.Token()) {
			if mark == "" && testbed.ShowsMore(k, r) {
				return testbed.TakenBy(k, w.SVM().Name, r)
			}
			return w.judge(oracle.Differs(k.Plural+" of the SVM "+w.SVM().Name, "none", r["uuid"]))
		}
	}
	return w.judge(nil)
}

func answerHas(w *world, names string) error {
	return eachField(w, names, oracle.ExpectSet)
}

func answerDoesNotHave(w *world, names string) error {
	return eachField(w, names, oracle.ExpectUnset)
}

func eachField(w *world, names string, check func(map[string]any, string) error) error {
	if err := oracle.ExpectStatus(w.answer, http.StatusOK); err != nil {
		return w.judge(err)
	}
	for _, name := range split(names) {
		if undocumented(w, resourceOf(w), name) {
			continue
		}
		if err := check(w.answer.Response.Object(), name); err != nil {
			return w.judge(err)
		}
	}
	return w.judge(nil)
}

func answerIsObject(w *world, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	if err := oracle.ExpectStatus(w.answer, http.StatusOK); err != nil {
		return w.judge(err)
	}
	record := w.answer.Response.Object()
	for _, field := range o.Kind.Shown() { // another object may have the uuid
		shown, there := oracle.Lookup(record, field)
		if sent, named := oracle.Lookup(o.Sent, field); there && named && !oracle.Equal(shown, sent) {
			return w.judge(oracle.Differs(field+" of the "+o.Kind.Noun, sent, shown))
		}
	}
	return w.judge(oracle.ExpectField(record, cmp.Or(o.Kind.Resource.Key, "uuid"), o.UUID))
}
