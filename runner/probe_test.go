package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/report"
)

// answering is a server that answers every request in one way.
func answering(t *testing.T, status int, contentType, body string) string {
	t.Helper()
	return serving(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})
}

func serving(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// closedPort is the URL of a port that nothing listens on.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return "http://" + l.Addr().String()
}

func TestATargetThatCannotBeTestedIsInconclusiveInOneLine(t *testing.T) {
	elsewhere(t)
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0) // the broken handshakes are meant
	tls.StartTLS()
	t.Cleanup(tls.Close)
	plain := answering(t, 404, "application/json", "{}")
	tests := []struct{ name, endpoint, want string }{
		{"closed port", closedPort(t), "nothing listens on 127.0.0.1"},
		{"name that does not exist", "http://no-such-host.invalid", "no-such-host.invalid"},
		{"certificate that is not trusted", tls.URL, "authority that is not trusted: trust its issuer with --ca-cert"},
		{"https on a port of http", strings.Replace(plain, "http:", "https:", 1), "speaks http, not https"},
		{"http on a port of https", strings.Replace(tls.URL, "https:", "http:", 1), "speaks https, not http"},
		{"wrong credentials", answering(t, 401, "application/json", "{}"), "the target wants credentials (401)"},
		{"no right to ask", answering(t, 403, "application/json", "{}"), "(403)"},
		{"a page for people", answering(t, 200, "text/html", "<html></html>"), "answers HTML, not the REST API"},
		{"a redirect", serving(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
		}), "leads elsewhere"},
		{"no resource", plain, "nothing that ONTAP 9.19.1 promises and that can be tested"},
		{"an answer that is no list", answering(t, 200, "application/json", `{"version":{"generation":9,"major":6,"minor":0}}`), "name those that may be used with --svm"},
		{"no SVM", answering(t, 200, "application/json", `{"records":[],"num_records":0}`), "no data SVM is free"},
		{"a connection that breaks", serving(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), "no answer from"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := command(t, nil, "run", "--endpoint", tt.endpoint)
			assert.Equal(t, exit.Inconclusive, got.code)
			assert.Contains(t, got.stderr, tt.want)
			assert.Equal(t, 1, strings.Count(got.stderr, "\n"), "one line: %s", got.stderr)
			assert.Empty(t, got.stdout)

			got = command(t, nil, "doctor", "--endpoint", tt.endpoint)
			assert.Equal(t, exit.Inconclusive, got.code)
			assert.Contains(t, got.stdout, "failed")
			assert.Contains(t, got.stdout, "cannot be tested yet")
			assert.Len(t, regexp.MustCompile(`(?m)^(ok|failed|unknown) `).FindAllString(got.stdout, -1), 7, got.stdout)
		})
	}
}

func TestDoctorFindsTheSimulatorInGoodHealth(t *testing.T) {
	elsewhere(t)
	got := command(t, nil, "doctor")
	assert.Equal(t, exit.Conformant, got.code)
	assert.Contains(t, got.stdout, "can be tested")
	assert.NotContains(t, got.stdout, "failed")
}

func TestAnSVMIsUsedOnlyIfItExistsAndIsFree(t *testing.T) {
	elsewhere(t)
	url := simulated(t, nil)
	create(t, url, "svm2", "somebody")
	tests := []struct {
		name, svm string
		want      string
		wantCode  int
	}{
		{"free", "svm1", "1 by --svm: svm1", exit.Conformant},
		{"has a key manager", "svm2", "the SVM svm2 has a vault already", exit.Inconclusive},
		{"does not exist", "svn1", `no SVM "svn1". Did you mean svm1?`, exit.Misuse},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := command(t, asAdmin, "doctor", "--endpoint", url, "--svm", tt.svm)
			assert.Equal(t, tt.wantCode, got.code)
			assert.Contains(t, got.stdout, tt.want)
		})
	}
	got := command(t, asAdmin, "doctor", "--endpoint", url)
	assert.Contains(t, got.stdout, "15 free: svm1, svm3", "what somebody uses is left alone")
}

func TestTheReleaseIsTheFlagsElseTheTargetsElseTheNewest(t *testing.T) {
	elsewhere(t)
	silent := simulated(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/api/cluster" {
				http.NotFound(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"by the target", []string{"--endpoint", simulated(t, nil)}, "ONTAP 9.19.1\n"},
		{"by the flag", []string{"--endpoint", simulated(t, nil), "--ontap", "9.13"}, "ONTAP 9.13.1 by --ontap, though the target reports 9.19.1"},
		{"by nobody", []string{"--endpoint", silent}, "the target does not say, so 9.19.1 is assumed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := command(t, asAdmin, append([]string{"doctor"}, tt.args...)...)
			assert.Equal(t, exit.Conformant, got.code, got.stdout)
			assert.Contains(t, got.stdout, tt.want)
		})
	}
}

func TestAMissingResourceIsNotApplicableUnlessItIsClaimed(t *testing.T) {
	elsewhere(t)
	without := simulated(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/api/cluster/jobs") {
				r.URL.Path = "/api/nowhere"
			}
			next.ServeHTTP(w, r)
		})
	})
	got := command(t, asAdmin, "run", "--endpoint", without, "--select", "AKV-READ-01", "--out", "unclaimed")
	assert.Equal(t, exit.Conformant, got.code, got.stdout)
	assert.Equal(t, oracle.NotApplicable, standing(readReport(t, "unclaimed"), "JOB-LIST-01"))

	got = command(t, asAdmin, "run", "--endpoint", without, "--select", "JOB-LIST-01", "--claim", "jobs", "--out", "claimed")
	assert.NotEqual(t, exit.Conformant, got.code, got.stdout)
	assert.NotEqual(t, oracle.NotApplicable, standing(readReport(t, "claimed"), "JOB-LIST-01"))
}

func standing(r *report.Report, id string) oracle.Standing {
	for _, q := range r.Requirements {
		if string(q.ID) == id {
			return q.Status
		}
	}
	return ""
}

func TestAFileThatOthersCanReadIsWarnedOf(t *testing.T) {
	elsewhere(t)
	require.NoError(t, os.WriteFile("open", []byte("open-sesame\n"), 0o644))
	require.NoError(t, os.WriteFile("shut", []byte("open-sesame\n"), 0o600))
	url := simulated(t, nil)
	got := command(t, nil, "doctor", "--endpoint", url, "--user", "admin", "--password-file", "open")
	assert.Equal(t, exit.Conformant, got.code, got.stdout)
	assert.Contains(t, got.stderr, "open can be read by others (mode 0644)")
	got = command(t, nil, "doctor", "--endpoint", url, "--user", "admin", "--password-file", "shut")
	assert.Equal(t, exit.Conformant, got.code, got.stdout)
	assert.Empty(t, got.stderr)
	got = command(t, nil, "doctor", "--endpoint", url, "--token-file", "shut")
	assert.Contains(t, got.stdout, "the token is accepted")
}
