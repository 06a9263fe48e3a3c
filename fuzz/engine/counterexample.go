package engine

import (
	"context"
	"slices"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/property"
)

// A Bucket is what one defect shows as: findings of one bucket are one finding.
type Bucket struct {
	Requirement contract.ID
	Operation   string // as reports name it; "" when several exchanges together show it
}

// A Counterexample is a requirement that was found broken, with the case that shows it.
type Counterexample struct {
	Bucket
	Trial   string
	Seed    uint64    // of the case as it was drawn
	Case    plan.Case // as small as it gets
	Small   bool      // whether it failed again, so that it could be made small
	Flaky   bool      // whether it was played again and did not fail; the case is as it was drawn then
	Outcome *oracle.Outcome
	Also    []contract.ID // that the same case showed broken
	Times   int           // that it was seen in the hunt
	Drawing []byte        // of what several clients saw, as HTML; nil for none
}

// A candidate is a case that failed in a round.
type candidate struct {
	trial *property.Trial
	lane  lane
	check int
	seed  uint64
	one   plan.Case
	fails *oracle.Outcome
	drawn []byte
}

// file puts what a case showed into its buckets. The first of a bucket is made
// as small as it gets; what else the small case shows is no finding of its own. A flaky finding
// is told once, and again when a later case of its bucket fails twice.
func (h *Campaign) file(ctx context.Context, c candidate) {
	known := false
	for _, f := range c.fails.Found {
		if b := h.buckets[h.bucket(f)]; b != nil {
			b.Times++
			known = known || !b.Flaky || b.Times > maxDoubts
		}
	}
	if known {
		return // one defect shows in many ways: those that come along are told with it
	}
	f := h.finding(ctx, c)
	old := h.buckets[f.Bucket]
	if old != nil && f.Flaky {
		return
	}
	if old != nil && old.Bucket == f.Bucket {
		f.Times = old.Times
	} else {
		h.tally.Findings++
	}
	for _, o := range []*oracle.Outcome{c.fails, f.Outcome} {
		for _, also := range o.Found {
			h.buckets[h.bucket(also)] = f
		}
	}
	h.tally.Since = 0
	if h.Found != nil {
		h.Found(f)
	}
}

// maxDoubts is how many cases of a flaky finding are played again in the hope that one fails
// twice.
const maxDoubts = 16

// finding plays a case that failed again, and makes a finding of it: of the first requirement
// that is broken once more, else a flaky one of the first.
func (h *Campaign) finding(ctx context.Context, c candidate) *Counterexample {
	f := &Counterexample{Bucket: h.bucket(c.fails.Found[0]), Trial: c.trial.Name, Seed: c.seed, Case: c.one, Outcome: c.fails, Times: 1, Drawing: c.drawn}
	all, asked := []oracle.Outcome{*c.fails}, 1
	for _, id := range c.fails.Broke() {
		small := shrink(ctx, c.trial, h.Bed, c.lane, c.check, c.seed, id)
		if small.one != nil {
			at := slices.IndexFunc(c.fails.Found, func(found oracle.Breach) bool { return found.Requirement == id })
			f.Bucket = h.bucket(c.fails.Found[at])
			f.Case, f.Outcome, f.Small, f.Drawing = *small.one, small.outcome, true, small.played.Drawing
			break
		}
		all, asked = append(all, *small.again), asked+small.asked
	}
	if !f.Small && !h.Bed.Once {
		outcome := oracle.Together(asked, all...)
		f.Outcome, f.Flaky = &outcome, true
	}
	for _, id := range f.Outcome.Broke() {
		if id != f.Requirement {
			f.Also = append(f.Also, id)
		}
	}
	return f
}

// bucket is where a finding belongs.
func (h *Campaign) bucket(f oracle.Breach) Bucket {
	b := Bucket{Requirement: f.Requirement}
	if f.Exchange == nil {
		return b
	}
	r := f.Exchange.Request
	if o := h.Bed.Judge.Contract().Route(r.APIPath()).Operation(r.Method); o != nil {
		b.Operation = o.String()
	}
	return b
}
