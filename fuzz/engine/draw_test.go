package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/property"
)

func TestTheSameSeedDrawsTheSameCase(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	for _, trial := range property.Trials(c, contract.Newest()) {
		for check := range 3 {
			seed := seedOf(1, trial.Name, check)
			assert.Equal(t, draw(trial.Cases(check), seed).String(), draw(trial.Cases(check), seed).String(), trial.Name)
		}
		if trial.Kind.Resource.Name == "certificates" || trial.Kind.Resource.Name == "key-managers" {
			continue // a creation of these has nothing to draw
		}
		assert.NotEqual(t, draw(trial.Cases(0), seedOf(1, trial.Name, 0)).String(), draw(trial.Cases(1), seedOf(2, trial.Name, 1)).String(), trial.Name)
	}
}
