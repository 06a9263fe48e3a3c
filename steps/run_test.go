package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/lab"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The scenarios of the rows: one that needs a Given, and one that needs a lab.
const (
	withGiven = "A configuration is read by its uuid"
	withLab   = "Nobody restores the keys under restore-fails-on-a-node: 65537515"
)

func TestAGivenThatFailsIsAnErrorAndNeverAVerdict(t *testing.T) {
	for _, tt := range []struct {
		name    string
		creates *simulator.Response
		want    oracle.Status
		wantWhy string
	}{
		{"refused with a code that documents have", simulator.Refuse(400, "262197", "bad value", "name"), oracle.Errored, `arranging the vault "blue"`},
		{"refused with a code that no document has", simulator.Refuse(400, "999999", "bad mood", ""), oracle.Errored, "which no document has"},
		{"refused without a code", simulator.Answer(400, nil), oracle.Errored, `arranging the vault "blue"`},
		{"a fault of the server", simulator.Refuse(500, "262145", "oops", ""), oracle.Errored, `arranging the vault "blue"`},
		{"refused for a state of the target", simulator.Refuse(400, "65537506", "MetroCluster", ""), oracle.Skipped, "the cluster is a MetroCluster"},
		{"made, but nowhere to be found", simulator.Answer(201, nil), oracle.Errored, "to be where the answer says, or in the list, got neither"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStand(t, func(next simulator.Handler) simulator.Handler {
				return func(st *simulator.State, r *simulator.Request) *simulator.Response {
					if r.Method == "POST" {
						return tt.creates
					}
					return next(st, r)
				}
			})
			o := s.Run(t.Context(), plan(t, withGiven), nil)[0]
			assert.Equal(t, tt.want, o.Status)
			assert.ErrorContains(t, o.Reason, tt.wantWhy)
			assert.Zero(t, o.Verdicts["AKV-READ-01"], "it was not looked at")
		})
	}
}

func TestALabDecidesWhetherAScenarioCanBeTried(t *testing.T) {
	answers := func(status int) *lab.Lab {
		return &lab.Lab{URL: listen(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })).URL}
	}
	gone := listen(t, http.NotFoundHandler())
	gone.Close()
	for _, tt := range []struct {
		name    string
		lab     *lab.Lab
		want    oracle.Status
		wantWhy string
	}{
		{"there is none", nil, oracle.Skipped, `condition "restore-fails-on-a-node" needs a lab`},
		{"it cannot arrange it", answers(404), oracle.Skipped, `the lab cannot arrange "restore-fails-on-a-node"`},
		{"it breaks", answers(500), oracle.Errored, "answered 500"},
		{"it cannot be reached", &lab.Lab{URL: gone.URL}, oracle.Errored, "lab: "},
		{"it lies", answers(200), oracle.Failed, "want a refusal"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStand(t)
			s.Lab = tt.lab
			o := s.Run(t.Context(), plan(t, withLab), nil)[0]
			assert.Equal(t, tt.want, o.Status)
			require.ErrorContains(t, o.Reason, tt.wantWhy)
			if skip := new(oracle.Skip); tt.want == oracle.Skipped {
				require.ErrorAs(t, o.Reason, &skip)
				assert.True(t, skip.Applies, "it applies, but cannot be tested")
			}
			assert.Empty(t, s.records())
		})
	}
}

