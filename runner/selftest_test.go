package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/selftest"
)

func TestASelftestTriesTheServersThatItIsTold(t *testing.T) {
	elsewhere(t)
	got := command(t, nil, "selftest", "--servers", "delete-keeps-the-record", "--servers", "accepted-change-*", "--servers", "nothing-is-*", "--by", "both", "--out", "out")
	assert.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	assert.Contains(t, got.stdout, "mutants that were found out: 1 of 1\n")
	assert.Contains(t, got.stdout, "liberties that were let pass: 1 of 1\n")
	assert.Contains(t, got.stdout, "servers that know nothing and did not pass: 2 of 2\n")
	matrix, err := os.ReadFile(filepath.Join("out", "kills.tsv"))
	require.NoError(t, err)
	assert.Regexp(t, `(?m)^delete-keeps-the-record\tAKV-DELETE-01\t\d+\tazure-key-vaults/.*\t\d+\tazure-key-vaults: .*$`, string(matrix))
}

func TestAMutantThatLivesFailsASelftest(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	m, ok := mutant.Find(c, "delete-keeps-the-record")
	require.True(t, ok)
	var out bytes.Buffer
	e := &examiner{app: &app{process: process{stdout: &out, stderr: &out}}, flags: &selftestFlags{by: byScenarios, every: 1, parallel: 1}, bench: &selftest.Bench{Catalogue: c, Seed: 1}}
	e.tries(t.Context(), "mutants that were found out", 1, func(int) string { return e.mutant(t.Context(), m) })
	assert.Equal(t, 1, e.wrong)
	assert.Contains(t, out.String(), "LIVED delete-keeps-the-record: ")
	assert.Contains(t, out.String(), "mutants that were found out: 0 of 1\n")
}

func TestABadSelftestIsRefused(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"--by luck", "--by: want scenarios, fuzz or both"},
		{"--servers delete-keeps-the-recrod", `"delete-keeps-the-recrod" matches no server`},
		{"--servers [", "matches no server"},
		{"--every 0", "--every"},
	} {
		got := command(t, nil, append([]string{"selftest"}, strings.Fields(tt.args)...)...)
		assert.Equal(t, exit.Misuse, got.code, tt.args)
		assert.Contains(t, got.stderr, tt.want)
	}
}
