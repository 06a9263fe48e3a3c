package steps

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
)

// bend changes the answers to one method on the vaults, below or at the
// collection. bent gets what the simulator would answer.
func bend(method string, bent func(*simulator.Request, *simulator.Response) *simulator.Response) simulator.Middleware {
	return func(next simulator.Handler) simulator.Handler {
		return func(st *simulator.State, r *simulator.Request) *simulator.Response {
			res := next(st, r)
			if r.Method != method || !strings.HasPrefix(r.Path, "/security/azure-key-vaults") {
				return res
			}
			return bent(r, res)
		}
	}
}

// locating puts another Location into every answer to a creation.
func locating(location *string) simulator.Middleware {
	return bend("POST", func(_ *simulator.Request, res *simulator.Response) *simulator.Response {
		if res.Status == http.StatusCreated {
			res.Header.Set("Location", *location)
		}
		return res
	})
}

func TestWhatExistedBeforeTheRunIsNeverTouchedWhateverTheTargetSays(t *testing.T) {
	for _, tt := range []struct {
		name     string
		location func(uuid string) string
		mode     testbed.Mode
	}{
		{"a Location that leads to it", func(uuid string) string { return vaultsPath + "/" + uuid }, testbed.Guarded},
		{"in full mode too", func(uuid string) string { return vaultsPath + "/" + uuid }, testbed.Full},
		{"a whole URL of another host", func(uuid string) string { return "https://evil.example" + vaultsPath + "/" + uuid }, testbed.Guarded},
		{"its uuid in capitals", func(uuid string) string { return vaultsPath + "/" + strings.ToUpper(uuid) }, testbed.Guarded},
		{"its path with a blank", func(uuid string) string { return vaultsPath + "/" + uuid + "%20" }, testbed.Guarded},
		{"a query behind it", func(uuid string) string { return vaultsPath + "/x%3Fuuid=" + uuid }, testbed.Guarded},
		{"a path within it", func(uuid string) string { return vaultsPath + "/x%2F..%2F" + uuid }, testbed.Guarded},
		{"everything", func(string) string { return vaultsPath + "/*" }, testbed.Guarded},
		{"upwards", func(string) string { return vaultsPath + "/.." }, testbed.Guarded},
		{"the collection", func(string) string { return vaultsPath }, testbed.Guarded},
		{"the SVM", func(string) string { return "/api/svm/svms/00000010-0000-4000-8000-000000000010" }, testbed.Guarded},
		{"garbage", func(string) string { return "%%%" }, testbed.Guarded},
		{"nothing", func(string) string { return "" }, testbed.Guarded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			location := ""
			s := newStand(t, locating(&location))
			s.Mode = tt.mode
			uuid := s.strange(t)
			before := s.records()[uuid]
			location = tt.location(uuid)
			outcomes := s.Run(t.Context(), plan(t, "was deleted", "is changed", "rekeyed", "leads to the new"), nil)
			require.NoError(t, s.CleanUp(t.Context()))

			assert.NotEmpty(t, s.line.writes(), "the run did something")
			for _, r := range s.line.writes() {
				assert.NotContains(t, strings.ToLower(r.uri), uuid)
				for _, all := range []string{"*", "%2A", ".."} {
					assert.NotContains(t, r.uri, all)
				}
				assert.False(t, r.method != "POST" && strings.TrimSuffix(r.uri, "/") == vaultsPath, "%s", r)
			}
			assert.Equal(t, map[string]map[string]any{uuid: before}, s.records(), "and left nothing else behind")
			assert.Empty(t, s.Ledger.Left())
			assert.NotEmpty(t, outcomes)
		})
	}
}

