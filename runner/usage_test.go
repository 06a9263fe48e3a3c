package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/runner/exit"
)

// misuses are command lines that end with 2. "empty" is an empty file.
var misuses = []struct {
	name, args string
	want       string // what the one line on stderr holds
}{
	{"unknown subcommand", "rnu", `there is no subcommand "rnu". Did you mean run?`},
	{"unknown subcommand with flags", "rnu --endpoint x", "Did you mean run?"},
	{"unknown flag", "run --endpiont x", "has no flag --endpiont. Did you mean --endpoint?"},
	{"flag without its value", "run --seed", "--seed needs a value"},
	{"endpoint of a variable that is not set", "run --endpoint=", "--endpoint: its value is empty"},
	{"SVM of a variable that is not set", "run --endpoint http://127.0.0.1:1 --svm=", "--svm: its value is empty"},
	{"one of two SVMs of a variable that is not set", "run --endpoint http://127.0.0.1:1 --svm svm1,", "--svm: its value is empty"},
	{"baseline of a variable that is not set", "run --baseline=", "--baseline: its value is empty"},
	{"negative outage", "run --endpoint http://127.0.0.1:1 --outage -1s", "--outage: want 0 or more, got -1s"},
	{"no number", "run --seed abc", `--seed: want a whole number, got "abc"`},
	{"no time", "run --timeout 5", `--timeout: want a time as in 30s or 2m, got "5"`},
	{"time that is over at once", "run --timeout 0s", "--timeout: want more than 0"},
	{"unknown mode", "run --mode ful", "Did you mean full?"},
	{"unknown format", "run --format json,junti", "Did you mean junit?"},
	{"unknown level", "run --level shuold", "Did you mean should?"},
	{"release that is to come", "run --ontap 9.31", "Did you mean 9.19.1?"},
	{"no release", "run --ontap 9,13,1", "Did you mean 9.13.1?"},
	{"unknown claim", "run --claim azure-key-vault", "Did you mean azure-key-vaults?"},
	{"no scenario at a time", "run --parallel 0", "--parallel: want 1 or more, got 0"},
	{"fewer than no scenario at a time", "doctor --parallel -1", "--parallel: want 1 or more, got -1"},
	{"no input", "run --checks 0", "--checks: want 1 or more, got 0"},
	{"inputs that are no number", "run --checks many", `--checks: want a whole number, got "many"`},
	{"help with what does not exist", "certify --help", `there is no subcommand "certify"`},
	{"help with what does not exist, the other way", "help certify", `there is no subcommand "certify"`},
	{"help with a verb that does not exist", "baseline wriet --help", "Did you mean write?"},
	{"arguments", "run all", `takes no arguments, got "all"`},
	{"selection of nothing", "run --select AKV-PACH-03", `"AKV-PACH-03" matches no scenario and no property. Did you mean AKV-PATCH-03?`},
	{"selection of a rule", "run --select API-JSON-01", "no scenario sets out to verify API-JSON-01"},
	{"selection of what is not tested", "run --select JOB-CHANGE-04", "JOB-CHANGE-04 is not tested: a target that overlooks the filter"},
	{"skipping nothing", "run --skip no-such-thing-*", "--skip: "},
	{"nothing left", "run --select AKV-PATCH-* --skip *", "--select and --skip leave nothing to run"},
	{"folder of features that is none", "run --features nowhere", "--features: nowhere is no folder"},
	{"no endpoint for a user", "run --user admin", "--user needs --endpoint"},
	{"user without password", "run --endpoint http://127.0.0.1:1 --user admin", "no password: use --password-file"},
	{"password among the arguments", "run --endpoint http://127.0.0.1:1 --user admin:x", "no password belongs onto the command line"},
	{"empty password file", "run --endpoint http://127.0.0.1:1 --user admin --password-file empty", "empty is empty"},
	{"token and user", "run --endpoint http://127.0.0.1:1 --user admin --token-file empty", "--token-file stands in place of --user"},
	{"credentials in plain text", "run --endpoint http://192.0.2.1 --user admin", "in plain text"},
	{"certificate without key", "run --endpoint https://127.0.0.1:1 --client-cert empty", "belong together"},
	{"authority that is none", "run --endpoint https://127.0.0.1:1 --ca-cert empty", "holds no certificate in PEM"},
	{"missing file of settings", "run --config nowhere.yaml", "--config: open nowhere.yaml"},
	{"missing baseline", "run --baseline nowhere.yaml", "--baseline: "},
	{"baseline that never ends", "run --baseline /dev/zero", "/dev/zero is no regular file"},
	{"settings that never end", "run --config /dev/zero", "/dev/zero is longer than 16 MiB"},
	{"password that never ends", "run --endpoint http://127.0.0.1:1 --user admin --password-file /dev/zero", "/dev/zero is longer than 1 MiB"},
	{"authority that never ends", "run --endpoint https://127.0.0.1:1 --ca-cert /dev/zero", "/dev/zero is longer than 1 MiB"},
	{"report that never ends", "report /dev/zero", "/dev/zero is no regular file"},
	{"ledger that never ends", "cleanup /dev/zero --endpoint http://127.0.0.1:1", "/dev/zero is no regular file"},
	{"no subject to list", "list", "say which: requirements, scenarios"},
	{"unknown subject to list", "list requirement", "Did you mean requirements?"},
	{"report of nothing", "report nowhere", "there is no report: nowhere does not exist"},
	{"comparison with nothing", "report nowhere --compare nowhere", "there is no report"},
	{"report without a folder", "report", "takes one argument, the folder of a run"},
	{"baseline without a verb", "baseline", "say which: write, check"},
	{"baseline without a file", "baseline check x", "name the file of known deviations"},
	{"clean-up of nothing", "cleanup nowhere", "there is no ledger: nowhere does not exist"},
	{"serving everybody", "serve --addr 0.0.0.0:0", "--allow-remote if that is meant"},
	{"serving nowhere", "serve --addr localhost", "want host:port"},
	{"serving no SVM", "serve --svms 0", "--svms: want 1 or more"},
	{"certificate without TLS", "serve --http --write-ca ca.pem", "no certificate with --http"},
}

func TestWrongUsageEndsWith2AndOneLine(t *testing.T) {
	elsewhere(t)
	require.NoError(t, os.WriteFile("empty", nil, 0o600))
	for _, tt := range misuses {
		t.Run(tt.name, func(t *testing.T) {
			got := command(t, nil, strings.Fields(tt.args)...)
			assert.Equal(t, exit.Misuse, got.code)
			assert.Contains(t, got.stderr, tt.want)
			assert.Equal(t, 1, strings.Count(got.stderr, "\n"), "one line: %s", got.stderr)
			assert.Empty(t, got.stdout)
		})
	}
}
