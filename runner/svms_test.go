package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"ontap-conformance/runner/exit"
)

// absent among the paths of overlaid says that the answers also hold for whether a resource is there.
const absent = ""

// overlaid is the simulator with the answers of some paths replaced.
func overlaid(t *testing.T, answers map[string]http.HandlerFunc) string {
	t.Helper()
	return simulated(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, everywhere := answers[absent]
			if h := answers[r.URL.Path]; h != nil && (everywhere || !r.URL.Query().Has("max_records")) { // which only asks whether it is there
				h(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/hal+json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

const (
	vaultsAPI   = "/api/security/azure-key-vaults"
	managersAPI = "/api/security/key-managers"
	kmsAPI      = "/api/security/aws-kms"
	svmsAPI     = "/api/svm/svms"
)

func TestAnSVMIsDiscoveredOnlyIfItHasNoKeyManagerOfAnyKind(t *testing.T) {
	elsewhere(t)
	const svm1 = `{"records":[{"svm":{"name":"svm1"}},{"scope":"cluster"}],"num_records":2}`
	second := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("page") {
			answer(200, svm1)(w, r)
			return
		}
		answer(200, `{"records":[],"_links":{"next":{"href":"`+r.URL.Path+`?page=2"}}}`)(w, r)
	}
	const unknown = "could not be found out"
	tests := []struct {
		name     string
		answers  map[string]http.HandlerFunc
		args     []string
		want     string
		wantCode int
	}{
		{"none of any kind", nil, nil, "16 free: svm1", exit.Conformant},
		{"a next page that is not there", map[string]http.HandlerFunc{managersAPI: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("page") {
				answer(404, `{"error":{"code":"4","message":"none"}}`)(w, r)
				return
			}
			second(w, r)
		}}, nil, unknown, exit.Inconclusive},
		{"another key manager", map[string]http.HandlerFunc{managersAPI: answer(200, svm1)}, nil, "15 free: svm2", exit.Conformant},
		{"an AWS KMS on the second page", map[string]http.HandlerFunc{kmsAPI: second}, nil, "15 free: svm2", exit.Conformant},
		{"no right to see the others", map[string]http.HandlerFunc{managersAPI: answer(403, `{"error":{"code":"6","message":"no"}}`)}, nil, unknown, exit.Inconclusive},
		{"no right to see the others, and a named SVM", map[string]http.HandlerFunc{managersAPI: answer(403, "{}")}, []string{"--svm", "svm1"},
			"whether they have a key manager could not be found out", exit.Conformant},
		{"others that may not be asked for so", map[string]http.HandlerFunc{kmsAPI: answer(400, `{"error":{"code":"262197","message":"no"}}`)}, nil, unknown, exit.Inconclusive},
		{"others that are gone again", map[string]http.HandlerFunc{kmsAPI: answer(405, "{}")}, nil, unknown, exit.Inconclusive},
		{"others that a target does not have", map[string]http.HandlerFunc{kmsAPI: answer(404, `{"error":{"code":"3","message":"no"}}`), absent: nil}, nil, "16 free", exit.Conformant},
		{"others that nobody may list", map[string]http.HandlerFunc{kmsAPI: answer(405, "{}"), absent: nil}, nil, "16 free", exit.Conformant},
		{"a record that is no object", map[string]http.HandlerFunc{managersAPI: answer(200, `{"records":["svm1"],"num_records":1}`)}, nil, unknown, exit.Inconclusive},
		{"more records than are shown", map[string]http.HandlerFunc{managersAPI: answer(200, `{"records":[],"num_records":1}`)}, nil, unknown, exit.Inconclusive},
		{"SVMs of which one is no object", map[string]http.HandlerFunc{svmsAPI: answer(200, `{"records":[null,{"name":"svm2"}]}`)}, nil, "name those that may be used with --svm", exit.Inconclusive},
		{"others that fail", map[string]http.HandlerFunc{managersAPI: answer(500, "{}")}, nil, unknown, exit.Inconclusive},
		{"vaults that fail", map[string]http.HandlerFunc{vaultsAPI: answer(500, "{}")}, nil, unknown, exit.Inconclusive},
		{"vaults that nobody may see", map[string]http.HandlerFunc{vaultsAPI: answer(403, "{}")}, nil, "name those that may be used with --svm", exit.Inconclusive},
		{"vaults that are gone again", map[string]http.HandlerFunc{vaultsAPI: answer(404, "{}")}, nil, unknown, exit.Inconclusive},
		{"vaults without records", map[string]http.HandlerFunc{vaultsAPI: answer(200, "{}")}, nil, unknown, exit.Inconclusive},
		{"vaults that fail, and nothing is written", map[string]http.HandlerFunc{vaultsAPI: answer(500, "{}")}, []string{"--mode", "read-only"}, unknown, exit.Conformant},
		{"vaults that fail, and a named SVM", map[string]http.HandlerFunc{vaultsAPI: answer(500, "{}")}, []string{"--svm", "svm1"}, "1 by --svm: svm1", exit.Conformant},
		{"vaults that are claimed", map[string]http.HandlerFunc{vaultsAPI: answer(200, svm1)}, []string{"--claim", "azure-key-vaults"}, "15 free: svm2", exit.Conformant},
		{"a named SVM with another key manager", map[string]http.HandlerFunc{managersAPI: answer(200, svm1)}, []string{"--svm", "svm1"},
			"the SVM svm1 has an external key manager already", exit.Inconclusive},
		{"a named SVM with one, and no list of SVMs", map[string]http.HandlerFunc{kmsAPI: answer(200, svm1), svmsAPI: answer(403, "{}")}, []string{"--svm", "svm1"},
			"the SVM svm1 has a KMS already", exit.Inconclusive},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := command(t, asAdmin, append([]string{"doctor", "--endpoint", overlaid(t, tt.answers)}, tt.args...)...)
			assert.Equal(t, tt.wantCode, got.code, got.stdout)
			assert.Contains(t, got.stdout, tt.want)
		})
	}
}

