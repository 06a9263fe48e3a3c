package strategy

import (
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
)

// DealCredentials gives a change credentials of another kind each turn, where there are
// several.
func DealCredentials(t *rapid.T, m *Model, c plan.Call, turn int) {
	for _, p := range m.Operation(contract.Create).Required {
		for i, name := range p.AnyOf {
			if len(p.AnyOf) < 2 || !p.Covers(m.Release) || !m.IsSecret(name) || strings.Contains(name, ".") {
				continue
			}
			if delete(c.Set, name); i == turn%len(p.AnyOf) {
				c.Set[name] = ValueOf(m, m.Field(name)).Draw(t, name)
			}
		}
	}
}

// IsCredential reports whether a property is what a target asks for to believe whose the
// object is.
func (m *Model) IsCredential(name string) bool {
	return m.IsSecret(name) && slices.ContainsFunc(m.Operation(contract.Create).Required, func(p contract.RequiredField) bool { return slices.Contains(p.AnyOf, name) })
}

// unshown are the secrets that a change may set beside the credentials.
func (m *Model) unshown() []*contract.Field {
	o := m.Operation(contract.Change)
	return m.with(func(f *contract.Field) bool {
		return f.Access == contract.WriteOnly && f.Unsent == "" && !m.IsCredential(f.Name) && slices.Contains(o.Optional, f.Name)
	})
}

// MovesAlone reports whether the identity in a change needs no new credentials.
func (m *Model) MovesAlone(set map[string]any) bool {
	for name := range set {
		if m.IsMarked(name) && len(m.About("change-needs-no-credentials", name)) == 0 {
			return false
		}
	}
	return true
}

// addCredentials adds new credentials of the kind that a creation requires, or of
// another kind that can stand in their place.
func addCredentials(t *rapid.T, m *Model, c *plan.Call) {
	for _, p := range m.Operation(contract.Create).Required {
		if !p.Covers(m.Release) {
			continue
		}
		name := Pick(t, "credential", p.AnyOf)
		if f := m.Field(name); f != nil && f.Access == contract.WriteOnly && !strings.Contains(name, ".") { // as in chooses
			c.Set[name] = ValueOf(m, f).Draw(t, name)
		}
	}
	for _, f := range m.changed { // an identity that is of no use without its secret
		if m.IsMarked(f.Name) && len(m.About("change-needs-no-credentials", f.Name)) == 0 {
			c.Set[f.Name] = ValueOf(m, f).Draw(t, f.Name)
		}
	}
}

// dropCertificates gives a creation the credentials of a complete body in place of a
// certificate: features cannot have one in the text of a body.
func dropCertificates(m *Model, c *plan.Call) {
	for _, name := range slices.Sorted(maps.Keys(c.Set)) {
		if plan.IsCertificate(c.Set[name]) {
			delete(c.Set, name)
			c.Lack = slices.DeleteFunc(c.Lack, func(other string) bool { return slices.Contains(m.alternatives(name), other) })
		}
	}
}

// alternatives are the properties of which a creation needs one, and which all
// have to be left out.
func (m *Model) alternatives(field string) []string {
	for _, p := range m.Operation(contract.Create).Required {
		if p.Covers(m.Release) && slices.Contains(p.AnyOf, field) {
			return p.AnyOf
		}
	}
	return []string{field}
}

// Chooses gives a creation other credentials than a complete body has, in their place, if it
// is to have others. What is within an object makes another sort of thing, and is left alone.
func Chooses(t *rapid.T, m *Model, c *plan.Call, others bool) {
	for _, p := range m.Operation(contract.Create).Required {
		for _, name := range p.AnyOf[1:] {
			if others && p.Covers(m.Release) && m.IsSecret(p.AnyOf[0]) && m.IsSecret(name) && !strings.Contains(name, ".") {
				c.Set[name] = ValueOf(m, m.Field(name)).Draw(t, name)
			}
		}
	}
	withoutAlternatives(m, c)
}

func (m *Model) IsSecret(name string) bool {
	f := m.Field(name)
	return f != nil && f.Access == contract.WriteOnly && f.Unsent == ""
}

// withoutAlternatives leaves out of a creation what a property that it sets
// stands in place of.
func withoutAlternatives(m *Model, c *plan.Call) {
	for _, p := range m.Operation(contract.Create).Required {
		for _, name := range slices.Backward(p.AnyOf) { // the first is that of a complete body, and may be set to another value
			if _, set := c.Set[name]; !set || !p.Covers(m.Release) {
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

// excludes reports whether two properties stand in place of each other, so that no
// complete request has both.
func (m *Model) excludes(one, other string) bool {
	for _, p := range m.Operation(contract.Create).Required {
		if p.Covers(m.Release) && slices.Contains(p.AnyOf, one) && slices.Contains(p.AnyOf, other) {
			return true
		}
	}
	return false
}
