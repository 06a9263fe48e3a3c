package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
)

// few are scenarios that make something and are done at once.
var few = []string{"--select", "AKV-READ-01", "--mode", "guarded"}

// TestRunsThatStartTogetherHaveFoldersOfTheirOwn: with one folder for two, the ledger of
// one was overwritten, and what it had made was recorded nowhere.
func TestRunsThatStartTogetherHaveFoldersOfTheirOwn(t *testing.T) {
	const runs = 3
	elsewhere(t)
	url := simulated(t, nil)
	var all sync.WaitGroup
	for i := range runs {
		all.Go(func() {
			got := command(t, asAdmin, append(few, "run", "--endpoint", url, "--svm", []string{"svm1", "svm2", "svm3"}[i], "--format", "json")...)
			assert.Equal(t, exit.Conformant, got.code, got.stderr)
		})
	}
	all.Wait()
	folders, err := filepath.Glob("reports/*")
	require.NoError(t, err)
	require.Len(t, folders, runs)
	for _, dir := range folders {
		l, err := listed(dir)
		require.NoError(t, err)
		assert.NotEmpty(t, l.Marks())
		assert.Equal(t, filepath.Base(dir), l.Origin().Run)
		assert.Equal(t, filepath.Base(dir), readReport(t, dir).Run.ID)
		require.NoError(t, l.Close())
	}
}

func TestTheEvidenceOfAnEarlierRunIsNotOverwritten(t *testing.T) {
	elsewhere(t)
	for _, tt := range []struct{ name, file, command string }{
		{"a report", "report.json", "run"},
		{"a report for people", "report.html", "run"},
		{"a ledger", ledgerFile, "run"},
		{"the record of a hunt", huntFile, "run"},
		{"a finding", "AKV-READ-01/finding.json", "fuzz --for 0 --checks 1"},
		{"a report where findings go", "report.json", "fuzz --for 0 --checks 1"},
		{"a matrix", matrixFile, "selftest --servers nothing-is-*"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, tt.file)
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
			require.NoError(t, os.WriteFile(file, []byte("{}"), 0o600))
			got := command(t, nil, append(strings.Fields(tt.command), "--out", dir)...)
			assert.Equal(t, exit.Misuse, got.code)
			assert.Contains(t, got.stderr, "of an earlier run")
			assert.Equal(t, 1, strings.Count(got.stderr, "\n"), got.stderr)
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, "{}", string(text))
		})
	}
}

func TestEvidenceIsOverwrittenWhenThatIsMeantButNoLedgerThatListsSomething(t *testing.T) {
	elsewhere(t)
	require.NoError(t, os.Mkdir("out", 0o700))
	require.NoError(t, os.WriteFile("out/notes.txt", nil, 0o600))
	run := append(few, "run", "--out", "out", "--endpoint", simulated(t, nil), "--format", "json")
	require.Equal(t, exit.Conformant, command(t, asAdmin, run...).code, "what is no evidence is not in the way")
	assert.Equal(t, exit.Misuse, command(t, asAdmin, run...).code)
	again := command(t, asAdmin, append(run, "--overwrite")...)
	require.Equal(t, exit.Conformant, again.code, again.stderr)

	l, err := listed("out")
	require.NoError(t, err)
	locked := command(t, asAdmin, append(run, "--overwrite")...)
	assert.Equal(t, exit.Misuse, locked.code)
	assert.Contains(t, locked.stderr, ledger.ErrInUse.Error())
	_, err = l.Intend("aws-kms", "svm1", "mark")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	got := command(t, asAdmin, append(run, "--overwrite")...)
	assert.Equal(t, exit.Misuse, got.code)
	assert.Contains(t, got.stderr, "run cleanup first")
	assert.FileExists(t, "out/report.json", "and nothing else is touched")
}

// TestWhatWeWriteIsForItsOwnerOnly: evidence names hosts, users and keys.
func TestWhatWeWriteIsForItsOwnerOnly(t *testing.T) {
	elsewhere(t)
	env := []string{flags.EnvPassword + "=" + passwordOfBent}
	bent := []string{"--endpoint", bentServer(t, "refused-change-is-made-by-half"), "--user", "admin"}
	got := command(t, env, append(bent, "run", "--select", "AKV-PATCH-*", "--format", "json,junit,html,text")...)
	require.Less(t, got.code, exit.Misuse, got.stderr)
	got = command(t, env, append(bent, "fuzz", "--for", "0", "--checks", "3", "--properties", "azure-key-vaults: a-faulty*")...)
	require.Equal(t, exit.NonConformant, got.code, got.stderr)
	dirs, err := filepath.Glob("reports/*")
	require.NoError(t, err)
	require.Len(t, dirs, 1)
	got = command(t, nil, "baseline", "write", dirs[0], "--baseline", "known.yaml")
	require.Equal(t, exit.Conformant, got.code, got.stderr)
	got = command(t, nil, "selftest", "--servers", "delete-keeps-the-record", "--out", "matrix")
	require.Equal(t, exit.Conformant, got.code, got.stderr)

	seen := map[string]bool{}
	require.NoError(t, filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		info, err := d.Info()
		seen[filepath.Base(name)] = true
		assert.Zero(t, info.Mode().Perm()&0o077, "%s: %s", name, info.Mode())
		return err
	}))
	for _, name := range []string{"report.json", "junit.xml", "report.html", "report.txt", ledgerFile, huntFile, "finding.json", "repro.sh", "trace.har", "known.yaml", matrixFile} {
		assert.True(t, seen[name], name)
	}
}

// TestAnInterruptedHuntDoesNotWaitForItsCleanUp: a target that hangs keeps nobody for the
// time of a job.
func TestAnInterruptedHuntDoesNotWaitForItsCleanUp(t *testing.T) {
	elsewhere(t)
	url, interrupted := hangingAfter(t, 60)
	got := commandIn(t, interrupted.ctx, asAdmin, "fuzz", "--endpoint", url, "--timeout", "1h", "--out", "out")
	assert.Equal(t, exit.Interrupted, got.code, got.stderr)
	assert.Less(t, time.Since(interrupted.at()), 5*time.Minute, "far less than the timeout of one request")
	l, err := listed("out")
	require.NoError(t, err)
	assert.NotEmpty(t, l.Left(), "what was not removed stays in the ledger")
	require.NoError(t, l.Close())
}
