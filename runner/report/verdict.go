package report

import (
	"fmt"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// Sentence is the verdict in one line. With a baseline it also says what the
// exit code goes by.
func (r *Report) Sentence() string {
	s := "INCONCLUSIVE: " + r.doubt()
	switch r.Verdict {
	case oracle.Conformant:
		s = "CONFORMANT" + r.Counts.reach() + ": " + r.Counts.share()
		if broken := r.brokenByLevel(); broken != "" {
			s += "; " + broken + " broken, which does not decide"
		}
	case oracle.NonConformant:
		s = "NOT CONFORMANT: " + r.brokenByLevel() + " broken, " + r.Counts.share()
	}
	s += r.flakySays()
	known := len(r.Ended(KnownFailure))
	switch {
	case r.Baseline != nil:
		s += r.beside(*r.Baseline, known)
	case known > 0:
		s += "; " + Counted(known, "failure") + " known from the baseline"
	}
	return s
}

// flakySays counts the flaky requirements, and says whether they are among those
// that were said to be broken; "" when there is none.
func (r *Report) flakySays() string {
	switch n := r.flakyByLevel(); {
	case n == "" || r.Verdict == oracle.Inconclusive:
		return ""
	case r.Run.Flaky == FlakyReport:
		return "; " + n + " flaky, which does not decide"
	default:
		return "; flaky of these: " + n
	}
}

// beside says how the verdict stands beside the baseline, from which known
// failures are known. It says first what the exit code goes by.
func (r *Report) beside(b Baseline, known int) string {
	s, file := "", "the baseline "+printable(b.File)
	if b.New > 0 {
		s += "; " + Counted(b.New, "deviation") + " not in " + file
	}
	switch n := len(b.Mended); {
	case n == 1:
		s += "; but " + file + " is out of date: remove the entry under MENDED"
	case n > 1:
		s += fmt.Sprintf("; but %s is out of date: remove the %d entries under MENDED", file, n)
	}
	switch {
	case s != "":
	case r.Verdict == oracle.NonConformant && b.Undecisive > 0:
		s = "; all of it that decides is in " + file
	case r.Verdict == oracle.NonConformant:
		s = "; all of it is in " + file
	case known > 0:
		s = "; " + Counted(known, "failure") + " known from " + file
	}
	if lost := r.Ended(Errored); len(lost) > 0 && r.Verdict != oracle.Inconclusive {
		s += "; " + CountedOutcomes(lost) + " ended without an answer"
	}
	return s
}

// brokenByLevel is "2 MUST and 1 SHOULD"; "" when nothing is broken.
func (r *Report) brokenByLevel() string {
	var parts []string
	for _, l := range []contract.Level{contract.Must, contract.Should, contract.May} {
		if n := r.Counts.of(l).Broken; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ToUpper(string(l))))
		}
	}
	return strings.Join(parts, " and ")
}

// kept is how many requirements of all levels were kept.
func (c Counts) kept() int { return c.Must.Kept + c.Should.Kept + c.May.Kept }

// unseen is how many requirements of a level apply and were not looked at.
func (c Count) unseen() int { return c.NotRun + c.NotTestable }

// reach qualifies a verdict that does not rest on every MUST.
func (c Counts) reach() string {
	if c.Must.unseen() > 0 {
		return " AS FAR AS LOOKED AT"
	}
	return ""
}

// share is how many of the requirements that apply were kept, and what became
// of those that nobody looked at: silence is no pass.
func (c Counts) share() string {
	applies := 0
	for _, level := range []Count{c.Must, c.Should, c.May} {
		applies += level.Kept + level.Broken + level.Errored + level.unseen()
	}
	s := fmt.Sprintf("%d of %d requirements kept", c.kept(), applies)
	musts, others := c.Must.unseen(), c.Should.unseen()+c.May.unseen()
	switch {
	case musts > 0 && others > 0:
		s += fmt.Sprintf(", %s not looked at (and %s)", Counted(musts, "MUST"), Counted(others, "other"))
	case musts > 0:
		s += fmt.Sprintf(", %s not looked at", Counted(musts, "MUST"))
	case others > 0:
		s += fmt.Sprintf(", %d not looked at", others)
	}
	return s
}

// doubt says why there is no verdict.
func (r *Report) doubt() string {
	if lost := r.Ended(Errored); len(lost) > 0 {
		return CountedOutcomes(lost) + " ended without an answer"
	}
	if r.Counts.kept() == 0 {
		return "nothing was looked at"
	}
	return "the run did not come to its end"
}
