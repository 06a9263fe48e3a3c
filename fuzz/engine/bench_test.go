package engine_test

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/rawclient"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
)

// TestMain gives tests and benchmarks the garbage collector of the command.
func TestMain(m *testing.M) {
	debug.SetGCPercent(1000)
	debug.SetMemoryLimit(512 << 20)
	os.Exit(m.Run())
}

// stateless are the properties that mostly read, or ask for what is refused.
func stateless(t testing.TB) []*property.Trial {
	return slices.DeleteFunc(property.Trials(catalogue(t), contract.Newest()), func(tr *property.Trial) bool {
		_, name, _ := strings.Cut(tr.Name, ": ")
		return !slices.Contains([]string{"any-request-is-answered-by-the-conventions", "what-does-not-exist-is-refused", "lists-agree-with-their-records"}, name)
	})
}

// BenchmarkJudgedExchanges compares the stateless properties with a bare client
// that sends the same bytes at the same concurrency.
func BenchmarkJudgedExchanges(b *testing.B) {
	b.Run("over TLS, as ONTAP is", func(b *testing.B) { compare(b, httptest.NewTLSServer) })
	b.Run("in plain text", func(b *testing.B) { compare(b, httptest.NewServer) })
}

func compare(b *testing.B, serve func(http.Handler) *httptest.Server) {
	var kept rawclient.Recorder
	play := func(s *testbed.Testbed, trials []*property.Trial) {
		h := engine.Campaign{Bed: s, Trials: trials, Checks: 8}
		_, err := h.Run(b.Context())
		require.NoError(b, err)
	}
	fresh := func() (*testbed.Testbed, func()) {
		return stand(b, serve, simulator.New(catalogue(b), options), contract.Newest(), 1, nil)
	}
	play(suiteOn(b, simulator.New(catalogue(b), options), contract.Newest(), 1, kept.Keep), stateless(b))
	var judged, bare time.Duration
	for b.Loop() {
		trials := stateless(b)
		s, shut := fresh()
		start := time.Now()
		play(s, trials)
		judged += time.Since(start)
		shut()
		s, shut = fresh()
		start = time.Now()
		require.NoError(b, kept.Replay(s.Target.HTTP, s.Target.BaseURL, len(s.SVMs)/3))
		bare += time.Since(start)
		shut()
	}
	n := float64(kept.Len() * b.N)
	b.ReportMetric(n/judged.Seconds(), "judged/s")
	b.ReportMetric(n/bare.Seconds(), "bare/s")
	b.ReportMetric(bare.Seconds()/judged.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}

var memoryExchanges = flag.Int("memory.exchanges", 50_000, "judged exchanges of BenchmarkMemory")

// BenchmarkMemory compares the heap that is live after all of some exchanges with
// that after a tenth of them.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		suite := suiteOn(b, simulator.New(catalogue(b), options), contract.Newest(), 1, nil)
		ctx, stop := context.WithCancel(b.Context())
		var early, late uint64
		h := engine.Campaign{Bed: suite, Trials: property.Trials(catalogue(b), contract.Newest()), Told: func(t engine.Tally) {
			switch {
			case early == 0 && t.Requests >= *memoryExchanges/10:
				early = live()
			case late == 0 && t.Requests >= *memoryExchanges:
				late = live()
				stop()
			}
		}}
		_, err := h.Run(ctx)
		require.NoError(b, err)
		stop()
		b.ReportMetric(float64(early)/(1<<20), "early-MiB")
		b.ReportMetric(float64(late)/float64(early), "ratio")
	}
	b.ReportMetric(0, "ns/op")
}

// live is the heap in use after a collection, in bytes.
func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
