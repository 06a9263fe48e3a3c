package steps

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/sample"
	"ontap-conformance/fixtures/wire"
)

// A role says which requests a front refuses.
type role struct {
	name    string
	refuses func(method, path string) bool
}

// under refuses methods of what begins with a path; no methods mean all.
func under(path string, methods ...string) role {
	return role{strings.Join(methods, " and ") + " " + path, func(method, p string) bool {
		return (p == path || strings.HasPrefix(p, path+"/")) && (len(methods) == 0 || slices.Contains(methods, method))
	}}
}

// A forbidden is what a front answers to what a role does not allow.
type forbidden struct {
	name        string
	status      int
	contentType string
	body        string
}

var forbiddens = []forbidden{
	{"403 with code 6", 403, "application/hal+json", `{"error":{"code":"6","message":"not authorized for that command","target":"x"}}`},
	{"403 with code 6691623", 403, "application/hal+json", `{"error":{"code":"6691623","message":"User is not authorized."}}`},
	{"400 with code 6691623", 400, "application/hal+json", `{"error":{"code":"6691623","message":"User is not authorized."}}`},
	{"403 with a page", 403, "text/html", "<html><body>Forbidden</body></html>"},
	{"403 with nothing", 403, "", ""},
}

// before is a front that refuses what a role does not allow, to whoever has the credentials.
func (f forbidden) before(next http.Handler, r role) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		user, password, _ := req.BasicAuth()
		if user != "admin" || password != "password" || !r.refuses(req.Method, req.URL.Path) {
			next.ServeHTTP(w, req)
			return
		}
		if f.contentType != "" {
			w.Header().Set("Content-Type", f.contentType)
		}
		w.WriteHeader(f.status)
		fmt.Fprint(w, f.body)
	})
}

// roles are the ways in which a role may be short of something.
func roles() []role {
	const security = "/api/security/"
	writes := []string{"POST", "PATCH", "DELETE", "PUT"}
	all := []role{
		{"part of a key manager", func(_, path string) bool {
			return strings.Count(path, "/") > 5 && strings.HasPrefix(path, security+"key-managers/")
		}},
		{"every write", func(method, _ string) bool { return slices.Contains(writes, method) }},
		{"everything but vaults and jobs", func(_, path string) bool {
			return !strings.HasPrefix(path, security+"azure-key-vaults") && !strings.HasPrefix(path, "/api/cluster/jobs")
		}},
		{"the records of vaults", func(method, path string) bool {
			return method == "GET" && strings.HasPrefix(path, security+"azure-key-vaults/")
		}},
		{"the list of vaults", func(method, path string) bool { return method == "GET" && path == security+"azure-key-vaults" }},
		{"actions", func(method, path string) bool {
			return method == "POST" && (strings.HasSuffix(path, "/restore") || strings.Contains(path, "/rekey"))
		}},
		{"the cluster itself", func(_, path string) bool { return path == "/api/cluster" }},
		under("/api/cluster"), under("/api/cluster/jobs"), under("/api/cluster/nodes"), under("/api/svm/svms"),
		under(security+"azure-key-vaults", "HEAD", "OPTIONS"),
	}
	for _, name := range []string{"azure-key-vaults", "aws-kms", "key-managers", "certificates"} {
		all = append(all, under(security+name), under(security+name, "GET"), under(security+name, writes...), under(security+name, "POST"),
			under(security+name, "PATCH"))
	}
	return all
}

func TestWhatTheRoleOfTheUserDoesNotAllowIsNoFinding(t *testing.T) {
	all := plan(t)
	type front struct {
		role
		answer forbidden
	}
	var fronts []front
	for i, r := range roles() {
		fronts = append(fronts, front{r, forbiddens[i%len(forbiddens)]})
	}
	for _, f := range sample.Of(t, fronts, 4, func(f front) (name, kind string) { return f.name, f.answer.name }) {
		t.Run(f.name+": "+f.answer.name, func(t *testing.T) {
			s := newStand(t)
			s.line.next = f.answer.before(s.sim, f.role)
			outcomes := s.Run(t.Context(), all, nil)
			lacking := 0
			for _, o := range outcomes {
				assert.Empty(t, o.Found, o.Name)
				if assert.Contains(t, []oracle.Status{oracle.Passed, oracle.Skipped}, o.Status, "%s: %v", o.Name, o.Reason) &&
					o.Status == oracle.Skipped && strings.Contains(o.Reason.Error(), "the user's role may not ") {
					lacking++
				}
			}
			assert.Positive(t, lacking)
			require.NoError(t, s.CleanUp(t.Context()))
			assert.Empty(t, s.Ledger.Left())
		})
	}
}

func TestAKeyManagerThatTheRoleHidesIsNoFinding(t *testing.T) {
	s := newStand(t)
	s.SVMs = s.SVMs[:1]
	x, err := s.Target.NewSession().Do(t.Context(), wire.Request{Method: http.MethodPost, Path: "/api/security/aws-kms", Body: wire.JSON(map[string]any{
		"svm": map[string]any{"name": s.SVMs[0].Name}, "region": "us-east-1", "key_id": "kmip-aws", "access_key_id": "AK", "secret_access_key": "secret-of-somebody",
	})})
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, x.Response.Status, "%s", x)
	s.line.next = forbiddens[0].before(s.sim, under("/api/security/aws-kms"))
	for _, o := range s.Run(t.Context(), plan(t, "azure-key-vaults/create.feature"), nil) {
		assert.Empty(t, o.Found, o.Name)
		assert.NotEqual(t, oracle.Errored, o.Status, "%s: %v", o.Name, o.Reason)
	}
}

func TestWhatIsRefusedToAUserWhoMayIsAFinding(t *testing.T) {
	s := newStand(t)
	s.line.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // what is not there must be answered with 404
		if r.Method == http.MethodPatch && !s.holds(r.URL.Path) {
			w.Header().Set("Content-Type", "application/hal+json")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, forbiddens[0].body)
			return
		}
		s.sim.ServeHTTP(w, r)
	})
	unknown := func(sc *Scenario) bool {
		return strings.Contains(sc.Name, "change.feature") && slices.Equal(sc.Resources, []string{akv})
	}
	broken := map[string]bool{}
	for _, o := range s.Run(t.Context(), chosen(t, unknown), nil) {
		for _, id := range o.Broke() {
			broken[string(id)] = true
		}
	}
	assert.NotEmpty(t, broken, "other changes of vaults succeeded, so that the role allows them")
}

// holds reports whether a vault is at a path.
func (s *stand) holds(path string) bool {
	for uuid := range s.records() {
		if strings.HasSuffix(path, uuid) {
			return true
		}
	}
	return false
}

func TestWhatTheRoleDoesNotAllowToDeleteIsNotMadeAgain(t *testing.T) {
	s := newStand(t)
	s.Parallel = 1
	s.line.next = forbiddens[0].before(s.sim, under("/api/security/azure-key-vaults", http.MethodDelete))
	for _, o := range s.Run(t.Context(), plan(t, "azure-key-vaults/read.feature", "azure-key-vaults/create.feature"), nil) {
		assert.Empty(t, o.Found, o.Name)
		assert.NotEqual(t, oracle.Errored, o.Status, "%s: %v", o.Name, o.Reason)
	}
	assert.LessOrEqual(t, len(s.records()), 2, "what could not be removed of one scenario")
	assert.Len(t, s.Ledger.Left(), len(s.records()), "it is listed")
}
