package engine

import (
	"context"
	"slices"

	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/property"
)

// order is that of the properties in a hunt: first what a server spoils the rest with, then
// what shows most for its requests, as measured with the mutants. What is not named comes
// last, and so do, where a number says on how many resources a property is looked at first,
// the others: most servers keep a convention in one place.
var order = []struct {
	property string
	first    int // zero means on all
}{
	{"any-row-of-calls-does-what-the-model-says", 0},
	{"any-request-is-answered-by-the-conventions", 2},
	{"lists-agree-with-their-records", 2},
	{"a-write-may-be-asked-for-in-many-ways", 2},
	{"work-on-keys-is-started", 0},
	{"an-inactive-configuration-comes-and-goes-beside-the-active-one", 0},
	{"a-documented-error-is-answered-with-its-code", 0},
	{"key-servers-are-those-that-the-model-says", 0},
	{"a-faulty-body-is-refused-and-leaves-no-trace", 2},
	{"a-sentence-about-one-request-holds", 0},
	{"a-certificate-in-use-stays-until-it-is-free", 0},
	{"a-job-goes-forward-whoever-looks", 1},
	{"the-same-change-again-changes-nothing", 0},
	{"a-change-takes-what-it-names-and-keeps-the-rest", 0},
	{"a-change-of-one-leaves-those-of-other-svms", 0},
}

// ordered are trials in the order of a hunt: property by property, and each on the resources
// with the most fields that may be wrong first. Those from early on are left for when the
// others have been tried.
func ordered(trials []*property.Trial) (all []*property.Trial, early int) {
	trials = slices.SortedStableFunc(slices.Values(trials), func(a, b *property.Trial) int { return len(b.Model.Fields) - len(a.Model.Fields) })
	var late []*property.Trial
	for _, turn := range order {
		on := slices.DeleteFunc(slices.Clone(trials), func(t *property.Trial) bool { return t.Property.Name != turn.property })
		n := len(on)
		if turn.first > 0 {
			n = min(n, turn.first)
		}
		all = append(all, on[:n]...)
		at := len(late)
		if turn.property == firstOfLate {
			at = 0
		}
		late = slices.Insert(late, at, on[n:]...)
	}
	for _, t := range trials {
		if !slices.Contains(all, t) && !slices.Contains(late, t) {
			late = append(late, t)
		}
	}
	return append(all, late...), len(all)
}

// firstOfLate is the property that shows most for its requests of those that are left for when
// the others have been tried.
const firstOfLate = "a-faulty-body-is-refused-and-leaves-no-trace"

// A schedule is what a hunt plays in which order.
type schedule struct {
	trials []*property.Trial // in the order that they are played in
	early  int               // how many of them come before the others
	seats  []*seat
	turn   int // requests of a trial in the pass that goes on
	cut    int // passes in a row that were cut short
}

func newSchedule(trials []*property.Trial, lanes []lane) schedule {
	var s schedule
	s.trials, s.early = ordered(trials)
	for _, l := range lanes {
		s.seats = append(s.seats, &seat{lane: l, plays: map[string]int{}, next: map[string]*drawnCase{}})
	}
	return s
}

// A seat is where the cases of a lane are played, by one goroutine at a time.
type seat struct {
	lane   lane
	plays  map[string]int        // of each trial until now
	next   map[string]*drawnCase // of each trial, where it is drawn already
	played int                   // cases of the pass
	found  []candidate           // in the pass
}

// A drawnCase is one that is to be played.
type drawnCase struct {
	one   plan.Case
	seed  uint64
	items []int // numbers of what it tries, each once
}

// round plays one round on every lane.
func (h *Campaign) round(ctx, deadline context.Context) {
	first := h.tally.Rounds == 0 && h.schedule.early > 0
	for n, more := 0, true; n == 0 || n < maxPasses && h.schedule.cut == 0 && (more || first && n <= earlyPasses); n++ {
		h.schedule.turn = longTurn
		if n == 0 {
			h.schedule.turn = shortTurn
		}
		more = h.pass(ctx, deadline, h.due(n, first))
	}
	if h.schedule.cut == 0 { // else what was left out is still to be played
		h.tally.Rounds++
	}
}

// due returns which trials have a turn in the nth pass of a round, with what they play next.
// In the first passes of the first round only what shows most has.
func (h *Campaign) due(n int, first bool) func(*property.Trial, *drawnCase) bool {
	early, fresh := h.schedule.trials[:h.schedule.early], h.coverage.fresh
	if first && n == 1 { // everything was
		fresh = nil
	}
	return func(t *property.Trial, next *drawnCase) bool {
		if first && n < earlyPasses && !slices.Contains(early, t) {
			return false
		}
		return n == 0 || fresh[t.Name] || h.coverage.news(next, nil) > 0
	}
}

