package fuzz

import (
	"slices"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// of returns the requirements of the resource that make a promise.
func (m *model) of(slug string) []contract.ID { return m.resource.Promised(slug, m.release) }

// about returns those that make it about a field.
func (m *model) about(slug, field string) []contract.ID {
	return m.resource.PromisedAbout(slug, field, m.release)
}

// ofAct returns those that make it about an operation that starts work.
func (m *model) ofAct(slug string, o *contract.Operation) []contract.ID {
	return slices.DeleteFunc(m.of(slug), func(id contract.ID) bool { return m.catalogue.Requirement(id).Operation != o.ID })
}

// fieldsOf returns the fields that the requirements are about that make a promise.
func (m *model) fieldsOf(slug string) []string {
	var all []string
	for _, id := range m.of(slug) {
		all = append(all, m.catalogue.Requirement(id).Fields...)
	}
	return all
}

// dueOf is what a requirement wants of a refusal: one of its statuses, and one of the codes
// that go with the status that it has.
func (m *model) dueOf(e oracle.CallResult, id contract.ID) due {
	d := due{ids: []contract.ID{id}}
	for _, f := range m.catalogue.Requirement(id).Refused {
		if f.Status != 0 {
			d.status = append(d.status, f.Status)
		}
		if f.Status == 0 || e.Exchange.Response.Status == f.Status {
			d.codes = append(d.codes, f.Codes...)
		}
	}
	return d
}

// mayRefuse reports whether a requirement lets an operation be refused as it was.
func (m *model) mayRefuse(e oracle.CallResult, id contract.ID) bool {
	return e.Failed() && slices.ContainsFunc(m.catalogue.Requirement(id).Refused, func(f *contract.Refusal) bool {
		return slices.Contains(f.Codes, e.Code())
	})
}

// refusedBy returns the requirements that promise the refusal that a row of a table of codes
// is about: those that are about its operation and about a property of its request, as far as
// they name any.
func (m *model) refusedBy(row *contract.ErrorRow) []contract.ID {
	if row.Promise == "" {
		return nil
	}
	return slices.DeleteFunc(m.of(row.Promise), func(id contract.ID) bool {
		q := m.catalogue.Requirement(id)
		return q.Operation != "" && q.Operation != row.Operation.ID ||
			len(q.Fields) > 0 && row.Example != nil && !slices.ContainsFunc(row.Example.Properties(), q.IsAbout)
	})
}
