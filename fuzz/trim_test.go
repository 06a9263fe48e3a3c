package fuzz

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
)

func TestAPropertyThatPlaysCertainCallsNeverGetsFewer(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	tried := 0
	for _, trial := range Trials(c, contract.Newest()) {
		if trial.Property.deck != nil {
			continue
		}
		for check := range 50 {
			one := draw(trial.cases(check), seedOf(1, trial.Name, check))
			for _, lesser := range trial.lesser(one) {
				tried++
				assert.Len(t, lesser.Calls, len(one.Calls), "%s: %s", trial.Name, one)
			}
		}
	}
	assert.Positive(t, tried)
}
