package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
)

func TestAFlagWinsOverTheEnvironmentAndTheEnvironmentOverTheFile(t *testing.T) {
	tests := []struct {
		name, file string
		env        []string
		args       []string
		want       uint64
	}{
		{name: "the default", want: 1},
		{name: "the file", file: "seed: 2", want: 2},
		{name: "the environment", file: "seed: 2", env: []string{"ONTAP_CONFORMANCE_SEED=3"}, want: 3},
		{name: "the flag", file: "seed: 2", env: []string{"ONTAP_CONFORMANCE_SEED=3"}, args: []string{"--seed", "4"}, want: 4},
		{name: "a setting of another subcommand is left alone", file: "svms: 3\nseed: 2", want: 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			elsewhere(t)
			if tt.file != "" {
				require.NoError(t, os.WriteFile(flags.DefaultConfig, []byte(tt.file), 0o600))
			}
			got := command(t, tt.env, append([]string{"run", "--select", "AKV-READ-01", "--out", "out"}, tt.args...)...)
			require.Equal(t, exit.Conformant, got.code, got.stderr)
			assert.Equal(t, tt.want, readReport(t, "out").Run.Seed)
		})
	}
}

func TestAListOfTheFileSetsARepeatableFlag(t *testing.T) {
	elsewhere(t)
	require.NoError(t, os.WriteFile("mine.yaml", []byte("select:\n- AKV-READ-01\n- AKV-PATCH-03\nformat: [json]\nout: out\nlevel: must\n"), 0o600))
	got := command(t, nil, "run", "--config", "mine.yaml")
	require.Equal(t, exit.Conformant, got.code, got.stderr)
	assert.FileExists(t, "out/report.json")
	assert.NoFileExists(t, "out/junit.xml", "format: [json]")
}

func TestABadSettingIsRefusedWithItsLine(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"unknown key", "seed: 2\ntimeut: 3s\n", `ontap-conformance.yaml:2: unknown key "timeut". Did you mean timeout?`},
		{"wrong value", "# one\n\nseed: many\n", `ontap-conformance.yaml:3: seed: want a whole number, got "many"`},
		{"unknown word", "mode: ful", `:1: mode: want one of read-only, guarded, full, got "ful". Did you mean full?`},
		{"two values for one", "seed: [1, 2]", ":1: seed: want one value, got 2"},
		{"a mapping", "seed: {a: 1}", ":1: seed: want a value or a list of values"},
		{"no value", "seed:", ":1: seed: want a value or a list of values"},
		{"a key twice", "seed: 1\nseed: 2\n", `ontap-conformance.yaml:2: the key "seed" is there already`},
		{"a password", "password: x", "name its file with password-file"},
		{"no mapping", "- seed", ":1: want names of flags with their values"},
		{"a list in a list", "select: [[a]]", ":1: select: want a value or a list of values"},
		{"an alias", "out: &o x\nselect: *o", ":2: select: want a value or a list of values"},
		{"two documents", "seed: 1\n---\nseed: 2\n", "ontap-conformance.yaml:2: want one document, got another one"},
		{"no YAML", "a: [", "ontap-conformance.yaml:1: did not find expected node content"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			elsewhere(t)
			require.NoError(t, os.WriteFile(flags.DefaultConfig, []byte(tt.file), 0o600))
			got := command(t, nil, "run")
			assert.Equal(t, exit.Misuse, got.code)
			assert.Contains(t, got.stderr, tt.want)
			assert.Equal(t, 1, strings.Count(got.stderr, "\n"), "one line: %s", got.stderr)
		})
	}
}

func TestAWrongVariableIsNamed(t *testing.T) {
	elsewhere(t)
	got := command(t, []string{"ONTAP_CONFORMANCE_SEED=x"}, "run")
	assert.Equal(t, exit.Misuse, got.code)
	assert.Contains(t, got.stderr, `ONTAP_CONFORMANCE_SEED: want a whole number, got "x"`)

	got = command(t, []string{"ONTAP_CONFORMANCE_ENDPIONT=x"}, "list", "conditions")
	assert.Equal(t, exit.Conformant, got.code)
	assert.Contains(t, got.stderr, "ONTAP_CONFORMANCE_ENDPIONT sets nothing. Did you mean ONTAP_CONFORMANCE_ENDPOINT?")
}

func TestAnEndpointIsASchemeAHostAndAPort(t *testing.T) {
	tests := []struct{ raw, want, wantNote, wantErr string }{
		{raw: "https://cluster.example", want: "https://cluster.example"},
		{raw: "http://[::1]:80", want: "http://[::1]:80"},
		{raw: "https://cluster.example/", want: "https://cluster.example"},
		{raw: "https://cluster.example/api/", want: "https://cluster.example", wantNote: "/api is added"},
		{raw: "cluster.example:443", wantErr: "Did you mean https://cluster.example:443?"},
		{raw: "htps://cluster.example", wantErr: "Did you mean https?"},
		{raw: "https://admin:hunter2@cluster.example", wantErr: "use --user"},
		{raw: "https://admin:hun%ter2@cluster.example", wantErr: `which "…@cluster.example" is not`},
		{raw: "https://cluster.example/api/cluster", wantErr: "Did you mean https://cluster.example?"},
		{raw: "https://cluster.example?x=1", wantErr: "got more"},
		{raw: "https://", wantErr: "no host"},
	}
	for _, tt := range tests {
		t.Run(tt.raw, func(t *testing.T) {
			base, note, err := parseEndpoint(tt.raw)
			if tt.wantErr != "" {
				require.ErrorContains(t, err, tt.wantErr)
				assert.NotContains(t, err.Error(), "hunter2")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, base)
			if tt.wantNote == "" {
				assert.Empty(t, note)
			}
			assert.Contains(t, note, tt.wantNote)
		})
	}
}

func TestTheCommandInAReportHoldsNoPassword(t *testing.T) {
	got := commandLine([]string{"run", "--lab=http://u:hunter2@lab", "--lab", "http://u:hunter2@lab", "--select", "it's *"})
	assert.NotContains(t, got, "hunter2")
	assert.Contains(t, got, `--select 'it'\''s *'`)
}

// FuzzSettings reads files of settings that may hold anything: one is taken, or
// it is refused after its name.
func FuzzSettings(f *testing.F) {
	f.Add([]byte("seed: 2\nselect:\n- AKV-READ-01\nformat: [json]\n"))
	f.Add([]byte("timeout: 3s\n? [a]\n: b\n"))
	f.Add([]byte("mode: &m full\nlevel: *m\n"))
	f.Add([]byte("<<: {seed: 1}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		root := new(app).root()
		run, _, err := root.Find([]string{"run"})
		require.NoError(t, err)
		if err := flags.FromFile(run, flags.DefaultConfig, text); err != nil {
			require.True(t, strings.HasPrefix(err.Error(), flags.DefaultConfig+":"), "%v", err)
		}
	})
}
