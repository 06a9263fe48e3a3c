package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/runner/exit"
)

// own is the folder of a resource that is not built in, lockers.
const own = "testdata/own"

// ownFolders returns the flags that put lockers beside what is built in, with their scenarios, in
// a folder of the test's own.
func ownFolders(t *testing.T) []string {
	t.Helper()
	dir, err := filepath.Abs(own)
	require.NoError(t, err)
	elsewhere(t)
	return []string{"--catalogue", dir, "--features", filepath.Join(dir, "features")}
}

func TestAResourceOfOnesOwnIsTestedAndReported(t *testing.T) {
	flags := ownFolders(t)
	got := command(t, nil, append([]string{"run", "--select", "LOCKER-*", "--out", "out"}, flags...)...)
	assert.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	r := readReport(t, "out")
	for _, id := range []string{"LOCKER-CREATE-01", "LOCKER-PATCH-02", "LOCKER-TYPE-01", "LOCKER-CREATE-99900001"} {
		assert.Equal(t, oracle.Kept, standing(r, id), id)
	}
	assert.Contains(t, command(t, nil, append([]string{"report", "out", "--format", "html"}, flags[:2]...)...).stdout, "LOCKER-PATCH-02")
}

func TestAResourceOfOnesOwnIsServedFuzzedAndBlamed(t *testing.T) {
	flags := ownFolders(t)
	fuzzed := func(out string, args ...string) said {
		url, _, stop := served(t, append([]string{"--http", "--addr", "127.0.0.1:0", "--lab-addr", "127.0.0.1:0", "--user", "", flags[0], flags[1]}, args...)...)
		defer stop()
		return command(t, nil, "fuzz", "--endpoint", url, "--properties", "lockers: *", "--checks", "5", "--out", out, flags[0], flags[1])
	}
	got := fuzzed("good")
	assert.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	got = fuzzed("bad", "--mutant", "lockers-size-of-a-change-is-lost")
	assert.Equal(t, exit.NonConformant, got.code, got.stdout+got.stderr)
	assert.Contains(t, got.stdout, "LOCKER-PATCH-01")
}

func TestAMutantOfAResourceOfOnesOwnIsFoundOut(t *testing.T) {
	flags := ownFolders(t)
	got := command(t, nil, append([]string{"selftest", "--servers", "lockers-size-of-a-change-is-lost", "--by", "fuzz"}, flags[:2]...)...)
	assert.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	assert.Contains(t, got.stdout, "mutants that were found out: 1 of 1")
}

