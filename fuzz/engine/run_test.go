package engine_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/sample"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
)

func TestTheSimulatorGivesNoFinding(t *testing.T) {
	for _, r := range contract.Releases() {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			o := options
			o.Release = r
			suite := suiteOn(t, simulator.New(catalogue(t), o), r, 1, nil)
			c := engine.FixedRun{Bed: suite, Trials: property.Trials(catalogue(t), r), Checks: 4}
			requests := 0
			for _, o := range c.Outcomes(t.Context(), nil) {
				requests += o.Requests
				if !assert.Equal(t, oracle.Passed, o.Status, "%s: %v", o.Name, o.Reason) {
					for _, f := range o.Found {
						t.Log(f.Requirement, f.Err, f.Exchange)
					}
				}
			}
			t.Log(requests, "requests")
			assert.NoError(t, suite.CleanUp(t.Context()))
			assert.Empty(t, suite.Ledger.Left())
		})
	}
}

func TestNoLibertyIsTakenForABug(t *testing.T) {
	kind := func(l mutant.Liberty) (name, kind string) {
		kind, _, _ = strings.Cut(l.Because, " ") // the document that allows it
		return l.Name, kind
	}
	for _, l := range sample.Of(t, mutant.Liberties(catalogue(t)), 6, kind) {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			suite := suiteOn(t, l.New(catalogue(t), options), l.On(), 1, nil)
			c := engine.FixedRun{Bed: suite, Trials: property.Trials(catalogue(t), l.On()), Checks: 1}
			for _, o := range c.Outcomes(t.Context(), nil) {
				assert.False(t, o.Status == oracle.Errored && !wire.IsLost(o.Reason), "%s: %v", o.Name, o.Reason)
				for _, f := range o.Found {
					assert.Contains(t, l.Costs, f.Requirement, "%s: %v\n%v", o.Name, f.Err, f.Exchange)
				}
			}
			assert.NoError(t, suite.CleanUp(t.Context()))
			assert.Empty(t, suite.Ledger.Left())
		})
	}
}

// sentBy are the requests that the clean simulator is sent with one seed, sorted: how lanes
// interleave is the scheduler's.
func sentBy(t *testing.T, play func(*testbed.Testbed)) string {
	t.Helper()
	var mu sync.Mutex
	var all []string
	play(suiteOn(t, simulator.New(catalogue(t), options), contract.Newest(), 7, func(r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		r.Body = io.NopCloser(bytes.NewReader(body))
		mu.Lock()
		defer mu.Unlock()
		all = append(all, fmt.Sprintf("%s %s %v %s", r.Method, r.RequestURI, r.Header, body))
	}))
	slices.Sort(all)
	return strings.Join(all, "\n")
}

func TestTheSameSeedSendsTheSameBytesWithAnyNumberOfWorkers(t *testing.T) {
	trials := property.Trials(catalogue(t), contract.Newest())
	for name, with := range map[string]func(workers int) func(*testbed.Testbed){
		"campaign": func(workers int) func(*testbed.Testbed) {
			return func(s *testbed.Testbed) {
				c := engine.FixedRun{Bed: s, Trials: trials, Checks: 3, Workers: workers}
				c.Outcomes(t.Context(), nil)
			}
		},
		"hunt": func(workers int) func(*testbed.Testbed) {
			return func(s *testbed.Testbed) {
				s.SVMs = s.SVMs[:9] // three lanes
				h := engine.Campaign{Bed: s, Trials: trials, Checks: 1, Workers: workers}
				_, err := h.Run(t.Context())
				assert.NoError(t, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := sentBy(t, with(1))
			assert.NotEmpty(t, one)
			assert.Equal(t, one, sentBy(t, with(3)))
			assert.Equal(t, one, sentBy(t, with(16)))
		})
	}
}
