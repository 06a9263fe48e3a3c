package property

import (
	"context"
	"net/http"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var aCertificateInUseStaysUntilItIsFree = &Property{
	Name: "a-certificate-in-use-stays-until-it-is-free", Writes: true,
	Says:        "The certificates of an external key manager cannot be deleted before the key manager is.",
	conventions: []contract.ID{"CERT-DELETE-04", "CERT-DELETE-3735683", "CERT-DELETE-05"},
	fits: func(m *strategy.Model) bool {
		return m.Field(usedCertificates[0]) != nil && m.Operation(contract.Create) != nil && m.Operation(contract.Delete) != nil
	},
	draw: drawUse, play: playUse,
}

// usedCertificates are the fields that name certificates.
var usedCertificates = []string{"external.client_certificate.uuid", "external.server_ca_certificates.uuid"}

// drawUse draws a key manager and its deletion.
func drawUse(m *strategy.Model) *rapid.Generator[plan.Case] {
	return strategy.Cases(func(t *rapid.T) []plan.Call {
		return []plan.Call{strategy.Creation(t, m, 1), {Operation: m.Operation(contract.Delete).ID}}
	})
}

func playUse(ctx context.Context, p *player) error {
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	var used []wire.Request
	for _, name := range usedCertificates {
		uuids, _ := oracle.Lookup(p.object.Sent, name)
		for _, uuid := range listed(uuids) {
			used = append(used, wire.Request{Method: http.MethodDelete, Path: "/api/security/certificates/" + uuid})
		}
	}
	for _, r := range used {
		if free, err := inUse(ctx, p, r); err != nil || free {
			return err
		}
	}
	e, err := p.call(ctx, p.calls[1])
	if err != nil || e.Failed() || testbed.Untold(e) {
		return err
	}
	for _, r := range used {
		e, err := p.session.Send(ctx, r)
		if err == nil {
			err = testbed.Prevented(p.m.Catalogue, e)
		}
		if err != nil {
			return err
		}
		if err := p.session.Verify(e.Exchange, []contract.ID{"CERT-DELETE-05"}, oracle.ExpectSuccess(e)); err != nil {
			return err
		}
	}
	return nil
}

// inUse wants a deletion to be refused; free is true where it was not, or where nobody can
// tell.
func inUse(ctx context.Context, p *player, deletion wire.Request) (free bool, err error) {
	e, err := p.session.Send(ctx, deletion)
	if err != nil {
		return false, err
	}
	if err := p.isDue(e, strategy.Due{IDs: []contract.ID{"CERT-DELETE-04"}}); err != nil {
		return false, err
	}
	row := p.m.Catalogue.Requirement("CERT-DELETE-3735683").Row
	return !e.Failed(), p.isDue(e, strategy.Due{IDs: []contract.ID{row.ID}, Codes: row.Codes()})
}
