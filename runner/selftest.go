package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/files"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/selftest"
	"ontap-conformance/runner/wording"
)

// selftestFlags are the flags of a test of the suite itself.
type selftestFlags struct {
	servers         []string
	by              string
	every, parallel flags.Positive
	requests        flags.Positive
	seed            uint64
	out             string
	overwrite       bool
}

// The ways in which a mutant may be found out.
const (
	byScenarios = "scenarios"
	byFuzz      = "fuzz"
	byBoth      = "both"
)

func selftestCommand(a *app) *cobra.Command {
	f := &selftestFlags{every: 1, parallel: 4, requests: 2000}
	cmd := &cobra.Command{
		Use:   "selftest",
		Short: "Find out whether the suite finds what is wrong, and nothing else",
		Long: "Run the suite against servers of its own. Every mutant, a server that is wrong on purpose, must\n" +
			"be blamed for what it breaks. No liberty, a server that is odd but allowed, may be blamed for\n" +
			"that. A fake, which knows nothing of the API or of HTTP, may neither pass nor stop a run.\n" +
			"No target is touched. All of it takes minutes: --every 20 tries a sample.\n\n" +
			"Exit codes: 0 as it must be, 1 not so, 2 wrong usage, 130 interrupted.",
		Example: "  ontap-conformance selftest --every 20\n" +
			"  ontap-conformance selftest --servers 'aws-kms-*' --by fuzz\n" +
			"  ontap-conformance selftest --out selftest",
		Args: flags.NoArgs,
		RunE: a.settled(func(cmd *cobra.Command, _ []string) error { return testSuite(a, cmd.Context(), f) }),
	}
	fs := cmd.Flags()
	fs.StringSliceVar(&f.servers, "servers", nil, "only mutants, liberties and fakes of these names, with * and ?; repeatable")
	fs.StringVar(&f.by, "by", byScenarios, "what is to find the mutants: scenarios, fuzz or both")
	fs.Var(&f.every, "every", "only every so many mutants and liberties")
	fs.Var(&f.parallel, "parallel", "servers at a time")
	fs.Var(&f.requests, "requests", "after so many a mutant has lived through fuzz")
	fs.Uint64Var(&f.seed, "seed", 1, "the same seed sends the same requests")
	fs.StringVar(&f.out, "out", "", "folder for the matrix of mutants and what killed them, kills.tsv")
	fs.BoolVar(&f.overwrite, "overwrite", false, overwriteUsage)
	flags.Completes(cmd, "by", []string{byScenarios, byFuzz, byBoth})
	return cmd
}

// An examiner holds the suite against servers and keeps what comes of it.
type examiner struct {
	app   *app
	flags *selftestFlags
	bench *selftest.Bench

	mu     sync.Mutex
	matrix []string
	wrong  int
}

func testSuite(a *app, ctx context.Context, f *selftestFlags) error {
	if !slices.Contains([]string{byScenarios, byFuzz, byBoth}, f.by) {
		return exit.Misusedf("--by: want scenarios, fuzz or both, got %q", f.by)
	}
	if err := verifyOut(f.out, f.overwrite); err != nil {
		return err
	}
	c, err := a.load()
	if err != nil {
		return err
	}
	all, err := scenarios(c, nil)
	if err != nil {
		return err
	}
	e := &examiner{app: a, flags: f, bench: &selftest.Bench{Catalogue: c, Scenarios: all, Seed: f.seed}}
	mutants, liberties, fakes, err := e.chosen(c)
	if err != nil {
		return err
	}
	e.tries(ctx, "mutants that were found out", len(mutants), func(i int) string { return e.mutant(ctx, mutants[i]) })
	e.tries(ctx, "liberties that were let pass", len(liberties), func(i int) string { return e.liberty(ctx, liberties[i]) })
	e.tries(ctx, "servers that know nothing and did not pass", len(fakes), func(i int) string { return e.fake(ctx, fakes[i]) })
	if err := e.write(); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return exit.Interruptedf("interrupted: what was not tried is not known")
	case e.wrong > 0:
		return exit.With(exit.NonConformant)
	}
	return nil
}

// chosen are the servers that the flags name.
func (e *examiner) chosen(c *contract.Catalogue) (mutants []mutant.Mutant, liberties []mutant.Liberty, fakes []mutant.Fake, err error) {
	known := map[string]bool{}
	keep := func(name string) bool {
		known[name] = true
		return len(e.flags.servers) == 0 || slices.ContainsFunc(e.flags.servers, func(p string) bool { return glob(p).MatchString(name) })
	}
	sampled := 0
	sample := func() bool { sampled++; return (sampled-1)%int(e.flags.every) == 0 }
	for _, m := range mutant.All(c) {
		if keep(m.Name) && (e.flags.by != byFuzz || selftest.Revealable(c, m)) && sample() {
			mutants = append(mutants, m)
		}
	}
	for _, l := range mutant.Liberties(c) {
		if keep(l.Name) && sample() {
			liberties = append(liberties, l)
		}
	}
	for _, k := range mutant.Fakes() {
		if keep(k.Name) {
			fakes = append(fakes, k)
		}
	}
	for _, p := range e.flags.servers {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(known)), glob(p).MatchString) {
			return nil, nil, nil, exit.Misusedf("--servers: %q matches no server%s", p, wording.DidYouMean(p, slices.Concat(mutantNames(c), libertyNames(c))))
		}
	}
	return mutants, liberties, fakes, nil
}

