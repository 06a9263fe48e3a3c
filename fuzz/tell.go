package fuzz

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
)

// tellCreation wants what was sent to be read.
func tellCreation(s *script) bool {
	if len(s.calls) != 1 || !s.created("When", s.calls[0]) {
		return false
	}
	shown := maps.Clone(s.calls[0].Set)
	maps.DeleteFunc(shown, func(_ string, v any) bool { _, hidden := v.(map[string]any); return hidden })
	switch {
	case len(s.calls[0].Set) == 0:
		s.say("Then the %s \"blue\" shows what was sent:", s.noun)
		s.say("  | svm.name |")
	case len(shown) == 0:
		s.say("Then the request succeeds")
	default:
		s.has(shown)
	}
	return true
}

// tellChange wants a change to have done what it names, or to have left the rest alone.
func tellChange(s *script) bool {
	if len(s.calls) != 2 || !s.changedOnce(s.calls[0], s.calls[1]) {
		return false
	}
	set := s.calls[1].Set
	if s.isAbout("change-keeps-the-rest") {
		follow := s.m.mayFollow(set)
		slices.Sort(follow)
		s.say("Then the %s \"blue\" is as it was but for \"%s\"", s.noun, strings.Join(slices.Compact(follow), ", "))
		return true
	}
	s.has(set)
	return true
}

// tellChangeAgain makes a change twice, unless the first of the two showed it.
func tellChangeAgain(s *script) bool {
	if !s.isAbout("change-is-idempotent") {
		return tellChange(s)
	}
	if len(s.calls) != 2 || !s.created("Given", s.calls[0]) {
		return false
	}
	s.say("And the %s \"blue\" was changed:", s.noun)
	s.table(s.calls[1].Set)
	s.say("And the %s \"blue\" was read", s.noun)
	s.say("When the operator makes the same change of the %s \"blue\" again", s.noun)
	s.say("Then the %s \"blue\" is as it was", s.noun)
	return true
}

// tellFault wants the refusal of a creation or a change with a fault.
func tellFault(s *script) bool {
	if !s.asked() {
		return false
	}
	if !s.leftNoTrace() {
		last := len(s.calls) - 1
		s.isDue(s.dueFor(s.ops[last], s.calls[last]))
	}
	return true
}

// dueFor is what the broken requirement wants of the refusal of a call with a fault; the
// zero due where it says nothing.
func (s *script) dueFor(o *contract.Operation, c Call) due {
	if f := faultCalled(c.Fault); f != nil && f.promises != nil {
		for _, d := range f.promises(s.m, o, c) {
			if slices.Contains(d.ids, s.broken) {
				return d
			}
		}
	}
	return due{}
}

// isDue wants a refusal to be as promised.
func (s *script) isDue(d due) {
	switch {
	case len(d.codes) > 0 && len(d.status) > 0:
		s.say("Then the request is refused with the status \"%d\"", d.status[0])
		s.say("And the refusal has one of the codes \"%s\"", strings.Join(d.codes, ", "))
	case len(d.codes) > 0:
		s.say("Then the refusal has one of the codes \"%s\"", strings.Join(d.codes, ", "))
	case d.blamed:
		s.say("Then the request is refused with a status of the 400s")
	default:
		s.say("Then the request is refused")
	}
}

// tellRow wants the refusal that a row of a table of codes is about.
func tellRow(s *script) bool {
	if len(s.calls) > 2 || !s.asked() {
		return false
	}
	if s.leftNoTrace() {
		return true
	}
	if q := s.m.catalogue.Requirement(s.broken); q != nil && q.Row != nil {
		s.say("Then the request is refused with code \"%s\"", q.Row.Code)
	} else {
		s.say("Then the request is refused")
	}
	return true
}

// tellExample wants what a requirement says of a request.
func tellExample(s *script) bool {
	if len(s.calls) > 2 || !s.asked() {
		return false
	}
	said := s.m.exampleOf(s.calls[len(s.calls)-1])
	switch {
	case s.leftNoTrace():
	case said != nil && said.Outcome != contract.Accepted:
		s.say("Then the request is refused")
	default:
		s.say("Then the request succeeds")
	}
	return true
}

// phrases of operations that start work, by the end of their path.
var phrasesOfWork = map[string]string{"rekey-internal": "rekeys the internal key", "rekey-external": "rekeys the external key", "restore": "restores the keys"}

// phraseOf is the phrase of an operation that starts work; "" where there is none.
func phraseOf(o *contract.Operation) string {
	return phrasesOfWork[o.Path[strings.LastIndex(o.Path, "/")+1:]]
}

// tellUnknown wants what is asked of an object that does not exist to be refused.
func tellUnknown(s *script) bool {
	if len(s.calls) != 1 {
		return false
	}
	verb := map[contract.Effect]string{contract.Read: "reads", contract.Change: "changes", contract.Delete: "deletes"}[s.ops[0].Effect]
	if work := phraseOf(s.ops[0]); work != "" {
		verb = work + " of"
	}
	s.say("When the operator %s a %s that does not exist", verb, s.noun)
	s.say("Then the request is refused")
	return verb != ""
}

// tellDeletion wants a deletion to have taken the object away.
func tellDeletion(s *script) bool {
	if len(s.calls) < 3 || !s.created("Given", s.calls[0]) {
		return false
	}
	deletes := fmt.Sprintf("When the operator deletes the %s \"blue\"", s.noun)
	switch {
	case s.isAbout("deleted-cannot-be-read"):
		s.say("%s", deletes)
		s.say("Then the %s \"blue\" can no longer be read", s.noun)
		return true
	case s.isAbout("deleted-is-not-listed"):
		s.say("%s", deletes)
		s.say("Then the %s \"blue\" is not listed", s.noun)
		return true
	}
	s.say("And the %s \"blue\" was deleted", s.noun)
	if s.isAbout("deleted-can-be-created-again") {
		s.say("When the operator creates the %s \"green\"", s.noun)
		s.say("Then the request succeeds")
		return true
	}
	if len(s.calls) != 4 { // what was asked last is the new creation
		return false
	}
	switch o := s.ops[2]; o.Effect {
	case contract.Change:
		s.say("When the operator changes the %s \"blue\":", s.noun)
		s.table(s.calls[2].Set)
	case contract.Delete:
		s.say("%s", deletes)
	default:
		s.say("When the operator %s of the %s \"blue\"", phraseOf(o), s.noun)
	}
	s.say("Then the request is refused")
	return true
}
