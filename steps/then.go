package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
)

// The steps of this file are Thens about how the When came out: a success, or
// a refusal for the reason that was to be expected.

func succeeds(w *world) error {
	err := succeeded(w)
	if err != nil && !oracle.IsMismatch(err) {
		return err
	}
	return judgeEnding(w, err)
}

// judgeEnding attributes how a request ended. What a rule looks at in the answers is
// not broken by an answer that never came: that leaves nothing to look at.
func judgeEnding(w *world, err error) error {
	plain := slices.DeleteFunc(w.promises(false), func(id contract.ID) bool {
		return oracle.NeedsAnswer(w.contract().Requirement(id).Promise)
	})
	if err == nil || len(plain) > 0 {
		return w.verify(plain, err)
	}
	return &oracle.Skip{Applies: true, Reason: "the request ended otherwise than it should, so that there was nothing to look at: " + err.Error()}
}

// succeeded wants the act to have succeeded, unless the target's state did not
// let it.
func succeeded(w *world) error {
	if err := testbed.Prevented(w.contract(), w.last); err != nil {
		return err
	}
	return oracle.ExpectSuccess(w.last)
}

func refused(w *world) error {
	if err := untellable(w); err != nil {
		return err
	}
	return w.judge(oracle.ExpectRefusal(w.last))
}

func refusedByClientError(w *world) error {
	if err := untellable(w); err != nil {
		return err
	}
	return w.judge(oracle.ExpectClientError(w.last))
}

func refusedWithStatus(w *world, statuses string) error {
	var want []int
	for _, s := range split(statuses) {
		n, err := strconv.Atoi(s)
		if err != nil {
			return fmt.Errorf("%q is no HTTP status", s)
		}
		want = append(want, n)
	}
	if err := untellable(w); err != nil {
		return err
	}
	return w.judge(oracle.ExpectRefusal(w.last, want...))
}

// refusedWithStatusOrCode also takes the status that a table has beside a code.
func refusedWithStatusOrCode(w *world, statuses, other, code string) error {
	if x := w.last.Exchange; fmt.Sprint(x.Response.Status) == other && w.last.Code() == code {
		return w.judge(nil)
	}
	return refusedWithStatus(w, statuses)
}

func answeredWith(w *world, status int) error {
	return judgeEnding(w, oracle.ExpectStatus(w.answer, status))
}

// refusedWithCode holds a refusal against the row of the operation's table of
// error codes. That it was refused at all is for the other promises of the
// scenario; that it was for the documented reason is the row's own.
func refusedWithCode(w *world, code string) error {
	if err := untellable(w); err != nil {
		return err
	}
	if plain := w.promises(false); len(plain) > 0 {
		if err := w.verify(plain, oracle.ExpectRefusal(w.last)); err != nil {
			w.verify(w.promises(true), err)
			return err
		}
	}
	for _, id := range w.scenario.Requirements {
		q := w.contract().Requirement(id)
		if q.Row != nil && q.Row.Code == code && q.Covers(w.release()) {
			return w.verify([]contract.ID{id}, oracle.ExpectCode(w.last, q.Row.Codes()...))
		}
	}
	return nil // the release does not document the row
}

// untellable skips a scenario that waits for a refusal, when the target has
// accepted the call and named no job: it may have failed later, and nothing
// says so. Nor does a call tell anything that has to be approved first.
func untellable(w *world) error {
	if w.last.Failed() && w.last.Code() == testbed.Unapproved && !slices.Contains(w.scenario.Requirements, "API-APPROVAL-01") {
		return &oracle.Skip{Applies: true, Reason: "the target wants the call to be approved by several administrators (" + testbed.Unapproved + ")"}
	}
	if !w.Calls.Untold || w.last.Job != nil || w.last.Exchange.Response.Status != http.StatusAccepted {
		return nil
	}
	return &oracle.Skip{Applies: true, Reason: "the target answered 202 and named no job, so that nobody can tell whether it refused"}
}

func refusalHasCode(w *world, codes string) error {
	if err := untellable(w); err != nil {
		return err
	}
	return w.judge(oracle.ExpectCode(w.last, split(codes)...))
}

// succeedsOrRefused accepts a call that has nothing to do on this target.
func succeedsOrRefused(w *world, code string) error {
	if w.last.Failed() && slices.Contains(split(code), w.last.Code()) {
		return w.judge(nil)
	}
	return succeeds(w)
}

// failureShowsInJob looks at a call that the lab made fail: the answer may say
// so itself, or it names a job whose GET is a success in state failure.
func failureShowsInJob(w *world) error {
	if err := untellable(w); err != nil {
		return err
	}
	if w.last.Job == nil && w.last.Failed() {
		return &oracle.Skip{Applies: true, Reason: "the target refused the call itself, so that no job had to fail"}
	}
	if w.last.Job == nil {
		return w.judge(oracle.Differs("outcome of the call", "a job that failed", fmt.Sprintf("status %d", w.answer.Response.Status)))
	}
	return w.judge(oracle.ExpectField(w.last.Job, "state", "failure"))
}

// jobReadsAsItEnded reads the job once more.
func jobReadsAsItEnded(ctx context.Context, w *world) error {
	if err := readsJobAgain(ctx, w); err != nil {
		return err
	}
	return jobStays(w)
}

// jobStays compares the job with how it ended.
func jobStays(w *world) error {
	if err := oracle.ExpectStatus(w.answer, http.StatusOK); err != nil {
		return w.judge(err)
	}
	for _, e := range w.Calls.All {
		if e.Job != nil {
			return w.judge(oracle.ExpectField(w.answer.Response.Object(), "state", e.Job["state"]))
		}
	}
	return errors.New("the scenario followed no job before")
}

// codeIsShown accepts both ways in which a reading can say what is wrong: it is
// refused with the code, or the advanced property has it.
func codeIsShown(w *world, code, property string) error {
	if w.last.Failed() {
		return refusedWithCode(w, code)
	}
	records := []map[string]any{w.answer.Response.Object()}
	if _, list := w.answer.Response.Object()["records"]; list {
		records = w.listed
	}
	for _, record := range records {
		shown, _ := oracle.Lookup(record, property+".code")
		all, many := shown.([]any)
		if !many {
			all = []any{shown}
		}
		for _, got := range all {
			if fmt.Sprint(got) == code {
				w.Calls.Show(w.answer, code)
				return w.verify(w.promises(true), nil)
			}
		}
	}
	return w.verify(w.promises(true), oracle.Differs(property+".code", code, w.answer.Response.Object()[property]))
}