func TestAScenarioThatIsNotDueSaysWhy(t *testing.T) {
	for _, tt := range []struct {
		name, scenario string
		set            func(*stand)
		wantApplies    bool
		want           string
	}{
		{"of a later release", "The hosts and the port can be read back", func(s *stand) { s.Judge = judgeOf(t, "9.13.1") }, false, "nothing that it verifies is promised by ONTAP 9.13.1"},
		{"of a resource that is absent", withGiven, func(s *stand) { s.Absent = map[string]string{akv: "there are no vaults"} }, false, "there are no vaults"},
		{"below the level", "A uuid that does not exist is answered with 404", func(s *stand) { s.Level = contract.Must }, false, "the run tests down to level must only"},
		{"of a condition that the release has no error for", "refused with 65539704 under aggregate-encrypted-volumes", func(s *stand) { s.Judge = judgeOf(t, "9.16.1") }, false, "nothing that it verifies is promised"},
		{"that writes, in read-only mode", withGiven, func(s *stand) { s.Mode = testbed.ReadOnly }, true, "it writes, and the mode is read-only"},
		{"with too few SVMs", "Numbers of vaults are sorted by their value", func(s *stand) { s.SVMs = s.SVMs[:2] }, true, "it needs 3 data SVMs without a key manager, and the run has 2"},
		{"without any SVM", withGiven, func(s *stand) { s.SVMs = nil }, true, "it needs 1 data SVMs without a key manager, and the run has 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStand(t)
			tt.set(s)
			for _, o := range s.Run(t.Context(), plan(t, tt.scenario), nil) {
				assert.Equal(t, oracle.Skipped, o.Status, o.Name)
				skip := new(oracle.Skip)
				require.ErrorAs(t, o.Reason, &skip)
				assert.Equal(t, tt.wantApplies, skip.Applies)
				assert.Contains(t, skip.Reason, tt.want)
				assert.Zero(t, o.Requests)
				assert.NotEmpty(t, o.Requirements, "it stays in the denominator")
			}
			assert.Empty(t, s.line.writes())
		})
	}
}

func judgeOf(t testing.TB, release string) *oracle.Judge {
	t.Helper()
	c, err := catalogue()
	require.NoError(t, err)
	r, err := contract.KnownRelease(release)
	require.NoError(t, err)
	return oracle.NewJudge(c, r)
}

func TestAnInterruptedRunEndsAtOnceAndRemovesWhatItMade(t *testing.T) {
	interrupt, made := func() {}, 0
	s := newStand(t, bend("POST", func(_ *simulator.Request, res *simulator.Response) *simulator.Response {
		if made++; made == 5 {
			interrupt()
		}
		return res
	}))
	s.direct()
	s.Parallel = 4
	all := plan(t)
	synctest.Test(t, func(t *testing.T) {
		var ctx context.Context
		ctx, interrupt = context.WithCancel(t.Context())
		defer interrupt()
		start := time.Now()
		outcomes := s.Run(ctx, all, nil)
		assert.Less(t, time.Since(start), 5*time.Second, "far less than a request may take")

		require.NoError(t, s.settled().CleanUp(t.Context()))
		assert.Empty(t, s.records(), "what was made is gone, even when its answer came too late")
		assert.Empty(t, s.Ledger.Left())
		assert.Less(t, made, 10, "nothing was begun any more")
		errored := 0
		for i, o := range outcomes {
			assert.Equal(t, all[i].Name, o.Name)
			if o.Status == oracle.Errored {
				errored++
			}
		}
		assert.Greater(t, errored, len(all)-100, "what was not tried was not found out") // some only read, and so never wait for the fifth POST
		assert.Equal(t, oracle.Inconclusive, oracle.Conclude(oracle.Sum(s.Judge.Contract(), oracle.Scope{Release: contract.Newest(), Level: contract.Should}, outcomes), outcomes, false))
	})
}

func TestARunThatWasInterruptedBeforeItBeganSendsNothing(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	s := newStand(t)
	for _, o := range s.Run(ctx, plan(t), nil) {
		assert.Equal(t, oracle.Errored, o.Status, o.Name)
	}
	assert.Empty(t, s.line.all())
}

func TestATargetThatCannotBeReachedIsNoVerdict(t *testing.T) {
	s := newStand(t)
	s.server.Close()
	outcomes := s.Run(t.Context(), plan(t), nil)
	for _, o := range outcomes {
		assert.Equal(t, oracle.Errored, o.Status, o.Name)
		assert.Empty(t, o.Found)
	}
}

