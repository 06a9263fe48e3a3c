package steps

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/oracle"
)

// requestsOf runs every scenario on a fresh simulator and returns what it was
// sent, sorted, and what was answered to each scenario.
func requestsOf(t *testing.T, seed uint64, parallel int) (sent []string, answered map[string]map[oracle.Answered]int) {
	t.Helper()
	s := newStand(t)
	s.Seed, s.Parallel = seed, parallel
	answered = map[string]map[oracle.Answered]int{}
	for _, o := range s.Run(t.Context(), plan(t), nil) {
		answered[o.Name] = o.Operations
	}
	for _, r := range s.line.all() {
		sent = append(sent, r.String())
	}
	slices.Sort(sent)
	return sent, answered
}

func TestTheSameSeedSendsTheSameRequestsHoweverManyRunAtOnce(t *testing.T) {
	want, wantAnswered := requestsOf(t, 7, 1)
	for _, parallel := range []int{1, 3, 16} {
		t.Run(fmt.Sprintf("%d at once", parallel), func(t *testing.T) {
			got, answered := requestsOf(t, 7, parallel)
			for i := range min(len(want), len(got)) {
				require.Equal(t, want[i], got[i])
			}
			require.Len(t, got, len(want))
			assert.Equal(t, wantAnswered, answered)
		})
	}
}

func TestAnotherSeedSendsOtherRequests(t *testing.T) {
	first, _ := requestsOf(t, 7, 16)
	second, _ := requestsOf(t, 8, 16)
	assert.Len(t, second, len(first))
	assert.NotEqual(t, first, second)
}
