package fuzz_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fuzz"
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
			trials := slices.DeleteFunc(fuzz.Trials(catalogue(t), contract.Newest()), func(tr *fuzz.Trial) bool {
				return tr.Name != "azure-key-vaults: a-change-takes-what-it-names-and-keeps-the-rest"
			})
			require.Len(t, trials, 1)
			c := fuzz.Campaign{Suite: suite, Trials: trials, Checks: 3}
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
