package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/runner/exit"
)

// A cluster is a simulator with its lab and a uuid of its own.
type cluster struct{ url, lab, uuid string }

func newCluster(t *testing.T, wrap func(http.Handler) http.Handler) cluster {
	t.Helper()
	c, err := catalogue()
	require.NoError(t, err)
	uuid := newClusterUUID()
	sim := simulator.New(c, simulator.Options{User: "admin", Password: "open-sesame", Cluster: uuid})
	var h http.Handler = sim
	if wrap != nil {
		h = wrap(h)
	}
	api, hook := httptest.NewServer(h), httptest.NewServer(sim.Lab())
	t.Cleanup(api.Close)
	t.Cleanup(hook.Close)
	return cluster{api.URL, hook.URL, uuid}
}

// origin is what a run against the cluster writes down.
func (c cluster) origin() ledger.Origin {
	return ledger.Origin{Run: "r", Endpoint: c.url, Cluster: c.uuid}
}

// killed leaves the ledger of a run that made a vault on svm1 and was killed.
func killed(t *testing.T, o ledger.Origin, path string) *ledger.Ledger {
	t.Helper()
	require.NoError(t, os.MkdirAll("out", 0o700))
	l, err := ledger.Start(filepath.Join("out", ledgerFile), o, false)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	e, err := l.Intend("azure-key-vaults", "svm1", "oc000000000001")
	require.NoError(t, err)
	_, err = l.Created(e, path)
	require.NoError(t, err)
	return l
}

