package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/runner/exit"
)

// own is the folder of a resource that is not built in, lockers, with its scenarios below.
const own = "testdata/own"

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
