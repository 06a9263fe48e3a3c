package steps

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
)

// behind puts a front before the simulator of a stand, once n requests have gone by.
func (s *stand) behind(f mutant.Proxy, n int) {
	s.line.next = f.Before(s.sim, mutant.ListsAfter(n, wholes...))
}

// wholes are the resources with scenarios that write to several objects in one call.
var wholes = []string{akv, "aws-kms", "gcp-kms"}

// onWholes returns the writes to whole collections that were sent.
func (s *stand) onWholes() []sentRequest {
	return slices.DeleteFunc(s.line.writes(), func(r sentRequest) bool {
		path, _, _ := strings.Cut(r.uri, "?")
		return r.method == http.MethodPost || !slices.ContainsFunc(wholes, func(name string) bool { return strings.HasSuffix(path, "/"+name) })
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
				require.Len(t, before, len(wholes))
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
		mark := markOf(i + 1)
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
					assert.Positive(t, testbed.Unknowns(err), "%v", err)
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

// impostor shows the objects with some uuids as what carries the mark of an entry on its SVM, in
// lists and when they are read.
type impostor struct {
	next  http.Handler
	svm   testbed.SVM
	mark  string
	uuids []string
}

func (i *impostor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, vaultsPath) {
		i.next.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	i.next.ServeHTTP(answer, r)
	var body map[string]any
	if json.Unmarshal(answer.Body.Bytes(), &body) == nil {
		i.disguise(body)
		records, _ := body["records"].([]any)
		for _, record := range records {
			i.disguise(record.(map[string]any))
		}
	}
	text, _ := json.Marshal(body)
	w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
	w.WriteHeader(answer.Code)
	w.Write(text)
}

func (i *impostor) disguise(record map[string]any) {
	if uuid, _ := record["uuid"].(string); slices.Contains(i.uuids, uuid) {
		record["svm"] = map[string]any{"name": i.svm.Name, "uuid": i.svm.UUID}
		record["name"] = "https://" + i.mark + ".vault.azure.net/"
		record["client_id"], record["tenant_id"] = i.mark, i.mark
	}
}

// What a run found before it made anything stays foreign for the clean-up of another day,
// whatever it says of itself by then.
func TestACleanUpTouchesNothingThatWasThereBeforeTheRun(t *testing.T) {
	for _, tt := range []struct {
		name   string
		placed bool // the entry says where its object is: at that of somebody else
		there  bool // so is what the run made
	}{
		{"the answer to the creation was lost", false, false},
		{"the answer to the creation was lost, and the object is there", false, true},
		{"the ledger points at it", true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStand(t)
			foreign := s.strange(t)
			svm, mark, name := s.SVMs[0], markOf(1), filepath.Join(t.TempDir(), "ledger")
			var err error
			s.Ledger, err = ledger.Open(name, false)
			require.NoError(t, err)
			require.NoError(t, s.Ready(t.Context()))
			e, err := s.Ledger.Intend(akv, svm.Name, mark)
			require.NoError(t, err)
			if tt.placed {
				_, err = s.Ledger.Created(e, vaultsPath+"/"+foreign)
				require.NoError(t, err)
			}
			if tt.there {
				s.put(t, svm, mark)
			}
			require.NoError(t, s.Ledger.Close()) // the run is killed

			s.line.next = &impostor{s.sim, svm, mark, []string{foreign}}
			s.line.reset()
			again := s.settle(t)
			again.Ledger, err = ledger.Open(name, false)
			require.NoError(t, err)
			err = again.CleanUp(t.Context())
			assert.Contains(t, s.records(), foreign)
			assert.False(t, slices.ContainsFunc(s.line.writes(), func(r sentRequest) bool { return strings.Contains(r.uri, foreign) }))
			assert.ErrorContains(t, err, foreign+" was there before the run")
			assert.Len(t, again.Ledger.Left(), 1, "somebody has to look at it")
		})
	}
}

// A maintenance page or a login page that comes now and then says nothing of the API. It was seen
// red with MUSTs flaky that have nothing to do with it.
func TestAPageInPlaceOfAnAnswerIsBlamedForBeingAPageOnly(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a page": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<html>back soon</html>")
		},
		"a redirection": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/login")
			w.WriteHeader(http.StatusFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			var asked atomic.Int32
			next := s.line.next
			s.line.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				// A page for a stranger, or at a path that no resource has, is what such a request is about.
				user, _, _ := r.BasicAuth()
				ours := user == "admin" && (strings.HasPrefix(r.URL.Path, vaultsPath) || strings.HasPrefix(r.URL.Path, "/api/security/aws-kms"))
				if asked.Add(1)%211 == 0 && r.Method == http.MethodGet && ours {
					answer(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})
			errored := 0
			for _, o := range s.Run(t.Context(), plan(t), nil) {
				if o.Status == oracle.Errored {
					errored++
				}
				for _, id := range o.Broke() {
					assert.True(t, id == "API-JSON-01" || strings.HasPrefix(string(id), "API-HAL-"), "%s: %s: %v", id, o.Name, o.Reason)
				}
			}
			assert.LessOrEqual(t, errored, 5, "the others were played again")
		})
	}
}
