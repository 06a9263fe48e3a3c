package engine

import (
	"context"
	"fmt"
	"sync"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/property"
)

// A lane is the SVMs that one case at a time has to itself.
type lane []testbed.SVM

// laneWidth is how many SVMs a case may need: enough for lists to be worth
// filtering, and few enough for several lanes.
const laneWidth = 3

// lanesOf parts the SVMs of a suite into lanes. Those that are left over are in
// the last one; a suite without any has one lane without any.
func lanesOf(s *testbed.Testbed) []lane {
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

// ring is how many checks go by until a mark is used again on an SVM: few enough
// for the ledger to stay small, and enough to tell what the check before left.
const ring = 64

// play plays a case on a lane. It is told apart from its neighbours by the
// number of its check alone.
func play(ctx context.Context, t *property.Trial, s *testbed.Testbed, on lane, check int, one plan.Case) (*oracle.Outcome, property.Played) {
	return playNth(ctx, t, s, on, check, 1, one)
}

// playNth is play with marks of its own for each n but 1: what the playings before have lost
// may come yet.
func playNth(ctx context.Context, t *property.Trial, s *testbed.Testbed, on lane, check, n int, one plan.Case) (*oracle.Outcome, property.Played) {
	name := fmt.Sprintf("%s #%d", t.Name, check%ring)
	if n > 1 {
		name = fmt.Sprintf("%s, playing %d", name, n)
	}
	h := s.Open(testbed.Lease{Name: name, SVMs: on, Requirements: t.Requirements})
	by, err := t.Play(ctx, h, one)
	o := h.Conclude(ctx, err)
	o.Name, o.Kind = t.Name, "property"
	return o, by
}
