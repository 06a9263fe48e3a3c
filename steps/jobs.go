package steps

import (
	"context"
	"net/http"
	"net/url"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file are Whens about jobs.

// forgotten is why a job that has ended cannot be looked at again.
var forgotten = &oracle.Skip{Applies: true, Reason: "the target has already forgotten the job, which has ended"}

func readsUnknownJob(ctx context.Context, w *world) error {
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: w.Bed().JobPath(w.Source.UUID())})
}

// readsJobAgain reads a job that has ended. Targets keep such a job for a
// while (JOBS-9.18, overview), and no document says for how long at least.
func readsJobAgain(ctx context.Context, w *world) error {
	err := w.send(ctx, wire.Request{Method: http.MethodGet, Path: w.Bed().JobPath(w.Calls.Job())})
	if err == nil && w.answer.Response.Status == http.StatusNotFound {
		return forgotten
	}
	return err
}

// steerings are what a job can be asked to do, by the words for it.
var steerings = map[string]string{"pauses": "pause", "resumes": "resume", "cancels": "cancel"}

// steersJob asks something of a job that was seen to have ended: whosever it is,
// that does it no harm.
func steersJob(ctx context.Context, w *world, what string) error {
	return w.send(ctx, wire.Request{Method: http.MethodPatch, Path: w.Bed().JobPath(w.Calls.Job()) + "?action=" + steerings[what]})
}

// writesUnknownJob cancels or deletes a job that nobody has.
func writesUnknownJob(ctx context.Context, w *world, what string) error {
	r := wire.Request{Method: http.MethodDelete, Path: w.Bed().JobPath(w.Source.UUID())}
	if action := steerings[what]; action != "" {
		r.Method, r.Path = http.MethodPatch, r.Path+"?action="+action
	}
	return w.send(ctx, r)
}

func listsJob(ctx context.Context, w *world) error {
	var err error
	w.listed, err = listsPages(ctx, w, testbed.Collection(w.contract().Jobs())+"?uuid="+url.QueryEscape(w.Calls.Job()))
	return err
}

func createsJob(ctx context.Context, w *world) error {
	return w.send(ctx, wire.Request{Method: http.MethodPost, Path: testbed.Collection(w.contract().Jobs()), Body: wire.JSON(map[string]any{})})
}
