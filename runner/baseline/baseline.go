// Package baseline keeps the known deviations of one target, so that a gate
// can go red for what is new and for what was mended, and for nothing else.
//
// A baseline is a file of the target's owner, never a tag in a feature: what
// is promised does not depend on who breaks it. The package judges nothing and
// never excuses an error of ours: it compares a report with the file. It must
// not import the steps or anything that talks to a target, so that a report
// that was recorded elsewhere is compared in the same way.
package baseline

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/files"
	"ontap-conformance/fixtures/strictyaml"
	"ontap-conformance/runner/report"
)

// Format names the version of the file.
const Format = "ontap-conformance/baseline/1"

// A Baseline is the known deviations of one target. It is not changed once it
// is loaded, and so safe for concurrent use.
type Baseline struct {
	Format string           `yaml:"format"`
	Target string           `yaml:"target"` // for the reader; any endpoint may be compared
	Known  []KnownDeviation `yaml:"known"`
}

// A KnownDeviation is a deviation that the owner of the target knows of.
type KnownDeviation struct {
	Requirement contract.ID `yaml:"requirement"`
	Outcomes    []string    `yaml:"outcomes,omitempty"` // names of the scenarios that show it; none means wherever it shows
	Reason      string      `yaml:"reason"`             // never empty
	Link        string      `yaml:"link,omitempty"`
	Flaky       bool        `yaml:"flaky,omitempty"` // whether it shows now and then only, so that it is not mended where it does not
}

// String names the entry for a reader.
func (e KnownDeviation) String() string {
	switch len(e.Outcomes) {
	case 0:
		return string(e.Requirement)
	case 1:
		return fmt.Sprintf("%s in %q", e.Requirement, e.Outcomes[0])
	}
	return fmt.Sprintf("%s in %d outcomes", e.Requirement, len(e.Outcomes))
}

// Unexplained is the reason that New gives to a deviation, for its owner to
// replace.
const Unexplained = "not explained yet"

// Load reads a file. The error says in which line a key is unknown.
func Load(name string) (*Baseline, error) {
	text, err := files.Read(name, files.MaxText)
	if err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	b := new(Baseline)
	if err := strictyaml.Decode(name, text, b); err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	if b.Format != Format {
		return nil, fmt.Errorf("reading the baseline: %s: want format %q, got %q", name, Format, b.Format)
	}
	for i, e := range b.Known {
		if e.Requirement == "" || e.Reason == "" {
			return nil, fmt.Errorf("reading the baseline: %s: entry %d has no requirement or no reason", name, i+1)
		}
	}
	return b, nil
}

// New makes a baseline of everything that a report found broken. What is flaky gets entries of
// its own. Reasons, links and the word flaky are kept from old, which may be nil.
func New(r *report.Report, old *Baseline) *Baseline {
	b := &Baseline{Format: Format, Target: r.Target.Endpoint, Known: []KnownDeviation{}}
	for _, q := range r.Broken() {
		for _, flaky := range []bool{false, true} {
			e := KnownDeviation{Requirement: q.ID, Reason: Unexplained, Flaky: flaky}
			for _, o := range r.Outcomes {
				if found := finding(o, q.ID); found != nil && found.Flaky == flaky {
					e.Outcomes = append(e.Outcomes, o.Name)
				}
			}
			if was := old.find(q.ID); was != nil {
				e.Reason, e.Link, e.Flaky = was.Reason, was.Link, flaky || was.Flaky
			}
			if e.Outcomes != nil {
				b.Known = append(b.Known, e)
			}
		}
	}
	return b
}

// Write writes the file.
func (b *Baseline) Write(w io.Writer) error {
	var text bytes.Buffer
	text.WriteString("# Known deviations of one target. A run with --baseline fails on everything\n" +
		"# that is not listed here, and on everything that is and no longer shows, unless\n" +
		"# it is flaky.\n")
	e := yaml.NewEncoder(&text)
	e.SetIndent(2)
	if err := e.Encode(b); err != nil {
		return fmt.Errorf("writing the baseline: %w", err)
	}
	_, err := w.Write(text.Bytes())
	return err
}

func (b *Baseline) find(id contract.ID) *KnownDeviation {
	if b == nil {
		return nil
	}
	i := slices.IndexFunc(b.Known, func(e KnownDeviation) bool { return e.Requirement == id })
	if i < 0 {
		return nil
	}
	return &b.Known[i]
}

// Verify returns an error for every entry that can match nothing: a
// requirement or an outcome that does not exist, by the two functions. A
// baseline that is out of date must not go on excusing by chance.
func (b *Baseline) Verify(requirement func(contract.ID) bool, outcome func(string) bool) error {
	var errs []error
	for _, e := range b.Known {
		if !requirement(e.Requirement) {
			errs = append(errs, fmt.Errorf("the baseline lists %s, and there is no such requirement", e.Requirement))
		}
		for _, name := range e.Outcomes {
			if !outcome(name) {
				errs = append(errs, fmt.Errorf("the baseline lists %q for %s, and there is no such outcome", name, e.Requirement))
			}
		}
	}
	return errors.Join(errs...)
}

// VerifyReport is Verify by what a report names.
func (b *Baseline) VerifyReport(r *report.Report) error {
	return b.Verify(
		func(id contract.ID) bool {
			return slices.ContainsFunc(r.Requirements, func(q report.Requirement) bool { return q.ID == id })
		},
		func(name string) bool {
			return slices.ContainsFunc(r.Outcomes, func(o report.Outcome) bool { return o.Name == name })
		})
}

// finding is what o found of id; nil when it found nothing.
func finding(o report.Outcome, id contract.ID) *report.Breach {
	i := slices.IndexFunc(o.Broken, func(f report.Breach) bool { return f.Requirement == id })
	if i < 0 {
		return nil
	}
	return &o.Broken[i]
}
