package property

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

// A Trial is a property on one sort of objects: what has a name, a seed and an
// outcome of its own.
type Trial struct {
	Name         string // "azure-key-vaults: a-change-keeps-the-rest"; stable between runs
	Property     *Property
	Requirements []contract.ID // of the release
	Kind         *contract.ObjectKind

	Model *strategy.Model
	Cases func(check int) *rapid.Generator[plan.Case]
}

// casesOf returns the generators of the property for one sort.
func (p *Property) casesOf(m *strategy.Model) func(check int) *rapid.Generator[plan.Case] {
	if p.Deck != nil {
		return p.Deck(m)
	}
	same := p.draw(m)
	return func(int) *rapid.Generator[plan.Case] { return same }
}

// A Played is what the playing of a case came to, besides the outcome of its session.
type Played struct {
	Seen    []Point
	Sent    []Sending // of the calls that succeeded
	Drawing []byte    // of a history that has no order, as HTML; nil for none
}

// Play plays a case in a session. The error is what kept it from its end, or nil: a case that
// has nothing left to look at has come to its end.
func (t *Trial) Play(ctx context.Context, s *testbed.Session, one plan.Case) (Played, error) {
	p := &player{m: t.Model, session: s, calls: one.Calls}
	err := t.Property.play(ctx, p)
	switch {
	case errors.Is(err, errGone):
		err = nil
	case oracle.IsMismatch(err): // of what the case stands on: no promise of the property was looked at
		err = fmt.Errorf("what the case needs is not as it must be: %v", err)
	}
	return Played{p.seen, p.sent, p.drawing}, err
}

// Trials returns a trial for each property and each sort that it says something
// about in a release, in a fixed order.
func Trials(c *contract.Catalogue, release contract.Release) []*Trial {
	var all []*Trial
	for _, m := range models(c, release) {
		sort := m.Kind
		for _, p := range registry {
			if p.fits != nil && !p.fits(m) {
				continue
			}
			all = append(all, &Trial{Name: p.on(sort), Property: p, Kind: sort, Model: m,
				Requirements: append(p.Requirements(c, sort.Resource, release), p.rowsOf(m)...), Cases: p.casesOf(m)})
		}
	}
	return all
}

// models are those of a release, in the order of their sorts.
func models(c *contract.Catalogue, release contract.Release) []*strategy.Model {
	var all []*strategy.Model
	for _, sort := range testbed.Kinds(c) {
		if sort.Resource.Covers(release) {
			all = append(all, strategy.NewModel(c, release, sort))
		}
	}
	strategy.MarkForemost(all)
	return all
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
				all = append(all, Description{Name: t.Name, Property: t.Property.Name, Says: t.Property.Says, Resource: t.Model.Resource, Promises: t.Property.promises})
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
