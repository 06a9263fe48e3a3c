package fuzz

import (
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
)

// A model is what generators know of one sort in one release.
type model struct {
	catalogue *contract.Catalogue
	release   contract.Release
	sort      *contract.ObjectKind
	resource  *contract.Resource
	foremost  bool // whether hunts begin with it, so that what is the same everywhere shows there

	fields   []*contract.Field // of the release, in the order of the catalogue
	required []string          // of a creation
	optional []*contract.Field // that a creation may set besides, and a reading shows
	hidden   []*contract.Field // that a creation may set besides, and no reading shows
	changed  []*contract.Field // that a change may set and a reading shows
	shown    []*contract.Field // that filters and order_by may name
}

func newModel(c *contract.Catalogue, release contract.Release, sort *contract.ObjectKind) *model {
	m := &model{catalogue: c, release: release, sort: sort, resource: sort.Resource}
	for _, f := range m.resource.Fields {
		if f.Covers(release) && !inArray(m.resource, f) {
			m.fields = append(m.fields, f)
		}
	}
	if o := m.operation(contract.Create); o != nil {
		for _, p := range o.Required {
			if p.Covers(release) {
				m.required = append(m.required, p.AnyOf...)
			}
		}
		for _, name := range o.Optional {
			m.addOptional(m.field(name))
		}
	}
	if o := m.operation(contract.Change); o != nil {
		for _, name := range o.Optional {
			if f := m.field(name); f != nil && (f.Access == contract.ReadWrite || f.Access == contract.PatchOnly) && f.Unread == "" && f.Unsent == "" && !refers(f) {
				m.changed = append(m.changed, f)
			}
		}
	}
	for _, f := range m.fields {
		if f.Access != contract.WriteOnly && !f.Advanced && f.Unread == "" && f.Type != contract.Object && f.Type != contract.Array && !strings.Contains(f.Name, "_links") {
			m.shown = append(m.shown, f)
		}
	}
	return m
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
func (m *model) addOptional(f *contract.Field) {
	switch {
	case f == nil || f.Unsent != "" || f.Unread != "":
	case f.Access == contract.ReadWrite && !m.isMarked(f.Name):
		m.optional = append(m.optional, f)
	case f.Access == contract.WriteOnly:
		m.hidden = append(m.hidden, f)
	}
}

// field returns the field of that name in the release, or nil.
func (m *model) field(name string) *contract.Field { return m.resource.Field(name, m.release) }

// operation returns the operation with an effect that the release has, or nil.
// Of several that start work the first is meant.
func (m *model) operation(e contract.Effect) *contract.Operation {
	for _, o := range m.resource.Operations {
		if o.Effect == e && o.Covers(m.release) {
			return o
		}
	}
	return nil
}

// acts are the operations that start work on an object.
func (m *model) acts() []*contract.Operation {
	var all []*contract.Operation
	for _, o := range m.resource.Operations {
		if o.Effect == contract.Act && o.Covers(m.release) {
			all = append(all, o)
		}
	}
	return all
}

// worksOnKeys reports whether the resource has operations that start work in any release.
func (m *model) worksOnKeys() bool {
	return slices.ContainsFunc(m.resource.Operations, func(o *contract.Operation) bool { return o.Effect == contract.Act })
}

// rekey is the operation that changes the external key, or nil.
func (m *model) rekey() *contract.Operation {
	for _, o := range m.acts() {
		if m.sort.Actions[o.ID] != nil && len(m.ofAct("rekey-is-started", o)) > 0 {
			return o
		}
	}
	return nil
}

// with returns the fields that keep says yes to.
func (m *model) with(keep func(*contract.Field) bool) []*contract.Field {
	var all []*contract.Field
	for _, f := range m.fields {
		if keep(f) {
			all = append(all, f)
		}
	}
	return all
}

func names(fields []*contract.Field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.Name)
	}
	return all
}
