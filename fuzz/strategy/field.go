package strategy

import (
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
)

// The functions of this file choose the fields that a fault can be made in.

// settable are the fields that a body of the operation may have. The fields that
// carry the mark of the run stay as they are in a creation, or nothing would
// tell whose the object is; so does the SVM, which the hand has to itself.
func settable(m *Model, o *contract.Operation) []*contract.Field {
	return m.with(func(f *contract.Field) bool {
		switch {
		case f.Type == contract.Object || f.Unread != "" || f.Unsent != "" || strings.HasPrefix(f.Name, "svm"):
			return false
		case o.Effect == contract.Create:
			return !m.IsMarked(f.Name) && f.Access == contract.ReadWrite
		}
		return f.Access == contract.ReadWrite || f.Access == contract.PatchOnly
	})
}

func settableWith(m *Model, o *contract.Operation, keep func(*contract.Field) bool) []*contract.Field {
	return slices.DeleteFunc(settable(m, o), func(f *contract.Field) bool { return !keep(f) })
}

func TextFields(m *Model, o *contract.Operation) []*contract.Field {
	return settableWith(m, o, func(f *contract.Field) bool { return f.Type == contract.String && len(f.Enum) == 0 })
}

func numberFields(m *Model, o *contract.Operation) []*contract.Field {
	return settableWith(m, o, func(f *contract.Field) bool { return f.Type == contract.Integer })
}

// svmOfCreation is the field that names the SVM of a creation.
func svmOfCreation(m *Model, o *contract.Operation) []*contract.Field {
	if o.Effect != contract.Create {
		return nil
	}
	return m.with(func(f *contract.Field) bool { return f.Name == "svm" })
}

func enumerations(m *Model, o *contract.Operation) []*contract.Field {
	return settableWith(m, o, func(f *contract.Field) bool { return len(f.Enum) > 0 })
}

func plainFields(m *Model, o *contract.Operation) []*contract.Field {
	return settableWith(m, o, func(f *contract.Field) bool { return f.Type != contract.Array })
}

// requiredFields are those whose lack must be refused, and whose lack leaves
// another field with the mark.
func requiredFields(m *Model, o *contract.Operation) []*contract.Field {
	if o.Effect != contract.Create {
		return nil
	}
	var all []*contract.Field
	for _, p := range o.Required {
		f := m.Field(p.AnyOf[0])
		if !p.Assert || !p.Covers(m.Release) || f == nil || len(m.About("creation-without-required-is-refused", f.Name)) == 0 || len(m.Kind.Marks) == 1 && m.IsMarked(f.Name) {
			continue
		}
		all = append(all, f)
	}
	return all
}

// readOnlyFields are those that no client sets. Members of objects are set by
// the name of the object.
func readOnlyFields(m *Model, o *contract.Operation) []*contract.Field {
	promise := "change-refuses-read-only"
	if o.Effect == contract.Create {
		promise = "creation-refuses-read-only"
	}
	if len(m.Of(promise)) == 0 {
		return nil
	}
	return m.with(func(f *contract.Field) bool {
		return f.Access == contract.ReadOnly && f.Type != contract.Array && !strings.Contains(f.Name, ".")
	})
}

// ofAnotherMethod are the fields that only the other of creation and change may
// set.
func ofAnotherMethod(m *Model, o *contract.Operation) []*contract.Field {
	if o.Effect == contract.Create {
		return m.with(func(f *contract.Field) bool {
			return f.Access == contract.PatchOnly && len(m.About("creation-refuses-change-only", f.Name)) > 0
		})
	}
	if len(m.Of("change-refuses-create-only")) == 0 {
		return nil
	}
	return m.with(func(f *contract.Field) bool {
		return f.Access == contract.CreateOnly && f.Type == contract.String && f.Unsent == "" && (f.Patchable == nil || !f.Patchable.Covers(m.Release))
	})
}
