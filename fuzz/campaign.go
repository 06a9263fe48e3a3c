package fuzz

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/steps"
)

// A Campaign plays trials against the target of a suite. Its fields must not
// change while it runs.
type Campaign struct {
	Suite   *steps.Suite
	Trials  []*Trial
	Checks  int // cases of each trial; some trials have more at least
	Workers int // lanes at a time; zero means all of them
}

// Outcomes plays a fixed number of cases of each trial, and returns an outcome
// for each trial, in their order. What fails is made as small as it gets. done,
// if not nil, is called with each outcome in that order, one at a time. The same
// seed of the suite sends the same requests, with any number of workers.
func (c *Campaign) Outcomes(ctx context.Context, done func(*oracle.Outcome)) []oracle.Outcome {
	outcomes := make([]oracle.Outcome, len(c.Trials))
	ready := c.Suite.Ready(ctx)
	lanes := lanesOf(c.Suite)
	news := make(chan int, len(c.Trials))
	go sideBySide(len(lanes), c.Workers, func(lane int) {
		for i := lane; i < len(c.Trials); i += len(lanes) {
			outcomes[i] = c.trial(ctx, c.Trials[i], lanes[lane], ready)
			news <- i
		}
	})
	ended := make([]bool, len(c.Trials))
	for next := 0; next < len(ended); {
		ended[<-news] = true
		for ; next < len(ended) && ended[next]; next++ {
			if done != nil {
				done(&outcomes[next])
			}
		}
	}
	return outcomes
}

// A lane is the SVMs that one case at a time has to itself.
type lane []steps.SVM

// laneWidth is how many SVMs a case may need: enough for lists to be worth
// filtering, and few enough for several lanes.
const laneWidth = 3

// lanesOf parts the SVMs of a suite into lanes. Those that are left over are in
// the last one; a suite without any has one lane without any.
func lanesOf(s *steps.Suite) []lane {
	var all []lane
	for n := len(s.SVMs) / laneWidth; len(all) < n; {
		all = append(all, s.SVMs[len(all)*laneWidth:][:laneWidth])
	}
	if len(all) == 0 {
		all = append(all, s.SVMs)
	}
	return all
}

// sideBySide calls work for 0 to n-1, workers at a time; zero means all of them.
func sideBySide(n, workers int, work func(int)) {
	if workers <= 0 || workers > n {
		workers = n
	}
	var all sync.WaitGroup
	turns := make(chan int, n)
	for i := range n {
		turns <- i
	}
	close(turns)
	for range workers {
		all.Go(func() {
			for i := range turns {
				work(i)
			}
		})
	}
	all.Wait()
}

// trial plays the cases of one trial and sums them up.
func (c *Campaign) trial(ctx context.Context, t *Trial, on lane, ready error) oracle.Outcome {
	sum := oracle.Outcome{Name: t.Name, Kind: "property", Requirements: t.Requirements,
		Verdicts: map[contract.ID]int{}, Operations: map[oracle.Answered]int{}, Codes: map[oracle.Provoked]bool{}}
	start := time.Now()
	if ready == nil {
		ready = t.skip(c.Suite)
	}
	if ready != nil {
		sum.Conclude(ready)
		return sum
	}
	var last, lost error
	for check := 0; check < max(c.Checks, t.Property.least) && ctx.Err() == nil; check++ {
		seed := seedOf(c.Suite.Seed, t.Name, check)
		one := t.playHeard(ctx, c.Suite, on, check, draw(t.cases(check), seed))
		add(&sum, one)
		switch {
		case wire.IsLost(one.Reason):
			lost = one.Reason
		case one.Status == oracle.Errored || one.Status == oracle.Skipped:
			last = one.Reason
		}
		if one.Status == oracle.Failed {
			if small, again, _ := t.shrink(ctx, c.Suite, on, check, seed, one.Found[0].Requirement); small != nil {
				one = again
			}
		}
		if one.Status >= oracle.Failed {
			sum.Found, sum.Evidence = append(sum.Found, one.Found...), one.Evidence
			sum.Secrets = append(one.Secrets, sum.Secrets...)
			break
		}
	}
	if len(sum.Verdicts) == 0 { // else the other cases tell enough
		last = cmp.Or(last, lost)
	}
	sum.Conclude(ended(ctx, &sum, last))
	sum.Elapsed = time.Since(start)
	return sum
}

// lostTries is how often a case is played at most whose answers are lost.
const lostTries = 4

