package fuzz

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
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

func TestTwoFaultsAreOfTwoKindsInTwoFields(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	for _, trial := range TrialsCalled(c, contract.Newest(), "azure-key-vaults: two-faults-at-once-are-refused") {
		two := 0
		for check := range 20 {
			for _, call := range draw(trial.cases(check), seedOf(1, trial.Name, check)).Calls {
				if each := call.faults(); len(each) == 2 {
					two++
					assert.NotEqual(t, each[0].Fault, each[1].Fault)
					assert.NotEqual(t, each[0].Field, each[1].Field)
					for _, one := range each {
						require.NotNil(t, faultCalled(one.Fault), one.Fault)
					}
				}
			}
		}
		assert.Greater(t, two, 50)
	}
}

func TestAHuntBeginsWithLivesOnEveryResource(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	trials := Trials(c, contract.Newest())
	all, early := ordered(trials)
	assert.ElementsMatch(t, trials, all)
	assert.Less(t, early, len(all))
	lived := map[string]bool{}
	for _, trial := range all {
		if trial.Property.Name == order[0] {
			lived[trial.Sort.Noun] = true
		}
		assert.True(t, lived[trial.Sort.Noun], "%s comes before it is known whether deletions work", trial.Name)
	}
	for _, name := range order {
		assert.True(t, slices.ContainsFunc(trials, func(trial *Trial) bool { return trial.Property.Name == name }), name)
	}
}
