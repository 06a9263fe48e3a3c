package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/runner/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sent is a secret that must be in no report.
var sent = wire.NewSecret("CLIENT_SECRET", "hunter2-hunter2")

// password is what the target was asked with.
var password = wire.NewSecret("ONTAP_CONFORMANCE_PASSWORD", "open-sesame")

const (
	created = "azure-key-vaults/create.feature: A complete request makes a vault"
	changed = "azure-key-vaults/change.feature: A change leaves the rest alone"
	twice   = "azure-key-vaults/change.feature: The same change is made twice"
	metro   = "azure-key-vaults/create.feature: A MetroCluster refuses"
	lost    = "protocol/headers.feature: An unknown header is ignored"
	unsure  = "azure-key-vaults/read.feature: A configuration is read"
	later   = "azure-key-vaults/read.feature: What is no uuid is refused"
)

// hostile holds what must not break a format: markup, the end of a CDATA
// section and control characters, besides two secrets.
const hostile = "{\"error\":\"<script>alert(1)</script> ]]> \x1b[31m\x00 hunter2-hunter2\",\"client_secret\":\"another\"}"

func exchange(method, path string, body wire.Body, status int, answer string) *wire.Exchange {
	return &wire.Exchange{
		Request: wire.Request{Method: method, Path: path, Body: body},
		Response: &wire.Response{Status: status, Body: []byte(answer), Header: http.Header{
			"Content-Type": {"application/hal+json"}, "Date": {"today"},
		}},
	}
}

// outcomes has every status and a requirement of every standing.
func outcomes() []oracle.Outcome {
	patch := exchange("PATCH", "/api/security/azure-key-vaults/0001", wire.JSON(map[string]any{"client_secret": sent}), 200, "{}")
	get := exchange("GET", "/api/security/azure-key-vaults/0001", wire.Body{}, 200, hostile)
	get.Request.Accept, get.Request.Header = wire.PlainJSON, http.Header{"X-Echo": {"hunter2-hunter2"}}
	broken := oracle.Differs("proxy_host", "proxy.example", "nothing, but hunter2-hunter2")
	seen := func(of, reading string, n, status int) map[oracle.Seen]oracle.Sighting {
		first := oracle.Sample{Method: "PATCH", Path: "/api/security/azure-key-vaults/0001?name=hunter2-hunter2", Status: status}
		return map[oracle.Seen]oracle.Sighting{
			{Observation: "success-status", Of: of, Reading: reading}: {Count: n, First: first},
			{Observation: "error-code-type", Reading: "string"}:       {Count: 1, First: first},
		}
	}
	os := []oracle.Outcome{
		{Name: created, Kind: "scenario", Requirements: []contract.ID{"AKV-CREATE-01"}, Requests: 3, Elapsed: 12 * time.Millisecond,
			Verdicts: map[contract.ID]int{"AKV-CREATE-01": 1, "API-JSON-01": 3},
			Coverage: oracle.Coverage{
				Operations: map[oracle.Answered]int{{Operation: "POST /security/azure-key-vaults", Status: 201}: 1, {Operation: "POST /security/azure-key-vaults", Status: 400}: 1},
				Codes:      map[oracle.Provoked]bool{{Operation: "POST /security/azure-key-vaults", Code: "65537500"}: true},
				Seen:       seen("akv-change", "200", 2, 200),
			}},
		{Name: changed, Kind: "scenario", Coverage: oracle.Coverage{Seen: seen("akv-change", "202", 1, 202)}, Requirements: []contract.ID{"AKV-PATCH-03"}, Requests: 2, Elapsed: 1500 * time.Millisecond,
			Verdicts: map[contract.ID]int{"AKV-PATCH-03": 1}, Secrets: []wire.Secret{sent},
			Found:    []oracle.Breach{{Requirement: "AKV-PATCH-03", Err: broken, Exchange: get}},
			Evidence: []*wire.Exchange{patch, get}},
		{Name: twice, Kind: "scenario", Requirements: []contract.ID{"AKV-PATCH-05"}, Requests: 2,
			Found: []oracle.Breach{{Requirement: "AKV-PATCH-05", Err: &oracle.Mismatch{
				What: "code of the refusal", Want: "65537500", Got: "4", Kind: oracle.WrongReason}}}},
		{Name: metro, Kind: "scenario", Requirements: []contract.ID{"AKV-CREATE-65537506"}},
		{Name: lost, Kind: "scenario", Requirements: []contract.ID{"API-HEADER-01"}, Requests: 1},
	}
	os[0].Conclude(nil)
	os[1].Conclude(broken)
	os[2].Conclude(nil)
	os[2].Status = oracle.KnownFailure
	os[3].Conclude(&oracle.Skip{Applies: true, Reason: `the lab cannot arrange "metrocluster"`})
	os = append(os, unsteady(get))
	os[4].Conclude(&wire.NoAnswer{Request: wire.Request{Method: "GET", Path: "/api/cluster"}, Err: errors.New("connection reset")})
	return os
}

