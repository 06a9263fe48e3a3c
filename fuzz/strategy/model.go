package strategy

import (
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
)

// MarkForemost marks the first of those with the most fields, and no other.
func MarkForemost(all []*Model) {
	for _, m := range all {
		m.Foremost = false
	}
	if len(all) > 0 {
		slices.MaxFunc(all, func(a, b *Model) int { return len(a.Fields) - len(b.Fields) }).Foremost = true
	}
}

// A Model is what generators know of one sort in one release.
type Model struct {
	Catalogue *contract.Catalogue
	Release   contract.Release
	Kind      *contract.ObjectKind
	Resource  *contract.Resource
	Foremost  bool // whether hunts begin with it, so that what is the same everywhere shows there

	Fields   []*contract.Field // of the release, in the order of the catalogue
	required []string          // of a creation
	Optional []*contract.Field // that a creation may set besides, and a reading shows
	Hidden   []*contract.Field // that a creation may set besides, and no reading shows
	changed  []*contract.Field // that a change may set and a reading shows
	Shown    []*contract.Field // that filters and order_by may name
}

// NewModel returns what is known of a kind of objects in a release.
func NewModel(c *contract.Catalogue, release contract.Release, kind *contract.ObjectKind) *Model {
	m := &Model{Catalogue: c, Release: release, Kind: kind, Resource: kind.Resource}
	for _, f := range m.Resource.Fields {
		if f.Covers(release) && !inArray(m.Resource, f) {
			m.Fields = append(m.Fields, f)
		}
	}
	m.Shown = m.with(isShown)
	if o := m.Operation(contract.Create); o != nil {
		addCreation(m, o)
	}
	if o := m.Operation(contract.Change); o != nil {
		for _, name := range o.Optional {
			if f := m.Field(name); f != nil && isChanged(f) {
				m.changed = append(m.changed, f)
			}
		}
	}
	return m
}

// addCreation keeps what a creation requires, and what it may set besides.
func addCreation(m *Model, o *contract.Operation) {
	for _, p := range o.Required {
		if p.Covers(m.Release) {
			m.required = append(m.required, p.AnyOf...)
		}
	}
	for _, name := range o.Optional {
		addOptional(m, m.Field(name))
	}
}

// isShown reports whether filters and orders may name a field.
func isShown(f *contract.Field) bool {
	return f.Access != contract.WriteOnly && !f.Advanced && f.Unread == "" && f.Type != contract.Object && f.Type != contract.Array && !strings.Contains(f.Name, "_links")
}

// isChanged reports whether a change may set a field that a reading shows.
func isChanged(f *contract.Field) bool {
	return (f.Access == contract.ReadWrite || f.Access == contract.PatchOnly) && f.Unread == "" && f.Unsent == "" && !refers(f)
}

// refers reports whether a value says which other object is meant, so that not
// every one will do.
func refers(f *contract.Field) bool {
	return f.Type == contract.Array || strings.HasSuffix(f.Name, ".uuid")
}

// inArray reports whether a field is one of the elements of an array, whose names
// say nothing about how a body is written.
func inArray(r *contract.Resource, f *contract.Field) bool {
	return slices.ContainsFunc(r.Fields, func(holder *contract.Field) bool {
		return holder.Type == contract.Array && strings.HasPrefix(f.Name, holder.Name+".")
	})
}

// addOptional keeps a field that a creation may set by itself. What can only be
// set on creation goes with parameters of its own, and is left out.
func addOptional(m *Model, f *contract.Field) {
	switch {
	case f == nil || f.Unsent != "" || f.Unread != "":
	case f.Access == contract.ReadWrite && !m.IsMarked(f.Name):
		m.Optional = append(m.Optional, f)
	case f.Access == contract.WriteOnly:
		m.Hidden = append(m.Hidden, f)
	}
}

// Field returns the field of that name in the release, or nil.
func (m *Model) Field(name string) *contract.Field { return m.Resource.Field(name, m.Release) }

// Operation returns the operation with an effect that the release has, or nil.
// Of several that start work the first is meant.
func (m *Model) Operation(e contract.Effect) *contract.Operation {
	for _, o := range m.Resource.Operations {
		if o.Effect == e && o.Covers(m.Release) {
			return o
		}
	}
	return nil
}

// Acts are the operations that start work on an object.
func (m *Model) Acts() []*contract.Operation {
	var all []*contract.Operation
	for _, o := range m.Resource.Operations {
		if o.Effect == contract.Act && o.Covers(m.Release) {
			all = append(all, o)
		}
	}
	return all
}

// WorksOnKeys reports whether the resource has operations that start work in any release.
func (m *Model) WorksOnKeys() bool {
	return slices.ContainsFunc(m.Resource.Operations, func(o *contract.Operation) bool { return o.Effect == contract.Act })
}

// Rekey is the operation that changes the external key, or nil.
func (m *Model) Rekey() *contract.Operation {
	for _, o := range m.Acts() {
		if m.Kind.Actions[o.ID] != nil && len(m.OfAct("rekey-is-started", o)) > 0 {
			return o
		}
	}
	return nil
}

// with returns the fields that keep says yes to.
func (m *Model) with(keep func(*contract.Field) bool) []*contract.Field {
	var all []*contract.Field
	for _, f := range m.Fields {
		if keep(f) {
			all = append(all, f)
		}
	}
	return all
}

func Names(fields []*contract.Field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.Name)
	}
	return all
}

func HasChange(m *Model) bool { return m.Operation(contract.Change) != nil && len(m.Plain()) > 0 }

// Of returns the requirements of the resource that make a promise.
func (m *Model) Of(slug string) []contract.ID { return m.Resource.Promised(slug, m.Release) }

// About returns those that make it about a field.
func (m *Model) About(slug, field string) []contract.ID {
	return m.Resource.PromisedAbout(slug, field, m.Release)
}

// OfAct returns those that make it about an operation that starts work.
func (m *Model) OfAct(slug string, o *contract.Operation) []contract.ID {
	return slices.DeleteFunc(m.Of(slug), func(id contract.ID) bool { return m.Catalogue.Requirement(id).Operation != o.ID })
}

// FieldsOf returns the fields that the requirements are about that make a promise.
func (m *Model) FieldsOf(slug string) []string {
	var all []string
	for _, id := range m.Of(slug) {
		all = append(all, m.Catalogue.Requirement(id).Fields...)
	}
	return all
}

// RefusedBy returns the requirements that promise the refusal that a row of a table of codes
// is about: those that are about its operation and about a property of its request, as far as
// they name any.
func (m *Model) RefusedBy(row *contract.ErrorRow) []contract.ID {
	if row.Promise == "" {
		return nil
	}
	return slices.DeleteFunc(m.Of(row.Promise), func(id contract.ID) bool {
		q := m.Catalogue.Requirement(id)
		return q.Operation != "" && q.Operation != row.Operation.ID ||
			len(q.Fields) > 0 && row.Example != nil && !slices.ContainsFunc(row.Example.Properties(), q.IsAbout)
	})
}

// Advanced are the advanced properties, or the identifier where there is none.
func (m *Model) Advanced() []string {
	var all []string
	for _, f := range m.Fields {
		if f.Advanced && !strings.Contains(f.Name, ".") {
			all = append(all, f.Name)
		}
	}
	if len(all) == 0 {
		return []string{"uuid"}
	}
	return all
}

func (m *Model) IsMarked(name string) bool {
	return slices.Contains(m.Kind.Marks, name)
}
