package fuzz

import (
	"context"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
)

// neighbourProperties speak of objects beside the one that something is done to.
var neighbourProperties = []Property{
	{
		Name: "a-change-of-one-leaves-those-of-other-svms", Writes: true,
		Says:     "A change of one object leaves those of other SVMs as they were.",
		promises: []string{"change-leaves-other-svms"},
		fits:     func(m *model) bool { return hasChange(m) && len(m.of("change-leaves-other-svms")) > 0 },
		deck:     dealNeighbours, stay: 2, play: playNeighbours,
	},
	{
		Name: "an-inactive-configuration-comes-and-goes-beside-the-active-one", Writes: true,
		Says:     "An inactive configuration is created and deleted beside the active one, which stays as it was.",
		promises: []string{"inactive-creation-leaves-the-active", "taken-name-is-refused", "deletion-keeps-the-rest"},
		rows: func(m *model) []contract.ID {
			return m.tabled(m.operation(contract.Create), "taken-name-is-refused")
		},
		fits: func(m *model) bool { return len(m.of("inactive-creation-leaves-the-active")) > 0 },
		draw: drawInactive, play: playInactive,
	},
}

// dealNeighbours draws two objects of different SVMs, and changes of the second: of all
// that can be changed first.
func dealNeighbours(m *model) func(int) *rapid.Generator[Case] {
	return decked(func(t *rapid.T, check int) []Call {
		one, other := m.creation(t, 1), m.creation(t, 1)
		other.On = 1
		calls := []Call{one, other}
		if check == 0 {
			return append(calls, m.wholeChange(t, 0))
		}
		for range many(t, "changes", 4) {
			calls = append(calls, m.anyChange(t))
		}
		return calls
	})
}

// needsTwo is why nothing is tried that has a part on another SVM.
var needsTwo = &oracle.Skip{Applies: true, Reason: "it needs two data SVMs without a key manager, and the run has one"}

func playNeighbours(ctx context.Context, p *player) error {
	if len(p.session.SVMs) < 2 {
		return needsTwo
	}
	before, err := p.begins(ctx, p.calls[0])
	if err != nil {
		return err
	}
	first := p.thing
	if err := p.exists(ctx, p.calls[1]); err != nil {
		return err
	}
	for _, c := range p.calls[2:] {
		if _, err := p.attempt(ctx, c); err != nil {
			return err
		}
	}
	p.thing = first
	return p.verifies(ctx, p.of("change-leaves-other-svms"), p.sameButFor(before, nil))
}

// drawInactive draws an active configuration, the inactive one, another of its name,
// and the deletion of the first inactive one.
func drawInactive(m *model) *rapid.Generator[Case] {
	return cases(func(t *rapid.T) []Call {
		spare := func() Call {
			c := m.creation(t, 1)
			c.Set["configuration.name"], c.Query = tokenWord+"-spare", []Param{{Name: "create_inactive", Value: "true"}}
			return c
		}
		return []Call{m.creation(t, 1), spare(), spare(), {Operation: m.operation(contract.Delete).ID}}
	})
}

func playInactive(ctx context.Context, p *player) error {
	before, err := p.begins(ctx, p.calls[0])
	if err != nil {
		return err
	}
	active := p.thing
	spare, e, err := p.attemptCreation(ctx, p.calls[1])
	if err != nil {
		return err
	}
	if err := p.session.Verify(e.Exchange, p.of("inactive-creation-leaves-the-active"), oracle.ExpectSuccess(e)); err != nil || e.Failed() || spare.UUID == "" {
		return err
	}
	p.thing = spare
	err = p.verifies(ctx, p.of("inactive-creation-leaves-the-active"), func(record map[string]any) error {
		if err := sameValue(record, "enabled", false); err != nil {
			return err
		}
		return sameValue(record, "configuration.name", p.real(p.calls[1].Set["configuration.name"]))
	})
	if err != nil {
		return err
	}
	stays := func(slug string) error {
		p.thing = active
		return p.verifies(ctx, p.of(slug), p.sameButFor(before, nil))
	}
	if err := stays("inactive-creation-leaves-the-active"); err != nil {
		return err
	}
	if _, e, err = p.create(ctx, p.calls[2]); err != nil {
		return err
	}
	if err := p.isDue(e, due{ids: p.of("taken-name-is-refused")}); err != nil || !e.Failed() {
		return err
	}
	if err := p.isTabled(e, p.operation(contract.Create), "taken-name-is-refused"); err != nil {
		return err
	}
	p.thing = spare
	if e, err = p.call(ctx, p.calls[3]); err != nil || e.Failed() || testbed.Untold(e) {
		return err
	}
	return stays("deletion-keeps-the-rest")
}
