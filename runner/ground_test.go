package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/simulator"
)

// A ground is a server, with its lab, on which somebody else has objects too: on SVMs of
// their own, and beside the run on one that the run may use.
type ground struct {
	sim      *simulator.Simulator
	api, lab string            // URLs
	before   map[string]string // what it held before anything ran
}

// newGround serves a simulator behind fronts, which may be nil.
func newGround(t *testing.T, sim *simulator.Simulator, api, lab func(http.Handler) http.Handler) *ground {
	t.Helper()
	settle(t, sim)
	g := &ground{sim: sim}
	g.before = g.holds()
	g.api, g.lab = behind(t, api, sim), behind(t, lab, sim.Lab())
	return g
}

// behind serves a handler behind a front until the test ends.
func behind(t *testing.T, front func(http.Handler) http.Handler, h http.Handler) string {
	t.Helper()
	if front != nil {
		h = front(h)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// settle gives somebody else the last two SVMs, and a certificate on the first.
func settle(t *testing.T, sim *simulator.Simulator) {
	t.Helper()
	url := behind(t, nil, sim)
	create(t, url, "svm16", "somebody")
	res := ask(t, url, http.MethodPost, kmsAPI, `{"svm":{"name":"svm15"},"region":"us-east-1","key_id":"somebody","access_key_id":"a","secret_access_key":"b"}`)
	require.Equal(t, http.StatusCreated, res.StatusCode)
	sim.Inspect(func(st *simulator.State) {
		const uuid = "77777777-0000-4000-8000-000000000001"
		svm := st.SVM("svm1")
		st.Table("certificates").Put(uuid, &simulator.Record{Fields: map[string]any{
			"uuid": uuid, "name": "somebody", "common_name": "somebody", "type": "client", "scope": "svm", "svm.name": svm.Name, "svm.uuid": svm.UUID,
		}})
	})
}

// holds returns all that the server holds, by resource and key, and what the lab has arranged. It
// leaves out jobs, and keystores, which only show the configurations as they were when last asked for.
func (g *ground) holds() map[string]string {
	all := map[string]string{}
	g.sim.Inspect(func(st *simulator.State) {
		for _, r := range st.Contract.Resources {
			if r.Name == "jobs" || r.Name == "key-stores" {
				continue
			}
			for i, rec := range st.Table(r.Name).All() {
				all[fmt.Sprintf("%s %v %d", r.Name, rec.Fields["uuid"], i)] = fmt.Sprint(rec.Fields, rec.Secrets, rec.Within)
			}
		}
		for _, c := range st.Conditions {
			all["condition "+c.Name] += fmt.Sprint(c.Params)
		}
	})
	return all
}

// assertAsBefore wants the server to hold what it held before anything ran, and nothing else.
func (g *ground) assertAsBefore(t *testing.T, after string) {
	t.Helper()
	now := g.holds()
	for key, was := range g.before {
		assert.Equal(t, was, now[key], "%s: %s of somebody else", after, key)
		delete(now, key)
	}
	assert.Empty(t, now, "%s: left behind", after)
}

// unbent is the reference server.
func unbent(t *testing.T) *simulator.Simulator {
	t.Helper()
	c, err := catalogue()
	require.NoError(t, err)
	return simulator.New(c, simulator.Options{User: "admin", Password: "open-sesame", Release: contract.Newest()})
}

// flags are those of a command against it, which finds credentials in asAdmin.
func (g *ground) flags() []string { return []string{"--endpoint", g.api, "--lab", g.lab} }
