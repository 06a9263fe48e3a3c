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
		deck: dealRows, play: playRow, scenario: tellRow,
	},
}

// A provocation is what to send for a condition of the tables. The object exists
// before, unless the call is the creation itself.
type provocation struct {
	alone bool // whether the call comes without an object before it
	also  role // what else is promised of such a refusal; the zero role for nothing
	// first brings the object to where the condition holds, and reports whether it is; nil
	// where it holds already.
	first func(context.Context, *player) (bool, error)
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
	"send a client_certificate that is no PKCS#12": {alone: true, make: func(m *model, o *contract.Operation, c *Call) {
		c.Set, c.Lack = map[string]any{"client_certificate": "bm90IGEgUEtDUyMxMg=="}, []string{"client_secret"}
		for _, f := range m.changed { // which must not be taken alone
			if o.Effect == contract.Change && m.isMarked(f.Name) {
				c.Set[f.Name] = tokenWord + "-moved"
			}
		}
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
		c.Query = []Param{{Name: "create_inactive", Value: "true"}}
	}},
	"install a text that is no certificate":                     {alone: true, make: sets("public_certificate", "no certificate")},
	"install a private key that is none":                        {alone: true, make: sets("private_key", "no private key")},
	"install a certificate with the private key of another":     {alone: true, make: sets("private_key", saidValue("(private key of another)"))},
	"install a certificate that has expired":                    {alone: true, make: sets("public_certificate", saidValue("(expired certificate)"))},
	"install a certificate whose start date is in the future":   {alone: true, make: sets("public_certificate", saidValue("(future certificate)"))},
	"give a private key with a server_ca certificate":           {alone: true, make: sets("type", "server_ca")},
	"install a client certificate without a private key":        {alone: true, make: lacks("private_key")},
	"leave out the server CA certificates or the key servers":   {alone: true, make: lacks("external.servers")},
	"name a client certificate that does not exist":             {alone: true, make: sets("external.client_certificate.uuid", saidValue("(uuid)"))},
	"name a client certificate of another key pair":             {make: sets("external.client_certificate.uuid", saidValue("(client certificate of another key)"))},
	"name a policy that does not exist":                         {alone: true, make: sets("policy", tokenWord)},
	"name the source as the destination":                        {make: sets("uuid", uuidWord)},
	"name a destination that does not exist":                    {make: sets("uuid", saidValue("(uuid)"))},
	"name a key server that is not configured":                  {make: sets("key_server", "nobody."+tokenWord+".example:5696")},
	"name a secondary key server":                               {first: addsSecondary, make: sets("key_server", serverOf("second"))},
	"give five key servers":                                     {alone: true, make: sets("external.servers", keyServers("a", "b", "c", "d", "e"))},
	"give the same key server twice":                            {alone: true, make: sets("external.servers", keyServers("a", "a"))},
	"configure an external key manager for an SVM that has one": {also: second, make: func(*model, *contract.Operation, *Call) {}},
	"create an inactive external key manager for a data SVM": {alone: true, make: func(_ *model, _ *contract.Operation, c *Call) {
		c.Query = []Param{{Name: "create_inactive", Value: "true"}}
	}},
	"give intermediate certificates with a server_ca certificate": {alone: true, make: func(_ *model, _ *contract.Operation, c *Call) {
		c.Set, c.Lack = map[string]any{"type": "server_ca", "intermediate_certificates": saidValue("(intermediate certificates)")}, []string{"private_key"}
	}},
	"send an empty configuration.name": {alone: true, make: func(_ *model, _ *contract.Operation, c *Call) {
		c.Set, c.Query = map[string]any{"configuration.name": ""}, []Param{{Name: "create_inactive", Value: "true"}}
	}},
}

func sets(name string, v any) func(*model, *contract.Operation, *Call) {
	return func(_ *model, _ *contract.Operation, c *Call) { c.Set = map[string]any{name: v} }
}

func lacks(name string) func(*model, *contract.Operation, *Call) {
	return func(_ *model, _ *contract.Operation, c *Call) { c.Lack = []string{name} }
}

// keyServers are key servers of these names, each with the mark of the run.
func keyServers(names ...string) []any {
	var all []any
	for _, name := range names {
		all = append(all, map[string]any{"server": name + "." + tokenWord + ".example:5696"})
	}
	return all
}

// addsSecondary gives a key server of the object a secondary one.
func addsSecondary(ctx context.Context, p *player) (bool, error) {
	shown, _ := oracle.Lookup(p.record, "external.servers.server")
	servers := listed(shown)
	if len(servers) == 0 || servers[0] == "" {
		return false, nil
	}
	e, err := p.call(ctx, Call{Operation: serverChange, Path: "/api" + p.resource.Path + "/" + uuidWord + "/key-servers/" + escape(servers[0]),
		Set: map[string]any{"secondary_key_servers": []any{serverOf("second")}}})
	if err == nil && p.hand.Untold(e) {
		err = errGone // it goes on, and nobody can tell until when
	}
	if err != nil || e.Failed() {
		return false, err
	}
	p.record, err = p.reads(ctx)
	return err == nil, err
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
	var alone, with []Call
	for _, row := range m.rows() {
		if provocations[row.Condition].alone && (row.Operation.Effect == contract.Create || row.Condition == "use a uuid that does not exist") {
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
	i := slices.IndexFunc(o.Errors, func(e *contract.Error) bool { return string(e.ID) == c.Field })
	if i < 0 {
		return true, nil // a row of another day
	}
	if first := provocations[o.Errors[i].Condition].first; first != nil {
		if ready, err := first(ctx, p); err != nil || !ready {
			return true, err
		}
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

// isTabled judges a refusal against the rows of an operation that have a condition.
func (p *player) isTabled(e oracle.Ending, o *contract.Operation, condition string) error {
	for _, row := range o.Errors {
		if row.Condition == condition && row.Covers(p.release) && row.Untested == "" {
			if err := p.isDue(e, due{ids: []contract.ID{row.ID}, codes: row.Codes()}); err != nil {
				return err
			}
		}
	}
	return nil
}

// refusals are the promises of the resource that a call like that is refused, by
// the words that they share with the condition.
func (p *player) refusals(row *contract.Error) []contract.ID {
	var ids []contract.ID
	for _, q := range p.resource.Requirements {
		if q.Row != nil || !q.Covers(p.release) || !strings.Contains(q.Text, " refused") {
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
			{"install a text that is no certificate", "A text that is no certificate"},
			{"install a certificate with the private key of another", "A certificate whose private key is another"},
			{"install a certificate that has expired", "A certificate that has expired"},
			{"install a certificate whose start date is in the future", "A certificate that is not valid yet"},
			{"give a private key with a server_ca certificate", "A private key is refused with"},
			{"install a client certificate without a private key", "A client certificate without"},
			{"name a client certificate that does not exist", uninstalledSentence(row)},
			{"name a client certificate of another key pair", "A client certificate of another key pair"},
			{"leave out the server CA certificates or the key servers", "A creation without server CA certificates"},
			{"name the source as the destination", "A migration to the source itself"},
			{"name a destination that does not exist", "A migration to a key manager that does not exist"},
			{"name a key server that is not configured", "A restore from a key server that is not configured"},
			{"give five key servers", "More than four key servers are refused"},
			{"give the same key server twice", "A creation with the same key server twice"},
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

func uninstalledSentence(row *contract.Error) string {
	if row.Operation.Effect == contract.Create {
		return "A creation with a client certificate that is not installed"
	}
	return "A change to a certificate that is not installed"
}
