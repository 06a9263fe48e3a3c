package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/runner/report"
	"ontap-conformance/runner/wording"
)

// A confidence is what a hunt looked at: what stands in place of a bare green.
// It is what fuzz.json holds.
type confidence struct {
	huntOrigin
	huntCounts
	huntCoverage
	Unknown  []string `json:"unknown"` // properties about which nothing was found out
	Findings []string `json:"findings"`
	Flaky    []string `json:"flaky"`   // of the findings, those that did not fail again
	Mutants  part     `json:"mutants"` // of those that were measured, found within as many requests
}

// huntOrigin is which hunt it was.
type huntOrigin struct {
	Format   string     `json:"format"`
	Endpoint string     `json:"endpoint"`
	ONTAP    string     `json:"ontap"`
	Seed     uint64     `json:"seed"`
	End      engine.End `json:"end"` // why it ended
}

// huntCounts is how much was asked.
type huntCounts struct {
	Requests   int `json:"requests"`
	Cases      int `json:"cases"`
	Calls      int `json:"calls"` // of cases, without readings in between
	Rounds     int `json:"rounds"`
	Unanswered int `json:"unanswered"`
}

// huntCoverage is how much of what there is was reached.
type huntCoverage struct {
	Operations part             `json:"operations"`
	Codes      part             `json:"codes"`  // documented ones, as code and operation
	Fields     part             `json:"fields"` // properties of creations and changes that succeeded
	Pairs      part             `json:"pairs"`  // two of them together
	Faults     []string         `json:"faults"` // kinds of faults that were made
	Statuses   []int            `json:"statuses"`
	Points     []property.Point `json:"points"` // operation x status x code x fault
}

// A part is how much of what there is was reached.
type part struct {
	Reached int      `json:"reached"`
	All     int      `json:"all"`
	Missing []string `json:"missing"`
}

// confidence sums a hunt up.
func (h *hunt) confidence(end engine.End, game *engine.Campaign) confidence {
	t := game.Tally()
	c := confidence{
		huntOrigin:   huntOrigin{Format: "ontap-conformance/fuzz/1", Endpoint: h.bench.target.BaseURL, ONTAP: h.survey.Release.String(), Seed: h.flags.seed, End: end},
		huntCounts:   huntCounts{Requests: t.Requests, Cases: t.Cases, Calls: t.Calls, Rounds: t.Rounds, Unanswered: t.Unanswered},
		huntCoverage: huntCoverage{Faults: []string{}, Statuses: []int{}, Points: game.Coverage()},
		Unknown:      append([]string{}, slices.Sorted(maps.Keys(game.Unknown()))...), Findings: []string{}, Flaky: []string{},
	}
	slices.SortFunc(c.Points, func(a, b property.Point) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	operations, codes := map[string]bool{}, map[string]bool{}
	for _, p := range c.Points {
		operations[p.Operation], codes[p.Code+" "+p.Operation] = true, true
		if p.Fault != "" && !slices.Contains(c.Faults, p.Fault) {
			c.Faults = append(c.Faults, p.Fault)
		}
		if !slices.Contains(c.Statuses, p.Status) {
			c.Statuses = append(c.Statuses, p.Status)
		}
	}
	slices.Sort(c.Faults)
	slices.Sort(c.Statuses)
	for _, f := range h.found {
		c.Findings = append(c.Findings, string(f.Requirement.ID))
		if f.Broken.Flaky {
			c.Flaky = append(c.Flaky, string(f.Requirement.ID))
		}
	}
	c.Operations, c.Codes = h.reached(operations, codes)
	c.Fields, c.Pairs = sent(game.Sendings())
	c.Mutants.Reached, c.Mutants.All = engine.Killed(t.Requests)
	c.Mutants.Missing = []string{}
	return c
}

// reached compares what was seen with what the resources have that are fuzzed.
func (h *hunt) reached(operations, codes map[string]bool) (ops, rows part) {
	ops.Missing, rows.Missing = []string{}, []string{}
	release := h.survey.Release
	seen := map[*contract.Resource]bool{}
	for _, t := range property.Trials(h.contract, release) {
		if seen[t.Kind.Resource] || h.suite.Lacks(t.Kind.Resource) != nil {
			continue
		}
		seen[t.Kind.Resource] = true
		for _, o := range t.Kind.Resource.Operations {
			if !o.Covers(release) {
				continue
			}
			ops.add(operations[o.String()], o.String())
			for _, e := range o.Errors {
				if e.Covers(release) && e.Untested == "" && e.Provoke != contract.ByLab {
					rows.add(slices.ContainsFunc(e.Codes(), func(code string) bool { return codes[code+" "+o.String()] }), e.Code+" "+o.String())
				}
			}
		}
	}
	return ops, rows
}

// sent parts what requests had into single properties and pairs of them.
func sent(all map[property.Combination]bool) (fields, pairs part) {
	fields.Missing, pairs.Missing = []string{}, []string{}
	for _, s := range slices.SortedFunc(maps.Keys(all), func(a, b property.Combination) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }) {
		if s.Other == "" {
			fields.add(all[s], s.Operation+" "+s.One)
		} else {
			pairs.add(all[s], s.Operation+" "+s.One+" and "+s.Other)
		}
	}
	return fields, pairs
}

