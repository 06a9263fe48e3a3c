package engine_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/runner/selftest"
)

// What BenchmarkKills is to do.
var (
	killSeeds  = flag.Int("kill.seeds", 1, "seeds for each mutant")
	killBudget = flag.Int("kill.budget", 2000, "requests after which a mutant has lived")
	killEvery  = flag.Int("kill.every", 1, "only every so many mutants")
	killOut    = flag.String("kill.out", "", "file for the table mutant x seed -> requests")
)

// killing tries mutants.
func killing(t testing.TB, seed int) *selftest.Bench {
	return &selftest.Bench{Catalogue: catalogue(t), Seed: uint64(seed)}
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
			k, err := killing(t, 1).ByFuzz(t.Context(), m, 20_000)
			require.NoError(t, err)
			assert.NotEmpty(t, k.By)
			t.Log(k.Requests, "requests:", k.By)
		})
	}
}

func TestTheTableOfKillsIsOfTheMutantsThatThereAre(t *testing.T) {
	revealable := 0
	for _, m := range mutant.All(catalogue(t)) {
		if selftest.Revealable(catalogue(t), m) {
			revealable++
		}
	}
	killed, all := engine.Killed(2000)
	assert.Equal(t, revealable, all, "make kills measures them anew")
	assert.Positive(t, killed)
	assert.GreaterOrEqual(t, all, killed)
	fewer, _ := engine.Killed(100)
	assert.Less(t, fewer, killed)
}

// BenchmarkKills plays fuzz alone against the mutants that requests can reveal, and counts
// the requests until the answer that shows what a mutant breaks.
func BenchmarkKills(b *testing.B) {
	type row struct {
		mutant mutant.Mutant
		seed   int
		n      int
		by     string
	}
	var rows []row
	for i, m := range mutant.All(catalogue(b)) {
		if i%*killEvery == 0 && selftest.Revealable(catalogue(b), m) {
			for seed := range *killSeeds {
				rows = append(rows, row{m, seed + 1, 0, ""})
			}
		}
	}
	for range b.N {
		var all sync.WaitGroup
		turns := make(chan struct{}, 2)
		for i := range rows {
			turns <- struct{}{}
			all.Go(func() {
				defer func() { <-turns }()
				k, err := killing(b, rows[i].seed).ByFuzz(b.Context(), rows[i].mutant, *killBudget)
				if err != nil {
					b.Error(err)
				}
				if k.By != "" {
					rows[i].n, rows[i].by = k.Requests, k.By
				}
			})
		}
		all.Wait()
	}
	var killed []int
	table := "mutant\tbreaks\tseed\trequests\tproperty\n"
	for _, r := range rows {
		table += fmt.Sprintf("%s\t%s\t%d\t%d\t%s\n", r.mutant.Name, r.mutant.Breaks, r.seed, r.n, r.by)
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
