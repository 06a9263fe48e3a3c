package fuzz

import (
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
)

// The functions of this file choose the fields that a fault can be made in.

// settable are the fields that a body of the operation may have. The fields that
// carry the mark of the run stay as they are in a creation, or nothing would
// tell whose the object is; so does the SVM, which the hand has to itself.
func (m *model) settable(o *contract.Operation) []*contract.Field {
	return m.with(func(f *contract.Field) bool {
		switch {
		case f.Type == contract.Object || f.Unread != "" || f.Unsent != "" || strings.HasPrefix(f.Name, "svm"):
			return false
		case o.Effect == contract.Create:
			return !m.isMarked(f.Name) && f.Access == contract.ReadWrite
		}
		return f.Access == contract.ReadWrite || f.Access == contract.PatchOnly
	})
}

func (m *model) settableWith(o *contract.Operation, keep func(*contract.Field) bool) []*contract.Field {
	return slices.DeleteFunc(m.settable(o), func(f *contract.Field) bool { return !keep(f) })
}

func texts(m *model, o *contract.Operation) []*contract.Field {
	return m.settableWith(o, func(f *contract.Field) bool { return f.Type == contract.String && len(f.Enum) == 0 })
}

func numbers(m *model, o *contract.Operation) []*contract.Field {
	return m.settableWith(o, func(f *contract.Field) bool { return f.Type == contract.Integer })
}

// svmOfCreation is the field that names the SVM of a creation.
func svmOfCreation(m *model, o *contract.Operation) []*contract.Field {
	if o.Effect != contract.Create {
		return nil
	}
	return m.with(func(f *contract.Field) bool { return f.Name == "svm" })
}

func enumerations(m *model, o *contract.Operation) []*contract.Field {
	return m.settableWith(o, func(f *contract.Field) bool { return len(f.Enum) > 0 })
}

func plainFields(m *model, o *contract.Operation) []*contract.Field {
	return m.settableWith(o, func(f *contract.Field) bool { return f.Type != contract.Array })
}

// requiredFields are those whose lack must be refused, and whose lack leaves
// another field with the mark.
func requiredFields(m *model, o *contract.Operation) []*contract.Field {
	if o.Effect != contract.Create {
		return nil
	}
	var all []*contract.Field
	for _, p := range o.Required {
		f := m.field(p.AnyOf[0])
		if !p.Assert || !p.Covers(m.release) || f == nil || len(m.about("creation-without-required-is-refused", f.Name)) == 0 || len(m.sort.Marks) == 1 && m.isMarked(f.Name) {
			continue
		}
		all = append(all, f)
	}
	return all
}

// alternatives are the properties of which a creation needs one, and which all
// have to be left out.
func (m *model) alternatives(field string) []string {
	for _, p := range m.operation(contract.Create).Required {
		if p.Covers(m.release) && slices.Contains(p.AnyOf, field) {
			return p.AnyOf
		}
	}
	return []string{field}
}

// readOnlyFields are those that no client sets. Members of objects are set by
// the name of the object.
func readOnlyFields(m *model, o *contract.Operation) []*contract.Field {
	promise := "change-refuses-read-only"
	if o.Effect == contract.Create {
		promise = "creation-refuses-read-only"
	}
	if len(m.of(promise)) == 0 {
		return nil
	}
	return m.with(func(f *contract.Field) bool {
		return f.Access == contract.ReadOnly && f.Type != contract.Array && !strings.Contains(f.Name, ".")
	})
}

// ofAnotherMethod are the fields that only the other of creation and change may
// set.
func ofAnotherMethod(m *model, o *contract.Operation) []*contract.Field {
	if o.Effect == contract.Create {
		return m.with(func(f *contract.Field) bool {
			return f.Access == contract.PatchOnly && len(m.about("creation-refuses-change-only", f.Name)) > 0
		})
	}
	if len(m.of("change-refuses-create-only")) == 0 {
		return nil
	}
	return m.with(func(f *contract.Field) bool {
		return f.Access == contract.CreateOnly && f.Type == contract.String && f.Unsent == "" && (f.Patchable == nil || !f.Patchable.Covers(m.release))
	})
}
