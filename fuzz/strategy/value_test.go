package strategy

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"ontap-conformance/fixtures/contract"
)

func TestANumberIsWithinTheBoundsOfItsField(t *testing.T) {
	bound := func(n int) *int { return &n }
	for _, tt := range []struct {
		name        string
		bounds      contract.Bounds
		least, most int
	}{
		{"none", contract.Bounds{}, 1, 60},
		{"both", contract.Bounds{Min: bound(3), Max: bound(9)}, 3, 9},
		{"a least", contract.Bounds{Min: bound(100)}, 100, 159},
		{"a greatest", contract.Bounds{Max: bound(30)}, 1, 30},
		{"a greatest below 1", contract.Bounds{Max: bound(-1)}, -1, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			seen := map[int]bool{}
			for seed := range 2000 {
				n := within(tt.bounds).Example(seed)
				seen[n] = true
				assert.GreaterOrEqual(t, n, tt.least)
				assert.LessOrEqual(t, n, tt.most)
			}
			assert.True(t, seen[tt.least] && seen[tt.most])
		})
	}
}