func TestOutcomesComeInTheOrderOfThePlan(t *testing.T) {
	s := newStand(t)
	var want, got []string
	all := plan(t)
	slices.Reverse(all)
	for _, sc := range all {
		want = append(want, sc.Name)
	}
	for i, o := range s.Run(t.Context(), all, func(o *oracle.Outcome) { got = append(got, o.Name) }) {
		assert.Equal(t, want[i], o.Name)
		assert.Equal(t, "scenario", o.Kind)
		assert.Equal(t, all[i].Requirements, o.Requirements)
	}
	assert.Equal(t, want, got)
}

// occupancy notes which SVMs are written to at the same time by whom, by the
// tokens in the bodies of creations.
type occupancy struct {
	holds map[string]string // the token that has a vault on an SVM
	clash []string
}

func TestNoTwoScenariosUseOneSVMAtATime(t *testing.T) {
	o := &occupancy{holds: map[string]string{}}
	s := newStand(t, bend("POST", func(r *simulator.Request, res *simulator.Response) *simulator.Response {
		o.created(r, res)
		return res
	}), bend("DELETE", func(r *simulator.Request, res *simulator.Response) *simulator.Response {
		o.gone(r)
		return res
	}), bend("GET", func(r *simulator.Request, res *simulator.Response) *simulator.Response {
		if res.Status == http.StatusNotFound { // it went with others
			o.gone(r)
		}
		return res
	}))
	s.SVMs, s.Parallel = s.SVMs[:4], 16
	s.Run(t.Context(), plan(t), nil)
	assert.Empty(t, o.clash)
	assert.Empty(t, s.records())
}

// created notes whose vault is on the SVM now. The simulator calls it with its
// state locked.
func (o *occupancy) created(r *simulator.Request, res *simulator.Response) {
	body, ok := decoded(r.Body)
	if !ok || res.Status != http.StatusCreated {
		return
	}
	svm, _ := oracle.Lookup(body, "svm.name")
	client, _ := body["client_id"].(string)
	token, _, _ := strings.Cut(strings.TrimPrefix(client, "client-"), "-")
	uuid := oracle.Created(&wire.Response{Status: res.Status, Header: res.Header})
	for other, holder := range o.holds {
		if at, by, _ := strings.Cut(holder, " "); at == svm && by != token {
			o.clash = append(o.clash, holder+" has "+other+", and now "+token+" comes")
		}
	}
	name, _ := svm.(string)
	o.holds[uuid] = name + " " + token
}

func (o *occupancy) gone(r *simulator.Request) {
	delete(o.holds, r.Path[strings.LastIndex(r.Path, "/")+1:])
}

func TestATargetThatPutsOffEveryWriteIsNotWrittenToForEver(t *testing.T) {
	for _, reads := range []bool{true, false} {
		t.Run(fmt.Sprintf("and answers what is read: %t", reads), func(t *testing.T) {
			var writes atomic.Int32
			s := newStand(t, func(next simulator.Handler) simulator.Handler {
				return func(st *simulator.State, r *simulator.Request) *simulator.Response {
					write := !slices.Contains(readings, r.Method)
					if !write && reads {
						return next(st, r)
					}
					if write {
						writes.Add(1)
					}
					busy := simulator.Answer(http.StatusServiceUnavailable, nil)
					busy.Header.Set("Retry-After", "0")
					return busy
				}
			})
			s.Target.Patience = 10 * time.Millisecond
			s.Parallel = 2
			outcomes := s.Run(t.Context(), plan(t), nil)
			passed, errored := 0, 0
			for _, o := range outcomes {
				switch o.Status {
				case oracle.Passed:
					passed++
				case oracle.Errored:
					errored++
				case oracle.Failed:
					t.Errorf("%s is a verdict: %v", o.Name, o.Reason)
				}
			}
			assert.Equal(t, reads, passed > 0)
			assert.Greater(t, errored, 100)
			assert.Less(t, int(writes.Load()), 200, "every scenario was tried")
		})
	}
}
