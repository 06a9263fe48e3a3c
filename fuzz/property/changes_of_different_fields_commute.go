package property

import (
	"context"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

func drawTwoChanges(m *strategy.Model) *rapid.Generator[plan.Case] {
	return strategy.Cases(func(t *rapid.T) []plan.Call {
		creation := strategy.Creation(t, m, 2)
		one := strategy.Change(t, m, m.Apart(), 1, 2)
		rest := slices.DeleteFunc(m.Apart(), func(f *contract.Field) bool { _, named := one.Set[f.Name]; return named })
		if len(rest) == 0 { // there are two fields at least
			rest = m.Apart()[:1]
			delete(one.Set, rest[0].Name)
		}
		return []plan.Call{creation, one, strategy.Change(t, m, rest, 1, 2)}
	})
}

func playTwoChanges(ctx context.Context, p *player) error {
	one, other := p.calls[1], p.calls[2]
	both := one
	both.Set = map[string]any{}
	for _, c := range []plan.Call{one, other} {
		for name, v := range c.Set {
			both.Set[name] = v
		}
	}
	first, err := changedAnew(ctx, p, one, other)
	if err != nil || first == nil {
		return err
	}
	for _, order := range [][]plan.Call{{other, one}, {both}} {
		e, err := p.call(ctx, plan.Call{Operation: p.m.Operation(contract.Delete).ID})
		if err != nil || e.Failed() {
			return err
		}
		now, err := changedAnew(ctx, p, order...)
		if err != nil || now == nil {
			return err
		}
		if err := p.session.Verify(p.lastReading(), p.m.Of("change-keeps-the-rest"), oracle.ExpectSame(p.m.Plain(), first, now)); err != nil {
			return err
		}
	}
	return nil
}

// changedAnew makes the object anew and changes it; nil when a change was refused or
// did not take, which was judged.
func changedAnew(ctx context.Context, p *player, all ...plan.Call) (map[string]any, error) {
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return nil, err
	}
	for _, c := range all {
		if ok, err := makesChange(ctx, p, c); err != nil || !ok {
			return nil, err
		}
	}
	return p.reads(ctx)
}

var changesOfDifferentFieldsCommute = &Property{
	Name: "changes-of-different-fields-commute", Writes: true,
	Says:     "Two changes of different fields give the same object in either order, and at once.",
	promises: []string{"change-is-read-back", "change-keeps-the-rest"},
	fits: func(m *strategy.Model) bool {
		return strategy.HasChange(m) && len(m.Of("change-keeps-the-rest")) > 0 && len(m.Apart()) > 1
	},
	draw: drawTwoChanges, play: playTwoChanges,
}
