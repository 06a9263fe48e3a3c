// Package steps gives the Gherkin vocabulary its meaning, and runs scenarios on a testbed.
//
// plan.go reads features into scenarios, schedule.go says which of them run side by side, and
// run.go runs them. vocabulary.go has every phrase, with the function that a step of it calls;
// these functions say what to send or what to expect, and know of a target only its session.
// How a requirement is verified on the wire is the oracle's business, and every exchange of every
// scenario is judged by every rule once its steps are done.
//
// The room is for whoever writes features and misses a phrase. Why scenarios go through godog in
// small batches of our own making: its own concurrency does not stop when it is told to, cannot
// lease anything to a scenario, and cannot address the row of an outline.
package steps

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
)

// A Suite runs scenarios on a testbed. Its fields must not change while it runs.
type Suite struct {
	*testbed.Testbed
	Level contract.Level // the least binding level that is tested; empty means should
}

// Run runs the scenarios, side by side as far as their SVMs allow, and returns
// an outcome for each, in their order. What failed, or whose answer was lost, is
// asked again when all have been played: see plays. done, if not nil, is called
// with each outcome once it is settled, one at a time: in their order, those that
// were asked again after the others. When ctx ends, scenarios that have not
// begun are errored at once, since nothing was found out, and those that have are
// cleaned up.
func (s *Suite) Run(ctx context.Context, scenarios []*Scenario, done func(*oracle.Outcome)) []oracle.Outcome {
	outcomes := make([]oracle.Outcome, len(scenarios))
	if err := s.Prepare(ctx); err != nil {
		for i, sc := range scenarios {
			outcomes[i] = sc.outcome()
			outcomes[i].Conclude(err)
			report(done, &outcomes[i])
		}
		return outcomes
	}
	q := newSchedule(scenarios, len(s.SVMs))
	all := newPlays(s, len(scenarios))
	for turn, due := 1, indices(len(scenarios)); len(due) > 0; turn++ {
		var again []int
		r := &round{suite: s, queue: q, turn: turn, outcomes: make([]oracle.Outcome, len(scenarios)), news: make(chan progress)}
		r.play(ctx, due, func(i int) {
			if all.add(i, turn, r.outcomes[i]); all.again(ctx, i, turn) {
				again = append(again, i)
				return
			}
			outcomes[i] = all.settled(i)
			report(done, &outcomes[i])
		})
		due = again
		q.again(due, func(svm int) bool { return s.Clean(s.SVMs[svm]) })
	}
	return outcomes
}

func report(done func(*oracle.Outcome), o *oracle.Outcome) {
	if done != nil {
		done(o)
	}
}

// pick returns the SVMs of a lease; the one index beyond them is the cluster.
func (s *Suite) pick(indices []int) []testbed.SVM {
	var svms []testbed.SVM
	for _, i := range indices {
		if i < len(s.SVMs) {
			svms = append(svms, s.SVMs[i])
		}
	}
	return svms
}

// skip says why a scenario is not run; nil means that it is.
func (s *Suite) skip(ctx context.Context, sc *Scenario, svms []testbed.SVM) error {
	if err := s.Stopped(ctx, sc.Writes); err != nil {
		return err
	}
	switch covered, due := s.isDue(sc); {
	case !covered:
		return &oracle.Skip{Reason: "nothing that it verifies is promised by ONTAP " + s.Release().String()}
	case s.lacks(sc) != nil:
		return s.lacks(sc)
	case !due:
		return &oracle.Skip{Reason: "the run tests down to level " + string(s.level()) + " only"}
	}
	return s.unarranged(sc, svms)
}

// isDue reports whether the release has any requirement of a scenario, and whether any is binding
// enough to be tested.
func (s *Suite) isDue(sc *Scenario) (covered, due bool) {
	for _, id := range sc.Requirements {
		q := s.Catalogue().Requirement(id)
		covered = covered || q.Covers(s.Release())
		due = due || q.Level.Rank() <= s.level().Rank()
	}
	return covered, due
}

