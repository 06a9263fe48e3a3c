package steps

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
)

// onboardPlan returns the scenarios about the onboard key manager that write.
func onboardPlan(t *testing.T) []*Scenario {
	t.Helper()
	return chosen(t, func(sc *Scenario) bool { return sc.Cluster && sc.Leases == 0 })
}

// somebodys puts an onboard key manager on the cluster that is not ours.
func somebodys(s *stand) {
	s.sim.Inspect(func(st *simulator.State) {
		st.Table("key-managers").Put(alienKM, &simulator.Record{
			Secrets: map[string]any{"onboard.passphrase": "of somebody"},
			Fields:  map[string]any{"uuid": alienKM, "scope": "cluster", "onboard.enabled": true},
		})
	})
}

const alienKM = "99999999-9999-4999-8999-999999999999"

func TestAnOnboardKeyManagerOfSomebodyIsNeverTouched(t *testing.T) {
	writes := 0
	s := newStand(t, func(next simulator.Handler) simulator.Handler {
		return func(st *simulator.State, r *simulator.Request) *simulator.Response {
			if r.Method != "GET" && st.Record(r) != nil {
				writes++
			}
			return next(st, r)
		}
	})
	somebodys(s)
	s.Mode = testbed.Full
	for _, o := range s.Run(t.Context(), onboardPlan(t), nil) {
		assert.NotEqual(t, oracle.Failed, o.Status, "%s: %v", o.Name, o.Reason)
		assert.NotEqual(t, oracle.Errored, o.Status, "%s: %v", o.Name, o.Reason)
	}
	require.NoError(t, s.CleanUp(t.Context()))
	assert.Zero(t, writes, "writes to what was there before")
	s.sim.Inspect(func(st *simulator.State) {
		assert.Equal(t, "of somebody", st.Table("key-managers").Find(alienKM).Secrets["onboard.passphrase"])
	})
}

func TestOnlyFullRunsUseTheOnboardKeyManager(t *testing.T) {
	for _, mode := range []testbed.Mode{testbed.Guarded, testbed.ReadOnly} {
		s := newStand(t)
		s.Mode = mode
		for _, o := range s.Run(t.Context(), onboardPlan(t), nil) {
			assert.Equal(t, oracle.Skipped, o.Status, "%s: %v", o.Name, o.Reason)
		}
	}
}

func TestTheOnboardKeyManagerIsPutBackAsItWasFound(t *testing.T) {
	s := newStand(t)
	s.Mode = testbed.Full
	for _, o := range s.Run(t.Context(), onboardPlan(t), nil) {
		assert.Contains(t, []oracle.Status{oracle.Passed, oracle.Skipped}, o.Status, "%s: %v", o.Name, o.Reason)
	}
	s.sim.Inspect(func(st *simulator.State) { assert.Zero(t, st.Table("key-managers").Len(), "left on the cluster") })
	assert.Empty(t, s.Ledger.Left())
}

// A 404 says nothing of whether the key manager is there: it carries no mark by which it
// would be found again.
func TestTheOnboardKeyManagerIsRemovedThoughATargetSaysThatItIsNotThere(t *testing.T) {
	for name, denies := range map[string]func(*simulator.Request, *simulator.Response) bool{
		"to a change": func(r *simulator.Request, res *simulator.Response) bool {
			return r.Method == "PATCH" && res.Status >= 400
		},
		"to a reading": func(r *simulator.Request, _ *simulator.Response) bool {
			return r.Method == "GET" && strings.HasPrefix(r.Path, "/security/key-managers/")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t, func(next simulator.Handler) simulator.Handler {
				return func(st *simulator.State, r *simulator.Request) *simulator.Response {
					if res := next(st, r); !denies(r, res) {
						return res
					}
					return simulator.Refuse(http.StatusNotFound, "4", "there is none", "")
				}
			})
			s.Mode = testbed.Full
			s.Run(t.Context(), onboardPlan(t), nil)
			s.sim.Inspect(func(st *simulator.State) { assert.Zero(t, st.Table("key-managers").Len(), "left on the cluster") })
			assert.Empty(t, s.Ledger.Left())
		})
	}
}

// Nor is one that may be the run's taken for gone: the entry was struck off once, and the clean-up
// said that all was well.
func TestACleanUpDeletesAnOnboardKeyManagerOnlyByItsUUID(t *testing.T) {
	s := newStand(t)
	somebodys(s)
	s.Mode = testbed.Full
	_, err := s.Ledger.Intend("key-managers", "cluster1", "oc000000000000") // and then the run crashed
	require.NoError(t, err)
	assert.ErrorContains(t, s.CleanUp(t.Context()), "it carries no mark, so look at /api/security/key-managers/"+alienKM+" yourself")
	assert.Len(t, s.Ledger.Left(), 1)
	s.sim.Inspect(func(st *simulator.State) {
		assert.NotNil(t, st.Table("key-managers").Find(alienKM), "nothing shows that it is ours")
		st.Table("key-managers").Remove(alienKM)
	})
	require.NoError(t, s.CleanUp(t.Context()))
	assert.Empty(t, s.Ledger.Left())
}
