package report

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/wire"
)

// Text writes a report for people: what is not kept, everything that a reader
// needs to see it with their own eyes, and the verdict as the last line, where
// a terminal leaves it in sight. What is kept is only counted.
func Text(w io.Writer, r *Report) error {
	var b strings.Builder
	writeHead(&b, r)
	for _, q := range r.Sure() {
		writeBroken(&b, r, q)
	}
	for _, q := range r.Flaky() {
		writeFlaky(&b, r, q)
	}
	writeErrored(&b, r)
	writeKnown(&b, r)
	writeMended(&b, r)
	writeSkipped(&b, r)
	writeLeftBehind(&b, r)
	writeObserved(&b, r)
	if n := r.Assumed(); n > 0 {
		fmt.Fprintf(&b, "\nASSUMED   %s, which no document that was read attests for this release\n", Counted(n, "requirement"))
	}
	writeCounts(&b, r)
	writeWrongReasons(&b, r)
	fmt.Fprintln(&b, r.Sentence())
	_, err := io.WriteString(w, harmless(b.String()))
	return err
}

func writeHead(b *strings.Builder, r *Report) {
	fmt.Fprintf(b, "%s against the promises of ONTAP %s%s\n", r.Target.title(), r.Target.ONTAP, r.revision())
	fmt.Fprintf(b, "seed %d, mode %s, %s, %s in %s",
		r.Run.Seed, r.Run.Mode, r.scenarios(), Counted(r.Environment.Requests, "request"), elapsed(r.Environment.ElapsedMS))
	if v := r.Target.ReportedVersion; v != "" {
		fmt.Fprintf(b, "; the target says that it is %s", printable(v))
	}
	if r.Run.Nonce != "" {
		fmt.Fprintf(b, "; what it created has oc%s in its name", printable(r.Run.Nonce))
	}
	b.WriteString("\n")
	if r.Unverified() {
		b.WriteString("the certificate of the target was not verified (--insecure)\n")
	}
	if ran := r.ran(); len(ran) <= fewRan {
		for _, o := range ran {
			fmt.Fprintf(b, "ran %s: %s\n", printable(o.Name), o.Status)
		}
	}
	b.WriteString("\n")
}

// fewRan is how many scenarios are named that were run: whoever picks one out wants to see it.
const fewRan = 5

// ran are the outcomes of what was not skipped.
func (r *Report) ran() []Outcome {
	return slices.DeleteFunc(slices.Clone(r.Outcomes), func(o Outcome) bool { return o.Status == Skipped })
}

// revision names the set of requirements, where one was published.
func (r *Report) revision() string {
	if r.Set.Revision == 0 {
		return ""
	}
	return fmt.Sprintf(" (set %s, revision %d)", r.Set.Release, r.Set.Revision)
}

// title names the target at the head of a report.
func (t Target) title() string {
	if t.Simulator {
		return "The embedded simulator"
	}
	return printable(t.Endpoint)
}

// Unverified reports whether the target spoke TLS with a certificate that
// nobody verified.
func (r *Report) Unverified() bool {
	return strings.HasPrefix(r.Target.Endpoint, "https:") && !r.Target.TLSVerified
}

// scenarios counts all that there are, properties too, and those of them that
// were skipped.
func (r *Report) scenarios() string {
	s := CountedOutcomes(r.Outcomes)
	if n := len(r.Ended(Skipped)); n > 0 {
		s += fmt.Sprintf(" (%d skipped)", n)
	}
	return s
}

func (r *Report) requirement(id contract.ID) *Requirement {
	i := slices.IndexFunc(r.Requirements, func(q Requirement) bool { return q.ID == id })
	if i < 0 {
		return nil
	}
	return &r.Requirements[i]
}

// shown is the outcome that shows best that a requirement is broken: a new
// failure before a known one, evidence before none.
func (r *Report) shown(id contract.ID) (o Outcome, f Breach, more int) {
	best := -1
	for _, out := range r.Outcomes {
		for _, found := range out.Broken {
			if found.Requirement != id {
				continue
			}
			more++
			score := 0
			if found.Exchange != nil {
				score++
			}
			if out.Status == Failed && !found.Flaky {
				score += 2
			}
			if score > best {
				best, o, f = score, out, found
			}
		}
	}
	return o, f, more - 1
}

