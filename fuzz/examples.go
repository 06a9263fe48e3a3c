package fuzz

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
)

// exampleProperties speak of single requests that a requirement is about.
var exampleProperties = []Property{
	{
		Name: "a-sentence-about-one-request-holds", Writes: true,
		Says:        "What a sentence of the documents says of one request is what comes of it, and a refusal leaves no trace.",
		rows:        func(m *model) []contract.ID { return idsOf(m.examples()) },
		conventions: []contract.ID{"API-FAULT-01"},
		fits:        func(m *model) bool { return len(m.examples()) > 0 },
		deck:        dealExamples, play: playExample, scenario: tellExample,
	},
}

// An example is one request that a requirement of the release is about.
type example struct {
	*contract.Example
	of *contract.Requirement
}

// examples are those of the resource whose operation the release has.
func (m *model) examples() []example {
	var all []example
	for _, q := range m.resource.Requirements {
		for _, e := range q.Examples {
			if o := m.catalogue.Operation(e.Operation); q.Covers(m.release) && q.Untested == "" && o.Covers(m.release) {
				all = append(all, example{e, q})
			}
		}
	}
	return all
}

func idsOf(all []example) []contract.ID {
	var ids []contract.ID
	for _, e := range all {
		if !slices.Contains(ids, e.of.ID) {
			ids = append(ids, e.of.ID)
		}
	}
	return ids
}

// exampleOf returns the example that a call is, or nil. Findings of older versions of ours
// name it by something else than the requirement: what it asks for tells it then.
func (m *model) exampleOf(c Call) *example {
	all := m.examples()
	named := slices.IndexFunc(all, func(e example) bool { return string(e.of.ID) == c.Field && slices.Equal(e.Without, c.Lack) })
	if named < 0 {
		named = slices.IndexFunc(all, func(e example) bool { return m.sameCall(e, c) })
	}
	if named < 0 {
		return nil
	}
	return &all[named]
}

// callOf is the call of an example.
func (m *model) callOf(e *contract.Example) Call {
	c := Call{Operation: e.Operation, Set: m.setOf(e.Set), Lack: e.Without}
	for _, name := range sortedKeys(e.Query) {
		c.Query = append(c.Query, Param{Name: name, Value: e.Query[name]})
	}
	return c
}

// setOf is what a call sets of a body in the catalogue; nil for none.
func (m *model) setOf(b contract.BodyTemplate) map[string]any {
	if b == nil {
		return nil
	}
	set := map[string]any{}
	for _, member := range b {
		set[member.Name] = m.wordsOf(member.Name, member.Value)
	}
	return set
}

// wordsOf puts what a case holds in the place of words in the value of a property.
func (m *model) wordsOf(name string, v any) any {
	switch v := v.(type) {
	case string:
		switch {
		case v == "(new secret)":
			return newSecret(name)
		case contract.IsWord(v):
			return saidValue(v)
		}
		return strings.ReplaceAll(v, "<"+m.resource.Key+" of it>", uuidWord)
	case []any:
		all := make([]any, len(v))
		for i, e := range v {
			all[i] = m.wordsOf(name, e)
		}
		return all
	case map[string]any:
		all := map[string]any{}
		for member, e := range v {
			all[member] = m.wordsOf(member, e)
		}
		return all
	}
	return v
}

// dealExamples goes through the creations, each alone, and through what is asked of one
// object, by turns.
func dealExamples(m *model) func(int) *rapid.Generator[Case] {
	var creations, changes []Call
	for _, e := range m.examples() {
		c := m.callOf(e.Example)
		c.Fault, c.Field = "special", string(e.of.ID)
		if m.catalogue.Operation(e.Operation).Effect == contract.Create {
			creations = append(creations, c)
		} else {
			changes = append(changes, c)
		}
	}
	return m.byTurns(creations, changes)
}

func playExample(ctx context.Context, p *player) error {
	if len(p.calls) == 0 || p.calls[0].Fault != "" {
		return p.exampleCreations(ctx)
	}
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	for _, c := range p.calls[1:] {
		if ok, err := p.exampleChange(ctx, c); err != nil || !ok {
			return err
		}
	}
	return nil
}

// exampleCreations sends creations, and deletes each that succeeds before the next.
func (p *player) exampleCreations(ctx context.Context) error {
	for _, c := range p.calls {
		example := p.exampleOf(c)
		if example == nil {
			continue // a row that is gone
		}
		t, e, err := p.create(ctx, c)
		if err != nil {
			return err
		}
		if ok, err := p.isAsSaid(e, example); err != nil || !ok {
			return err
		}
		if e.Failed() {
			if err := p.madeNothing(ctx); err != nil {
				return err
			}
			continue
		}
		if p.thing = t; t.UUID == "" || p.operation(contract.Delete) == nil {
			return nil
		}
		if err := p.showsSaid(ctx, example, e); err != nil {
			return err
		}
		if e, err := p.call(ctx, Call{Operation: p.operation(contract.Delete).ID}); err != nil || e.Failed() || testbed.Untold(e) {
			return err
		}
	}
	return nil
}