// unsteady failed the first time and passed the second time.
func unsteady(wrong *wire.Exchange) oracle.Outcome {
	first := oracle.Outcome{Name: unsure, Kind: "scenario", Requirements: []contract.ID{"AKV-READ-01"}, Requests: 1, Elapsed: 7 * time.Millisecond,
		Verdicts: map[contract.ID]int{"AKV-READ-01": 1}, Secrets: []wire.Secret{sent}, Evidence: []*wire.Exchange{wrong},
		Found: []oracle.Breach{{Requirement: "AKV-READ-01", Err: oracle.Differs("uuid", "0001", "nothing"), Exchange: wrong}}}
	first.Conclude(nil)
	second := first
	second.Found, second.Reason = nil, nil
	second.Evidence = []*wire.Exchange{exchange("GET", "/api/security/azure-key-vaults/0002", wire.Body{}, 200, `{"uuid":"0002"}`)}
	second.Conclude(nil)
	return oracle.Together(2, first, second)
}

// recorded is a run with everything in it.
func recorded(t *testing.T) *report.Report {
	t.Helper()
	c, err := contract.LoadFS(os.DirFS("."), "testdata")
	require.NoError(t, err)
	objects, err := ledger.Open("", false)
	require.NoError(t, err)
	vault, err := objects.Intend("azure-key-vaults", "svm1", "https://oc1.example")
	require.NoError(t, err)
	_, err = objects.Created(vault, "/api/security/azure-key-vaults/0001")
	require.NoError(t, err)
	release := contract.Release{Generation: 9, Major: 13, Minor: 1}
	all := outcomes()
	results := oracle.Sum(c, oracle.Scope{Release: release, Level: contract.May}, all)
	target := wire.Target{BaseURL: "https://cluster.example", Credentials: wire.Credentials{User: "admin", Password: password}}
	r := report.New(report.Facts{
		Tool: report.Tool{Name: "ontap-conformance", Version: "v1.0.0", Commit: "0123456"},
		Run: report.Run{ID: "20261123T085600Z-1", Command: "ontap-conformance run --endpoint https://cluster.example",
			Started: time.Date(2026, 11, 23, 8, 56, 0, 0, time.UTC), Finished: time.Date(2026, 11, 23, 8, 56, 2, 5e8, time.UTC),
			Seed: 1, Checks: 100, Flaky: report.FlakyFail, Mode: "guarded", Parallel: 4},
		Target:   report.Target{Endpoint: "https://cluster.example", ONTAP: "9.13.1", ReportedVersion: "NetApp Release 9.13.1P4", TLSVerified: true},
		Contract: c, Release: release, Results: results, Outcomes: all, Verdict: oracle.Conclude(results, all, false),
		Secrets: []wire.Secret{password}, Ledger: objects,
		Commands:   report.Commands{Curl: target.Curl, Replay: func(name string) string { return "ontap-conformance run --seed 1 --select '" + name + "'" }},
		Conditions: map[string][]string{metro: {"metrocluster"}}, Revision: 3,
	})
	r.AddUnselected("scenario", map[string][]contract.ID{later: {"AKV-READ-11"}})
	r.Baseline = &report.Baseline{File: "known.yaml", New: 1, Mended: []report.Mended{{Requirement: "AKV-CREATE-01", Outcomes: []string{created}}}}
	return r
}

