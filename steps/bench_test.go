package steps

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ontap-conformance/features"
	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/lab"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/rawclient"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// TestMain gives the benchmarks the garbage collector of the command.
func TestMain(m *testing.M) {
	debug.SetGCPercent(1000)
	debug.SetMemoryLimit(512 << 20)
	os.Exit(m.Run())
}

// bench is a suite on a fresh simulator.
func bench(tb testing.TB, c *contract.Catalogue, o simulator.Options, encrypted bool, record *rawclient.Recorder) (*Suite, func()) {
	tb.Helper()
	o.User, o.Password = "admin", "a-password-of-the-bench"
	sim := simulator.New(c, o)
	var h http.Handler = sim
	if record != nil {
		h = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			record.Keep(q)
			sim.ServeHTTP(w, q)
		})
	}
	api, hook := httptest.NewUnstartedServer(h), httptest.NewServer(sim.Lab())
	var trust *tls.Config
	if encrypted {
		api.EnableHTTP2 = true
		api.StartTLS()
		trust = &tls.Config{RootCAs: api.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	} else {
		api.Start()
	}
	l, err := ledger.Open("", false)
	require.NoError(tb, err)
	s := &Suite{Testbed: &testbed.Testbed{Settings: testbed.Settings{
		Judge: oracle.NewJudge(c, contract.Newest()), Ledger: l, Lab: &lab.Lab{URL: hook.URL}, Seed: 1, Mode: testbed.Full,
		Target: &wire.Target{BaseURL: api.URL, HTTP: wire.NewClient(16, trust),
			Credentials: wire.Credentials{User: "admin", Password: wire.NewSecret("P", o.Password)}},
	}}}
	sim.Inspect(func(st *simulator.State) {
		for _, v := range st.SVMs {
			s.SVMs = append(s.SVMs, testbed.SVM{Name: v.Name, UUID: v.UUID})
		}
	})
	return s, func() { api.Close(); hook.Close() }
}

// BenchmarkJudgedExchanges compares a run with a bare client that sends the
// same requests at the same concurrency: ratio is judged exchanges per second
// over bare ones.
func BenchmarkJudgedExchanges(b *testing.B) {
	b.Run("over TLS, as ONTAP is", func(b *testing.B) { compare(b, true) })
	b.Run("in plain text", func(b *testing.B) { compare(b, false) })
}

func compare(b *testing.B, encrypted bool) {
	c, err := contract.Load()
	require.NoError(b, err)
	plan, err := Plan(features.FS, c)
	require.NoError(b, err)
	rec := new(rawclient.Recorder)
	s, stop := bench(b, c, simulator.Options{}, false, rec)
	s.Run(b.Context(), plan, nil)
	stop()
	var judged, bare time.Duration
	for b.Loop() {
		s, stop := bench(b, c, simulator.Options{}, encrypted, nil)
		start := time.Now()
		s.Run(b.Context(), plan, nil)
		judged += time.Since(start)
		stop()
		s, stop = bench(b, c, simulator.Options{}, encrypted, nil)
		start = time.Now()
		require.NoError(b, rec.Replay(s.Target.HTTP, s.Target.BaseURL, len(s.SVMs)))
		bare += time.Since(start)
		stop()
	}
	n := float64(rec.Len() * b.N)
	b.ReportMetric(n/judged.Seconds(), "judged/s")
	b.ReportMetric(n/bare.Seconds(), "bare/s")
	b.ReportMetric(bare.Seconds()/judged.Seconds(), "ratio")
	b.ReportMetric(float64(rec.Len()), "requests")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkLatency compares the wall time of a run, on a target that takes
// 20 ms an answer, with that of its longest scenario.
func BenchmarkLatency(b *testing.B) {
	c, err := contract.Load()
	require.NoError(b, err)
	plan, err := Plan(features.FS, c)
	require.NoError(b, err)
	var wall, longest time.Duration
	for b.Loop() {
		s, stop := bench(b, c, simulator.Options{Latency: 20 * time.Millisecond}, false, nil)
		start := time.Now()
		outcomes := s.Run(b.Context(), plan, nil)
		wall += time.Since(start)
		var most time.Duration
		for _, o := range outcomes {
			most = max(most, o.Elapsed)
		}
		longest += most
		stop()
	}
	b.ReportMetric(wall.Seconds()/float64(b.N), "wall-s")
	b.ReportMetric(longest.Seconds()/float64(b.N), "longest-s")
	b.ReportMetric(wall.Seconds()/longest.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}
