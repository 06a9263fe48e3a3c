package steps

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
)

// locksJobs lets the first creation of vaults be accepted with a job that fails because the
// SVM is locked for the moment: nothing is made.
func locksJobs(next simulator.Handler) simulator.Handler {
	const job = "00000000-0000-4000-8000-00000000face"
	created := 0
	return func(st *simulator.State, r *simulator.Request) *simulator.Response {
		switch {
		case r.Method == http.MethodPost && strings.HasSuffix(r.Path, akv):
			if created++; created == 1 {
				res := hal(simulator.Answer(http.StatusAccepted, map[string]any{"job": map[string]any{"uuid": job, "_links": map[string]any{"self": map[string]any{"href": "/api/cluster/jobs/" + job}}}}))
				res.Header.Set("Location", "/api"+r.Path+"/00000000-0000-4000-8000-00000000beef")
				return res
			}
		case strings.HasSuffix(r.Path, job):
			return hal(simulator.Answer(http.StatusOK, map[string]any{"uuid": job, "state": "failure", "code": 2621573, "message": "locked",
				"error": map[string]any{"code": "2621573", "message": "locked"}, "_links": map[string]any{"self": map[string]any{"href": "/api/cluster/jobs/" + job}}}))
		}
		return next(st, r)
	}
}

// hal labels an answer as HAL.
func hal(res *simulator.Response) *simulator.Response {
	res.Header.Set("Content-Type", "application/hal+json")
	return res
}

func TestACallWhoseJobFailsForALockIsSentAgain(t *testing.T) {
	s := newStand(t, locksJobs)
	all := chosen(t, func(sc *Scenario) bool { return strings.Contains(sc.Name, "azure-key-vaults/create") && sc.Leases == 1 })
	require.NotEmpty(t, all)
	outcomes := s.Run(t.Context(), all[:1], nil)
	assert.Equal(t, oracle.Passed, outcomes[0].Status, "%s: %v", outcomes[0].Name, outcomes[0].Reason)
	posts := 0
	for _, w := range s.line.writes() {
		if w.method == http.MethodPost {
			posts++
		}
	}
	assert.Equal(t, 2, posts)
	assert.Empty(t, s.Ledger.Left())
}
