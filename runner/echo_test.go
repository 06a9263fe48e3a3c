package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/runner/canary"
	"ontap-conformance/runner/exit"
)

// echoPassword is long enough to be told from words, and has what ASCII has not.
const echoPassword = "Größte-Sicherheit/42+mehr"

// echoing serves a simulator that tells in every answer what it was told.
func echoing(t *testing.T) (echo *mutant.Echo, url string, env []string) {
	t.Helper()
	c, err := catalogue()
	require.NoError(t, err)
	echo = &mutant.Echo{Of: simulator.New(c, simulator.Options{User: "admin", Password: echoPassword}), Secrets: c.Secrets()}
	server := httptest.NewServer(echo)
	t.Cleanup(server.Close)
	return echo, server.URL, []string{"ONTAP_CONFORMANCE_USER=admin", "ONTAP_CONFORMANCE_PASSWORD=" + echoPassword}
}

// writtenBelow are the files of a folder, by their names.
func writtenBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			text, err := os.ReadFile(name)
			files[name] = string(text)
			return err
		}
		return err
	}))
	return files
}

// madeUp are values that a run makes up to be secret. Others are public: a feature spells them out.
var madeUp = regexp.MustCompile(`^[a-km-zA-HJ-NP-Z2-9]{24,}$|^-----BEGIN PRIVATE KEY|^MII`)

// assertNothingTold looks through what was written for what the target was told in secret.
func assertNothingTold(t *testing.T, heard []string, written map[string]string) {
	t.Helper()
	all := []canary.Canary{{Kind: "password", Value: echoPassword}}
	for _, secret := range heard {
		if madeUp.MatchString(secret) {
			all = append(all, canary.Canary{Kind: secret, Value: secret})
		}
	}
	require.Greater(t, len(all), 10)
	search := canary.New(all)
	for name, text := range written {
		assert.Empty(t, search.Find([]byte(text)), name)
		for _, c := range all[:10] {
			for _, w := range mutant.Encodings() {
				if strings.Contains(text, w.Write(c.Value)) { // as plainly as can be
					t.Errorf("%s holds a %s: %s", name, c.Kind, w.Name)
				}
			}
		}
	}
}

func TestARunPrintsNothingThatATargetEchoesInAnyEncoding(t *testing.T) {
	elsewhere(t)
	echo, url, env := echoing(t)
	got := command(t, env, "run", "--endpoint", url, "--svm", "svm1", "--svm", "svm2", "--out", "out", "--format", "json,junit,html,text",
		"--select", "azure-key-vaults/*", "--select", "aws-kms/*", "--parallel", "1")
	require.Equal(t, exit.NonConformant, got.code, got.stderr)
	files := writtenBelow(t, "out")
	files["stdout"], files["stderr"] = got.stdout, got.stderr
	for _, w := range mutant.Encodings() {
		if !strings.Contains(files["out/report.json"], w.Name+";") {
			t.Errorf("no answer was printed that told a secret so: %s", w.Name)
		}
	}
	require.NotEmpty(t, echo.Heard())
	assertNothingTold(t, echo.Heard(), files)
	assert.Contains(t, got.stderr, "secrets: 0 of ")
	assert.NotContains(t, strings.Join(os.Environ(), " "), echoPassword)
}

func TestAHuntPrintsNothingThatATargetEchoesInAnyEncoding(t *testing.T) {
	elsewhere(t)
	echo, url, env := echoing(t)
	got := command(t, env, "fuzz", "--endpoint", url, "--svm", "svm1", "--svm", "svm2", "--svm", "svm3", "--for", "0", "--checks", "1", "--out", "out",
		"--properties", "azure-key-vaults: a-*")
	require.Equal(t, exit.NonConformant, got.code, got.stderr)
	files := writtenBelow(t, "out")
	files["stdout"], files["stderr"] = got.stdout, got.stderr
	require.Greater(t, len(files), 8)
	assertNothingTold(t, echo.Heard(), files)
	assert.Contains(t, got.stderr, "secrets: 0 of ")
}
