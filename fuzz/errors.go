package fuzz

import (
	"context"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// errorProperties speak of the documented errors that requests alone provoke.
var errorProperties = []Property{
	{
		Name: "a-documented-error-is-answered-with-its-code", Writes: true,
		Says:        "What the tables of error codes name is refused with the code that stands there, and leaves no trace.",
		conventions: []contract.ID{"API-FAULT-01"},
		fits:        func(m *model) bool { return len(m.rows()) > 0 },
		rows:        (*model).rows, promises: []role{second},
		deck: dealRows, play: playRow,
	},
}

// A provocation is what to send for a condition of the tables. The object exists
// before, unless the call is the creation itself.
type provocation struct {
	alone bool // whether the call comes without an object before it
	also  role // what else is promised of such a refusal; the zero role for nothing
	make  func(m *model, o *contract.Operation, c *Call)
}

// provocations are by the words of the tables, so that a resource whose table has
// the same words is covered.
var provocations = map[string]provocation{
	"use a uuid that does not exist":            {alone: true, make: func(m *model, o *contract.Operation, c *Call) { *c = m.asks(o); c.Unknown = true }},
	"create a second configuration for one SVM": {also: second, make: func(*model, *contract.Operation, *Call) {}},
	"send an empty body":                        {make: func(_ *model, _ *contract.Operation, c *Call) { c.Set = map[string]any{} }},
	"send an empty access_key_id":               {make: sets("access_key_id", "")},
	"send an empty secret_access_key":           {make: sets("secret_access_key", "")},
	"send a client_certificate that is no PKCS#12": {alone: true, make: func(_ *model, _ *contract.Operation, c *Call) {
		c.Set, c.Lack = map[string]any{"client_certificate": "bm90IGEgUEtDUyMxMg=="}, []string{"client_secret"}
	}},
	"send a key_id that lacks the key name and version": {alone: true, make: sets("key_id", "https://"+tokenWord+".vault.azure.net/")},
	"send a name that is no URL":                        {alone: true, make: sets("name", tokenWord+"-no-url")},
	"leave out both credentials": {alone: true, make: func(m *model, o *contract.Operation, c *Call) {
		for _, p := range o.Required {
			if len(p.AnyOf) > 1 && p.Assert && p.Covers(m.release) {
				c.Lack = p.AnyOf
			}
		}
	}},
	"name a configuration without create_inactive": {alone: true, make: sets("configuration.name", tokenWord+"-other")},
	"ask for create_inactive without a configuration": {alone: true, make: func(_ *model, _ *contract.Operation, c *Call) {
		c.Query = []Param{{"create_inactive", "true"}}
	}},
	"send an empty configuration.name": {alone: true, make: func(_ *model, _ *contract.Operation, c *Call) {
		c.Set, c.Query = map[string]any{"configuration.name": ""}, []Param{{"create_inactive", "true"}}
	}},
}

func sets(name string, v any) func(*model, *contract.Operation, *Call) {
	return func(_ *model, _ *contract.Operation, c *Call) { c.Set = map[string]any{name: v} }
}

// rows are the documented errors of the release that we know how to provoke.
func (m *model) rows() []*contract.Error {
	var all []*contract.Error
	for _, o := range m.resource.Operations {
		if !o.Covers(m.release) {
			continue
		}
		for _, e := range o.Errors {
			if _, known := provocations[e.Condition]; known && e.Covers(m.release) && e.Untested == "" && e.Provoke != contract.ByLab {
				all = append(all, e)
			}
		}
	}
	return all
}

// dealRows goes through the errors that need no object, and those that do, by
// turns.
func dealRows(m *model) func(int) *rapid.Generator[Case] {
	var alone, with []*contract.Error
	for _, row := range m.rows() {
		if provocations[row.Condition].alone && (row.Operation.Effect == contract.Create || row.Condition == "use a uuid that does not exist") {
			alone = append(alone, row)
		} else {
			with = append(with, row)
		}
	}
	return decked(func(t *rapid.T, check int) []Call {
		var calls []Call
		rows := alone
		if len(alone) == 0 || len(with) > 0 && check%2 == 1 {
			calls, rows = append(calls, m.creation(t, 1)), with
		}
		for _, i := range dealt(t, check/2, mostCalls, len(rows)) {
			calls = append(calls, m.provoking(rows[i]))
		}
		return calls
	})
}

// provoking is the call that provokes an error.
func (m *model) provoking(row *contract.Error) Call {
	c := Call{Operation: row.Operation.ID}
	provocations[row.Condition].make(m, row.Operation, &c)
	c.Fault, c.Field = "documented", string(row.ID)
	if row.Operation.Effect == contract.Change {
		c.Lack = nil
	}
	return c
}

func playRow(ctx context.Context, p *player) error {
	calls := p.calls
	var before map[string]any
	if len(calls) > 0 && calls[0].Fault == "" {
		if err := p.exists(ctx, calls[0]); err != nil {
			return err
		}
		var err error
		if before, err = p.reads(ctx); err != nil {
			return err
		}
		calls = calls[1:]
	}
	for _, c := range calls {
		if ok, err := p.provokes(ctx, c); err != nil || !ok {
			return err
		}
	}
	if before != nil {
		return p.verifies(ctx, []contract.ID{"API-FAULT-01"}, p.sameButFor(before, nil))
	}
	return nil
}

// provokes sends what provokes an error; ok is false when it was not refused, so
// that the rest of the case would be about something else.
func (p *player) provokes(ctx context.Context, c Call) (ok bool, err error) {
	o := c.operation(p.catalogue)
	i := slices.IndexFunc(o.Errors, func(e *contract.Error) bool { return string(e.ID) == c.Field })
	if i < 0 {
		return true, nil // a row of another day
	}
	e, err := p.asked(ctx, c)
	if err != nil {
		return false, err
	}
	return e.Failed(), p.isRow(e, o.Errors[i])
}

// isRow judges a refusal against the row of the table, and against the promise
// that there is a refusal at all.
func (p *player) isRow(e oracle.Ending, row *contract.Error) error {
	also := provocations[row.Condition].also
	if also.sentence != nil {
		if err := p.isDue(e, due{ids: p.of(also)}); err != nil {
			return err
		}
	}
	if p.hand.Untold(e) {
		return nil
	}
	for _, id := range p.refusals(row) {
		if err := p.hand.Verify(e.Exchange, []contract.ID{id}, oracle.ExpectRefusal(e)); err != nil {
			return err
		}
	}
	return p.hand.Verify(e.Exchange, []contract.ID{row.ID}, oracle.ExpectCode(e, row.Codes()...))
}

// refusals are the promises of the resource that a call like that is refused, by
// the words that they share with the condition.
func (p *player) refusals(row *contract.Error) []contract.ID {
	var ids []contract.ID
	for _, q := range p.resource.Requirements {
		if q.Row != nil || !q.Covers(p.release) || !strings.HasSuffix(q.Text, "is refused.") {
			continue
		}
		for _, pair := range [][2]string{
			{"send a key_id that lacks the key name and version", "A key_id without the name and the version"},
			{"send a name that is no URL", "A name that is no URL"},
			{"name a configuration without create_inactive", "A configuration.name without create_inactive"},
			{"ask for create_inactive without a configuration", "create_inactive without a configuration.name"},
			{"send an empty configuration.name", "An empty configuration.name"},
			{"send an empty access_key_id", "An empty access_key_id"},
			{"send an empty secret_access_key", "An empty secret_access_key"},
			{"send a client_certificate that is no PKCS#12", certificateSentence(row)},
		} {
			if row.Condition == pair[0] && strings.HasPrefix(q.Text, pair[1]) {
				ids = append(ids, q.ID)
			}
		}
	}
	return ids
}

func certificateSentence(row *contract.Error) string {
	if row.Operation.Effect == contract.Create {
		return "A client_certificate that is no PKCS#12"
	}
	return "A change to a client_certificate that is no PKCS#12"
}
