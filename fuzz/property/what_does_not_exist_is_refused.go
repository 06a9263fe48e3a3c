package property

import (
	"context"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var whatDoesNotExistIsRefused = &Property{
	Name:   "what-does-not-exist-is-refused",
	Says:   "Whatever is asked of an object that nobody made is refused.",
	Writes: true,
	promises: []string{
		"unknown-cannot-be-read", "change-of-unknown-is-refused", "deletion-of-unknown-is-refused", "action-on-unknown-is-refused",
		"unknown-is-answered-with-404", "unknown-is-refused-with-its-code", "change-of-unknown-is-answered-with-404",
		"deletion-of-unknown-is-answered-with-404",
	},
	Deck: dealUnknown, play: playUnknown, scenario: tellUnknown,
}

// dealUnknown goes through the operations on an object.
func dealUnknown(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	var all []*contract.Operation
	for _, o := range m.Resource.Operations {
		if o.Covers(m.Release) && strings.Contains(o.Path, "{") {
			all = append(all, o)
		}
	}
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		var calls []plan.Call
		for _, i := range strategy.Dealt(check, strategy.MostCalls, len(all)) {
			c := strategy.Ask(m, all[i])
			c.Unknown, c.Fault = true, "unknown-uuid"
			calls = append(calls, c)
		}
		return calls
	})
}

func playUnknown(ctx context.Context, p *player) error {
	for _, c := range p.calls {
		if err := asksUnknown(ctx, p, c); err != nil {
			return err
		}
	}
	return nil
}

// asksUnknown asks something of an object that does not exist: nobody made it, or it was
// deleted.
func asksUnknown(ctx context.Context, p *player, c plan.Call) error {
	e, err := p.call(ctx, c)
	if err != nil {
		return err
	}
	if !c.Unknown {
		if err := p.isDue(e, strategy.Due{IDs: p.m.Of("deleted-takes-no-requests")}); err != nil {
			return err
		}
	}
	return isUnknown(ctx, p, e, c.In(p.m.Catalogue))
}

// isUnknown judges the refusal of an operation on an object that does not exist.
func isUnknown(ctx context.Context, p *player, e oracle.CallResult, o *contract.Operation) error {
	reads := o.Effect == contract.Read
	if reads && testbed.Forbidden(e) {
		return mayRead(ctx, p, e)
	}
	ids := p.m.Of(unknown[o.Effect])
	if o.Effect == contract.Act {
		ids = p.m.OfAct(unknown[o.Effect], o)
	}
	if err := p.isDue(e, strategy.Due{IDs: ids, Blamed: reads}); err != nil {
		return err
	}
	return notFound(p, e, o)
}

// unknown are the promises that an operation on what does not exist is refused.
var unknown = map[contract.Effect]string{contract.Read: "unknown-cannot-be-read", contract.Change: "change-of-unknown-is-refused", contract.Delete: "deletion-of-unknown-is-refused", contract.Act: "action-on-unknown-is-refused"}

// mayRead judges that reading what does not exist was forbidden: a user who may read the
// collection may read its records, so that it is another answer than 404.
func mayRead(ctx context.Context, p *player, e oracle.CallResult) error {
	x, err := p.session.Ask(ctx, getOf("/api"+p.m.Resource.Path))
	if err != nil || !x.Response.OK() {
		return err
	}
	for _, id := range p.m.Of("unknown-is-answered-with-404") {
		if err := p.session.Verify(e.Exchange, []contract.ID{id}, oracle.ExpectStatus(e.Exchange, dueOf(p.m, e, id).Status...)); err != nil {
			return err
		}
	}
	return nil
}

// notFound judges the status and the code of a refusal for what does not exist.
func notFound(p *player, e oracle.CallResult, o *contract.Operation) error {
	roles := map[contract.Effect]string{contract.Read: "unknown-is-answered-with-404", contract.Change: "change-of-unknown-is-answered-with-404", contract.Delete: "deletion-of-unknown-is-answered-with-404"}
	if r, said := roles[o.Effect]; said {
		for _, id := range p.m.Of(r) {
			if err := p.isDue(e, dueOf(p.m, e, id)); err != nil {
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
	for _, id := range p.m.Of("unknown-is-refused-with-its-code") {
		if err := p.isDue(e, dueOf(p.m, e, id)); err != nil {
			return err
		}
	}
	return nil
}

// tellUnknown wants what is asked of an object that does not exist to be refused.
func tellUnknown(s *script) bool {
	if len(s.calls) != 1 {
		return false
	}
	verb := map[contract.Effect]string{contract.Read: "reads", contract.Change: "changes", contract.Delete: "deletes"}[s.ops[0].Effect]
	if work := phraseOf(s.ops[0]); work != "" {
		verb = work + " of"
	}
	s.say("When the operator %s a %s that does not exist", verb, s.noun)
	s.say("Then the request is refused")
	return verb != ""
}
