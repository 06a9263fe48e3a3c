package strategy

import (
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
)

// Moving are calls of which every change sets another value than was set before, where a
// property has so few that a draw may come twice.
func Moving(m *Model, calls []plan.Call) []plan.Call {
	now := map[string]any{}
	for _, c := range calls {
		for name, v := range c.Set {
			f := m.Field(name)
			switch {
			case f == nil || f.Type != contract.Boolean && len(f.Enum) < 2:
				continue
			case v == now[name] && f.Type == contract.Boolean:
				c.Set[name] = v != true
			case v == now[name]:
				c.Set[name] = f.Enum[(slices.Index(f.Enum, Text(v))+1)%len(f.Enum)]
			}
			now[name] = c.Set[name]
		}
	}
	return calls
}

// ChangeKinds are what a change may be about.
var ChangeKinds = []string{"all", "plain", "credentials", "identity"}

// AnyChange draws a change of plain fields, of the identity or of the credentials.
func AnyChange(t *rapid.T, m *Model) plan.Call {
	return ChangeOf(t, m, Pick(t, "kind of change", ChangeKinds), false)
}

// WholeChange draws a change of the identity, of the credentials and of the other properties
// that a case has.
func WholeChange(t *rapid.T, m *Model, check int) plan.Call {
	c := ChangeOf(t, m, "all", true)
	maps.Copy(c.Set, Paired(t, m, slices.Concat(m.unshown(), m.Plain()), check))
	DealCredentials(t, m, c, check+1) // others than a creation has, at first
	return c
}

// ChangeOf draws a change of a kind; of the identity all of it, if that is wanted.
func ChangeOf(t *rapid.T, m *Model, kind string, whole bool) plan.Call {
	c := Change(t, m, m.Plain(), 1, 3)
	if kind == "identity" || kind == "credentials" {
		c.Set = map[string]any{}
	}
	if kind == "identity" || kind == "all" {
		for _, f := range m.changed {
			if m.IsMarked(f.Name) && (kind == "all" || whole || rapid.Bool().Draw(t, f.Name)) {
				c.Set[f.Name] = ValueOf(m, f).Draw(t, f.Name)
			}
		}
	}
	if kind == "credentials" || kind == "all" || len(c.Set) == 0 || !m.MovesAlone(c.Set) {
		addCredentials(t, m, &c)
	}
	return c
}

// Apart are plain fields of which no document says that one follows another.
func (m *Model) Apart() []*contract.Field {
	return slices.DeleteFunc(m.Plain(), func(f *contract.Field) bool { return len(m.MayFollow(map[string]any{f.Name: "a"})) > 1 })
}

// Plain are the fields that a change may set alone: the identity that carries
// the mark goes with credentials.
func (m *Model) Plain() []*contract.Field {
	return slices.DeleteFunc(slices.Clone(m.changed), func(f *contract.Field) bool { return m.IsMarked(f.Name) })
}

// Creation draws a complete creation with a few optional properties.
func Creation(t *rapid.T, m *Model, most int) plan.Call {
	fields := slices.Concat(m.Optional, m.Hidden)
	c := plan.Call{Operation: m.Operation(contract.Create).ID, Set: some(t, m, "properties", fields, 0, most)}
	Chooses(t, m, &c, Pick(t, "other credentials", []bool{false, false, true}))
	return c
}

// Change draws a change of a few fields.
func Change(t *rapid.T, m *Model, fields []*contract.Field, least, most int) plan.Call {
	return plan.Call{Operation: m.Operation(contract.Change).ID, Set: some(t, m, "changes", fields, least, most)}
}

// End deletes an object, and asks for all that can be asked of one.
func End(m *Model) []plan.Call {
	remove := m.Operation(contract.Delete)
	asked := append([]*contract.Operation{remove}, m.Acts()...)
	if o := m.Operation(contract.Change); o != nil {
		asked = append(asked, o)
	}
	calls := []plan.Call{{Operation: remove.ID}}
	for _, o := range asked {
		calls = append(calls, Ask(m, o))
	}
	return calls
}

// Ask is a call of an operation on an object, with what it needs.
func Ask(m *Model, o *contract.Operation) plan.Call {
	c := plan.Call{Operation: o.ID}
	switch {
	case o.Effect == contract.Change:
		c.Set = map[string]any{}
		if texts := TextFields(m, o); len(texts) > 0 {
			c.Set[texts[0].Name] = "a"
		} else if numbers := numberFields(m, o); len(numbers) > 0 {
			c.Set[numbers[0].Name] = leastOf(numbers[0].Bounds)
		}
	case o == m.Rekey():
		c.Set = map[string]any{plan.NewKeyName: true}
	}
	return c
}

// MayFollow are the top-level members that may change when a change names some
// fields: themselves, and what depends on them as far as documents leave it open.
func (m *Model) MayFollow(set map[string]any) []string {
	var all []string
	for name, v := range set {
		top, _, _ := strings.Cut(name, ".")
		all = append(all, top)
		switch {
		case m.IsCredential(name):
			all = append(all, "authentication_method") // it names the kind of the credentials
		case strings.HasSuffix(name, "_host"):
			// A proxy may go with its host, and another host may have another port.
			all = append(all, group(m, name, v == nil || v == "")...)
		}
	}
	return all
}

// group returns what may follow the host of a group of fields; when it is taken
// away, all of them.
func group(m *Model, host string, gone bool) []string {
	prefix := strings.TrimSuffix(host, "host")
	var all []string
	for _, f := range m.Fields {
		if rest, in := strings.CutPrefix(f.Name, prefix); in && (gone || rest == "type" || rest == "port") {
			all = append(all, f.Name)
		}
	}
	return all
}

// Beside are the fields that a faulty change may have besides: those that need no new
// credentials.
func (m *Model) Beside() []*contract.Field {
	return slices.DeleteFunc(slices.Clone(m.changed), func(f *contract.Field) bool { return !m.MovesAlone(map[string]any{f.Name: nil}) })
}

// StartsJob is work that is answered before it is done; nothing where there is none.
func StartsJob(m *Model) []plan.Call {
	o := m.Rekey()
	if o == nil {
		return nil
	}
	work := Ask(m, o)
	work.Query = Waiting("0")
	return []plan.Call{work}
}

// Whole is a creation with every property.
func Whole(t *rapid.T, m *Model) plan.Call {
	c := Creation(t, m, 0)
	c.Set, c.Lack = Paired(t, m, slices.Concat(m.Hidden, m.Optional), 0), nil
	return c
}

// Waiting are the parameters of a call whose answer may wait for its job, in seconds.
func Waiting(seconds string) []plan.Param {
	return []plan.Param{{Name: "return_timeout", Value: seconds}}
}
