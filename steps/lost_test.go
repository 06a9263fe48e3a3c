package steps

import (
	"context"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
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

// losing answers every so many writes as a gateway does that has lost the server behind it: after
// the deed, or before.
func losing(every int, done bool) simulator.Middleware {
	return func(next simulator.Handler) simulator.Handler {
		n := 0
		return func(st *simulator.State, r *simulator.Request) *simulator.Response {
			if slices.Contains(readings, r.Method) {
				return next(st, r)
			}
			if n++; n%every != 0 {
				return next(st, r)
			}
			if done {
				next(st, r)
			}
			return simulator.Answer(http.StatusGatewayTimeout, nil)
		}
	}
}

// hangingUp does every so many writes and hangs up instead of answering.
func hangingUp(next http.Handler, every int32) http.Handler {
	var n atomic.Int32
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.Contains(readings, r.Method) || n.Add(1)%every != 0 {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	})
}

// TestALostAnswerBlamesNobody was seen red for five MUSTs of creations that were done, answered 504
// and sent again.
func TestALostAnswerBlamesNobody(t *testing.T) {
	tests := []struct {
		name string
		make func(*testing.T) *stand
	}{
		{"a gateway answers after the deed", func(t *testing.T) *stand { return newStand(t, losing(5, true)) }},
		{"a gateway answers before the deed", func(t *testing.T) *stand { return newStand(t, losing(5, false)) }},
		{"the target hangs up after the deed", func(t *testing.T) *stand {
			s := newStand(t)
			s.line.next = hangingUp(s.line.next, 5)
			return s
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := tt.make(t)
			errored := 0
			outcomes := s.Run(t.Context(), chosen(t, func(sc *Scenario) bool {
				// An onboard key manager carries no mark: one whose creation was not answered stays.
				return sc.Writes && !sc.Cluster && len(sc.Conditions) == 0
			}), nil)
			for _, o := range outcomes {
				assert.NotEqual(t, oracle.Failed, o.Status, "%s: %v", o.Name, o.Reason)
				if o.Status == oracle.Errored {
					errored++
					assert.True(t, wire.IsLost(o.Reason), "%s: %v", o.Name, o.Reason)
				}
			}
			assert.Less(t, errored, len(outcomes)/2, "a Given whose answer was lost goes on")
			require.NoError(t, s.CleanUp(t.Context()))
			assert.Empty(t, s.Ledger.Left())
			assert.Empty(t, s.records())
		})
	}
}

// TestAStray401BlamesNobody was seen red for four MUSTs.
func TestAStray401BlamesNobody(t *testing.T) {
	var n atomic.Int32
	s := newStand(t)
	s.Target.Health = new(wire.Health)
	next := s.line.next
	s.line.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%97 == 0 {
			r.Header.Del("Authorization")
		}
		next.ServeHTTP(w, r)
	})
	for _, o := range s.Run(t.Context(), plan(t), nil) {
		assert.NotContains(t, []oracle.Status{oracle.Failed, oracle.Errored}, o.Status, "%s: %v", o.Name, o.Reason)
	}
	require.NotEmpty(t, s.Target.Health.Incidents())
	assert.Contains(t, s.Target.Health.Incidents()[0], "stray 401 to ")
	require.NoError(t, s.CleanUp(t.Context()))
	assert.Empty(t, s.records())
}

// lostOnce loses the answer to the first request of a method.
func lostOnce(method string, done bool) simulator.Middleware { return lostFirst(1, method, done) }

// lostFirst loses the answers to the first n requests of a method.
func lostFirst(n int, method string, done bool) simulator.Middleware {
	return func(next simulator.Handler) simulator.Handler {
		lost := 0
		return func(st *simulator.State, r *simulator.Request) *simulator.Response {
			if lost >= n || r.Method != method {
				return next(st, r)
			}
			lost++
			if done {
				next(st, r)
			}
			return simulator.Answer(http.StatusBadGateway, nil)
		}
	}
}

