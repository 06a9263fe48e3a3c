package steps

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

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
