package fuzz

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fixtures/testbed"
)

// objectProperties speak of the life of one object.
var objectProperties = []Property{
	{
		Name: "what-was-deleted-is-gone", Writes: true,
		Says: "A deleted object is not read, not listed and not worked on, and another can take its place.",
		promises: []string{
			"deleted-cannot-be-read", "deleted-is-not-listed", "deleted-takes-no-requests", "deleted-can-be-created-again",
			"unknown-cannot-be-read", "change-of-unknown-is-refused", "deletion-of-unknown-is-refused", "action-on-unknown-is-refused",
			"unknown-is-answered-with-404", "unknown-is-refused-with-its-code", "change-of-unknown-is-answered-with-404",
			"deletion-of-unknown-is-answered-with-404",
		},
		fits: func(m *model) bool { return m.operation(contract.Delete) != nil },
		deck: dealDeletions, loose: true, play: playSequence, scenario: tellDeletion,
	},
	{
		Name: "a-creation-reads-as-it-was-sent", Writes: true,
		Says:     "Whatever a creation sends can be read back, but for secrets.",
		promises: []string{"creation-succeeds", "creation-by-certificate-succeeds", "created-reads-as-sent"}, conventions: []contract.ID{"API-LOCATION-02"},
		fits: func(m *model) bool { return m.operation(contract.Create) != nil },
		deck: dealCreations, play: playSequence, scenario: tellCreation,
	},
	{
		Name: "a-change-takes-what-it-names-and-keeps-the-rest", Writes: true,
		Says: "An accepted change changes what it names and nothing else.",
		promises: []string{
			"change-is-read-back", "change-needs-no-credentials", "credentials-can-be-changed", "certificate-can-be-changed",
			"change-names-the-kind-of-credentials", "several-can-be-changed-at-once", "change-keeps-the-rest",
		},
		fits: hasChange,
		deck: dealChanges, play: playSequence, scenario: tellChange,
	},
	{
		Name: "the-same-change-again-changes-nothing", Writes: true,
		Says:     "A change that is made twice has the effect of one.",
		promises: []string{"change-is-idempotent"},
		fits:     func(m *model) bool { return hasChange(m) && len(m.of("change-is-idempotent")) > 0 },
		deck:     dealOneChange, play: playTwice, scenario: tellChangeAgain,
	},
	{
		Name: "changes-of-different-fields-commute", Writes: true,
		Says:     "Two changes of different fields give the same object in either order, and at once.",
		promises: []string{"change-is-read-back", "change-keeps-the-rest"},
		fits: func(m *model) bool {
			return hasChange(m) && len(m.of("change-keeps-the-rest")) > 0 && len(m.apart()) > 1
		},
		draw: drawTwoChanges, play: playTwoChanges,
	},
	{
		Name: "work-on-keys-is-started", Writes: true,
		Says: "Work on the keys of an object is started, or refused for the reason that the documents name, and what lacks a key is refused.",
		promises: []string{
			"action-is-started-or-refused-with-its-code", "rekey-without-a-key-is-refused", "rekey-is-started", "rekey-shows-the-new-key",
			"rekey-keeps-the-rest",
		},
		fits: func(m *model) bool { return len(m.acts()) > 0 },
		deck: dealWork, play: playSequence,
	},
	{
		Name: "a-new-key-changes-nothing-but-the-key", Writes: true,
		Says:     "Rekeying the external key gives the object the new key and leaves everything else.",
		promises: []string{"rekey-is-started", "rekey-shows-the-new-key", "rekey-keeps-the-rest"},
		fits:     func(m *model) bool { return m.rekey() != nil },
		draw:     drawRekey, play: playSequence,
	},
}

func hasChange(m *model) bool { return m.operation(contract.Change) != nil && len(m.plain()) > 0 }

// plain are the fields that a change may set alone: the identity that carries
// the mark goes with credentials.
func (m *model) plain() []*contract.Field {
	return slices.DeleteFunc(slices.Clone(m.changed), func(f *contract.Field) bool { return m.isMarked(f.Name) })
}

