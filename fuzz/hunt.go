package fuzz

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/steps"
)

// A Hunt plays trials for as long as it may, and most of those that show
// something new. Its fields must not change while it runs.
//
// It goes on in rounds. In a round every lane plays a case of every trial, and then,
// pass by pass, more of those that try something new, or showed something new in the pass
// before. After each pass what all lanes saw is put together, and what was found is made small. Since
// lanes wait for each other there, and nowhere else, the same seed sends the same
// requests with any number of workers, as far as the hunt gets.
type Hunt struct {
	Suite   *steps.Suite
	Trials  []*Trial      // which no other hunt has at the same time
	Workers int           // lanes at a time; zero means all of them
	Checks  int           // rounds at most; zero means any number
	For     time.Duration // zero means any time
	Plateau int           // cases without anything new after which it ends; zero means any number

	Found func(*Finding) // called with each finding once it is as small as it gets, and again when a flaky one fails twice later; nil for nobody
	Told  func(Tally)    // called after each pass; nil for nobody
	// Seen is called after each case with what it showed and the number of requests until
	// then, one at a time; nil for nobody.
	Seen func(o *oracle.Outcome, requests int)

	trials []*Trial // in the order that they are played in
	early  int      // how many of them come before the others
	seats  []*seat

	mu      sync.Mutex
	tally   Tally
	passes  int
	turn    int          // of a trial in the pass
	seen    map[Seen]int // each with the pass that it was new in
	cards   map[card]int // numbers of what has been drawn
	tried   []int        // by those numbers, the pass that it was first tried in; 0 for none
	sent    map[Sent]bool
	bodies  map[string]bool // those that have been told apart
	buckets map[Bucket]*Finding
	fresh   map[string]bool  // trials that showed something new in the pass
	cut     int              // passes in a row that were cut short
	unknown map[string]error // of each trial whose cases have all come to nothing, why one did; nil once one has not
}

// A seat is where the cases of a lane are played, by one goroutine at a time.
type seat struct {
	lane   lane
	plays  map[string]int   // of each trial until now
	next   map[string]*hold // of each trial, where it is drawn already
	played int              // cases of the pass
	found  []candidate      // in the pass
}

// A hold is a case that is to be played.
type hold struct {
	one   Case
	seed  uint64
	cards []int // numbers of what it tries, each once
}

// A card is what a case tries: a call of one kind about one thing.
type card struct{ trial, operation, fault, field string }

// A Bucket is what one defect shows as: findings of one bucket are one finding.
type Bucket struct {
	Requirement contract.ID
	Operation   string // as reports name it; "" when several exchanges together show it
}

// A Finding is a requirement that was found broken, with the case that shows it.
type Finding struct {
	Bucket
	Trial   string
	Seed    uint64 // of the case as it was drawn
	Case    Case   // as small as it gets
	Small   bool   // whether it failed again, so that it could be made small
	Flaky   bool   // whether it was played again and did not fail; the case is as it was drawn then
	Outcome *oracle.Outcome
	Also    []contract.ID // that the same case showed broken
	Times   int           // that it was seen in the hunt
	Drawing []byte        // of what several clients saw, as HTML; nil for none
}

// A Tally is how far a hunt is.
type Tally struct {
	Requests, Cases, Calls int // with what cleaned up, and without what made findings small
	Rounds                 int
	Points                 int // of the coverage: operation, status, code and kind of fault
	Findings               int
	Since                  int // cases since there was anything new
	Unanswered             int // cases that ended without an answer
}

// An End is why a hunt ended.
type End string

// The ends.
const (
	TimeIsUp    End = "the time is up"
	ChecksDone  End = "every trial was checked as often as was asked for"
	NothingNew  End = "nothing new was seen for a while"
	Interrupted End = "it was interrupted"
	NoAnswers   End = "the target does not answer any more"
)

// A candidate is a case that failed in a round.
type candidate struct {
	trial *Trial
	lane  lane
	check int
	seed  uint64
	one   Case
	fails *oracle.Outcome
	drawn []byte
}

// Run hunts until it ends, and says why it did. The error is non-nil only if it
// could not begin.
func (h *Hunt) Run(ctx context.Context) (End, error) {
	if err := h.Suite.Ready(ctx); err != nil {
		return "", err
	}
	trials, err := h.playable()
	if err != nil {
		return "", err
	}
	h.trials, h.early = ordered(trials)
	h.seen, h.sent, h.bodies, h.buckets, h.cards, h.tried = map[Seen]int{}, map[Sent]bool{}, map[string]bool{}, map[Bucket]*Finding{}, map[card]int{}, nil
	h.seats = nil
	for _, l := range lanesOf(h.Suite) {
		h.seats = append(h.seats, &seat{lane: l, plays: map[string]int{}, next: map[string]*hold{}})
	}
	deadline, stop := context.WithCancel(ctx)
	defer stop()
	if h.For > 0 {
		deadline, stop = context.WithTimeout(ctx, h.For)
		defer stop()
	}
	for {
		if end := h.ends(ctx, deadline); end != "" {
			return end, nil
		}
		h.round(ctx, deadline)
	}
}

