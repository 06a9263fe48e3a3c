package fuzz

import (
	"context"
	"encoding/json"
	"slices"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/steps"
)

// objectProperties speak of the life of one object.
var objectProperties = []Property{
	{
		Name: "a-creation-reads-as-it-was-sent", Writes: true,
		Says:     "Whatever a creation sends can be read back, but for secrets.",
		promises: []role{creates, createsByCert, readsBack},
		fits:     func(m *model) bool { return m.operation(contract.Create) != nil },
		draw:     drawCreation, play: playCreation,
	},
	{
		Name: "a-change-takes-what-it-names-and-keeps-the-rest", Writes: true,
		Says:     "An accepted change changes what it names and nothing else.",
		promises: []role{changes, severalAtOnce, keepsTheRest},
		fits:     hasChange,
		draw:     drawChange, play: playChange,
	},
	{
		Name: "the-same-change-again-changes-nothing", Writes: true,
		Says:     "A change that is made twice has the effect of one.",
		promises: []role{twice},
		fits:     func(m *model) bool { return hasChange(m) && len(m.of(twice)) > 0 },
		draw:     drawChange, play: playTwice,
	},
	{
		Name: "changes-of-different-fields-commute", Writes: true,
		Says:     "Two changes of different fields give the same object in either order, and at once.",
		promises: []role{changes, keepsTheRest},
		fits:     func(m *model) bool { return hasChange(m) && len(m.of(keepsTheRest)) > 0 && len(m.apart()) > 1 },
		draw:     drawTwoChanges, play: playTwoChanges,
	},
	{
		Name: "what-was-deleted-is-gone", Writes: true,
		Says:     "A deleted object is not read, not listed and not worked on, and another can take its place.",
		promises: []role{unreadable, unlisted, unaskable, again},
		fits:     func(m *model) bool { return m.operation(contract.Delete) != nil },
		draw:     drawDeletion, play: playDeletion,
	},
	{
		Name: "a-new-key-changes-nothing-but-the-key", Writes: true,
		Says:     "Rekeying the external key gives the object the new key and leaves everything else.",
		promises: []role{rekeyStarts, rekeyed, rekeysOnly},
		fits:     func(m *model) bool { return m.rekey() != nil },
		draw:     drawRekey, play: playRekey,
	},
}

func hasChange(m *model) bool { return m.operation(contract.Change) != nil && len(m.plain()) > 0 }

// plain are the fields that a change may set alone: the identity that carries
// the mark goes with credentials.
func (m *model) plain() []*contract.Field {
	return slices.DeleteFunc(slices.Clone(m.changed), func(f *contract.Field) bool { return m.isMarked(f.Name) })
}

// creation draws a complete creation with a few optional properties.
func (m *model) creation(t *rapid.T, most int) Call {
	fields := slices.Concat(m.optional, m.hidden)
	c := Call{Operation: m.operation(contract.Create).ID, Set: m.some(t, "properties", fields, 0, most)}
	m.withoutAlternatives(&c)
	return c
}