// exampleChange asks something of the object; ok is false when it is another one now than
// what is asked next may count on.
func (p *player) exampleChange(ctx context.Context, c Call) (ok bool, err error) {
	example := p.exampleOf(c)
	if example == nil {
		return true, nil // a row that is gone
	}
	before, err := p.reads(ctx)
	if err != nil {
		return false, err
	}
	e, err := p.call(ctx, c)
	if err != nil {
		return false, err
	}
	if err := p.leavesAlone(ctx, c, before); err != nil {
		return false, err
	}
	if example.Outcome == "" { // whatever the answer is
		return e.Failed(), nil
	}
	if ok, err := p.isAsSaid(e, example); err != nil || !ok {
		return false, err
	}
	if e.Failed() {
		return true, p.verifies(ctx, []contract.ID{"API-FAULT-01"}, p.sameButFor(before, nil))
	}
	return true, p.showsSaid(ctx, example, e)
}

// isAsSaid judges whether a request succeeded or was refused as an example says; ok is false
// when it was not, or when nobody can tell.
func (p *player) isAsSaid(e oracle.CallResult, example *example) (ok bool, err error) {
	if example.Outcome == contract.Refused {
		return e.Failed(), p.isDue(e, p.dueOf(e, example.of.ID))
	}
	if err := testbed.Prevented(p.catalogue, e); err != nil {
		return false, err
	}
	return !e.Failed(), p.session.Verify(e.Exchange, []contract.ID{example.of.ID}, oracle.ExpectSuccess(e))
}

// showsSaid wants a reading to show what an example says, and what a request sent in the
// fields of it.
func (p *player) showsSaid(ctx context.Context, example *example, e oracle.CallResult) error {
	var sent map[string]any
	if body := e.Exchange.Request.Body.Bytes(); len(body) > 0 {
		if err := json.Unmarshal(body, &sent); err != nil {
			return err // ours
		}
	}
	want := map[string]any{}
	for name, v := range p.setOf(example.Reads) {
		var err error
		if want[name], err = resolve(p.session, v, p.thing.UUID); err != nil {
			return err
		}
	}
	for _, name := range example.Shows {
		want[name], _ = oracle.Lookup(sent, name)
	}
	if derive := derived[example.of.Promise]; derive != nil {
		more, err := derive(sent)
		if err != nil {
			return err // ours
		}
		maps.Copy(want, more)
	}
	if len(want) == 0 {
		return nil
	}
	return p.verifies(ctx, []contract.ID{example.of.ID}, func(record map[string]any) error {
		for _, name := range sortedKeys(want) {
			got, _ := oracle.Lookup(record, name)
			if err := oracle.ExpectRecords(name, listed(got), listed(want[name]), false); err != nil {
				return err
			}
		}
		return nil
	})
}

// derived are what a reading must show of what was sent, by the promise, where no data says
// it.
var derived = map[string]func(sent map[string]any) (map[string]any, error){"common-name-is-of-the-subject": commonName}

// commonName is what a reading of a certificate must show of its subject.
func commonName(sent map[string]any) (map[string]any, error) {
	block, _ := pem.Decode([]byte(text(sent["public_certificate"])))
	if block == nil {
		return nil, errors.New("the certificate that was sent is no PEM")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	return map[string]any{"common_name": certificate.Subject.CommonName}, nil
}

// listed are the texts of a list, or of one value.
func listed(v any) []string {
	list, is := v.([]any)
	if !is {
		return []string{text(v)}
	}
	var all []string
	for _, e := range list {
		all = append(all, fmt.Sprint(e))
	}
	return all
}

// leavesAlone wants the members to be as they were that examples of the same request keep.
func (p *player) leavesAlone(ctx context.Context, c Call, before map[string]any) error {
	for _, e := range p.examples() {
		if len(e.Keeps) == 0 || !p.sameCall(e, c) {
			continue
		}
		err := p.verifies(ctx, []contract.ID{e.of.ID}, func(record map[string]any) error {
			was, is := map[string]any{}, map[string]any{}
			for _, name := range e.Keeps {
				was[name], is[name] = before[name], record[name]
			}
			return oracle.ExpectSame(p.resource.FieldsIn(p.release), was, is)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sameCall reports whether an example is what a call asks for.
func (m *model) sameCall(e example, c Call) bool {
	return e.Operation == c.Operation && slices.Equal(e.Without, c.Lack) && oracle.Equal(m.setOf(e.Set), c.Set)
}
