package fuzz

import (
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"strconv"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// The flags of rapid belong to the process: whoever draws holds them for
// reading, and whoever sets the seed of a search for a smaller case holds them
// for writing, for as long as it takes to set it.
var (
	rapidOnce   sync.Once
	rapidFlags  sync.RWMutex
	rapidSearch sync.Mutex // one search at a time
)

// readyRapid prepares rapid to be used outside of go test: testing.Short panics
// without the first two steps, and files of failures would be written and,
// worse, read below the folder that the command was called from.
func readyRapid() {
	rapidOnce.Do(func() {
		testing.Init()
		if !flag.Parsed() {
			flag.CommandLine.Parse(nil)
		}
		for name, value := range map[string]string{"nofailfile": "true", "checks": "1", "shrinktime": "1h", "steps": "12"} {
			if err := flag.Set("rapid."+name, value); err != nil {
				panic("fuzz: rapid has no flag " + name) // a slip that every test would meet
			}
		}
	})
}

// seedOf is the seed of one check of a trial. It fits into an int of 63 bits and
// is never 0, which rapid takes for "any".
func seedOf(run uint64, trial string, check int) uint64 {
	h := fnv.New64a()
	io.WriteString(h, trial)
	fmt.Fprintf(h, "/%d/%d", run, check)
	return h.Sum64()>>1 | 1
}

// draw returns the case of a seed.
func draw(cases *rapid.Generator[Case], seed uint64) Case {
	readyRapid()
	rapidFlags.RLock()
	defer rapidFlags.RUnlock()
	return cases.Example(int(seed))
}

// What bounds the search for a smaller case: numbers and no time, so that a search sends the
// same requests on every machine.
const (
	maxTries = 200  // cases played
	maxDraws = 2000 // cases drawn, of which many come to the same
)

// smallest searches for the smallest case that still fails, beginning with that
// of the seed. fails plays a case, each only once: rapid tries many draws that
// come to the same one. What does not fail a second time is returned with ok
// false.
func smallest(ctx context.Context, name string, cases *rapid.Generator[Case], seed uint64, fails func(Case) bool) (small Case, ok bool) {
	rapidSearch.Lock()
	defer rapidSearch.Unlock()
	rapidFlags.Lock()
	flag.Set("rapid.seed", strconv.FormatUint(seed, 10)) // cannot fail: it is a number
	rapidFlags.Unlock()
	played, draws := map[string]bool{}, 0
	t := &tb{name: name}
	t.run(func() {
		rapid.Check(t, func(t *rapid.T) {
			if draws++; draws > maxDraws {
				return
			}
			c := cases.Draw(t, "case")
			text := c.String()
			failed, known := played[text]
			if !known {
				if len(played) >= maxTries || ctx.Err() != nil {
					return
				}
				failed = fails(c)
				played[text] = failed
			}
			if failed {
				small, ok = c, true
				t.Fatal(name) // the one line that fails, with a text that never changes: rapid compares both
			}
		})
	})
	return small, ok
}

// tb is a rapid.TB for a program that is no test. It belongs to one search.
type tb struct {
	name   string
	failed bool
}

// stopped is what ends a search; nothing else may panic.
type stopped struct{}

// run calls search, which ends by a panic when it has found something.
func (t *tb) run(search func()) {
	defer func() {
		if r := recover(); r != nil {
			if _, ours := r.(stopped); !ours {
				panic(r)
			}
		}
	}()
	search()
}

func (t *tb) Helper()               {}
func (t *tb) Name() string          { return "fuzz " + t.name }
func (t *tb) Logf(string, ...any)   {}
func (t *tb) Log(...any)            {}
func (t *tb) Skipf(string, ...any)  { panic(stopped{}) }
func (t *tb) Skip(...any)           { panic(stopped{}) }
func (t *tb) SkipNow()              { panic(stopped{}) }
func (t *tb) Errorf(string, ...any) { t.failed = true }
func (t *tb) Error(...any)          { t.failed = true }
func (t *tb) Fatalf(string, ...any) { t.FailNow() }
func (t *tb) Fatal(...any)          { t.FailNow() }
func (t *tb) Fail()                 { t.failed = true }
func (t *tb) Failed() bool          { return t.failed }
func (t *tb) FailNow()              { t.failed = true; panic(stopped{}) }