func TestEveryFormatMatchesItsGolden(t *testing.T) {
	r := recorded(t)
	for _, f := range report.Renderings {
		t.Run(f.Name, func(t *testing.T) {
			var got bytes.Buffer
			require.NoError(t, f.Write(&got, r))
			golden := filepath.Join("testdata", f.File)
			if *update {
				require.NoError(t, os.WriteFile(golden, got.Bytes(), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), got.String())
		})
	}
}

func TestAReportThatWasReadRendersTheSameBytes(t *testing.T) {
	r := recorded(t)
	var text bytes.Buffer
	require.NoError(t, report.JSON(&text, r))
	again, err := report.Read(&text)
	require.NoError(t, err)
	for _, f := range report.Renderings {
		t.Run(f.Name, func(t *testing.T) {
			var want, got bytes.Buffer
			require.NoError(t, f.Write(&want, r))
			require.NoError(t, f.Write(&got, again))
			assert.Equal(t, want.String(), got.String())
		})
	}
}

func TestNoFormatHoldsASecret(t *testing.T) {
	r := recorded(t)
	for _, f := range report.Renderings {
		t.Run(f.Name, func(t *testing.T) {
			var got bytes.Buffer
			require.NoError(t, f.Write(&got, r))
			for _, secret := range []string{sent.Reveal(), password.Reveal(), "another"} {
				if strings.Contains(strings.ReplaceAll(got.String(), "another one", ""), secret) {
					t.Errorf("%s holds %q", f.File, secret)
				}
			}
		})
	}
}

// controls move cursors, ring bells and turn lines round.
const controls = "svm\x1b[2J\a\u009b\u202e"

func TestTheTextHoldsNoControlCharacterWhereverItCameFrom(t *testing.T) {
	r := recorded(t)
	r.Target.Endpoint, r.Target.ReportedVersion = controls, controls
	r.Environment.Objects.LeftBehind = []report.Leftover{{Kind: controls, SVM: controls, Mark: controls, Path: controls}}
	r.Baseline.File = controls
	for i := range r.Outcomes {
		r.Outcomes[i].Reason, r.Outcomes[i].Reproduce = controls, report.Reproduce{Curl: []string{controls}, Replay: controls}
		r.Outcomes[i].Name += controls
	}
	var got bytes.Buffer
	require.NoError(t, report.Text(&got, r))
	assert.NotRegexp(t, "[\x00-\x09\x0b-\x1f\x7f-\u009f\u202e]", got.String())
	assert.Contains(t, got.String(), "svm\uFFFD[2J\uFFFD\uFFFD\uFFFD")
}

func TestALineOfALedgerStaysOneLine(t *testing.T) {
	r := recorded(t)
	r.Environment.Objects.LeftBehind = []report.Leftover{{Kind: "k", SVM: "svm1\nCONFORMANT", Mark: "m", Path: "p"}}
	var got bytes.Buffer
	require.NoError(t, report.Text(&got, r))
	assert.Contains(t, got.String(), "k on svm1 CONFORMANT, m p")
}

func TestTheLastLineSaysWhatTheExitCodeGoesBy(t *testing.T) {
	mended := []report.Mended{{Requirement: "A-01"}}
	broken, kept := report.Count{Kept: 1, Broken: 1}, report.Count{Kept: 2}
	doubt := []report.Outcome{{Name: "a", Status: report.Errored}}
	known := []report.Outcome{{Name: "a", Status: report.KnownFailure}}
	tests := []struct {
		name     string
		verdict  oracle.Conclusion
		must     report.Count
		should   report.Count
		outcomes []report.Outcome
		baseline *report.Baseline
		want     string
	}{
		{name: "conformant", verdict: oracle.Conformant, must: kept, want: "CONFORMANT: 2 of 2 requirements kept"},
		{name: "a MUST not testable", verdict: oracle.Conformant, must: report.Count{Kept: 2, NotTestable: 1}, want: "CONFORMANT AS FAR AS LOOKED AT: 2 of 3 requirements kept, 1 MUST not looked at"},
		{name: "MUSTs not run and others", verdict: oracle.Conformant, must: report.Count{Kept: 2, NotRun: 1, NotTestable: 1}, should: report.Count{NotRun: 3},
			want: "CONFORMANT AS FAR AS LOOKED AT: 2 of 7 requirements kept, 2 MUSTs not looked at (and 3 others)"},
		{name: "a SHOULD not run", verdict: oracle.Conformant, must: kept, should: report.Count{NotRun: 1}, want: "CONFORMANT: 2 of 3 requirements kept, 1 not looked at"},
		{name: "all known", verdict: oracle.NonConformant, must: broken, baseline: &report.Baseline{File: "f"},
			want: "NOT CONFORMANT: 1 MUST broken, 1 of 2 requirements kept; all of it is in the baseline f"},
		{name: "all known that decides", verdict: oracle.NonConformant, must: broken, baseline: &report.Baseline{File: "f", Undecisive: 1},
			want: "NOT CONFORMANT: 1 MUST broken, 1 of 2 requirements kept; all of it that decides is in the baseline f"},
		{name: "something new", verdict: oracle.NonConformant, must: broken, baseline: &report.Baseline{File: "f", New: 2},
			want: "NOT CONFORMANT: 1 MUST broken, 1 of 2 requirements kept; 2 deviations not in the baseline f"},
		{name: "something mended", verdict: oracle.Conformant, must: kept, baseline: &report.Baseline{File: "f", Mended: mended},
			want: "CONFORMANT: 2 of 2 requirements kept; but the baseline f is out of date: remove the entry under MENDED"},
		{name: "known, and in doubt", verdict: oracle.NonConformant, must: broken, outcomes: doubt, baseline: &report.Baseline{File: "f"},
			want: "NOT CONFORMANT: 1 MUST broken, 1 of 2 requirements kept; all of it is in the baseline f; 1 scenario ended without an answer"},
		{name: "a SHOULD that is known", verdict: oracle.Conformant, must: kept, outcomes: known, baseline: &report.Baseline{File: "f"},
			want: "CONFORMANT: 2 of 2 requirements kept; 1 failure known from the baseline f"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &report.Report{Verdict: tt.verdict, Counts: report.Counts{Must: tt.must, Should: tt.should}, Outcomes: tt.outcomes, Baseline: tt.baseline}
			assert.Equal(t, tt.want, r.Sentence())
		})
	}
}

