package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file are Thens: what they find is attributed to the
// promises of the scenario.

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// lost returns the mismatch of a vault whose creation was answered with success
// and that is nowhere; nil for any other.
func (w *world) lost(name string) error {
	if v := w.vaults[name]; v != nil && !w.untold {
		return v.lost
	}
	return nil
}

// afterReading judges what a reading of a vault shows.
func (w *world) afterReading(ctx context.Context, name string, check func(record map[string]any) error) error {
	if lost := w.lost(name); lost != nil {
		return w.judge(lost)
	}
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	return w.judge(w.look(ctx, func() error {
		record, err := w.read(ctx, v)
		if err != nil {
			return err
		}
		return check(record)
	}))
}

func (w *world) vaultHas(ctx context.Context, name string, table *godog.Table) error {
	if w.succeeded() != nil {
		return w.succeeds()
	}
	return w.afterReading(ctx, name, func(record map[string]any) error {
		for _, row := range table.Rows {
			property, cell := row.Cells[0].Value, row.Cells[1].Value
			if w.undocumented(property) {
				continue
			}
			want, err := w.value(property, cell)
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

// undocumented reports whether a property is not in the release at all.
func (w *world) undocumented(property string) bool {
	return w.suite.Judge.Contract().Resource(akv).Field(property, w.suite.Judge.Release()) == nil
}

// vaultShowsSent wants properties to read as they were sent.
func (w *world) vaultShowsSent(ctx context.Context, name string, table *godog.Table) error {
	if lost := w.lost(name); lost != nil {
		return w.judge(lost)
	}
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	if w.succeeded() != nil {
		return w.succeeds()
	}
	return w.afterReading(ctx, name, func(record map[string]any) error {
		for _, row := range table.Rows {
			for _, cell := range row.Cells {
				want, found := oracle.Lookup(v.sent, cell.Value)
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

// answerShowsSent wants the record that a creation returned to show what it was
// sent. One that is not done yet has no record to return.
func (w *world) answerShowsSent(name string, table *godog.Table) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	if w.answer.Response.Status == http.StatusAccepted {
		return w.skipped(&oracle.Skip{Applies: true, Reason: "the creation was answered with 202, so that there was no record to return yet"})
	}
	records, _ := w.answer.Response.Object()["records"].([]any)
	if len(records) != 1 {
		return w.verifyBy(w.answer, w.promises(false), oracle.Differs("records of the answer", 1, len(records)))
	}
	record, _ := records[0].(map[string]any)
	for _, row := range table.Rows {
		for _, cell := range row.Cells {
			want, _ := oracle.Lookup(v.sent, cell.Value)
			if err := oracle.ExpectField(record, cell.Value, want); err != nil {
				return w.verifyBy(w.answer, w.promises(false), err)
			}
		}
	}
	return w.verifyBy(w.answer, w.promises(false), nil)
}

func (w *world) vaultIsAsItWas(ctx context.Context, name string) error {
	return w.vaultIsAsItWasBut(ctx, name, "")
}

// vaultIsAsItWasBut compares with the last reading on purpose. What a change of
// credentials implies may differ.
func (w *world) vaultIsAsItWasBut(ctx context.Context, name, but string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	if v.was == nil {
		return fmt.Errorf("the scenario did not read %q before", name)
	}
	return w.afterReading(ctx, name, func(record map[string]any) error {
		return oracle.ExpectSame(v.was, record, split(but)...)
	})
}

// vaultDidNotTake wants a property not to have the value that was sent for it.
func (w *world) vaultDidNotTake(ctx context.Context, name, property string) error {
	if w.last.Failed() {
		return w.judge(nil)
	}
	sent, found := w.lastSent(property)
	if !found {
		return fmt.Errorf("no request of the scenario sent %s", property)
	}
	return w.afterReading(ctx, name, func(record map[string]any) error {
		if got, found := oracle.Lookup(record, property); found && oracle.Equal(got, sent) {
			return oracle.Differs(property, "anything but what was sent", got)
		}
		return nil
	})
}

// refusalLeftVault looks for traces of a refused change. One that was accepted
// is for other requirements.
func (w *world) refusalLeftVault(ctx context.Context, name string) error {
	if !w.last.Failed() {
		return w.skipped(noRefusal)
	}
	return w.vaultIsAsItWas(ctx, name)
}

// noRefusal is why the traces of a refusal cannot be looked for.
var noRefusal = &oracle.Skip{Applies: true, Reason: "the target did not refuse what should have left no trace"}

// lastSent returns the value of a property in the last body that was sent.
func (w *world) lastSent(property string) (any, bool) {
	history := w.session.History()
	for i := len(history) - 1; i >= 0; i-- {
		if body, ok := decode(history[i].Request.Body.Bytes()); ok {
			if v, found := oracle.Lookup(body, property); found {
				return v, true
			}
		}
	}
	return nil, false
}

func (w *world) vaultCannotBeRead(ctx context.Context, name string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	return w.judge(w.look(ctx, func() error {
		e, err := w.call(ctx, wire.Request{Method: http.MethodGet, Path: v.path()})
		if err != nil {
			return err
		}
		return oracle.ExpectRefusal(e)
	}))
}

func (w *world) vaultIsNotListed(ctx context.Context, name string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	return w.judge(w.look(ctx, func() error {
		records, err := list(ctx, w.session, vaultsPath+"?fields=uuid")
		if err != nil {
			return err
		}
		for _, r := range records {
			if r["uuid"] == v.uuid {
				return oracle.Differs("vaults of the list", "none of uuid "+v.uuid, "it")
			}
		}
		return nil
	}))
}

// svmHasNoVault looks for traces of a refused creation, through the whole
// collection: a filter may be wrong. A creation that was accepted is for other
// requirements.
func (w *world) svmHasNoVault(ctx context.Context) error {
	if !w.last.Failed() {
		return w.skipped(noRefusal)
	}
	records, err := list(ctx, w.session, vaultsPath+"?fields=svm,name,client_id,tenant_id&svm.name="+url.QueryEscape(w.svm().Name))
	if miss := new(oracle.Mismatch); errors.As(err, &miss) {
		return fmt.Errorf("listing the vaults: %v", err) // not %w: it is not what the scenario is about
	}
	if err != nil {
		return err
	}
	for _, r := range records {
		mark := w.suite.markOf(r) // what an earlier scenario left is no trace of this one
		if name, _ := oracle.Lookup(r, "svm.name"); name == w.svm().Name && (mark == "" || mark == w.token) {
			return w.judge(oracle.Differs("vaults of the SVM "+w.svm().Name, "none", r["uuid"]))
		}
	}
	return w.judge(nil)
}

func (w *world) answerHas(names string) error {
	return w.eachField(names, oracle.ExpectSet)
}

func (w *world) answerDoesNotHave(names string) error {
	return w.eachField(names, oracle.ExpectUnset)
}

func (w *world) eachField(names string, check func(map[string]any, string) error) error {
	if err := oracle.ExpectStatus(w.answer, http.StatusOK); err != nil {
		return w.judge(err)
	}
	for _, name := range split(names) {
		if w.undocumented(name) {
			continue
		}
		if err := check(w.answer.Response.Object(), name); err != nil {
			return w.judge(err)
		}
	}
	return w.judge(nil)
}

func (w *world) answerIsVault(name string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	if err := oracle.ExpectStatus(w.answer, http.StatusOK); err != nil {
		return w.judge(err)
	}
	record := w.answer.Response.Object()
	if name, shown := record["name"]; shown && v.sent["name"] != nil && !oracle.Equal(name, v.sent["name"]) {
		return w.judge(oracle.Differs("name of the vault", v.sent["name"], name)) // another object may have the uuid
	}
	return w.judge(oracle.ExpectField(record, "uuid", v.uuid))
}

// failureShowsInJob looks at a call that the lab made fail: the answer may say
// so itself, or it names a job whose GET is a success in state failure.
func (w *world) failureShowsInJob() error {
	if err := w.untellable(); err != nil {
		return err
	}
	if w.last.Job == nil && w.last.Failed() {
		return w.skipped(&oracle.Skip{Applies: true, Reason: "the target refused the call itself, so that no job had to fail"})
	}
	if w.last.Job == nil {
		return w.judge(oracle.Differs("outcome of the call", "a job that failed", fmt.Sprintf("status %d", w.answer.Response.Status)))
	}
	return w.judge(oracle.ExpectField(w.last.Job, "state", "failure"))
}

// jobStays compares the job with how it ended.
func (w *world) jobStays() error {
	if err := oracle.ExpectStatus(w.answer, http.StatusOK); err != nil {
		return w.judge(err)
	}
	for _, e := range w.endings {
		if e.Job != nil {
			return w.judge(oracle.ExpectField(w.answer.Response.Object(), "state", e.Job["state"]))
		}
	}
	return errors.New("the scenario followed no job before")
}

// codeIsShown accepts both ways in which a reading can say what is wrong: it is
// refused with the code, or the advanced property has it.
func (w *world) codeIsShown(code, property string) error {
	if w.last.Failed() {
		return w.refusedWithCode(code)
	}
	records := []any{w.answer.Response.Object()}
	if list, ok := w.answer.Response.Object()["records"].([]any); ok {
		records = list
	}
	for _, r := range records {
		record, _ := r.(map[string]any)
		shown, _ := oracle.Lookup(record, property+".code")
		all, many := shown.([]any)
		if !many {
			all = []any{shown}
		}
		for _, got := range all {
			if fmt.Sprint(got) == code {
				w.shown = append(w.shown, code)
				return w.verify(w.promises(true), nil)
			}
		}
	}
	return w.verify(w.promises(true), oracle.Differs(property+".code", code, w.answer.Response.Object()[property]))
}
