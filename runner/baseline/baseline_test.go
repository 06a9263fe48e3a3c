package baseline_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/runner/baseline"
	"ontap-conformance/runner/report"
)

// finding makes an outcome that found requirements broken, or passed.
func finding(name, status string, ids ...contract.ID) report.Outcome {
	o := report.Outcome{Name: name, Status: status}
	for _, id := range ids {
		o.Broken = append(o.Broken, report.Breach{Requirement: id})
	}
	return o
}

func recorded(outcomes ...report.Outcome) *report.Report {
	r := &report.Report{Verdict: oracle.NonConformant, Outcomes: outcomes, Requirements: []report.Requirement{
		{ID: "A-01", Level: contract.Must, Status: oracle.BrokenReq},
		{ID: "A-02", Level: contract.Should, Status: oracle.BrokenReq},
		{ID: "A-03", Level: contract.Must, Status: oracle.Kept},
	}}
	r.Target.Endpoint = "https://cluster.example"
	return r
}

func TestABaselineFailsOnWhatIsNewAndOnWhatWasMended(t *testing.T) {
	tests := []struct {
		name       string
		known      []baseline.KnownDeviation
		outcomes   []report.Outcome
		strict     bool
		wantNew    int
		wantMended []string
		wantDoubt  bool
	}{
		{name: "nothing known, a MUST broken", outcomes: []report.Outcome{finding("x", report.Failed, "A-01")}, wantNew: 1},
		{name: "nothing known, a SHOULD broken", outcomes: []report.Outcome{finding("x", report.Failed, "A-02")}},
		{name: "a SHOULD decides when strict", outcomes: []report.Outcome{finding("x", report.Failed, "A-02")}, strict: true, wantNew: 1},
		{name: "known wherever it shows", known: []baseline.KnownDeviation{{Requirement: "A-01"}}, outcomes: []report.Outcome{finding("x", report.Failed, "A-01")}},
		{name: "known elsewhere only", known: []baseline.KnownDeviation{{Requirement: "A-01", Outcomes: []string{"y"}}},
			outcomes: []report.Outcome{finding("x", report.Failed, "A-01"), finding("y", report.Failed, "A-01")}, wantNew: 1},
		{name: "a listed outcome passes", known: []baseline.KnownDeviation{{Requirement: "A-01", Outcomes: []string{"x", "y"}}},
			outcomes: []report.Outcome{finding("x", report.Failed, "A-01"), finding("y", report.Passed)}, wantMended: []string{`A-01 in "y"`}},
		{name: "a listed requirement is kept", known: []baseline.KnownDeviation{{Requirement: "A-03"}}, wantMended: []string{"A-03"}},
		{name: "what was skipped is not mended", known: []baseline.KnownDeviation{{Requirement: "A-01", Outcomes: []string{"x"}}},
			outcomes: []report.Outcome{finding("x", report.Skipped)}},
		{name: "an error of ours is never excused", known: []baseline.KnownDeviation{{Requirement: "A-01"}},
			outcomes: []report.Outcome{finding("x", report.Errored)}, wantDoubt: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := &baseline.Baseline{Known: tt.known}
			c := b.Compare(recorded(tt.outcomes...), tt.strict)
			var mended []string
			for _, e := range c.Mended {
				mended = append(mended, e.String())
			}
			assert.Len(t, c.New, tt.wantNew)
			assert.Equal(t, tt.wantMended, mended)
			assert.Equal(t, tt.wantDoubt, c.Unknown)
		})
	}
}

// flaky is an outcome that found requirements broken in one playing only.
func flaky(name string, ids ...contract.ID) report.Outcome {
	o := finding(name, report.Flaky, ids...)
	for i := range o.Broken {
		o.Broken[i].Flaky = true
	}
	return o
}

func TestWhatIsFlakyIsNewOnlyWhereItDecidesAndNeverMended(t *testing.T) {
	steady := []baseline.KnownDeviation{{Requirement: "A-03", Outcomes: []string{"x", "y"}}}
	unsteady := []baseline.KnownDeviation{{Requirement: "A-03", Outcomes: []string{"x"}, Flaky: true}}
	for _, tt := range []struct {
		name         string
		known        []baseline.KnownDeviation
		policy       string
		outcomes     []report.Outcome
		flaky        bool // the requirement
		wantNew      int
		wantHarmless int
		wantMended   int
	}{
		{"it decides", nil, report.FlakyFail, []report.Outcome{flaky("x", "A-03")}, true, 1, 0, 0},
		{"it is only told", nil, report.FlakyReport, []report.Outcome{flaky("x", "A-03")}, true, 0, 1, 0},
		{"it is listed", unsteady, report.FlakyFail, []report.Outcome{flaky("x", "A-03")}, true, 0, 0, 0},
		{"it is listed as steady, and shows in part", steady, report.FlakyFail, []report.Outcome{flaky("x", "A-03"), finding("y", report.Passed)}, true, 0, 0, 0},
		{"it is listed, and does not show this time", unsteady, report.FlakyFail, []report.Outcome{finding("x", report.Passed)}, false, 0, 0, 0},
		{"it is listed as steady, and does not show", steady, report.FlakyFail, []report.Outcome{finding("x", report.Passed)}, false, 0, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := recorded(tt.outcomes...)
			r.Run.Flaky, r.Requirements[2].Flaky = tt.policy, tt.flaky
			c := (&baseline.Baseline{Known: tt.known}).Compare(r, false)
			assert.Len(t, c.New, tt.wantNew)
			assert.Len(t, c.Harmless, tt.wantHarmless)
			assert.Len(t, c.Mended, tt.wantMended)
		})
	}
}

