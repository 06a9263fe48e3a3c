package engine_test

import (
	"context"
	"flag"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
)

var cleanExchanges = flag.Int("clean.exchanges", 200_000, "judged exchanges of BenchmarkFalseFindings, on all its servers together")

// BenchmarkFalseFindings hunts the unbent server of each release and every liberty, another
// seed each, and fails on whatever is found that a liberty does not cost.
func BenchmarkFalseFindings(b *testing.B) {
	type server struct {
		name  string
		sim   func() *simulator.Simulator
		on    contract.Release
		costs []contract.ID
	}
	var servers []server
	for _, r := range contract.Releases() {
		o := options
		o.Release = r
		if len(property.Trials(catalogue(b), r)) > 0 {
			servers = append(servers, server{r.String(), func() *simulator.Simulator { return simulator.New(catalogue(b), o) }, r, nil})
		}
	}
	for _, l := range mutant.Liberties(catalogue(b)) {
		servers = append(servers, server{l.Name, func() *simulator.Simulator { return l.New(catalogue(b), options) }, l.On(), l.Costs})
	}
	judged, found := 0, 0
	for range b.N {
		var all sync.WaitGroup
		var mu sync.Mutex
		turns := make(chan struct{}, 2)
		for i, s := range servers {
			turns <- struct{}{}
			all.Go(func() {
				defer func() { <-turns }()
				n, wrong := falseFindings(b, s.sim(), s.on, uint64(i+1), *cleanExchanges/len(servers), s.costs)
				mu.Lock()
				defer mu.Unlock()
				judged += n
				for _, f := range wrong {
					found++
					b.Errorf("%s: %s in %s, case %s: %v", s.name, f.Requirement, f.Trial, f.Case, f.Outcome.Reason)
				}
			})
		}
		all.Wait()
	}
	b.ReportMetric(float64(judged), "judged")
	b.ReportMetric(float64(found), "findings")
	b.ReportMetric(0, "ns/op")
}

// falseFindings hunts a server for a number of exchanges, and returns what is found
// besides what may be.
func falseFindings(b *testing.B, sim *simulator.Simulator, r contract.Release, seed uint64, exchanges int, costs []contract.ID) (judged int, wrong []*engine.Counterexample) {
	suite := suiteOn(b, sim, r, seed, nil)
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	h := engine.Campaign{Bed: suite, Trials: property.Trials(catalogue(b), r),
		Seen: func(_ *oracle.Outcome, requests int) {
			if judged = requests; requests > exchanges {
				stop()
			}
		},
		Found: func(f *engine.Counterexample) {
			if !slices.Contains(costs, f.Requirement) {
				wrong = append(wrong, f)
			}
		},
	}
	_, err := h.Run(ctx)
	require.NoError(b, err)
	return judged, wrong
}

// TestAnUnknownSVMInAFilterMayBeSaid asks as many questions as a run does: the first few are
// about other fields.
func TestAnUnknownSVMInAFilterMayBeSaid(t *testing.T) {
	l, known := mutant.FindLiberty(catalogue(t), "filter-by-an-unknown-svm-is-refused")
	require.True(t, known)
	suite := suiteOn(t, l.New(catalogue(t), options), l.On(), 1, nil)
	trials := slices.DeleteFunc(property.Trials(catalogue(t), l.On()), func(tr *property.Trial) bool { return tr.Property.Name != "lists-agree-with-their-records" })
	require.NotEmpty(t, trials)
	for _, o := range (&engine.FixedRun{Bed: suite, Trials: trials, Checks: 20}).Outcomes(t.Context(), nil) {
		require.Equal(t, oracle.Passed, o.Status, "%s: %v", o.Name, o.Reason)
	}
}