// creation draws a complete creation with a few optional properties.
func (m *model) creation(t *rapid.T, most int) Call {
	fields := slices.Concat(m.optional, m.hidden)
	c := Call{Operation: m.operation(contract.Create).ID, Set: m.some(t, "properties", fields, 0, most)}
	m.chooses(t, &c, pick(t, "other credentials", []bool{false, false, true}))
	return c
}

// chooses gives a creation other credentials than a complete body has, in their place, if it
// is to have others. What is within an object makes another sort of thing, and is left alone.
func (m *model) chooses(t *rapid.T, c *Call, others bool) {
	for _, p := range m.operation(contract.Create).Required {
		for _, name := range p.AnyOf[1:] {
			if others && p.Covers(m.release) && m.isSecret(p.AnyOf[0]) && m.isSecret(name) && !strings.Contains(name, ".") {
				c.Set[name] = m.valueOf(m.field(name)).Draw(t, name)
			}
		}
	}
	m.withoutAlternatives(c)
}

func (m *model) isSecret(name string) bool {
	f := m.field(name)
	return f != nil && f.Access == contract.WriteOnly && f.Unsent == ""
}

// withoutAlternatives leaves out of a creation what a property that it sets
// stands in place of.
func (m *model) withoutAlternatives(c *Call) {
	for _, p := range m.operation(contract.Create).Required {
		for _, name := range slices.Backward(p.AnyOf) { // the first is that of a complete body, and may be set to another value
			if _, set := c.Set[name]; !set || !p.Covers(m.release) {
				continue
			}
			c.Lack = append(c.Lack, slices.DeleteFunc(slices.Clone(p.AnyOf), func(other string) bool { return other == name })...)
			break
		}
	}
	for _, name := range c.Lack {
		delete(c.Set, name)
	}
}

// change draws a change of a few fields.
func (m *model) change(t *rapid.T, fields []*contract.Field, least, most int) Call {
	return Call{Operation: m.operation(contract.Change).ID, Set: m.some(t, "changes", fields, least, most)}
}

// dealCreations goes through creations with other optional properties each, every two of
// them together in some.
func dealCreations(m *model) func(int) *rapid.Generator[Case] {
	return decked(func(t *rapid.T, check int) []Call {
		c := Call{Operation: m.operation(contract.Create).ID, Set: m.paired(t, slices.Concat(m.hidden, m.optional), check)}
		m.chooses(t, &c, check%3 == 1)
		return []Call{c}
	})
}

// makes makes the object, and wants whatever was sent to be read back.
func (p *player) makes(ctx context.Context, c Call) error {
	var t *testbed.Object
	e, err := p.asAsked(c, func(c Call) (e oracle.CallResult, err error) {
		t, e, err = p.attemptCreation(ctx, c)
		return e, err
	})
	if err != nil {
		return err
	}
	made := "creation-succeeds"
	if c.Set["client_certificate"] != nil {
		made = "creation-by-certificate-succeeds"
	}
	ids := p.of(made)
	if p.thing != nil { // which was deleted
		ids = append(p.of("deleted-can-be-created-again"), ids...)
	}
	err = oracle.ExpectSuccess(e)
	if err == nil {
		err = t.Lost
	}
	if err != nil || !e.Exchange.Response.OK() {
		for _, name := range sortedKeys(c.Set) {
			if f := p.field(name); f != nil && f.Access != contract.WriteOnly {
				ids = append(ids, p.about("created-reads-as-sent", name)...)
			}
		}
		return orGone(p.session.Verify(e.Exchange, ids, err))
	}
	if err := p.session.Verify(e.Exchange, ids, nil); err != nil {
		return err
	}
	p.thing = t
	if err := p.showsWhatWasMade(ctx, c, e); err != nil {
		return err
	}
	if err := p.readsAsSent(ctx, resource.Flat(t.Sent)); err != nil {
		return err
	}
	p.record, err = p.reads(ctx)
	return err
}

