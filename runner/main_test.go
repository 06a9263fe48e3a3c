package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/report"
)

// said is what a command said before it ended.
type said struct {
	code           int
	stdout, stderr string
}

// command runs the program with an environment, in a folder of its own unless
// the test has changed to one.
func command(t *testing.T, env []string, args ...string) said {
	t.Helper()
	return commandIn(t, t.Context(), env, args...)
}

func commandIn(t *testing.T, ctx context.Context, env []string, args ...string) said {
	t.Helper()
	var out, err bytes.Buffer
	code := run(ctx, args, process{strings.NewReader(""), &out, &err, env})
	return said{code, out.String(), err.String()}
}

// elsewhere changes to an empty folder.
func elsewhere(t *testing.T) { t.Chdir(t.TempDir()) }

// simulated serves the simulator, behind wrap if that is not nil.
func simulated(t *testing.T, wrap func(http.Handler) http.Handler) string {
	t.Helper()
	c, err := catalogue()
	require.NoError(t, err)
	var h http.Handler = simulator.New(c, simulator.Options{User: "admin", Password: "open-sesame"})
	if wrap != nil {
		h = wrap(h)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

var asAdmin = []string{"ONTAP_CONFORMANCE_USER=admin", "ONTAP_CONFORMANCE_PASSWORD=open-sesame"}

func TestHelpAndListsGoToStdout(t *testing.T) {
	elsewhere(t)
	tests := []struct{ args, want string }{
		{"", "Exit codes: 0 conformant"},
		{"run --help", "Examples:"},
		{"serve --help", "Examples:"},
		{"help serve", "ontap-conformance serve --http"},
		{"help baseline write", "baseline write DIR"},
		{"baseline --help", "Examples:"},
		{"help", "Exit codes: 0 conformant"},
		{"--help", "Exit codes: 0 conformant"},
		{"doctor --help", "Examples:"},
		{"--version", "ontap-conformance "},
		{"version", "ONTAP 9.6 to 9.19.1"},
		{"completion bash", "bash completion"},
		{"list requirements --ontap 9.13.1", "AKV-PATCH-03"},
		{"list scenarios", "azure-key-vaults/create.feature: "},
		{"list operations", "PATCH /security/azure-key-vaults/{uuid}"},
		{"list conditions", "metrocluster"},
		{"list conditions", "AKV-CREATE-65537506"},
		{"list observations", "error-code-type"},
		{"list codes", "65537500"},
		{"list phrases", `the operator creates the <noun> "…"`},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			got := command(t, nil, strings.Fields(tt.args)...)
			assert.Equal(t, exit.Conformant, got.code)
			assert.Contains(t, got.stdout, tt.want)
			assert.Empty(t, got.stderr)
		})
	}
}

func TestARunOnTheEmbeddedSimulatorIsConformant(t *testing.T) {
	elsewhere(t)
	got := command(t, nil, "run", "--out", "out", "--format", "json,junit,html,text")
	require.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	assert.Contains(t, got.stderr, "seed 1")
	r := readReport(t, "out")
	assert.Contains(t, got.stderr, report.CountedOutcomes(r.Outcomes)+" on the embedded simulator")
	assert.Contains(t, got.stdout, report.CountedOutcomes(r.Outcomes))
	for _, f := range report.Renderings {
		want, err := os.ReadFile(filepath.Join("out", f.File))
		require.NoError(t, err)
		again := command(t, nil, "report", "out", "--format", f.Name)
		assert.Equal(t, string(want), again.stdout, f.Name)
	}
	text, err := os.ReadFile("out/report.txt")
	require.NoError(t, err)
	assert.Equal(t, string(text), got.stdout)
}

