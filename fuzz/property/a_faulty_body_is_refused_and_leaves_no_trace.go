package property

import (
	"context"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var aFaultyBodyIsRefusedAndLeavesNoTrace = &Property{
	Name: "a-faulty-body-is-refused-and-leaves-no-trace", Writes: true,
	Says: "A creation or a change with one fault is refused for it, and whatever is refused leaves everything as it was.",
	promises: []string{
		"creation-without-required-is-refused", "creation-for-unknown-svm-is-refused", "creation-refuses-read-only",
		"creation-refuses-change-only", "change-refuses-read-only", "change-refuses-create-only", "change-never-sets-fixed",
		"creation-never-sets-read-only",
	},
	conventions: []contract.ID{"API-BODY-01", "API-BODY-02", "API-BODY-03", "API-BODY-04", "API-BODY-05", "API-BODY-06", "API-BODY-07", "API-FAULT-01"},
	fits:        func(m *strategy.Model) bool { return m.Operation(contract.Create) != nil },
	Deck:        dealFaults, play: playFault, scenario: tellFault,
}

// dealFaults goes through the faults of creations and of changes by turns. A
// fault of a change has a complete creation before it.
func dealFaults(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	create, change := m.Operation(contract.Create), m.Operation(contract.Change)
	ofCreation := strategy.Flaws(m, create)
	var ofChange []strategy.Flaw
	if change != nil {
		ofChange = strategy.Flaws(m, change)
	}
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		var calls []plan.Call
		if change != nil && check%2 == 1 {
			calls = append(calls, strategy.Creation(t, m, 1))
			for _, f := range strategy.DealtFlaws(check/2, ofChange) {
				right := strategy.Change(t, m, m.Beside(), 1, len(m.Beside()))
				if f.Fault.Own { // and has no code of its own, that other credentials may be refused before
					right = strategy.ChangeOf(t, m, "all", true)
				}
				calls = append(calls, strategy.Spoiled(t, m, f, right))
			}
			return calls
		}
		for _, f := range strategy.DealtFlaws(check/2, ofCreation) {
			calls = append(calls, strategy.Spoiled(t, m, f, strategy.Creation(t, m, 2)))
		}
		return calls
	})
}

func playFault(ctx context.Context, p *player) error {
	if p.calls[0].Fault != "" || len(p.calls) == 1 {
		return faultyCreations(ctx, p)
	}
	before, err := p.begins(ctx, p.calls[0])
	if err != nil {
		return err
	}
	refused := false
	for _, c := range p.calls[1:] {
		e, err := p.call(ctx, c)
		if err != nil {
			return err
		}
		if err := refusesFaults(p, e, c); err != nil {
			return err
		}
		if e.Failed() {
			refused = true
			continue
		}
		if err := staysFixed(ctx, p, c, before); err != nil {
			return err
		}
		now, err := p.reads(ctx)
		if err != nil {
			return err
		}
		if refused = false; !testbed.Untold(e) {
			before = now
		}
	}
	if !refused {
		return nil // nothing was refused since the last reading
	}
	return p.verifies(ctx, []contract.ID{"API-FAULT-01"}, p.sameButFor(before, nil))
}

// faultyCreations sends creations with a fault each. What is accepted is deleted
// before the next one; those that were refused must have made nothing.
func faultyCreations(ctx context.Context, p *player) error {
	for _, c := range p.calls {
		t, e, err := p.create(ctx, c)
		if err != nil {
			return err
		}
		if err := refusesFaults(p, e, c); err != nil {
			return err
		}
		if e.Failed() {
			continue
		}
		if p.object = t; t.UUID == "" || p.m.Operation(contract.Delete) == nil {
			return nil
		}
		if c.Fault == "read-only-property" && c.Field == "uuid" {
			if err := p.verifies(ctx, p.m.Of("creation-never-sets-read-only"), notAsSent(p, c)); err != nil {
				return err
			}
		}
		if e, err := p.call(ctx, plan.Call{Operation: p.m.Operation(contract.Delete).ID}); err != nil || e.Failed() || testbed.Untold(e) {
			return err
		}
	}
	return madeNothing(ctx, p)
}