// readsAsSent wants every property that a sentence speaks of to be as it was
// sent.
func (p *player) readsAsSent(ctx context.Context, sent map[string]any) error {
	record, err := p.reads(ctx)
	if err != nil {
		return err
	}
	for _, name := range sortedKeys(sent) {
		f := p.field(name)
		if f == nil || f.Access == contract.WriteOnly || f.Unread != "" {
			continue
		}
		err := p.session.Eventually(ctx, func() (err error) {
			if record == nil {
				if record, _, err = p.read(ctx); err != nil {
					return err
				}
			}
			err = sameValue(record, name, sent[name])
			if err != nil {
				record = nil // it may come later, where an answer left that open
			}
			return err
		})
		history := p.lastReading()
		if err := p.session.Verify(history, p.about("created-reads-as-sent", name), err); err != nil {
			return err
		}
		if record == nil {
			return nil
		}
	}
	return nil
}

// dealDeletions draws an object, its deletion, all that can be asked of it, and another.
func dealDeletions(m *model) func(int) *rapid.Generator[Case] {
	return decked(func(t *rapid.T, _ int) []Call {
		calls := append([]Call{m.creation(t, 2)}, m.end()...)
		return append(calls, m.creation(t, 0))
	})
}

// end deletes an object, and asks for all that can be asked of one.
func (m *model) end() []Call {
	remove := m.operation(contract.Delete)
	asked := append([]*contract.Operation{remove}, m.acts()...)
	if o := m.operation(contract.Change); o != nil {
		asked = append(asked, o)
	}
	calls := []Call{{Operation: remove.ID}}
	for _, o := range asked {
		calls = append(calls, m.asks(o))
	}
	return calls
}

// asks is a call of an operation on an object, with what it needs.
func (m *model) asks(o *contract.Operation) Call {
	c := Call{Operation: o.ID}
	switch {
	case o.Effect == contract.Change:
		c.Set = map[string]any{}
		if texts := texts(m, o); len(texts) > 0 {
			c.Set[texts[0].Name] = "a"
		} else if numbers := numbers(m, o); len(numbers) > 0 {
			c.Set[numbers[0].Name] = leastOf(numbers[0].Bounds)
		}
	case o == m.rekey():
		c.Set = map[string]any{newKeyWord: true}
	}
	return c
}

// deletes deletes the object, and wants it to be neither read nor listed.
func (p *player) deletes(ctx context.Context, c Call) error {
	e, err := p.call(ctx, c)
	if err != nil || testbed.Untold(e) {
		return orGone(err)
	}
	if e.Failed() {
		if err := testbed.Prevented(p.catalogue, e); err != nil {
			return err
		}
		return orGone(p.session.Verify(e.Exchange, p.of("deleted-cannot-be-read"), oracle.ExpectSuccess(e)))
	}
	p.record = nil
	x, err := p.session.Ask(ctx, getOf(p.thing.Path()))
	if err != nil {
		return err
	}
	gone := oracle.CallResult{Exchange: x}
	if err := p.session.Verify(x, p.of("deleted-cannot-be-read"), oracle.ExpectRefusal(gone)); err != nil {
		return err
	}
	if err := p.isUnknown(ctx, gone, p.operation(contract.Read)); err != nil {
		return err
	}
	listed, err := p.session.ListOn(ctx, p.sort, p.thing.SVM)
	if err == nil && slices.ContainsFunc(listed, func(r map[string]any) bool { return r["uuid"] == p.thing.UUID }) {
		err = oracle.Differs("records of the list", "none of uuid "+p.thing.UUID, "it")
	}
	if err := p.session.Verify(p.lastReading(), p.of("deleted-is-not-listed"), err); err != nil || !p.refused || len(listed) == 0 {
		return err
	}
	return p.madeNothingOn(ctx, p.thing.SVM, "API-FAULT-01")
}

