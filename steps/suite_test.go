package steps

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/features"
	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/lab"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/wire"
)

// suiteOn returns a suite for a simulator of the release.
func suiteOn(t *testing.T, release string, wrap ...simulator.Middleware) *Suite {
	t.Helper()
	c, err := contract.Load()
	require.NoError(t, err)
	r, err := contract.KnownRelease(release)
	require.NoError(t, err)
	sim := simulator.New(c, simulator.Options{Release: r, User: "admin", Password: "password"}, wrap...)
	api, hook := httptest.NewServer(sim), httptest.NewServer(sim.Lab())
	t.Cleanup(api.Close)
	t.Cleanup(hook.Close)
	l, err := ledger.Open("", false)
	require.NoError(t, err)
	suite := &Suite{
		Judge: oracle.NewJudge(c, r), Ledger: l, Lab: &lab.Lab{URL: hook.URL}, Seed: 1, Mode: Full,
		Target: &wire.Target{
			BaseURL: api.URL, HTTP: wire.NewClient(32, nil),
			Credentials: wire.Credentials{User: "admin", Password: wire.NewSecret("ONTAP_CONFORMANCE_PASSWORD", "password")},
		},
	}
	sim.Inspect(func(st *simulator.State) {
		for _, s := range st.SVMs {
			suite.SVMs = append(suite.SVMs, SVM{s.Name, s.UUID})
		}
	})
	return suite
}

func TestTheFeaturesHoldOnTheSimulator(t *testing.T) {
	for _, release := range []string{"9.8", "9.10.1", "9.13.1", "9.16.1", "9.19.1"} {
		t.Run(release, func(t *testing.T) {
			suite := suiteOn(t, release)
			plan, err := Plan(features.FS, suite.Judge.Contract())
			require.NoError(t, err)
			outcomes := suite.Run(t.Context(), plan, nil)
			for _, o := range outcomes {
				assert.LessOrEqual(t, o.Status, oracle.Passed, "%s: %v", o.Name, o.Reason)
			}
			results := oracle.Sum(suite.Judge.Contract(), oracle.Scope{Release: suite.Judge.Release(), Level: contract.Should}, outcomes)
			for _, r := range results {
				assert.NotContains(t, []oracle.Standing{oracle.NotRun, oracle.ErroredReq, oracle.BrokenReq}, r.Standing, "%s: %s", r.Requirement.ID, r.Reason)
			}
			require.NoError(t, suite.CleanUp(t.Context()))
			assert.Empty(t, suite.Ledger.Left())
			n := 0
			for _, o := range outcomes {
				n += o.Requests
			}
			t.Log(len(plan), "scenarios", n, "requests")
		})
	}
}
