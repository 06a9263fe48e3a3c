package baseline

import (
	"slices"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/runner/report"
)

// A Deviation is a requirement that an outcome found broken.
type Deviation struct {
	Requirement contract.ID
	Outcome     string
}

// A Difference is a report beside a baseline.
type Difference struct {
	New      []Deviation      // not listed, of a level that decides
	Mended   []KnownDeviation // listed, and it was looked at and kept
	Unknown  bool             // something could not be found out
	Excused  []Deviation      // listed, and still so
	Harmless []Deviation      // not listed, of a level that does not decide, or flaky where that is only told
}

// Compare sets a report beside the baseline. Broken MUSTs decide, and with
// strict broken SHOULDs too. What was skipped, errored or not selected is
// neither broken nor mended.
func (b *Baseline) Compare(r *report.Report, strict bool) Difference {
	c := Difference{Unknown: r.Verdict == oracle.Inconclusive}
	for _, o := range r.Outcomes {
		c.Unknown = c.Unknown || o.Status == report.Errored
		for _, f := range o.Broken {
			d := Deviation{f.Requirement, o.Name}
			switch {
			case b.excuses(d):
				c.Excused = append(c.Excused, d)
			case decides(r, d.Requirement, strict) && !(f.Flaky && r.Run.Flaky == report.FlakyReport):
				c.New = append(c.New, d)
			default:
				c.Harmless = append(c.Harmless, d)
			}
		}
	}
	for _, e := range b.Known {
		if gone := mended(r, e); gone != nil {
			c.Mended = append(c.Mended, *gone)
		}
	}
	return c
}

// Record is the comparison as a report holds it; file is the baseline's.
func (c Difference) Record(file string) *report.Baseline {
	b := &report.Baseline{File: file, New: len(c.New), Undecisive: len(c.Harmless), Mended: []report.Mended{}}
	for _, e := range c.Mended {
		b.Mended = append(b.Mended, report.Mended{Requirement: e.Requirement, Outcomes: append([]string{}, e.Outcomes...)})
	}
	return b
}

// MarkKnown turns the failures of which every deviation is listed into known
// ones.
func (b *Baseline) MarkKnown(r *report.Report) {
	for i := range r.Outcomes {
		o := &r.Outcomes[i]
		known := (o.Status == report.Failed || o.Status == report.Flaky) && len(o.Broken) > 0
		for _, f := range o.Broken {
			known = known && b.excuses(Deviation{f.Requirement, o.Name})
		}
		if known {
			o.Status = report.KnownFailure
		}
	}
}

func (b *Baseline) excuses(d Deviation) bool {
	return slices.ContainsFunc(b.Known, func(e KnownDeviation) bool {
		return e.Requirement == d.Requirement && (len(e.Outcomes) == 0 || slices.Contains(e.Outcomes, d.Outcome))
	})
}

func decides(r *report.Report, id contract.ID, strict bool) bool {
	i := slices.IndexFunc(r.Requirements, func(q report.Requirement) bool { return q.ID == id })
	return i < 0 || r.Requirements[i].Level == contract.Must || strict && r.Requirements[i].Level == contract.Should
}

// mended returns the part of an entry that no longer shows: the outcomes that
// passed, or all of it when it names none and the requirement was kept. What shows
// now and then only has not gone because it does not show.
func mended(r *report.Report, e KnownDeviation) *KnownDeviation {
	if e.Flaky || slices.ContainsFunc(r.Requirements, func(q report.Requirement) bool { return q.ID == e.Requirement && q.Flaky }) {
		return nil
	}
	if len(e.Outcomes) == 0 {
		for _, q := range r.Requirements {
			if q.ID == e.Requirement && q.Status == oracle.Kept {
				return &e
			}
		}
		return nil
	}
	gone := e
	gone.Outcomes = nil
	for _, o := range r.Outcomes {
		if slices.Contains(e.Outcomes, o.Name) && o.Status == report.Passed {
			gone.Outcomes = append(gone.Outcomes, o.Name)
		}
	}
	if gone.Outcomes == nil {
		return nil
	}
	return &gone
}
