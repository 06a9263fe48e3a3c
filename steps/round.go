package steps

import (
	"context"
	"slices"
	"time"

	"ontap-conformance/fixtures/oracle"
)

func indices(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// A round plays scenarios of a schedule, each once.
type round struct {
	suite    *Suite
	queue    *schedule
	turn     int              // 1 for the first time that they are played
	outcomes []oracle.Outcome // by scenario
	news     chan progress
}

// play plays all that the schedule has pending, which is due, and calls ended with
// each of these in their order.
func (r *round) play(ctx context.Context, due []int, ended func(int)) {
	over := make([]bool, len(r.outcomes))
	lacked := map[int]right{} // of scenarios that the role of the user did not allow, as it seemed
	for running, next := 0, 0; ; {
		for running < r.suite.parallel() {
			batch := r.queue.take()
			if batch == nil {
				break
			}
			running++
			go r.batch(ctx, batch, r.suite.pick(r.queue.svms[batch[0]]))
		}
		if running == 0 && !r.suite.resumes(r.queue, lacked) {
			for ; next < len(due); next++ {
				ended(due[next])
			}
			return
		}
		if running == 0 {
			continue
		}
		p := <-r.news
		if p.batch != nil {
			running--
			r.queue.giveBack(p.batch[0])
			continue
		}
		if p.lacks != nil { // what comes yet may show that the role allows it after all
			lacked[p.scenario] = *p.lacks
			continue
		}
		over[p.scenario] = true
		for ; next < len(due) && over[due[next]]; next++ {
			ended(due[next])
		}
	}
}

// progress says that a scenario has an outcome, or that a whole batch has ended.
type progress struct {
	scenario int
	lacks    *right // that the role of the user seems not to have; nil for none
	batch    []int  // nil for a scenario
}

// resumes puts scenarios back on the schedule that ended for want of a right which the user
// has turned out to have: what was refused is then an answer like any other. It reports
// whether there are any.
func (s *Suite) resumes(q *schedule, lacked map[int]right) bool {
	s.rights.settle()
	for i, r := range lacked {
		if s.rights.May(r) {
			q.pending = append(q.pending, i)
			delete(lacked, i)
		}
	}
	slices.Sort(q.pending)
	return len(q.pending) > 0
}

// batch runs scenarios that use the same SVMs, one after the other.
func (r *round) batch(ctx context.Context, batch []int, svms []SVM) {
	var worlds []*world
	index := map[*world]int{}
	s := r.suite
	for _, i := range batch {
		sc := r.queue.scenarios[i].nth(r.turn)
		r.outcomes[i] = sc.outcome()
		if err := s.skip(ctx, sc, svms); err != nil {
			r.outcomes[i].Conclude(err)
			r.news <- progress{scenario: i}
			continue
		}
		w := newWorld(s, sc, svms)
		worlds = append(worlds, w)
		index[w] = i
	}
	start := time.Now()
	if len(worlds) > 0 {
		play(ctx, worlds, func(w *world, err error) {
			s.listen(err)
			s.hear(w.session)
			retry := w.mayRetry(err)
			w.cleanUp(ctx)
			o := &r.outcomes[index[w]]
			w.conclude(o, s.because(ctx, err))
			o.Retry = (retry || o.Retry) && o.Status == oracle.Errored
			o.Elapsed, start = time.Since(start), time.Now()
			r.news <- progress{scenario: index[w], lacks: w.lack}
		})
	}
	r.news <- progress{batch: batch}
}
