package steps

import (
	"context"
	"net/http"
	"net/url"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file are Whens about jobs.

const (
	jobsResource = "jobs"
	jobsPath     = "/api/cluster/jobs"
)

// forgotten is why a job that has ended cannot be looked at again.
var forgotten = &oracle.Skip{Applies: true, Reason: "the target has already forgotten the job, which has ended"}

// jobPath is the path of the job with that uuid.
func jobPath(uuid string) string { return jobsPath + "/" + url.PathEscape(uuid) }

func readsUnknownJob(ctx context.Context, w *world) error {
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: jobPath(w.uuid())})
}

func jobOf(w *world) string {
	for i := len(w.endings) - 1; i >= 0; i-- {
		if uuid := oracle.JobOf(w.endings[i].Exchange.Response); uuid != "" {
			return uuid
		}
	}
	return ""
}

// readsJobAgain reads a job that has ended. Targets keep such a job for a
// while (JOBS-9.18, overview), and no document says for how long at least.
func readsJobAgain(ctx context.Context, w *world) error {
	err := w.send(ctx, wire.Request{Method: http.MethodGet, Path: jobPath(jobOf(w))})
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
	return w.send(ctx, wire.Request{Method: http.MethodPatch, Path: jobPath(jobOf(w)) + "?action=" + steerings[what]})
}

// writesUnknownJob cancels or deletes a job that nobody has.
func writesUnknownJob(ctx context.Context, w *world, what string) error {
	r := wire.Request{Method: http.MethodDelete, Path: jobPath(w.uuid())}
	if action := steerings[what]; action != "" {
		r.Method, r.Path = http.MethodPatch, r.Path+"?action="+action
	}
	return w.send(ctx, r)
}

func listsJob(ctx context.Context, w *world) error {
	var err error
	w.listed, err = listsPages(ctx, w, jobsPath+"?uuid="+url.QueryEscape(jobOf(w)))
	return err
}

func createsJob(ctx context.Context, w *world) error {
	return w.send(ctx, wire.Request{Method: http.MethodPost, Path: jobsPath, Body: wire.JSON(map[string]any{})})
}