func TestATargetThatKeepsWhatItWasToDeleteIsFoundOut(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answer  *simulator.Response
		wantErr string
	}{
		{"and says that it is gone", simulator.Answer(http.StatusOK, nil), "is still there although its deletion was answered with success"},
		{"and says that it never was", simulator.Refuse(http.StatusNotFound, "4", "no such entry", ""), "is still there although"},
		{"and says that it works on it", simulator.Answer(http.StatusAccepted, nil), "is still there: context deadline exceeded"},
		{"and says so", simulator.Refuse(http.StatusConflict, "8", "in use", ""), "cannot be deleted"},
		{"and breaks", simulator.Refuse(http.StatusInternalServerError, "262145", "oops", ""), "cannot be deleted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStand(t, func(next simulator.Handler) simulator.Handler {
				return func(st *simulator.State, r *simulator.Request) *simulator.Response {
					if r.Method == "DELETE" {
						return tt.answer
					}
					return next(st, r)
				}
			})
			s.direct()
			synctest.Test(t, func(t *testing.T) {
				outcomes := s.Run(t.Context(), plan(t, "A configuration is read by its uuid"), nil)
				assert.Equal(t, oracle.Passed, outcomes[0].Status, "the clean-up is no test: %v", outcomes[0].Reason)
				require.Len(t, s.records(), 1, "it is still there")

				assert.ErrorContains(t, s.CleanUp(t.Context()), tt.wantErr)
				left := s.Ledger.Left()
				require.NotEmpty(t, left)
				for uuid := range s.records() {
					assert.Equal(t, vaultsPath+"/"+uuid, left[0].Path)
				}
			})
		})
	}
}

func TestATargetThatKeepsAllThatIsDeletedIsBlamedByWhoeverMeetsIt(t *testing.T) {
	s := newStand(t, func(next simulator.Handler) simulator.Handler {
		return func(st *simulator.State, r *simulator.Request) *simulator.Response {
			if r.Method == "DELETE" {
				return simulator.Answer(http.StatusOK, nil)
			}
			return next(st, r)
		}
	})
	s.SVMs = s.SVMs[:1]

	outcomes := s.Run(t.Context(), plan(t, "A configuration is read by its uuid", "proxy_type is changed"), nil)

	require.Len(t, outcomes, 2)
	var first, second = &outcomes[0], &outcomes[1]
	if first.Status != oracle.Passed { // the order is that of the features
		first, second = second, first
	}
	assert.Empty(t, first.Broke(), "what it left is no finding of its own")
	assert.Equal(t, oracle.Errored, second.Status, "it could not find out what it set out to: %v", second.Reason)
	assert.Equal(t, []contract.ID{"AKV-DELETE-02"}, second.Broke())
	assert.False(t, second.Found[0].Flaky, "it was met twice")
}

func TestWhatCannotBeDeletedForAWhileIsCountedOnceAndGoesInTheEnd(t *testing.T) {
	for _, failures := range []int{1, 2, 3, 4} { // in the scenario, in the clean-up, and in its sweep
		t.Run(fmt.Sprintf("%d times", failures), func(t *testing.T) {
			n := 0
			s := newStand(t, func(next simulator.Handler) simulator.Handler {
				return func(st *simulator.State, r *simulator.Request) *simulator.Response {
					if r.Method == "DELETE" {
						if n++; n <= failures {
							return simulator.Refuse(http.StatusInternalServerError, "262145", "oops", "")
						}
					}
					return next(st, r)
				}
			})
			s.Run(t.Context(), plan(t, "A configuration is read by its uuid"), nil)
			err := s.CleanUp(t.Context())
			assert.Len(t, s.Ledger.Left(), len(s.records()))
			assert.Equal(t, err == nil, len(s.records()) == 0, "%v", err)
		})
	}
}

func TestWhatIsMadeAfterWeStoppedWaitingIsRemovedToo(t *testing.T) {
	for _, scenario := range []string{withGiven, "A property that is there twice is refused"} {
		t.Run(scenario, func(t *testing.T) {
			s := newStand(t)
			s.direct()
			s.Once = true // one playing is looked at
			synctest.Test(t, func(t *testing.T) {
				released := make(chan struct{})
				s.line.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method == "POST" {
						<-released
						body, _ := io.ReadAll(r.Body)
						r.Body = io.NopCloser(bytes.NewReader(twice.ReplaceAll(body, []byte(`"client_id"`))))
					}
					s.sim.ServeHTTP(w, r)
				})
				o := s.Run(t.Context(), plan(t, scenario), nil)[0]
				assert.Equal(t, oracle.Errored, o.Status, "%v", o.Reason)
				assert.Empty(t, s.records())
				require.Len(t, s.Ledger.Left(), 1, "it may still be made")

				close(released)
				again := s.settled()
				require.Len(t, s.records(), 1, "now it is made")
				require.NoError(t, again.CleanUp(t.Context()))
				assert.Empty(t, s.records())
				assert.Empty(t, s.Ledger.Left())
			})
		})
	}
}