func (p *part) add(reached bool, name string) {
	p.All++
	if reached {
		p.Reached++
		return
	}
	p.Missing = append(p.Missing, name)
}

// write writes the confidence statement to stdout and, as JSON, to the folder.
func (h *hunt) write(a *app, end engine.End, game *engine.Campaign) error {
	c := h.confidence(end, game)
	fmt.Fprintf(a.stdout, "%s\n  ended because %s, after %s in %d cases and %s of %d properties\n",
		a.printable(fmt.Sprintf("Fuzzed %s, ONTAP %s, seed %d", h.flags.name(), c.ONTAP, c.Seed)), end, report.Counted(c.Requests, "request"), c.Cases, report.Counted(c.Rounds, "round"), len(game.Trials))
	fmt.Fprintf(a.stdout, "  operations %d of %d, documented codes that a request can provoke %d of %d, %d kinds of faults, statuses %s\n",
		c.Operations.Reached, c.Operations.All, c.Codes.Reached, c.Codes.All, len(c.Faults), strings.Trim(fmt.Sprint(c.Statuses), "[]"))
	fmt.Fprintf(a.stdout, "  properties of creations and changes that succeeded %d of %d, two of them together %d of %d pairs\n",
		c.Fields.Reached, c.Fields.All, c.Pairs.Reached, c.Pairs.All)
	fmt.Fprintf(a.stdout, "  %d different combinations of operation, status, code and kind of fault\n", len(c.Points))
	for _, name := range c.Unknown {
		fmt.Fprintln(a.stdout, a.printable(fmt.Sprintf("  NOT KNOWN %s: %v", name, game.Unknown()[name])))
	}
	if len(c.Unknown) == 0 && len(h.flags.properties) == 0 { // else it would claim too much
		fmt.Fprintf(a.stdout, "  so many requests find %d of our own %d servers that are wrong on purpose (make kills)\n", c.Mutants.Reached, c.Mutants.All)
	}
	if c.Unanswered > 0 {
		fmt.Fprintf(a.stdout, "  %d cases ended without an answer\n", c.Unanswered)
	}
	h.tellFound(a)
	data, err := json.MarshalIndent(c, "", "  ")
	if err == nil {
		err = a.scanner.Write(filepath.Join(h.out, huntFile), append(data, '\n'))
	}
	for _, e := range append(h.errs, err) {
		if e != nil {
			return fmt.Errorf("writing what was found: %w", e)
		}
	}
	return nil
}

// tellFound tells of the findings, and of those of the corpus.
func (h *hunt) tellFound(a *app) {
	flaky := ""
	if h.flags.flaky.Value == report.FlakyReport {
		flaky = " (does not decide)"
	}
	for _, f := range h.found {
		what, note := "BROKEN", ""
		if f.Broken.Flaky {
			what, note = "FLAKY", flaky
		}
		fmt.Fprintln(a.stdout, "  "+wording.OneLine(fmt.Sprintf("%s %s %s: %s%s", what, f.Requirement.ID, strings.ToUpper(string(f.Requirement.Level)), f.Requirement.Text, note)))
	}
	if n := h.again[stillFailing]; n > 0 {
		fmt.Fprintf(a.stdout, "  BROKEN as before: %s of the corpus\n", report.Counted(n, "finding"))
	}
	if n := h.again[flakyAgain]; n > 0 {
		fmt.Fprintf(a.stdout, "  FLAKY as before: %s of the corpus%s\n", report.Counted(n, "finding"), flaky)
	}
	switch {
	case len(h.found) > 0:
		fmt.Fprintf(a.stdout, "  findings in %s\n", h.out)
	case h.again[stillFailing]+h.again[flakyAgain] > 0:
		fmt.Fprintln(a.stdout, "  nothing else was found broken; what was not tried is not known")
	default:
		fmt.Fprintln(a.stdout, "  nothing was found broken; what was not tried is not known")
	}
}
