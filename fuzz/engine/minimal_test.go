package engine_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
)

// The mutants here are ones of which it is known how few calls reveal them.
func TestAFindingIsAsSmallAsItGets(t *testing.T) {
	const (
		faults  = "a-faulty-body-is-refused-and-leaves-no-trace"
		lists   = "lists-agree-with-their-records"
		manners = "any-request-is-answered-by-the-conventions"
		changes = "a-change-takes-what-it-names-and-keeps-the-rest"
	)
	tests := []struct {
		mutant, trial string
		breaks        contract.ID
		calls         int
	}{
		{"unknown-property-of-a-creation-is-ignored", "azure-key-vaults: " + faults, "API-BODY-04", 1},
		{"client-id-is-not-required", "azure-key-vaults: " + faults, "AKV-CREATE-08", 1},
		{"enumeration-is-not-checked-in-a-change", "azure-key-vaults: " + faults, "API-BODY-07", 2},
		{"change-of-what-is-missing-succeeds", "azure-key-vaults: what-does-not-exist-is-refused", "AKV-PATCH-13", 1},
		{"proxy-host-of-a-change-is-lost", "azure-key-vaults: " + changes, "AKV-PATCH-01", 2},
		{"proxy-host-is-lost-in-other-changes", "azure-key-vaults: " + changes, "AKV-PATCH-03", 2},
		{"filter-on-key-id-matches-nothing", "azure-key-vaults: " + lists, "API-FILTER-01", 2},
		{"aws-kms-fields-takes-its-first-name-only", "aws-kms: " + lists, "API-FIELDS-01", 2},
		{"slash-at-the-end-leads-nowhere", "azure-key-vaults: " + manners, "API-PATH-03", 2},
		{"unknown-field-is-ignored", "azure-key-vaults: " + manners, "API-FIELDS-07", 2},
		{"change-is-made-before-the-certificate-is-checked", "azure-key-vaults: a-documented-error-is-answered-with-its-code", "API-FAULT-01", 2},
	}
	for _, tt := range tests {
		t.Run(tt.mutant, func(t *testing.T) {
			t.Parallel()
			m, ok := mutant.Find(catalogue(t), tt.mutant)
			require.True(t, ok)
			suite := suiteOn(t, m.New(catalogue(t), options), m.On(catalogue(t)), 1, nil)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			var found *engine.Counterexample
			h := engine.Campaign{Bed: suite, Checks: 20, Trials: property.TrialsCalled(catalogue(t), m.On(catalogue(t)), tt.trial), Found: func(f *engine.Counterexample) {
				if found == nil && slices.Contains(append(f.Also, f.Requirement), tt.breaks) {
					found = f
					stop()
				}
			}}
			_, err := h.Run(ctx)
			require.NoError(t, err)
			require.NotNil(t, found, "not found in %d requests", h.Tally().Requests)
			assert.True(t, found.Small)
			assert.Len(t, found.Case.Calls, tt.calls, "%s", found.Case)
		})
	}
}
