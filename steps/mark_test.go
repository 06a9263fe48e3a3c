package steps

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/sample"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
)

func TestOnlyTheNonceDiffersBetweenRunsOfOneSeed(t *testing.T) {
	sent := func(nonce string) []string {
		s := newStand(t)
		s.Nonce, s.Parallel = nonce, 1
		s.Run(t.Context(), plan(t, "is read by its uuid", "was deleted"), nil)
		var all []string
		for _, r := range s.line.all() {
			assert.NotContains(t, r.String(), "oc00000000")
			all = append(all, strings.ReplaceAll(r.String(), "oc"+nonce, "oc"))
		}
		return all
	}
	assert.Equal(t, sent("aaaaaaaa"), sent("bbbbbbbb"))
}

// runsBeside plays the same scenarios in two suites at once that have SVMs of their own on one
// server, and wants neither to touch what the other or anybody else made, nor to write it down.
func runsBeside(t *testing.T, s *stand, scenarios []*Scenario, nonces [2]string) {
	t.Helper()
	s.strangers(t)
	before := s.held()
	var suites [2]*Suite
	var lines [2]*tap
	var all sync.WaitGroup
	for i, nonce := range nonces {
		l, err := ledger.Open("", false)
		require.NoError(t, err)
		target := *s.Target
		lines[i] = &tap{next: s.line}
		target.BaseURL = listen(t, lines[i]).URL
		suites[i] = &Suite{Testbed: &testbed.Testbed{Settings: testbed.Settings{
			Judge: s.Judge, Ledger: l, SVMs: s.SVMs[3*i : 3*i+3], Admin: s.Admin, Seed: 1, Nonce: nonce, Limits: testbed.Limits{JobTimeout: time.Second}, Target: &target,
		}}}
		all.Go(func() {
			suites[i].Run(t.Context(), scenarios, nil)
			suites[i].CleanUp(t.Context()) // a target that is wrong may keep it from being sure
		})
	}
	all.Wait()
	after := s.held()
	for key, record := range before {
		assert.Equal(t, record, after[key], "what somebody else has")
	}
	for i, suite := range suites {
		other := suites[1-i]
		for _, r := range lines[i].writes() {
			path, _, _ := strings.Cut(r.uri, "?")
			if whole := strings.Count(path, "/") < 4; !whole {
				path = strings.Join(strings.Split(path, "/")[:5], "/") // of the object, for what is asked of a part
				assert.False(t, other.Ledger.Owns(path), "written to what the other made, or in both ledgers: %s", r)
			}
		}
		for _, e := range suite.Ledger.Marks() {
			assert.False(t, slices.ContainsFunc(other.SVMs, func(svm testbed.SVM) bool { return svm.Name == e.SVM }), "written down by the wrong one: %+v", e)
		}
	}
}

// bentLists are the servers that are wrong in lists, fields, pages and filters.
func bentLists(t *testing.T) []mutant.Mutant {
	t.Helper()
	c, err := catalogue()
	require.NoError(t, err)
	bent := slices.DeleteFunc(mutant.All(c), func(m mutant.Mutant) bool {
		of := slices.ContainsFunc([]string{"API-LIST-", "API-FILTER-", "API-FIELDS-", "API-PAGE-"}, func(ids string) bool { return strings.HasPrefix(string(m.Breaks), ids) })
		elsewhere := slices.ContainsFunc([]string{"aws-kms-", "node-", "data-svm-"}, func(of string) bool { return strings.HasPrefix(m.Name, of) })
		return !of || elsewhere || m.Wrap == nil
	})
	return sample.Of(t, bent, 6, func(m mutant.Mutant) (name, kind string) {
		if m.Name == "filters-are-ignored" {
			return m.Name, m.Name
		}
		return m.Name, string(m.Breaks)
	})
}

// Two runs of one nonce and seed are told apart by their SVMs alone.
func TestTwoRunsAtOnceLeaveEachOthersAlone(t *testing.T) {
	scenarios := plan(t, "is read by its uuid", "was deleted", "A second", "is refused")
	for _, m := range bentLists(t) {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			c, err := catalogue()
			require.NoError(t, err)
			runsBeside(t, newStandOf(t, m.On(c), m.Wrap), scenarios, [2]string{"same", "same"})
		})
	}
	t.Run("filters-are-ignored, and nonces of their own", func(t *testing.T) {
		c, err := catalogue()
		require.NoError(t, err)
		m, _ := mutant.Find(c, "filters-are-ignored")
		runsBeside(t, newStandOf(t, m.On(c), m.Wrap), scenarios, [2]string{"aaaaaaaa", "bbbbbbbb"})
	})
}

// twins makes a twin of every vault that a run asks for, refused or not, as another run of the
// same nonce and seed has them at the same time on an SVM of its own.
func twins(next simulator.Handler) simulator.Handler {
	n := 0
	return func(st *simulator.State, r *simulator.Request) *simulator.Response {
		if body, ok := decoded(r.Body); ok && r.Method == http.MethodPost && r.Path == "/security/azure-key-vaults" {
			n++
			fields := map[string]any{"uuid": fmt.Sprintf("77777777-0000-4000-8000-%012d", n), "svm.name": "svm16", "svm.uuid": "77777777-0000-4000-8000-777777777777"}
			for _, name := range []string{"name", "client_id", "tenant_id"} {
				fields[name] = body[name]
			}
			st.Table(akv).Put(fields["uuid"].(string), &simulator.Record{Fields: fields})
		}
		return next(st, r)
	}
}

func TestWhatAnotherRunOfTheSameMarksHasIsNeitherTouchedNorWrittenDown(t *testing.T) {
	scenarios := plan(t, "is read by its uuid", "was deleted", "A second", "is refused")
	for _, m := range bentLists(t) {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			c, err := catalogue()
			require.NoError(t, err)
			s := newStandOf(t, m.On(c), m.Wrap, twins)
			s.SVMs, s.JobTimeout = s.SVMs[:6], time.Second
			s.Run(t.Context(), scenarios, nil)
			s.CleanUp(t.Context())
			for _, r := range s.line.writes() {
				assert.NotContains(t, r.uri, "77777777-")
			}
			for _, e := range s.Ledger.Left() {
				assert.NotContains(t, e.Path, "77777777-")
			}
		})
	}
}