// tries tries n servers side by side. try says what is wrong with what came of one; ""
// means nothing.
func (e *examiner) tries(ctx context.Context, what string, n int, try func(int) string) {
	if n == 0 {
		return
	}
	var all sync.WaitGroup
	turns := make(chan struct{}, int(e.flags.parallel))
	good, tried, start := 0, 0, time.Now()
	for i := range n {
		turns <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		all.Go(func() {
			defer func() { <-turns }()
			why := try(i)
			if ctx.Err() != nil {
				return // it was not tried to the end
			}
			e.mu.Lock()
			defer e.mu.Unlock()
			tried++
			if why == "" {
				good++
				return
			}
			e.wrong++
			fmt.Fprintln(e.app.stdout, wording.OneLine(why))
		})
	}
	all.Wait()
	fmt.Fprintf(e.app.stdout, "%s: %d of %d\n", what, good, n)
	fmt.Fprintf(e.app.stderr, "%d servers in %s\n", tried, time.Since(start).Round(time.Second))
}

// mutant tries one mutant.
func (e *examiner) mutant(ctx context.Context, m mutant.Mutant) (why string) {
	row := []string{m.Name, string(m.Breaks)}
	for _, way := range []string{byScenarios, byFuzz} {
		if e.flags.by != way && e.flags.by != byBoth || way == byFuzz && !selftest.Revealable(e.bench.Catalogue, m) {
			row = append(row, "", "")
			continue
		}
		var k selftest.Kill
		var err error
		if way == byFuzz {
			k, err = e.bench.ByFuzz(ctx, m, int(e.flags.requests))
		} else {
			k, err = e.bench.ByScenarios(ctx, m)
		}
		if err != nil {
			return fmt.Sprintf("NOT KNOWN %s: %v", m.Name, err)
		}
		row = append(row, fmt.Sprint(k.Requests), k.By)
		if k.By == "" {
			why = fmt.Sprintf("LIVED %s: %s did not find %s broken in %d requests", m.Name, way, m.Breaks, k.Requests)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.matrix = append(e.matrix, strings.Join(row, "\t"))
	return why
}

// liberty tries one liberty.
func (e *examiner) liberty(ctx context.Context, l mutant.Liberty) string {
	complaints, err := e.bench.Liberty(ctx, l)
	if err != nil {
		return fmt.Sprintf("NOT KNOWN %s: %v", l.Name, err)
	}
	if len(complaints) == 0 {
		return ""
	}
	return fmt.Sprintf("TAKEN FOR WRONG %s: %s by %s: %s", l.Name, complaints[0].Requirement, complaints[0].By, complaints[0].Why)
}

// fakeLimit is how long a run against a server that knows nothing may take.
const fakeLimit = 10 * time.Minute

// fake runs the command itself against a server that knows nothing.
func (e *examiner) fake(ctx context.Context, k mutant.Fake) string {
	server := httptest.NewServer(k.Serve)
	defer server.Close()
	defer server.CloseClientConnections() // or one that is silent would keep it open
	dir, err := os.MkdirTemp("", toolName+"-selftest-")
	if err != nil {
		return fmt.Sprintf("NOT KNOWN %s: %v", k.Name, err)
	}
	defer os.RemoveAll(dir)
	limited, cancel := context.WithTimeout(ctx, fakeLimit)
	defer cancel()
	args := []string{"run", "--endpoint", server.URL, "--user", "admin", "--ontap", contract.Newest().String(), "--svm", "svm1",
		"--timeout", "1s", "--job-timeout", "2s", "--out", dir, "--format", "json"}
	code := run(limited, args, process{strings.NewReader(""), io.Discard, io.Discard, []string{flags.EnvPassword + "=password"}})
	switch {
	case limited.Err() != nil:
		return fmt.Sprintf("NO END %s: the run did not end within %s", k.Name, fakeLimit)
	case code == exit.Conformant:
		return fmt.Sprintf("PASSED %s: a run against it ended with 0", k.Name)
	}
	return ""
}

// write writes the matrix, if it is wanted.
func (e *examiner) write() error {
	if e.flags.out == "" {
		return nil
	}
	slices.Sort(e.matrix)
	text := "mutant\tbreaks\trequests of scenarios\tscenario\trequests of fuzz\tproperty\n" + strings.Join(e.matrix, "\n") + "\n"
	err := files.MakeFolder(e.flags.out)
	if err == nil {
		err = files.Write(filepath.Join(e.flags.out, matrixFile), []byte(text))
	}
	if err != nil {
		return fmt.Errorf("writing the matrix: %w", err)
	}
	return nil
}
