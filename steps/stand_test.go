package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"ontap-conformance/features"
	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/lab"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The resource that most tests of this package speak of.
const (
	akv        = "azure-key-vaults"
	vaultsPath = "/api/security/azure-key-vaults"
)

// catalogue is loaded once: it is read-only.
var catalogue = sync.OnceValues(contract.Load)

// A stand is a suite before a simulator whose line is tapped.
type stand struct {
	*Suite
	sim    *simulator.Simulator
	line   *tap
	server *httptest.Server
}

// newStand returns a stand of the newest release with 16 SVMs. wrap bends the
// simulator.
func newStand(t testing.TB, wrap ...simulator.Middleware) *stand {
	t.Helper()
	return newStandOf(t, contract.Newest(), wrap...)
}

// newStandOf is newStand with another release.
func newStandOf(t testing.TB, release contract.Release, wrap ...simulator.Middleware) *stand {
	t.Helper()
	c, err := catalogue()
	require.NoError(t, err)
	sim := simulator.New(c, simulator.Options{Release: release, User: "admin", Password: "password"}, wrap...)
	line := &tap{next: sim}
	l, err := ledger.Open("", false)
	require.NoError(t, err)
	server := listen(t, line)
	s := &stand{sim: sim, line: line, server: server, Suite: &Suite{Testbed: &testbed.Testbed{Settings: testbed.Settings{
		Judge: oracle.NewJudge(c, release), Ledger: l, Lab: &lab.Lab{URL: listen(t, sim.Lab()).URL}, Seed: 1, Mode: testbed.Full,
		Target: &wire.Target{
			BaseURL: server.URL, HTTP: wire.NewClient(32, nil),
			Credentials: wire.Credentials{User: "admin", Password: wire.NewSecret("PASSWORD", "password")},
		},
	}}}}
	sim.Inspect(func(st *simulator.State) {
		s.Admin = testbed.SVM{Name: st.Admin.Name, UUID: st.Admin.UUID}
		for _, v := range st.SVMs {
			s.SVMs = append(s.SVMs, testbed.SVM{Name: v.Name, UUID: v.UUID})
		}
	})
	return s
}

// listen serves h until the test ends.
func listen(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

// direct lets the suite call its server and its lab without a network, as a bubble of
// testing/synctest needs it: what is waited for there takes no time.
func (s *stand) direct() {
	s.Target.HTTP, s.Lab.HTTP = &http.Client{Transport: calling{s.line}}, &http.Client{Transport: calling{s.sim.Lab()}}
}

// calling is a transport that calls a handler, which goes on when nobody waits for it any more.
type calling struct{ http.Handler }

func (c calling) RoundTrip(r *http.Request) (*http.Response, error) {
	answered := make(chan *http.Response, 1)
	go func() {
		w, got := httptest.NewRecorder(), r.Clone(context.WithoutCancel(r.Context()))
		if got.RequestURI = got.URL.RequestURI(); got.Body == nil {
			got.Body = http.NoBody
		}
		c.ServeHTTP(w, got)
		answered <- w.Result()
	}()
	select {
	case res := <-answered:
		return res, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// settle waits until the target has done all that it was asked, also what
// nobody waits for any more, and returns a suite for what is left to do there.
func (s *stand) settle(t testing.TB) *Suite {
	t.Helper()
	s.server.Close()
	target := *s.Target
	target.BaseURL = listen(t, s.line).URL
	return suiteAt(&target, s.Settings)
}

// settled is settle within a bubble, for a stand that calls its server directly.
func (s *stand) settled() *Suite {
	synctest.Wait()
	return suiteAt(s.Target, s.Settings)
}

// suiteAt is a suite for what is left to do of another one.
func suiteAt(target *wire.Target, of testbed.Settings) *Suite {
	return &Suite{Testbed: &testbed.Testbed{Settings: testbed.Settings{Judge: of.Judge, Ledger: of.Ledger, SVMs: of.SVMs, Mode: of.Mode, Target: target}}}
}

// plan returns the scenarios of the features whose name contains one of parts;
// without parts, all of them.
func plan(t testing.TB, parts ...string) []*Scenario {
	t.Helper()
	return chosen(t, func(sc *Scenario) bool {
		named := slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(sc.Name, part) })
		return len(parts) == 0 || named && slices.Equal(sc.Resources, []string{akv})
	})
}

// chosen returns the scenarios of the features that are wanted, of which there is one at least.
func chosen(t testing.TB, wanted func(*Scenario) bool) []*Scenario {
	t.Helper()
	c, err := catalogue()
	require.NoError(t, err)
	all, err := Plan(features.FS, c)
	require.NoError(t, err)
	all = slices.DeleteFunc(all, func(sc *Scenario) bool { return !wanted(sc) })
	require.NotEmpty(t, all)
	return all
}

// markOf is a mark that no session of the tests has.
func markOf(n int) string { return fmt.Sprintf("oc%018d", n) }

// decoded reads a body as an object.
func decoded(body []byte) (map[string]any, bool) {
	var v map[string]any
	err := json.Unmarshal(body, &v)
	return v, err == nil && v != nil
}

// kinds returns the kinds of objects that are created, but for parts.
func (s *stand) kinds() []*contract.ObjectKind {
	return slices.DeleteFunc(slices.Clone(s.Catalogue().Objects()), func(k *contract.ObjectKind) bool { return !k.Creatable() || k.Resource.IsPart() })
}

// records returns the vaults on the target, by uuid.
func (s *stand) records() map[string]map[string]any {
	all := map[string]map[string]any{}
	s.sim.Inspect(func(st *simulator.State) {
		for _, r := range st.Table(akv).All() {
			uuid, _ := r.Fields["uuid"].(string)
			all[uuid] = r.Clone().Fields
		}
	})
	return all
}

// strange creates a vault that is not ours on the last SVM, which it takes out
// of the pool, and returns its uuid.
func (s *stand) strange(t testing.TB) string {
	t.Helper()
	svm := s.SVMs[len(s.SVMs)-1]
	s.SVMs = s.SVMs[:len(s.SVMs)-1]
	return s.put(t, svm, "somebody-else")
}

// put creates a vault with the mark behind the back of the suite, and returns
// its uuid.
func (s *stand) put(t testing.TB, svm testbed.SVM, mark string) string {
	t.Helper()
	x, err := s.Target.NewSession().Do(t.Context(), wire.Request{Method: "POST", Path: vaultsPath + "?return_records=true", Body: wire.JSON(map[string]any{
		"svm": map[string]any{"name": svm.Name}, "client_id": "client-" + mark, "tenant_id": "tenant-" + mark,
		"name": "https://" + mark + ".vault.azure.net/", "key_id": "https://" + mark + ".vault.azure.net/keys/key1/1", "client_secret": "top-secret-of-" + mark,
	})})
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, x.Response.Status, "%s", x)
	s.line.reset()
	return oracle.Created(x.Response)
}

