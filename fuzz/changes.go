package fuzz

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
)

// dealChanges draws an object and changes of it, of another kind each; those of all kinds
// have other plain properties each time, every two of them together in some.
func dealChanges(m *model) func(int) *rapid.Generator[Case] {
	return decked(func(t *rapid.T, check int) []Call {
		calls := []Call{m.creation(t, len(m.optional))}
		if check%2 == 0 { // all that a change may lose
			for _, f := range m.optional {
				calls[0].Set[f.Name] = m.valueOf(f).Draw(t, f.Name)
			}
		}
		most := many(t, "changes", len(changeKinds))
		if check == 0 {
			most = len(changeKinds)
		}
		for i := range most {
			kind := changeKinds[(check+i)%len(changeKinds)]
			if kind == "all" {
				calls = append(calls, m.wholeChange(t, check))
				continue
			}
			c := m.changeOf(t, kind, check == 0)
			if kind == "credentials" {
				m.dealCredentials(t, c, check)
			}
			calls = append(calls, c)
		}
		return m.moving(calls)
	})
}

// moving are calls of which every change sets another value than was set before, where a
// property has so few that a draw may come twice.
func (m *model) moving(calls []Call) []Call {
	now := map[string]any{}
	for _, c := range calls {
		for name, v := range c.Set {
			f := m.field(name)
			switch {
			case f == nil || f.Type != contract.Boolean && len(f.Enum) < 2:
				continue
			case v == now[name] && f.Type == contract.Boolean:
				c.Set[name] = v != true
			case v == now[name]:
				c.Set[name] = f.Enum[(slices.Index(f.Enum, text(v))+1)%len(f.Enum)]
			}
			now[name] = c.Set[name]
		}
	}
	return calls
}

// changeKinds are what a change may be about.
var changeKinds = []string{"all", "plain", "credentials", "identity"}

// anyChange draws a change of plain fields, of the identity or of the credentials.
func (m *model) anyChange(t *rapid.T) Call {
	return m.changeOf(t, pick(t, "kind of change", changeKinds), false)
}

// wholeChange draws a change of the identity, of the credentials and of the other properties
// that a case has.
func (m *model) wholeChange(t *rapid.T, check int) Call {
	c := m.changeOf(t, "all", true)
	maps.Copy(c.Set, m.paired(t, slices.Concat(m.unshown(), m.plain()), check))
	m.dealCredentials(t, c, check+1) // others than a creation has, at first
	return c
}

// dealCredentials gives a change credentials of another kind each turn, where there are
// several.
func (m *model) dealCredentials(t *rapid.T, c Call, turn int) {
	for _, p := range m.operation(contract.Create).Required {
		for i, name := range p.AnyOf {
			if len(p.AnyOf) < 2 || !p.Covers(m.release) || !m.isSecret(name) || strings.Contains(name, ".") {
				continue
			}
			if delete(c.Set, name); i == turn%len(p.AnyOf) {
				c.Set[name] = m.valueOf(m.field(name)).Draw(t, name)
			}
		}
	}
}

// changeOf draws a change of a kind; of the identity all of it, if that is wanted.
func (m *model) changeOf(t *rapid.T, kind string, whole bool) Call {
	c := m.change(t, m.plain(), 1, 3)
	if kind == "identity" || kind == "credentials" {
		c.Set = map[string]any{}
	}
	if kind == "identity" || kind == "all" {
		for _, f := range m.changed {
			if m.isMarked(f.Name) && (kind == "all" || whole || rapid.Bool().Draw(t, f.Name)) {
				c.Set[f.Name] = m.valueOf(f).Draw(t, f.Name)
			}
		}
	}
	if kind == "credentials" || kind == "all" || len(c.Set) == 0 || !m.movesAlone(c.Set) {
		m.addCredentials(t, &c)
	}
	return c
}

// isCredential reports whether a property is what a target asks for to believe whose the
// object is.
func (m *model) isCredential(name string) bool {
	return m.isSecret(name) && slices.ContainsFunc(m.operation(contract.Create).Required, func(p contract.RequiredField) bool { return slices.Contains(p.AnyOf, name) })
}

