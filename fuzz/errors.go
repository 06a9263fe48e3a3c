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

// errorProperties speak of the documented errors that requests alone provoke.
var errorProperties = []Property{
	{
		Name: "a-documented-error-is-answered-with-its-code", Writes: true,
		Says:        "What the tables of error codes name is refused with the code that stands there, and leaves no trace.",
		conventions: []contract.ID{"API-FAULT-01"},
		fits:        func(m *model) bool { return len(m.rows()) > 0 },
		rows:        (*model).rowIDs,
		deck:        dealRows, play: playRow, scenario: tellRow,
	},
}

// rows are the documented errors of the release of which a request is known that provokes
// them.
func (m *model) rows() []*contract.ErrorRow {
	var all []*contract.ErrorRow
	for _, o := range m.resource.Operations {
		if !o.Covers(m.release) {
			continue
		}
		for _, row := range o.Errors {
			if row.Example != nil && row.Covers(m.release) && row.Untested == "" && row.Provoke != contract.ByLab {
				all = append(all, row)
			}
		}
	}
	return all
}

// rowIDs are the requirements that the rows stand for, and those that promise the same
// refusals.
func (m *model) rowIDs() []contract.ID {
	var ids []contract.ID
	for _, row := range m.rows() {
		for _, id := range append(m.refusedBy(row), row.ID) {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// dealRows goes through the errors that need no object, and those that do, by
// turns.
func dealRows(m *model) func(int) *rapid.Generator[Case] {
	var alone, with []Call
	for _, row := range m.rows() {
		if row.Example.Unknown || row.Operation.Effect == contract.Create && row.Provoke == contract.ByRequest {
			alone = append(alone, m.provoking(row))
		} else {
			with = append(with, m.provoking(row))
		}
	}
	return m.byTurns(alone, with)
}

// byTurns goes through calls that need no object, and through calls on one object, by
// turns.
func (m *model) byTurns(alone, with []Call) func(int) *rapid.Generator[Case] {
	return decked(func(t *rapid.T, check int) []Call {
		var calls []Call
		all := alone
		if len(alone) == 0 || len(with) > 0 && check%2 == 1 {
			calls, all = append(calls, m.creation(t, 1)), with
		}
		for _, i := range dealt(check/2, mostCalls, len(all)) {
			calls = append(calls, all[i])
		}
		return calls
	})
}

// provoking is the call that provokes an error.
func (m *model) provoking(row *contract.ErrorRow) Call {
	c := m.callOf(row.Example)
	if row.Example.Unknown {
		c = m.asks(row.Operation)
		c.Unknown = true
	}
	c.Operation, c.Fault, c.Field = row.Operation.ID, "documented", string(row.ID)
	return c
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
		if ok, err := p.provokes(ctx, c); err != nil || !ok {
			return err
		}
	}
	if p.record != nil {
		return p.verifies(ctx, []contract.ID{"API-FAULT-01"}, p.sameButFor(p.record, nil))
	}
	return p.madeNothing(ctx)
}

// provokes sends what provokes an error; ok is false when it was not refused, so
// that the rest of the case would be about something else.
func (p *player) provokes(ctx context.Context, c Call) (ok bool, err error) {
	o := c.In(p.catalogue)
	i := slices.IndexFunc(o.Errors, func(e *contract.ErrorRow) bool { return string(e.ID) == c.Field })
	if i < 0 {
		return true, nil // a row of another day
	}
	row := o.Errors[i]
	if ready, err := p.prepares(ctx, row.Example.First); err != nil || !ready {
		return true, err
	}
	e, err := p.asked(ctx, c)
	if err != nil {
		return false, err
	}
	return e.Failed(), p.isRow(e, row)
}

// prepares sends what brings the object to where a row holds; ready is false where that was
// refused, or where the object has no part for it. It is true for nil, which is nothing to
// send.
func (p *player) prepares(ctx context.Context, first *contract.Example) (ready bool, err error) {
	if first == nil {
		return true, nil
	}
	c := p.callOf(first)
	if first.Of != "" {
		shown, _ := oracle.Lookup(p.record, first.Of)
		parts := listed(shown)
		if len(parts) == 0 || parts[0] == "" {
			return false, nil
		}
		path := c.In(p.catalogue).Path
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
func (p *player) isRow(e oracle.CallResult, row *contract.ErrorRow) error {
	if err := p.isDue(e, due{ids: p.refusedBy(row)}); err != nil || testbed.Untold(e) {
		return err
	}
	return p.session.Verify(e.Exchange, []contract.ID{row.ID}, oracle.ExpectCode(e, row.Codes()...))
}

// isTabled judges a refusal that is promised against the rows of the operation for it.
func (p *player) isTabled(e oracle.CallResult, o *contract.Operation, promise string) error {
	for _, id := range p.tabled(o, promise) {
		if err := p.isDue(e, due{ids: []contract.ID{id}, codes: p.catalogue.Requirement(id).Row.Codes()}); err != nil {
			return err
		}
	}
	return nil
}

// tabled are the rows of an operation with the codes of a refusal that is promised.
func (m *model) tabled(o *contract.Operation, promise string) []contract.ID {
	var ids []contract.ID
	for _, row := range o.Errors {
		if promise != "" && row.Promise == promise && row.Covers(m.release) && row.Untested == "" {
			ids = append(ids, row.ID)
		}
	}
	return ids
}