// withoutAlternatives leaves out of a creation what a property that it sets
// stands in place of.
func (m *model) withoutAlternatives(c *Call) {
	for _, p := range m.operation(contract.Create).Required {
		for _, name := range p.AnyOf {
			if _, set := c.Set[name]; !set || !p.Covers(m.release) {
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

// change draws a change of a few fields.
func (m *model) change(t *rapid.T, fields []*contract.Field, least, most int) Call {
	return Call{Operation: m.operation(contract.Change).ID, Set: m.some(t, "changes", fields, least, most)}
}

func drawCreation(m *model) *rapid.Generator[Case] {
	return cases(func(t *rapid.T) []Call { return []Call{m.creation(t, len(m.optional))} })
}

func playCreation(ctx context.Context, p *player) error {
	c := p.calls[0]
	t, e, err := p.create(ctx, c)
	if err != nil {
		return err
	}
	if err := p.hand.Prevented(e); err != nil {
		return err
	}
	role := creates
	if c.Set["client_certificate"] != nil {
		role = createsByCert
	}
	ids := p.of(role)
	for _, name := range sortedKeys(c.Set) {
		if f := p.field(name); f != nil && f.Access != contract.WriteOnly {
			ids = append(ids, p.about(readsBack, name)...)
		}
	}
	err = oracle.ExpectSuccess(e)
	if err == nil {
		err = t.Lost()
	}
	if err != nil || !e.Exchange.Response.OK() {
		return p.hand.Verify(e.Exchange, ids, err)
	}
	if err := p.hand.Verify(e.Exchange, p.of(role), nil); err != nil {
		return err
	}
	p.thing = t
	return p.readsAsSent(ctx, steps.Flat(t.Sent()))
}

// readsAsSent wants every property that a sentence speaks of to be as it was
// sent.
func (p *player) readsAsSent(ctx context.Context, sent map[string]any) error {
	record, err := p.reads(ctx)
	if err != nil {
		return err
	}
	for _, name := range sortedKeys(sent) {
		f := p.field(name)
		if f == nil || f.Access == contract.WriteOnly || f.Unread != "" {
			continue
		}
		err := p.hand.Look(ctx, func() (err error) {
			if record == nil {
				if record, _, err = p.read(ctx); err != nil {
					return err
				}
			}
			err = sameValue(record, name, sent[name])
			if err != nil {
				record = nil // it may come later, where an answer left that open
			}
			return err
		})
		history := p.lastReading()
		if err := p.hand.Verify(history, p.about(readsBack, name), err); err != nil {
			return err
		}
		if record == nil {
			return nil
		}
	}
	return nil
}

func drawChange(m *model) *rapid.Generator[Case] {
	return cases(func(t *rapid.T) []Call { return []Call{m.creation(t, 4), m.change(t, m.plain(), 1, 3)} })
}

func playChange(ctx context.Context, p *player) error {
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	before, err := p.reads(ctx)
	if err != nil {
		return err
	}
	ok, err := p.changes(ctx, p.calls[1])
	if err != nil || !ok {
		return err
	}
	return p.verifies(ctx, p.of(keepsTheRest), p.sameButFor(before, p.mayFollow(p.calls[1].Set)))
}

// changes makes a change and judges that it took; ok is false when it was
// refused or did not.
func (p *player) changes(ctx context.Context, c Call) (ok bool, err error) {
	e, err := p.call(ctx, c)
	if err != nil {
		return false, err
	}
	if err := p.hand.Prevented(e); err != nil {
		return false, err
	}
	ids := p.of(changes)
	if len(c.Set) > 1 {
		ids = append(ids, p.of(severalAtOnce)...)
	}
	if err := oracle.ExpectSuccess(e); err != nil {
		return false, p.hand.Verify(e.Exchange, ids, err)
	}
	took := false
	err = p.verifies(ctx, ids, func(record map[string]any) error {
		for _, name := range sortedKeys(c.Set) {
			if err := sameValue(record, name, p.real(c.Set[name])); err != nil {
				return err
			}
		}
		took = true
		return nil
	})
	return took, err
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
	e, err := p.call(ctx, p.calls[1])
	if err != nil {
		return err
	}
	if err := p.hand.Prevented(e); err != nil {
		return err
	}
	if err := oracle.ExpectSuccess(e); err != nil {
		return p.hand.Verify(e.Exchange, p.of(twice), err)
	}
	return p.verifies(ctx, p.of(twice), p.sameButFor(before, nil))
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
		if err := p.hand.Verify(p.lastReading(), p.of(keepsTheRest), oracle.ExpectSame(p.only(first), p.only(now))); err != nil {
			return err
		}
	}
	return nil
}

// only is what a reading shows of the fields that changes may set. The rest is
// that of another object.
func (m *model) only(record map[string]any) map[string]any {
	shown := map[string]any{}
	for _, f := range m.plain() {
		shown[f.Name], _ = oracle.Lookup(record, f.Name)
	}
	return shown
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

func drawDeletion(m *model) *rapid.Generator[Case] {
	asked := append([]*contract.Operation{}, m.acts()...)
	for _, e := range []contract.Effect{contract.Change, contract.Delete} {
		if o := m.operation(e); o != nil {
			asked = append(asked, o)
		}
	}
	return cases(func(t *rapid.T) []Call {
		calls := []Call{m.creation(t, 2), {Operation: m.operation(contract.Delete).ID}}
		o := rapid.SampledFrom(asked).Draw(t, "what is asked of it then")
		calls = append(calls, m.asks(o))
		return append(calls, m.creation(t, 0))
	})
}

// asks is a call of an operation on an object, with what it needs.
func (m *model) asks(o *contract.Operation) Call {
	c := Call{Operation: o.ID}
	switch {
	case o.Effect == contract.Change:
		c.Set = map[string]any{}
		if texts := texts(m, o); len(texts) > 0 {
			c.Set[texts[0].Name] = "a"
		}
	case o == m.rekey():
		c.Set = map[string]any{newKeyWord: true}
	}
	return c
}

// newKeyWord stands for the body of a change of the external key.
const newKeyWord = "$new_key"

func playDeletion(ctx context.Context, p *player) error {
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	gone := p.thing
	e, err := p.call(ctx, p.calls[1])
	if err != nil || e.Failed() || p.hand.Untold(e) {
		return err // that a deletion may be refused is in no requirement
	}
	x, err := p.hand.Ask(ctx, getOf(gone.Path()))
	if err != nil {
		return err
	}
	if err := p.hand.Verify(x, p.of(unreadable), oracle.ExpectRefusal(oracle.Ending{Exchange: x})); err != nil {
		return err
	}
	mine, err := p.hand.Mine(ctx, p.sort)
	if err == nil && slices.ContainsFunc(mine, func(r map[string]any) bool { return r["uuid"] == gone.UUID() }) {
		err = oracle.Differs("records of the list", "none of uuid "+gone.UUID(), "it")
	}
	if err := p.hand.Verify(p.lastReading(), p.of(unlisted), err); err != nil {
		return err
	}
	if e, err = p.call(ctx, p.calls[2]); err != nil {
		return err
	}
	if err := p.refused(e, p.of(unaskable), false); err != nil {
		return err
	}
	return p.succeeds(ctx)
}

// succeeds makes another object in place of one that was deleted.
func (p *player) succeeds(ctx context.Context) error {
	_, e, err := p.create(ctx, p.calls[3])
	if err != nil {
		return err
	}
	if err := p.hand.Prevented(e); err != nil {
		return err
	}
	return p.hand.Verify(e.Exchange, p.of(again), oracle.ExpectSuccess(e))
}

func drawRekey(m *model) *rapid.Generator[Case] {
	return cases(func(t *rapid.T) []Call { return []Call{m.creation(t, 3), m.asks(m.rekey())} })
}

func playRekey(ctx context.Context, p *player) error {
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	before, err := p.reads(ctx)
	if err != nil {
		return err
	}
	e, err := p.call(ctx, p.calls[1])
	if err != nil {
		return err
	}
	if err := p.hand.Prevented(e); err != nil {
		return err
	}
	if err := p.hand.Verify(e.Exchange, p.of(rekeyStarts), oracle.ExpectSuccess(e)); err != nil || e.Failed() {
		return err
	}
	sent := e.Exchange.Request.Body.Bytes()
	if err := p.verifies(ctx, p.of(rekeyed), func(record map[string]any) error { return showsAll(record, sent) }); err != nil {
		return err
	}
	return p.verifies(ctx, p.of(rekeysOnly), p.sameButFor(before, []string{"key_id"}))
}

// showsAll wants a record to show everything that a body sent.
func showsAll(record map[string]any, body []byte) error {
	var sent map[string]any
	if err := json.Unmarshal(body, &sent); err != nil {
		return err // ours
	}
	for name, v := range steps.Flat(sent) {
		if err := sameValue(record, name, v); err != nil {
			return err
		}
	}
	return nil
}