// playable are the trials that the target allows, and says which resource they begin with;
// that there are none is an error.
func (h *Hunt) playable() ([]*Trial, error) {
	var all []*Trial
	var of []*model
	var why error
	for _, t := range h.Trials {
		if err := t.skip(h.Suite); err != nil {
			why = err
			continue
		}
		if all = append(all, t); !slices.Contains(of, t.model) {
			of = append(of, t.model)
		}
	}
	markForemost(of)
	if len(all) == 0 && why == nil {
		why = errors.New("there is none")
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no property can be checked: %w", why)
	}
	return all, nil
}

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
func ordered(trials []*Trial) (all []*Trial, early int) {
	trials = slices.SortedStableFunc(slices.Values(trials), func(a, b *Trial) int { return len(b.model.fields) - len(a.model.fields) })
	var late []*Trial
	for _, turn := range order {
		on := slices.DeleteFunc(slices.Clone(trials), func(t *Trial) bool { return t.Property.Name != turn.property })
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

// ends says why the hunt does not go on; "" means that it does.
func (h *Hunt) ends(ctx, deadline context.Context) End {
	switch {
	case errors.Is(context.Cause(ctx), steps.ErrTimeIsUp):
		return TimeIsUp
	case ctx.Err() != nil:
		return Interrupted
	case deadline.Err() != nil:
		return TimeIsUp
	case h.Suite.Over() != nil, h.cut >= maxCut, h.cut > 0 && !h.wakes(deadline):
		return NoAnswers
	case h.Checks > 0 && h.tally.Rounds >= h.Checks:
		return ChecksDone
	case h.Plateau > 0 && h.tally.Since >= h.Plateau:
		return NothingNew
	}
	return ""
}

// maxCut is how many passes in a row may come to nothing because the target does not answer,
// or answers nothing but readings, until the hunt ends.
const maxCut = 16

// wakeTries is how often a target is asked that went away, a second apart.
const wakeTries = 60

// wakes waits for the target: a second at least, for one that only answers what is read.
func (h *Hunt) wakes(ctx context.Context) bool {
	for range wakeTries {
		t := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
			t.Stop()
			return false
		case <-t.C:
		}
		if h.Suite.Wake(ctx) {
			return true
		}
	}
	return false
}

// round plays one round on every lane. In the first passes of the first round only what
// shows most has its turns.
func (h *Hunt) round(ctx, deadline context.Context) {
	early, first := h.trials[:h.early], h.tally.Rounds == 0 && h.early > 0
	for n, more := 0, true; n == 0 || n < maxPasses && h.cut == 0 && (more || first && n <= earlyPasses); n++ {
		fresh := h.fresh
		h.turn = longTurn
		if n == 0 {
			h.turn = shortTurn
		}
		if first && n == 1 { // everything was
			fresh = nil
		}
		more = h.pass(ctx, deadline, func(t *Trial, next *hold) bool {
			if first && n < earlyPasses && !slices.Contains(early, t) {
				return false
			}
			return n == 0 || fresh[t.Name] || h.news(next, nil) > 0
		})
	}
	if h.cut == 0 { // else what was left out is still to be played
		h.tally.Rounds++
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

// news is how many cards a case has that were tried neither before the pass nor by the lane
// itself.
func (h *Hunt) news(next *hold, own map[int]bool) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range next.cards {
		if at := h.tried[c]; (at == 0 || at == h.passes) && !own[c] {
			n++
		}
	}
	return n
}

// number returns the numbers of cards, each once. Those beyond what can be known have none.
func (h *Hunt) number(cards []card) []int {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]int, 0, len(cards))
	for _, c := range cards {
		n, known := h.cards[c]
		if !known && len(h.tried) >= maxKnown {
			continue
		}
		if !known {
			n = len(h.tried)
			h.cards[c], h.tried = n, append(h.tried, 0)
		}
		all = append(all, n)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// pass gives every trial whose next case is due a turn on every lane, and reports whether
// any was: in the first pass of all in order, and then first those whose next case tries
// most that is new.
func (h *Hunt) pass(ctx, deadline context.Context, due func(*Trial, *hold) bool) bool {
	before := h.tally
	h.passes, h.fresh = h.passes+1, map[string]bool{}
	inOrder := h.passes == 1
	sideBySide(len(h.seats), h.Workers, func(i int) {
		s, turns := h.seats[i], h.turns(i)
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
	for _, s := range h.seats {
		played = played || s.played > 0
		for _, c := range s.found {
			h.file(ctx, c)
		}
	}
	answered := h.tally.Cases - before.Cases - (h.tally.Unanswered - before.Unanswered)
	if h.Suite.Silent() || played && answered == 0 {
		h.cut++
	} else {
		h.cut = 0
	}
	if h.Told != nil {
		h.Told(h.tally)
	}
	return played
}

// A turn is a trial on a lane, which is the nth that plays it.
type turn struct {
	trial *Trial
	nth   int
}

// turns are those of the i-th lane. Lanes begin with different trials, so that all of them
// have been tried as soon as may be.
func (h *Hunt) turns(i int) []turn {
	var all []turn
	n := len(h.seats)
	for nth := range n {
		for j, t := range h.trials {
			if (i-j%n+n)%n == nth {
				all = append(all, turn{t, nth})
			}
		}
	}
	return all
}

// byNews are turns of a lane, first those of trials that it has not played yet, and then
// those whose next case tries most that nobody has tried.
func (h *Hunt) byNews(s *seat, turns []turn) []turn {
	news := map[turn]int{}
	for _, t := range turns {
		news[t] = h.news(h.next(s, t), nil)
		if s.plays[t.trial.Name] == 0 {
			news[t] = maxKnown // more than any case has
		}
	}
	return slices.SortedStableFunc(slices.Values(turns), func(a, b turn) int { return news[b] - news[a] })
}

// next is the case that a lane plays next of a trial, which may be put off.
func (h *Hunt) next(s *seat, t turn) *hold {
	next := s.next[t.trial.Name]
	if next == nil {
		seed := seedOf(h.Suite.Seed, t.trial.Name, h.check(s, t))
		one := draw(t.trial.cases(h.check(s, t)), seed)
		next = &hold{one, seed, h.number(cardsOf(t.trial, one))}
		s.next[t.trial.Name] = next
	}
	return next
}

// check is the number of that case.
func (h *Hunt) check(s *seat, t turn) int { return s.plays[t.trial.Name]*len(h.seats) + t.nth }

// takeTurn plays the next cases of a trial on a lane: the first if it is due, and more of
// them as long as they try something new and the turn lasts. It reports whether the lane may
// go on.
func (h *Hunt) takeTurn(ctx, deadline context.Context, s *seat, on turn, due func(*Trial, *hold) bool) bool {
	own := map[int]bool{}
	t := on.trial
	for spent := 0; spent < h.turn; {
		check := h.check(s, on)
		next := h.next(s, on)
		if spent == 0 && !due(t, next) || spent > 0 && h.news(next, own) == 0 {
			return true
		}
		if deadline.Err() != nil || h.Suite.Silent() {
			return false
		}
		for _, c := range next.cards {
			own[c] = true
		}
		delete(s.next, t.Name)
		s.plays[t.Name]++
		s.played++
		o, by := t.play(ctx, h.Suite, s.lane, check, next.one)
		h.count(t, next, o, by)
		if len(o.Found) > 0 {
			s.found = append(s.found, candidate{t, s.lane, check, next.seed, next.one, o, by.drawing})
		}
		spent += max(1, o.Requests)
	}
	return true
}

// maxBodies bounds how many bodies are known by what they have, so that they need not be
// told apart again.
const maxBodies = 4096

// count adds a case to the tally, and notes whether it showed anything that was new to
// the hunt when its pass began.
func (h *Hunt) count(t *Trial, played *hold, o *oracle.Outcome, by *player) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, one := range by.sent {
		if like := one.String(); !h.bodies[like] {
			if len(h.bodies) < maxBodies {
				h.bodies[like] = true
			}
			for _, s := range by.name(one) {
				h.sent[s] = true
			}
		}
	}
	h.tally.Requests += o.Requests
	if h.Seen != nil {
		h.Seen(o, h.tally.Requests)
	}
	h.conclude(o)
	h.tally.Cases++
	h.tally.Since++
	h.tally.Calls += len(by.seen)
	if none := new(wire.NoAnswer); errors.As(o.Reason, &none) {
		h.tally.Unanswered++
	}
	for _, s := range by.seen {
		if isNew(h.seen, s, h.passes) {
			h.fresh[t.Name] = true
		}
		if h.tally.Points < len(h.seen) {
			h.tally.Points, h.tally.Since = len(h.seen), 0
		}
	}
	for _, c := range played.cards {
		h.tried[c] = cmp.Or(h.tried[c], h.passes)
	}
}

// isNew notes that something was seen in a pass, and reports whether it was in none before.
func isNew(known map[Seen]int, what Seen, pass int) bool {
	at, seen := known[what]
	if seen || len(known) >= maxKnown {
		return seen && at == pass
	}
	known[what] = pass
	return true
}

// maxKnown bounds what is known of a target that always has another code to answer.
const maxKnown = 1 << 16

// cardsOf are what the calls of a case try.
func cardsOf(t *Trial, c Case) []card {
	var all []card
	for _, call := range c.Calls {
		if call.Ask != nil {
			all = append(all, card{t.Name, call.Operation, call.Ask.What, call.Ask.Field})
			continue
		}
		for _, one := range call.Faults() {
			what := one.Field
			if one.Fault == "" {
				what = strings.Join(one.Lack, " ")
			}
			all = append(all, card{t.Name, one.Operation, one.Fault, what})
		}
	}
	return all
}

// conclude notes whether anything was found out about the trial of a case: a case that
// the state of the target did not let be played shows as little as one that went wrong.
func (h *Hunt) conclude(o *oracle.Outcome) {
	if h.unknown == nil {
		h.unknown = map[string]error{}
	}
	why, played := h.unknown[o.Name]
	switch {
	case o.Status == oracle.Passed || o.Status == oracle.Failed:
		h.unknown[o.Name] = nil
	case !played || why != nil:
		h.unknown[o.Name] = o.Reason
	}
}

// Unknown returns the trials about which nothing was found out, each with the reason
// of its last case: an *oracle.Skip where the target does not let it be tried. It must not be
// asked for while the hunt runs.
func (h *Hunt) Unknown() map[string]error {
	all := map[string]error{}
	for name, why := range h.unknown {
		if why != nil {
			all[name] = why
		}
	}
	return all
}

// file puts what a case showed into its buckets. The first of a bucket is made
// as small as it gets; what else the small case shows is no finding of its own. A flaky finding
// is told once, and again when a later case of its bucket fails twice.
func (h *Hunt) file(ctx context.Context, c candidate) {
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
func (h *Hunt) finding(ctx context.Context, c candidate) *Finding {
	f := &Finding{Bucket: h.bucket(c.fails.Found[0]), Trial: c.trial.Name, Seed: c.seed, Case: c.one, Outcome: c.fails, Times: 1, Drawing: c.drawn}
	all, asked := []oracle.Outcome{*c.fails}, 1
	for _, id := range c.fails.Broke() {
		small := c.trial.shrink(ctx, h.Suite, c.lane, c.check, c.seed, id)
		if small.one != nil {
			at := slices.IndexFunc(c.fails.Found, func(found oracle.Finding) bool { return found.Requirement == id })
			f.Bucket = h.bucket(c.fails.Found[at])
			f.Case, f.Outcome, f.Small, f.Drawing = *small.one, small.outcome, true, small.player.drawing
			break
		}
		all, asked = append(all, *small.again), asked+small.asked
	}
	if !f.Small && !h.Suite.Once {
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
func (h *Hunt) bucket(f oracle.Finding) Bucket {
	b := Bucket{Requirement: f.Requirement}
	if f.Exchange == nil {
		return b
	}
	r := f.Exchange.Request
	if o := h.Suite.Judge.Contract().Route(r.APIPath()).Operation(r.Method); o != nil {
		b.Operation = o.String()
	}
	return b
}

// Coverage returns the points that were seen, in no order.
func (h *Hunt) Coverage() []Seen {
	var all []Seen
	for s := range h.seen {
		all = append(all, s)
	}
	return all
}

// Tally is how far the hunt came. It must not be asked for while it runs.
func (h *Hunt) Tally() Tally { return h.tally }

// Replay plays one case of a trial on the first lane of a suite until a requirement is
// broken, a few times if chance may have a part in it, and returns what it showed last. The
// error is non-nil only if it could not be played: for one, it may be of a file that was
// damaged.
func Replay(ctx context.Context, s *steps.Suite, t *Trial, one Case, id contract.ID) (o *oracle.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			o, err = nil, fmt.Errorf("the case is none of %s: %v", t.Name, p)
		}
	}()
	for _, c := range one.Calls {
		if o := c.In(t.model.catalogue); c.Operation != "" && (o == nil || !strings.HasPrefix(o.Path, t.Sort.Resource.Path)) {
			return nil, fmt.Errorf("%s has no operation %q", t.Sort.Resource.Name, c.Operation)
		}
	}
	if err := s.Ready(ctx); err != nil {
		return nil, err
	}
	if err := t.skip(s); err != nil {
		return nil, err
	}
	for range max(replays, t.Property.repeats*insistence) {
		if o, _ = t.play(ctx, s, lanesOf(s)[0], 0, one); slices.Contains(o.Broke(), id) {
			break
		}
	}
	return o, nil
}

// replays is how often a case has to come out well to count as mended.
const replays = 3
