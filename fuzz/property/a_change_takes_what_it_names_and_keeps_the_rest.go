package property

import (
	"context"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

// dealChanges draws an object and changes of it, of another kind each; those of all kinds
// have other plain properties each time, every two of them together in some.
func dealChanges(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		calls := []plan.Call{strategy.Creation(t, m, len(m.Optional))}
		if check%2 == 0 { // all that a change may lose
			for _, f := range m.Optional {
				calls[0].Set[f.Name] = strategy.ValueOf(m, f).Draw(t, f.Name)
			}
		}
		most := strategy.Many(t, "changes", len(strategy.ChangeKinds))
		if check == 0 {
			most = len(strategy.ChangeKinds)
		}
		for i := range most {
			kind := strategy.ChangeKinds[(check+i)%len(strategy.ChangeKinds)]
			if kind == "all" {
				calls = append(calls, strategy.WholeChange(t, m, check))
				continue
			}
			c := strategy.ChangeOf(t, m, kind, check == 0)
			if kind == "credentials" {
				strategy.DealCredentials(t, m, c, check)
			}
			calls = append(calls, c)
		}
		return strategy.Moving(m, calls)
	})
}

// changesOnly makes a change, and wants it to take what it names and to leave the rest.
func changesOnly(ctx context.Context, p *player, c plan.Call) error {
	before := p.record
	ok, err := makesChange(ctx, p, c)
	if err != nil {
		return err
	}
	if !ok { // which was judged: the next call is about something else
		p.record, err = p.reads(ctx)
		return err
	}
	if err := p.session.Verify(p.lastReading(), p.m.Of("change-keeps-the-rest"), p.sameButFor(before, p.m.MayFollow(c.Set))(p.record)); err != nil {
		return err
	}
	return namesItsKind(p, c.Set)
}

// makesChange makes a change and judges that it took; ok is false when it was
// refused or did not, or when nobody can tell.
func makesChange(ctx context.Context, p *player, c plan.Call) (ok bool, err error) {
	e, err := p.asAsked(c, func(c plan.Call) (oracle.CallResult, error) { return p.attempt(ctx, c) })
	if err != nil {
		return false, err
	}
	ids := promisesOf(p, c.Set)
	if err := oracle.ExpectSuccess(e); err != nil {
		return false, p.session.Verify(e.Exchange, ids, err)
	}
	took := false
	err = p.verifies(ctx, ids, func(record map[string]any) error {
		for _, name := range slices.Sorted(maps.Keys(c.Set)) {
			if f := p.m.Field(name); f != nil && f.Access == contract.WriteOnly {
				continue
			}
			if err := sameValue(record, name, p.real(c.Set[name])); err != nil {
				return err
			}
		}
		took, p.record = true, record
		return nil
	})
	if testbed.Untold(e) && slices.ContainsFunc(slices.Sorted(maps.Keys(c.Set)), p.m.IsSecret) {
		return false, orGone(err) // it goes on, and no reading shows until when
	}
	return took, err
}

// promisesOf are the promises that a change of some properties is about.
func promisesOf(p *player, set map[string]any) []contract.ID {
	var ids []contract.ID
	moved, secrets, shown := false, 0, 0
	for _, name := range slices.Sorted(maps.Keys(set)) {
		f := p.m.Field(name)
		switch {
		case f != nil && f.Access == contract.WriteOnly && !p.m.IsCredential(name): // no reading shows it
		case p.m.IsCredential(name):
			secrets++
			if name == "client_certificate" {
				ids = append(ids, p.m.Of("certificate-can-be-changed")...)
			} else {
				ids = append(ids, p.m.Of("credentials-can-be-changed")...)
			}
		default:
			shown++
			moved = moved || p.m.IsMarked(name)
		}
	}
	if moved && secrets == 0 {
		return p.m.Of("change-needs-no-credentials")
	}
	var first []contract.ID // what a finding is headed by: a value that is lost is seen in the fields that are shown
	if shown > 0 {
		first = p.m.Of("change-is-read-back")
	}
	if shown > 1 {
		first = append(first, p.m.Of("several-can-be-changed-at-once")...)
	}
	return append(first, ids...)
}

// namesItsKind wants authentication_method to go with the credentials of a change.
func namesItsKind(p *player, set map[string]any) error {
	want := ""
	switch {
	case set["client_certificate"] != nil:
		want = "certificate"
	case set["client_secret"] != nil:
		want = "client_secret"
	}
	if want == "" || p.m.Field("authentication_method") == nil {
		return nil
	}
	return p.session.Verify(p.lastReading(), p.m.Of("change-names-the-kind-of-credentials"), sameValue(p.record, "authentication_method", want))
}

var aChangeTakesWhatItNamesAndKeepsTheRest = &Property{
	Name: "a-change-takes-what-it-names-and-keeps-the-rest", Writes: true,
	Says: "An accepted change changes what it names and nothing else.",
	promises: []string{
		"change-is-read-back", "change-needs-no-credentials", "credentials-can-be-changed", "certificate-can-be-changed",
		"change-names-the-kind-of-credentials", "several-can-be-changed-at-once", "change-keeps-the-rest",
	},
	fits: strategy.HasChange,
	Deck: dealChanges, play: playSequence, scenario: tellChange,
}

// tellChange wants a change to have done what it names, or to have left the rest alone.
func tellChange(s *script) bool {
	if len(s.calls) != 2 || !s.changedOnce(s.calls[0], s.calls[1]) {
		return false
	}
	set := s.calls[1].Set
	if s.isAbout("change-keeps-the-rest") {
		follow := s.m.MayFollow(set)
		slices.Sort(follow)
		s.say("Then the %s \"blue\" is as it was but for \"%s\"", s.noun, strings.Join(slices.Compact(follow), ", "))
		return true
	}
	s.has(set)
	return true
}
