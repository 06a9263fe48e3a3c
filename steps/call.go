package steps

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// call sends a request and follows the job that the answer names to its end.
func (w *world) call(ctx context.Context, r wire.Request) (oracle.Ending, error) {
	if over := w.suite.Over(); over != nil {
		return oracle.Ending{}, over
	}
	if w.suite.silence.Load() >= maxSilence {
		return oracle.Ending{}, errSilent
	}
	if w.suite.deafness.Load() >= maxDeafness && !r.Reads() {
		return oracle.Ending{}, errDeaf // a batch was begun before
	}
	deadline := time.Now().Add(w.suite.jobTimeout())
	for n := 0; ; n++ {
		x, err := w.session.Do(ctx, r)
		if err != nil {
			return oracle.Ending{}, err
		}
		e, err := w.ending(ctx, x)
		if err != nil || e.Job == nil || !w.again(e) {
			return e, err
		}
		if time.Now().After(deadline) || pause(ctx, n) != nil {
			return oracle.Ending{}, fmt.Errorf("the job of %s %s fails with %s, which says to try again later, for %s", r.Method, r.Path, e.Code(), w.suite.jobTimeout())
		}
	}
}

// again reports whether a call was refused for the moment only. Codes of an operation's own
// are what a scenario with a lab waits for.
func (w *world) again(e oracle.Ending) bool {
	if len(w.scenario.Conditions) > 0 {
		return e.Failed() && w.contract().Again(nil, e.Code())
	}
	return w.suite.Judge.Again(e)
}

// ending is how what was answered came out, once the job that the answer names has ended.
func (w *world) ending(ctx context.Context, x *wire.Exchange) (e oracle.Ending, err error) {
	e.Exchange = x
	uuid := oracle.JobOf(x.Response)
	switch {
	case uuid != "" && x.Response.OK():
		e.Job, err = w.follow(ctx, uuid)
	case x.Response.Status == http.StatusAccepted:
		w.untold = true
	}
	w.endings = append(w.endings, e)
	return e, err
}

// follow polls a job until it has ended. A job in a state that no document
// knows will not be understood later either; one that does not end in time is
// something that we could not find out.
func (w *world) follow(ctx context.Context, uuid string) (map[string]any, error) {
	ctx, cancel := w.session.Target().Within(ctx, w.suite.jobTimeout())
	defer cancel()
	state, start := "none", time.Now()
	for n := 0; ; n++ {
		if n == 1 { // it was not done at once
			defer func() { w.suite.guarded.Health.Waited("jobs", time.Since(start)) }()
		}
		x, err := w.session.Do(ctx, wire.Request{Method: http.MethodGet, Path: jobPath(uuid)})
		if err != nil {
			if ctx.Err() != nil {
				return nil, fmt.Errorf("job %s is still %s after %s", uuid, state, w.suite.jobTimeout())
			}
			return nil, err
		}
		job := x.Response.Object()
		s, _ := job["state"].(string)
		switch s {
		case "success", "failure":
			w.jobs[uuid] = true
			return job, w.verifyEnd(nil)
		case "error": // the prose of some releases, and no state of any model
			w.verifyEnd(unfollowed(x, s))
			return job, nil
		case "queued", "running", "paused":
			state = s
		default:
			if err := w.verifyEnd(unfollowed(x, s)); err != nil {
				return nil, fmt.Errorf("following job %s: %v", uuid, err) // not %w: the When found nothing out
			}
		}
		if err := pause(ctx, n); err != nil {
			return nil, fmt.Errorf("job %s is still %s after %s", uuid, state, w.suite.jobTimeout())
		}
	}
}

// unfollowed says why a job cannot be followed any further.
func unfollowed(x *wire.Exchange, state string) error {
	if !x.Response.OK() {
		return fmt.Errorf("its GET answered %d", x.Response.Status)
	}
	return oracle.Differs("state in which a job ended", "success or failure", state)
}

// verifyEnd notes that a job was followed to its end, for the requirement that
// every scenario with a job verifies.
func (w *world) verifyEnd(err error) error {
	return w.verifyBy(nil, []contract.ID{"JOB-STATE-04"}, err)
}

// pause waits before the next look at something that takes its time: not at
// all at first, then longer and longer, up to a second.
func pause(ctx context.Context, looks int) error {
	if looks < 4 {
		return ctx.Err()
	}
	return sleep(ctx, min(time.Second, 20*time.Millisecond<<min(looks-4, 6)))
}

// look repeats a reading until it shows what was expected, if the call that it
// follows was answered with a 202 that named no job: then only the object
// itself can tell that the work is done. Otherwise it looks once.
func (w *world) look(ctx context.Context, reading func() error) error {
	if !w.untold {
		return reading()
	}
	ctx, cancel := w.session.Target().Within(ctx, w.suite.jobTimeout())
	defer cancel()
	for n := 0; ; n++ {
		err := reading()
		if !oracle.IsMismatch(err) {
			return err
		}
		if pause(ctx, n) != nil {
			return err
		}
	}
}
