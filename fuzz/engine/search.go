package engine

import (
	"context"
	"flag"
	"runtime"
	"strconv"

	"pgregory.net/rapid"

	"ontap-conformance/fuzz/plan"
)

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
func smallest(ctx context.Context, name string, cases *rapid.Generator[plan.Case], seed uint64, fails func(plan.Case) bool) (small plan.Case, ok bool) {
	rapidSearch.Lock()
	defer rapidSearch.Unlock()
	rapidFlags.Lock()
	flag.Set("rapid.seed", strconv.FormatUint(seed, 10)) // cannot fail: it is a number
	rapidFlags.Unlock()
	played, draws := map[string]bool{}, 0
	t := &tb{name: name}
	t.run(func() {
		rapid.Check(t, func(t *rapid.T) {
			if draws++; draws > maxDraws || len(played) >= maxTries || ctx.Err() != nil {
				runtime.Goexit() // rapid would try draws for a minute, though none is played
			}
			c := cases.Draw(t, "case")
			text := c.String()
			failed, known := played[text]
			if !known {
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

// run calls search, which ends by a panic when it has found something, and by the end of its
// goroutine when it has tried enough.
func (t *tb) run(search func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if r := recover(); r != nil {
				if _, ours := r.(stopped); !ours {
					panic(r)
				}
			}
		}()
		search()
	}()
	<-done
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
