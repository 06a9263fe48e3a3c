package fuzz

import (
	"context"
	"errors"
	"fmt"
	"math"
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
// It goes on in rounds. In a round every lane gives every trial a turn, and those
// that showed something new in the round before a few turns more; then what all
// lanes saw is put together, and what was found is made small. Since lanes wait
// for each other there, and nowhere else, the same seed sends the same requests
// with any number of workers, as far as the hunt gets.
type Hunt struct {
	Suite   *steps.Suite
	Trials  []*Trial
	Workers int           // lanes at a time; zero means all of them
	Checks  int           // rounds at most; zero means any number
	For     time.Duration // zero means any time
	Plateau int           // cases without anything new after which it ends; zero means any number

	Found func(*Finding) // called with each finding once it is as small as it gets; nil for nobody
	Told  func(Tally)    // called after each round; nil for nobody
	// Seen is called after each case of a trial with what it showed broken and the number
	// of requests until then, one at a time; nil for nobody.
	Seen func(trial string, broken []contract.ID, requests int)

	mu      sync.Mutex
	tally   Tally
	seen    map[Seen]int
	sent    map[Sent]bool
	bodies  map[string]bool // those that have been told apart
	buckets map[Bucket]*Finding
	energy  map[string]int   // turns of a trial in the next round besides the first
	cut     int              // rounds in a row that were cut short
	unknown map[string]error // of each trial whose cases have all come to nothing, why one did; nil once one has not
}

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
	Outcome *oracle.Outcome
	Also    []contract.ID // that the same case showed broken
	Times   int           // that it was seen in the hunt
	Drawing []byte        // of what several clients saw, as HTML; nil for none
}

// A Tally is how far a hunt is.
type Tally struct {
	Requests, Cases, Calls int
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
	lane  int
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
	h.seen, h.sent, h.bodies, h.buckets, h.energy = map[Seen]int{}, map[Sent]bool{}, map[string]bool{}, map[Bucket]*Finding{}, map[string]int{}
	lanes := lanesOf(h.Suite)
	deadline, stop := context.WithCancel(ctx)
	defer stop()
	if h.For > 0 {
		deadline, stop = context.WithTimeout(ctx, h.For)
		defer stop()
	}
	plays := make([]map[string]int, len(lanes)) // of each trial until now
	for i := range plays {
		plays[i] = map[string]int{}
	}
	for {
		if end := h.ends(ctx, deadline); end != "" {
			return end, nil
		}
		h.round(ctx, deadline, lanes, trials, plays)
	}
}

// playable are the trials that the target allows; that there are none is an error.
func (h *Hunt) playable() ([]*Trial, error) {
	var all []*Trial
	var why error
	for _, t := range h.Trials {
		if err := t.skip(h.Suite); err != nil {
			why = err
			continue
		}
		all = append(all, t)
	}
	if len(all) == 0 && why == nil {
		why = errors.New("there is none")
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no property can be checked: %w", why)
	}
	return mostToldFirst(all), nil
}

// mostToldFirst orders trials so that what a short hunt can tell is as much as it gets:
// next is always the one that for its requests can disprove most of what none before it
// can, or none before it on the same resource.
func mostToldFirst(trials []*Trial) []*Trial {
	told := map[string]bool{}
	worth := func(t *Trial) float64 {
		sum := 0.0
		for _, id := range t.Requirements {
			switch {
			case !told[string(id)]:
				sum++
			case !told[string(id)+t.Sort.Noun]:
				sum += elsewhere
			}
		}
		return sum / math.Sqrt(float64(max(1, t.Property.weight)))
	}
	left, ordered := slices.Clone(trials), make([]*Trial, 0, len(trials))
	for len(left) > 0 {
		next := left[0]
		for _, t := range left {
			if worth(t) > worth(next) {
				next = t
			}
		}
		if i := slices.IndexFunc(left, func(t *Trial) bool { return t.Property.first && t.Sort.Noun == next.Sort.Noun }); i >= 0 {
			next = left[i]
		}
		for _, id := range next.Requirements {
			told[string(id)], told[string(id)+next.Sort.Noun] = true, true
		}
		ordered, left = append(ordered, next), slices.DeleteFunc(left, func(t *Trial) bool { return t == next })
	}
	return ordered
}

// elsewhere is what it is worth to look at a promise of the whole API once more, on
// another resource: less than at a new one, as most servers keep it in one place.
const elsewhere = 0.5

// ends says why the hunt does not go on; "" means that it does.
func (h *Hunt) ends(ctx, deadline context.Context) End {
	switch {
	case ctx.Err() != nil:
		return Interrupted
	case deadline.Err() != nil:
		return TimeIsUp
	case h.cut >= maxCut, h.Suite.Silent() && !h.wakes(deadline):
		return NoAnswers
	case h.Checks > 0 && h.tally.Rounds >= h.Checks:
		return ChecksDone
	case h.Plateau > 0 && h.tally.Since >= h.Plateau:
		return NothingNew
	}
	return ""
}

