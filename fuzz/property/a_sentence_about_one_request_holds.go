package property

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var aSentenceAboutOneRequestHolds = &Property{
	Name: "a-sentence-about-one-request-holds", Writes: true,
	Says:        "What a sentence of the documents says of one request is what comes of it, and a refusal leaves no trace.",
	rows:        func(m *strategy.Model) []contract.ID { return strategy.IDsOf(strategy.Examples(m)) },
	conventions: []contract.ID{"API-FAULT-01"},
	fits:        func(m *strategy.Model) bool { return len(strategy.Examples(m)) > 0 },
	Deck:        dealExamples, play: playExample, scenario: tellExample,
}

// exampleOf returns the example that a call is, or nil. Findings of older versions of ours
// name it by something else than the requirement: what it asks for tells it then.
func exampleOf(m *strategy.Model, c plan.Call) *strategy.PromisedRequest {
	all := strategy.Examples(m)
	named := slices.IndexFunc(all, func(e strategy.PromisedRequest) bool {
		return string(e.Of.ID) == c.Field && slices.Equal(e.Without, c.Lack)
	})
	if named < 0 {
		named = slices.IndexFunc(all, func(e strategy.PromisedRequest) bool { return sameCall(m, e, c) })
	}
	if named < 0 {
		return nil
	}
	return &all[named]
}

// dealExamples goes through the creations, each alone, and through what is asked of one
// object, by turns.
func dealExamples(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	var creations, changes []plan.Call
	for _, e := range strategy.Examples(m) {
		c := strategy.CallOf(m, e.Example)
		c.Fault, c.Field = "special", string(e.Of.ID)
		if m.Catalogue.Operation(e.Operation).Effect == contract.Create {
			creations = append(creations, c)
		} else {
			changes = append(changes, c)
		}
	}
	return strategy.ByTurns(m, creations, changes)
}

func playExample(ctx context.Context, p *player) error {
	if len(p.calls) == 0 || p.calls[0].Fault != "" {
		return exampleCreations(ctx, p)
	}
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	for _, c := range p.calls[1:] {
		if ok, err := exampleChange(ctx, p, c); err != nil || !ok {
			return err
		}
	}
	return nil
}

// exampleCreations sends creations, and deletes each that succeeds before the next.
func exampleCreations(ctx context.Context, p *player) error {
	for _, c := range p.calls {
		example := exampleOf(p.m, c)
		if example == nil {
			continue // a row that is gone
		}
		t, e, err := p.create(ctx, c)
		if err != nil {
			return err
		}
		if ok, err := isAsSaid(p, e, example); err != nil || !ok {
			return err
		}
		if e.Failed() {
			if err := madeNothing(ctx, p); err != nil {
				return err
			}
			continue
		}
		if p.object = t; t.UUID == "" || p.m.Operation(contract.Delete) == nil {
			return nil
		}
		if err := showsSaid(ctx, p, example, e); err != nil {
			return err
		}
		if e, err := p.call(ctx, plan.Call{Operation: p.m.Operation(contract.Delete).ID}); err != nil || e.Failed() || testbed.Untold(e) {
			return err
		}
	}
	return nil
}

// exampleChange asks something of the object; ok is false when it is another one now than
// what is asked next may count on.
func exampleChange(ctx context.Context, p *player, c plan.Call) (ok bool, err error) {
	example := exampleOf(p.m, c)
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
	if err := leavesAlone(ctx, p, c, before); err != nil {
		return false, err
	}
	if example.Outcome == "" { // whatever the answer is
		return e.Failed(), nil
	}
	if ok, err := isAsSaid(p, e, example); err != nil || !ok {
		return false, err
	}
	if e.Failed() {
		return true, p.verifies(ctx, []contract.ID{"API-FAULT-01"}, p.sameButFor(before, nil))
	}
	return !testbed.Untold(e), showsSaid(ctx, p, example, e) // else it may come true only after the next reading
}

// isAsSaid judges whether a request succeeded or was refused as an example says; ok is false
// when it was not, or when nobody can tell.
func isAsSaid(p *player, e oracle.CallResult, example *strategy.PromisedRequest) (ok bool, err error) {
	if example.Outcome == contract.Refused {
		return e.Failed(), p.isDue(e, dueOf(p.m, e, example.Of.ID))
	}
	if err := testbed.Prevented(p.m.Catalogue, e); err != nil {
		return false, err
	}
	return !e.Failed(), p.session.Verify(e.Exchange, []contract.ID{example.Of.ID}, oracle.ExpectSuccess(e))
}

// showsSaid wants a reading to show what an example says, and what a request sent in the
// fields of it.
func showsSaid(ctx context.Context, p *player, example *strategy.PromisedRequest, e oracle.CallResult) error {
	var sent map[string]any
	if body := e.Exchange.Request.Body.Bytes(); len(body) > 0 {
		if err := json.Unmarshal(body, &sent); err != nil {
			return err // ours
		}
	}
	want := map[string]any{}
	for name, v := range strategy.SetOf(p.m, example.Reads) {
		var err error
		if want[name], err = resolve(p.session, v, p.object.UUID); err != nil {
			return err
		}
	}
	for _, name := range example.Shows {
		want[name], _ = oracle.Lookup(sent, name)
	}
	if derive := derived[example.Of.Promise]; derive != nil {
		more, err := derive(sent)
		if err != nil {
			return err // ours
		}
		maps.Copy(want, more)
	}
	if len(want) == 0 {
		return nil
	}
	return p.verifies(ctx, []contract.ID{example.Of.ID}, func(record map[string]any) error {
		for _, name := range slices.Sorted(maps.Keys(want)) {
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
	block, _ := pem.Decode([]byte(strategy.Text(sent["public_certificate"])))
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
		return []string{strategy.Text(v)}
	}
	var all []string
	for _, e := range list {
		all = append(all, fmt.Sprint(e))
	}
	return all
}

// leavesAlone wants the members to be as they were that examples of the same request keep.
func leavesAlone(ctx context.Context, p *player, c plan.Call, before map[string]any) error {
	for _, e := range strategy.Examples(p.m) {
		if len(e.Keeps) == 0 || !sameCall(p.m, e, c) {
			continue
		}
		err := p.verifies(ctx, []contract.ID{e.Of.ID}, func(record map[string]any) error {
			was, is := map[string]any{}, map[string]any{}
			for _, name := range e.Keeps {
				was[name], is[name] = before[name], record[name]
			}
			return oracle.ExpectSame(p.m.Resource.FieldsIn(p.m.Release), was, is)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sameCall reports whether an example is what a call asks for.
func sameCall(m *strategy.Model, e strategy.PromisedRequest, c plan.Call) bool {
	return e.Operation == c.Operation && slices.Equal(e.Without, c.Lack) && oracle.Equal(strategy.SetOf(m, e.Set), c.Set)
}

// tellExample wants what a requirement says of a request.
func tellExample(s *script) bool {
	if len(s.calls) > 2 || !s.asked() {
		return false
	}
	said := exampleOf(s.m, s.calls[len(s.calls)-1])
	switch {
	case s.leftNoTrace():
	case said != nil && said.Outcome != contract.Accepted:
		s.say("Then the request is refused")
	default:
		s.say("Then the request succeeds")
	}
	return true
}