// playHeard plays a case, and again as a whole when the answer to a write was lost: nobody can
// tell how it would have ended.
func (t *Trial) playHeard(ctx context.Context, s *steps.Suite, on lane, check int, one Case) *oracle.Outcome {
	for tries := 1; ; tries++ {
		o, _ := t.play(ctx, s, on, check, one)
		if tries == lostTries || o.Status != oracle.Errored || !wire.IsLost(o.Reason) {
			return o
		}
	}
}

// ended is the error that a trial ends with, besides what it found.
func ended(ctx context.Context, sum *oracle.Outcome, last error) error {
	var skip *oracle.Skip
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("the run was interrupted: %w", context.Cause(ctx))
	case last != nil && (!errors.As(last, &skip) || len(sum.Verdicts) == 0):
		return last
	case len(sum.Verdicts) == 0:
		return errors.New("nothing was looked at")
	}
	return nil
}

// skip says why a trial is not played; nil means that it is.
func (t *Trial) skip(s *steps.Suite) error {
	switch why := s.Lacks(t.Sort); {
	case why != nil:
		return why
	case s.Mode == steps.ReadOnly && t.Property.Writes:
		return &oracle.Skip{Applies: true, Reason: "it writes, and the mode is read-only"}
	case len(s.SVMs) == 0:
		return &oracle.Skip{Applies: true, Reason: "it needs a data SVM without a key manager, and the run has none"}
	}
	return nil
}

// shrink looks for the smallest case that shows a requirement broken, beginning
// with that of a seed, and returns it with its outcome and its player; nil when it does
// not fail a second time.
func (t *Trial) shrink(ctx context.Context, s *steps.Suite, on lane, check int, seed uint64, pinned contract.ID) (*Case, *oracle.Outcome, *player) {
	var best *oracle.Outcome
	var player *player
	fails := func(small Case) bool {
		tries := t.Property.repeats
		if best == nil { // still the case as it was found: unless that fails again there is nothing to make small
			tries *= insistence
		}
		for range max(1, tries) {
			again, by := t.play(ctx, s, on, check, small)
			if slices.Contains(again.Broke(), pinned) {
				best, player = again, by
				return true
			}
		}
		return false
	}
	drawn := draw(t.cases(check), seed)
	if !fails(drawn) {
		return nil, nil, nil
	}
	needless := t.needless(drawn, fails)
	without := func(c Case) Case { return c.without(needless) }
	small := without(drawn)
	if smaller, ok := smallest(ctx, t.Name, rapid.Map(t.cases(check), without), seed, fails); ok {
		small = smaller
	}
	small = t.trim(small, fails)
	return &small, best, player
}

// insistence is how many times as often as a smaller case the one that was found is
// played until it fails again, where chance has a part in it.
const insistence = 4

// ring is how many checks go by until a mark is used again on an SVM: few enough
// for the ledger to stay small, and enough to tell what the check before left.
const ring = 64

// play plays a case on a lane. It is told apart from its neighbours by the
// number of its check alone.
func (t *Trial) play(ctx context.Context, s *steps.Suite, on lane, check int, one Case) (*oracle.Outcome, *player) {
	h := s.Take(fmt.Sprintf("%s #%d", t.Name, check%ring), on, t.Requirements)
	p := &player{model: t.model, hand: h, calls: one.Calls}
	err := t.Property.play(ctx, p)
	switch {
	case errors.Is(err, errGone):
		err = nil
	case oracle.IsMismatch(err): // of what the case stands on: no promise of the property was looked at
		err = fmt.Errorf("what the case needs is not as it must be: %v", err)
	}
	o := h.Conclude(ctx, err)
	o.Name = t.Name
	return o, p
}

// add adds what one case showed to the sum of its trial.
func add(sum, one *oracle.Outcome) {
	for id, n := range one.Verdicts {
		sum.Verdicts[id] += n
	}
	for a, n := range one.Operations {
		sum.Operations[a] += n
	}
	for p := range one.Codes {
		sum.Codes[p] = true
	}
	sum.Requests += one.Requests
	for _, secret := range one.Secrets {
		if len(sum.Secrets) < maxSecrets && !slices.Contains(sum.Secrets, secret) {
			sum.Secrets = append(sum.Secrets, secret)
		}
	}
}

// maxSecrets bounds what a sum remembers of secrets. Those of a finding are added
// with it.
const maxSecrets = 64