// unshown are the secrets that a change may set beside the credentials.
func (m *model) unshown() []*contract.Field {
	o := m.operation(contract.Change)
	return m.with(func(f *contract.Field) bool {
		return f.Access == contract.WriteOnly && f.Unsent == "" && !m.isCredential(f.Name) && slices.Contains(o.Optional, f.Name)
	})
}

// movesAlone reports whether the identity in a change needs no new credentials.
func (m *model) movesAlone(set map[string]any) bool {
	for name := range set {
		if m.isMarked(name) && len(m.about("change-needs-no-credentials", name)) == 0 {
			return false
		}
	}
	return true
}

// addCredentials adds new credentials of the kind that a creation requires, or of
// another kind that can stand in their place.
func (m *model) addCredentials(t *rapid.T, c *Call) {
	for _, p := range m.operation(contract.Create).Required {
		if !p.Covers(m.release) {
			continue
		}
		name := pick(t, "credential", p.AnyOf)
		if f := m.field(name); f != nil && f.Access == contract.WriteOnly && !strings.Contains(name, ".") { // as in chooses
			c.Set[name] = m.valueOf(f).Draw(t, name)
		}
	}
	for _, f := range m.changed { // an identity that is of no use without its secret
		if m.isMarked(f.Name) && len(m.about("change-needs-no-credentials", f.Name)) == 0 {
			c.Set[f.Name] = m.valueOf(f).Draw(t, f.Name)
		}
	}
}

// dealOneChange draws an object and one change of it, of another kind each time.
func dealOneChange(m *model) func(int) *rapid.Generator[Case] {
	return decked(func(t *rapid.T, check int) []Call {
		return []Call{m.creation(t, 4), m.changeOf(t, changeKinds[check%len(changeKinds)], false)}
	})
}

// changesOnly makes a change, and wants it to take what it names and to leave the rest.
func (p *player) changesOnly(ctx context.Context, c Call) error {
	before := p.record
	ok, err := p.changes(ctx, c)
	if err != nil {
		return err
	}
	if !ok { // which was judged: the next call is about something else
		p.record, err = p.reads(ctx)
		return err
	}
	if err := p.session.Verify(p.lastReading(), p.of("change-keeps-the-rest"), p.sameButFor(before, p.mayFollow(c.Set))(p.record)); err != nil {
		return err
	}
	return p.namesItsKind(c.Set)
}

// changes makes a change and judges that it took; ok is false when it was
// refused or did not, or when nobody can tell.
func (p *player) changes(ctx context.Context, c Call) (ok bool, err error) {
	e, err := p.asAsked(c, func(c Call) (oracle.CallResult, error) { return p.attempt(ctx, c) })
	if err != nil {
		return false, err
	}
	ids := p.promisesOf(c.Set)
	if err := oracle.ExpectSuccess(e); err != nil {
		return false, p.session.Verify(e.Exchange, ids, err)
	}
	took := false
	err = p.verifies(ctx, ids, func(record map[string]any) error {
		for _, name := range sortedKeys(c.Set) {
			if f := p.field(name); f != nil && f.Access == contract.WriteOnly {
				continue
			}
			if err := sameValue(record, name, p.real(c.Set[name])); err != nil {
				return err
			}
		}
		took, p.record = true, record
		return nil
	})
	if testbed.Untold(e) && slices.ContainsFunc(sortedKeys(c.Set), p.isSecret) {
		return false, orGone(err) // it goes on, and no reading shows until when
	}
	return took, err
}

