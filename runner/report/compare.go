package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// ComparisonFormat names the version of the fields of a Comparison.
const ComparisonFormat = "ontap-conformance/comparison/1"

// A Comparison is what has changed from one run to another. How often something
// was seen, and how long it took, is no change.
type Comparison struct {
	Format       string   `json:"format"`
	Before       Side     `json:"before"`
	Now          Side     `json:"now"`
	Fingerprint  string   `json:"fingerprint"`  // "same", "same as far as both saw", or "different"
	Whole        bool     `json:"whole"`        // whether what one run found out about a requirement, the other did too
	Requirements []Moved  `json:"requirements"` // those that stand elsewhere, whatever the reason
	Observations []Turned `json:"observations"` // those of which the target goes another way
	Unseen       int      `json:"unseen"`       // things of observations that only one run saw
}

// Side is one of the two runs.
type Side struct {
	Run         string            `json:"run"`
	Endpoint    string            `json:"endpoint"`
	ONTAP       string            `json:"ontap"`
	Set         Set               `json:"requirement_set"`
	Verdict     oracle.Conclusion `json:"verdict"`
	Fingerprint string            `json:"fingerprint"`
}

// Moved is a requirement that stands elsewhere.
type Moved struct {
	ID     contract.ID     `json:"id"`
	Level  contract.Level  `json:"level"`
	Text   string          `json:"text"`
	Before oracle.Standing `json:"before"` // empty when that run did not know the requirement
	Now    oracle.Standing `json:"now"`    // as Before
	Reason string          `json:"reason"` // of now, or of before when there is none
}

// Turned is one thing of an observation of which the target goes another way.
type Turned struct {
	ID     string   `json:"id"`
	Text   string   `json:"text"`
	Of     string   `json:"of"`
	Before []string `json:"before"`
	Now    []string `json:"now"`
}

// Compare compares a run with an earlier one, or with that of another target.
func Compare(before, now *Report) *Comparison {
	c := &Comparison{
		Format: ComparisonFormat, Before: before.side(), Now: now.side(), Requirements: []Moved{}, Observations: []Turned{},
		Whole: before.Verdict != oracle.Inconclusive && now.Verdict != oracle.Inconclusive,
	}
	for _, q := range now.Requirements {
		was := before.requirement(q.ID)
		if was == nil {
			was = &Requirement{}
		}
		c.move(q, *was, q)
	}
	for _, q := range before.Requirements {
		if now.requirement(q.ID) == nil {
			c.move(q, q, Requirement{})
		}
	}
	c.turn(before, now)
	return c
}

func (r *Report) side() Side {
	return Side{r.Run.ID, r.Target.Endpoint, r.Target.ONTAP, r.Set, r.Verdict, r.Fingerprint}
}

// move notes where a requirement stood and stands.
func (c *Comparison) move(q, was, is Requirement) {
	if was.Status == is.Status {
		return
	}
	reason := is.Reason
	if reason == "" {
		reason = was.Reason
	}
	m := Moved{q.ID, q.Level, q.Text, was.Status, is.Status, reason}
	c.Requirements = append(c.Requirements, m)
	if m.halfSeen() {
		c.Whole = false
	}
}

// found reports whether a run found out whether a requirement is kept.
func found(s oracle.Standing) bool { return s == oracle.Kept || s == oracle.BrokenReq }

// turned reports whether both runs found out, and not the same.
func (m Moved) turned() bool { return found(m.Before) && found(m.Now) }

// halfSeen reports whether one run found out and the other should have.
func (m Moved) halfSeen() bool {
	should := func(s oracle.Standing) bool { return !found(s) && s != oracle.NotApplicable && s != "" }
	return found(m.Before) && should(m.Now) || found(m.Now) && should(m.Before)
}

// turn compares the ways that both runs saw.
func (c *Comparison) turn(before, now *Report) {
	old := map[string]Observation{}
	for _, o := range before.Observations {
		old[o.ID] = o
	}
	for _, o := range now.Observations {
		was, is := byThing(old[o.ID]), byThing(o)
		delete(old, o.ID)
		for _, of := range things(was, is) {
			switch {
			case was[of] == nil || is[of] == nil:
				c.Unseen++
			case !slices.Equal(was[of], is[of]):
				c.Observations = append(c.Observations, Turned{o.ID, o.Text, of, was[of], is[of]})
			}
		}
	}
	for _, o := range old {
		c.Unseen += len(byThing(o))
	}
	c.Fingerprint = "different"
	switch {
	case before.Fingerprint == now.Fingerprint:
		c.Fingerprint = "same"
	case len(c.Observations) == 0:
		c.Fingerprint = "same as far as both saw"
	}
}