func TestAFlakyOutcomeFailsInJUnitUnlessItIsOnlyReported(t *testing.T) {
	for policy, want := range map[string]string{report.FlakyFail: "<failure ", report.FlakyReport: "<flakyFailure "} {
		r := recorded(t)
		r.Outcomes, r.Run.Flaky = r.Ended(report.Flaky), policy
		r.Baseline = nil
		var got bytes.Buffer
		require.NoError(t, report.JUnit(&got, r))
		assert.Contains(t, got.String(), want)
		assert.Contains(t, got.String(), "Playing 2 not found broken (passed)")
		assert.Equal(t, policy == report.FlakyFail, strings.Contains(got.String(), `failures="1"`))
	}
}

func TestAFlakyRequirementIsShownWithBothTranscriptsWhetherItDecidesOrNot(t *testing.T) {
	for _, status := range []oracle.Standing{oracle.BrokenReq, oracle.ErroredReq} {
		r := recorded(t)
		for i := range r.Requirements {
			if r.Requirements[i].Flaky {
				r.Requirements[i].Status = status
			}
		}
		for _, write := range []report.Writer{report.Text, report.HTML} {
			var got bytes.Buffer
			require.NoError(t, write(&got, r))
			for _, want := range []string{"Playing 1", "Playing 2", "/api/security/azure-key-vaults/0001", "/api/security/azure-key-vaults/0002"} {
				assert.Contains(t, got.String(), want)
			}
		}
		assert.NotContains(t, r.Sure(), "AKV-READ-01")
	}
}

func TestAGateOnJUnitSeesWhatWasMended(t *testing.T) {
	r := recorded(t)
	r.Baseline.Mended = append(r.Baseline.Mended, report.Mended{Requirement: "AKV-READ-01"})
	var got bytes.Buffer
	require.NoError(t, report.JUnit(&got, r))
	assert.Contains(t, got.String(), `<testsuite name="baseline" tests="2" failures="2"`)
}

func TestJUnitStaysXMLWhateverTheTargetSends(t *testing.T) {
	var got bytes.Buffer
	require.NoError(t, report.JUnit(&got, recorded(t)))
	for d := xml.NewDecoder(&got); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
	}
}