func TestWhatCameOfALostWriteIsLookedFor(t *testing.T) {
	tests := []struct {
		name, scenario, method string
		done                   bool
		posts, deletes         int // that are sent, what cleans up included
		want                   oracle.Status
	}{
		{"a creation of a Given that was done", "A configuration is read by its uuid", "POST", true, 1, 1, oracle.Passed},
		{"a creation of a Given that was not", "A configuration is read by its uuid", "POST", false, 2, 1, oracle.Passed},
		{"a creation of a When that was done", "A configuration with a client secret is created", "POST", true, 1, 1, oracle.Errored},
		{"a creation of a When that was not", "A configuration with a client secret is created", "POST", false, 2, 1, oracle.Passed},
		{"a deletion of a When", "A deleted configuration can no longer be read", "DELETE", true, 1, 2, oracle.Errored},
		{"a deletion of a Given that was done", "A deleted configuration cannot be changed", "DELETE", true, 1, 1, oracle.Passed},
		{"a deletion of a Given that was not", "A deleted configuration cannot be changed", "DELETE", false, 1, 3, oracle.Passed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStand(t, lostOnce(tt.method, tt.done))
			s.Once = true // one playing is looked at
			o := s.Run(t.Context(), plan(t, tt.scenario)[:1], nil)[0]
			assert.Equal(t, tt.want, o.Status, "%v", o.Reason)
			assert.Equal(t, tt.want == oracle.Errored, wire.IsLost(o.Reason))
			posts, deletes := 0, 0
			for _, w := range s.line.writes() {
				switch w.method {
				case "POST":
					posts++
				case "DELETE":
					deletes++
				}
			}
			assert.Equal(t, tt.posts, posts)
			assert.Equal(t, tt.deletes, deletes)
			assert.Empty(t, s.records())
		})
	}
}

// TestWhatCameOfALostChangeIsLookedFor was seen red: each was errored at once.
func TestWhatCameOfALostChangeIsLookedFor(t *testing.T) {
	const shows, repeated = "The key manager shows them", "A change is repeated"
	tests := []struct {
		name, resource, scenario string
		lost                     int
		done                     bool
		patches                  int
		want                     oracle.Status
	}{
		{"it was made", "key-managers", shows, 1, true, 1, oracle.Passed},
		{"it was not made", "key-managers", shows, 1, false, 2, oracle.Passed},
		{"it is never made", "key-managers", shows, 9, false, 3, oracle.Errored},
		{"a part that can be read was made", "aws-kms", repeated, 1, true, 2, oracle.Passed},
		{"credentials that cannot be read are not sent again", "aws-kms", repeated, 1, false, 1, oracle.Errored},
		{"nothing of it can be read", "azure-key-vaults", repeated, 1, true, 1, oracle.Errored},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStand(t, lostFirst(tt.lost, http.MethodPatch, tt.done))
			s.Once = true // one playing is looked at
			one := chosen(t, func(sc *Scenario) bool {
				return strings.HasSuffix(sc.Name, tt.scenario) && slices.Contains(sc.Resources, tt.resource)
			})
			require.Len(t, one, 1)
			o := s.Run(t.Context(), one, nil)[0]
			assert.Equal(t, tt.want, o.Status, "%v", o.Reason)
			assert.Equal(t, tt.want == oracle.Errored, wire.IsLost(o.Reason), "%v", o.Reason)
			assert.Empty(t, o.Found)
			patches := 0
			for _, w := range s.line.writes() {
				if w.method == http.MethodPatch {
					patches++
				}
			}
			assert.Equal(t, tt.patches, patches)
			assert.Empty(t, s.records())
		})
	}
}

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

// TestACallOnACollectionIsNotSentAgainUnseen keeps a call that was put off from reaching what
// somebody else made in the meantime.
func TestACallOnACollectionIsNotSentAgainUnseen(t *testing.T) {
	for name, comes := range map[string]bool{"nobody comes": false, "somebody comes": true} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			svm := s.SVMs[len(s.SVMs)-1]
			s.SVMs = s.SVMs[:len(s.SVMs)-1]
			calls, next := 0, s.line.next
			s.line.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost || slices.Contains(readings, r.Method) || r.URL.Path != vaultsPath {
					next.ServeHTTP(w, r)
					return
				}
				if calls++; calls > 1 {
					next.ServeHTTP(w, r)
					return
				}
				if comes {
					s.put(t, svm, "somebody-else")
				}
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(http.StatusTooManyRequests)
			})
			bulk := chosen(t, func(sc *Scenario) bool {
				return slices.Equal(sc.Resources, []string{akv}) && slices.Contains(sc.Requirements, "API-BULK-01")
			})[:1]
			o := s.Run(t.Context(), bulk, nil)[0]
			if comes {
				assert.Equal(t, 1, calls, "it was sent again: %v", o.Reason)
				assert.NotEqual(t, oracle.Failed, o.Status)
				assert.Len(t, s.records(), 1, "that of somebody else")
				return
			}
			assert.Equal(t, oracle.Passed, o.Status, "%v", o.Reason)
			assert.GreaterOrEqual(t, calls, 2)
		})
	}
}
