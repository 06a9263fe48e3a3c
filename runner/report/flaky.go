package report

import (
	"fmt"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/wire"
)

// What --flaky may say of flaky findings.
const (
	FlakyFail   = "fail"   // they decide as what is broken does
	FlakyReport = "report" // they are told, and decide nothing
)

// writeFlaky tells of a requirement that one playing found broken and another did
// not, with what both sent and got.
func writeFlaky(b *strings.Builder, r *Report, q Requirement) {
	o := writeFound(b, r, q, "FLAKY ")
	writePlayings(b, o, q.ID)
	writeReproduce(b, o)
	b.WriteString("\n")
}

// writeAsked says how often was asked, where it was more than once.
func writeAsked(b *strings.Builder, o Outcome) {
	if o.Asked > 1 {
		fmt.Fprintf(b, "  Asked     %s\n", o.Times())
	}
}

// Times says how often an outcome was played.
func (o Outcome) Times() string { return Counted(o.Asked, "time") }

// Of says what a playing came to for a requirement.
func (p Playing) Of(id contract.ID) string {
	for _, broken := range p.Broken {
		if broken == id {
			return "broken"
		}
	}
	if p.Status == Errored {
		return "errored: " + p.Reason
	}
	return "not found broken (" + p.Status + ")"
}

// writePlayings writes what each playing sent and got.
func writePlayings(b *strings.Builder, o Outcome, id contract.ID) {
	for i, p := range o.Playings {
		fmt.Fprintf(b, "  Playing %d %s\n", i+1, printable(p.Of(id)))
		for _, line := range p.Transcript() {
			fmt.Fprintf(b, "    %s\n", printable(line))
		}
	}
	if len(o.Playings) > 0 {
		b.WriteString("\n")
	}
}

// Transcript is what a playing sent and got, two lines for each exchange. Of a long
// one the text has the end, which shows what it was about; report.json has it all.
func (p Playing) Transcript() []string {
	var lines []string
	all := p.Exchanges
	if left := len(all) - shownLines; left > 0 {
		lines, all = append(lines, fmt.Sprintf("(%s before, in report.json)", Counted(left, "request"))), all[left:]
	}
	for _, x := range all {
		lines = append(lines, strings.TrimSpace("> "+x.Request+" "+wire.Shorten(x.RequestBody, shownTurn)))
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("< %d %s", x.Status, wire.Shorten(x.Body, shownTurn))))
	}
	return lines
}

// shownTurn is what a transcript shows of a body, in bytes.
const shownTurn = 200

// flakyByLevel is "1 MUST and 2 SHOULD"; "" when nothing is flaky.
func (r *Report) flakyByLevel() string {
	var parts []string
	for _, l := range []contract.Level{contract.Must, contract.Should, contract.May} {
		n := 0
		for _, q := range r.Flaky() {
			if q.Level == l {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ToUpper(string(l))))
		}
	}
	return strings.Join(parts, " and ")
}
