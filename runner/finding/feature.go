package finding

import (
	"fmt"
	"strings"

	"ontap-conformance/fuzz/property"
)

// minimalFeature writes a finding as a scenario that run --features takes; it is
// "" where the phrases cannot say what was sent. The scenario is of the same
// promise, and its Then is the phrase for it; what only the rules of every
// exchange see needs no Then of its own.
func minimalFeature(in Draft, f *Finding) string {
	lines := property.Scenario(in.Record.Contract, in.Record.Release, f.Property, f.Case, f.Requirement.ID)
	if lines == nil {
		return ""
	}
	text := fmt.Sprintf("Feature: What was found\n\n  @req:%s\n  Scenario: %s\n    %s\n", f.Requirement.ID, strings.TrimSuffix(line(f.Requirement.Text), "."), strings.Join(lines, "\n    "))
	if in.Takes != nil && in.Takes(text) != nil {
		return "" // a value that no cell of a table can hold, most likely
	}
	return text
}
