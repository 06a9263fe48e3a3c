package main

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"ontap-conformance/fixtures/chaos"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/report"
)

// What the tests in rough weather are to do.
var (
	chaosSeeds = flag.Int("chaos.seeds", 0, "seeds of each degree of parallelism, of runs and hunts in rough weather")
	chaosFirst = flag.Uint64("chaos.first", 1, "the first of these seeds")
)

// A passage is what came of one run in rough weather.
type passage struct {
	seed             uint64
	parallel         int
	code             int
	requests, faults int
	played, errored  int      // scenarios and properties
	broken           []string // requirements, each once
	blamed, unknown  []string // what was found broken, and what errored, with the reason
	left             int
}

func (p passage) String() string {
	return fmt.Sprintf("%4d %8d %4d %8d %6d %7d %7d %4d  %s", p.seed, p.parallel, p.code, p.requests, p.faults, p.played, p.errored, p.left, strings.Join(p.broken, " "))
}

const passageHead = "seed parallel exit requests faults  played errored left  broken"

// sail makes a run or a hunt in rough weather, which ends with it: what it left is cleaned up then.
func sail(t *testing.T, seed uint64, parallel int, out string, args ...string) (said, passage) {
	t.Helper()
	var front *chaos.Front
	g := newGround(t, unbent(t), func(next http.Handler) http.Handler {
		front = chaos.Before(next, seed, chaos.Rough())
		return front
	}, nil)
	args = append(args, g.flags()...)
	args = append(args, "--out", out, "--mode", "full", "--seed", fmt.Sprint(seed), "--parallel", fmt.Sprint(parallel), "--corpus", filepath.Join(t.TempDir(), "none"))
	got := command(t, asAdmin, args...)
	met, requests := front.Met()
	p := passage{seed: seed, parallel: parallel, code: got.code, requests: requests}
	for _, n := range met {
		p.faults += n
	}
	front.Clear()
	again := command(t, asAdmin, append([]string{"cleanup", out}, g.flags()...)...)
	assert.Equal(t, exit.Conformant, again.code, again.stdout+again.stderr)
	g.assertAsBefore(t, "after a clean-up")
	return got, p
}

// read notes what a report says.
func (p *passage) read(r *report.Report) {
	broken := map[string]bool{}
	for _, o := range r.Outcomes {
		if o.Status != report.Skipped {
			p.played++
		}
		if o.Status == report.Errored {
			p.errored++
			p.unknown = append(p.unknown, o.Name+": "+o.Reason)
		}
		for _, f := range o.Broken {
			broken[string(f.Requirement)] = true
			p.blamed = append(p.blamed, fmt.Sprintf("%s: %s: %s: want %s, got %s", f.Requirement, o.Name, f.What, f.Want, f.Got))
		}
	}
	p.broken = slices.Sorted(maps.Keys(broken))
	p.left = len(r.Environment.Objects.LeftBehind)
}

// inRoughWeather sails with every seed and degree of parallelism, and prints a table.
func inRoughWeather(t *testing.T, parallels []int, one func(*testing.T, uint64, int) passage) {
	if *chaosSeeds == 0 {
		t.Skip("needs -chaos.seeds, as make chaos has it")
	}
	var mu sync.Mutex
	rows := []string{passageHead}
	t.Cleanup(func() { fmt.Println(strings.Join(rows, "\n")) })
	for i := range *chaosSeeds {
		for _, parallel := range parallels {
			seed := *chaosFirst + uint64(i)
			t.Run(fmt.Sprintf("seed %d, %d at a time", seed, parallel), func(t *testing.T) {
				t.Parallel()
				p := one(t, seed, parallel)
				mu.Lock()
				defer mu.Unlock()
				rows = append(rows, p.String())
			})
		}
	}
}

func TestARunInRoughWeatherBlamesNobody(t *testing.T) {
	inRoughWeather(t, []int{1, 4, 16}, func(t *testing.T, seed uint64, parallel int) passage {
		out := t.TempDir()
		got, p := sail(t, seed, parallel, out, "run", "--format", "json")
		r, err := recorded(out)
		if !assert.NoError(t, err, "the run did not begin: %s", got.stderr) {
			return p
		}
		p.read(r)
		assert.Empty(t, p.broken, strings.Join(p.blamed, "\n"))
		assert.LessOrEqual(t, p.errored, p.played/50, "2 %% of what was played; the first are\n%s", strings.Join(p.unknown[:min(20, len(p.unknown))], "\n"))
		return p
	})
}

func TestAHuntInRoughWeatherFindsNothing(t *testing.T) {
	inRoughWeather(t, []int{4}, func(t *testing.T, seed uint64, parallel int) passage {
		got, p := sail(t, seed, parallel, t.TempDir(), "fuzz", "--for", "0", "--checks", "2")
		for line := range strings.Lines(got.stderr) {
			if found, is := strings.CutPrefix(line, "found: "); is {
				id, _, _ := strings.Cut(found, " ")
				p.broken = append(p.broken, id)
			}
		}
		assert.Empty(t, p.broken, got.stdout+got.stderr)
		assert.NotEqual(t, exit.Misuse, got.code, got.stderr)
		return p
	})
}
