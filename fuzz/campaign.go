package fuzz

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/steps"
)

// A Campaign plays trials against the target of a suite. Its fields must not
// change while it runs.
type Campaign struct {
	Suite   *steps.Suite
	Trials  []*Trial
	Checks  int  // cases of each trial
	Workers int  // lanes at a time; zero means as many as there are SVMs
	Small   bool // whether what fails is made as small as it gets
}

// Outcomes plays a fixed number of cases of each trial, and returns an outcome
// for each trial, in their order. done, if not nil, is called with each in that
// order, one at a time. The same seed of the suite sends the same requests, with
// any number of workers.
func (c *Campaign) Outcomes(ctx context.Context, done func(*oracle.Outcome)) []oracle.Outcome {
	outcomes := make([]oracle.Outcome, len(c.Trials))
	ready := c.Suite.Ready(ctx)
	var lanes sync.WaitGroup
	turns := make(chan struct{}, c.workers())
	news := make(chan int, len(c.Trials))
	for lane := range c.lanes() {
		lanes.Go(func() {
			for i := lane; i < len(c.Trials); i += c.lanes() {
				turns <- struct{}{}
				outcomes[i] = c.trial(ctx, c.Trials[i], lane, ready)
				<-turns
				news <- i
			}
		})
	}
	ended := make([]bool, len(c.Trials))
	for next := 0; next < len(ended); {
		ended[<-news] = true
		for ; next < len(ended) && ended[next]; next++ {
			if done != nil {
				done(&outcomes[next])
			}
		}
	}
	lanes.Wait()
	return outcomes
}

// lanes is how many SVMs there are to play on. Trials without any are skipped on
// a lane of their own.
func (c *Campaign) lanes() int { return max(1, len(c.Suite.SVMs)) }

func (c *Campaign) workers() int {
	if c.Workers > 0 {
		return c.Workers
	}
	return c.lanes()
}

// trial plays the cases of one trial and sums them up.
func (c *Campaign) trial(ctx context.Context, t *Trial, lane int, ready error) oracle.Outcome {
	sum := oracle.Outcome{Name: t.Name, Kind: "property", Requirements: t.Requirements,
		Verdicts: map[contract.ID]int{}, Operations: map[oracle.Answered]int{}, Codes: map[oracle.Provoked]bool{}}
	start := time.Now()
	if ready == nil {
		ready = c.skip(t)
	}
	if ready != nil {
		sum.Conclude(ready)
		return sum
	}
	svm := c.Suite.SVMs[lane]
	var last error
	for check := 0; check < c.Checks && ctx.Err() == nil; check++ {
		seed := seedOf(c.Suite.Seed, t.Name, check)
		one, _ := t.play(ctx, c.Suite, svm, check, draw(t.cases, seed))
		add(&sum, one)
		if one.Status == oracle.Errored || one.Status == oracle.Skipped {
			last = one.Reason
		}
		if one.Status >= oracle.Failed {
			if c.Small && one.Status == oracle.Failed {
				c.shrink(ctx, t, svm, check, seed, one)
			}
			sum.Found, sum.Evidence = append(sum.Found, one.Found...), one.Evidence
			sum.Secrets = append(one.Secrets, sum.Secrets...)
			break
		}
	}
	sum.Conclude(c.ended(ctx, &sum, last))
	sum.Elapsed = time.Since(start)
	return sum
}

// ended is the error that a trial ends with, besides what it found.
func (c *Campaign) ended(ctx context.Context, sum *oracle.Outcome, last error) error {
	var skip *oracle.Skip
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("the run was interrupted: %w", ctx.Err())
	case last != nil && (!errors.As(last, &skip) || len(sum.Verdicts) == 0):
		return last
	case len(sum.Verdicts) == 0:
		return errors.New("nothing was looked at")
	}
	return nil
}

// skip says why a trial is not played; nil means that it is.
func (c *Campaign) skip(t *Trial) error {
	switch why := c.Suite.Lacks(t.Sort); {
	case why != "":
		return &oracle.Skip{Reason: why}
	case c.Suite.Mode == steps.ReadOnly && t.Property.Writes:
		return &oracle.Skip{Applies: true, Reason: "it writes, and the mode is read-only"}
	case len(c.Suite.SVMs) == 0:
		return &oracle.Skip{Applies: true, Reason: "it needs a data SVM without a key manager, and the run has none"}
	}
	return nil
}

// shrink replaces the findings of a case with those of the smallest case that
// shows the same requirement broken.
func (c *Campaign) shrink(ctx context.Context, t *Trial, svm steps.SVM, check int, seed uint64, one *oracle.Outcome) {
	pinned := one.Found[0].Requirement
	var best *oracle.Outcome
	_, ok := smallest(ctx, t.Name, t.cases, seed, func(small Case) bool {
		again, _ := t.play(ctx, c.Suite, svm, check, small)
		if !slices.Contains(again.Broke(), pinned) {
			return false
		}
		best = again
		return true
	})
	if ok {
		one.Found, one.Evidence = best.Found, best.Evidence
	}
}

// ring is how many checks go by until a mark is used again on an SVM: few enough
// for the ledger to stay small, and enough to tell what the check before left.
const ring = 64

// play plays a case on an SVM. Which is told apart from its neighbours by the
// number of its check alone.
func (t *Trial) play(ctx context.Context, s *steps.Suite, svm steps.SVM, check int, one Case) (*oracle.Outcome, []Seen) {
	h := s.Take(fmt.Sprintf("%s #%d", t.Name, check%ring), svm, t.Requirements)
	p := &player{model: t.model, hand: h, calls: one.Calls}
	err := t.Property.play(ctx, p)
	if errors.Is(err, errGone) {
		err = nil
	}
	o := h.Conclude(ctx, err)
	o.Name = t.Name
	return o, p.seen
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
		if !slices.Contains(sum.Secrets, secret) && len(sum.Secrets) < maxSecrets {
			sum.Secrets = append(sum.Secrets, secret)
		}
	}
}

// maxSecrets bounds what a sum remembers of secrets. Those of a finding are added
// with it.
const maxSecrets = 64