// promisesOf are the promises that a change of some properties is about.
func (p *player) promisesOf(set map[string]any) []contract.ID {
	var ids []contract.ID
	moved, secrets, shown := false, 0, 0
	for _, name := range sortedKeys(set) {
		f := p.field(name)
		switch {
		case f != nil && f.Access == contract.WriteOnly && !p.isCredential(name): // no reading shows it
		case p.isCredential(name):
			secrets++
			if name == "client_certificate" {
				ids = append(ids, p.of("certificate-can-be-changed")...)
			} else {
				ids = append(ids, p.of("credentials-can-be-changed")...)
			}
		default:
			shown++
			moved = moved || p.isMarked(name)
		}
	}
	if moved && secrets == 0 {
		return p.of("change-needs-no-credentials")
	}
	var first []contract.ID // what a finding is headed by: a value that is lost is seen in the fields that are shown
	if shown > 0 {
		first = p.of("change-is-read-back")
	}
	if shown > 1 {
		first = append(first, p.of("several-can-be-changed-at-once")...)
	}
	return append(first, ids...)
}

// namesItsKind wants authentication_method to go with the credentials of a change.
func (p *player) namesItsKind(set map[string]any) error {
	want := ""
	switch {
	case set["client_certificate"] != nil:
		want = "certificate"
	case set["client_secret"] != nil:
		want = "client_secret"
	}
	if want == "" || p.field("authentication_method") == nil {
		return nil
	}
	return p.session.Verify(p.lastReading(), p.of("change-names-the-kind-of-credentials"), sameValue(p.record, "authentication_method", want))
}

func playTwice(ctx context.Context, p *player) error {
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	if ok, err := p.changes(ctx, p.calls[1]); err != nil || !ok {
		return err
	}
	before, err := p.reads(ctx)
	if err != nil {
		return err
	}
	same := p.session.Last(http.MethodPatch).Request // made anew it would have other secrets
	e, err := p.session.Send(ctx, same)
	if err != nil {
		return err
	}
	p.note(p.calls[1], e)
	if err := testbed.Prevented(p.catalogue, e); err != nil {
		return err
	}
	if err := oracle.ExpectSuccess(e); err != nil {
		return p.session.Verify(e.Exchange, p.of("change-is-idempotent"), err)
	}
	return p.verifies(ctx, p.of("change-is-idempotent"), p.sameButFor(before, nil))
}

// apart are plain fields of which no document says that one follows another.
func (m *model) apart() []*contract.Field {
	return slices.DeleteFunc(m.plain(), func(f *contract.Field) bool { return len(m.mayFollow(map[string]any{f.Name: "a"})) > 1 })
}

func drawTwoChanges(m *model) *rapid.Generator[Case] {
	return cases(func(t *rapid.T) []Call {
		creation := m.creation(t, 2)
		one := m.change(t, m.apart(), 1, 2)
		rest := slices.DeleteFunc(m.apart(), func(f *contract.Field) bool { _, named := one.Set[f.Name]; return named })
		if len(rest) == 0 { // there are two fields at least
			rest = m.apart()[:1]
			delete(one.Set, rest[0].Name)
		}
		return []Call{creation, one, m.change(t, rest, 1, 2)}
	})
}

func playTwoChanges(ctx context.Context, p *player) error {
	one, other := p.calls[1], p.calls[2]
	both := one
	both.Set = map[string]any{}
	for _, c := range []Call{one, other} {
		for name, v := range c.Set {
			both.Set[name] = v
		}
	}
	first, err := p.after(ctx, one, other)
	if err != nil || first == nil {
		return err
	}
	for _, order := range [][]Call{{other, one}, {both}} {
		e, err := p.call(ctx, Call{Operation: p.operation(contract.Delete).ID})
		if err != nil || e.Failed() {
			return err
		}
		now, err := p.after(ctx, order...)
		if err != nil || now == nil {
			return err
		}
		if err := p.session.Verify(p.lastReading(), p.of("change-keeps-the-rest"), oracle.ExpectSame(p.plain(), first, now)); err != nil {
			return err
		}
	}
	return nil
}

// after makes the object anew and changes it; nil when a change was refused or
// did not take, which was judged.
func (p *player) after(ctx context.Context, all ...Call) (map[string]any, error) {
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return nil, err
	}
	for _, c := range all {
		if ok, err := p.changes(ctx, c); err != nil || !ok {
			return nil, err
		}
	}
	return p.reads(ctx)
}
