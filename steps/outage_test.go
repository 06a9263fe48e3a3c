package steps

import (
	"context"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/wire"
)

// A cutLine is a line to a target that is cut once: the answers under way are lost, and no connection comes about until
// some were refused. It belongs to a bubble of testing/synctest, in which it takes no time to wait for it.
type cutLine struct {
	calling
	up      context.Context // ends when it is cut
	cut     func()
	left    atomic.Int32 // requests until then
	refuses atomic.Int32 // connections that are still to be refused
	refused int32        // of them in all
}

func (l *cutLine) RoundTrip(r *http.Request) (*http.Response, error) {
	trace := httptrace.ContextClientTrace(r.Context())
	trace.GetConn(r.URL.Host)
	if l.refuses.Load() > 0 {
		l.refuses.Add(-1)
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	trace.GotConn(httptrace.GotConnInfo{})
	ctx, lose := context.WithCancel(r.Context())
	defer lose()
	switch left := l.left.Add(-1); {
	case left == 0:
		l.refuses.Store(l.refused)
		l.cut()
		lose()
	case left > 0:
		defer context.AfterFunc(l.up, lose)()
	}
	res, err := l.calling.RoundTrip(r.WithContext(ctx))
	if err != nil && r.Context().Err() == nil {
		return nil, io.ErrUnexpectedEOF
	}
	return res, err
}

// behindCutLine puts a line before a stand that is cut after some requests.
func behindCutLine(t *testing.T, s *stand, requests, refused int32) *cutLine {
	t.Helper()
	s.direct()
	l := &cutLine{calling: calling{s.line}, refused: refused}
	l.up, l.cut = context.WithCancel(t.Context())
	l.left.Store(requests)
	s.Target.HTTP = &http.Client{Transport: l}
	return l
}

// TestAShortOutageIsWaitedFor was seen red with most scenarios unanswered: a refused connection was
// the end of each.
func TestAShortOutageIsWaitedFor(t *testing.T) {
	s, all := newStand(t), plan(t)
	synctest.Test(t, func(t *testing.T) {
		l := behindCutLine(t, s, 300, 20)
		s.Target.Outage, s.Target.Health = time.Minute, new(wire.Health)
		lost := 0
		for _, o := range s.Run(t.Context(), all, nil) {
			assert.NotEqual(t, oracle.Failed, o.Status, "%s: %v", o.Name, o.Reason)
			if o.Status == oracle.Errored {
				lost++
				assert.True(t, wire.IsLost(o.Reason), "%s: %v", o.Name, o.Reason)
			}
		}
		assert.LessOrEqual(t, lost, s.AtOnce(), "only the writes under way are lost")
		assert.Zero(t, l.refuses.Load())
		assert.NotEmpty(t, s.Target.Health.Waits())
		require.NoError(t, s.CleanUp(t.Context()))
		assert.Empty(t, s.Ledger.Left())
		assert.Empty(t, s.records())
	})
}

// TestAnOutageThatIsTooLongEndsTheRun keeps a run from trying each of its scenarios in vain.
func TestAnOutageThatIsTooLongEndsTheRun(t *testing.T) {
	s, all := newStand(t), plan(t)
	synctest.Test(t, func(t *testing.T) {
		l := behindCutLine(t, s, 100, math.MaxInt32)
		s.Target.Outage, s.Target.Health = time.Minute, new(wire.Health)
		errored := 0
		for _, o := range s.Run(t.Context(), all, nil) {
			assert.NotEqual(t, oracle.Failed, o.Status, "%s: %v", o.Name, o.Reason)
			if o.Status == oracle.Errored {
				errored++
			}
		}
		assert.Greater(t, errored, 100)
		assert.ErrorContains(t, s.Over(), "the target has been away for 1m0s")
		assert.ErrorContains(t, s.CleanUp(t.Context()), "the target has been away for 1m0s")
		assert.NotEmpty(t, s.Ledger.Left(), "nobody knows what is gone")
		l.refuses.Store(0)
		require.NoError(t, s.CleanUp(t.Context()), "it is back")
		assert.Empty(t, s.Ledger.Left())
		assert.Empty(t, s.records())
	})
}

// TestAnotherClusterAfterAnOutageEndsTheRun was seen red with MUSTs broken or flaky: a simulator that
// was started again knows nothing of what the run made.
func TestAnotherClusterAfterAnOutageEndsTheRun(t *testing.T) {
	const here, there = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
	for _, tt := range []struct {
		name, comes string
		other       bool
	}{
		{"another cluster", there, true},
		{"the same cluster, which was emptied", here, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, all := newStand(t), plan(t)
			c, err := catalogue()
			require.NoError(t, err)
			options := simulator.Options{User: "admin", Password: "password", Cluster: here}
			first := simulator.New(c, options)
			options.Cluster = tt.comes
			second := simulator.New(c, options)
			synctest.Test(t, func(t *testing.T) {
				l := behindCutLine(t, s, 300, 20)
				var writes atomic.Int32
				s.line.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if l.up.Err() == nil {
						first.ServeHTTP(w, r)
						return
					}
					if !slices.Contains(readings, r.Method) {
						writes.Add(1)
					}
					second.ServeHTTP(w, r)
				})
				s.Target.Outage, s.Target.Health, s.Cluster = time.Minute, new(wire.Health), here
				broke := 0
				for _, o := range s.Run(t.Context(), all, nil) {
					broke += len(o.Broke())
				}
				err := s.CleanUp(t.Context())
				if !tt.other {
					assert.NoError(t, s.Over())
					return
				}
				assert.Zero(t, broke)
				assert.ErrorContains(t, s.Over(), "the target is another cluster since the outage")
				assert.ErrorContains(t, err, "the target is another cluster since the outage")
				assert.NotEmpty(t, s.Ledger.Left(), "what is on the first is there still")
				assert.LessOrEqual(t, int(writes.Load()), s.AtOnce(), "but for what was under way")
			})
		})
	}
}

// TestCredentialsThatExpireEndTheRun was seen red with up to 45 requirements broken.
func TestCredentialsThatExpireEndTheRun(t *testing.T) {
	var asked atomic.Int32
	s := newStand(t)
	line := s.line.next
	s.line.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 400 {
			r.Header.Del("Authorization")
		}
		line.ServeHTTP(w, r)
	})
	for _, o := range s.Run(t.Context(), plan(t), nil) {
		assert.NotEqual(t, oracle.Failed, o.Status, "%s: %v", o.Name, o.Reason)
	}
	assert.ErrorContains(t, s.Over(), "the target no longer accepts the credentials (401 since request ")
	assert.Less(t, int(asked.Load()), 600, "nobody goes on asking")
}
