package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/simulator"
)

var torturePairs = flag.Int("torture.pairs", 0, "mutants of lists and filters on which two runs are to keep apart")

// A border lies between the SVMs of two runs. It is safe for concurrent use.
type border struct {
	sim *simulator.Simulator

	mu      sync.Mutex
	crossed []string // writes to what is on an SVM of somebody else
}

// guards serves a run that has some SVMs to itself.
func (b *border) guards(t *testing.T, svms []string) (url string) {
	return behind(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, r.Method) {
				b.look(r, svms)
			}
			next.ServeHTTP(w, r)
		})
	}, b.sim)
}

// look notes a write to what is on none of the SVMs.
func (b *border) look(r *http.Request, svms []string) {
	b.sim.Inspect(func(st *simulator.State) {
		for _, segment := range strings.Split(r.URL.Path, "/") {
			for _, table := range st.Tables {
				rec := table.Find(segment)
				if rec == nil {
					continue
				}
				if svm, _ := rec.Fields["svm.name"].(string); svm != "" && !slices.Contains(svms, svm) {
					b.mu.Lock()
					b.crossed = append(b.crossed, fmt.Sprintf("%s %s on %s by the run on %s", r.Method, r.URL.Path, svm, svms[0]))
					b.mu.Unlock()
				}
			}
		}
	})
}

// assertOwn wants the ledger of a run to list nothing that lies on another SVM than it says:
// the simulator begins a uuid with the number of its SVM.
func assertOwn(t *testing.T, out string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(out, ledgerFile))
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		var row struct {
			Entry struct{ SVM, Path string }
		}
		require.NoError(t, json.Unmarshal([]byte(line), &row))
		of, onSVM := strings.CutPrefix(row.Entry.SVM, "svm")
		segments := strings.Split(row.Entry.Path, "/")
		if !onSVM || len(segments) < 5 {
			continue
		}
		number, err := strconv.ParseUint(strings.SplitN(segments[4], "-", 2)[0], 16, 32)
		require.NoError(t, err)
		assert.Equal(t, of, fmt.Sprint(number), "%s", line)
	}
}

// ofLists are the mutants of lists and filters, n of them at most, from all over.
func ofLists(t *testing.T, n int) []mutant.Mutant {
	t.Helper()
	c, err := catalogue()
	require.NoError(t, err)
	all := slices.DeleteFunc(mutant.All(c), func(m mutant.Mutant) bool {
		return !slices.ContainsFunc([]string{"FILTER", "LIST", "PAGE", "SEARCH", "ORDER"}, func(family string) bool {
			return strings.Contains(string(m.Breaks), "-"+family+"-")
		}) || m.On(c).Compare(contract.Newest()) != 0
	})
	var some []mutant.Mutant
	for i := range min(n, len(all)) {
		some = append(some, all[i*len(all)/min(n, len(all))])
	}
	return some
}

func TestTwoRunsAtOnceWriteToNothingOfEachOther(t *testing.T) {
	if *torturePairs == 0 {
		t.Skip("needs -torture.pairs, as make torture has it")
	}
	c, err := catalogue()
	require.NoError(t, err)
	for _, m := range ofLists(t, *torturePairs) {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			sim := m.New(c, simulator.Options{User: "admin", Password: "open-sesame"})
			settle(t, sim)
			g, b := &ground{sim: sim}, &border{sim: sim}
			g.before = g.holds()
			var both sync.WaitGroup
			for _, svms := range [][]string{{"svm2", "svm3", "svm4", "svm5"}, {"svm6", "svm7", "svm8", "svm9"}} {
				out := t.TempDir()
				args := []string{"run", "--endpoint", b.guards(t, svms), "--checks", "1", "--format", "json", "--out", out, "--corpus", filepath.Join(out, "none")}
				for _, svm := range svms {
					args = append(args, "--svm", svm)
				}
				both.Go(func() {
					got := command(t, asAdmin, args...)
					assert.FileExists(t, filepath.Join(out, "report.json"), got.stderr)
				})
				defer assertOwn(t, out)
			}
			both.Wait()
			assert.Empty(t, b.crossed)
			now := g.holds()
			for key, was := range g.before {
				assert.Equal(t, was, now[key], "%s of somebody else", key)
			}
		})
	}
}
