package engine_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
)

// hunted hunts a server of which before may keep requests from being answered, by a panic
// as net/http knows it.
func hunted(t *testing.T, checks int, before func(*http.Request)) (*engine.Campaign, engine.End) {
	t.Helper()
	suite := suiteOn(t, simulator.New(catalogue(t), options), contract.Newest(), 1, before)
	suite.SVMs = suite.SVMs[:3]
	h := &engine.Campaign{Bed: suite, Checks: checks, Trials: property.TrialsCalled(catalogue(t), contract.Newest(), "azure-key-vaults: what-was-deleted-is-gone", "azure-key-vaults: work-on-keys-is-started")}
	end, err := h.Run(t.Context())
	require.NoError(t, err)
	return h, end
}

func TestAHuntGoesOnAfterAnOutage(t *testing.T) {
	t.Parallel()
	var writes atomic.Int64
	h, end := hunted(t, 30, func(r *http.Request) {
		if n := writes.Load(); r.Method == http.MethodPost {
			if writes.Add(1); n >= 20 && n < 32 {
				panic(http.ErrAbortHandler)
			}
		}
	})
	assert.Equal(t, engine.ChecksDone, end)
	assert.Equal(t, 30, h.Tally().Rounds)
	assert.GreaterOrEqual(t, h.Tally().Cases, 60)
	assert.Positive(t, h.Tally().Unanswered)
	assert.Empty(t, h.Unknown())
}

func TestAHuntOfWhatAnswersNoWriteEnds(t *testing.T) {
	t.Parallel()
	h, end := hunted(t, 1000, func(r *http.Request) {
		if r.Method == http.MethodPost {
			panic(http.ErrAbortHandler)
		}
	})
	assert.Equal(t, engine.NoAnswers, end)
	assert.Zero(t, h.Tally().Rounds, "no round came to its end")
	assert.NotEmpty(t, h.Unknown())
}

func TestWhatTheTargetDoesNotLetBeTriedIsNotKnown(t *testing.T) {
	t.Parallel()
	suite := suiteOn(t, simulator.New(catalogue(t), options), contract.Newest(), 1, nil)
	forbids := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/hal+json")
		if r.Method == http.MethodGet {
			io.WriteString(w, `{"records":[],"num_records":0,"_links":{"self":{"href":"`+r.URL.RequestURI()+`"}}}`)
			return
		}
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, `{"error":{"code":"6","message":"not authorized for that command"}}`)
	}))
	t.Cleanup(forbids.Close)
	suite.Target.BaseURL, suite.SVMs = forbids.URL, suite.SVMs[:3]
	h := &engine.Campaign{Bed: suite, Checks: 1, Trials: property.TrialsCalled(catalogue(t), contract.Newest(), "azure-key-vaults: what-was-deleted-is-gone")}
	_, err := h.Run(t.Context())
	require.NoError(t, err)
	require.Len(t, h.Unknown(), 1)
	for _, why := range h.Unknown() {
		skip := new(oracle.Skip)
		assert.ErrorAs(t, why, &skip)
	}
}