func TestADeletionIsAskedForAgainWhenTheConnectionBreaks(t *testing.T) {
	s := newStand(t)
	n := 0
	s.line.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "DELETE" {
			if n++; n < 4 {
				panic(http.ErrAbortHandler)
			}
		}
		s.sim.ServeHTTP(w, r)
	})
	s.SVMs = s.SVMs[:1]
	outcomes := s.Run(t.Context(), plan(t, "A configuration is read by its uuid"), nil)
	assert.Equal(t, oracle.Passed, outcomes[0].Status, "%v", outcomes[0].Reason)
	assert.Equal(t, 4, n)
	assert.Empty(t, s.records())
	assert.Empty(t, s.Ledger.Left())
	assert.True(t, s.Clean(s.SVMs[0]))
}

func TestWhatAnEarlierScenarioLeftIsNoFindingOfTheNext(t *testing.T) {
	all := chosen(t, func(sc *Scenario) bool {
		return sc.Name == "key-managers/external.feature: An external key manager is configured for a data SVM" ||
			sc.Name == "key-managers/external.feature: Four key servers are configured"
	})
	s := newStand(t, func(next simulator.Handler) simulator.Handler {
		return func(st *simulator.State, r *simulator.Request) *simulator.Response {
			if r.Method == "DELETE" && strings.HasPrefix(r.Path, "/security/key-managers/") {
				return simulator.Refuse(http.StatusInternalServerError, "262145", "oops", "")
			}
			return next(st, r)
		}
	})
	s.SVMs = s.SVMs[:1]
	outcomes := s.Run(t.Context(), all, nil)
	require.Greater(t, len(outcomes), 1)
	for _, o := range outcomes[1:] {
		assert.Equal(t, oracle.Errored, o.Status, "%s: %v", o.Name, o.Reason)
		assert.ErrorContains(t, o.Reason, "may still have what an earlier scenario made")
	}
}

func TestWhatAnSVMHadBeforeTheRunIsNoFinding(t *testing.T) {
	all := chosen(t, func(sc *Scenario) bool {
		return slices.ContainsFunc([]string{"lists", "tunneling", "authentication"}, func(of string) bool {
			return strings.HasPrefix(sc.Name, "protocol/"+of+".feature") && strings.Contains(sc.Name, "client certificate")
		})
	})
	s := newStand(t)
	s.sim.Inspect(func(st *simulator.State) {
		for i, svm := range s.SVMs { // as every SVM of an array has
			uuid := fmt.Sprintf("77777777-0000-4000-8000-%012d", i)
			st.Table("certificates").Put(uuid, &simulator.Record{Fields: map[string]any{
				"uuid": uuid, "name": svm.Name, "common_name": svm.Name, "type": "client", "scope": "svm", "svm.name": svm.Name, "svm.uuid": svm.UUID,
			}})
		}
	})
	outcomes := s.Run(t.Context(), all, nil)
	for _, o := range outcomes {
		assert.Equal(t, oracle.Passed, o.Status, "%s: %v", o.Name, o.Reason)
	}
}

// twice is the property that a body of the features has twice. The simulator
// refuses such a body, which not every target does.
var twice = regexp.MustCompile(`"client_id":"conformance","client_id"`)

// crashed leaves a ledger on disk as a run does that ends all of a sudden.
func crashed(t *testing.T, entries ...ledger.Entry) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ledger")
	l, err := ledger.Open(name, false)
	require.NoError(t, err)
	for _, e := range entries {
		intended, err := l.Intend(akv, e.SVM, e.Mark)
		require.NoError(t, err)
		if e.Path != "" {
			_, err = l.Created(intended, e.Path)
			require.NoError(t, err)
		}
	}
	require.NoError(t, l.Close())
	return name
}

