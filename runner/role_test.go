package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/runner/exit"
)

// limited is the simulator before which a front refuses what a role does not allow.
func limited(t *testing.T, refuses func(r *http.Request) bool) string {
	t.Helper()
	return simulated(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if refuses(r) {
				w.Header().Set("Content-Type", "application/hal+json")
				w.WriteHeader(http.StatusForbidden)
				fmt.Fprint(w, `{"error":{"code":"6","message":"not authorized for that command"}}`)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
}

// at refuses what is below any of paths.
func at(paths ...string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		for _, path := range paths {
			if r.URL.Path == path || strings.HasPrefix(r.URL.Path, path+"/") {
				return true
			}
		}
		return false
	}
}

func TestAUserWhoMayNotSeeTheClusterIsToldWhatToName(t *testing.T) {
	elsewhere(t)
	const hidden = "GET /api/cluster was refused with 403 (code 6)"
	itself := func(r *http.Request) bool { return r.URL.Path == "/api/cluster" }
	named := []string{"--ontap", "9.19.1", "--svm", "svm1", "--svm", "svm2"}
	tests := []struct {
		name     string
		refuses  func(*http.Request) bool
		args     []string
		want     []string
		wantCode int
	}{
		{"nothing is named", at("/api/cluster"), nil, []string{hidden, "name the release with --ontap and the SVMs with --svm"}, exit.Inconclusive},
		{"the release is named", at("/api/cluster"), named[:2], []string{hidden, "name those that may be used with --svm"}, exit.Inconclusive},
		{"both are named", at("/api/cluster"), named, []string{"accepted for admin, whose role does not allow everything: " + hidden, "2 by --svm"}, exit.Conformant},
		{"the nodes tell the release", itself, named[2:], []string{"ONTAP 9.19.1", "2 by --svm"}, exit.Conformant},
		{"nothing is written", at("/api/cluster"), []string{"--ontap", "9.19.1", "--mode", "read-only"}, []string{"ONTAP 9.19.1 by --ontap"}, exit.Conformant},
		{"nor the SVMs", at("/api/cluster", "/api/svm/svms"), named, []string{"the target does not list them"}, exit.Conformant},
		{"nothing may be read", at("/api"), named, []string{hidden + ", and nothing else may be read either"}, exit.Inconclusive},
		{"nothing that can be tested", at("/api/security"), named, []string{"the user may read nothing that can be tested: GET /api/security/"}, exit.Inconclusive},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := command(t, asAdmin, append([]string{"doctor", "--endpoint", limited(t, tt.refuses)}, tt.args...)...)
			assert.Equal(t, tt.wantCode, got.code, got.stdout)
			for _, want := range tt.want {
				assert.Contains(t, got.stdout, want)
			}
			assert.NotContains(t, got.stdout, "check --user", "the credentials are good")
		})
	}
}

func TestAUserOfOneSVMTestsWhatTheRoleAllows(t *testing.T) {
	elsewhere(t)
	url := limited(t, func(r *http.Request) bool {
		vaults := at("/api/security/azure-key-vaults", "/api/cluster/jobs", "/api/svm/svms")
		return !vaults(r)
	})
	got := command(t, asAdmin, "run", "--endpoint", url, "--ontap", "9.19.1", "--svm", "svm1", "--svm", "svm2", "--svm", "svm3", "--checks", "1", "--out", "out")
	require.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	r := readReport(t, "out")
	assert.Equal(t, oracle.Kept, standing(r, "AKV-CREATE-01"))
	assert.Equal(t, oracle.NotTestable, standing(r, "KMS-CREATE-01"))
	assert.Equal(t, oracle.NotTestable, standing(r, "KMS-TYPE-01"), "also what no scenario sets out to verify")
	assert.Equal(t, 1, strings.Count(got.stdout, "the user's role may not GET /security/aws-kms\n"), "told once: %s", got.stdout)
	assert.NotContains(t, got.stdout, "BROKEN")
	assert.NotContains(t, got.stdout, "ERRORED")
	assert.NotContains(t, got.stdout, "LEFT BEHIND")
}
