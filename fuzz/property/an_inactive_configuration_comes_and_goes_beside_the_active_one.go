package property

import (
	"context"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var anInactiveConfigurationComesAndGoesBesideTheActiveOne = &Property{
	Name: "an-inactive-configuration-comes-and-goes-beside-the-active-one", Writes: true,
	Says:     "An inactive configuration is created and deleted beside the active one, which stays as it was.",
	promises: []string{"inactive-creation-leaves-the-active", "taken-name-is-refused", "deletion-keeps-the-rest"},
	rows: func(m *strategy.Model) []contract.ID {
		return tabled(m, m.Operation(contract.Create), "taken-name-is-refused")
	},
	fits: func(m *strategy.Model) bool { return len(m.Of("inactive-creation-leaves-the-active")) > 0 },
	draw: drawInactive, play: playInactive,
}

// drawInactive draws an active configuration, the inactive one, another of its name,
// and the deletion of the first inactive one.
func drawInactive(m *strategy.Model) *rapid.Generator[plan.Case] {
	return strategy.Cases(func(t *rapid.T) []plan.Call {
		spare := func() plan.Call {
			c := strategy.Creation(t, m, 1)
			c.Set["configuration.name"], c.Query = plan.Token+"-spare", []plan.Param{{Name: "create_inactive", Value: "true"}}
			return c
		}
		return []plan.Call{strategy.Creation(t, m, 1), spare(), spare(), {Operation: m.Operation(contract.Delete).ID}}
	})
}

func playInactive(ctx context.Context, p *player) error {
	before, err := p.begins(ctx, p.calls[0])
	if err != nil {
		return err
	}
	active := p.object
	spare, e, err := p.attemptCreation(ctx, p.calls[1])
	if err != nil {
		return err
	}
	if err := p.session.Verify(e.Exchange, p.m.Of("inactive-creation-leaves-the-active"), oracle.ExpectSuccess(e)); err != nil || e.Failed() || spare.UUID == "" {
		return err
	}
	p.object = spare
	if err := showsInactive(ctx, p, p.calls[1]); err != nil {
		return err
	}
	stays := func(slug string) error {
		p.object = active
		return p.verifies(ctx, p.m.Of(slug), p.sameButFor(before, nil))
	}
	if err := stays("inactive-creation-leaves-the-active"); err != nil {
		return err
	}
	if _, e, err = p.create(ctx, p.calls[2]); err != nil {
		return err
	}
	if err := p.isDue(e, strategy.Due{IDs: p.m.Of("taken-name-is-refused")}); err != nil || !e.Failed() {
		return err
	}
	if err := p.isTabled(e, p.m.Operation(contract.Create), "taken-name-is-refused"); err != nil {
		return err
	}
	p.object = spare
	if e, err = p.call(ctx, p.calls[3]); err != nil || e.Failed() || testbed.Untold(e) {
		return err
	}
	return stays("deletion-keeps-the-rest")
}

// showsInactive checks that the object shows the name that it was created with, and is not enabled.
func showsInactive(ctx context.Context, p *player, c plan.Call) error {
	return p.verifies(ctx, p.m.Of("inactive-creation-leaves-the-active"), func(record map[string]any) error {
		if err := sameValue(record, "enabled", false); err != nil {
			return err
		}
		return sameValue(record, "configuration.name", p.real(c.Set["configuration.name"]))
	})
}
