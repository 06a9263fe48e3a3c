package steps

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
)

// somebody makes a vault on the first SVM when the run asks for its first one, and deletes it
// once the run has listed the vaults so many times since; never if that is negative.
func somebody(lists int) simulator.Middleware {
	const uuid = "77777777-0000-4000-8000-000000000001"
	made := false
	return func(next simulator.Handler) simulator.Handler {
		return func(st *simulator.State, r *simulator.Request) *simulator.Response {
			table := st.Table(akv)
			switch whole := r.Path == "/security/azure-key-vaults"; {
			case whole && r.Method == http.MethodPost && !made:
				made = true
				table.Put(uuid, &simulator.Record{Fields: map[string]any{"uuid": uuid, "name": "https://somebodys.vault.azure.net/", "client_id": "somebody",
					"tenant_id": "somebody", "key_id": "k", "svm.name": st.SVMs[0].Name, "svm.uuid": st.SVMs[0].UUID, "scope": "svm"}})
			case whole && r.Method == http.MethodGet && made:
				if lists == 0 {
					table.Remove(uuid)
				}
				lists--
			}
			return next(st, r)
		}
	}
}

func TestAPlaceThatSomebodyElseHasTakenIsNoFinding(t *testing.T) {
	for _, scenario := range []string{"A configuration is created", "A configuration is read by its uuid", withGiven} {
		t.Run(scenario, func(t *testing.T) {
			s := newStand(t, somebody(-1))
			s.SVMs = s.SVMs[:1]
			for _, o := range s.Run(t.Context(), plan(t, scenario), nil) {
				assert.Equal(t, oracle.Errored, o.Status, "%s: %v", o.Name, o.Reason)
				assert.ErrorContains(t, o.Reason, `the SVM "svm1" has a vault, https://somebodys.vault.azure.net/, that the run did not make`)
				assert.Empty(t, o.Broke(), o.Name)
			}
			assert.NoError(t, s.CleanUp(t.Context()))
			assert.Len(t, s.records(), 1)
			for _, r := range s.line.writes() {
				assert.False(t, strings.Contains(r.uri, "77777777"), "%s", r)
			}
		})
	}
}

func TestARunWaitsUntilTheSVMIsFree(t *testing.T) {
	s := newStand(t, somebody(3))
	s.SVMs, s.WaitForSVM = s.SVMs[:1], time.Minute
	for _, o := range s.Run(t.Context(), plan(t, "A configuration is read by its uuid"), nil) {
		assert.Equal(t, oracle.Passed, o.Status, "%s: %v", o.Name, o.Reason)
	}
	assert.NoError(t, s.CleanUp(t.Context()))
	assert.Empty(t, s.records())
}
