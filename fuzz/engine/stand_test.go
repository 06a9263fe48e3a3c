package engine_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

var loaded = sync.OnceValues(contract.Load)

func catalogue(t testing.TB) *contract.Catalogue {
	t.Helper()
	c, err := loaded()
	require.NoError(t, err)
	return c
}

var options = simulator.Options{User: "admin", Password: "a-password-of-nobody"}

// suiteOn returns a suite for a server of the release; before, if not nil, sees
// every request first.
func suiteOn(t testing.TB, sim *simulator.Simulator, r contract.Release, seed uint64, before func(*http.Request)) *testbed.Testbed {
	t.Helper()
	return suiteAt(t, httptest.NewServer, sim, r, seed, before)
}

// suiteAt is suiteOn with a way to serve.
func suiteAt(t testing.TB, serve func(http.Handler) *httptest.Server, sim *simulator.Simulator, r contract.Release, seed uint64, before func(*http.Request)) *testbed.Testbed {
	t.Helper()
	suite, shut := stand(t, serve, sim, r, seed, before)
	t.Cleanup(shut)
	return suite
}

// stand is suiteAt for a server that is shut before the test ends.
func stand(t testing.TB, serve func(http.Handler) *httptest.Server, sim *simulator.Simulator, r contract.Release, seed uint64, before func(*http.Request)) (suite *testbed.Testbed, shut func()) {
	t.Helper()
	api := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before != nil {
			before(r)
		}
		sim.ServeHTTP(w, r)
	}))
	l, err := ledger.Open("", false)
	require.NoError(t, err)
	var trust *tls.Config
	if transport, is := api.Client().Transport.(*http.Transport); is && api.TLS != nil {
		trust = &tls.Config{RootCAs: transport.TLSClientConfig.RootCAs}
	}
	client := wire.NewClient(32, trust)
	suite = &testbed.Testbed{Settings: testbed.Settings{
		Judge: oracle.NewJudge(catalogue(t), r), Ledger: l, Seed: seed, Limits: testbed.Limits{JobTimeout: 20 * time.Second}, Unobserved: true,
		Target: &wire.Target{BaseURL: api.URL, HTTP: client,
			Credentials: wire.Credentials{User: options.User, Password: wire.NewSecret("ONTAP_CONFORMANCE_PASSWORD", options.Password)}},
	}}
	sim.Inspect(func(st *simulator.State) {
		for _, s := range st.SVMs {
			suite.SVMs = append(suite.SVMs, testbed.SVM{Name: s.Name, UUID: s.UUID})
		}
	})
	return suite, func() { client.CloseIdleConnections(); api.Close() }
}
