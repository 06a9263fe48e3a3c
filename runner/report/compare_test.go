package report_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/runner/report"
)

// side is a run with one requirement and one observation.
func side(standing oracle.Standing, readings ...report.Reading) *report.Report {
	r := &report.Report{
		Verdict:      oracle.Conformant,
		Requirements: []report.Requirement{{ID: "A-01", Level: contract.Must, Text: "A promise.", Status: standing, Reason: "status: want 200, got 500"}},
		Observations: []report.Observation{{ID: "error-code-type", Text: "One or the other.", Readings: readings}},
	}
	for _, seen := range readings {
		r.Fingerprint += seen.Of + seen.Reading
	}
	return r
}

func TestAComparisonTellsWhatTheTargetDoesFromWhatTheRunsDid(t *testing.T) {
	text, number := report.Reading{Reading: "string"}, report.Reading{Reading: "number"}
	of := func(thing string) report.Reading { return report.Reading{Of: thing, Reading: "string"} }
	for _, tt := range []struct {
		name            string
		before, now     *report.Report
		wantChanged     bool
		wantWhole       bool
		wantFingerprint string
	}{
		{"the same", side(oracle.Kept, text), side(oracle.Kept, text), false, true, "same"},
		{"broken now", side(oracle.Kept), side(oracle.BrokenReq), true, true, "same"},
		{"mended now", side(oracle.BrokenReq), side(oracle.Kept), true, true, "same"},
		{"not looked at now", side(oracle.Kept), side(oracle.NotRun), false, false, "same"},
		{"errored before", side(oracle.ErroredReq), side(oracle.Kept), false, false, "same"},
		{"of another release", side(oracle.NotApplicable), side(oracle.Kept), false, true, "same"},
		{"neither looked", side(oracle.NotRun), side(oracle.NotTestable), false, true, "same"},
		{"another way", side(oracle.Kept, text), side(oracle.Kept, number), true, true, "different"},
		{"two ways now", side(oracle.Kept, text), side(oracle.Kept, number, text), true, true, "different"},
		{"a way that one saw", side(oracle.Kept), side(oracle.Kept, text), false, true, "same as far as both saw"},
		{"other things of it", side(oracle.Kept, of("a")), side(oracle.Kept, of("b"), of("a")), false, true, "same as far as both saw"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := report.Compare(tt.before, tt.now)
			assert.Equal(t, tt.wantChanged, c.Changed())
			assert.Equal(t, tt.wantWhole, c.Whole)
			assert.Equal(t, tt.wantFingerprint, c.Fingerprint)
			var text, machine bytes.Buffer
			require.NoError(t, c.Text(&text))
			require.NoError(t, c.JSON(&machine))
			assert.NotContains(t, machine.String(), "null")
			assert.Equal(t, tt.wantChanged, bytes.Contains(text.Bytes(), []byte("CHANGED: ")))
		})
	}
}

func TestAComparisonKnowsRequirementsOfOneRunOnly(t *testing.T) {
	before, now := side(oracle.Kept), side(oracle.Kept)
	now.Requirements[0].ID = "B-01"
	c := report.Compare(before, now)
	assert.Len(t, c.Requirements, 2)
	assert.False(t, c.Changed())
	assert.True(t, c.Whole)
	var text bytes.Buffer
	require.NoError(t, c.Text(&text))
	assert.Contains(t, text.String(), "kept, was unknown to that run: B-01")
}