// mute is a cluster whose uuid nobody may read.
func mute(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/cluster" {
			answer(200, `{"name":"cluster1","version":{"generation":9,"major":19,"minor":1}}`)(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func TestCleanUpRefusesAnotherTarget(t *testing.T) {
	here, other, silent := newCluster(t, nil), newCluster(t, nil), newCluster(t, mute)
	for _, tt := range []struct {
		name     string
		origin   ledger.Origin
		at       cluster
		args     []string
		wantCode int
		wantSaid string
	}{
		{"the same cluster", here.origin(), here, nil, exit.Conformant, "1 object listed, 1 gone"},
		{"the same cluster at another address", ledger.Origin{Endpoint: other.url, Cluster: here.uuid}, here, nil, exit.Conformant, "1 gone"},
		{"another cluster", other.origin(), here, nil, exit.Misuse, "the ledger is of the cluster " + other.uuid + " (" + other.url + "), and " + here.url + " is the cluster " + here.uuid},
		{"another cluster, whatever is said", other.origin(), here, []string{"--same-target"}, exit.Misuse, "the ledger is of the cluster"},
		{"a box that was built again", ledger.Origin{Endpoint: here.url, Cluster: other.uuid}, here, nil, exit.Misuse, "the ledger is of the cluster"},
		{"a target that does not tell, at the same address", silent.origin(), silent, nil, exit.Conformant, "1 gone"},
		{"a target that does not tell, elsewhere", other.origin(), silent, nil, exit.Misuse, "nothing shows that " + silent.url + " is the same cluster: --same-target if it is"},
		{"a target that does not tell, elsewhere, when it is said", other.origin(), silent, []string{"--same-target"}, exit.Conformant, "1 gone"},
		{"a ledger of before", ledger.Origin{}, here, nil, exit.Misuse, "does not say which target it is of: --same-target if that is " + here.url},
		{"a ledger of before, when it is said", ledger.Origin{}, here, []string{"--same-target"}, exit.Conformant, "1 gone"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			elsewhere(t)
			path := create(t, tt.at.url, "svm1", "oc000000000001")
			defer ask(t, tt.at.url, http.MethodDelete, path, "")
			require.NoError(t, killed(t, tt.origin, path).Close())
			got := command(t, asAdmin, append([]string{"cleanup", "out", "--endpoint", tt.at.url}, tt.args...)...)
			assert.Equal(t, tt.wantCode, got.code, got.stdout+got.stderr)
			assert.Contains(t, got.stdout+got.stderr, tt.wantSaid)
			want, listedStill := http.StatusNotFound, 0
			if tt.wantCode != exit.Conformant {
				want, listedStill = http.StatusOK, 1
			}
			assert.Equal(t, want, ask(t, tt.at.url, http.MethodGet, path, "").StatusCode)
			l, err := listed("out")
			require.NoError(t, err)
			assert.Len(t, l.Left(), listedStill)
			require.NoError(t, l.Close())
		})
	}
}

func TestCleanUpWaitsForNoRunThatGoesOn(t *testing.T) {
	elsewhere(t)
	here := newCluster(t, nil)
	killed(t, here.origin(), "/api/x")
	got := command(t, asAdmin, "cleanup", "out", "--endpoint", here.url)
	assert.Equal(t, exit.Misuse, got.code)
	assert.Equal(t, "error: out/ledger.ndjson: "+ledger.ErrInUse.Error()+"\n", got.stderr)
}

func TestCleanUpEndsTheConditionsOfTheLab(t *testing.T) {
	elsewhere(t)
	here := newCluster(t, nil)
	path := create(t, here.url, "svm1", "oc000000000001")
	l := killed(t, here.origin(), path)
	_, err := l.Arranging("metrocluster", map[string]string{"svm": "svm1"})
	require.NoError(t, err)
	require.NoError(t, l.Close())

	got := command(t, asAdmin, "cleanup", "out", "--endpoint", here.url)
	assert.Equal(t, exit.Inconclusive, got.code)
	assert.Contains(t, got.stdout, "1 object listed, 1 gone\n1 condition of the lab listed, 0 ended\nstill arranged: metrocluster for svm1\n")
	assert.Contains(t, got.stderr, "no lab (--lab)")
	got = command(t, asAdmin, "cleanup", "out", "--endpoint", here.url, "--lab", here.lab)
	assert.Equal(t, exit.Conformant, got.code, got.stderr)
	assert.Contains(t, got.stdout, "1 condition of the lab listed, 1 ended")
}

func TestAReadOnlyCleanUpSaysThatSomethingIsLeft(t *testing.T) {
	elsewhere(t)
	here := newCluster(t, nil)
	require.NoError(t, killed(t, here.origin(), "/api/x").Close())
	got := command(t, asAdmin, "cleanup", "out", "--endpoint", here.url, "--mode", "read-only")
	assert.Equal(t, exit.Inconclusive, got.code)
	assert.Contains(t, got.stderr, "not everything could be removed")
}

func TestNothingIsLeftOfTheEmbeddedSimulator(t *testing.T) {
	elsewhere(t)
	require.Equal(t, exit.Conformant, command(t, nil, append(few, "run", "--out", "out")...).code)
	got := command(t, nil, "cleanup", "out")
	assert.Equal(t, exit.Conformant, got.code, got.stderr)
	assert.Contains(t, got.stdout, "what that held is gone")
}

func TestARunWritesDownWhichClusterItIsOf(t *testing.T) {
	elsewhere(t)
	here := newCluster(t, nil)
	got := command(t, asAdmin, append(few, "run", "--out", "out", "--endpoint", here.url)...)
	require.Equal(t, exit.Conformant, got.code, got.stderr)
	l, err := listed("out")
	require.NoError(t, err)
	assert.Equal(t, here.uuid, l.Origin().Cluster)
	assert.Equal(t, here.url, l.Origin().Endpoint)
	require.NoError(t, l.Close())
}

func TestOneEndpointIsSpeltInSeveralWays(t *testing.T) {
	for _, tt := range []struct {
		name, one, other string
		want             bool
	}{
		{"the port that goes without saying", "https://cluster.example", "https://Cluster.example:443", true},
		{"another port", "https://cluster.example", "https://cluster.example:8443", false},
		{"another scheme", "https://cluster.example", "http://cluster.example", false},
		{"another host", "https://a.example", "https://b.example", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, plainEndpoint(tt.one) == plainEndpoint(tt.other))
		})
	}
}
