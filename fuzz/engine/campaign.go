package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/fuzz/strategy"
)

// A Campaign plays trials for as long as it may, and most of those that show
// something new. Its fields must not change while it runs.
//
// It goes on in rounds. In a round every lane plays a case of every trial, and then,
// pass by pass, more of those that try something new, or showed something new in the pass
// before. After each pass what all lanes saw is put together, and what was found is made small. Since
// lanes wait for each other there, and nowhere else, the same seed sends the same
// requests with any number of workers, as far as the hunt gets.
type Campaign struct {
	Bed     *testbed.Testbed
	Trials  []*property.Trial // which no other hunt has at the same time
	Workers int               // lanes at a time; zero means all of them
	Checks  int               // rounds at most; zero means any number
	For     time.Duration     // zero means any time
	Plateau int               // cases without anything new after which it ends; zero means any number

	Found func(*Counterexample) // called with each finding once it is as small as it gets, and again when a flaky one fails twice later; nil for nobody
	Told  func(Tally)           // called after each pass; nil for nobody
	// Seen is called after each case with what it showed and the number of requests until
	// then, one at a time; nil for nobody.
	Seen func(o *oracle.Outcome, requests int)

	schedule schedule
	coverage *coverage
	buckets  map[Bucket]*Counterexample
	mu       sync.Mutex // guards what follows
	tally    Tally
	unknown  map[string]error // of each trial whose cases have all come to nothing, why one did; nil once one has not
}

// A Tally is how far a hunt is.
type Tally struct {
	Requests, Cases, Calls int // with what cleaned up, and without what made findings small
	Rounds                 int
	Points                 int // of the coverage: operation, status, code and kind of fault
	Findings               int
	Since                  int // cases since there was anything new
	Unanswered             int // cases that ended without an answer
}

// An End is why a hunt ended.
type End string

// The ends.
const (
	TimeIsUp    End = "the time is up"
	ChecksDone  End = "every trial was checked as often as was asked for"
	NothingNew  End = "nothing new was seen for a while"
	Interrupted End = "it was interrupted"
	NoAnswers   End = "the target does not answer any more"
)

// Run hunts until it ends, and says why it did. The error is non-nil only if it
// could not begin.
func (h *Campaign) Run(ctx context.Context) (End, error) {
	if err := h.Bed.Ready(ctx); err != nil {
		return "", err
	}
	trials, err := h.playable()
	if err != nil {
		return "", err
	}
	h.schedule, h.coverage, h.buckets, h.unknown = newSchedule(trials, lanesOf(h.Bed)), newCoverage(), map[Bucket]*Counterexample{}, map[string]error{}
	deadline, stop := context.WithCancel(ctx)
	defer stop()
	if h.For > 0 {
		deadline, stop = context.WithTimeout(ctx, h.For)
		defer stop()
	}
	for {
		if end := h.ends(ctx, deadline); end != "" {
			return end, nil
		}
		h.round(ctx, deadline)
	}
}

// playable are the trials that the target allows, and says which resource they begin with;
// that there are none is an error.
func (h *Campaign) playable() ([]*property.Trial, error) {
	var all []*property.Trial
	var of []*strategy.Model
	var why error
	for _, t := range h.Trials {
		if err := skip(t, h.Bed); err != nil {
			why = err
			continue
		}
		if all = append(all, t); !slices.Contains(of, t.Model) {
			of = append(of, t.Model)
		}
	}
	strategy.MarkForemost(of)
	if len(all) == 0 && why == nil {
		why = errors.New("there is none")
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no property can be checked: %w", why)
	}
	return all, nil
}

// ends says why the hunt does not go on; "" means that it does.
func (h *Campaign) ends(ctx, deadline context.Context) End {
	switch {
	case errors.Is(context.Cause(ctx), testbed.ErrTimeIsUp):
		return TimeIsUp
	case ctx.Err() != nil:
		return Interrupted
	case deadline.Err() != nil:
		return TimeIsUp
	case h.Bed.Over() != nil, h.schedule.cut >= maxCut, h.schedule.cut > 0 && !h.wakes(deadline):
		return NoAnswers
	case h.Checks > 0 && h.tally.Rounds >= h.Checks:
		return ChecksDone
	case h.Plateau > 0 && h.tally.Since >= h.Plateau:
		return NothingNew
	}
	return ""
}

// maxCut is how many passes in a row may come to nothing because the target does not answer,
// or answers nothing but readings, until the hunt ends.
const maxCut = 16

// wakeTries is how often a target is asked that went away, a second apart.
const wakeTries = 60

// wakes waits for the target: a second at least, for one that only answers what is read.
func (h *Campaign) wakes(ctx context.Context) bool {
	for range wakeTries {
		t := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
			t.Stop()
			return false
		case <-t.C:
		}
		if h.Bed.Wake(ctx) {
			return true
		}
	}
	return false
}

// count adds a case to the coverage and to the tally.
func (h *Campaign) count(t *property.Trial, played *drawnCase, o *oracle.Outcome, by property.Played) {
	points := h.coverage.add(t, played, by)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tally.Requests += o.Requests
	if h.Seen != nil {
		h.Seen(o, h.tally.Requests)
	}
	h.conclude(o)
	h.tally.Cases++
	h.tally.Since++
	h.tally.Calls += len(by.Seen)
	if none := new(wire.NoAnswer); errors.As(o.Reason, &none) {
		h.tally.Unanswered++
	}
	if h.tally.Points < points {
		h.tally.Points, h.tally.Since = points, 0
	}
}

// conclude notes whether anything was found out about the trial of a case: a case that
// the state of the target did not let be played shows as little as one that went wrong.
func (h *Campaign) conclude(o *oracle.Outcome) {
	why, played := h.unknown[o.Name]
	switch {
	case o.Status == oracle.Passed || o.Status == oracle.Failed:
		h.unknown[o.Name] = nil
	case !played || why != nil:
		h.unknown[o.Name] = o.Reason
	}
}

// Unknown returns the trials about which nothing was found out, each with the reason
// of its last case: an *oracle.Skip where the target does not let it be tried. It must not be
// asked for while the hunt runs.
func (h *Campaign) Unknown() map[string]error {
	all := map[string]error{}
	for name, why := range h.unknown {
		if why != nil {
			all[name] = why
		}
	}
	return all
}

// Tally is how far the hunt came. It must not be asked for while it runs.
func (h *Campaign) Tally() Tally { return h.tally }
