package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/finding"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/report"
)

const passwordOfBent = "the-password-of-a-bent-server"

// bentServer serves a mutant, or the reference server for "".
func bentServer(t *testing.T, name string) string {
	t.Helper()
	c, err := catalogue()
	require.NoError(t, err)
	o := simulator.Options{User: "admin", Password: passwordOfBent}
	handler := http.Handler(simulator.New(c, o))
	if name != "" {
		m, ok := mutant.Find(c, name)
		require.True(t, ok, name)
		handler = m.New(c, o)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func TestAFindingIsKeptInEveryFormThatItsReadersNeed(t *testing.T) {
	elsewhere(t)
	env := []string{flags.EnvPassword + "=" + passwordOfBent}
	tests := []struct {
		mutant string
		breaks contract.ID
		calls  int // of the smallest case
	}{
		{"refused-change-is-made-by-half", "API-FAULT-01", 2},
		{"unknown-property-of-a-creation-is-ignored", "API-BODY-04", 1},
		{"enumeration-is-not-checked-in-a-change", "API-BODY-07", 2},
		{"last-of-two-properties-wins", "API-BODY-03", 2},
	}
	for _, tt := range tests {
		t.Run(tt.mutant, func(t *testing.T) {
			bent := []string{"--endpoint", bentServer(t, tt.mutant), "--user", "admin"}
			out := filepath.Join("out", tt.mutant)
			got := command(t, env, append([]string{"fuzz", "--for", "0", "--checks", "2", "--out", out, "--strict", "--properties", "azure-key-vaults: a-faulty*"}, bent...)...)
			require.Equal(t, exit.NonConformant, got.code, got.stdout+got.stderr)
			found, err := filepath.Glob(filepath.Join(out, string(tt.breaks)+"*"))
			require.NoError(t, err)
			require.NotEmpty(t, found, got.stdout)
			dir := found[0]
			f, err := finding.Read(dir)
			require.NoError(t, err)
			assert.Equal(t, tt.breaks, f.Requirement.ID)
			assert.LessOrEqual(t, len(f.Case.Calls), tt.calls, "%v", f.Case)
			for _, name := range []string{finding.ReadmeFile, finding.ShellFile, finding.TestFile, finding.TraceFile} {
				text, err := os.ReadFile(filepath.Join(dir, name))
				require.NoError(t, err)
				assert.NotContains(t, string(text), passwordOfBent, name)
			}
			again := command(t, env, append([]string{"replay", dir}, bent...)...)
			assert.Equal(t, exit.NonConformant, again.code, again.stdout+again.stderr)
			clean := command(t, env, "replay", dir, "--endpoint", bentServer(t, ""), "--user", "admin")
			assert.Equal(t, exit.Conformant, clean.code, clean.stdout+clean.stderr)
			assert.Contains(t, clean.stdout, string(tt.breaks)+": fixed")
			run := command(t, env, append([]string{"run", "--out", "run", "--overwrite", "--features", dir, "--select", finding.FeatureFile, "--strict"}, "--endpoint", bentServer(t, tt.mutant), "--user", "admin")...)
			assert.Equal(t, exit.NonConformant, run.code, run.stdout+run.stderr)
			assert.Contains(t, run.stdout, "BROKEN  "+string(tt.breaks))
		})
	}
}

// TestAHuntTellsWhatFailsOnceAsFlaky was seen red with "BROKEN", whatever came of the second playing.
func TestAHuntTellsWhatFailsOnceAsFlaky(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	env := []string{flags.EnvPassword + "=" + passwordOfBent}
	for flag, code := range map[string]int{"fail": exit.NonConformant, "report": exit.Conformant} {
		t.Run(flag, func(t *testing.T) {
			elsewhere(t)
			wrong := 1
			server := httptest.NewServer(simulator.New(c, simulator.Options{User: "admin", Password: passwordOfBent}, func(next simulator.Handler) simulator.Handler {
				return func(st *simulator.State, r *simulator.Request) *simulator.Response {
					res := next(st, r)
					if r.Method == http.MethodGet && res.OK() && strings.HasPrefix(r.Path, "/security/azure-key-vaults/") && wrong > 0 {
						wrong--
						res.Header.Set("Content-Type", "text/plain")
					}
					return res
				}
			}))
			t.Cleanup(server.Close)
			got := command(t, env, "fuzz", "--for", "0", "--checks", "1", "--out", "out", "--flaky", flag, "--strict", "--properties", "azure-key-vaults: a-change-takes*", "--endpoint", server.URL, "--user", "admin")
			assert.Equal(t, code, got.code, got.stdout+got.stderr)
			assert.Contains(t, got.stdout, "FLAKY API-HAL-01")
			assert.NotContains(t, got.stdout, "BROKEN")
			assert.Equal(t, flag == "report", strings.Contains(got.stdout, "(does not decide)"))
			record, err := os.ReadFile(filepath.Join("out", huntFile))
			require.NoError(t, err)
			assert.Regexp(t, `"flaky": \[\s*"API-HAL-01"\s*\]`, string(record))
			dirs, err := filepath.Glob(filepath.Join("out", "API-HAL-01*"))
			require.NoError(t, err)
			require.Len(t, dirs, 1)
			f, err := finding.Read(dirs[0])
			require.NoError(t, err)
			assert.False(t, f.Minimal)
			assert.True(t, f.Broken.Flaky)
			words, err := os.ReadFile(filepath.Join(dirs[0], finding.ReadmeFile))
			require.NoError(t, err)
			assert.Contains(t, string(words), ") is flaky\n")
			assert.Contains(t, string(words), "It failed once, and not again: it was played 2 times.")
			assert.Contains(t, string(words), "## Playing 2: not found broken")
		})
	}
}

func TestTheCorpusIsPlayedFirst(t *testing.T) {
	elsewhere(t)
	env := []string{flags.EnvPassword + "=" + passwordOfBent}
	bent := []string{"--endpoint", bentServer(t, "refused-change-is-made-by-half"), "--user", "admin"}
	hunt := append([]string{"fuzz", "--for", "0", "--checks", "3", "--out", "out", "--overwrite", "--properties", "azure-key-vaults: a-faulty*"}, bent...)
	require.Equal(t, exit.NonConformant, command(t, env, hunt...).code)
	found, err := filepath.Glob("out/API-FAULT-01*")
	require.NoError(t, err)
	require.Len(t, found, 1)
	moved := command(t, nil, "promote", found[0])
	require.Equal(t, exit.Conformant, moved.code, moved.stderr)
	assert.DirExists(t, strings.TrimSpace(moved.stdout))
	got := command(t, env, append(hunt, "--skip-nothing")...)
	assert.Equal(t, exit.Misuse, got.code)
	got = command(t, env, hunt...)
	assert.Contains(t, got.stderr, "corpus: 0 fixed, 1 still failing, 0 that could not be replayed")
	assert.Contains(t, got.stdout, "BROKEN as before: 1 finding of the corpus")
	assert.NotContains(t, got.stdout, "wrong on purpose", "that is measured with all properties")
	clean := command(t, env, "fuzz", "--for", "0", "--checks", "1", "--out", "clean", "--endpoint", bentServer(t, ""), "--user", "admin")
	assert.Equal(t, exit.Conformant, clean.code, clean.stdout+clean.stderr)
	assert.Contains(t, clean.stderr, "corpus: 1 fixed, 0 still failing, 0 that could not be replayed")
	assert.Contains(t, clean.stdout, "nothing was found broken")
	older := command(t, env, "fuzz", "--for", "0", "--checks", "1", "--out", "older", "--ontap", "9.6")
	assert.Equal(t, exit.Inconclusive, older.code, "what could not be replayed is not fixed")
	assert.Contains(t, older.stderr, "1 finding could not be replayed")
}

func TestARunPlaysTheCorpusFirst(t *testing.T) {
	elsewhere(t)
	env := []string{flags.EnvPassword + "=" + passwordOfBent}
	on := func(mutant string) []string { return []string{"--endpoint", bentServer(t, mutant), "--user", "admin"} }
	const mutant = "refused-change-is-made-by-half"
	hunt := command(t, env, append([]string{"fuzz", "--for", "0", "--checks", "3", "--out", "out", "--properties", "azure-key-vaults: a-faulty*"}, on(mutant)...)...)
	require.Equal(t, exit.NonConformant, hunt.code)
	found, err := filepath.Glob("out/API-FAULT-01*")
	require.NoError(t, err)
	require.Len(t, found, 1)
	name := "corpus: " + filepath.Base(found[0])
	require.Equal(t, exit.Conformant, command(t, nil, "promote", found[0]).code)

	for title, tt := range map[string]struct {
		args   []string
		code   int
		status string
	}{
		"still failing":        {append([]string{"--select", "corpus"}, on(mutant)...), exit.NonConformant, report.Failed},
		"fixed":                {append([]string{"--select", "API-FAULT-01"}, on("")...), exit.Conformant, report.Passed},
		"not promised":         {[]string{"--select", "corpus", "--ontap", "9.6"}, exit.Inconclusive, report.Skipped},
		"not selected":         {append([]string{"--select", "AKV-READ-01"}, on(mutant)...), exit.Conformant, report.Skipped},
		"beside what is known": {append([]string{"--select", "corpus", "--baseline", "known.yaml"}, on(mutant)...), exit.Conformant, report.KnownFailure},
	} {
		t.Run(title, func(t *testing.T) {
			if title == "beside what is known" {
				known := fmt.Sprintf("format: ontap-conformance/baseline/1\nknown:\n- requirement: API-FAULT-01\n  outcomes: [%q]\n  reason: told to the vendor\n", name)
				require.NoError(t, os.WriteFile("known.yaml", []byte(known), 0o600))
			}
			got := command(t, env, append([]string{"run", "--out", "run", "--overwrite"}, tt.args...)...)
			require.Equal(t, tt.code, got.code, got.stdout+got.stderr)
			first := slices.IndexFunc(readReport(t, "run").Outcomes, func(o report.Outcome) bool { return o.Name == name })
			require.GreaterOrEqual(t, first, 0)
			o := readReport(t, "run").Outcomes[first]
			assert.Equal(t, tt.status, o.Status)
			assert.Equal(t, []contract.ID{"API-FAULT-01"}, o.Requirements)
			if tt.status != report.Skipped {
				assert.Zero(t, first, "it is played first")
			}
		})
	}
	require.NoError(t, os.WriteFile(filepath.Join("corpus", filepath.Base(found[0]), finding.DataFile), []byte("{"), 0o600))
	assert.Equal(t, exit.Misuse, command(t, env, append([]string{"run"}, on("")...)...).code, "a damaged finding is told before anything is sent")
}

func TestADamagedCaseIsNotTakenForFixed(t *testing.T) {
	const whole = `{"format":"ontap-conformance/finding/1","property":"azure-key-vaults: the-same-change-again-changes-nothing","requirement":{"id":"AKV-PATCH-05"},"case":{"calls":%s}}`
	for name, calls := range map[string]string{
		"too few calls":     `[{}]`,
		"unknown operation": `[{"operation":"akv-explode"},{"operation":"akv-change","set":{"port":1}}]`,
		"another resource":  `[{"operation":"kms-create"},{"operation":"akv-change","set":{"port":"x"}}]`,
	} {
		t.Run(name, func(t *testing.T) {
			elsewhere(t)
			require.NoError(t, os.WriteFile(finding.DataFile, fmt.Appendf(nil, whole, calls), 0o600))
			got := command(t, nil, "replay", ".")
			assert.Equal(t, exit.Inconclusive, got.code, got.stdout+got.stderr)
		})
	}
}

func TestWhatIsNoFindingIsNotReplayed(t *testing.T) {
	elsewhere(t)
	require.NoError(t, os.WriteFile(finding.DataFile, []byte(`{"format":"another"}`), 0o600))
	for _, args := range [][]string{{"replay", "."}, {"replay"}, {"replay", "nowhere"}, {"promote", "."}} {
		assert.Equal(t, exit.Misuse, command(t, nil, args...).code, args)
	}
}

func TestTheGoTestOfAFindingTellsABrokenServerFromOneThatIsNot(t *testing.T) {
	elsewhere(t)
	env := []string{flags.EnvPassword + "=" + passwordOfBent}
	bent := bentServer(t, "proxy-host-of-a-change-is-lost")
	got := command(t, env, "fuzz", "--for", "0", "--checks", "3", "--out", "out", "--properties", "azure-key-vaults: a-change-takes*", "--endpoint", bent, "--user", "admin")
	require.Equal(t, exit.NonConformant, got.code, got.stdout+got.stderr)
	found, err := filepath.Glob(filepath.Join("out", "AKV-PATCH-*"))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	repro := func(endpoint string, env ...string) (said string, passed bool) {
		cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", filepath.Join(found[0], finding.TestFile), "-endpoint", endpoint)
		cmd.Env = append(append(os.Environ(), flags.EnvPassword+"="+passwordOfBent), env...)
		out, err := cmd.CombinedOutput()
		return string(out), err == nil
	}
	said, passed := repro(bent)
	assert.False(t, passed, said)
	assert.Contains(t, said, "AKV-PATCH-")
	said, passed = repro(bentServer(t, ""))
	assert.True(t, passed, said)
	said, passed = repro(bentServer(t, ""), flags.EnvPassword+"=wrong")
	assert.False(t, passed, "nothing was mended")
	assert.Contains(t, said, "the target does not know admin")
	said, passed = repro(refusing(t, nil))
	assert.False(t, passed, "nothing was mended")
	assert.Contains(t, said, "this tells nothing")
}

// refusing serves an API that makes nothing; asked, if not nil, is told of each request.
func refusing(t *testing.T, asked func(*http.Request)) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked != nil {
			asked(r)
		}
		w.WriteHeader(http.StatusBadRequest)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestTheShellLinesOfAFindingWriteToNothingButWhatTheyMade(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("needs curl")
	}
	elsewhere(t)
	bent := bentServer(t, "proxy-host-of-a-change-is-lost")
	got := command(t, []string{flags.EnvPassword + "=" + passwordOfBent}, "fuzz", "--for", "0", "--checks", "3", "--out", "out", "--properties", "azure-key-vaults: a-change-takes*", "--endpoint", bent, "--user", "admin")
	require.Equal(t, exit.NonConformant, got.code, got.stdout+got.stderr)
	found, err := filepath.Glob(filepath.Join("out", "AKV-PATCH-*", finding.ShellFile))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	lines, err := os.ReadFile(found[0])
	require.NoError(t, err)
	var asked []string
	to := refusing(t, func(r *http.Request) { asked = append(asked, r.Method+" "+r.URL.Path) })
	play := func(env ...string) string {
		cmd := exec.CommandContext(t.Context(), "sh", "-s")
		cmd.Stdin, cmd.Env = strings.NewReader(strings.ReplaceAll(string(lines), bent, to)), append(os.Environ(), env...)
		out, err := cmd.CombinedOutput()
		assert.Error(t, err, "it stops")
		return string(out)
	}
	assert.Contains(t, play(), "ONTAP_CONFORMANCE_PASSWORD")
	assert.Empty(t, asked, "values are missing")
	env := []string{flags.EnvPassword + "=" + passwordOfBent}
	for _, m := range regexp.MustCompile(`\$\{([A-Z_]+):`).FindAllStringSubmatch(string(lines), -1) {
		env = append(env, m[1]+"=x")
	}
	assert.Contains(t, play(env...), "uuid1")
	assert.Equal(t, []string{"POST /api/security/azure-key-vaults"}, asked, "nothing was made that could be written to")
}
