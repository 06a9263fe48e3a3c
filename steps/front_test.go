package steps

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/oracle"
)

// behind puts a front before the simulator of a stand, once n requests have gone by.
func (s *stand) behind(f mutant.Front, n int) {
	s.line.next = f.Before(s.sim, mutant.ListsAfter(n, akv, "aws-kms"))
}

// onWholes returns the writes to whole collections that were sent.
func (s *stand) onWholes() []sentRequest {
	return slices.DeleteFunc(s.line.writes(), func(r sentRequest) bool {
		path, _, _ := strings.Cut(r.uri, "?")
		return r.method == http.MethodPost || !strings.HasSuffix(path, "/"+akv) && !strings.HasSuffix(path, "/aws-kms")
	})
}

// together returns the scenarios that write to several objects in one call.
func together(t *testing.T) []*Scenario {
	t.Helper()
	return chosen(t, func(sc *Scenario) bool {
		return slices.ContainsFunc(sc.Requirements, func(id contract.ID) bool { return strings.HasPrefix(string(id), "API-BULK-") })
	})
}

// A list that cannot be read, or hides what is there, tells nothing of what else a call on
// the whole collection would reach.
func TestNoCallOnAWholeCollectionIsSentWhileItsListCannotBeBelieved(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	worst, found := mutant.Find(c, "query-based-deletion-reaches-every-record")
	require.True(t, found)
	for _, f := range mutant.Fronts() {
		for _, n := range []int{0, 5, 15, 25, 40, 60} {
			t.Run(fmt.Sprintf("%s after %d requests", f.Name, n), func(t *testing.T) {
				t.Parallel()
				s := newStand(t, worst.Wrap)
				s.strangers(t)
				s.SVMs = s.SVMs[:4]
				before := s.held()
				require.Len(t, before, 2)
				s.behind(f, n)
				outcomes := s.Run(t.Context(), together(t), nil)
				s.CleanUp(t.Context()) // what cannot be found out is told, and of no concern here

				assert.Empty(t, s.onWholes())
				after := s.held()
				for uuid, record := range before {
					assert.Equal(t, record, after[uuid])
				}
				for _, o := range outcomes {
					assert.NotEqual(t, oracle.Passed, o.Status, o.Name)
				}
			})
		}
	}
}

// The fronts themselves do no harm to a run that nobody else is beside: they show that the
// calls of the test above are held back because of what the lists say.
func TestCallsOnAWholeCollectionAreSentWhereNobodyElseIs(t *testing.T) {
	s := newStand(t)
	outcomes := s.Run(t.Context(), together(t), nil)
	for _, o := range outcomes {
		assert.Equal(t, oracle.Passed, o.Status, "%s: %v", o.Name, o.Reason)
	}
	assert.NotEmpty(t, s.onWholes())
	require.NoError(t, s.CleanUp(t.Context()))
	assert.Empty(t, s.Ledger.Left())
}

// vaultsOf makes vaults of a run that crashed: of the last ones nobody knows where they are.
func (s *stand) vaultsOf(t *testing.T, known, unknown int) {
	t.Helper()
	var entries []ledger.Entry
	for i := range known + unknown {
		mark := s.mark(uint64(i + 1))
		e := ledger.Entry{SVM: s.SVMs[i].Name, Mark: mark, Path: vaultsPath + "/" + s.put(t, s.SVMs[i], mark)}
		if i >= known {
			e.Path = ""
		}
		entries = append(entries, e)
	}
	var err error
	s.Ledger, err = ledger.Open(crashed(t, entries...), false)
	require.NoError(t, err)
}

// What nobody knows where it is stays in the ledger while the list that would show it leaves out
// what is there, or is none.
func TestACleanUpStrikesNothingOffByAListThatCannotBeBelieved(t *testing.T) {
	for _, f := range mutant.Fronts() {
		for _, n := range []int{0, 3, 8} {
			t.Run(fmt.Sprintf("%s after %d requests", f.Name, n), func(t *testing.T) {
				t.Parallel()
				s := newStand(t)
				s.vaultsOf(t, 3, 2)
				s.behind(f, n)
				err := s.CleanUp(t.Context())
				there := len(s.records())
				left := s.Ledger.Left()
				assert.GreaterOrEqual(t, len(left), there, "what is there is in the ledger")
				if there > 0 {
					require.Error(t, err)
					assert.Positive(t, Unknowns(err), "%v", err)
				}

				s.line.next = s.sim
				require.NoError(t, s.settle(t).CleanUp(t.Context()))
				assert.Empty(t, s.records(), "once the lists can be believed")
				assert.Empty(t, s.Ledger.Left())
			})
		}
	}
}

// Only a 404 of the API says that an object is gone, or a documented code for a missing record.
func TestAnObjectIsStruckOffOnlyWhenItIsSeenToBeGone(t *testing.T) {
	for _, tt := range []struct {
		name        string
		status      int
		media, body string
		wantGone    bool
	}{
		{"no longer there", 404, "application/hal+json", `{"error":{"code":"4","message":"entry doesn't exist"}}`, true},
		{"a uuid that nothing has, with the status tabled for it", 400, "application/hal+json", `{"error":{"code":"8586226"}}`, true},
		{"a stranger", 401, "application/hal+json", `{"error":{"code":"6691623"}}`, false},
		{"forbidden", 403, "application/hal+json", `{"error":{"code":"6"}}`, false},
		{"not understood", 400, "application/hal+json", `{"error":{"code":"3"}}`, false},
		{"broken", 500, "application/hal+json", `{"error":{"code":"2"}}`, false},
		{"the page of a server in front", 404, "text/html", "<html>not found</html>", false},
		{"a page that says so", 200, "text/html", "<html>gone</html>", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStand(t)
			s.vaultsOf(t, 1, 0)
			s.line.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, vaultsPath+"/") {
					w.Header().Set("Content-Type", tt.media)
					w.WriteHeader(tt.status)
					io.WriteString(w, tt.body)
					return
				}
				if r.URL.Path == vaultsPath { // the list does not show it either
					w.Header().Set("Content-Type", "application/hal+json")
					io.WriteString(w, `{"records":[],"num_records":0}`)
					return
				}
				s.sim.ServeHTTP(w, r)
			})
			err := s.CleanUp(t.Context())
			assert.Equal(t, tt.wantGone, err == nil, "%v", err)
			assert.Equal(t, tt.wantGone, len(s.Ledger.Left()) == 0)
		})
	}
}
