package steps

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/oracle"
)

// behind puts a front before the simulator of a stand, once n requests have gone by.
func (s *stand) behind(f mutant.Front, n int) {
	s.line.next = f.Before(s.sim, mutant.ListsAfter(n, akv, "aws-kms"))
}

// onWholes returns the writes to whole collections that were sent.
func (s *stand) onWholes() []sentRequest {
	return slices.DeleteFunc(s.line.writes(), func(r sentRequest) bool {
		path, _, _ := strings.Cut(r.uri, "?")
		return r.method == http.MethodPost || !strings.HasSuffix(path, "/"+akv) && !strings.HasSuffix(path, "/aws-kms")
	})
}

// together returns the scenarios that write to several objects in one call.
func together(t *testing.T) []*Scenario {
	t.Helper()
	return chosen(t, func(sc *Scenario) bool {
		return slices.ContainsFunc(sc.Requirements, func(id contract.ID) bool { return strings.HasPrefix(string(id), "API-BULK-") })
	})
}

// A list that cannot be read, or hides what is there, tells nothing of what else a call on
// the whole collection would reach.
func TestNoCallOnAWholeCollectionIsSentWhileItsListCannotBeBelieved(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	worst, found := mutant.Find(c, "query-based-deletion-reaches-every-record")
	require.True(t, found)
	for _, f := range mutant.Fronts() {
		for _, n := range []int{0, 5, 15, 25, 40, 60} {
			t.Run(fmt.Sprintf("%s after %d requests", f.Name, n), func(t *testing.T) {
				t.Parallel()
				s := newStand(t, worst.Wrap)
				s.strangers(t)
				s.SVMs = s.SVMs[:4]
				before := s.held()
				require.Len(t, before, 2)
				s.behind(f, n)
				outcomes := s.Run(t.Context(), together(t), nil)
				s.CleanUp(t.Context()) // what cannot be found out is told, and of no concern here

				assert.Empty(t, s.onWholes())
				after := s.held()
				for uuid, record := range before {
					assert.Equal(t, record, after[uuid])
				}
				for _, o := range outcomes {
					assert.NotEqual(t, oracle.Passed, o.Status, o.Name)
				}
			})
		}
	}
}

// The fronts themselves do no harm to a run that nobody else is beside: they show that the
// calls of the test above are held back because of what the lists say.
func TestCallsOnAWholeCollectionAreSentWhereNobodyElseIs(t *testing.T) {
	s := newStand(t)
	outcomes := s.Run(t.Context(), together(t), nil)
	for _, o := range outcomes {
		assert.Equal(t, oracle.Passed, o.Status, "%s: %v", o.Name, o.Reason)
	}
	assert.NotEmpty(t, s.onWholes())
	require.NoError(t, s.CleanUp(t.Context()))
	assert.Empty(t, s.Ledger.Left())
}