// Turns, in requests: how long a trial goes on in the first pass of a round, and in those
// after it, as long as it has cases that try something new. One case is the least.
const (
	shortTurn = 16
	longTurn  = 40
)

// Passes: of a round at most, and of the first round those that only early trials have. The
// one after them is never left out.
const (
	maxPasses   = 6
	earlyPasses = 3
)

// pass gives every trial whose next case is due a turn on every lane, and reports whether
// any was: in the first pass of all in order, and then first those whose next case tries
// most that is new.
func (h *Campaign) pass(ctx, deadline context.Context, due func(*property.Trial, *drawnCase) bool) bool {
	before := h.tally
	inOrder := h.coverage.begin() == 1
	sideBySide(len(h.schedule.seats), h.Workers, func(i int) {
		s, turns := h.schedule.seats[i], h.turns(i)
		s.played, s.found = 0, nil
		if !inOrder {
			turns = h.byNews(s, turns)
		}
		for _, t := range turns {
			if !h.takeTurn(ctx, deadline, s, t, due) {
				return
			}
		}
	})
	played := false
	for _, s := range h.schedule.seats {
		played = played || s.played > 0
		for _, c := range s.found {
			h.file(ctx, c)
		}
	}
	answered := h.tally.Cases - before.Cases - (h.tally.Unanswered - before.Unanswered)
	if h.Bed.Silent() || played && answered == 0 {
		h.schedule.cut++
	} else {
		h.schedule.cut = 0
	}
	if h.Told != nil {
		h.Told(h.tally)
	}
	return played
}

// A turn is a trial on a lane, which is the nth that plays it.
type turn struct {
	trial *property.Trial
	nth   int
}

// turns are those of the i-th lane. Lanes begin with different trials, so that all of them
// have been tried as soon as may be.
func (h *Campaign) turns(i int) []turn {
	var all []turn
	n := len(h.schedule.seats)
	for nth := range n {
		for j, t := range h.schedule.trials {
			if (i-j%n+n)%n == nth {
				all = append(all, turn{t, nth})
			}
		}
	}
	return all
}

// byNews are turns of a lane, first those of trials that it has not played yet, and then
// those whose next case tries most that nobody has tried.
func (h *Campaign) byNews(s *seat, turns []turn) []turn {
	news := map[turn]int{}
	for _, t := range turns {
		news[t] = h.coverage.news(h.next(s, t), nil)
		if s.plays[t.trial.Name] == 0 {
			news[t] = maxKnown // more than any case has
		}
	}
	return slices.SortedStableFunc(slices.Values(turns), func(a, b turn) int { return news[b] - news[a] })
}

// next is the case that a lane plays next of a trial, which may be put off.
func (h *Campaign) next(s *seat, t turn) *drawnCase {
	next := s.next[t.trial.Name]
	if next == nil {
		seed := seedOf(h.Bed.Seed, t.trial.Name, h.check(s, t))
		one := draw(t.trial.Cases(h.check(s, t)), seed)
		next = &drawnCase{one, seed, h.coverage.number(itemsOf(t.trial, one))}
		s.next[t.trial.Name] = next
	}
	return next
}

// check is the number of that case.
func (h *Campaign) check(s *seat, t turn) int {
	return s.plays[t.trial.Name]*len(h.schedule.seats) + t.nth
}

// takeTurn plays the next cases of a trial on a lane: the first if it is due, and more of
// them as long as they try something new and the turn lasts. It reports whether the lane may
// go on.
func (h *Campaign) takeTurn(ctx, deadline context.Context, s *seat, on turn, due func(*property.Trial, *drawnCase) bool) bool {
	own := map[int]bool{}
	t := on.trial
	for spent := 0; spent < h.schedule.turn; {
		check := h.check(s, on)
		next := h.next(s, on)
		if spent == 0 && !due(t, next) || spent > 0 && h.coverage.news(next, own) == 0 {
			return true
		}
		if deadline.Err() != nil || h.Bed.Silent() {
			return false
		}
		for _, c := range next.items {
			own[c] = true
		}
		delete(s.next, t.Name)
		s.plays[t.Name]++
		s.played++
		o, by := play(ctx, t, h.Bed, s.lane, check, next.one)
		h.count(t, next, o, by)
		if len(o.Found) > 0 {
			s.found = append(s.found, candidate{t, s.lane, check, next.seed, next.one, o, by.Drawing})
		}
		spent += max(1, o.Requests)
	}
	return true
}
