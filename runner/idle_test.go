package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/report"
)

func TestAPropertyThatTheReleaseHasNothingForStaysInTheReport(t *testing.T) {
	elsewhere(t)
	got := command(t, nil, "run", "--ontap", "9.7", "--out", "out")
	assert.Equal(t, exit.Conformant, got.code, got.stderr)
	properties := 0
	for _, o := range readReport(t, "out").Outcomes {
		newer := strings.HasPrefix(o.Name, "azure-key-vaults:") || strings.HasPrefix(o.Name, "aws-kms:")
		if o.Kind == "property" && newer {
			properties++
			assert.Equal(t, report.Skipped, o.Status, o.Name)
			assert.NotEmpty(t, o.Reason, o.Name)
		}
	}
	assert.Positive(t, properties)
}
