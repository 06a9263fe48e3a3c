package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
)

// wrongReadings makes the readings of single vaults wrong for which wrong says so; n counts them
// from 1.
func wrongReadings(wrong func(n int) bool) simulator.Middleware {
	n := 0
	return bend("GET", func(r *simulator.Request, res *simulator.Response) *simulator.Response {
		if res.Status != http.StatusOK || !strings.HasPrefix(r.Path, "/security/azure-key-vaults/") {
			return res
		}
		if n++; wrong(n) {
			empty := simulator.Answer(http.StatusOK, map[string]any{})
			empty.Header.Set("Content-Type", res.Header.Get("Content-Type"))
			return empty
		}
		return res
	})
}

// isFound makes the readings of one playing wrong: where the answer says that the vault is, what
// the list shows then, and the one that is judged.
func isFound(n int) bool { return n <= 3 }

func TestWhatFailsIsAskedAgainBeforeTheTargetIsBlamed(t *testing.T) {
	for _, tt := range []struct {
		name       string
		wrong      func(n int) bool
		once       bool
		want       oracle.Status
		wantAsked  int
		wantReason string
	}{
		{"it never fails", func(int) bool { return false }, false, oracle.Passed, 0, ""},
		{"it fails twice", func(int) bool { return true }, false, oracle.Failed, 2, ""},
		{"it fails once", isFound, false, oracle.Flaky, 2, "flaky: found in 1 of 2 playings: "},
		{"it fails once, and nothing is asked again", isFound, true, oracle.Failed, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStand(t, wrongReadings(tt.wrong))
			s.Once = tt.once
			o := s.Run(t.Context(), plan(t, withGiven), nil)[0]
			assert.Equal(t, tt.want, o.Status, "%v", o.Reason)
			assert.Equal(t, tt.wantAsked, o.Asked)
			assert.Len(t, o.Playings, tt.wantAsked)
			if tt.wantReason != "" {
				assert.ErrorContains(t, o.Reason, tt.wantReason)
			}
			for _, f := range o.Found {
				assert.Equal(t, tt.want == oracle.Flaky, f.Flaky, f.Requirement)
			}
			assert.Empty(t, s.records())
			assert.Empty(t, s.Ledger.Left())
		})
	}
}

func TestBothPlayingsOfAFlakyScenarioAreKept(t *testing.T) {
	s := newStand(t, wrongReadings(isFound))
	o := s.Run(t.Context(), plan(t, withGiven), nil)[0]
	require.Len(t, o.Playings, 2)
	assert.Equal(t, []oracle.Status{oracle.Failed, oracle.Passed}, []oracle.Status{o.Playings[0].Status, o.Playings[1].Status})
	for _, p := range o.Playings {
		assert.NotEmpty(t, p.Evidence)
	}
	marks := map[string]bool{}
	svms := map[any]bool{}
	for _, r := range s.line.all() {
		if body, ok := decoded([]byte(r.body)); ok && r.method == "POST" {
			marks[fmt.Sprint(body["client_id"])] = true
			svm, _ := oracle.Lookup(body, "svm.name")
			svms[svm] = true
		}
	}
	assert.Len(t, marks, 2, "each has marks of its own")
	assert.Len(t, svms, 2, "and an SVM of its own")
}

func TestWhatTwoPlayingsFindIsBrokenAndTheRestIsFlaky(t *testing.T) {
	n := 0
	s := newStand(t, bend("GET", func(r *simulator.Request, res *simulator.Response) *simulator.Response {
		if !strings.HasPrefix(r.Path, "/security/azure-key-vaults/") {
			return res
		}
		if n++; isFound(n) {
			res.Header.Set("Content-Type", "text/plain")
		}
		return res
	}), wrongReadings(func(int) bool { return true }))
	o := s.Run(t.Context(), plan(t, withGiven), nil)[0]
	assert.Equal(t, oracle.Failed, o.Status)
	flaky, sure := 0, 0
	for _, f := range o.Found {
		if f.Flaky {
			flaky++
			assert.Contains(t, string(f.Requirement), "API-", "the media type")
		} else {
			sure++
		}
	}
	assert.Positive(t, flaky)
	assert.Positive(t, sure)
}

// lossy makes vaults and loses the answers for which lost says so; n counts them from 1.
func lossy(s *stand, lost func(n int32) bool) {
	var n atomic.Int32
	s.line.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" && lost(n.Add(1)) {
			s.sim.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		s.sim.ServeHTTP(w, r)
	})
}

func TestAScenarioWhoseAnswerWasLostIsPlayedAgain(t *testing.T) {
	for _, tt := range []struct {
		name      string
		lost      int32
		want      oracle.Status
		wantAsked int
	}{
		{"once", 1, oracle.Passed, 2},
		{"twice", 2, oracle.Passed, 3},
		{"every time", 100, oracle.Errored, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStand(t)
			lossy(s, func(n int32) bool { return n <= tt.lost })
			o := s.Run(t.Context(), plan(t, "A configuration with a client secret is created")[:1], nil)[0]
			assert.Equal(t, tt.want, o.Status, "%v", o.Reason)
			assert.Equal(t, tt.wantAsked, o.Asked)
			assert.Empty(t, o.Found)
			assert.Empty(t, s.records())
		})
	}
}

