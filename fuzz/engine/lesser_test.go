package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/property"
)

func TestAPropertyThatPlaysCertainCallsNeverGetsFewer(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	tried := 0
	for _, trial := range property.Trials(c, contract.Newest()) {
		if trial.Property.Deck != nil {
			continue
		}
		for check := range 50 {
			one := draw(trial.Cases(check), seedOf(1, trial.Name, check))
			for _, lesser := range lesser(trial, one) {
				tried++
				assert.Len(t, lesser.Calls, len(one.Calls), "%s: %s", trial.Name, one)
			}
		}
	}
	assert.Positive(t, tried)
}