func TestTheGoldenRunHasEveryStatus(t *testing.T) {
	r := recorded(t)
	for _, status := range []string{report.Passed, report.Failed, report.Flaky, report.Errored, report.Skipped, report.KnownFailure} {
		assert.NotEmpty(t, r.Ended(status), status)
	}
	for _, standing := range []oracle.Standing{oracle.Kept, oracle.BrokenReq, oracle.NotApplicable, oracle.NotTestable, oracle.NotRun, oracle.ErroredReq} {
		found := false
		for _, q := range r.Requirements {
			found = found || q.Status == standing
		}
		assert.True(t, found, standing)
	}
}

func TestAReportOfAnotherFormatIsRefused(t *testing.T) {
	tests := []struct{ name, text, wantErr string }{
		{"not JSON", "<html>", "reading the report"},
		{"another version", `{"format":"ontap-conformance/report/9"}`, `want format "ontap-conformance/report/1", got "ontap-conformance/report/9"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := report.Read(strings.NewReader(tt.text))
			assert.ErrorContains(t, err, tt.wantErr)
		})
	}
}

func TestAListIsNeverNull(t *testing.T) {
	c, err := contract.LoadFS(os.DirFS("."), "testdata")
	require.NoError(t, err)
	var got bytes.Buffer
	outcomes := []oracle.Outcome{{Name: "a"}}
	outcomes[0].Conclude(nil)
	r := report.New(report.Facts{Contract: c, Outcomes: outcomes, Results: oracle.Sum(c, oracle.Scope{}, outcomes)})
	r.AddUnselected("scenario", map[string][]contract.ID{"b": nil})
	require.NoError(t, report.JSON(&got, r))
	assert.NotContains(t, got.String(), "null")
}

func TestASecretThatABodyHoldsInPartIsCutOutBeforeTheBodyIsShortened(t *testing.T) {
	c, err := contract.LoadFS(os.DirFS("."), "testdata")
	require.NoError(t, err)
	long := strings.Repeat("x", 4<<10-5) + sent.Reveal()
	o := oracle.Outcome{Name: "a", Secrets: []wire.Secret{sent}, Found: []oracle.Breach{{
		Requirement: "API-JSON-01", Err: errors.New("no JSON"), Exchange: exchange("GET", "/api", wire.Body{}, 200, long)}}}
	o.Conclude(nil)
	r := report.New(report.Facts{Contract: c, Outcomes: []oracle.Outcome{o}})
	assert.NotContains(t, r.Outcomes[0].Broken[0].Exchange.Body, "hunt")
}

func TestAnswersThatDifferMakeOneReasonOnly(t *testing.T) {
	r := &report.Report{Outcomes: []report.Outcome{
		{Name: "a", Status: report.Errored, Reason: "arranging \"blue\": got neither\nPOST /a {}\n201 {\"x\":1}"},
		{Name: "b", Status: report.Errored, Reason: "arranging \"green\": got neither\nPOST /a {}\n201 {\"x\":2}"},
		{Name: "c", Status: report.Errored, Reason: "no answer"},
	}}
	var got bytes.Buffer
	require.NoError(t, report.Text(&got, r))
	assert.Contains(t, got.String(), "ERRORED 2 scenarios")
	assert.Contains(t, got.String(), "ERRORED 1 scenario")
}

// TestABodyIsToldFromOneThatNobodyCanMakeAgain: a test that compares it with an answer would
// never fail.
func TestABodyIsToldFromOneThatNobodyCanMakeAgain(t *testing.T) {
	c, err := contract.LoadFS(os.DirFS("."), "testdata")
	require.NoError(t, err)
	for body, want := range map[string]bool{
		`{"a":"b"}`:                              true,
		`{"a":"` + sent.Reveal() + `"}`:          true,
		`{"a":"68756e746572322d68756e74657232"}`: false,
		`{"client_secret":"another"}`:            false,
		"{\"a\":\"\xff\"}":                       false,
	} {
		o := &oracle.Outcome{Name: "a", Secrets: []wire.Secret{sent}, Evidence: []*wire.Exchange{exchange("GET", "/api", wire.Body{}, 200, body)}}
		s := report.NewSingle(report.Facts{Contract: c}, "API-JSON-01", o)
		assert.Equal(t, want, s.Exchanges[0].Restorable, body)
		assert.Equal(t, "read $CLIENT_SECRET", s.Redact("read "+sent.Reveal()))
	}
}
