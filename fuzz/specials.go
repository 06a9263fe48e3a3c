package fuzz

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// specialProperties speak of single requests that a sentence of the documents is about.
var specialProperties = []Property{
	{
		Name: "a-sentence-about-one-request-holds", Writes: true,
		Says:        "What a sentence of the documents says of one request is what comes of it, and a refusal leaves no trace.",
		promises:    specialRoles(),
		conventions: []contract.ID{"API-FAULT-01"},
		fits:        func(m *model) bool { return len(m.specials()) > 0 },
		deck:        dealSpecials, play: playSpecial, scenario: tellSpecial,
	},
}

// A special is what a sentence says of one request, where neither a table of codes
// nor the type of a field does.
type special struct {
	about  string                                            // what the sentence begins with
	effect contract.Effect                                   // of the operation: a creation, a change, or work on keys
	work   string                                            // what the path of the work ends with; "" for what is no work
	set    map[string]any                                    // over a complete creation, or all of a change
	lack   []string                                          // of a complete creation
	kept   bool                                              // whether the request must succeed; else it must be refused
	codes  []string                                          // one of which a refusal must have, beside the status 400; nil for any refusal
	shows  []string                                          // fields that a reading must show as they were sent
	leaves string                                            // the member that must not change, whatever the answer is; "" for none
	also   string                                            // what the sentence that says so begins with, if it is another one
	is     map[string]any                                    // what a reading must show besides
	of     func(sent map[string]any) (map[string]any, error) // what a reading must show, of what was sent; nil for nothing
}

const withoutAny = "A creation without server CA certificates, without a client certificate or without key servers is refused"

var specials = []special{
	{about: "A creation for an SVM that does not exist is refused with 400", effect: contract.Create, set: map[string]any{"svm": map[string]any{"name": tokenWord + "-no-such-svm"}},
		codes: []string{"2621462", "1260882", "2621471", "2621519", "2621706", "2", "4"}},
	{about: "A certificate of an authority can be installed as a server_ca certificate", effect: contract.Create, set: map[string]any{"type": "server_ca"}, lack: []string{"private_key"}, kept: true},
	{about: "The scope of the external key manager of a data SVM is svm", effect: contract.Create, kept: true, is: map[string]any{"scope": "svm"}},
	{about: "A creation needs no credentials.", effect: contract.Create, lack: []string{"access_key_id", "secret_access_key"}, kept: true},
	{about: "A client certificate, a server CA certificate and a key server configure an external key manager", effect: contract.Create, kept: true},
	{about: "An external key manager shows the certificates and the key servers", effect: contract.Create, kept: true,
		shows: []string{"external.client_certificate.uuid", "external.server_ca_certificates.uuid", "external.servers.server"}},
	{about: "An external key manager can be configured with four key servers", effect: contract.Create, set: map[string]any{"external.servers": keyServers("a", "b", "c", "d")}, kept: true,
		shows: []string{"external.servers.server"}},
	{about: "A key server that was given without a port shows the port 5696", effect: contract.Create, set: map[string]any{"external.servers": []any{map[string]any{"server": "a." + tokenWord + ".example"}}}, kept: true,
		is: map[string]any{"external.servers.server": []any{serverOf("a")}}},
	{about: "The common name of a certificate is that of its subject", effect: contract.Create, kept: true, of: commonName},
	{about: withoutAny, effect: contract.Create, lack: []string{"external.server_ca_certificates"}},
	{about: withoutAny, effect: contract.Create, lack: []string{"external.client_certificate"}},
	{about: withoutAny, effect: contract.Create, lack: []string{"external.servers"}},
	{about: "A creation that is both onboard and external is refused", effect: contract.Create, set: map[string]any{"onboard.passphrase": saidValue("(new passphrase)")}},
	{about: "The server CA certificates of an external key manager can be changed", effect: contract.Change, set: map[string]any{"external.server_ca_certificates": saidValue("(second CA certificate)")}, kept: true,
		shows: []string{"external.server_ca_certificates.uuid"}},
	{about: "The client certificate can be replaced by one of the same key pair", effect: contract.Change, set: map[string]any{"external.client_certificate.uuid": saidValue("(renewed client certificate)")}, kept: true,
		shows: []string{"external.client_certificate.uuid"}},
	{about: "The key servers are refused in a change", effect: contract.Change, set: map[string]any{"external.servers": keyServers("other")}},
	{about: "A client certificate of another key pair is refused in a change", effect: contract.Change, set: map[string]any{"external.client_certificate.uuid": saidValue("(client certificate of another key)")}},
	{about: "A change to a certificate that is not installed is refused", effect: contract.Change, // with one that is, which must not be taken alone
		set: map[string]any{"external.server_ca_certificates": saidValue("(second CA certificate)"), "external.client_certificate.uuid": saidValue("(uuid)")}},
	{about: "key_id is refused in a change", effect: contract.Change, set: map[string]any{"key_id": saidValue("(key)")}, leaves: "key_id", also: "key_id never changes by a change"},
	{about: "key_id never changes by a change", effect: contract.Change, set: map[string]any{"key_id": saidValue("(key)")}, leaves: "key_id"},
	{about: "key_id can be changed", effect: contract.Change, set: map[string]any{"key_id": saidValue("(key)")}, kept: true},
	{about: "skip_verification is accepted in a change", effect: contract.Change, set: map[string]any{"skip_verification": true, "client_secret": secretValue("FUZZ_CLIENT_SECRET")}, kept: true},
	{about: "The keys of an external key manager can be restored", effect: contract.Act, work: "/restore", kept: true},
	{about: "A restore from a key server that is not configured is refused", effect: contract.Act, work: "/restore", set: map[string]any{"key_server": "nobody." + tokenWord + ".example:5696"}},
	{about: "A migration to a key manager that does not exist is refused", effect: contract.Act, work: "/migrate", set: map[string]any{"uuid": saidValue("(uuid)")}},
	{about: "A migration to the source itself is refused", effect: contract.Act, work: "/migrate", set: map[string]any{"uuid": uuidWord}},
	{about: "skip_verify without an access_key_id is refused", effect: contract.Change, set: map[string]any{"skip_verify": true}},
	{about: "skip_verify beside the credentials is accepted", effect: contract.Change, kept: true,
		set: map[string]any{"access_key_id": tokenWord + "-access", "secret_access_key": secretValue("FUZZ_SECRET_ACCESS_KEY"), "skip_verify": true}},
}

