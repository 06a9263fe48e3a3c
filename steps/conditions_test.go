package steps

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/lab"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
)

// hook stands before a lab: it calls seen with every order before the lab gets it.
type hook struct {
	next http.Handler
	seen func(o order, w http.ResponseWriter) (answered bool)

	mu     sync.Mutex
	orders []order
}

// order is what a lab is asked for.
type order struct {
	Condition string
	Params    map[string]string
	Action    string
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var o order
	body, _ := io.ReadAll(r.Body)
	json.Unmarshal(body, &o)
	h.mu.Lock()
	h.orders = append(h.orders, o)
	h.mu.Unlock()
	if h.seen != nil && h.seen(o, w) {
		return
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	h.next.ServeHTTP(w, r)
}

// count returns how often the lab was asked for an action.
func (h *hook) count(action string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, o := range h.orders {
		if o.Action == action {
			n++
		}
	}
	return n
}

// hooked puts a hook before the lab of a stand.
func (s *stand) hooked(t testing.TB, seen func(order, http.ResponseWriter) bool) *hook {
	t.Helper()
	h := &hook{next: s.sim.Lab(), seen: seen}
	s.Lab = &lab.Lab{URL: listen(t, h).URL}
	return h
}

// holding is how many conditions hold on the simulator.
func (s *stand) holding() (n int) {
	s.sim.Inspect(func(st *simulator.State) { n = len(st.Conditions) })
	return n
}

// of are the parameters of a condition of an SVM.
func of(svm testbed.SVM) map[string]string {
	return map[string]string{"svm": svm.Name, "svm.uuid": svm.UUID}
}

// condition is one that the catalogue has.
const condition = "metrocluster"

func TestAConditionIsWrittenDownBeforeTheLabIsAsked(t *testing.T) {
	s := newStand(t)
	name := filepath.Join(t.TempDir(), "ledger")
	var err error
	s.Ledger, err = ledger.Open(name, false)
	require.NoError(t, err)
	h := s.hooked(t, func(o order, _ http.ResponseWriter) bool {
		listed := s.Ledger.Conditions()
		if assert.Len(t, listed, 1, o.Action) {
			assert.Equal(t, ledger.Condition{ID: listed[0].ID, Name: o.Condition, Params: o.Params, Held: o.Action == "teardown"}, listed[0])
		}
		return false
	})
	o := s.Run(t.Context(), plan(t, withLab), nil)[0]
	require.Equal(t, oracle.Passed, o.Status, "%v", o.Reason)
	assert.Equal(t, 1, h.count("setup"))
	assert.Equal(t, 1, h.count("teardown"))
	assert.Empty(t, s.Ledger.Conditions(), "the lab said that it has ended")
}

func TestWhatTheLabCannotArrangeIsStruckOff(t *testing.T) {
	s := newStand(t)
	h := s.hooked(t, func(_ order, w http.ResponseWriter) bool { w.WriteHeader(http.StatusNotFound); return true })
	o := s.Run(t.Context(), plan(t, withLab), nil)[0]
	assert.Equal(t, oracle.Skipped, o.Status)
	assert.Empty(t, s.Ledger.Conditions())
	assert.Zero(t, h.count("teardown"), "there is nothing to end")
}

// TestAConditionThatMayStillHoldBlamesNobody: the next scenario on the SVM would be
// refused for a reason that it did not arrange.
func TestAConditionThatMayStillHoldBlamesNobody(t *testing.T) {
	s := newStand(t)
	s.SVMs = s.SVMs[:1]
	broken := true
	h := s.hooked(t, func(o order, w http.ResponseWriter) bool {
		if o.Action == "teardown" && broken {
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
		return false
	})
	outcomes := s.Run(t.Context(), append(plan(t, withLab), plan(t, "create.feature")[0]), nil)
	require.Len(t, s.Ledger.Conditions(), 1, "it stays in the ledger")
	assert.Equal(t, oracle.Errored, outcomes[1].Status)
	assert.ErrorContains(t, outcomes[1].Reason, "may still hold")
	assert.ErrorContains(t, s.CleanUp(t.Context()), "may still hold")
	require.Len(t, s.Ledger.Conditions(), 1)

	broken = false
	before := h.count("teardown")
	o := s.Run(t.Context(), plan(t, "create.feature")[:1], nil)[0]
	assert.Equal(t, oracle.Passed, o.Status, "%v", o.Reason)
	assert.Empty(t, s.Ledger.Conditions(), "it was ended first")
	require.NoError(t, s.CleanUp(t.Context()))
	assert.Equal(t, before+1, h.count("teardown"), "what has ended is not ended again")
	assert.Zero(t, s.holding())
}

// TestCleanUpEndsConditionsFirst: one of them keeps a vault from being deleted.
func TestCleanUpEndsConditionsFirst(t *testing.T) {
	s := newStand(t)
	uuid := s.put(t, s.SVMs[0], "our-mark")
	l, err := ledger.Open(crashed(t, ledger.Entry{SVM: s.SVMs[0].Name, Mark: "our-mark", Path: vaultsPath + "/" + uuid}), false)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	s.Ledger = l
	for range 2 { // twice the same, as of two scenarios
		_, err = l.Arranging(condition, of(s.SVMs[0]))
		require.NoError(t, err)
	}
	require.NoError(t, s.Lab.SetUp(t.Context(), condition, of(s.SVMs[0])))
	deletions := 0
	h := s.hooked(t, func(order, http.ResponseWriter) bool {
		assert.Len(t, s.records(), 1, "objects come later")
		deletions++
		return false
	})
	require.NoError(t, s.CleanUp(t.Context()))
	assert.Equal(t, 1, deletions)
	assert.Equal(t, 1, h.count("teardown"), "the same condition is ended once")
	assert.Empty(t, l.Conditions())
	assert.Empty(t, l.Left())
	assert.Empty(t, s.records())
	assert.Zero(t, s.holding())
}

func TestWithoutALabConditionsStayInTheLedger(t *testing.T) {
	s := newStand(t)
	_, err := s.Ledger.Arranging(condition, of(s.SVMs[0]))
	require.NoError(t, err)
	s.Lab = nil
	assert.ErrorContains(t, s.CleanUp(t.Context()), `no lab (--lab) that could end what may still be arranged: 1 in all, the first "metrocluster"`)
	assert.Len(t, s.Ledger.Conditions(), 1)
}

// TestALabThatKnowsNothingOfAConditionHasNotEndedIt: it may be another lab.
func TestALabThatKnowsNothingOfAConditionHasNotEndedIt(t *testing.T) {
	s := newStand(t)
	s.hooked(t, func(_ order, w http.ResponseWriter) bool { w.WriteHeader(http.StatusNotFound); return true })
	c, err := s.Ledger.Arranging(condition, of(s.SVMs[0]))
	require.NoError(t, err)
	_, err = s.Ledger.Arranged(c)
	require.NoError(t, err)
	_, err = s.Ledger.Arranging(condition, of(s.SVMs[1]))
	require.NoError(t, err)
	assert.ErrorContains(t, s.CleanUp(t.Context()), "may still hold")
	assert.Len(t, s.Ledger.Conditions(), 1, "what it never said to be arranged was not")
}

// TestAHangingLabDoesNotHoldAnInterrupt: whoever interrupts waits for the grace of the
// scenario that runs, and no more.
func TestAHangingLabDoesNotHoldAnInterrupt(t *testing.T) {
	conditioned := chosen(t, func(sc *Scenario) bool { return len(sc.Conditions) > 0 })
	for _, hanging := range []string{"setup", "teardown", "everything"} {
		t.Run(hanging, func(t *testing.T) {
			s := newStand(t)
			s.direct()
			synctest.Test(t, func(t *testing.T) {
				ctx, interrupt := context.WithCancel(t.Context())
				defer interrupt()
				released := make(chan struct{})
				defer close(released)
				var at time.Time
				var once sync.Once
				s.Lab.HTTP = &http.Client{Transport: calling{&hook{next: s.sim.Lab(), seen: func(o order, _ http.ResponseWriter) bool {
					if o.Action == hanging || hanging == "everything" {
						once.Do(func() { at = time.Now(); interrupt() })
						<-released
					}
					return false
				}}}}
				s.Run(ctx, conditioned, nil)
				cleaning, cancel := testbed.Grace(ctx, time.Minute)
				defer cancel()
				err := s.CleanUp(cleaning)
				assert.LessOrEqual(t, time.Since(at), 2*testbed.GraceTime, "far less than the lab may take")
				if hanging == "setup" {
					assert.NoError(t, err)
					return
				}
				assert.ErrorContains(t, err, "may still hold")
				assert.NotEmpty(t, s.Ledger.Conditions(), "what was not ended stays")
			})
		})
	}
}
