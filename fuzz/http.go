package fuzz

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// httpProperties speak of single requests that write nothing, of their queries,
// paths, methods and headers.
var httpProperties = []Property{
	{
		Name: "any-request-is-answered-by-the-conventions", Writes: true,
		Says: "Whatever is asked, with whatever query, path, method or header, is answered by the conventions of the API.",
		conventions: []contract.ID{"API-HEAD-01", "API-OPTIONS-01", "API-METHOD-01", "API-METHOD-02", "API-PATH-01", "API-PATH-02", "API-PATH-03", "API-PRETTY-01", "API-QUERY-01", "API-QUERY-02",
			"API-FIELDS-01", "API-FIELDS-02", "API-FIELDS-03", "API-FIELDS-05", "API-FIELDS-06", "API-FIELDS-07", "API-FIELDS-08", "API-FIELDS-09", "API-FIELDS-10", "API-FIELDS-11", "API-FIELDS-12",
			"API-ORDER-02", "API-TIMEOUT-01", "API-TIMEOUT-02", "API-HEADER-01", "API-AUTH-01", "API-AUTH-02", "API-BODY-09", "API-LIST-04", "API-FAULT-01",
			"API-SEARCH-03", "API-SEARCH-04", "API-SEARCH-05"},
		promises: []string{"malformed-uuid-is-refused", "advanced-is-returned-when-named", "existing-can-be-read", "certificate-text-is-shown"},
		fits:     func(m *model) bool { return m.operation(contract.List) != nil && m.operation(contract.Read) != nil },
		deck:     dealManners, play: playManner,
	},
	{
		Name: "a-write-may-be-asked-for-in-many-ways", Writes: true,
		Says:        "A creation with dotted names, by tunneling, with the record or with a time to wait is a creation like any other.",
		promises:    []string{"creation-succeeds"},
		conventions: []contract.ID{"API-BODY-08", "API-TUNNEL-02", "API-TUNNEL-03", "API-RETURN-01", "API-TIMEOUT-01", "API-TIMEOUT-02", "API-LOCATION-02", "API-QUERY-03"},
		fits: func(m *model) bool {
			return m.operation(contract.Create) != nil && (hasChange(m) || !m.worksOnKeys())
		},
		deck: dealWays, play: playWay,
	},
}

// dealManners goes through all protocols, mixed so that a few in a row are different.
func dealManners(m *model) func(int) *rapid.Generator[Case] {
	deck := m.readings()
	return decked(func(t *rapid.T, check int) []Call {
		calls := []Call{m.creation(t, 1)}
		for _, i := range dealt(check, 2*mostCalls, len(deck)) {
			c := Call{Fault: deck[i].protocol.what, Field: deck[i].field}
			deck[i].protocol.draw(t, m, &c)
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
		if err := p.asksInManner(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// asksInManner asks in a manner, judges the answer, and wants what is refused to leave no
// trace.
func (p *player) asksInManner(ctx context.Context, c Call) error {
	if protocolCalled(c.Fault) == nil {
		return nil
	}
	e, err := p.asked(ctx, c)
	if isTooMuch(c.Fault) {
		return p.goesOn(ctx, err)
	}
	if err != nil || testbed.Untold(e) {
		return orGone(err) // it goes on, and nobody can tell until when
	}
	if err := p.inManner(ctx, c, e.Exchange); err != nil || !writes(e.Exchange.Request.Method) {
		return err
	}
	return p.leftNoTrace(ctx, c, e)
}

// goesOn asks for the collection after a request of a size that need not be answered, with
// the error that it ended in. A web server may break off before all of it has come.
func (p *player) goesOn(ctx context.Context, err error) error {
	if none := new(wire.NoAnswer); err != nil && !errors.As(err, &none) || ctx.Err() != nil {
		return err
	}
	_, err = p.session.Ask(ctx, getOf("/api"+p.resource.Path+"?"+p.mine()))
	return err
}

// leftNoTrace wants a write that was refused to have left the object as it was, and to have
// made none. After one that was accepted the object may be another.
func (p *player) leftNoTrace(ctx context.Context, c Call, e oracle.CallResult) (err error) {
	o := c.In(p.catalogue)
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
	return p.madeNothingOn(ctx, p.session.SVMs[1], id)
}

// writes reports whether a method may change something.
func writes(method string) bool {
	return !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, method)
}

// asked sends a call; a creation goes through the ledger as every other.
func (p *player) asked(ctx context.Context, c Call) (oracle.CallResult, error) {
	if o := c.In(p.catalogue); o != nil && o.Effect == contract.Create {
		_, e, err := p.create(ctx, c)
		return e, err
	}
	return p.call(ctx, c)
}
