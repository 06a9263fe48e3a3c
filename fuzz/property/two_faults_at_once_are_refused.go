package property

import (
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var twoFaultsAtOnceAreRefused = &Property{
	Name: "two-faults-at-once-are-refused", Writes: true,
	Says: "A creation or a change with two faults is refused, whichever of them comes first, and leaves no trace.",
	promises: []string{
		"creation-without-required-is-refused", "creation-for-unknown-svm-is-refused", "creation-refuses-read-only",
		"creation-refuses-change-only", "change-refuses-read-only", "change-refuses-create-only",
	},
	conventions: []contract.ID{"API-BODY-04", "API-BODY-06", "API-BODY-07", "API-FAULT-01"},
	fits:        func(m *strategy.Model) bool { return m.Operation(contract.Create) != nil },
	Deck:        dealTwoFaults, play: playFault,
}

// dealTwoFaults draws creations, and changes after a creation, with two faults each.
func dealTwoFaults(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	create, change := m.Operation(contract.Create), m.Operation(contract.Change)
	refused := func(o *contract.Operation) []strategy.Flaw {
		return slices.DeleteFunc(strategy.Flaws(m, o), func(f strategy.Flaw) bool { return f.Fault.Promises == nil || f.Fault.Text })
	}
	ofCreation := refused(create)
	var ofChange []strategy.Flaw
	if change != nil {
		ofChange = refused(change)
	}
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		var calls []plan.Call
		if change != nil && check%2 == 1 {
			calls = append(calls, strategy.Creation(t, m, 1))
			for range strategy.Many(t, "changes", strategy.MostCalls) {
				calls = append(calls, strategy.TwiceSpoiled(t, m, ofChange, strategy.Change(t, m, m.Plain(), 1, 1)))
			}
			return calls
		}
		for range strategy.Many(t, "creations", strategy.MostCalls) {
			calls = append(calls, strategy.TwiceSpoiled(t, m, ofCreation, strategy.Creation(t, m, 1)))
		}
		return calls
	})
}
