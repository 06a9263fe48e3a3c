package main

import (
	"math"
	"net/http"
	"os"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/runner/exit"
)

// expiring takes one token after another: each is good for so many requests, and put into a file.
func expiring(t *testing.T, file string, requests int64, renews bool) func(http.Handler) http.Handler {
	t.Helper()
	var good atomic.Value
	put := func(token string) {
		good.Store(token)
		if renews {
			require.NoError(t, os.WriteFile(file, []byte(token+"\n"), 0o600))
		}
	}
	require.NoError(t, os.WriteFile(file, []byte("token-0\n"), 0o600))
	put("token-0")
	var asked atomic.Int64
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) == requests {
				put("token-1")
			}
			if r.Header.Get("Authorization") == "Bearer "+good.Load().(string) {
				r.SetBasicAuth("admin", "open-sesame")
			}
			next.ServeHTTP(w, r)
		})
	}
}

func TestATokenThatWasChangedIsReadAgain(t *testing.T) {
	elsewhere(t)
	url := simulated(t, expiring(t, "token", 60, true))
	got := command(t, nil, "run", "--endpoint", url, "--token-file", "token", "--mode", "guarded", "--select", "AKV-READ-*", "--select", "AKV-PATCH-0*", "--out", "out")
	assert.Equal(t, exit.Conformant, got.code, "%s\n%s", got.stdout, got.stderr)
	assert.Contains(t, got.stderr, "1 renewal of the credentials, which had been changed")
	assert.NotContains(t, got.stderr, "token-1")
	r := readReport(t, "out")
	assert.Contains(t, r.Environment.Incidents, "1 renewal of the credentials, which had been changed")
	assert.Empty(t, r.Environment.EndedEarly)
	assert.Empty(t, r.Environment.Objects.LeftBehind)
}

func TestATokenThatExpiresEndsTheRunInconclusive(t *testing.T) {
	elsewhere(t)
	url := simulated(t, expiring(t, "token", 100, false))
	got := command(t, nil, "run", "--endpoint", url, "--token-file", "token", "--mode", "guarded", "--select", "AKV-*", "--out", "out")
	assert.Equal(t, exit.Inconclusive, got.code, "%s\n%s", got.stdout, got.stderr)
	assert.Contains(t, got.stderr, "warning: the target no longer accepts the credentials (401 since request ")
	r := readReport(t, "out")
	assert.Empty(t, r.Broken())
	assert.Contains(t, r.Environment.EndedEarly, "no longer accepts the credentials")
}

func TestATargetThatIsAlwaysBusyEndsTheRun(t *testing.T) {
	elsewhere(t)
	for _, only := range []string{"", "POST"} {
		url := simulated(t, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if only == "" || r.Method == only {
					w.Header().Set("Retry-After", "0")
					w.WriteHeader(http.StatusTooManyRequests)
					return
				}
				next.ServeHTTP(w, r)
			})
		})
		got := command(t, asAdmin, "run", "--endpoint", url, "--mode", "guarded", "--max-time", "2s", "--select", "AKV-*", "--out", "out"+only)
		assert.Equal(t, exit.Inconclusive, got.code, "%s", got.stderr)
		assert.Contains(t, got.stderr, "the time of the run is up (--max-time)")
		if only != "" {
			r := readReport(t, "out"+only)
			require.NotEmpty(t, r.Environment.Waited)
			assert.Equal(t, "429", r.Environment.Waited[0].Reason, "it says what it waited for")
			assert.Empty(t, r.Broken())
		}
	}
}

func TestARunEndsWhenItsTimeIsUpAndCleansUp(t *testing.T) {
	elsewhere(t)
	var asked atomic.Int64
	url := simulated(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) == 200 {
				<-r.Context().Done()
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	got := command(t, asAdmin, "run", "--endpoint", url, "--mode", "guarded", "--max-time", "3s", "--checks", "1000", "--out", "out")
	assert.Equal(t, exit.Inconclusive, got.code, "%s", got.stderr)
	assert.Contains(t, got.stderr, "the time of the run is up (--max-time)")
	r := readReport(t, "out")
	assert.Equal(t, "the time of the run is up (--max-time)", r.Environment.EndedEarly)
	assert.Empty(t, r.Broken())
	assert.Positive(t, r.Environment.Objects.Created)
	assert.Empty(t, r.Environment.Objects.LeftBehind)
}

func TestATokenThatExpiresEndsAHuntInconclusive(t *testing.T) {
	elsewhere(t)
	url := simulated(t, expiring(t, "token", 300, false))
	got := command(t, nil, "fuzz", "--endpoint", url, "--token-file", "token", "--for", "10m", "--out", "out")
	assert.Equal(t, exit.Inconclusive, got.code, "%s\n%s", got.stdout, got.stderr)
	assert.Contains(t, got.stderr, "the target no longer accepts the credentials (401 since request ")
	assert.NotContains(t, got.stderr, "found: ")
}

func TestAHuntEndsWhenItsTimeIsUp(t *testing.T) {
	elsewhere(t)
	got := command(t, nil, "fuzz", "--for", "0", "--max-time", "500ms", "--out", "out")
	assert.Equal(t, exit.Inconclusive, got.code, "%s\n%s", got.stdout, got.stderr)
	assert.Contains(t, got.stderr, "the time of the run is up (--max-time)")
}

// TestARunWhoseTargetGoesAwayInTheCleanUpIsInconclusive was seen red with exit code 0: all had been
// found out, and nobody knew whether all was gone.
func TestARunWhoseTargetGoesAwayInTheCleanUpIsInconclusive(t *testing.T) {
	elsewhere(t)
	var asked, last atomic.Int64
	last.Store(math.MaxInt64)
	here := newCluster(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) >= last.Load() {
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		})
	})
	once := func(out string) said {
		asked.Store(0)
		return command(t, asAdmin, append(few, "run", "--endpoint", here.url, "--parallel", "1", "--outage", "100ms", "--out", out)...)
	}
	require.Equal(t, exit.Conformant, once("whole").code)
	last.Store(asked.Load()) // which looks whether anything is left
	got := once("cut")
	assert.Equal(t, exit.Inconclusive, got.code, got.stdout+got.stderr)
	assert.Contains(t, got.stderr, "the target has been away for 100ms")
}
