package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file are Thens: what they find is attributed to the
// promises of the scenario.

func (w *world) succeeds() error {
	err := w.succeeded()
	if miss := new(oracle.Mismatch); err != nil && !errors.As(err, &miss) {
		return err
	}
	return w.judge(err)
}

// succeeded wants the act to have succeeded, unless the target's state did not
// let it.
func (w *world) succeeded() error {
	if err := w.prevented(w.last); err != nil {
		return err
	}
	return oracle.ExpectSuccess(w.last)
}

func (w *world) refused() error { return w.judge(oracle.ExpectRefusal(w.last)) }

func (w *world) refusedByClientError() error { return w.judge(oracle.ExpectClientError(w.last)) }

func (w *world) refusedWithStatus(statuses string) error {
	var want []int
	for _, s := range split(statuses) {
		n, err := strconv.Atoi(s)
		if err != nil {
			return fmt.Errorf("%q is no HTTP status", s)
		}
		want = append(want, n)
	}
	return w.judge(oracle.ExpectRefusal(w.last, want...))
}

func (w *world) answeredWith(status int) error {
	return w.judge(oracle.ExpectStatus(w.answer, status))
}

// refusedWithCode holds a refusal against the row of the operation's table of
// error codes. That it was refused at all is for the other promises of the
// scenario; that it was for the documented reason is the row's own.
func (w *world) refusedWithCode(code string) error {
	if err := w.untellable(); err != nil {
		return err
	}
	if plain := w.promises(false); len(plain) > 0 {
		if err := w.verify(plain, oracle.ExpectRefusal(w.last)); err != nil {
			w.verify(w.promises(true), err)
			return err
		}
	}
	for _, id := range w.scenario.Requirements {
		q := w.suite.Judge.Contract().Requirement(id)
		if q.Row != nil && q.Row.Code == code && q.Covers(w.suite.Judge.Release()) {
			return w.verify([]contract.ID{id}, oracle.ExpectCode(w.last, q.Row.Codes()...))
		}
	}
	return nil // the release does not document the row
}

// untellable skips a scenario that waits for what the lab arranged to make a
// call fail, when the target has accepted the call and named no job: it may
// have failed later, and nothing says so.
func (w *world) untellable() error {
	if !w.untold || w.last.Failed() || len(w.scenario.Conditions) == 0 {
		return nil
	}
	return w.skipped(&oracle.Skip{Applies: true, Reason: "the target accepted the call and named no job, so that nothing tells how it ended"})
}

func (w *world) refusalHasCode(codes string) error {
	return w.judge(oracle.ExpectCode(w.last, split(codes)...))
}

// succeedsOrRefused accepts a call that has nothing to do on this target.
func (w *world) succeedsOrRefused(code string) error {
	if w.last.Failed() && slices.Contains(split(code), w.last.Code()) {
		return w.judge(nil)
	}
	return w.succeeds()
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// afterReading judges what a reading of a vault shows.
func (w *world) afterReading(ctx context.Context, name string, check func(record map[string]any) error) error {
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
			if err := oracle.ExpectField(record, property, want); err != nil {
				return err
			}
		}
		return nil
	})
}

// undocumented reports whether a property is not in the release at all.
func (w *world) undocumented(property string) bool {
	return w.suite.Judge.Contract().Resource(akv).Field(property, w.suite.Judge.Release()) == nil
}

// vaultShowsSent wants properties to read as they were sent.
func (w *world) vaultShowsSent(ctx context.Context, name string, table *godog.Table) error {
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
		return w.skipped(&oracle.Skip{Applies: true, Reason: "the target did not refuse what should have left no trace"})
	}
	return w.vaultIsAsItWas(ctx, name)
}

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

// svmHasNoVault looks through the whole collection: a filter may be wrong.
func (w *world) svmHasNoVault(ctx context.Context) error {
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

// answerHasFieldsOfReading compares which fields a list with fields=* and a
// reading of the record itself return.
func (w *world) answerHasFieldsOfReading(ctx context.Context, name string) error {
	return w.afterReading(ctx, name, func(record map[string]any) error {
		if len(w.listed) != 1 {
			return oracle.Differs("records of the list", 1, len(w.listed))
		}
		one, all := strings.Join(topLevel(record), ", "), strings.Join(topLevel(w.listed[0]), ", ")
		if one != all {
			return oracle.Differs("fields of the record with fields=*", one, all)
		}
		return nil
	})
}

// topLevel lists the members of a record that say something, links left out.
func topLevel(record map[string]any) []string {
	var names []string
	for name, v := range record {
		if name != "_links" && v != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (w *world) answerAllows(methods string) error {
	return w.judge(oracle.ExpectAllow(w.answer, split(methods)...))
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
