package property

import (
	"context"
	"errors"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var anyRequestIsAnsweredByTheConventions = &Property{
	Name: "any-request-is-answered-by-the-conventions", Writes: true,
	Says: "Whatever is asked, with whatever query, path, method or header, is answered by the conventions of the API.",
	conventions: []contract.ID{"API-HEAD-01", "API-OPTIONS-01", "API-METHOD-01", "API-METHOD-02", "API-PATH-01", "API-PATH-02", "API-PATH-03", "API-PRETTY-01", "API-QUERY-01", "API-QUERY-02",
		"API-FIELDS-01", "API-FIELDS-02", "API-FIELDS-03", "API-FIELDS-05", "API-FIELDS-06", "API-FIELDS-07", "API-FIELDS-08", "API-FIELDS-09", "API-FIELDS-10", "API-FIELDS-11", "API-FIELDS-12",
		"API-ORDER-02", "API-TIMEOUT-01", "API-TIMEOUT-02", "API-HEADER-01", "API-AUTH-01", "API-AUTH-02", "API-BODY-09", "API-LIST-04", "API-FAULT-01",
		"API-SEARCH-03", "API-SEARCH-04", "API-SEARCH-05"},
	promises: []string{"malformed-uuid-is-refused", "advanced-is-returned-when-named", "existing-can-be-read", "certificate-text-is-shown"},
	fits: func(m *strategy.Model) bool {
		return m.Operation(contract.List) != nil && m.Operation(contract.Read) != nil
	},
	Deck: dealManners, play: playManner,
}

// dealManners goes through all protocols, mixed so that a few in a row are different.
func dealManners(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	deck := strategy.Deck(m)
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		calls := []plan.Call{strategy.Creation(t, m, 1)}
		for _, i := range strategy.Dealt(check, 2*strategy.MostCalls, len(deck)) {
			c := plan.Call{Fault: deck[i].Protocol.What, Field: deck[i].Field}
			deck[i].Protocol.Draw(t, m, &c)
			calls = append(calls, c)
		}
		return calls
	})
}

func playManner(ctx context.Context, p *player) error {
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	var err error
	if p.record, err = p.reads(ctx); err != nil {
		return err
	}
	for _, c := range p.calls[1:] {
		if err := asksInManner(ctx, p, c); err != nil {
			return err
		}
	}
	return nil
}

// asksInManner asks in a manner, judges the answer, and wants what is refused to leave no
// trace.
func asksInManner(ctx context.Context, p *player, c plan.Call) error {
	if strategy.ProtocolCalled(c.Fault) == nil {
		return nil
	}
	e, err := p.asked(ctx, c)
	if strategy.IsTooMuch(c.Fault) {
		return goesOn(ctx, p, err)
	}
	if err != nil || testbed.Untold(e) {
		return orGone(err) // it goes on, and nobody can tell until when
	}
	if err := judge(ctx, p, c, e.Exchange); err != nil || !writes(e.Exchange.Request.Method) {
		return err
	}
	return leftNoTrace(ctx, p, c, e)
}

// goesOn asks for the collection after a request of a size that need not be answered, with
// the error that it ended in. A web server may break off before all of it has come.
func goesOn(ctx context.Context, p *player, err error) error {
	if none := new(wire.NoAnswer); err != nil && !errors.As(err, &none) || ctx.Err() != nil {
		return err
	}
	_, err = p.session.Ask(ctx, getOf("/api"+p.m.Resource.Path+"?"+p.mine()))
	return err
}

// leftNoTrace wants a write that was refused to have left the object as it was, and to have
// made none. After one that was accepted the object may be another.
func leftNoTrace(ctx context.Context, p *player, c plan.Call, e oracle.CallResult) (err error) {
	o := c.In(p.m.Catalogue)
	if e.Exchange.Response.OK() {
		if o != nil && o.Effect == contract.Delete {
			return errGone // as it was asked to: that it cannot be read is no news
		}
		p.record, err = p.reads(ctx)
		return err
	}
	id := contract.ID("API-FAULT-01")
	if strings.HasPrefix(c.Fault, "stranger-") {
		id = "API-AUTH-01"
	}
	if o == nil || o.Effect != contract.Create || len(p.session.SVMs) < 2 {
		return p.verifies(ctx, []contract.ID{id}, p.sameButFor(p.record, nil))
	}
	return madeNothingOn(ctx, p, p.session.SVMs[1], id)
}
