package steps

import (
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
)

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

func indices(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
