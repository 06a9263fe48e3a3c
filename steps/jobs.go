package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file are about jobs: they follow those of the scenario, look for them in the
// list of all, and ask something of one that has not ended.

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

// restoresAndSteers starts the restore of the keys and asks something of its job
// before that has ended. The job is then followed to its end: one that took a
// pause is let go on.
func restoresAndSteers(ctx context.Context, w *world, name, what string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	x, err := w.Wire().Do(ctx, wire.Request{Method: http.MethodPost, Path: o.Path() + actions["restores the keys"]})
	if err != nil {
		return err
	}
	uuid := oracle.JobOf(x.Response)
	if !x.Response.OK() || uuid == "" {
		return &oracle.Skip{Applies: true, Reason: "the target started no job for the restore"}
	}
	act, why, err := w.Jobs.Act(ctx, o, uuid, steerings[what])
	if err != nil {
		return err
	}
	if why != "" {
		return notSteered(ctx, w, x, uuid, why)
	}
	w.Calls.Add(oracle.CallResult{Exchange: act})
	if act.Response.OK() && what == "pauses" {
		if _, err := w.Wire().Do(ctx, wire.Request{Method: http.MethodPatch, Path: w.Bed().JobPath(uuid) + "?action=resume"}); err != nil {
			return err
		}
	}
	job, err := w.Jobs.Follow(ctx, uuid)
	w.Calls.Add(oracle.CallResult{Exchange: x, Job: job})
	return w.did(oracle.CallResult{Exchange: act}, err)
}

// notSteered leaves the job alone, but for following it to its end.
func notSteered(ctx context.Context, w *world, x *wire.Exchange, uuid, why string) error {
	job, err := w.Jobs.Follow(ctx, uuid)
	w.Calls.Add(oracle.CallResult{Exchange: x, Job: job})
	if err != nil {
		return err
	}
	return &oracle.Skip{Applies: true, Reason: why}
}

// jobTookIt wants a success, or a refusal with a code that is documented for what
// can be asked of jobs.
func jobTookIt(w *world) error { return w.judge(w.Jobs.ExpectAction(w.last.Exchange)) }

// filtersJob lists the job of the scenario by filters on what it shows, each
// together with its uuid. A row says whether the job is listed then.
func filtersJob(ctx context.Context, w *world, table *godog.Table) error {
	uuid := w.Calls.Job()
	for _, row := range table.Rows[1:] {
		field := row.Cells[0].Value
		filter, usable := jobFilter(w, field, row.Cells[1].Value)
		if !usable {
			continue
		}
		var want []string
		if row.Cells[2].Value == "yes" {
			want = []string{uuid}
		}
		path := testbed.Collection(w.contract().Jobs()) + "?uuid=" + url.QueryEscape(uuid) + "&" + url.QueryEscape(field) + "=" + url.QueryEscape(filter)
		records, err := listsPages(ctx, w, path)
		if err != nil {
			return err
		}
		w.tried = append(w.tried, tried{path, field + "=" + filter, uuidsOf(records), want})
	}
	if len(w.tried) == 0 {
		return &oracle.Skip{Applies: true, Reason: "the job shows nothing that it could be filtered by"}
	}
	return nil
}

// jobFilter puts what the job ended with in place of <value>. What has operators of
// filters in it cannot be used.
func jobFilter(w *world, field, filter string) (string, bool) {
	for _, e := range slices.Backward(w.Calls.All) {
		value, shown := oracle.Lookup(e.Job, field)
		text := fmt.Sprint(value)
		if shown && value != nil {
			return strings.ReplaceAll(filter, "<value>", text), text != "" && !strings.ContainsAny(text, `*|!<>"{}`) && !strings.Contains(text, "..")
		}
	}
	return "", false
}

// ownJobs returns the uuids of the jobs of the scenario, sorted.
func ownJobs(w *world) []string {
	var uuids []string
	for _, e := range w.Calls.All {
		if uuid := oracle.JobOf(e.Exchange.Response); uuid != "" && e.Job != nil && !slices.Contains(uuids, uuid) {
			uuids = append(uuids, uuid)
		}
	}
	slices.Sort(uuids)
	return uuids
}

func listsJobsSorted(ctx context.Context, w *world, order string) error {
	if len(ownJobs(w)) < 2 {
		return &oracle.Skip{Applies: true, Reason: "the target named one job for all calls, which has no order"}
	}
	var err error
	w.listed, err = listsPages(ctx, w, testbed.Collection(w.contract().Jobs())+"?uuid="+url.QueryEscape(strings.Join(ownJobs(w), "|"))+"&order_by="+url.QueryEscape(order))
	return err
}

func jobsAreListed(w *world, direction string) error {
	if err := oracle.ExpectStatus(w.last.Exchange, http.StatusOK); err != nil {
		return w.judge(err)
	}
	want, got := ownJobs(w), uuidsOf(w.listed)
	if len(got) < len(want) {
		return forgotten
	}
	if direction == "falling" {
		slices.Reverse(want)
	}
	return w.judge(oracle.ExpectRecords("jobs of the list", got, want, true))
}

// readsMalformedJob asks for a job by what is no uuid.
func readsMalformedJob(ctx context.Context, w *world, key string) error {
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: w.Bed().JobPath(key)})
}