// strangers puts a vault, an AWS KMS and a GCP KMS of somebody else on the last three SVMs, which it takes out
// of the pool.
func (s *stand) strangers(t testing.TB) {
	t.Helper()
	s.strange(t)
	svm := s.SVMs[len(s.SVMs)-1]
	s.SVMs = s.SVMs[:len(s.SVMs)-1]
	x, err := s.Target.NewSession().Do(t.Context(), wire.Request{Method: "POST", Path: "/api/security/aws-kms", Body: wire.JSON(map[string]any{
		"svm": map[string]any{"name": svm.Name}, "region": "us-east-1", "key_id": "somebodys", "access_key_id": "somebodys", "secret_access_key": "top-secret",
	})})
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, x.Response.Status, "%s", x)
	svm = s.SVMs[len(s.SVMs)-1]
	s.SVMs = s.SVMs[:len(s.SVMs)-1]
	s.sim.Inspect(func(st *simulator.State) {
		const uuid = "77777777-0000-4000-8000-000000000077"
		st.Table("gcp-kms").Put(uuid, &simulator.Record{Fields: map[string]any{"uuid": uuid, "project_id": "somebodys", "svm.name": svm.Name, "svm.uuid": svm.UUID}})
	})
	s.line.reset()
}

// held returns what the target has of the kinds that are one's own on an SVM, by resource and uuid.
func (s *stand) held() map[string]map[string]any {
	all := map[string]map[string]any{}
	s.sim.Inspect(func(st *simulator.State) {
		for _, k := range s.kinds() {
			for _, r := range st.Table(k.Resource.Name).All() {
				all[fmt.Sprint(k.Resource.Name, " ", r.Fields["uuid"])] = r.Clone().Fields
			}
		}
	})
	return all
}

// A tap keeps what a server is sent. It is safe for concurrent use.
type tap struct {
	next http.Handler
	mu   sync.Mutex
	sent []sentRequest
}

type sentRequest struct{ method, uri, body string }

// String is the request in one line.
func (r sentRequest) String() string { return fmt.Sprintf("%s %s %s", r.method, r.uri, r.body) }

func (p *tap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	p.mu.Lock()
	p.sent = append(p.sent, sentRequest{r.Method, r.RequestURI, string(body)})
	p.mu.Unlock()
	p.next.ServeHTTP(w, r)
}

func (p *tap) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = nil
}

// all returns what was sent so far.
func (p *tap) all() []sentRequest {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent)
}

// writes returns what was sent other than GET, HEAD and OPTIONS.
func (p *tap) writes() []sentRequest {
	return slices.DeleteFunc(p.all(), func(r sentRequest) bool { return slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, r.method) })
}

// readings are the methods that change nothing.
var readings = []string{http.MethodGet, http.MethodHead, http.MethodOptions}