func TestAfterAnInterruptNothingIsAskedAgainAndNothingIsBlamed(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	s := newStand(t, wrongReadings(func(int) bool { interrupt(); return true }))
	o := s.Run(ctx, plan(t, withGiven), nil)[0]
	assert.NotEqual(t, oracle.Failed, o.Status)
	assert.Zero(t, o.Asked)
	for _, f := range o.Found {
		assert.True(t, f.Flaky, f.Requirement)
	}
}

func TestATargetThatIsWrongEverywhereIsAskedTwiceAtMost(t *testing.T) {
	all := chosen(t, func(sc *Scenario) bool {
		return slices.Equal(sc.Resources, []string{akv}) && !sc.Cluster && len(sc.Conditions) == 0
	})
	number := func(wrap ...simulator.Middleware) int {
		s := newStand(t, wrap...)
		for _, o := range s.Run(t.Context(), all, nil) {
			assert.LessOrEqual(t, o.Asked, 2, o.Name)
		}
		return len(s.line.all())
	}
	wrong := func(next simulator.Handler) simulator.Handler {
		return func(st *simulator.State, r *simulator.Request) *simulator.Response {
			res := next(st, r)
			res.Header.Set("Content-Type", "text/plain")
			return res
		}
	}
	assert.Less(t, number(wrong), 9*number()/4)
}

func TestTheSameScenariosAreAskedAgainWithTheSameRequestsHoweverManyRunAtOnce(t *testing.T) {
	requests := func(parallel int) []string {
		s := newStand(t, wrongReadings(func(int) bool { return true }))
		s.Parallel = parallel
		s.Run(t.Context(), plan(t), nil)
		var sent []string
		for _, r := range s.line.all() {
			sent = append(sent, r.String())
		}
		slices.Sort(sent)
		return sent
	}
	want := requests(1)
	assert.Equal(t, want, requests(5))
	assert.Equal(t, want, requests(16))
}

func TestAScheduleGivesOtherSVMsForAnotherPlaying(t *testing.T) {
	for _, tt := range []struct {
		name                string
		svms, leases, first int
		unclean             []int
		want                []int
	}{
		{"the next one", 4, 1, 0, nil, []int{1}},
		{"round the end", 4, 1, 3, nil, []int{0}},
		{"several, side by side", 8, 3, 0, nil, []int{3, 4, 5}},
		{"several, round the end", 8, 3, 3, nil, []int{0, 1, 2}},
		{"not one that is not clean", 4, 1, 0, []int{1, 2}, []int{3}},
		{"the next one when none is clean", 3, 1, 0, []int{0, 1, 2}, []int{1}},
		{"the only one", 1, 1, 0, nil, []int{0}},
		{"none", 4, 0, 0, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := newSchedule([]*Scenario{{Leases: tt.leases, Cluster: true}}, tt.svms)
			q.svms[0] = nil
			for i := range tt.leases {
				q.svms[0] = append(q.svms[0], tt.first+i)
			}
			q.svms[0] = append(q.svms[0], tt.svms)
			q.again([]int{0}, func(svm int) bool { return !slices.Contains(tt.unclean, svm) })
			assert.Equal(t, append(tt.want, tt.svms), q.svms[0])
			assert.Equal(t, []int{0}, q.take())
		})
	}
}

func TestOpenQuestionsAreAskedAgain(t *testing.T) {
	found := func(ids ...contract.ID) oracle.Outcome {
		o := oracle.Outcome{Status: oracle.Failed}
		for _, id := range ids {
			o.Found = append(o.Found, oracle.Breach{Requirement: id})
		}
		return o
	}
	lost, fine := oracle.Outcome{Status: oracle.Errored, Retry: true}, oracle.Outcome{Status: oracle.Passed}
	for _, tt := range []struct {
		name string
		all  []oracle.Outcome
		want bool
	}{
		{"it passed", []oracle.Outcome{fine}, false},
		{"it failed", []oracle.Outcome{found("A-01")}, true},
		{"it failed twice", []oracle.Outcome{found("A-01"), found("A-01")}, false},
		{"it failed and passed", []oracle.Outcome{found("A-01"), fine}, false},
		{"it failed otherwise", []oracle.Outcome{found("A-01"), found("B-01")}, false},
		{"an answer was lost", []oracle.Outcome{lost}, true},
		{"it failed, and an answer was lost", []oracle.Outcome{found("A-01"), lost}, true},
		{"an answer was lost, and it failed", []oracle.Outcome{lost, found("A-01")}, true},
		{"an answer was lost, and it passed", []oracle.Outcome{lost, fine}, false},
		{"we went wrong", []oracle.Outcome{{Status: oracle.Errored}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) { assert.Equal(t, tt.want, open(tt.all)) })
	}
}
