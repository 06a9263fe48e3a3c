// Package fuzz looks for what nobody thought of: properties that must hold
// whatever is drawn, for every resource in the catalogue.
//
// A property draws a Case, which is a row of calls as plain data, and plays it
// on an SVM of its own. What was seen is judged by the oracle, by the same rules
// as every scenario; the package itself decides only what to send and which
// promise a reading is about. It claims nothing that the catalogue does not have
// a requirement for. It must not import the simulator: it knows the target by
// its URL only, as the steps do, and writes through their guard alone.
//
// Why a case is drawn whole before anything is sent: a generator without I/O is
// replayed and shrunk by rapid without surprises, the case can be written down as
// JSON that no later version of rapid or of ours can spoil, and workers draw at
// the same time. rapid keeps the seed and the number of checks in flags of the
// process. Workers therefore draw case k with Generator.Example(k), which is the
// first draw of a check with seed k, and only shrinking goes through rapid.Check,
// one at a time (see engine.go).
//
// Why not a lane for each worker but one for each SVM: what a target makes on an
// SVM may depend on what was made there before, its uuids for one. Which checks
// run on which SVM, and in which order, depends on the seed alone, so that the
// same seed sends the same bytes with any number of workers.
package fuzz

import (
	"context"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/testbed"
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
	rows func(*model) []contract.ID
	// repeats is how often a smaller case is played until it fails, where chance has
	// a part in it; 0 means once.
	repeats int
	// fits reports whether the property says anything about a sort; nil means always.
	fits func(*model) bool
	// draw returns the generator of its cases for one sort. It must be pure.
	draw func(*model) *rapid.Generator[Case]
	// deck, in place of draw, returns a generator for each check: what can be
	// listed is gone through from check to check, and only the rest is drawn.
	deck func(*model) func(check int) *rapid.Generator[Case]
	// stay is how many calls at the beginning of a case of a deck cannot be left out.
	stay int
	// least is how many cases a campaign plays at least, where each has a part of its own; 0
	// means one.
	least int
	// loose is whether any call of a case of a deck can be left out.
	loose bool
	// play plays a case. The error is non-nil only if nothing more was found out.
	play func(context.Context, *player) error
	// scenario writes the steps of a scenario that shows what a case shows, and returns
	// false where there are no phrases for it; nil where there are none for any case.
	scenario func(*script) bool
}

// Properties returns every property, in the order of their files. The slice is
// the caller's own.
func Properties() []Property {
	return slices.Concat(objectProperties, requestProperties, listProperties, httpProperties, errorProperties, exampleProperties, neighbourProperties, jobProperties, sequenceProperties, serverProperties, useProperties, concurrencyProperties)
}

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
func (p *Property) rowsOf(m *model) []contract.ID {
	if p.rows == nil {
		return nil
	}
	return p.rows(m)
}

// A Trial is a property on one sort of objects: what has a name, a seed and an
// outcome of its own.
type Trial struct {
	Name         string // "azure-key-vaults: a-change-keeps-the-rest"; stable between runs
	Property     *Property
	Requirements []contract.ID // of the release
	Sort         *contract.ObjectKind

	model *model
	cases func(check int) *rapid.Generator[Case]
}

// casesOf returns the generators of the property for one sort.
func (p *Property) casesOf(m *model) func(check int) *rapid.Generator[Case] {
	if p.deck != nil {
		return p.deck(m)
	}
	same := p.draw(m)
	return func(int) *rapid.Generator[Case] { return same }
}

// Trials returns a trial for each property and each sort that it says something
// about in a release, in a fixed order.
func Trials(c *contract.Catalogue, release contract.Release) []*Trial {
	var all []*Trial
	for _, m := range models(c, release) {
		sort := m.sort
		properties := Properties()
		for i := range properties {
			p := &properties[i]
			if p.fits != nil && !p.fits(m) {
				continue
			}
			all = append(all, &Trial{Name: p.on(sort), Property: p, Sort: sort, model: m,
				Requirements: append(p.Requirements(c, sort.Resource, release), p.rowsOf(m)...), cases: p.casesOf(m)})
		}
	}
	return all
}

// models are those of a release, in the order of their sorts.
func models(c *contract.Catalogue, release contract.Release) []*model {
	var all []*model
	for _, sort := range testbed.Kinds(c) {
		if sort.Resource.Covers(release) {
			all = append(all, newModel(c, release, sort))
		}
	}
	markForemost(all)
	return all
}

// markForemost marks the first of those with the most fields, and no other.
func markForemost(all []*model) {
	for _, m := range all {
		m.foremost = false
	}
	if len(all) > 0 {
		slices.MaxFunc(all, func(a, b *model) int { return len(a.fields) - len(b.fields) }).foremost = true
	}
}

// TrialsCalled returns those of Trials whose names are among names.
func TrialsCalled(c *contract.Catalogue, release contract.Release, names ...string) []*Trial {
	return slices.DeleteFunc(Trials(c, release), func(t *Trial) bool { return !slices.Contains(names, t.Name) })
}

// on is the name of the trial of a property on a sort.
func (p *Property) on(sort *contract.ObjectKind) string { return sort.Resource.Name + ": " + p.Name }

// A Description is what is known of a trial without a target.
type Description struct {
	Name         string // of the trial
	Property     string // its name
	Says         string
	Resource     *contract.Resource
	Promises     []string      // the slugs that it looks for in the resource
	Requirements []contract.ID // of any release, each once
}

// Descriptions describes every trial of any release, in a fixed order.
func Descriptions(c *contract.Catalogue) []Description {
	var all []Description
	at := map[string]int{}
	for _, release := range contract.Releases() {
		for _, t := range Trials(c, release) {
			i, known := at[t.Name]
			if !known {
				i, at[t.Name] = len(all), len(all)
				all = append(all, Description{Name: t.Name, Property: t.Property.Name, Says: t.Property.Says, Resource: t.model.resource, Promises: t.Property.promises})
			}
			for _, id := range t.Requirements {
				if !slices.Contains(all[i].Requirements, id) {
					all[i].Requirements = append(all[i].Requirements, id)
				}
			}
		}
	}
	return all
}