func TestWhatIsNotSelectedStaysInTheReport(t *testing.T) {
	elsewhere(t)
	got := command(t, nil, "run", "--out", "out", "--select", "akv-patch-03")
	require.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	assert.Contains(t, got.stdout, "\nCONFORMANT AS FAR AS LOOKED AT: ")
	r := readReport(t, "out")
	assert.Regexp(t, `^`+report.CountedOutcomes(r.Outcomes)+` \(\d+ not selected\) on `, got.stderr)
	ran := 0
	for _, o := range r.Outcomes {
		if o.Status != report.Skipped {
			ran++
			assert.Contains(t, o.Requirements, contract.ID("AKV-PATCH-03"))
		}
	}
	assert.Positive(t, ran)
	for _, q := range r.Requirements {
		if q.ID == "AKV-DELETE-01" {
			assert.Equal(t, oracle.NotRun, q.Status)
			assert.Equal(t, report.NotSelected, q.Reason)
		}
	}
}

func readReport(t *testing.T, dir string) *report.Report {
	t.Helper()
	r, err := recorded(dir)
	require.NoError(t, err)
	return r
}

// mislabelled answers with a content type that no promise allows.
func mislabelled(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(relabeller{w}, r)
	})
}

type relabeller struct{ http.ResponseWriter }

func (r relabeller) WriteHeader(status int) {
	r.Header().Set("Content-Type", "text/plain")
	r.ResponseWriter.WriteHeader(status)
}

// mislabelledAtFirst is mislabelled for the first n readings of a vault, and right then.
func mislabelledAtFirst(n int) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		var read atomic.Int32
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/azure-key-vaults/") && int(read.Add(1)) <= n {
				w = relabeller{w}
			}
			next.ServeHTTP(w, r)
		})
	}
}

func TestWhatFailsOnceIsFlakyAndDecidesUnlessItIsOnlyToBeReported(t *testing.T) {
	elsewhere(t)
	for _, tt := range []struct {
		name, flaky  string
		wrong        int
		wantCode     int
		wantStanding oracle.Standing
		wantStatus   string
		want         string
	}{
		{"once", "fail", 1, exit.NonConformant, oracle.BrokenReq, report.Flaky, "FLAKY   API-HAL-01  MUST"},
		{"once, which is only told", "report", 1, exit.Conformant, oracle.ErroredReq, report.Flaky, "FLAKY   API-HAL-01  MUST"},
		{"twice", "report", 100, exit.NonConformant, oracle.BrokenReq, report.Failed, "BROKEN  API-HAL-01  MUST"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := command(t, asAdmin, "run", "--select", "*A configuration is read by its uuid", "--flaky", tt.flaky,
				"--endpoint", simulated(t, mislabelledAtFirst(tt.wrong)), "--out", tt.name)
			assert.Equal(t, tt.wantCode, got.code, got.stdout+got.stderr)
			assert.Contains(t, got.stdout, tt.want)
			r := readReport(t, tt.name)
			assert.Equal(t, tt.flaky, r.Run.Flaky)
			ended := r.Ended(tt.wantStatus)
			require.Len(t, ended, 1)
			assert.Equal(t, 2, ended[0].Asked)
			assert.Len(t, ended[0].Playings, 2)
			for _, q := range r.Requirements {
				if q.ID == "API-HAL-01" {
					assert.Equal(t, tt.wantStanding, q.Status)
					assert.Equal(t, tt.wantStatus == report.Flaky, q.Flaky)
					assert.Equal(t, tt.wantStatus == report.Flaky, strings.HasPrefix(q.Reason, "flaky: "))
				}
			}
		})
	}
	got := command(t, asAdmin, "run", "--flaky", "never")
	assert.Equal(t, exit.Misuse, got.code)
}