func TestAFlakyOutcomeThatIsListedIsKnown(t *testing.T) {
	r := recorded(flaky("x", "A-01"))
	(&baseline.Baseline{Known: []baseline.KnownDeviation{{Requirement: "A-01", Flaky: true}}}).MarkKnown(r)
	assert.Equal(t, report.KnownFailure, r.Outcomes[0].Status)
}

func TestAWrittenBaselineSaysWhatIsFlaky(t *testing.T) {
	r := recorded(finding("x", report.Failed, "A-01", "A-02"), flaky("y", "A-01"))
	old := &baseline.Baseline{Known: []baseline.KnownDeviation{{Requirement: "A-02", Reason: "now and then", Flaky: true}}}
	assert.Equal(t, []baseline.KnownDeviation{
		{Requirement: "A-01", Outcomes: []string{"x"}, Reason: baseline.Unexplained},
		{Requirement: "A-01", Outcomes: []string{"y"}, Reason: baseline.Unexplained, Flaky: true},
		{Requirement: "A-02", Outcomes: []string{"x"}, Reason: "now and then", Flaky: true},
	}, baseline.New(r, old).Known)
}

func TestAFailureIsKnownOnlyIfAllOfItIsListed(t *testing.T) {
	r := recorded(finding("all", report.Failed, "A-01"), finding("part", report.Failed, "A-01", "A-02"), finding("ours", report.Errored, "A-01"))
	(&baseline.Baseline{Known: []baseline.KnownDeviation{{Requirement: "A-01"}}}).MarkKnown(r)
	var statuses []string
	for _, o := range r.Outcomes {
		statuses = append(statuses, o.Status)
	}
	assert.Equal(t, []string{report.KnownFailure, report.Failed, report.Errored}, statuses)
}

func TestAWrittenBaselineExcusesTheRunThatItWasMadeFrom(t *testing.T) {
	r := recorded(finding("x: with a colon", report.Failed, "A-01", "A-02"))
	old := &baseline.Baseline{Known: []baseline.KnownDeviation{{Requirement: "A-02", Reason: "by design", Link: "https://example.com/2"}}}
	name := filepath.Join(t.TempDir(), "known.yaml")
	f, err := os.Create(name)
	require.NoError(t, err)
	require.NoError(t, baseline.New(r, old).Write(f))
	require.NoError(t, f.Close())

	b, err := baseline.Load(name)
	require.NoError(t, err)
	require.NoError(t, b.VerifyReport(r))
	c := b.Compare(r, true)
	assert.Empty(t, c.New)
	assert.Empty(t, c.Mended)
	assert.Equal(t, []baseline.KnownDeviation{
		{Requirement: "A-01", Outcomes: []string{"x: with a colon"}, Reason: baseline.Unexplained},
		{Requirement: "A-02", Outcomes: []string{"x: with a colon"}, Reason: "by design", Link: "https://example.com/2"},
	}, b.Known)
}

func TestAnEntryThatCanMatchNothingIsAnError(t *testing.T) {
	b := &baseline.Baseline{Known: []baseline.KnownDeviation{{Requirement: "A-09"}, {Requirement: "A-01", Outcomes: []string{"gone"}}}}
	err := b.VerifyReport(recorded(finding("x", report.Passed)))
	assert.ErrorContains(t, err, "A-09, and there is no such requirement")
	assert.ErrorContains(t, err, `"gone" for A-01, and there is no such outcome`)
}

func TestABadFileIsRefusedWithItsPlace(t *testing.T) {
	tests := []struct{ name, text, wantErr string }{
		{"unknown key", "format: ontap-conformance/baseline/1\nknwon: []\n", `known.yaml:2: unknown key "knwon"`},
		{"no reason", "format: ontap-conformance/baseline/1\nknown:\n- requirement: A-01\n", "entry 1 has no requirement or no reason"},
		{"another format", "format: something\n", `want format "ontap-conformance/baseline/1"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "known.yaml")
			require.NoError(t, os.WriteFile(name, []byte(tt.text), 0o600))
			_, err := baseline.Load(name)
			require.ErrorContains(t, err, tt.wantErr)
			assert.False(t, strings.Contains(err.Error(), "\n"), "one line: %s", err)
		})
	}
}
