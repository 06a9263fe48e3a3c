package engine_test

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
)

// labelledAsText is wrong in the label of the first n readings of single objects.
func labelledAsText(n int) simulator.Middleware {
	return func(next simulator.Handler) simulator.Handler {
		return func(st *simulator.State, r *simulator.Request) *simulator.Response {
			res := next(st, r)
			if r.Method == http.MethodGet && res.OK() && strings.HasPrefix(r.Path, "/security/azure-key-vaults/") && n > 0 {
				n--
				res.Header.Set("Content-Type", "text/plain")
			}
			return res
		}
	}
}

func TestACaseThatDoesNotFailAgainIsFlaky(t *testing.T) {
	for _, tt := range []struct {
		name  string
		wrong int
		once  bool
		want  oracle.Status
	}{
		{"it fails once", 1, false, oracle.Flaky},
		{"it fails again", 10000, false, oracle.Failed},
		{"it fails once, and nothing is asked again", 1, true, oracle.Failed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			suite := suiteOn(t, simulator.New(catalogue(t), options, labelledAsText(tt.wrong)), contract.Newest(), 1, nil)
			suite.Once = tt.once
			trials := slices.DeleteFunc(property.Trials(catalogue(t), contract.Newest()), func(tr *property.Trial) bool {
				return tr.Name != "azure-key-vaults: a-change-takes-what-it-names-and-keeps-the-rest"
			})
			require.Len(t, trials, 1)
			c := engine.FixedRun{Bed: suite, Trials: trials, Checks: 3}
			o := c.Outcomes(t.Context(), nil)[0]
			assert.Equal(t, tt.want, o.Status, "%v", o.Reason)
			assert.Contains(t, o.Broke(), contract.ID("API-HAL-01"))
			if tt.want == oracle.Flaky {
				assert.Equal(t, 2, o.Asked)
				require.Len(t, o.Playings, 2)
				assert.NotEmpty(t, o.Playings[0].Evidence)
				assert.NotEmpty(t, o.Playings[1].Evidence)
				assert.ErrorContains(t, o.Reason, "flaky: found in 1 of 2 playings")
			}
			assert.NoError(t, suite.CleanUp(t.Context()))
			assert.Empty(t, suite.Ledger.Left())
		})
	}
}

func TestAHuntTellsAFindingThatDoesNotFailAgainAsFlaky(t *testing.T) {
	for _, tt := range []struct {
		name  string
		wrong int
		flaky bool
	}{
		{"it fails once", 1, true},
		{"it fails again", 10000, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			suite := suiteOn(t, simulator.New(catalogue(t), options, labelledAsText(tt.wrong)), contract.Newest(), 1, nil)
			suite.SVMs = suite.SVMs[:3]
			var found []*engine.Counterexample
			h := engine.Campaign{Bed: suite, Checks: 1, Trials: property.TrialsCalled(catalogue(t), contract.Newest(), "azure-key-vaults: a-change-takes-what-it-names-and-keeps-the-rest"),
				Found: func(f *engine.Counterexample) { found = append(found, f) }}
			_, err := h.Run(t.Context())
			require.NoError(t, err)
			require.Len(t, found, 1)
			f := found[0]
			assert.Equal(t, contract.ID("API-HAL-01"), f.Requirement)
			assert.Equal(t, tt.flaky, f.Flaky)
			assert.Equal(t, !tt.flaky, f.Small)
			assert.Equal(t, 1, h.Tally().Findings)
			if tt.flaky {
				assert.Equal(t, oracle.Flaky, f.Outcome.Status)
				assert.Len(t, f.Outcome.Playings, 2)
				assert.NotEmpty(t, f.Outcome.Evidence)
			}
		})
	}
}

// What failed once, and twice in a later case, is broken: one finding that is told again.
func TestAFlakyFindingThatFailsTwiceLaterIsBroken(t *testing.T) {
	var cases atomic.Int32
	bent := func(next simulator.Handler) simulator.Handler {
		once, always := labelledAsText(1)(next), labelledAsText(10000)(next)
		return func(st *simulator.State, r *simulator.Request) *simulator.Response {
			if cases.Load() > 3 {
				return always(st, r)
			}
			return once(st, r)
		}
	}
	suite := suiteOn(t, simulator.New(catalogue(t), options, bent), contract.Newest(), 1, nil)
	suite.SVMs = suite.SVMs[:3]
	var flaky []bool
	h := engine.Campaign{Bed: suite, Checks: 10, Trials: property.TrialsCalled(catalogue(t), contract.Newest(), "azure-key-vaults: a-change-takes-what-it-names-and-keeps-the-rest"),
		Found: func(f *engine.Counterexample) { flaky = append(flaky, f.Flaky) }, Told: func(engine.Tally) { cases.Add(1) }}
	_, err := h.Run(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []bool{true, false}, flaky)
	assert.Equal(t, 1, h.Tally().Findings)
}