func TestAnSVMIsKnownByItsUUIDToo(t *testing.T) {
	elsewhere(t)
	url := overlaid(t, map[string]http.HandlerFunc{
		svmsAPI:     answer(200, `{"records":[{"name":"a","uuid":"1"},{"name":"b","uuid":"2"}]}`),
		managersAPI: answer(200, `{"records":[{"svm":{"uuid":"1"}}]}`),
	})
	got := command(t, asAdmin, "doctor", "--endpoint", url)
	assert.Contains(t, got.stdout, "1 free: b")
}

func TestPagesAreFollowedWithinBounds(t *testing.T) {
	elsewhere(t)
	n := 0
	tests := []struct {
		name string
		page func(r *http.Request) (next string, padding int)
		want string
	}{
		{"in a circle", func(r *http.Request) (string, int) { return r.URL.Path + "?again", 0 }, "lead in a circle"},
		{"to another host", func(*http.Request) (string, int) { return "https://elsewhere.example/api/svm/svms", 0 }, "leads elsewhere"},
		{"to another host without a scheme", func(*http.Request) (string, int) { return "//elsewhere.example/api/svm/svms", 0 }, "leads elsewhere"},
		{"without end", func(r *http.Request) (string, int) { n++; return fmt.Sprintf("%s?page=%d", r.URL.Path, n), 0 }, "more than 1000 pages"},
		{"of great size", func(r *http.Request) (string, int) { n++; return fmt.Sprintf("%s?page=%d", r.URL.Path, n), 8 << 20 }, "longer than 64 MiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url := overlaid(t, map[string]http.HandlerFunc{vaultsAPI: func(w http.ResponseWriter, r *http.Request) {
				next, padding := tt.page(r)
				answer(200, fmt.Sprintf(`{"records":[],"padding":%q,"_links":{"next":{"href":%q}}}`, strings.Repeat("x", padding), next))(w, r)
			}})
			got := command(t, asAdmin, "doctor", "--endpoint", url)
			assert.Equal(t, exit.Inconclusive, got.code, got.stdout)
			assert.Contains(t, got.stdout, tt.want)
		})
	}
}

func TestNothingThatIsPrintedHoldsTheCredentials(t *testing.T) {
	elsewhere(t)
	malformed := func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\n%s\r\n\r\n", r.Header.Get("Authorization"))
	}
	tests := []struct {
		name   string
		answer http.HandlerFunc
	}{
		{"a malformed header", malformed},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "https://elsewhere.example/"+r.Header.Get("Authorization")+"?p=open-sesame")
			w.WriteHeader(http.StatusFound)
		}},
		{"the version", func(w http.ResponseWriter, r *http.Request) {
			who := r.Header.Get("Authorization")
			answer(200, fmt.Sprintf(`{"name":%q,"version":{"full":%q,"generation":%q,"major":%q}}`, who, "open-sesame "+who, who, "open-sesame"))(w, r)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url := overlaid(t, map[string]http.HandlerFunc{"/api/cluster": tt.answer})
			for _, args := range [][]string{{"doctor"}, {"run", "--select", "AKV-READ-08", "--out", "out", "--format", "text"}} {
				got := command(t, asAdmin, append(args, "--endpoint", url)...)
				assert.NotContains(t, got.stdout+got.stderr, "open-sesame")
				assert.NotContains(t, got.stdout+got.stderr, "YWRtaW46b3Blbi1zZXNhbWU", "the same in base64")
			}
		})
	}
}

// TestABrokenListStopsARunOnlyUntilTheUserSaysWhatMayBeUsed: a list that cannot be
// read may hide whose keys an SVM holds, so nobody but the user can say that it is
// free. Then the list is a finding as any other.
func TestABrokenListStopsARunOnlyUntilTheUserSaysWhatMayBeUsed(t *testing.T) {
	elsewhere(t)
	url := simulated(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && r.URL.Path == kmsAPI {
				answer(200, `{"num_records":1,"records":{"uuid":"1"}}`)(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	args := []string{"run", "--endpoint", url, "--select", "protocol/lists.feature*", "--out", "out"}
	got := command(t, asAdmin, args...)
	assert.Equal(t, exit.Inconclusive, got.code)
	assert.Contains(t, got.stderr, "name those that may be used with --svm")
	got = command(t, asAdmin, append(args, "--svm", "svm1", "--svm", "svm2")...)
	assert.Equal(t, exit.NonConformant, got.code, got.stderr)
	assert.Contains(t, got.stdout, "BROKEN  API-LIST-01")
}

func TestAnSVMThatIsNamedTwiceIsUsedOnce(t *testing.T) {
	f := endpointFlags{svms: []string{"b", "a", "b", "b"}}
	assert.Equal(t, []string{"b", "a"}, f.namedSVMs())
}

// TestALockForTheMomentPutsOffTheReadingsBeforeARun: code 2621573 says that the same request
// can be done again later, whatever is read.
func TestALockForTheMomentPutsOffTheReadingsBeforeARun(t *testing.T) {
	elsewhere(t)
	var asked sync.Map
	url := simulated(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, before := asked.LoadOrStore(r.URL.String(), true); !before {
				answer(409, `{"error":{"code":"2621573","message":"The SVM is locked. Try again."}}`)(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	got := command(t, asAdmin, "doctor", "--endpoint", url)
	assert.Equal(t, exit.Conformant, got.code, got.stdout)
	assert.Contains(t, got.stdout, "16 free: svm1")
}
