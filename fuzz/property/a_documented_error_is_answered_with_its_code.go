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

var aDocumentedErrorIsAnsweredWithItsCode = &Property{
	Name: "a-documented-error-is-answered-with-its-code", Writes: true,
	Says:        "What the tables of error codes name is refused with the code that stands there, and leaves no trace.",
	conventions: []contract.ID{"API-FAULT-01"},
	fits:        func(m *strategy.Model) bool { return len(strategy.Rows(m)) > 0 },
	rows:        strategy.RowIDs,
	Deck:        dealRows, play: playRow, scenario: tellRow,
}

// dealRows goes through the errors that need no object, and those that do, by
// turns.
func dealRows(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	var alone, with []plan.Call
	for _, row := range strategy.Rows(m) {
		if row.Example.Unknown || row.Operation.Effect == contract.Create && row.Provoke == contract.ByRequest {
			alone = append(alone, strategy.Provoking(m, row))
		} else {
			with = append(with, strategy.Provoking(m, row))
		}
	}
	return strategy.ByTurns(m, alone, with)
}

func playRow(ctx context.Context, p *player) error {
	calls := p.calls
	if len(calls) > 0 && calls[0].Fault == "" {
		if err := p.exists(ctx, calls[0]); err != nil {
			return err
		}
		var err error
		if p.record, err = p.reads(ctx); err != nil {
			return err
		}
		calls = calls[1:]
	}
	for _, c := range calls {
		if ok, err := provokes(ctx, p, c); err != nil || !ok {
			return err
		}
	}
	if p.record != nil {
		return p.verifies(ctx, []contract.ID{"API-FAULT-01"}, p.sameButFor(p.record, nil))
	}
	return madeNothing(ctx, p)
}

// provokes sends what provokes an error; ok is false when it was not refused, so
// that the rest of the case would be about something else.
func provokes(ctx context.Context, p *player, c plan.Call) (ok bool, err error) {
	o := c.In(p.m.Catalogue)
	i := slices.IndexFunc(o.Errors, func(e *contract.ErrorRow) bool { return string(e.ID) == c.Field })
	if i < 0 {
		return true, nil // a row of another day
	}
	row := o.Errors[i]
	if ready, err := prepares(ctx, p, row.Example.First); err != nil || !ready {
		return true, err
	}
	e, err := p.asked(ctx, c)
	if err != nil {
		return false, err
	}
	return e.Failed(), isRow(p, e, row)
}

// prepares sends what brings the object to where a row holds; ready is false where that was
// refused, or where the object has no part for it. It is true for nil, which is nothing to
// send.
func prepares(ctx context.Context, p *player, first *contract.Example) (ready bool, err error) {
	if first == nil {
		return true, nil
	}
	c := strategy.CallOf(p.m, first)
	if first.Of != "" {
		shown, _ := oracle.Lookup(p.record, first.Of)
		parts := listed(shown)
		if len(parts) == 0 || parts[0] == "" {
			return false, nil
		}
		path := c.In(p.m.Catalogue).Path
		c.Path = "/api" + path[:strings.LastIndex(path, "{")] + escape(parts[0])
	}
	e, err := p.call(ctx, c)
	if err == nil && testbed.Untold(e) {
		err = errGone // it goes on, and nobody can tell until when
	}
	if err != nil || e.Failed() {
		return false, err
	}
	p.record, err = p.reads(ctx)
	return err == nil, err
}

// isRow judges a refusal against the row of the table, and against the promise
// that there is a refusal at all.
func isRow(p *player, e oracle.CallResult, row *contract.ErrorRow) error {
	if err := p.isDue(e, strategy.Due{IDs: p.m.RefusedBy(row)}); err != nil || testbed.Untold(e) {
		return err
	}
	return p.session.Verify(e.Exchange, []contract.ID{row.ID}, oracle.ExpectCode(e, row.Codes()...))
}

// tabled are the rows of an operation with the codes of a refusal that is promised.
func tabled(m *strategy.Model, o *contract.Operation, promise string) []contract.ID {
	var ids []contract.ID
	for _, row := range o.Errors {
		if promise != "" && row.Promise == promise && row.Covers(m.Release) && row.Untested == "" {
			ids = append(ids, row.ID)
		}
	}
	return ids
}

// tellRow wants the refusal that a row of a table of codes is about.
func tellRow(s *script) bool {
	if len(s.calls) > 2 || !s.asked() {
		return false
	}
	if s.leftNoTrace() {
		return true
	}
	if q := s.m.Catalogue.Requirement(s.broken); q != nil && q.Row != nil {
		s.say("Then the request is refused with code \"%s\"", q.Row.Code)
	} else {
		s.say("Then the request is refused")
	}
	return true
}