// maxCut is how many rounds in a row may be cut short because the target does not answer,
// or answers nothing but readings, until the hunt ends.
const maxCut = 8

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

// round plays one round on every lane.
func (h *Hunt) round(ctx, deadline context.Context, lanes []lane, trials []*Trial, plays []map[string]int) {
	found := make([][]candidate, len(lanes))
	fresh := make([]map[string]int, len(lanes))
	sideBySide(len(lanes), h.Workers, func(i int) {
		fresh[i] = map[string]int{}
		for _, t := range trials {
			spent, budget := 0, turn*(max(1, t.Property.weight)+h.energy[t.Name])
			for n := 0; n < maxPlays && spent < budget; n++ {
				if deadline.Err() != nil || h.Suite.Silent() {
					return
				}
				check := (plays[i][t.Name])*len(lanes) + i
				plays[i][t.Name]++
				seed := seedOf(h.Suite.Seed, t.Name, check)
				one := draw(t.cases(check), seed)
				o, by := t.play(ctx, h.Suite, lanes[i], check, one)
				fresh[i][t.Name] += h.count(o, by)
				spent += o.Requests
				if len(o.Found) > 0 {
					found[i] = append(found[i], candidate{t, i, check, seed, one, o, by.drawing})
				}
			}
		}
	})
	h.settle(trials, fresh)
	for _, some := range found {
		for _, c := range some {
			h.file(ctx, lanes[c.lane], c)
		}
	}
	if h.Suite.Silent() { // what was left out is still to be played
		h.cut++
	} else {
		h.cut = 0
		h.tally.Rounds++
	}
	if h.Told != nil {
		h.Told(h.tally)
	}
}

// Bounds of a turn of a trial in a round: a trial whose cases are short has more
// of them.
const (
	turn     = 16 // requests, after which it is the next one's turn
	maxPlays = 16
)

// maxBodies bounds how many bodies are known by what they have, so that they need not be
// told apart again.
const maxBodies = 4096

// maxBonus is how many turns a round adds for a trial that showed something new.
const maxBonus = 1

// count adds a case to the tally, and returns how many of its points were new to
// the hunt when its round began.
func (h *Hunt) count(o *oracle.Outcome, by *player) int {
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
		h.Seen(o.Name, o.Broke(), h.tally.Requests)
	}
	h.conclude(o)
	h.tally.Cases++
	h.tally.Since++
	h.tally.Calls += len(by.seen)
	if none := new(wire.NoAnswer); errors.As(o.Reason, &none) {
		h.tally.Unanswered++
	}
	fresh := 0
	for _, s := range by.seen {
		if at, known := h.seen[s]; !known || at == h.tally.Rounds {
			fresh++
		}
		if _, known := h.seen[s]; !known {
			h.seen[s] = h.tally.Rounds
			h.tally.Points, h.tally.Since = h.tally.Points+1, 0
		}
	}
	return fresh
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

// settle gives more plays to the trials that showed something new.
func (h *Hunt) settle(trials []*Trial, fresh []map[string]int) {
	for _, t := range trials {
		n := 0
		for _, some := range fresh {
			n += some[t.Name]
		}
		h.energy[t.Name] = min(n, maxBonus)
	}
}

// file puts what a case showed into its buckets. The first of a bucket is made
// as small as it gets; what else the small case shows is no finding of its own.
func (h *Hunt) file(ctx context.Context, on lane, c candidate) {
	known := false
	for _, f := range c.fails.Found {
		if b := h.buckets[h.bucket(f)]; b != nil {
			b.Times++
			known = true
		}
	}
	if known {
		return // one defect shows in many ways: those that come along are told with it
	}
	first := c.fails.Found[0]
	f := &Finding{Bucket: h.bucket(first), Trial: c.trial.Name, Seed: c.seed, Case: c.one, Outcome: c.fails, Times: 1, Drawing: c.drawn}
	if small, o, by := c.trial.shrink(ctx, h.Suite, on, c.check, c.seed, first.Requirement); small != nil {
		f.Case, f.Outcome, f.Small, f.Drawing = *small, o, true, by.drawing
	}
	for _, o := range []*oracle.Outcome{c.fails, f.Outcome} {
		for _, also := range o.Found {
			h.buckets[h.bucket(also)] = f
		}
	}
	for _, id := range f.Outcome.Broke() {
		if id != f.Requirement {
			f.Also = append(f.Also, id)
		}
	}
	h.tally.Findings++
	h.tally.Since = 0
	if h.Found != nil {
		h.Found(f)
	}
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
		if o := c.operation(t.model.catalogue); c.Operation != "" && (o == nil || !strings.HasPrefix(o.Path, t.Sort.Resource.Path)) {
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