func TestABaselineExcusesWhatIsKnownAndNothingElse(t *testing.T) {
	elsewhere(t)
	wrong, right := simulated(t, mislabelled), simulated(t, nil)
	one := []string{"--select", "AKV-READ-01"}
	got := command(t, asAdmin, append(one, "run", "--endpoint", wrong, "--out", "first")...)
	require.Equal(t, exit.NonConformant, got.code, got.stdout+got.stderr)
	assert.Contains(t, got.stdout, "BROKEN  API-HAL-01  MUST")
	assert.Contains(t, got.stdout, `user = "admin:$ONTAP_CONFORMANCE_PASSWORD"`)

	got = command(t, nil, "baseline", "write", "first", "--baseline", "known.yaml")
	require.Equal(t, exit.Conformant, got.code, got.stderr)
	got = command(t, nil, "baseline", "check", "first", "--baseline", "known.yaml")
	assert.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)

	got = command(t, asAdmin, append(one, "run", "--endpoint", wrong, "--out", "second", "--baseline", "known.yaml")...)
	assert.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	assert.NotEmpty(t, readReport(t, "second").Ended(report.KnownFailure))
	assert.Contains(t, lastLine(got.stdout), "; all of it is in the baseline known.yaml")

	got = command(t, asAdmin, append(one, "run", "--endpoint", right, "--out", "third", "--baseline", "known.yaml")...)
	assert.Equal(t, exit.NonConformant, got.code, "what was mended must be struck off")
	assert.Contains(t, got.stderr, "in the baseline, but kept now: API-HAL-01")
	assert.Contains(t, got.stdout, "\nMENDED  and still in the baseline: remove from known.yaml\n  API-HAL-01\n")
	assert.Contains(t, lastLine(got.stdout), "but the baseline known.yaml is out of date")
	again := command(t, nil, "report", "third")
	assert.Equal(t, got.stdout, again.stdout, "a recorded run renders the same")

	require.NoError(t, os.WriteFile("stale.yaml", []byte("format: ontap-conformance/baseline/1\nknown:\n- {requirement: AKV-GONE-01, reason: x}\n"), 0o600))
	got = command(t, asAdmin, "run", "--endpoint", right, "--baseline", "stale.yaml")
	assert.Equal(t, exit.Misuse, got.code)
	assert.Contains(t, got.stderr, "AKV-GONE-01, and there is no such requirement")
}

func TestTwoReportsAreComparedByWhatTheTargetsDo(t *testing.T) {
	elsewhere(t)
	bent := simulated(t, mislabelled)
	for out, args := range map[string][]string{
		"first": nil, "again": {"--seed", "2"}, "less": {"--skip", "AKV-*"},
		"bent": {"--endpoint", bent},
	} {
		env := []string(nil)
		if out == "bent" {
			env = asAdmin
		}
		command(t, env, append([]string{"run", "--select", "protocol/protocol.feature*", "--select", "AKV-DELETE-*", "--out", out}, args...)...)
	}
	for _, tt := range []struct {
		now      string
		wantCode int
		wantSaid string
	}{
		{"again", 0, "THE SAME"},
		{"less", exit.Inconclusive, "INCONCLUSIVE"},
		{"bent", exit.NonConformant, "CHANGED: "},
	} {
		got := command(t, nil, "report", tt.now, "--compare", "first")
		assert.Equal(t, tt.wantCode, got.code, tt.now)
		assert.Contains(t, lastLine(got.stdout), tt.wantSaid)
	}
	got := command(t, nil, "report", "bent", "--compare", "first", "--format", "json")
	assert.Contains(t, got.stdout, `"format": "ontap-conformance/comparison/1"`)
	got = command(t, nil, "report", "bent", "--compare", "first", "--format", "html")
	assert.Equal(t, exit.Misuse, got.code)
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// TestAnInterruptEndsARunOfATargetThatHangs: whoever presses Ctrl-C must not
// wait for a server that does not answer.
func TestAnInterruptEndsARunOfATargetThatHangs(t *testing.T) {
	elsewhere(t)
	url, interrupt := hangingAfter(t, 60)
	got := commandIn(t, interrupt.ctx, asAdmin, "run", "--endpoint", url, "--timeout", "1h", "--out", "out")
	assert.Less(t, time.Since(interrupt.at()), 5*time.Minute, "far less than the timeout of one request")
	require.Equal(t, exit.Interrupted, got.code, got.stderr)
	assert.FileExists(t, "out/junit.xml")
	assert.Equal(t, oracle.Inconclusive, readReport(t, "out").Verdict)
}

// An interrupted context ends at a moment that it knows.
type interrupted struct {
	ctx  context.Context
	when *atomic.Int64 // Unix nanoseconds; 0 before
}

func (i interrupted) at() time.Time { return time.Unix(0, i.when.Load()) }

// hangingAfter serves the simulator for some requests, and then answers nobody any more. The
// first request that is not answered is the interrupt.
func hangingAfter(t *testing.T, answered int32) (url string, i interrupted) {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	i = interrupted{ctx, new(atomic.Int64)}
	var requests atomic.Int32
	released := make(chan struct{})
	url = simulated(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1) < answered {
				next.ServeHTTP(w, r)
				return
			}
			i.when.CompareAndSwap(0, time.Now().UnixNano())
			interrupt()
			<-released
		})
	})
	t.Cleanup(func() { close(released) }) // before the server ends, which waits for its requests
	return url, i
}