func writeBroken(b *strings.Builder, r *Report, q Requirement) {
	writeReproduce(b, writeFound(b, r, q, "BROKEN"))
	b.WriteString("\n")
}

// writeFound tells what was found of a requirement under a word of six letters, and returns the
// outcome that is shown for it.
func writeFound(b *strings.Builder, r *Report, q Requirement, word string) Outcome {
	o, f, more := r.shown(q.ID)
	fmt.Fprintf(b, "%s  %s  %s%s\n", word, printable(string(q.ID)), strings.ToUpper(string(q.Level)), knownMark(o))
	writePromise(b, q)
	writeFinding(b, f)
	if o.Name != "" {
		fmt.Fprintf(b, "  Seen in   %s%s\n", printable(o.Name), others(more))
	}
	writeAsked(b, o)
	return o
}

func knownMark(o Outcome) string {
	if o.Status == KnownFailure {
		return "  (in the baseline)"
	}
	return ""
}

func others(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" (and in %d more)", n)
}

func writePromise(b *strings.Builder, q Requirement) {
	fmt.Fprintf(b, "  %s\n", printable(q.Text))
	for _, s := range q.Source {
		fmt.Fprintf(b, "  Source    %s (%s): %s\n            %s\n", printable(s.Document), printable(s.Release), printable(s.Section), printable(s.Where))
	}
}

func writeFinding(b *strings.Builder, f Breach) {
	if f.Kind != "" {
		fmt.Fprintf(b, "  In short  %s\n", f.Kind)
	}
	switch {
	case f.Want != "":
		fmt.Fprintf(b, "  Looked at %s\n  Expected  %s\n  Came back %s\n", printable(f.What), printable(f.Want), printable(f.Got))
	case f.What != "":
		fmt.Fprintf(b, "  Found     %s\n", printable(f.What))
	}
	if f.Exchange == nil {
		return
	}
	x := f.Exchange
	fmt.Fprintf(b, "\n    > %s\n", printable(x.Request))
	for _, name := range slices.Sorted(maps.Keys(x.RequestHeaders)) {
		fmt.Fprintf(b, "    > %s: %s\n", printable(name), printable(x.RequestHeaders[name]))
	}
	writeQuoted(b, "    > ", x.RequestBody)
	fmt.Fprintf(b, "    < %d\n", x.Status)
	for _, name := range slices.Sorted(maps.Keys(x.Headers)) {
		fmt.Fprintf(b, "    < %s: %s\n", printable(name), printable(x.Headers[name]))
	}
	writeQuoted(b, "    < ", wire.Shorten(x.Body, shownBody))
	b.WriteString("\n")
}

// writeQuoted writes text with a prefix to each line; nothing for no text.
func writeQuoted(b *strings.Builder, prefix, text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	for line := range strings.Lines(text) {
		b.WriteString(prefix + printable(strings.TrimRight(line, "\r\n")) + "\n")
	}
}

// What the text shows of long evidence; all of it is in report.json.
const (
	shownBody  = 600 // bytes of an answer
	shownLines = 10  // requests of a scenario
)

// writeErrored groups by reason: a target that went away is one piece of news,
// however many scenarios were left to run.
func writeErrored(b *strings.Builder, r *Report) {
	for _, g := range groups(r.Ended(Errored)) {
		fmt.Fprintf(b, "ERRORED %s: we could not find out\n  %s\n", CountedOutcomes(g.Outcomes), printable(g.Reason))
		for _, o := range g.Outcomes[:min(len(g.Outcomes), fewNames)] {
			fmt.Fprintf(b, "  - %s\n", printable(o.Name))
			if o.Reproduce.Replay != "" {
				fmt.Fprintf(b, "    Again   %s\n", printable(o.Reproduce.Replay))
			}
		}
		if more := len(g.Outcomes) - fewNames; more > 0 {
			fmt.Fprintf(b, "  and %d more\n", more)
		}
		b.WriteString("\n")
	}
}

