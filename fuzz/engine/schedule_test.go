package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/fuzz/strategy"
)

func TestTwoFaultsAreOfTwoKindsInTwoFields(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	for _, trial := range property.TrialsCalled(c, contract.Newest(), "azure-key-vaults: two-faults-at-once-are-refused") {
		two := 0
		for check := range 20 {
			for _, call := range draw(trial.Cases(check), seedOf(1, trial.Name, check)).Calls {
				if each := call.Faults(); len(each) == 2 {
					two++
					assert.NotEqual(t, each[0].Fault, each[1].Fault)
					assert.NotEqual(t, each[0].Field, each[1].Field)
					for _, one := range each {
						require.NotNil(t, strategy.FaultCalled(one.Fault), one.Fault)
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
	trials := property.Trials(c, contract.Newest())
	all, early := ordered(trials)
	assert.ElementsMatch(t, trials, all)
	assert.Less(t, early, len(all))
	lived := map[string]bool{}
	for _, trial := range all {
		if trial.Property.Name == order[0].property {
			lived[trial.Kind.Noun] = true
		}
		assert.True(t, lived[trial.Kind.Noun], "%s comes before it is known whether deletions work", trial.Name)
	}
	for _, turn := range order {
		assert.True(t, slices.ContainsFunc(trials, func(trial *property.Trial) bool { return trial.Property.Name == turn.property }), turn.property)
	}
}

// Most calls of a long case have no part in how it fails: that is found out without playing
// it for each of them.
func TestCallsWithoutAPartInAFindingAreLeftOutByTheMany(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	i := slices.IndexFunc(property.Trials(c, contract.Newest()), func(trial *property.Trial) bool {
		return strings.HasSuffix(trial.Name, "vaults: lists-agree-with-their-records")
	})
	trial, long := property.Trials(c, contract.Newest())[i], plan.Case{Calls: []plan.Call{{Operation: "akv-create"}}}
	for i := range 64 {
		long.Calls = append(long.Calls, plan.Call{Operation: "akv-list", Ask: &plan.Ask{What: fmt.Sprint(i)}})
	}
	plays := 0
	out := needless(trial, long, func(c plan.Case) bool {
		plays++
		asked := map[string]bool{}
		for _, call := range c.Calls[1:] {
			asked[call.Ask.What] = true
		}
		return c.Calls[0].Operation == "akv-create" && asked["7"] && asked["40"]
	})
	left := long.Without(out)
	require.Len(t, left.Calls, 3)
	assert.Equal(t, "akv-create", left.Calls[0].Operation, "a case needs its object")
	assert.Equal(t, "7", left.Calls[1].Ask.What)
	assert.Equal(t, "40", left.Calls[2].Ask.What)
	assert.Less(t, plays, 32)
}
