package steps

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
)

// seated returns scenarios that need the one place of an SVM's key manager, and delete nothing
// themselves.
func seated(t *testing.T) []*Scenario {
	t.Helper()
	return chosen(t, func(sc *Scenario) bool {
		return strings.HasPrefix(sc.Name, "key-managers/external.feature") && sc.Writes && sc.Leases == 1 && len(sc.Conditions) == 0 &&
			!strings.Contains(strings.ToLower(sc.Name), "delet")
	})
}

// refusing refuses deletions while the condition holds.
func refusing(while func() bool) simulator.Middleware {
	return func(next simulator.Handler) simulator.Handler {
		return func(st *simulator.State, r *simulator.Request) *simulator.Response {
			if r.Method == http.MethodDelete && while() {
				return simulator.Refuse(http.StatusInternalServerError, "262145", "oops", "")
			}
			return next(st, r)
		}
	}
}

// TestAnSVMIsCleanedAgainBeforeItIsUsed was seen red: all that came after the first scenario on the
// SVM was errored, although what was left there could be deleted.
func TestAnSVMIsCleanedAgainBeforeItIsUsed(t *testing.T) {
	var deletions atomic.Int32
	s := newStand(t, refusing(func() bool { return deletions.Add(1) == 1 }))
	s.SVMs = s.SVMs[:1]
	all := seated(t)
	require.Greater(t, len(all), 3)
	for _, o := range s.Run(t.Context(), all, nil) {
		assert.LessOrEqual(t, o.Status, oracle.Passed, "%s: %v", o.Name, o.Reason)
	}
	assert.Greater(t, deletions.Load(), int32(1))
	assert.True(t, s.Clean(s.SVMs[0]))
	assert.Empty(t, s.Ledger.Left())
	assert.Empty(t, s.records())
}

func TestATargetThatDeletesNothingIsAskedFewTimesMore(t *testing.T) {
	s := newStand(t, refusing(func() bool { return true }))
	s.SVMs = s.SVMs[:1]
	all := seated(t)
	outcomes := s.Run(t.Context(), all, nil)
	errored := 0
	for _, o := range outcomes {
		if o.Status == oracle.Errored {
			errored++
			assert.ErrorContains(t, o.Reason, "may still have what an earlier scenario made", o.Name)
		}
	}
	assert.Positive(t, errored)
	assert.False(t, s.Clean(s.SVMs[0]))
	assert.NotEmpty(t, s.Ledger.Left())
	tried := map[string]int{}
	for _, r := range s.line.writes() {
		if r.method == http.MethodDelete {
			tried[r.uri]++
		}
	}
	for path, n := range tried {
		assert.LessOrEqual(t, n, 1+3, path)
	}
}

// absent is a target that hangs up on everything for 5 seconds, from a request on.
type absent struct {
	http.RoundTripper
	after int32
	sent  atomic.Int32
	once  sync.Once
	until time.Time
}

func (a *absent) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.sent.Add(1) > a.after {
		a.once.Do(func() { a.until = time.Now().Add(5 * time.Second) })
		if time.Now().Before(a.until) {
			return nil, io.EOF
		}
	}
	return a.RoundTripper.RoundTrip(r)
}

// TestATargetThatHangsUpOnEverythingForAWhileCostsNothing keeps what a proxy showed that hung up
// for 5 s: deletions that were hung up on left their SVMs unclean, and with them all that came after.
func TestATargetThatHangsUpOnEverythingForAWhileCostsNothing(t *testing.T) {
	for _, after := range []int32{150, 233, 317, 401} {
		t.Run(fmt.Sprintf("after %d requests", after), func(t *testing.T) {
			s := newStand(t)
			s.direct()
			a := &absent{RoundTripper: s.Target.HTTP.Transport, after: after}
			s.Target.HTTP.Transport, s.Target.Outage = a, time.Minute
			s.SVMs = s.SVMs[:4]
			synctest.Test(t, func(t *testing.T) {
				outcomes := s.Run(t.Context(), chosen(t, func(sc *Scenario) bool {
					return sc.Writes && !sc.Cluster && len(sc.Conditions) == 0 && strings.HasPrefix(sc.Name, akv)
				}), nil)
				require.Greater(t, a.sent.Load(), after)
				for _, o := range outcomes {
					assert.LessOrEqual(t, o.Status, oracle.Passed, "%s: %v", o.Name, o.Reason)
				}
				require.NoError(t, s.CleanUp(t.Context()))
				assert.Empty(t, s.Ledger.Left())
				assert.Empty(t, s.records())
			})
		})
	}
}

// TestCredentialsThatStopWorkingAreTheOneReason was seen red: what came after them named the writes
// that were not answered, or what could not be arranged.
func TestCredentialsThatStopWorkingAreTheOneReason(t *testing.T) {
	s := newStand(t)
	var n atomic.Int32
	s.line.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) > 300 {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		s.sim.ServeHTTP(w, r)
	})
	errored := 0
	for _, o := range s.Run(t.Context(), chosen(t, func(sc *Scenario) bool { return sc.Writes && len(sc.Conditions) == 0 }), nil) {
		if o.Status == oracle.Errored {
			errored++
			assert.Equal(t, s.Over(), o.Reason, o.Name)
		}
	}
	require.Error(t, s.Over())
	assert.Greater(t, errored, 20)
}