func writeKnown(b *strings.Builder, r *Report) {
	known := r.Ended(KnownFailure)
	if len(known) == 0 {
		return
	}
	fmt.Fprintf(b, "KNOWN   %s in the baseline\n", Counted(len(known), "failure"))
	for _, o := range known {
		fmt.Fprintf(b, "  %s (%s)\n", printable(o.Name), printable(strings.Join(brokenIDs(o), ", ")))
	}
	b.WriteString("\n")
}

// writeMended lists what a baseline holds and no longer shows.
func writeMended(b *strings.Builder, r *Report) {
	if r.Baseline == nil || len(r.Baseline.Mended) == 0 {
		return
	}
	fmt.Fprintf(b, "MENDED  and still in the baseline: remove from %s\n", printable(r.Baseline.File))
	for _, m := range r.Baseline.Mended {
		fmt.Fprintf(b, "  %s\n", printable(string(m.Requirement)))
		for _, name := range m.Outcomes {
			fmt.Fprintf(b, "  - %s\n", printable(name))
		}
	}
	b.WriteString("\n")
}

// A group is what ended for one reason.
type group struct {
	Reason   string
	Outcomes []Outcome
}

// quoted is the part of a reason in which the members of a group may differ.
var quoted = regexp.MustCompile(`"[^"]*"`)

// groups gathers outcomes by reason, the largest group first. What is quoted in
// a reason tells no groups apart, nor do answers that follow its first line: forty
// conditions without a lab are one reason.
func groups(os []Outcome) []group {
	by := map[string][]Outcome{}
	for _, o := range os {
		key := quoted.ReplaceAllString(firstLine(o.Reason), `"…"`)
		by[key] = append(by[key], o)
	}
	var all []group
	for _, reason := range slices.Sorted(maps.Keys(by)) {
		all = append(all, group{inCommon(reason, by[reason]), by[reason]})
	}
	slices.SortStableFunc(all, func(a, b group) int { return len(b.Outcomes) - len(a.Outcomes) })
	return all
}

// inCommon is the reason of a group: what all of its members quote stands in it, so that it
// names the one SVM that all of them met.
func inCommon(reason string, os []Outcome) string {
	if len(os) == 1 {
		return os[0].Reason
	}
	common := quoted.FindAllString(firstLine(os[0].Reason), -1)
	for _, o := range os[1:] {
		for i, part := range quoted.FindAllString(firstLine(o.Reason), -1) {
			if part != common[i] {
				common[i] = `"…"`
			}
		}
	}
	return quoted.ReplaceAllStringFunc(reason, func(string) string {
		part := common[0]
		common = common[1:]
		return part
	})
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// fewNames is how many scenarios are named before a count says more.
const fewNames = 3

func writeSkipped(b *strings.Builder, r *Report) {
	skipped := r.Ended(Skipped)
	if len(skipped) == 0 {
		return
	}
	fmt.Fprintf(b, "SKIPPED %s\n", CountedOutcomes(skipped))
	for _, g := range groups(skipped) {
		fmt.Fprintf(b, "  %4d  %s\n", len(g.Outcomes), printable(g.Reason))
		if len(g.Outcomes) > fewNames {
			continue
		}
		for _, o := range g.Outcomes {
			fmt.Fprintf(b, "        - %s\n", printable(o.Name))
		}
	}
	b.WriteString("\n")
}

func writeLeftBehind(b *strings.Builder, r *Report) {
	left := r.Environment.Objects.LeftBehind
	if len(left) == 0 {
		return
	}
	fmt.Fprintf(b, "LEFT BEHIND  %s on the target; ontap-conformance cleanup removes what is still there\n", Counted(len(left), "object"))
	for _, o := range left {
		fmt.Fprintf(b, "  %s on %s, %s %s\n", printable(o.Kind), printable(o.SVM), printable(o.Mark), printable(o.Path))
	}
	b.WriteString("\n")
}

func writeCounts(b *strings.Builder, r *Report) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "requirements\tkept\tbroken\terrored\tnot run\tnot testable\tnot applicable\t")
	for _, l := range []contract.Level{contract.Must, contract.Should, contract.May} {
		c := r.Counts.of(l)
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t\n", strings.ToUpper(string(l)),
			c.Kept, c.Broken, c.Errored, c.NotRun, c.NotTestable, c.NotApplicable)
	}
	t.Flush() // cannot fail: the writer is a strings.Builder
	b.WriteString("\n")
}
