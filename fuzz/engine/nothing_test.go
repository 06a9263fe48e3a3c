package engine_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
)

func TestNoPropertyPassesOnAServerThatKnowsNothing(t *testing.T) {
	for _, k := range mutant.Fakes() {
		if k.Hostile {
			continue // the command is tried on these
		}
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			api := httptest.NewServer(k.Serve)
			t.Cleanup(api.Close)
			l, err := ledger.Open("", false)
			require.NoError(t, err)
			suite := &testbed.Testbed{Settings: testbed.Settings{
				Judge: oracle.NewJudge(catalogue(t), contract.Newest()), Ledger: l, Seed: 1, Limits: testbed.Limits{JobTimeout: time.Second},
				Target: &wire.Target{BaseURL: api.URL, HTTP: wire.NewClient(4, nil)}, SVMs: []testbed.SVM{{Name: "svm1"}, {Name: "svm2"}, {Name: "svm3"}},
			}}
			c := engine.FixedRun{Bed: suite, Trials: property.Trials(catalogue(t), contract.Newest()), Checks: 1}
			for _, o := range c.Outcomes(t.Context(), nil) {
				if o.Status == oracle.Passed {
					assert.NotEmpty(t, o.Verdicts, "%s passed and looked at nothing", o.Name)
				}
				if o.Status == oracle.Failed {
					assert.NotEmpty(t, o.Found, "%s failed and found nothing", o.Name)
				}
			}
		})
	}
}

func TestOneSVMIsEnoughForAVerdict(t *testing.T) {
	suite := suiteOn(t, simulator.New(catalogue(t), options), contract.Newest(), 1, nil)
	suite.SVMs = suite.SVMs[:1]
	var skipped []string
	for _, o := range (&engine.FixedRun{Bed: suite, Trials: property.Trials(catalogue(t), contract.Newest()), Checks: 20}).Outcomes(t.Context(), nil) {
		if assert.NotEqual(t, oracle.Errored, o.Status, "%s: %v", o.Name, o.Reason); o.Status == oracle.Skipped {
			skipped = append(skipped, o.Name)
		}
	}
	assert.NotEmpty(t, skipped)
	for _, name := range skipped {
		assert.Contains(t, name, ": a-change-of-one-leaves-those-of-other-svms", "what needs a neighbour")
	}
}