// unarranged says what a scenario needs that the run does not have or may not do; nil for nothing.
func (s *Suite) unarranged(sc *Scenario, svms []testbed.SVM) error {
	switch {
	case s.Mode == testbed.ReadOnly && sc.Writes:
		return &oracle.Skip{Applies: true, Reason: "it writes, and the mode is read-only"}
	case s.Mode != testbed.Full && sc.Cluster:
		return &oracle.Skip{Applies: true, Reason: "it uses what the cluster has only one of, which takes --mode full"}
	case len(sc.Conditions) > 0 && s.Lab == nil:
		return testbed.NoLab(sc.Conditions[0])
	case !s.documented(sc.Conditions):
		return &oracle.Skip{Reason: fmt.Sprintf("no error of ONTAP %s has the condition %q", s.Release(), sc.Conditions[0])}
	case sc.Leases > len(svms):
		return &oracle.Skip{Applies: true, Reason: fmt.Sprintf("it needs %d data SVMs without a key manager, and the run has %d", sc.Leases, len(s.SVMs))}
	}
	return nil
}

// lacks says why the target does not have what a scenario needs, or hides it from the user;
// nil means that it does neither.
func (s *Suite) lacks(sc *Scenario) *oracle.Skip {
	for _, name := range sc.Resources {
		if skip := s.Testbed.Lacks(s.Catalogue().Resource(name)); skip != nil {
			return skip
		}
	}
	return nil
}

// documented reports whether the release has an error for each condition.
func (s *Suite) documented(conditions []string) bool {
	for _, name := range conditions {
		if !slices.ContainsFunc(s.Catalogue().Requirements(), func(q *contract.Requirement) bool {
			return (q.Row != nil && q.Row.Condition == name || q.Needs == name) && q.Covers(s.Release())
		}) {
			return false
		}
	}
	return true
}

func (s *Suite) level() contract.Level {
	if s.Level == "" {
		return contract.Should
	}
	return s.Level
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
	lacked := map[int]testbed.Right{} // of scenarios that the role of the user did not allow, as it seemed
	for running, next := 0, 0; ; {
		for running < r.suite.AtOnce() {
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
	lacks    *testbed.Right // that the role of the user seems not to have; nil for none
	batch    []int          // nil for a scenario
}

// resumes puts scenarios back on the schedule that ended for want of a right which the user
// has turned out to have: what was refused is then an answer like any other. It reports
// whether there are any.
func (s *Suite) resumes(q *schedule, lacked map[int]testbed.Right) bool {
	s.Rights.Settle()
	for i, r := range lacked {
		if s.Rights.May(r) {
			q.pending = append(q.pending, i)
			delete(lacked, i)
		}
	}
	slices.Sort(q.pending)
	return len(q.pending) > 0
}

// batch runs scenarios that use the same SVMs, one after the other.
func (r *round) batch(ctx context.Context, batch []int, svms []testbed.SVM) {
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
			o := w.conclude(ctx, err)
			o.Elapsed, start = time.Since(start), time.Now()
			r.outcomes[index[w]] = *o
			r.news <- progress{scenario: index[w], lacks: w.Lacks()}
		})
	}
	r.news <- progress{batch: batch}
}

// batchSize bounds how many scenarios share a godog suite. Setting one up
// costs as much as a few scenarios; a batch that is too long keeps an SVM from
// those that wait for several.
const batchSize = 8

// silent is a formatter that godog needs and we do not: outcomes come from the
// After hook.
const silent = "silent"

func init() {
	godog.Format(silent, "nothing at all", func(suite string, out io.Writer) godog.Formatter {
		return godog.NewBaseFmt(suite, out)
	})
}

// play runs the scenarios of worlds through godog, one after the other, and
// calls ended for each with what its first step that did not pass returned,
// the type intact.
func play(ctx context.Context, worlds []*world, ended func(*world, error)) {
	text := bytes.NewBufferString("Feature: a batch\n")
	for _, w := range worlds {
		text.Write(w.scenario.text)
	}
	begun, done := 0, 0
	status := godog.TestSuite{
		ScenarioInitializer: func(sc *godog.ScenarioContext) {
			w := worlds[begun] // godog has no concurrency here, so that the order is ours
			begun++
			w.register(sc)
			sc.After(func(ctx context.Context, _ *godog.Scenario, err error) (_ context.Context, failed error) {
				defer func() { // a panic here would end the process
					if p := recover(); p != nil {
						failed = fmt.Errorf("after the scenario: %v", p)
					}
				}()
				done++
				ended(w, err)
				return ctx, nil
			})
		},
		Options: &godog.Options{
			DefaultContext: ctx, Strict: true, Format: silent, Output: io.Discard, NoColors: true,
			FeatureContents: []godog.Feature{{Name: "batch", Contents: text.Bytes()}},
		},
	}.Run()
	for ; done < len(worlds); done++ {
		ended(worlds[done], fmt.Errorf("godog did not run the scenario (status %d)", status))
	}
}