// role is the promise of a sentence.
func (s *special) role() role { return saidOfSpecials[s.about] }

// saidOfSpecials are made once: what is known of a role is kept for as long as the process
// lives.
var saidOfSpecials = func() map[string]role {
	all := map[string]role{}
	for _, s := range specials {
		all[s.about] = says("^" + regexp.QuoteMeta(s.about))
	}
	return all
}()

func specialRoles() []role {
	var all []role
	for i := range specials {
		all = append(all, specials[i].role())
	}
	return all
}

// specials are those that the resource has the sentence of.
func (m *model) specials() []*special {
	var all []*special
	for i := range specials {
		if len(m.of(specials[i].role())) > 0 && m.operationOf(&specials[i]) != nil {
			all = append(all, &specials[i])
		}
	}
	return all
}

// operationOf is the operation that a special is about, or nil.
func (m *model) operationOf(s *special) *contract.Operation {
	if s.work == "" {
		return m.operation(s.effect)
	}
	for _, o := range m.acts() {
		if strings.HasSuffix(o.Path, s.work) {
			return o
		}
	}
	return nil
}

// specialCalled returns the special of a sentence, or nil.
func specialCalled(about string) *special {
	for i := range specials {
		if specials[i].about == about {
			return &specials[i]
		}
	}
	return nil
}

// dealSpecials goes through the creations, each alone, and through the changes of one
// object, by turns.
func dealSpecials(m *model) func(int) *rapid.Generator[Case] {
	var creations, changes []Call
	for _, s := range m.specials() {
		c := Call{Operation: m.operationOf(s).ID, Set: s.set, Lack: s.lack, Fault: "special", Field: s.about}
		if s.effect == contract.Create {
			creations = append(creations, c)
		} else {
			changes = append(changes, c)
		}
	}
	return m.byTurns(creations, changes)
}

func playSpecial(ctx context.Context, p *player) error {
	if len(p.calls) == 0 || p.calls[0].Fault != "" {
		return p.specialCreations(ctx)
	}
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	for _, c := range p.calls[1:] {
		if ok, err := p.specialChange(ctx, c); err != nil || !ok {
			return err
		}
	}
	return nil
}

