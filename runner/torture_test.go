package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/runner/exit"
)

// How much torture there is to be.
var (
	tortureRuns  = flag.Int("torture.runs", 0, "runs that are killed at some moment and cleaned up")
	tortureHunts = flag.Int("torture.hunts", 0, "hunts that are killed at some moment and cleaned up")
	tortureSeed  = flag.Uint64("torture.seed", 1, "of the moments")
)

// A killer counts the requests that a command sends to a server and its lab, and kills the
// command with one of them. Whether that one is still carried out, its answer being lost, is
// told beforehand.
type killer struct {
	carriedOut bool

	mu      sync.Mutex
	wait    int         // until the one that kills; 0 or less means never
	seen    int         // requests
	victim  *os.Process // that is killed; nil once it was
	killed  string      // the request that killed it; "" while it lives
	open    int         // connections
	nothing *sync.Cond  // is open
}

func newKiller(wait int, carriedOut bool) *killer {
	k := &killer{wait: wait, carriedOut: carriedOut}
	k.nothing = sync.NewCond(&k.mu)
	return k
}

// serve serves a handler that is told to the killer until the test ends.
func (k *killer) serve(t *testing.T, next http.Handler) (url string) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !k.strikes(r) {
			next.ServeHTTP(w, r)
			return
		}
		if k.carriedOut {
			next.ServeHTTP(httptest.NewRecorder(), r)
		}
		panic(http.ErrAbortHandler)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		k.mu.Lock()
		defer k.mu.Unlock()
		switch state {
		case http.StateNew:
			k.open++
		case http.StateClosed:
			k.open--
			k.nothing.Broadcast()
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// strikes counts a request, and reports whether it was the one that killed.
func (k *killer) strikes(r *http.Request) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen++
	if k.seen != k.wait || k.victim == nil {
		return false
	}
	k.victim.Kill() // one that has just ended needs no killing
	k.victim, k.killed = nil, fmt.Sprintf("%d, %s %s", k.seen, r.Method, r.URL.Path)
	return true
}

// torment starts a command, waits for its end, and then until the server has done all that it
// was asked: what was sent before the end may be carried out after it.
func (k *killer) torment(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	k.mu.Lock()
	require.NoError(t, cmd.Start())
	k.victim = cmd.Process
	k.mu.Unlock()
	cmd.Wait() // how it ended is the server's doing
	k.mu.Lock()
	defer k.mu.Unlock()
	k.victim = nil
	for k.open > 0 {
		k.nothing.Wait()
	}
}

// built builds the command.
func built(t *testing.T) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), toolName)
	said, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, string(said))
	return binary
}

// tormented runs a command until its request number wait, and then cleans up. It returns how
// many requests it had sent.
func tormented(t *testing.T, binary string, args []string, wait int, carriedOut bool) int {
	t.Helper()
	k, sim := newKiller(wait, carriedOut), unbent(t)
	settle(t, sim)
	g := &ground{sim: sim, api: k.serve(t, sim), lab: k.serve(t, sim.Lab())}
	g.before = g.holds()
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	cmd := exec.Command(binary, append(append(args, g.flags()...), "--out", out)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), asAdmin...)
	k.torment(t, cmd)
	sent := k.seen
	t.Logf("killed by request %s, carried out: %t", k.killed, carriedOut)
	if _, err := os.Stat(filepath.Join(out, ledgerFile)); err == nil {
		got := command(t, asAdmin, append([]string{"cleanup", out}, g.flags()...)...)
		if got.code == exit.Inconclusive && g.leftUnmarked(t, got) {
			return sent
		}
		assert.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	}
	g.assertAsBefore(t, "killed by request "+k.killed)
	return sent
}

// leftUnmarked reports whether a clean-up names an onboard key manager as what it cannot tell to be
// the run's, and removes that in its place, as whoever reads it would. It carries no mark: one that
// was made just when the command was killed may be somebody's.
func (g *ground) leftUnmarked(t *testing.T, got said) bool {
	t.Helper()
	var path string
	g.sim.Inspect(func(st *simulator.State) {
		for _, rec := range st.Table("key-managers").All() {
			if rec.Fields["onboard.enabled"] == true {
				path = fmt.Sprint(managersAPI, "/", rec.Fields["uuid"])
			}
		}
	})
	if path == "" || !strings.Contains(got.stderr, "look at "+path+" yourself") {
		return false
	}
	assert.Contains(t, got.stdout, "left: onboard key manager")
	ask(t, g.api, http.MethodDelete, path, "")
	g.assertAsBefore(t, "an onboard key manager was left, and nothing else")
	return true
}

// torture torments a command n times, at moments that follow from the seed: numbers of
// requests, of which a whole one tells how many there are.
func torture(t *testing.T, n int, args ...string) {
	if n == 0 {
		t.Skip("needs -torture.runs or -torture.hunts, as make torture has them")
	}
	binary := built(t)
	whole := tormented(t, binary, args, 0, false)
	dice := rand.New(rand.NewPCG(*tortureSeed, uint64(n)))
	for i := range n {
		wait, carriedOut := 1+dice.IntN(whole), dice.IntN(2) == 0
		t.Run(fmt.Sprintf("%d at request %d", i+1, wait), func(t *testing.T) {
			t.Parallel()
			tormented(t, binary, args, wait, carriedOut)
		})
	}
}

func TestNothingIsLeftOfARunThatWasKilled(t *testing.T) {
	torture(t, *tortureRuns, "run", "--mode", "full", "--checks", "3", "--format", "json")
}

func TestNothingIsLeftOfAHuntThatWasKilled(t *testing.T) {
	torture(t, *tortureHunts, "fuzz", "--for", "0", "--checks", "2")
}
