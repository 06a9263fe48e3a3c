package steps

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// TestNoRuleMissesWhatFieldsLeftOut reads one record of each resource and each list with every
// field alone, with pairs of them and with the forms that fields= has; jobs in the states that
// they end in.
func TestNoRuleMissesWhatFieldsLeftOut(t *testing.T) {
	s := newStand(t)
	session := s.Target.NewSession()
	do := asking(t, session)
	assertNothingMissed(t, s, session, do, everyRecord(t, s, do))
	assert.Greater(t, len(session.History()), 500)
}

// TestNoRuleMissesWhatFieldsLeftOutOfParts does so with external key managers, of an SVM and of
// the cluster, with the certificates that they stand on, and with what they consist of.
func TestNoRuleMissesWhatFieldsLeftOutOfParts(t *testing.T) {
	s := newStand(t)
	require.NoError(t, s.Ready(t.Context()))
	w := newWorld(s.Suite, &Scenario{Name: "parts"}, s.SVMs[:1])
	external, cluster := w.kind("external key manager"), w.kind("external cluster key manager")
	require.NoError(t, existsWithServers(t.Context(), w, external.Noun, "km", "a, b"))
	require.NoError(t, exists(t.Context(), w, testbed.CreateRequest{Kind: cluster, Name: "cluster", Body: w.body(cluster, "cluster", w.SVM())}))
	session := s.Target.NewSession()
	do := asking(t, session)
	do(http.MethodPost, w.Objects.ByName["cluster"].Path()+"/auth-keys", map[string]any{})
	node := fmt.Sprint(oracle.RecordsOf(do(http.MethodGet, "/api/cluster/nodes", nil).Response)[0]["uuid"])
	lists := []string{"/api/security/certificates", "/api/security/key-managers"}
	for _, name := range []string{"km", "cluster"} {
		manager := w.Objects.ByName[name].Path()
		lists = append(lists, manager+"/key-servers", manager+"/keys/"+node+"/key-ids")
	}
	lists = append(lists, w.Objects.ByName["cluster"].Path()+"/auth-keys")
	var paths []string
	for _, path := range lists {
		key := s.Judge.Contract().Route(strings.TrimPrefix(path, "/api")).Resource.Key
		records := oracle.RecordsOf(do(http.MethodGet, path, nil).Response)
		require.NotEmpty(t, records, path)
		paths = append(paths, path)
		for _, record := range records {
			paths = append(paths, path+"/"+url.PathEscape(fmt.Sprint(record[key])))
		}
	}
	assertNothingMissed(t, s, session, do, paths)
}

// asking sends requests, with a body of JSON unless that is nil.
func asking(t *testing.T, session *wire.Session) func(method, path string, body map[string]any) *wire.Exchange {
	return func(method, path string, body map[string]any) *wire.Exchange {
		r := wire.Request{Method: method, Path: path}
		if body != nil {
			r.Body = wire.JSON(body)
		}
		x, err := session.Do(t.Context(), r)
		require.NoError(t, err)
		return x
	}
}

// assertNothingMissed reads what paths lead to with every selection of fields.
func assertNothingMissed(t *testing.T, s *stand, session *wire.Session, do func(method, path string, body map[string]any) *wire.Exchange, paths []string) {
	t.Helper()
	for _, path := range paths {
		for _, fields := range selections(s.Judge.Contract().Route(strings.TrimPrefix(path, "/api")).Resource) {
			do(http.MethodGet, path+"?fields="+url.QueryEscape(fields), nil)
		}
	}
	for _, f := range s.Judge.Judge(session.History(), nil).Found {
		assert.Fail(t, fmt.Sprint(f.Requirement, ": ", f.Err), "%s", f.Exchange)
	}
}

// selections are values of fields= for a resource.
func selections(r *contract.Resource) []string {
	all := []string{"*", "**", r.Key, "*,**"}
	last := ""
	for _, f := range r.Fields {
		all = append(all, f.Name, "!"+f.Name, "*,!"+f.Name)
		if last != "" {
			all = append(all, last+","+f.Name, f.Name+","+last)
		}
		last = f.Name
	}
	return all
}

// everyRecord makes an object of each kind, and jobs that end well and in failure, and returns
// the paths of all of them and of all lists.
func everyRecord(t *testing.T, s *stand, do func(method, path string, body map[string]any) *wire.Exchange) []string {
	t.Helper()
	s.put(t, s.SVMs[0], "a")
	s.put(t, s.SVMs[1], "b")
	do(http.MethodPost, "/api/security/aws-kms", map[string]any{
		"svm": map[string]any{"name": s.SVMs[2].Name}, "region": "us-east-1", "key_id": "kmip-aws", "access_key_id": "AK", "secret_access_key": "secret-of-somebody",
	})
	do(http.MethodPost, "/api/security/key-managers", map[string]any{"onboard": map[string]any{"passphrase": "a passphrase of more than thirty-two characters"}})
	require.NoError(t, s.Lab.SetUp(t.Context(), "restore-fails-on-a-node", map[string]string{"svm": s.SVMs[1].Name, "svm.uuid": s.SVMs[1].UUID}))
	states := map[any]bool{}
	for uuid := range s.records() {
		x := do(http.MethodPost, vaultsPath+"/"+uuid+"/restore", nil)
		require.NotEmpty(t, oracle.JobOf(x.Response), "%s", x)
		for range 1000 {
			job := do(http.MethodGet, s.JobPath(oracle.JobOf(x.Response)), nil).Response.Object()
			if state, _ := job["state"].(string); oracle.Ended(state) {
				states[state] = true
				break
			}
		}
	}
	require.Len(t, states, 2, "one job that failed and one that did not")
	var paths []string
	for _, r := range s.Judge.Contract().Resources {
		if r.IsPart() {
			continue
		}
		path := "/api" + r.Path
		paths = append(paths, path)
		records := oracle.RecordsOf(do(http.MethodGet, path, nil).Response)
		for _, record := range records[:min(len(records), 4)] {
			paths = append(paths, path+"/"+fmt.Sprint(record[r.Key]))
		}
	}
	return paths
}