// dealWork draws work on the keys of an object: the first case has all of it, right and
// wrong.
func dealWork(m *model) func(int) *rapid.Generator[Case] {
	var all []Call
	if o := m.rekey(); o != nil { // what is refused comes first, while the key is another one
		all = append(all, Call{Operation: o.ID, Set: map[string]any{}, Fault: "lacks-a-key"},
			Call{Operation: o.ID, Set: map[string]any{newKeyWord: true, "zzz_no_such_field": 1}, Fault: "unknown-property"})
	}
	for _, o := range m.acts() {
		all = append(all, m.asks(o))
	}
	return decked(func(t *rapid.T, check int) []Call {
		calls := []Call{m.creation(t, 1)}
		if check == 0 {
			return append(calls, all...)
		}
		for range many(t, "acts", len(all)) {
			calls = append(calls, pick(t, "act", all))
		}
		return calls
	})
}

// works starts work on the keys of the object, and wants it to change no more than it says.
func (p *player) works(ctx context.Context, c Call) error {
	e, err := p.asAsked(c, func(c Call) (oracle.CallResult, error) { return p.call(ctx, c) })
	if err != nil {
		return err
	}
	if c.Fault != "" {
		return p.refusesWork(ctx, c, e)
	}
	o := c.In(p.catalogue)
	for _, id := range p.starting(o) {
		if p.mayRefuse(e, id) {
			continue
		}
		if err := testbed.Prevented(p.catalogue, e); err != nil {
			return err
		}
		if err := p.session.Verify(e.Exchange, []contract.ID{id}, oracle.ExpectSuccess(e)); err != nil {
			return err
		}
	}
	if testbed.Untold(e) {
		return errGone // it goes on, and nobody can tell until when
	}
	if o == p.rekey() && !e.Failed() {
		if err := p.showsNewKey(ctx, e); err != nil {
			return err
		}
		if err := p.verifies(ctx, p.of("rekey-keeps-the-rest"), p.sameButFor(p.record, p.fieldsOf("rekey-keeps-the-rest"))); err != nil {
			return err
		}
	}
	p.record, err = p.reads(ctx) // that other work leaves the rest alone is in no document
	return err
}

// starting are the promises that an operation starts work.
func (m *model) starting(o *contract.Operation) []contract.ID {
	return append(m.ofAct("rekey-is-started", o), m.ofAct("action-is-started-or-refused-with-its-code", o)...)
}

// refusesWork judges the refusal of work with a fault.
func (p *player) refusesWork(ctx context.Context, c Call, e oracle.CallResult) error {
	d := due{ids: p.of("rekey-without-a-key-is-refused")}
	if c.Fault == "unknown-property" {
		d = due{ids: []contract.ID{"API-BODY-04"}, blamed: true}
	}
	if err := p.isDue(e, d); err != nil || !e.Failed() {
		return orGone(err)
	}
	return p.verifies(ctx, []contract.ID{"API-FAULT-01"}, p.sameButFor(p.record, nil))
}

func drawRekey(m *model) *rapid.Generator[Case] {
	return cases(func(t *rapid.T) []Call { return []Call{m.creation(t, 3), m.asks(m.rekey())} })
}

// showsNewKey wants the object to show the key that a call gave it.
func (p *player) showsNewKey(ctx context.Context, e oracle.CallResult) error {
	sent := e.Exchange.Request.Body.Bytes()
	return p.verifies(ctx, p.of("rekey-shows-the-new-key"), func(record map[string]any) error { return showsAll(record, sent) })
}

// showsAll wants a record to show everything that a body sent.
func showsAll(record map[string]any, body []byte) error {
	var sent map[string]any
	if err := json.Unmarshal(body, &sent); err != nil {
		return err // ours
	}
	for name, v := range resource.Flat(sent) {
		if err := sameValue(record, name, v); err != nil {
			return err
		}
	}
	return nil
}
