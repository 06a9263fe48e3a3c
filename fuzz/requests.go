package fuzz

import (
	"context"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// requestProperties speak of one request, right or wrong.
var requestProperties = []Property{
	{
		Name: "a-faulty-body-is-refused-and-leaves-no-trace", Writes: true,
		Says:        "A creation or a change with one fault is refused for it, and whatever is refused leaves everything as it was.",
		promises:    []role{lacking, postsReadOnly, postsPatchOnly, patchesRead, patchesFixed, fixed, neverSet},
		conventions: []contract.ID{"API-BODY-01", "API-BODY-02", "API-BODY-03", "API-BODY-04", "API-BODY-05", "API-BODY-06", "API-BODY-07", "API-FAULT-01"},
		fits:        func(m *model) bool { return m.operation(contract.Create) != nil },
		draw:        drawFault, play: playFault,
	},
	{
		Name:     "what-does-not-exist-is-refused",
		Says:     "Whatever is asked of an object that nobody made is refused.",
		Writes:   true,
		promises: []role{readsUnknown, changesUnknown, deletesUnknown, actsOnUnknown},
		draw:     drawUnknown, play: playUnknown,
	},
}

// drawFault draws a creation with a fault, or a complete creation and a change
// with one.
func drawFault(m *model) *rapid.Generator[Case] {
	create, change := m.operation(contract.Create), m.operation(contract.Change)
	return cases(func(t *rapid.T) []Call {
		if change != nil && rapid.Bool().Draw(t, "in a change") {
			return []Call{m.creation(t, 1), m.spoiled(t, change, m.change(t, m.plain(), 0, 1))}
		}
		return []Call{m.spoiled(t, create, m.creation(t, 2))}
	})
}

func playFault(ctx context.Context, p *player) error {
	if len(p.calls) == 1 {
		return p.faultyCreation(ctx, p.calls[0])
	}
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	before, err := p.reads(ctx)
	if err != nil {
		return err
	}
	c := p.calls[1]
	e, err := p.call(ctx, c)
	if err != nil {
		return err
	}
	if err := p.isRefused(e, c); err != nil {
		return err
	}
	if e.Failed() {
		return p.verifies(ctx, []contract.ID{"API-FAULT-01"}, p.sameButFor(before, nil))
	}
	return p.staysFixed(ctx, c, before)
}

// faultyCreation sends a creation with a fault. One that was refused must have
// made nothing.
func (p *player) faultyCreation(ctx context.Context, c Call) error {
	t, e, err := p.create(ctx, c)
	if err != nil {
		return err
	}
	if err := p.isRefused(e, c); err != nil {
		return err
	}
	if e.Failed() {
		mine, err := p.hand.Mine(ctx, p.sort)
		if err == nil && len(mine) > 0 {
			err = oracle.Differs("records of the SVM after a refused creation", "none", mine[0]["uuid"])
		}
		return p.hand.Verify(p.lastReading(), []contract.ID{"API-FAULT-01"}, err)
	}
	if c.Fault != "read-only-property" || c.Field != "uuid" || t.Path() == "" {
		return nil
	}
	p.thing = t
	return p.verifies(ctx, p.of(neverSet), p.notAsSent(c))
}

// notAsSent wants the field of a call not to have taken its value.
func (p *player) notAsSent(c Call) func(map[string]any) error {
	return func(record map[string]any) error {
		if got, found := oracle.Lookup(record, c.Field); found && oracle.Equal(got, c.Set[c.Field]) {
			return oracle.Differs(c.Field, "anything but what was sent", got)
		}
		return nil
	}
}

// staysFixed wants what a change cannot set to be as it was, though the change
// was accepted.
func (p *player) staysFixed(ctx context.Context, c Call, before map[string]any) error {
	if c.Fault != "read-only-property" && c.Fault != "property-of-another-method" {
		return nil
	}
	if f := p.field(c.Field); f == nil || f.Advanced {
		return nil
	}
	top, _, _ := strings.Cut(c.Field, ".")
	return p.verifies(ctx, p.of(fixed), func(record map[string]any) error {
		return oracle.ExpectSame(map[string]any{top: before[top]}, map[string]any{top: record[top]})
	})
}

// isRefused judges the refusal of a call with a fault, as far as one is due.
func (p *player) isRefused(e oracle.Ending, c Call) error {
	f := faultCalled(c.Fault)
	if f == nil || f.promises == nil || p.hand.Untold(e) {
		return nil
	}
	for _, d := range f.promises(p.model, c.operation(p.catalogue), c) {
		if err := p.isDue(e, d); err != nil {
			return err
		}
	}
	return nil
}

// isDue judges a refusal.
func (p *player) isDue(e oracle.Ending, d due) error {
	if len(d.ids) == 0 || p.hand.Untold(e) {
		return nil
	}
	err := oracle.ExpectRefusal(e, d.status...)
	if err == nil && d.blamed {
		err = oracle.ExpectClientError(e)
	}
	if err == nil && len(d.codes) > 0 {
		err = oracle.ExpectCode(e, d.codes...)
	}
	return p.hand.Verify(e.Exchange, d.ids, err)
}

func drawUnknown(m *model) *rapid.Generator[Case] {
	var all []*contract.Operation
	for _, o := range m.resource.Operations {
		if o.Covers(m.release) && strings.Contains(o.Path, "{") {
			all = append(all, o)
		}
	}
	return cases(func(t *rapid.T) []Call {
		c := m.asks(rapid.SampledFrom(all).Draw(t, "operation"))
		c.Unknown, c.Fault = true, "unknown-uuid"
		return []Call{c}
	})
}

func playUnknown(ctx context.Context, p *player) error {
	c := p.calls[0]
	e, err := p.call(ctx, c)
	if err != nil {
		return err
	}
	role, o := actsOnUnknown, c.operation(p.catalogue)
	switch o.Effect {
	case contract.Read:
		role = readsUnknown
	case contract.Change:
		role = changesUnknown
	case contract.Delete:
		role = deletesUnknown
	}
	var ids []contract.ID
	for _, id := range p.of(role) {
		if o.Effect != contract.Act || speaksOfAct(p.catalogue.Requirement(id).Text, o) {
			ids = append(ids, id)
		}
	}
	return p.isDue(e, due{ids: ids})
}

// speaksOfAct reports whether a sentence is about an operation that starts work.
func speaksOfAct(sentence string, o *contract.Operation) bool {
	for suffix, words := range map[string]string{"/rekey-internal": "Rekeying the internal", "/rekey-external": "Rekeying the external", "/restore": "Restoring"} {
		if strings.HasSuffix(o.Path, suffix) {
			return strings.HasPrefix(sentence, words)
		}
	}
	return false
}
