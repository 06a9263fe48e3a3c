package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/property"
)

// A FixedRun plays a fixed number of cases of each trial. Its fields must not
// change while it runs.
type FixedRun struct {
	Bed     *testbed.Testbed
	Trials  []*property.Trial
	Checks  int // cases of each trial; some trials have more at least
	Workers int // lanes at a time; zero means all of them
}

// Outcomes plays a fixed number of cases of each trial, and returns an outcome
// for each trial, in their order. What fails is made as small as it gets. done,
// if not nil, is called with each outcome in that order, one at a time. The same
// seed of the suite sends the same requests, with any number of workers.
func (c *FixedRun) Outcomes(ctx context.Context, done func(*oracle.Outcome)) []oracle.Outcome {
	outcomes := make([]oracle.Outcome, len(c.Trials))
	ready := c.Bed.Ready(ctx)
	lanes := lanesOf(c.Bed)
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

// trial plays the cases of one trial and sums them up.
func (c *FixedRun) trial(ctx context.Context, t *property.Trial, on lane, ready error) oracle.Outcome {
	sum := oracle.Outcome{Name: t.Name, Kind: "property", Requirements: t.Requirements,
		Verdicts: map[contract.ID]int{}, Coverage: oracle.Coverage{Operations: map[oracle.Answered]int{}, Codes: map[oracle.Provoked]bool{}}}
	start := time.Now()
	if ready == nil {
		ready = skip(t, c.Bed)
	}
	if ready != nil {
		sum.Conclude(ready)
		return sum
	}
	var last, lost error
	for check := 0; check < max(c.Checks, t.Property.Least) && ctx.Err() == nil; check++ {
		one := c.check(ctx, t, on, check)
		add(&sum, &one)
		switch {
		case wire.IsLost(one.Reason):
			lost = one.Reason
		case one.Status == oracle.Errored || one.Status == oracle.Skipped:
			last = one.Reason
		}
		sum.Asked, sum.Playings = max(sum.Asked, one.Asked), nil
		if one.Status >= oracle.Flaky {
			sum.Found, sum.Evidence, sum.Asked, sum.Playings = append(sum.Found, one.Found...), one.Evidence, one.Asked, one.Playings
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
func skip(t *property.Trial, s *testbed.Testbed) error {
	switch why := s.Lacks(t.Kind.Resource); {
	case why != nil:
		return why
	case s.Mode == testbed.ReadOnly && t.Property.Writes:
		return &oracle.Skip{Applies: true, Reason: "it writes, and the mode is read-only"}
	case len(s.SVMs) == 0:
		return &oracle.Skip{Applies: true, Reason: "it needs a data SVM without a key manager, and the run has none"}
	}
	return nil
}

// check plays one case of a trial, again when it came to nothing because an answer was
// lost, and settles it. What fails is asked again before the target is blamed, and made as
// small as it gets; what does not fail again is flaky.
func (c *FixedRun) check(ctx context.Context, t *property.Trial, on lane, check int) oracle.Outcome {
	seed := seedOf(c.Bed.Seed, t.Name, check)
	drawn := draw(t.Cases(check), seed)
	one := c.heard(ctx, t, on, check, drawn)
	if len(one.Found) == 0 || c.Bed.Once && one.Status != oracle.Failed {
		return one
	}
	small := shrink(ctx, t, c.Bed, on, check, seed, one.Found[0].Requirement)
	switch {
	case c.Bed.Once && small.one == nil:
		return one
	case c.Bed.Once:
		return *small.outcome
	}
	asked := max(1, one.Asked) + small.asked
	all := []oracle.Outcome{one, *small.again}
	if small.one != nil && small.outcome != small.again {
		all = append(all, *small.outcome)
	}
	sum := oracle.Together(asked, all...)
	if small.one != nil && slices.ContainsFunc(sum.Found, func(f oracle.Breach) bool { return f.Flaky }) { // the small case may show more, and always
		again, _ := play(ctx, t, c.Bed, on, check, *small.one)
		sum = oracle.Together(asked, append(all, *again)...)
	}
	return sum
}

// lostTries is how often a case is played at most whose answers are lost.
const lostTries = 4

// heard plays a case, and again with other marks as long as answers are lost and the target
// is there.
func (c *FixedRun) heard(ctx context.Context, t *property.Trial, on lane, check int, one plan.Case) oracle.Outcome {
	var all []oracle.Outcome
	for n := 1; ; n++ {
		o, _ := playNth(ctx, t, c.Bed, on, check, n, one)
		all = append(all, *o)
		if !o.Retry || len(o.Found) > 0 || n == lostTries || c.Bed.Once || c.Bed.Silent() || ctx.Err() != nil {
			return oracle.Together(n, all...)
		}
	}
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