// madeNothing wants no object to be there, besides the one of the case, after creations
// that were all refused.
func madeNothing(ctx context.Context, p *player) error {
	return madeNothingOn(ctx, p, p.session.SVM(), "API-FAULT-01")
}

func madeNothingOn(ctx context.Context, p *player, svm testbed.SVM, id contract.ID) error {
	mine, err := p.session.Mine(ctx, p.m.Kind, svm)
	mine = slices.DeleteFunc(mine, func(r map[string]any) bool { return p.object != nil && r["uuid"] == p.object.UUID })
	if err == nil && len(mine) > 0 {
		err = oracle.Differs("records of the SVM after a refused creation", "none", mine[0]["uuid"])
	}
	return p.session.Verify(p.lastReading(), []contract.ID{id}, err)
}

// notAsSent wants the field of a call not to have taken its value.
func notAsSent(p *player, c plan.Call) func(map[string]any) error {
	return func(record map[string]any) error {
		if got, found := oracle.Lookup(record, c.Field); found && oracle.Equal(got, c.Set[c.Field]) {
			return oracle.Differs(c.Field, "anything but what was sent", got)
		}
		return nil
	}
}

// staysFixed wants what a change cannot set to be as it was, though the change
// was accepted.
func staysFixed(ctx context.Context, p *player, c plan.Call, before map[string]any) error {
	if c.Fault != "read-only-property" && c.Fault != "property-of-another-method" {
		return nil
	}
	if f := p.m.Field(c.Field); f == nil || f.Advanced {
		return nil
	}
	top, _, _ := strings.Cut(c.Field, ".")
	return p.verifies(ctx, p.m.Of("change-never-sets-fixed"), func(record map[string]any) error {
		return oracle.ExpectSame(p.m.Resource.FieldsIn(p.m.Release), map[string]any{top: before[top]}, map[string]any{top: record[top]})
	})
}

// refusesFaults judges the refusal of a call with a fault, as far as one is due.
func refusesFaults(p *player, e oracle.CallResult, c plan.Call) error {
	each := c.Faults()
	for _, one := range each {
		f := strategy.FaultCalled(one.Fault)
		if f == nil || f.Promises == nil || testbed.Untold(e) {
			continue
		}
		for _, d := range f.Promises(p.m, c.In(p.m.Catalogue), one) {
			if len(each) > 1 { // which of them it is refused for is in no document
				d.Codes, d.Status = nil, nil
			}
			if err := p.isDue(e, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellFault wants the refusal of a creation or a change with a fault.
func tellFault(s *script) bool {
	if !s.asked() {
		return false
	}
	if !s.leftNoTrace() {
		last := len(s.calls) - 1
		s.isDue(s.dueFor(s.ops[last], s.calls[last]))
	}
	return true
}

// dueFor is what the broken requirement wants of the refusal of a call with a fault; the
// zero due where it says nothing.
func (s *script) dueFor(o *contract.Operation, c plan.Call) strategy.Due {
	if f := strategy.FaultCalled(c.Fault); f != nil && f.Promises != nil {
		for _, d := range f.Promises(s.m, o, c) {
			if slices.Contains(d.IDs, s.broken) {
				return d
			}
		}
	}
	return strategy.Due{}
}

// isDue wants a refusal to be as promised.
func (s *script) isDue(d strategy.Due) {
	switch {
	case len(d.Codes) > 0 && len(d.Status) > 0:
		s.say("Then the request is refused with the status \"%d\"", d.Status[0])
		s.say("And the refusal has one of the codes \"%s\"", strings.Join(d.Codes, ", "))
	case len(d.Codes) > 0:
		s.say("Then the refusal has one of the codes \"%s\"", strings.Join(d.Codes, ", "))
	case d.Blamed:
		s.say("Then the request is refused with a status of the 400s")
	default:
		s.say("Then the request is refused")
	}
}
