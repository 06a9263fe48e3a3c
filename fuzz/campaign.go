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

// check plays one case of a trial, again when it came to nothing because an answer was
// lost, and settles it. What fails is asked again before the target is blamed, and made as
// small as it gets; what does not fail again is flaky.
func (c *Campaign) check(ctx context.Context, t *Trial, on lane, check int) oracle.Outcome {
	seed := seedOf(c.Suite.Seed, t.Name, check)
	drawn := draw(t.cases(check), seed)
	one := c.heard(ctx, t, on, check, drawn)
	if len(one.Found) == 0 || c.Suite.Once && one.Status != oracle.Failed {
		return one
	}
	small := t.shrink(ctx, c.Suite, on, check, seed, one.Found[0].Requirement)
	switch {
	case c.Suite.Once && small.one == nil:
		return one
	case c.Suite.Once:
		return *small.outcome
	}
	asked := max(1, one.Asked) + small.asked
	all := []oracle.Outcome{one, *small.again}
	if small.one != nil && small.outcome != small.again {
		all = append(all, *small.outcome)
	}
	sum := oracle.Together(asked, all...)
	if small.one != nil && slices.ContainsFunc(sum.Found, func(f oracle.Finding) bool { return f.Flaky }) { // the small case may show more, and always
		again, _ := t.play(ctx, c.Suite, on, check, *small.one)
		sum = oracle.Together(asked, append(all, *again)...)
	}
	return sum
}

// lostTries is how often a case is played at most whose answers are lost.
const lostTries = 4

// heard plays a case, and again with other marks as long as answers are lost and the target
// is there.
func (c *Campaign) heard(ctx context.Context, t *Trial, on lane, check int, one Case) oracle.Outcome {
	var all []oracle.Outcome
	for n := 1; ; n++ {
		o, _ := t.playNth(ctx, c.Suite, on, check, n, one)
		all = append(all, *o)
		if !o.Retry || len(o.Found) > 0 || n == lostTries || c.Suite.Once || c.Suite.Silent() || ctx.Err() != nil {
			return oracle.Together(n, all...)
		}
	}
}

// A shrunk is the smallest case that shows a requirement broken.
type shrunk struct {
	one     *Case           // nil when the case as it was drawn did not fail a second time
	outcome *oracle.Outcome // of one
	player  *player         // of one
	again   *oracle.Outcome // how the case as it was drawn ended when it was played the last time
	asked   int             // times that it was played for that
}

// shrink looks for the smallest case that shows a requirement broken, beginning
// with that of a seed.
func (t *Trial) shrink(ctx context.Context, s *steps.Suite, on lane, check int, seed uint64, pinned contract.ID) shrunk {
	drawn := draw(t.cases(check), seed)
	var best shrunk
	best.again, best.player, best.asked = t.insist(ctx, s, on, check, drawn, pinned)
	if !slices.Contains(best.again.Broke(), pinned) {
		return best
	}
	best.outcome = best.again
	fails := func(small Case) bool {
		for range max(1, t.Property.repeats) {
			again, by := t.play(ctx, s, on, check, small)
			if slices.Contains(again.Broke(), pinned) {
				best.outcome, best.player = again, by
				return true
			}
		}
		return false
	}
	needless := t.needless(drawn, fails)
	without := func(c Case) Case { return c.Without(needless) }
	small := without(drawn)
	if smaller, ok := smallest(ctx, t.Name, rapid.Map(t.cases(check), without), seed, fails); ok {
		small = smaller
	}
	small = t.trim(small, fails)
	best.one = &small
	return best
}

// insist plays a case as it was found until it fails again: unless it does, there is nothing
// to make small. Where chance has a part in it, it is played more often than a smaller case,
// and a playing that lost an answer does not count.
func (t *Trial) insist(ctx context.Context, s *steps.Suite, on lane, check int, drawn Case, pinned contract.ID) (o *oracle.Outcome, by *player, asked int) {
	tries := max(1, t.Property.repeats*insistence)
	for asked < tries {
		o, by = t.play(ctx, s, on, check, drawn)
		asked++
		if slices.Contains(o.Broke(), pinned) || ctx.Err() != nil {
			break
		}
		if o.Retry && tries < t.Property.repeats*insistence+lostTries {
			tries++
		}
	}
	return o, by, asked
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
	return t.playNth(ctx, s, on, check, 1, one)
}

// playNth is play with marks of its own for each n but 1: what the playings before have lost
// may come yet.
func (t *Trial) playNth(ctx context.Context, s *steps.Suite, on lane, check, n int, one Case) (*oracle.Outcome, *player) {
	name := fmt.Sprintf("%s #%d", t.Name, check%ring)
	if n > 1 {
		name = fmt.Sprintf("%s, playing %d", name, n)
	}
	h := s.Take(name, on, t.Requirements)
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