func TestWhatACrashedRunLeftIsRemovedWithItsLedger(t *testing.T) {
	s := newStand(t)
	other := s.strange(t)
	known, unknown := s.put(t, s.SVMs[0], "mark-of-the-known"), s.put(t, s.SVMs[1], "mark-of-the-unknown")
	elsewhere := s.put(t, s.SVMs[2], "mark-of-another-place")
	name := crashed(t,
		ledger.Entry{SVM: s.SVMs[0].Name, Mark: "mark-of-the-known", Path: vaultsPath + "/" + known},
		ledger.Entry{SVM: s.SVMs[1].Name, Mark: "mark-of-the-unknown"},
		ledger.Entry{SVM: s.SVMs[2].Name, Mark: "mark-of-another-place", Path: vaultsPath + "/00000000-0000-4000-8000-000000000003"},
		ledger.Entry{SVM: s.SVMs[3].Name, Mark: "mark-of-what-was-never-made"},
	)
	var err error
	s.Ledger, err = ledger.Open(name, false)
	require.NoError(t, err)
	require.Len(t, s.Ledger.Left(), 4)

	require.NoError(t, s.CleanUp(t.Context()))
	assert.Empty(t, s.Ledger.Left())
	assert.Contains(t, s.records(), other)
	assert.Len(t, s.records(), 1, "%s, %s and %s are gone", known, unknown, elsewhere)
	require.NoError(t, s.Ledger.Close())
	again, err := ledger.Open(name, false)
	require.NoError(t, err)
	assert.Empty(t, again.Left(), "the file knows it too")
}

func TestWhatACrashedRunNeverSawTheAnswerOfIsRemoved(t *testing.T) {
	for _, k := range newStand(t).kinds() {
		if k.Unmarked != "" { // what carries no mark is nobody's then
			continue
		}
		t.Run(k.Noun, func(t *testing.T) {
			s := newStand(t)
			require.NoError(t, s.Ready(t.Context()))
			w := newWorld(s.Suite, &Scenario{Name: t.Name()}, s.SVMs[:1])
			require.NoError(t, w.Make(t.Context(), testbed.CreateRequest{Kind: k, Name: "lost", SVM: s.SVMs[0], Body: w.body(k, "lost", s.SVMs[0])}))

			again := s.settle(t)
			var err error
			again.Ledger, err = ledger.Open("", false)
			require.NoError(t, err)
			for _, e := range s.Ledger.Left() {
				_, err := again.Ledger.Intend(e.Kind, e.SVM, e.Mark)
				require.NoError(t, err)
			}
			require.NotEmpty(t, again.Ledger.Left())
			require.NoError(t, again.CleanUp(t.Context()))
			s.sim.Inspect(func(st *simulator.State) {
				for _, resource := range append([]string{k.Resource.Name}, k.DependsOn...) {
					assert.Zero(t, st.Table(resource).Len(), resource)
				}
			})
			assert.Empty(t, again.Ledger.Left())
		})
	}
}

func TestAnObjectThatNoLongerCarriesOurMarkIsLeftAlone(t *testing.T) {
	s := newStand(t)
	uuid := s.put(t, s.SVMs[0], "somebody-elses-now")
	before := s.records()
	var err error
	s.Ledger, err = ledger.Open(crashed(t, ledger.Entry{SVM: s.SVMs[0].Name, Mark: "our-mark", Path: vaultsPath + "/" + uuid}), false)
	require.NoError(t, err)

	assert.ErrorContains(t, s.CleanUp(t.Context()), `does not carry the mark "our-mark" on the SVM`)
	assert.Empty(t, s.line.writes())
	assert.Equal(t, before, s.records())
	assert.Len(t, s.Ledger.Left(), 1, "somebody has to look at it")
}

func TestAReadOnlyRunWritesNothing(t *testing.T) {
	s := newStand(t)
	s.Mode = testbed.ReadOnly
	uuid := s.strange(t)
	outcomes := s.Run(t.Context(), plan(t), nil)
	require.NoError(t, s.CleanUp(t.Context()))
	assert.Empty(t, s.line.writes())
	assert.NotEmpty(t, s.line.all(), "but it reads")
	assert.Contains(t, s.records(), uuid)
	passed := 0
	for _, o := range outcomes {
		assert.LessOrEqual(t, o.Status, oracle.Passed, "%s: %v", o.Name, o.Reason)
		if o.Status == oracle.Passed {
			passed++
		}
	}
	assert.Positive(t, passed)
}