// lockers is a server of lockers that refuses deletions while stuck is true.
func lockers(t *testing.T, flags []string, stuck *atomic.Bool) string {
	t.Helper()
	c, err := contract.LoadWith(contract.Folder{Name: own, Files: os.DirFS(flags[1])})
	require.NoError(t, err)
	sim := simulator.New(c, simulator.Options{User: "admin", Password: "open-sesame"})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete && stuck.Load() {
			answer(500, `{"error":{"code":"3","message":"not now"}}`)(w, r)
			return
		}
		sim.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestAnSVMWithAResourceOfOnesOwnIsNotFree(t *testing.T) {
	flags := ownFolders(t)
	url := lockers(t, flags, new(atomic.Bool))
	doctor := func() string { return command(t, asAdmin, "doctor", "--endpoint", url, flags[0], flags[1]).stdout }
	assert.Contains(t, doctor(), "16 free")
	ask(t, url, http.MethodPost, "/api/security/lockers", `{"svm":{"name":"svm1"},"label":"mine","pin":"1234"}`)
	assert.Contains(t, doctor(), "15 free: svm2")
	named := command(t, asAdmin, "doctor", "--endpoint", url, "--svm", "svm1", flags[0], flags[1])
	assert.Contains(t, named.stdout, "the SVM svm1 has a locker already")
}

func TestWhatIsLeftOfAResourceOfOnesOwnIsCleanedUp(t *testing.T) {
	flags := ownFolders(t)
	stuck := new(atomic.Bool)
	url := lockers(t, flags, stuck)
	stuck.Store(true)
	command(t, asAdmin, slices.Concat([]string{"run", "--endpoint", url, "--select", "LOCKER-CREATE-01", "--skip", "properties", "--svm", "svm1", "--out", "out"}, flags)...)
	stuck.Store(false)
	got := command(t, asAdmin, "cleanup", "out", "--endpoint", url, flags[0], flags[1])
	assert.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	assert.Contains(t, got.stdout, "1 object listed, 1 gone")
}

func TestAResourceOfOnesOwnIsListed(t *testing.T) {
	for list, want := range map[string]string{
		"requirements": "LOCKER-CREATE-01",
		"operations":   "PATCH /security/lockers/{uuid}",
		"codes":        "99900001",
		"mutants":      "lockers-",
	} {
		with := command(t, nil, "list", list, "--catalogue", own)
		without := command(t, nil, "list", list)
		assert.Equal(t, exit.Conformant, with.code, with.stderr)
		assert.Contains(t, with.stdout, want, list)
		assert.NotContains(t, without.stdout, want, list)
		for line := range strings.Lines(without.stdout) {
			assert.Contains(t, with.stdout, strings.Fields(line)[0], "what is built in stays")
		}
	}
}

func TestAMistakeInAResourceOfOnesOwnIsOneLineWithItsPlace(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(own, "lockers.yaml"))
	require.NoError(t, err)
	for _, tt := range []struct{ name, old, new, want string }{
		{"an unknown key", "plural: lockers", "plurals: lockers", `lockers.yaml:13: unknown key "plurals"`},
		{"a word that is none", "(new secret)", "(old secret)", "lockers.yaml:19: pin: (old secret) is no word of the vocabulary"},
		{"a level that is none", "level: must", "level: shall", `lockers.yaml:21: LOCKER-CREATE-01: level "shall"`},
		{"a name that is built in", "name: lockers", "name: svms", "lockers.yaml: svms is a resource of catalogue/svms.yaml already"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			spoilt := strings.Replace(string(text), tt.old, tt.new, 1)
			require.NotEqual(t, string(text), spoilt)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "lockers.yaml"), []byte(spoilt), 0o600))
			got := command(t, nil, "list", "requirements", "--catalogue", dir)
			assert.Equal(t, exit.Misuse, got.code)
			assert.Contains(t, got.stderr, tt.want)
			assert.Equal(t, 1, strings.Count(got.stderr, "\n"), got.stderr)
		})
	}
	got := command(t, nil, "list", "requirements", "--catalogue", filepath.Join(t.TempDir(), "nowhere"))
	assert.Equal(t, exit.Misuse, got.code)
	assert.Contains(t, got.stderr, "no catalogue files")
}

func TestWhatNoDocumentAttestsForAReleaseIsToldAsAssumed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(own, "lockers.yaml"))
	require.NoError(t, err)
	elsewhere(t)
	attested := strings.Replace(string(text), "  key: uuid\n", "  key: uuid\n  attested: \"9.17.1\"\n", 1)
	require.NoError(t, os.WriteFile("lockers.yaml", []byte(attested), 0o600))
	list := func(release string) string {
		return command(t, nil, "list", "requirements", "--ontap", release, "--catalogue", ".").stdout
	}
	assert.Contains(t, list("9.18.1"), "assumed: A complete request creates a locker.")
	assert.NotContains(t, list("9.17.1"), "assumed: ")

	got := command(t, nil, "run", "--ontap", "9.18.1", "--select", "lockers: what-does-not-exist-is-refused", "--out", "out", "--catalogue", ".")
	assert.Contains(t, got.stdout, "ASSUMED   12 requirements")
	for _, q := range readReport(t, "out").Requirements {
		assert.Equal(t, strings.HasPrefix(string(q.ID), "LOCKER-"), q.Assumed, q.ID)
	}
}