func TestAnInterruptedRunIsInconclusiveAndCleansUp(t *testing.T) {
	elsewhere(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var requests atomic.Int32
	url := simulated(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1) == 60 {
				interrupt()
			}
			next.ServeHTTP(w, r)
		})
	})
	got := commandIn(t, ctx, asAdmin, "run", "--endpoint", url, "--out", "out")
	require.Equal(t, exit.Interrupted, got.code, got.stderr)
	r := readReport(t, "out")
	assert.Equal(t, oracle.Inconclusive, r.Verdict)
	assert.Empty(t, r.Environment.Objects.LeftBehind)
}

func TestCleanUpRemovesOnlyWhatCarriesTheMark(t *testing.T) {
	elsewhere(t)
	url := simulated(t, nil)
	ours, theirs := create(t, url, "svm1", "oc000000000001"), create(t, url, "svm2", "somebody")
	ledger := `{"what":"intended","entry":{"id":1,"kind":"azure-key-vaults","svm":"svm1","mark":"oc000000000001"}}
{"what":"created","entry":{"id":1,"kind":"azure-key-vaults","svm":"svm1","mark":"oc000000000001","path":"` + ours + `"}}
{"what":"intended","entry":{"id":2,"kind":"azure-key-vaults","svm":"svm2","mark":"oc000000000002"}}
{"what":"created","entry":{"id":2,"kind":"azure-key-vaults","svm":"svm2","mark":"oc000000000002","path":"` + theirs + `"}}
`
	require.NoError(t, os.Mkdir("out", 0o755))
	require.NoError(t, os.WriteFile("out/ledger.ndjson", []byte(ledger), 0o600))
	got := command(t, asAdmin, "cleanup", "out", "--endpoint", url, "--same-target")
	assert.Equal(t, http.StatusNotFound, ask(t, url, http.MethodGet, ours, "").StatusCode, got.stdout+got.stderr)
	assert.Equal(t, http.StatusOK, ask(t, url, http.MethodGet, theirs, "").StatusCode, "not ours: %s", got.stdout+got.stderr)
}

// create makes a vault that carries a mark, and returns its path.
func create(t *testing.T, url, svm, mark string) string {
	t.Helper()
	host := "https://" + mark + ".vault.azure.net/"
	res := ask(t, url, http.MethodPost, "/api/security/azure-key-vaults", `{"svm":{"name":"`+svm+`"},"client_id":"client-`+mark+
		`","tenant_id":"tenant","name":"`+host+`","key_id":"`+host+`keys/key1/1","client_secret":"a-secret"}`)
	require.Equal(t, http.StatusCreated, res.StatusCode)
	return res.Header.Get("Location")
}

func ask(t *testing.T, url, method, path, body string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url+path, strings.NewReader(body))
	require.NoError(t, err)
	if body == "" {
		req.Body, req.ContentLength = nil, 0
	}
	req.SetBasicAuth("admin", "open-sesame")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res
}

func TestOfManyErrorsTheFirstIsTold(t *testing.T) {
	gone, held := errors.New("gone"), fmt.Errorf("DELETE /x: %w: %w", errors.New("held back"), errors.New("not ours"))
	for want, err := range map[string]error{
		"gone":              errors.Join(gone),
		"gone (and 2 more)": errors.Join(gone, gone, held),
		"gone (and 3 more)": errors.Join(errors.Join(gone, gone), gone, gone),
		held.Error():        errors.Join(held, nil),
	} {
		assert.EqualError(t, first(err), want)
	}
}
