// Package property is what must hold for every resource whatever is sent: for those
// who add a property, or read what one of them does.
//
// A property is one file, found by its name. It says which promises it can disprove,
// by slug, which cases it draws (from the generators of strategy), how it plays a case
// in a session of the testbed, and how a scenario would tell it. It is registered in
// one list, in this file. What was seen is judged by the oracle, by the same rules as
// every scenario; a property itself decides only what to send and which promise a
// reading is about. It claims nothing that the catalogue has no requirement for.
//
// It must not import the simulator or the steps: it knows the target by its URL only,
// and writes through the guard of the testbed alone.
package property

import (
	"context"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

// A Property is what must hold for every case that it draws.
type Property struct {
	Name   string // in kebab case; permanent
	Says   string // one sentence, for a reader
	Writes bool   // whether its cases change the target

	promises    []string      // those of the resource that it can disprove, by their slugs
	conventions []contract.ID // those of the whole API

	// rows are the requirements that it can disprove because their rows say what to send;
	// nil for none.
	rows func(*strategy.Model) []contract.ID
	// repeats is how often a smaller case is played until it fails, where chance has
	// a part in it; 0 means once.
	Repeats int
	// fits reports whether the property says anything about a sort; nil means always.
	fits func(*strategy.Model) bool
	// draw returns the generator of its cases for one sort. It must be pure.
	draw func(*strategy.Model) *rapid.Generator[plan.Case]
	// deck, in place of draw, returns a generator for each check: what can be
	// listed is gone through from check to check, and only the rest is drawn.
	Deck func(*strategy.Model) func(check int) *rapid.Generator[plan.Case]
	// stay is how many calls at the beginning of a case of a deck cannot be left out.
	Stay int
	// least is how many cases a campaign plays at least, where each has a part of its own; 0
	// means one.
	Least int
	// loose is whether any call of a case of a deck can be left out.
	Loose bool
	// play plays a case. The error is non-nil only if nothing more was found out.
	play func(context.Context, *player) error
	// scenario writes the steps of a scenario that shows what a case shows, and returns
	// false where there are no phrases for it; nil where there are none for any case.
	scenario func(*script) bool
}

// registry is every property, in the order in which runs play them.
var registry = []*Property{
	whatWasDeletedIsGone,
	aCreationReadsAsItWasSent,
	aChangeTakesWhatItNamesAndKeepsTheRest,
	theSameChangeAgainChangesNothing,
	changesOfDifferentFieldsCommute,
	workOnKeysIsStarted,
	aNewKeyChangesNothingButTheKey,
	aFaultyBodyIsRefusedAndLeavesNoTrace,
	twoFaultsAtOnceAreRefused,
	whatDoesNotExistIsRefused,
	listsAgreeWithTheirRecords,
	anyRequestIsAnsweredByTheConventions,
	aWriteMayBeAskedForInManyWays,
	aDocumentedErrorIsAnsweredWithItsCode,
	aSentenceAboutOneRequestHolds,
	aChangeOfOneLeavesThoseOfOtherSvms,
	anInactiveConfigurationComesAndGoesBesideTheActiveOne,
	aJobGoesForwardWhoeverLooks,
	anyRowOfCallsDoesWhatTheModelSays,
	keyServersAreThoseThatTheModelSays,
	aCertificateInUseStaysUntilItIsFree,
	clientsAtOnceSeeOneOrder,
	oneOfSeveralCreationsWins,
}

// Properties returns every property of the registry. The slice is the caller's own.
func Properties() []*Property { return slices.Clone(registry) }

// Requirements returns what the property can disprove about a resource in a
// release, besides the rules that judge every exchange.
func (p *Property) Requirements(c *contract.Catalogue, r *contract.Resource, release contract.Release) []contract.ID {
	var ids []contract.ID
	for _, slug := range p.promises {
		for _, id := range r.Promised(slug, release) {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	for _, id := range p.conventions {
		if q := c.Requirement(id); q != nil && q.Covers(release) {
			ids = append(ids, id)
		}
	}
	return ids
}

// rowsOf are the requirements of a resource that the property can disprove by what their rows
// say.
func (p *Property) rowsOf(m *strategy.Model) []contract.ID {
	if p.rows == nil {
		return nil
	}
	return p.rows(m)
}
