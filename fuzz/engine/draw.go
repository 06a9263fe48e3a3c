package engine

import (
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"ontap-conformance/fuzz/plan"
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
func draw(cases *rapid.Generator[plan.Case], seed uint64) plan.Case {
	readyRapid()
	rapidFlags.RLock()
	defer rapidFlags.RUnlock()
	return cases.Example(int(seed))
}
