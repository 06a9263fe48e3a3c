package report

import (
	"fmt"
	"slices"
	"strings"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// A Set is the frozen set of requirements that the target was held to.
type Set struct {
	Release  string `json:"release"`
	Revision int    `json:"revision"` // raised with every change of the set; 0 when none was published for the release
}

// An Observation is which way the target goes where the documents contradict each
// other or leave it open. No way of these is wrong.
type Observation struct {
	ID         string    `json:"id"`
	Text       string    `json:"text"`
	Per        string    `json:"per"` // within what one reading can be expected; empty means all that the target answers
	Source     []Source  `json:"source"`
	Consistent bool      `json:"consistent"` // false when two readings are of one thing
	Readings   []Reading `json:"readings"`
	Reason     string    `json:"reason"` // why there are no readings; empty when there are some
}

// A Reading is one way that the target was seen to go.
type Reading struct {
	Of      string    `json:"of"` // an operation, a resource, a code; empty when the observation is of everything
	Reading string    `json:"reading"`
	Count   int       `json:"count"` // exchanges that show it
	Example FirstSeen `json:"example"`
}

// A FirstSeen is the first exchange that shows a reading.
type FirstSeen struct {
	Outcome string `json:"outcome"`
	Request string `json:"request"` // method, path and query
	Status  int    `json:"status"`
}

// observe puts a survey into the report.
func (r *Report) observe(rows []oracle.Observed, red *wire.Redactor) {
	r.Observations = []Observation{}
	for _, row := range rows {
		o := Observation{
			ID: row.Observation.ID, Text: row.Observation.Text, Per: row.Observation.Per, Source: sources(row.Observation.Sources),
			Consistent: row.Consistent(), Readings: []Reading{}, Reason: row.Reason,
		}
		for _, seen := range row.Readings {
			o.Readings = append(o.Readings, Reading{seen.Of, seen.Name, seen.Count, FirstSeen{
				seen.First.Outcome, wire.Shorten(red.Redact(seen.First.Method+" "+seen.First.Path), maxReason), seen.First.Status,
			}})
		}
		r.Observations = append(r.Observations, o)
	}
}

// fingerprint goes by the scenarios: what properties send depends on the seed, and
// may show a way that another seed does not come upon.
func fingerprint(in Facts) string {
	scenarios := slices.DeleteFunc(slices.Clone(in.Outcomes), func(o oracle.Outcome) bool { return o.Kind != "scenario" })
	return oracle.Fingerprint(oracle.Ways(oracle.Survey(in.Contract, in.Release, scenarios)))
}

// Inconsistent returns the observations of which the target was seen to go two
// ways.
func (r *Report) Inconsistent() []Observation {
	return slices.DeleteFunc(slices.Clone(r.Observations), func(o Observation) bool { return o.Consistent })
}

// Brief is the readings of an observation in one line, whatever they are of: the
// commonest first.
func (o Observation) Brief() string {
	var names []string
	counts := map[string]int{}
	for _, seen := range o.Readings {
		if counts[seen.Reading] == 0 {
			names = append(names, seen.Reading)
		}
		counts[seen.Reading] += seen.Count
	}
	slices.SortStableFunc(names, func(a, b string) int { return counts[b] - counts[a] })
	for i, name := range names {
		names[i] = fmt.Sprintf("%s × %d", name, counts[name])
	}
	return strings.Join(names, ", ")
}

// Both returns the readings of the things of which the target goes two ways.
func (o Observation) Both() []Reading {
	times := map[string]int{}
	for _, seen := range o.Readings {
		times[seen.Of]++
	}
	return slices.DeleteFunc(slices.Clone(o.Readings), func(seen Reading) bool { return times[seen.Of] < 2 })
}

// seenWays says how much was observed.
func (r *Report) seenWays() string {
	n := 0
	for _, o := range r.Observations {
		if len(o.Readings) > 0 {
			n++
		}
	}
	return fmt.Sprintf("%d of %s that the documents leave open", n, Counted(len(r.Observations), "matter"))
}

// writeObserved tells the fingerprint, and where the target disagrees with itself;
// all of it is in report.json.
func writeObserved(b *strings.Builder, r *Report) {
	if r.Fingerprint == "" {
		return
	}
	fmt.Fprintf(b, "OBSERVED  %s; fingerprint %s\n", r.seenWays(), printable(r.Fingerprint))
	for _, o := range r.Inconsistent() {
		fmt.Fprintf(b, "  Not consistent with itself: %s\n  %s\n", printable(o.ID), printable(o.Text))
		both := o.Both()
		for _, seen := range both[:min(len(both), 2*fewNames)] {
			of := ""
			if seen.Of != "" {
				of = " of " + seen.Of
			}
			fmt.Fprintf(b, "    %s%s, %s, first in %s\n", printable(seen.Reading), printable(of), Counted(seen.Count, "time"), printable(seen.Example.Outcome))
		}
		if more := len(both) - 2*fewNames; more > 0 {
			fmt.Fprintf(b, "    and %d more\n", more)
		}
	}
	b.WriteString("\n")
}

// wrongly returns the broken requirements that were found so because a refusal
// came for another reason.
func (r *Report) wrongly() []string {
	var ids []string
	for _, q := range r.Broken() {
		if _, f, _ := r.shown(q.ID); f.Kind == oracle.WrongReason {
			ids = append(ids, string(q.ID))
		}
	}
	return ids
}

// writeWrongReasons counts what a reader would else have to pick out: refusals that
// came, but for another reason, let nothing through.
func writeWrongReasons(b *strings.Builder, r *Report) {
	if n := len(r.wrongly()); n > 0 {
		fmt.Fprintf(b, "%s broken by refusals that came, but for the wrong reason\n\n", Counted(n, "requirement"))
	}
}
