package fuzz

import (
	"context"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
)

// requestProperties speak of one request, right or wrong.
var requestProperties = []Property{
	{
		Name: "a-faulty-body-is-refused-and-leaves-no-trace", Writes: true,
		Says: "A creation or a change with one fault is refused for it, and whatever is refused leaves everything as it was.",
		promises: []string{
			"creation-without-required-is-refused", "creation-for-unknown-svm-is-refused", "creation-refuses-read-only",
			"creation-refuses-change-only", "change-refuses-read-only", "change-refuses-create-only", "change-never-sets-fixed",
			"creation-never-sets-read-only",
		},
		conventions: []contract.ID{"API-BODY-01", "API-BODY-02", "API-BODY-03", "API-BODY-04", "API-BODY-05", "API-BODY-06", "API-BODY-07", "API-FAULT-01"},
		fits:        func(m *model) bool { return m.operation(contract.Create) != nil },
		deck:        dealFaults, play: playFault, scenario: tellFault,
	},
	{
		Name: "two-faults-at-once-are-refused", Writes: true,
		Says: "A creation or a change with two faults is refused, whichever of them comes first, and leaves no trace.",
		promises: []string{
			"creation-without-required-is-refused", "creation-for-unknown-svm-is-refused", "creation-refuses-read-only",
			"creation-refuses-change-only", "change-refuses-read-only", "change-refuses-create-only",
		},
		conventions: []contract.ID{"API-BODY-04", "API-BODY-06", "API-BODY-07", "API-FAULT-01"},
		fits:        func(m *model) bool { return m.operation(contract.Create) != nil },
		deck:        dealTwoFaults, play: playFault,
	},
	{
		Name:   "what-does-not-exist-is-refused",
		Says:   "Whatever is asked of an object that nobody made is refused.",
		Writes: true,
		promises: []string{
			"unknown-cannot-be-read", "change-of-unknown-is-refused", "deletion-of-unknown-is-refused", "action-on-unknown-is-refused",
			"unknown-is-answered-with-404", "unknown-is-refused-with-its-code", "change-of-unknown-is-answered-with-404",
			"deletion-of-unknown-is-answered-with-404",
		},
		deck: dealUnknown, play: playUnknown, scenario: tellUnknown,
	},
}

// mostCalls is how many requests of one kind a case may have. Several in one case
// save the object that each would need; what fails is left alone in the end.
const mostCalls = 8

// dealFaults goes through the faults of creations and of changes by turns. A
// fault of a change has a complete creation before it.
func dealFaults(m *model) func(int) *rapid.Generator[Case] {
	create, change := m.operation(contract.Create), m.operation(contract.Change)
	ofCreation := m.flaws(create)
	var ofChange []flaw
	if change != nil {
		ofChange = m.flaws(change)
	}
	return decked(func(t *rapid.T, check int) []Call {
		var calls []Call
		if change != nil && check%2 == 1 {
			calls = append(calls, m.creation(t, 1))
			for _, f := range dealtFlaws(check/2, ofChange) {
				right := m.change(t, m.beside(), 1, len(m.beside()))
				if f.fault.own { // and has no code of its own, that other credentials may be refused before
					right = m.changeOf(t, "all", true)
				}
				calls = append(calls, m.spoiled(t, f, right))
			}
			return calls
		}
		for _, f := range dealtFlaws(check/2, ofCreation) {
			calls = append(calls, m.spoiled(t, f, m.creation(t, 2)))
		}
		return calls
	})
}

// dealtFlaws are those that the case of a check goes through, with another turn whenever the
// deck is gone through again.
func dealtFlaws(check int, deck []flaw) []flaw {
	const hand = 2 * mostCalls
	var all []flaw
	for k, i := range dealt(check, hand, len(deck)) {
		f := deck[i]
		f.turn += (check*hand + k) / len(deck)
		all = append(all, f)
	}
	return all
}

// beside are the fields that a faulty change may have besides: those that need no new
// credentials.
func (m *model) beside() []*contract.Field {
	return slices.DeleteFunc(slices.Clone(m.changed), func(f *contract.Field) bool { return !m.movesAlone(map[string]any{f.Name: nil}) })
}

