package engine_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
)

// stale serves every reading of an object but the first as the one before, so that
// no luck is needed to see it: a change and a reading by one client will do.
func stale(next http.Handler) http.Handler {
	var mu sync.Mutex
	before := map[string][]byte{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || strings.Count(r.URL.Path, "/") < 4 || strings.Contains(r.URL.Path, "jobs") {
			next.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		mu.Lock()
		body, known := before[r.URL.Path]
		if !known {
			body = rec.Body.Bytes()
		}
		before[r.URL.Path] = bytes.Clone(rec.Body.Bytes())
		mu.Unlock()
		for name, values := range rec.Header() {
			if name != "Content-Length" {
				w.Header()[name] = values
			}
		}
		w.WriteHeader(rec.Code)
		w.Write(body)
	})
}

func TestReadingsThatGoBackInTimeAreFoundAndDrawn(t *testing.T) {
	suite := suiteOn(t, simulator.New(catalogue(t), options), contract.Newest(), 1, nil)
	server := httptest.NewServer(stale(simulator.New(catalogue(t), options)))
	t.Cleanup(server.Close)
	suite.Target.BaseURL = server.URL
	trials := slices.DeleteFunc(property.Trials(catalogue(t), contract.Newest()), func(tr *property.Trial) bool { return !strings.HasSuffix(tr.Name, "clients-at-once-see-one-order") })
	require.NotEmpty(t, trials)
	var found []*engine.Counterexample
	h := engine.Campaign{Bed: suite, Trials: trials, Checks: 5, Found: func(f *engine.Counterexample) { found = append(found, f) }}
	_, err := h.Run(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, found)
	assert.Equal(t, "change-is-read-back", catalogue(t).Requirement(found[0].Requirement).Promise)
	assert.Contains(t, string(found[0].Drawing), "<html")
	assert.LessOrEqual(t, len(found[0].Case.Calls), 5, "%v", found[0].Case)
}

func TestCreationsAtOnceAreFollowedToTheEndOfTheirJobs(t *testing.T) {
	l, known := mutant.FindLiberty(catalogue(t), "writes-are-asynchronous")
	require.True(t, known)
	sim := l.New(catalogue(t), options)
	suite := suiteOn(t, sim, l.On(), 0, nil)
	trials := slices.DeleteFunc(property.Trials(catalogue(t), l.On()), func(tr *property.Trial) bool { return !strings.HasSuffix(tr.Name, "one-of-several-creations-wins") })
	require.NotEmpty(t, trials)
	h := engine.Campaign{Bed: suite, Trials: trials, Checks: 40, Found: func(f *engine.Counterexample) { t.Errorf("%s: %v", f.Requirement, f.Outcome.Reason) }}
	_, err := h.Run(t.Context())
	require.NoError(t, err)
	sim.Inspect(func(st *simulator.State) {
		for _, tr := range trials {
			assert.Zero(t, st.Table(tr.Kind.Resource.Name).Len(), "left of %s", tr.Name)
		}
	})
	assert.Empty(t, suite.Ledger.Left())
}
