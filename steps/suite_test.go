package steps

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/features"
	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

func TestTheFeaturesHoldOnTheSimulator(t *testing.T) {
	for _, release := range []string{"9.8", "9.10.1", "9.13.1", "9.16.1", "9.19.1"} {
		t.Run(release, func(t *testing.T) {
			r, err := contract.KnownRelease(release)
			require.NoError(t, err)
			suite := newStandOf(t, r)
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
