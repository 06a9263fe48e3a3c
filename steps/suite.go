// Package steps gives the Gherkin vocabulary its meaning, and runs scenarios.
//
// A step says what to send or what to expect. How a requirement is verified on
// the wire is the oracle's business, and every exchange of every scenario is
// judged by every rule once its steps are done. The package must not import
// the simulator: it knows the target by its URL only.
//
// Why scenarios go through godog in small batches of our own making: its own
// concurrency does not stop when it is told to, cannot lease anything to a
// scenario, and cannot address the row of an outline.
package steps

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/lab"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// An SVM is a data SVM that a run may use.
type SVM struct{ Name, UUID string }

// Mode is how far a run may go.
type Mode string

// The modes. Guarded runs write only to what they created themselves; Full
// ones may also use what the cluster has only one of.
const (
	ReadOnly Mode = "read-only"
	Guarded  Mode = "guarded"
	Full     Mode = "full"
)

// A Suite runs scenarios against one target. Its fields must not change while
// it runs.
type Suite struct {
	Judge      *oracle.Judge
	Target     *wire.Target
	Lab        *lab.Lab // nil means that no condition can be arranged
	Ledger     *ledger.Ledger
	SVMs       []SVM // one scenario at a time uses each
	Admin      SVM   // the SVM of the cluster itself, which only Full runs touch; zero when it is not known
	Seed       uint64
	Nonce      string            // 1 to 8 of a-z and 0-9, part of every mark, by which the run knows what it made; empty means zeros, for a target that nobody else uses
	Parallel   int               // scenarios at a time; zero means as many as there are SVMs
	WaitForSVM time.Duration     // for an SVM to be free whose place somebody else has taken; zero means not at all
	JobTimeout time.Duration     // for a job to end; zero means 2 minutes
	Level      contract.Level    // the least binding level that is tested; empty means should
	Mode       Mode              // empty means Guarded
	Cluster    string            // the uuid of the target; empty when it does not tell, and then another one that answers after an outage is not noticed
	Absent     map[string]string // resources that the target does not have, with the reason
	Lacking    map[string]string // resources that the role of the user does not allow to read, with the reason
	Unobserved bool              // nobody asks what was answered, nor which of several readings the target follows: outcomes do not say
	Once       bool              // nothing is asked again: what one playing finds is broken, and an answer that is lost stays so

	ready     sync.Mutex // held while what is there already is noted
	noted     bool       // whether it was
	bundles   bundles
	guarded   *wire.Target
	health    wire.Health  // of the target, unless that has one
	fictional sync.Map     // uuids that we made up
	unclean   sync.Map     // how often they were cleaned again, as *atomic.Int32, by the names of SVMs that may have what could not be removed; "" is the cluster
	kept      sync.Map     // paths of what was still there after its deletion was answered with success
	silence   atomic.Int32 // scenarios in a row that ended without an answer
	deafness  atomic.Int32 // scenarios in a row of which no write was answered, though one was sent
	before    before       // what was there before us
	rights    rights       // of the user, as far as they were seen
	hidden    sync.Map     // as Lacking, of what was found out when what was there before was read
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
	if err := s.prepare(ctx); err != nil {
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

func (s *Suite) parallel() int {
	if s.Parallel > 0 {
		return s.Parallel
	}
	return max(1, len(s.SVMs))
}

func (s *Suite) jobTimeout() time.Duration {
	if s.JobTimeout > 0 {
		return s.JobTimeout
	}
	return 2 * time.Minute
}

// pick returns the SVMs of a lease; the one index beyond them is the cluster.
func (s *Suite) pick(indices []int) []SVM {
	var svms []SVM
	for _, i := range indices {
		if i < len(s.SVMs) {
			svms = append(svms, s.SVMs[i])
		}
	}
	return svms
}

// prepare puts the guard before the target and notes what is there already. When that could
// not be found out it is tried again the next time.
func (s *Suite) prepare(ctx context.Context) error {
	s.ready.Lock()
	defer s.ready.Unlock()
	if s.noted {
		return nil
	}
	t := *s.Target
	t.Guard, t.Health = s.guard, cmp.Or(t.Health, &s.health)
	t.Again = func(x *wire.Exchange) bool { return s.Judge.Again(oracle.Ending{Exchange: x}) }
	if s.Cluster != "" {
		t.Returned = s.returned
	}
	s.guarded = &t
	s.before.recall(s.Ledger)
	s.rights.lack(s.Judge.Contract(), s.Lacking)
	err := s.existing(ctx)
	s.noted = err == nil
	return err
}

// skip says why a scenario is not run; nil means that it is.
func (s *Suite) skip(ctx context.Context, sc *Scenario, svms []SVM) error {
	covered, due := false, false
	for _, id := range sc.Requirements {
		q := s.Judge.Contract().Requirement(id)
		covered = covered || q.Covers(s.Judge.Release())
		due = due || q.Level.Rank() <= s.level().Rank()
	}
	switch {
	case ctx.Err() != nil:
		return cut(ctx)
	case s.Over() != nil:
		return s.Over()
	case s.silence.Load() >= maxSilence:
		return errSilent
	case sc.Writes && s.deafness.Load() >= maxDeafness:
		return errDeaf
	case !covered:
		return &oracle.Skip{Reason: "nothing that it verifies is promised by ONTAP " + s.Judge.Release().String()}
	case s.lacks(sc) != nil:
		return s.lacks(sc)
	case !due:
		return &oracle.Skip{Reason: "the run tests down to level " + string(s.level()) + " only"}
	case s.Mode == ReadOnly && sc.Writes:
		return &oracle.Skip{Applies: true, Reason: "it writes, and the mode is read-only"}
	case s.Mode != Full && sc.Cluster:
		return &oracle.Skip{Applies: true, Reason: "it uses what the cluster has only one of, which takes --mode full"}
	case len(sc.Conditions) > 0 && s.Lab == nil:
		return noLab(sc.Conditions[0])
	case !s.documented(sc.Conditions):
		return &oracle.Skip{Reason: fmt.Sprintf("no error of ONTAP %s has the condition %q", s.Judge.Release(), sc.Conditions[0])}
	case sc.Leases > len(svms):
		return &oracle.Skip{Applies: true, Reason: fmt.Sprintf("it needs %d data SVMs without a key manager, and the run has %d", sc.Leases, len(s.SVMs))}
	}
	return nil
}

// lacks says why the target does not have what a scenario needs, or hides it from the user;
// nil means that it does neither.
func (s *Suite) lacks(sc *Scenario) *oracle.Skip {
	for _, name := range sc.Resources {
		if why := s.Absent[name]; why != "" {
			return &oracle.Skip{Reason: why}
		}
		if r := s.Judge.Contract().Resource(name); !r.Covers(s.Judge.Release()) {
			return &oracle.Skip{Reason: fmt.Sprintf("%s exists in %s only", r.Path, r.Span)}
		}
		if why := s.unseen(name); why != "" {
			return &oracle.Skip{Applies: true, Reason: why}
		}
	}
	return nil
}

func noLab(condition string) *oracle.Skip {
	return &oracle.Skip{Applies: true, Reason: fmt.Sprintf("condition %q needs a lab (--lab)", condition)}
}

// documented reports whether the release has an error for each condition.
func (s *Suite) documented(conditions []string) bool {
	for _, name := range conditions {
		if !slices.ContainsFunc(s.Judge.Contract().Requirements(), func(q *contract.Requirement) bool {
			return (q.Row != nil && q.Row.Condition == name || q.Needs == name) && q.Covers(s.Judge.Release())
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

// schedule hands out scenarios so that each has its SVMs to itself. Which SVMs
// a scenario gets depends on the scenarios alone, so that a run sends the same
// requests however its answers are timed.
type schedule struct {
	scenarios []*Scenario
	pending   []int   // the costliest first
	svms      [][]int // by scenario; the number of all SVMs stands for the cluster
	busy      []bool  // by SVM, the cluster last
}

func newSchedule(scenarios []*Scenario, svms int) *schedule {
	q := &schedule{scenarios: scenarios, pending: indices(len(scenarios)), svms: make([][]int, len(scenarios)), busy: make([]bool, svms+1)}
	q.sort()
	load := make([]int, svms)
	for _, i := range q.pending {
		if n := scenarios[i].Leases; n > 0 && n <= svms {
			q.svms[i] = leastLoaded(load, n)
		}
		for _, svm := range q.svms[i] {
			load[svm] += scenarios[i].cost
		}
		if scenarios[i].Cluster {
			q.svms[i] = append(q.svms[i], svms)
		}
	}
	return q
}

// leastLoaded returns n neighbours. SVMs that are needed together are always
// the same ones: any others would make their scenarios wait for each other.
func leastLoaded(load []int, n int) []int {
	best, least := 0, -1
	for first := 0; first+n <= len(load); first += n {
		if most := slices.Max(load[first : first+n]); least < 0 || most < least {
			best, least = first, most
		}
	}
	var group []int
	for i := range n {
		group = append(group, best+i)
	}
	return group
}

// weight orders the schedule. What is about deletions goes first: where none works, each scenario
// leaves an SVM behind that no other can use. Then comes what needs several SVMs.
func (sc *Scenario) weight() int {
	w := sc.cost + 1000*max(0, sc.Leases-1)
	if slices.ContainsFunc(sc.Requirements, func(id contract.ID) bool { return strings.HasSuffix(string(id), "-DELETE-01") }) {
		w += 100_000
	}
	return w
}

// take returns the next scenarios whose SVMs are free, and takes the SVMs: one
// that needs several, or a batch that uses the same. Nothing overtakes another
// on an SVM, or the uuids there would depend on how answers are timed. It
// returns nil when nothing can begin now.
func (q *schedule) take() []int {
	var batch []int
	held := slices.Clone(q.busy) // by what runs, or by what has to come first
	q.pending = slices.DeleteFunc(q.pending, func(i int) bool {
		free := !slices.ContainsFunc(q.svms[i], func(svm int) bool { return held[svm] })
		if free && q.joins(batch, i) {
			batch = append(batch, i)
			return true
		}
		for _, svm := range q.svms[i] {
			held[svm] = true
		}
		return false
	})
	if batch != nil {
		for _, svm := range q.svms[batch[0]] {
			q.busy[svm] = true
		}
	}
	return batch
}

// joins reports whether scenario i may be the next of a batch.
func (q *schedule) joins(batch []int, i int) bool {
	if len(batch) == 0 {
		return true
	}
	return len(batch) < batchSize && len(q.svms[i]) <= 1 && slices.Equal(q.svms[i], q.svms[batch[0]])
}

// again puts scenarios back that are to be played once more, on other SVMs than
// before as far as there are any. Which ones depends on the scenario alone, unless
// SVMs are not clean any more.
func (q *schedule) again(scenarios []int, clean func(svm int) bool) {
	q.pending = slices.Clone(scenarios)
	q.sort()
	for _, i := range scenarios {
		q.svms[i] = q.others(i, clean)
	}
}

// others returns the next SVMs that are clean after those that a scenario had, else
// the next ones; the cluster stays.
func (q *schedule) others(i int, clean func(svm int) bool) []int {
	n, all := q.scenarios[i].Leases, len(q.busy)-1
	if n == 0 || n > all {
		return q.svms[i]
	}
	groups := all / n
	var first []int
	for step := 1; step <= groups; step++ {
		at := (q.svms[i][0]/n + step) % groups * n
		group := indices(all)[at : at+n]
		if first == nil {
			first = group
		}
		if !slices.ContainsFunc(group, func(svm int) bool { return !clean(svm) }) {
			first = group
			break
		}
	}
	return slices.Concat(first, q.svms[i][n:])
}

// sort puts the costliest of what is pending first.
func (q *schedule) sort() {
	slices.SortStableFunc(q.pending, func(a, b int) int { return q.scenarios[b].weight() - q.scenarios[a].weight() })
}

func (q *schedule) giveBack(i int) {
	for _, svm := range q.svms[i] {
		q.busy[svm] = false
	}
}
