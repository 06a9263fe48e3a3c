package fuzz_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fuzz"
	"ontap-conformance/steps"
)

// What BenchmarkKills is to do.
var (
	killSeeds  = flag.Int("kill.seeds", 1, "seeds for each mutant")
	killBudget = flag.Int("kill.budget", 2000, "requests after which a mutant has lived")
	killEvery  = flag.Int("kill.every", 1, "only every so many mutants")
	killOut    = flag.String("kill.out", "", "file for the table mutant x seed -> requests")
)

// revealable reports whether requests alone can reveal a mutant: its promise is
// one of the conventions, or of a resource that is fuzzed, and is about no state
// that only a lab can arrange.
func revealable(c *contract.Catalogue, m mutant.Mutant) bool {
	q := c.Requirement(m.Breaks)
	if q.Row != nil && q.Row.Provoke == contract.ByLab || q.Needs != "" {
		return false
	}
	return q.Resource == nil || slices.ContainsFunc(steps.Sorts(c), func(s steps.Sort) bool { return s.Resource == q.Resource })
}

// hunts returns how many requests it takes to blame a mutant's requirement; 0
// means that it lived.
func hunts(t testing.TB, m mutant.Mutant, seed uint64, budget int) int {
	r := m.On(catalogue(t))
	if len(fuzz.Trials(catalogue(t), r)) == 0 {
		return 0 // a release without anything that is fuzzed
	}
	suite := suiteOn(t, m.New(catalogue(t), options), r, seed, nil)
	suite.SVMs = suite.SVMs[:3]
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	killed := 0
	h := fuzz.Hunt{Suite: suite, Trials: fuzz.Trials(catalogue(t), r)}
	h.Seen = func(broken []contract.ID, requests int) {
		if killed == 0 && slices.Contains(broken, m.Breaks) {
			killed = requests
		}
		if killed > 0 || requests > budget {
			stop()
		}
	}
	_, err := h.Run(ctx)
	require.NoError(t, err)
	return killed
}

func TestAHuntKillsMutants(t *testing.T) {
	for _, name := range []string{
		"delete-keeps-the-record", "refused-change-is-made-by-half", "unknown-property-of-a-creation-is-ignored", "client-id-is-not-required",
		"filter-on-key-id-matches-nothing", "aws-kms-key-id-is-not-required", "aws-kms-fields-takes-its-first-name-only",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, ok := mutant.Find(catalogue(t), name)
			require.True(t, ok)
			n := hunts(t, m, 1, 20_000)
			assert.NotZero(t, n)
			t.Log(n, "requests")
		})
	}
}

func TestTheTableOfKillsIsOfTheMutantsThatThereAre(t *testing.T) {
	killed, all := fuzz.Killed(2000)
	assert.Positive(t, killed)
	assert.Greater(t, all, killed)
	fewer, _ := fuzz.Killed(100)
	assert.Less(t, fewer, killed)
}

// BenchmarkKills plays fuzz alone against the mutants that requests can reveal.
func BenchmarkKills(b *testing.B) {
	type row struct {
		mutant mutant.Mutant
		seed   int
		n      int
	}
	var rows []row
	for i, m := range mutant.All(catalogue(b)) {
		if i%*killEvery == 0 && revealable(catalogue(b), m) {
			for seed := range *killSeeds {
				rows = append(rows, row{m, seed + 1, 0})
			}
		}
	}
	for range b.N {
		var all sync.WaitGroup
		turns := make(chan struct{}, 2)
		for i := range rows {
			turns <- struct{}{}
			all.Go(func() {
				rows[i].n = hunts(b, rows[i].mutant, uint64(rows[i].seed), *killBudget)
				<-turns
			})
		}
		all.Wait()
	}
	var killed []int
	table := "mutant\tbreaks\tseed\trequests\n"
	for _, r := range rows {
		table += fmt.Sprintf("%s\t%s\t%d\t%d\n", r.mutant.Name, r.mutant.Breaks, r.seed, r.n)
		if r.n > 0 {
			killed = append(killed, r.n)
		}
	}
	slices.Sort(killed)
	b.ReportMetric(float64(len(killed))/float64(len(rows)), "killed/all")
	if len(killed) > 0 {
		b.ReportMetric(float64(killed[len(killed)/2]), "median-requests")
		b.ReportMetric(float64(killed[len(killed)*95/100]), "p95-requests")
	}
	if *killOut != "" {
		require.NoError(b, os.WriteFile(*killOut, []byte(table), 0o644))
	}
}