// byThing returns the readings of an observation by what they are of.
func byThing(o Observation) map[string][]string {
	all := map[string][]string{}
	for _, seen := range o.Readings {
		all[seen.Of] = append(all[seen.Of], seen.Reading)
	}
	return all
}

// things returns the keys of two maps, sorted.
func things(a, b map[string][]string) []string {
	var all []string
	for of := range a {
		all = append(all, of)
	}
	for of := range b {
		all = append(all, of)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Changed reports whether the target itself has changed, as far as both runs
// looked: what one of them did not look at says nothing about it.
func (c *Comparison) Changed() bool {
	return len(c.Observations) > 0 || slices.ContainsFunc(c.Requirements, Moved.turned)
}

// JSON writes the comparison for machines.
func (c *Comparison) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(c)
}

// Text writes the comparison for people: first what the target does otherwise, then
// what only the runs have otherwise.
func (c *Comparison) Text(w io.Writer) error {
	var b strings.Builder
	for _, s := range []struct {
		name string
		Side
	}{{"before", c.Before}, {"now", c.Now}} {
		fmt.Fprintf(&b, "%-7s %s: %s, ONTAP %s, set %s revision %d, %s\n", s.name, s.Run, s.Endpoint, s.ONTAP, s.Set.Release, s.Set.Revision, s.Verdict)
	}
	b.WriteString("\n")
	var rest []Moved
	for _, m := range c.Requirements {
		if !m.turned() {
			rest = append(rest, m)
			continue
		}
		fmt.Fprintf(&b, "%s  %s  %s, was %s\n  %s\n", strings.ToUpper(string(m.Now)), m.ID, strings.ToUpper(string(m.Level)), m.Before, printable(m.Text))
		if m.Reason != "" {
			fmt.Fprintf(&b, "  %s\n", printable(m.Reason))
		}
		b.WriteString("\n")
	}
	for _, t := range c.Observations {
		of := ""
		if t.Of != "" {
			of = " of " + t.Of
		}
		fmt.Fprintf(&b, "OTHERWISE  %s%s: %s, was %s\n  %s\n\n", printable(t.ID), printable(of),
			printable(strings.Join(t.Now, " and ")), printable(strings.Join(t.Before, " and ")), printable(t.Text))
	}
	writeMoved(&b, rest)
	fmt.Fprintf(&b, "fingerprint: %s (%s, was %s)", c.Fingerprint, c.Now.Fingerprint, c.Before.Fingerprint)
	if c.Unseen > 0 {
		fmt.Fprintf(&b, "; %s seen by one run only", Counted(c.Unseen, "thing"))
	}
	b.WriteString("\n" + c.sentence() + "\n")
	_, err := io.WriteString(w, harmless(b.String()))
	return err
}

// writeMoved lists what one run did not look at, by how it stood and stands.
func writeMoved(b *strings.Builder, all []Moved) {
	by := map[string][]string{}
	var order []string
	for _, m := range all {
		key := fmt.Sprintf("%s, was %s", orUnknown(m.Now), orUnknown(m.Before))
		if by[key] == nil {
			order = append(order, key)
		}
		by[key] = append(by[key], string(m.ID))
	}
	for _, key := range order {
		ids := by[key]
		more := ""
		if len(ids) > 2*fewNames {
			more = fmt.Sprintf(" and %d more", len(ids)-2*fewNames)
			ids = ids[:2*fewNames]
		}
		fmt.Fprintf(b, "%4d  %s: %s%s\n", len(by[key]), key, strings.Join(ids, ", "), more)
	}
	if len(order) > 0 {
		b.WriteString("\n")
	}
}

func orUnknown(s oracle.Standing) string {
	if s == "" {
		return "unknown to that run"
	}
	return string(s)
}

// sentence is the last line, which says what the exit code goes by.
func (c *Comparison) sentence() string {
	n := 0
	for _, m := range c.Requirements {
		if m.turned() {
			n++
		}
	}
	switch {
	case c.Changed():
		return fmt.Sprintf("CHANGED: the standing of %s, and the way that the target goes in %s", Counted(n, "requirement"), Counted(len(c.Observations), "matter"))
	case !c.Whole:
		return "INCONCLUSIVE: nothing has changed as far as both runs looked"
	}
	return "THE SAME as far as requirements and observations go"
}