// specialCreations sends creations, and deletes each that succeeds before the next.
func (p *player) specialCreations(ctx context.Context) error {
	for _, c := range p.calls {
		s := specialCalled(c.Field)
		if s == nil {
			continue // of a later version of ours
		}
		t, e, err := p.create(ctx, c)
		if err != nil {
			return err
		}
		if ok, err := p.isAsSaid(e, s); err != nil || !ok {
			return err
		}
		if e.Failed() {
			if err := p.madeNothing(ctx); err != nil {
				return err
			}
			continue
		}
		if p.thing = t; t.Path() == "" || p.operation(contract.Delete) == nil {
			return nil
		}
		if err := p.showsSaid(ctx, s, e); err != nil {
			return err
		}
		if e, err := p.call(ctx, Call{Operation: p.operation(contract.Delete).ID}); err != nil || e.Failed() || p.hand.Untold(e) {
			return err
		}
	}
	return nil
}

// specialChange makes a change; ok is false when the object is another one now than
// the next change may count on.
func (p *player) specialChange(ctx context.Context, c Call) (ok bool, err error) {
	s := specialCalled(c.Field)
	if s == nil {
		return true, nil // of a later version of ours
	}
	before, err := p.reads(ctx)
	if err != nil {
		return false, err
	}
	e, err := p.call(ctx, c)
	if err != nil {
		return false, err
	}
	if err := p.leavesAlone(ctx, s, before); err != nil {
		return false, err
	}
	if s.leaves != "" && s.also == "" { // whatever the answer is
		return e.Failed(), nil
	}
	if ok, err := p.isAsSaid(e, s); err != nil || !ok {
		return false, err
	}
	if e.Failed() {
		return true, p.verifies(ctx, []contract.ID{"API-FAULT-01"}, p.sameButFor(before, nil))
	}
	return true, p.showsSaid(ctx, s, e)
}

// isAsSaid judges whether a request succeeded or was refused as its sentence says; ok
// is false when it was not, or when nobody can tell.
func (p *player) isAsSaid(e oracle.Ending, s *special) (ok bool, err error) {
	ids := p.of(s.role())
	if !s.kept {
		d := due{ids: ids, codes: s.codes}
		if s.codes != nil {
			d.status = []int{400}
		}
		return e.Failed(), p.isDue(e, d)
	}
	if err := p.hand.Prevented(e); err != nil {
		return false, err
	}
	return !e.Failed(), p.hand.Verify(e.Exchange, ids, oracle.ExpectSuccess(e))
}

// showsSaid wants a reading to show what a sentence says, and what a request sent in the
// fields of it.
func (p *player) showsSaid(ctx context.Context, s *special, e oracle.Ending) error {
	var sent map[string]any
	if body := e.Exchange.Request.Body.Bytes(); len(body) > 0 {
		if err := json.Unmarshal(body, &sent); err != nil {
			return err // ours
		}
	}
	want := map[string]any{}
	for name, v := range s.is {
		var err error
		if want[name], err = resolve(p.hand, v, p.thing.UUID()); err != nil {
			return err
		}
	}
	for _, name := range s.shows {
		want[name], _ = oracle.Lookup(sent, name)
	}
	if s.of != nil {
		more, err := s.of(sent)
		if err != nil {
			return err // ours
		}
		maps.Copy(want, more)
	}
	if len(want) == 0 {
		return nil
	}
	return p.verifies(ctx, p.of(s.role()), func(record map[string]any) error {
		for _, name := range sortedKeys(want) {
			got, _ := oracle.Lookup(record, name)
			if err := oracle.ExpectRecords(name, listed(got), listed(want[name]), false); err != nil {
				return err
			}
		}
		return nil
	})
}

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

// leavesAlone wants the member that a sentence speaks of to be as it was.
func (p *player) leavesAlone(ctx context.Context, s *special, before map[string]any) error {
	if s.leaves == "" {
		return nil
	}
	r := s.role()
	if s.also != "" {
		r = saidOfSpecials[s.also]
	}
	return p.verifies(ctx, p.of(r), func(record map[string]any) error {
		return oracle.ExpectSame(p.resource.FieldsIn(p.release), map[string]any{s.leaves: before[s.leaves]}, map[string]any{s.leaves: record[s.leaves]})
	})
}