// dealTwoFaults draws creations, and changes after a creation, with two faults each.
func dealTwoFaults(m *model) func(int) *rapid.Generator[Case] {
	create, change := m.operation(contract.Create), m.operation(contract.Change)
	refused := func(o *contract.Operation) []flaw {
		return slices.DeleteFunc(m.flaws(o), func(f flaw) bool { return f.fault.promises == nil || f.fault.text })
	}
	ofCreation := refused(create)
	var ofChange []flaw
	if change != nil {
		ofChange = refused(change)
	}
	return decked(func(t *rapid.T, check int) []Call {
		var calls []Call
		if change != nil && check%2 == 1 {
			calls = append(calls, m.creation(t, 1))
			for range many(t, "changes", mostCalls) {
				calls = append(calls, m.twiceSpoiled(t, ofChange, m.change(t, m.plain(), 1, 1)))
			}
			return calls
		}
		for range many(t, "creations", mostCalls) {
			calls = append(calls, m.twiceSpoiled(t, ofCreation, m.creation(t, 1)))
		}
		return calls
	})
}

func playFault(ctx context.Context, p *player) error {
	if p.calls[0].Fault != "" || len(p.calls) == 1 {
		return p.faultyCreations(ctx)
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
		if err := p.isRefused(e, c); err != nil {
			return err
		}
		if e.Failed() {
			refused = true
			continue
		}
		if err := p.staysFixed(ctx, c, before); err != nil {
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
func (p *player) faultyCreations(ctx context.Context) error {
	for _, c := range p.calls {
		t, e, err := p.create(ctx, c)
		if err != nil {
			return err
		}
		if err := p.isRefused(e, c); err != nil {
			return err
		}
		if e.Failed() {
			continue
		}
		if p.thing = t; t.UUID == "" || p.operation(contract.Delete) == nil {
			return nil
		}
		if c.Fault == "read-only-property" && c.Field == "uuid" {
			if err := p.verifies(ctx, p.of("creation-never-sets-read-only"), p.notAsSent(c)); err != nil {
				return err
			}
		}
		if e, err := p.call(ctx, Call{Operation: p.operation(contract.Delete).ID}); err != nil || e.Failed() || testbed.Untold(e) {
			return err
		}
	}
	return p.madeNothing(ctx)
}

// madeNothing wants no object to be there, besides the one of the case, after creations
// that were all refused.
func (p *player) madeNothing(ctx context.Context) error {
	return p.madeNothingOn(ctx, p.session.SVM(), "API-FAULT-01")
}

func (p *player) madeNothingOn(ctx context.Context, svm testbed.SVM, id contract.ID) error {
	mine, err := p.session.Mine(ctx, p.sort, svm)
	mine = slices.DeleteFunc(mine, func(r map[string]any) bool { return p.thing != nil && r["uuid"] == p.thing.UUID })
	if err == nil && len(mine) > 0 {
		err = oracle.Differs("records of the SVM after a refused creation", "none", mine[0]["uuid"])
	}
	return p.session.Verify(p.lastReading(), []contract.ID{id}, err)
}

// notAsSent wants the field of a call not to have taken its value.
func (p *player) notAsSent(c Call) func(map[string]any) error {
	return func(record map[string]any) error {
		if got, found := oracle.Lookup(record, c.Field); found && oracle.Equal(got, c.Set[c.Field]) {
			return oracle.Differs(c.Field, "anything but what was sent", got)
		}
		return nil
	}
}

// staysFixed wants what a change cannot set to be as it was, though the change
// was accepted.
func (p *player) staysFixed(ctx context.Context, c Call, before map[string]any) error {
	if c.Fault != "read-only-property" && c.Fault != "property-of-another-method" {
		return nil
	}
	if f := p.field(c.Field); f == nil || f.Advanced {
		return nil
	}
	top, _, _ := strings.Cut(c.Field, ".")
	return p.verifies(ctx, p.of("change-never-sets-fixed"), func(record map[string]any) error {
		return oracle.ExpectSame(p.resource.FieldsIn(p.release), map[string]any{top: before[top]}, map[string]any{top: record[top]})
	})
}

// isRefused judges the refusal of a call with a fault, as far as one is due.
func (p *player) isRefused(e oracle.CallResult, c Call) error {
	each := c.Faults()
	for _, one := range each {
		f := faultCalled(one.Fault)
		if f == nil || f.promises == nil || testbed.Untold(e) {
			continue
		}
		for _, d := range f.promises(p.model, c.In(p.catalogue), one) {
			if len(each) > 1 { // which of them it is refused for is in no document
				d.codes, d.status = nil, nil
			}
			if err := p.isDue(e, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// isDue judges a refusal.
func (p *player) isDue(e oracle.CallResult, d due) error {
	if len(d.ids) == 0 || testbed.Untold(e) || testbed.Forbidden(e) {
		return nil // it may have failed later, and nothing says so; or the user may not do it at all
	}
	err := oracle.ExpectRefusal(e, d.status...)
	if err == nil && d.blamed {
		err = oracle.ExpectClientError(e)
	}
	if err == nil && len(d.codes) > 0 {
		err = oracle.ExpectCode(e, d.codes...)
	}
	return p.session.Verify(e.Exchange, d.ids, err)
}

// dealUnknown goes through the operations on an object.
func dealUnknown(m *model) func(int) *rapid.Generator[Case] {
	var all []*contract.Operation
	for _, o := range m.resource.Operations {
		if o.Covers(m.release) && strings.Contains(o.Path, "{") {
			all = append(all, o)
		}
	}
	return decked(func(t *rapid.T, check int) []Call {
		var calls []Call
		for _, i := range dealt(check, mostCalls, len(all)) {
			c := m.asks(all[i])
			c.Unknown, c.Fault = true, "unknown-uuid"
			calls = append(calls, c)
		}
		return calls
	})
}

func playUnknown(ctx context.Context, p *player) error {
	for _, c := range p.calls {
		if err := p.asksUnknown(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// asksUnknown asks something of an object that does not exist: nobody made it, or it was
// deleted.
func (p *player) asksUnknown(ctx context.Context, c Call) error {
	e, err := p.call(ctx, c)
	if err != nil {
		return err
	}
	if !c.Unknown {
		if err := p.isDue(e, due{ids: p.of("deleted-takes-no-requests")}); err != nil {
			return err
		}
	}
	return p.isUnknown(ctx, e, c.In(p.catalogue))
}

// isUnknown judges the refusal of an operation on an object that does not exist.
func (p *player) isUnknown(ctx context.Context, e oracle.CallResult, o *contract.Operation) error {
	reads := o.Effect == contract.Read
	if reads && testbed.Forbidden(e) {
		return p.mayRead(ctx, e)
	}
	ids := p.of(unknown[o.Effect])
	if o.Effect == contract.Act {
		ids = p.ofAct(unknown[o.Effect], o)
	}
	if err := p.isDue(e, due{ids: ids, blamed: reads}); err != nil {
		return err
	}
	return p.notFound(e, o)
}

// unknown are the promises that an operation on what does not exist is refused.
var unknown = map[contract.Effect]string{contract.Read: "unknown-cannot-be-read", contract.Change: "change-of-unknown-is-refused", contract.Delete: "deletion-of-unknown-is-refused", contract.Act: "action-on-unknown-is-refused"}

// mayRead judges that reading what does not exist was forbidden: a user who may read the
// collection may read its records, so that it is another answer than 404.
func (p *player) mayRead(ctx context.Context, e oracle.CallResult) error {
	x, err := p.session.Ask(ctx, getOf("/api"+p.resource.Path))
	if err != nil || !x.Response.OK() {
		return err
	}
	for _, id := range p.of("unknown-is-answered-with-404") {
		if err := p.session.Verify(e.Exchange, []contract.ID{id}, oracle.ExpectStatus(e.Exchange, p.dueOf(e, id).status...)); err != nil {
			return err
		}
	}
	return nil
}

// notFound judges the status and the code of a refusal for what does not exist.
func (p *player) notFound(e oracle.CallResult, o *contract.Operation) error {
	roles := map[contract.Effect]string{contract.Read: "unknown-is-answered-with-404", contract.Change: "change-of-unknown-is-answered-with-404", contract.Delete: "deletion-of-unknown-is-answered-with-404"}
	if r, said := roles[o.Effect]; said {
		for _, id := range p.of(r) {
			if err := p.isDue(e, p.dueOf(e, id)); err != nil {
				return err
			}
		}
	}
	if err := p.isTabled(e, o, unknown[o.Effect]); err != nil {
		return err
	}
	if o.Effect != contract.Read {
		return nil
	}
	for _, id := range p.of("unknown-is-refused-with-its-code") {
		if err := p.isDue(e, p.dueOf(e, id)); err != nil {
			return err
		}
	}
	return nil
}
