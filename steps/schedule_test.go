package steps

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
)

// TestAScheduleGivesEverySVMToOneAtATimeInAnOrderThatTimingDoesNotChange draws
// scenarios and the order in which they end.
func TestAScheduleGivesEverySVMToOneAtATimeInAnOrderThatTimingDoesNotChange(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		svms := rapid.IntRange(0, 5).Draw(rt, "SVMs")
		var scenarios []*Scenario
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 4), 0, 30).Draw(rt, "leases") {
			cluster := rapid.Bool().Draw(rt, "cluster")
			scenarios = append(scenarios, &Scenario{Leases: n, Cluster: cluster, cost: 1 + n*rapid.IntRange(1, 3).Draw(rt, "cost")})
		}
		want := inTurn(scenarios, svms)

		q := newSchedule(scenarios, svms)
		owner := make([]int, svms+1) // 0 for nobody, else the scenario plus one
		got := make([][]int, svms+1)
		var running [][]int
		for begun := 0; begun < len(scenarios) || len(running) > 0; {
			if batch := q.take(); batch != nil {
				requireBatch(rt, q, batch)
				for _, svm := range q.svms[batch[0]] {
					require.Zero(rt, owner[svm], "an SVM is used twice")
					owner[svm] = batch[0] + 1
					got[svm] = append(got[svm], batch...)
				}
				begun += len(batch)
				running = append(running, batch)
				continue
			}
			require.NotEmpty(rt, running, "nothing runs, and nothing can begin")
			i := rapid.IntRange(0, len(running)-1).Draw(rt, "ends")
			for _, svm := range q.svms[running[i][0]] {
				owner[svm] = 0
			}
			q.giveBack(running[i][0])
			running = slices.Delete(running, i, i+1)
		}
		require.Equal(rt, want, got)
	})
}

// inTurn is the order of scenarios on each SVM when they run one by one.
func inTurn(scenarios []*Scenario, svms int) [][]int {
	q := newSchedule(scenarios, svms)
	order := make([][]int, svms+1)
	for {
		batch := q.take()
		if batch == nil {
			return order
		}
		for _, svm := range q.svms[batch[0]] {
			order[svm] = append(order[svm], batch...)
		}
		q.giveBack(batch[0])
	}
}

// requireBatch wants a batch to share its SVMs, of which each has what it needs.
func requireBatch(rt *rapid.T, q *schedule, batch []int) {
	require.LessOrEqual(rt, len(batch), batchSize)
	for _, i := range batch {
		require.ElementsMatch(rt, q.svms[batch[0]], q.svms[i], "a batch uses the same SVMs")
		need := q.scenarios[i].Leases
		if need >= len(q.busy) { // it is skipped for want of SVMs
			need = 0
		}
		if q.scenarios[i].Cluster {
			need++
		}
		require.Len(rt, q.svms[i], need)
		require.True(rt, slices.IsSorted(q.svms[i]))
		require.Len(rt, slices.Compact(slices.Clone(q.svms[i])), len(q.svms[i]))
	}
}

// TestDeletionsAreTriedWhileThereAreSVMs was seen red on a busy machine: a server that deletes nothing had used up all
// SVMs before a scenario looked at a deletion, and the run found nothing broken.
func TestDeletionsAreTriedWhileThereAreSVMs(t *testing.T) {
	all := plan(t)
	q := newSchedule(all, 16)
	first := map[contract.ID]bool{}
	for _, i := range q.pending[:16] {
		for _, id := range all[i].Requirements {
			first[id] = true
		}
	}
	for _, id := range []contract.ID{"AKV-DELETE-01", "KMS-DELETE-01", "KM-DELETE-01"} {
		assert.True(t, first[id], id)
	}
}
