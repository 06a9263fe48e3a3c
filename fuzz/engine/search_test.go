package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/property"
)

// A hunt once stood still for two minutes: rapid went on to try draws of a case with many
// faults when no more were played.
func TestASearchEndsWithItsLastTry(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	trials := property.TrialsCalled(c, contract.Newest(), "azure-key-vaults: a-faulty-body-is-refused-and-leaves-no-trace")
	require.Len(t, trials, 1)
	readyRapid()
	tried := 0
	var last time.Time
	one, ok := smallest(t.Context(), trials[0].Name, trials[0].Cases(7), seedOf(1, trials[0].Name, 7), func(plan.Case) bool {
		tried++
		last = time.Now()
		return tried == 1
	})
	assert.True(t, ok)
	assert.NotEmpty(t, one.Calls)
	assert.Equal(t, maxTries, tried)
	assert.Less(t, time.Since(last), 2*time.Second)
}
