package strategy

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEveryTwoFieldsAreTogetherAndApartInSomeCase(t *testing.T) {
	const fields, cases = 15, 16
	for i := range fields {
		for j := range i {
			seen := map[[2]bool]int{}
			for check := range cases {
				seen[[2]bool{isIn(i, check), isIn(j, check)}]++
			}
			assert.Equal(t, map[[2]bool]int{{false, false}: 4, {false, true}: 4, {true, false}: 4, {true, true}: 4}, seen, "%d and %d", i, j)
		}
	}
}
