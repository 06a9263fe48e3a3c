package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing/fstest"
	"time"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/finding"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/probe"
	"ontap-conformance/runner/report"
	"ontap-conformance/runner/wording"
	"ontap-conformance/steps"
)

// fuzzFlags are the flags of a hunt.
type fuzzFlags struct {
	endpointFlags
	properties      []string
	forTime         time.Duration
	checks, workers flags.Positive
	plateau         int
	seed            uint64
	strict          bool
	flaky           flags.Choice
	out, corpus     string
	overwrite       bool
}

func fuzzCommand(a *app) *cobra.Command {
	f := new(fuzzFlags)
	cmd := &cobra.Command{
		Use:   "fuzz",
		Short: "Look for what breaks a promise, with inputs that nobody thought of",
		Long: "Draw cases of the properties and play them for as long as --for says. Cases that show\n" +
			"something new are drawn from more often. Each finding becomes a folder below --out.\n" +
			"Findings in the corpus are played first. It ends early when --plateau cases in a row\n" +
			"showed nothing new, and says so. A case that does not fail again when it is played again\n" +
			"is told as FLAKY; --flaky says whether it counts as broken.\n\n" +
			"Exit codes: 0 no broken MUST, 1 a broken MUST (with --strict a SHOULD too), 2 wrong usage,\n" +
			"3 inconclusive, 130 interrupted.",
		Example: "  ontap-conformance fuzz --for 10m\n" +
			"  ontap-conformance fuzz --endpoint https://cluster.example --user admin --for 1h --rate 20\n" +
			"  ontap-conformance fuzz --properties 'aws-kms: *' --checks 200 --seed 7",
		Args: flags.NoArgs,
		RunE: a.settled(func(cmd *cobra.Command, _ []string) error { return fuzzTarget(a, cmd, f) }),
	}
	f.register(cmd)
	f.registerMaking(cmd)
	fs := cmd.Flags()
	limit := fs.Lookup("max-time")
	limit.Usage, limit.DefValue = "time limit for everything but the clean-up at the end (default: ten minutes more than --for, if that is given)", "0s"
	fs.DurationVar(&f.forTime, "for", time.Minute, "how long to go on; 0 means until --checks or --plateau ends it")
	fs.Var(&f.checks, "checks", "end after so many rounds, in each of which every property is checked (default: no limit)")
	fs.StringSliceVar(&f.properties, "properties", nil, "only these properties, with * and ?; repeatable")
	fs.Var(&f.workers, "workers", "cases at a time (default: one for each three SVMs); they do not change what is sent")
	fs.IntVar(&f.plateau, "plateau", 20000, "end after so many cases that showed nothing new; 0 means never")
	fs.Uint64Var(&f.seed, "seed", 1, "the same seed sends the same requests")
	fs.BoolVar(&f.strict, "strict", false, "broken SHOULDs decide the exit code too")
	f.flaky = flags.Choice{Value: report.FlakyFail, Words: []string{report.FlakyFail, report.FlakyReport}}
	fs.Var(&f.flaky, "flaky", "what is found once and not again: fail counts it as broken, report only shows it")
	flags.Completes(cmd, "flaky", f.flaky.Words)
	fs.StringVar(&f.out, "out", "", "folder for the findings; one that holds those of an earlier hunt is refused (default findings/<id>)")
	fs.BoolVar(&f.overwrite, "overwrite", false, overwriteUsage)
	fs.StringVar(&f.corpus, "corpus", "corpus", "folder of findings that are played first, when it exists")
	return cmd
}

// A hunt is a run of fuzz with all that it stands on.
type hunt struct {
	*stand
	flags   *fuzzFlags
	chosen  []string // names of trials
	corpus  []keptFinding
	again   map[replayed]int // what came of the corpus
	id, out string
	over    error // why the target was not asked any more; nil when it was to the end
	found   []*finding.Finding
	errs    []error
}

// A stand is a target that was looked at, with a suite for it.
type stand struct {
	contract *contract.Catalogue
	bench    *bench
	survey   *probe.Survey
	suite    *steps.Suite
	ledger   *ledger.Ledger
}

// stand looks at the target that the flags name, and makes a suite for it, which still
// needs a ledger. Whoever calls it closes the bench.
func (a *app) stand(ctx context.Context, c *contract.Catalogue, f *endpointFlags, seed uint64) (*stand, error) {
	b, err := a.bench(ctx, c, f)
	if err != nil {
		return nil, err
	}
	found, err := a.look(ctx, c, b, f)
	if err != nil {
		b.close()
		return nil, err
	}
	s := &stand{contract: c, bench: b, survey: found, suite: suite(c, b, found, f)}
	s.suite.Seed, s.suite.Level, s.suite.Unobserved = seed, contract.May, true
	return s, nil
}

// open starts the ledger of what a run makes, in a folder.
func (s *stand) open(dir, run string, overwrite bool) (err error) {
	s.ledger, err = startLedger(dir, origin(run, s.bench, s.survey), overwrite)
	s.suite.Ledger = s.ledger
	return err
}

// leave removes what was made.
func (a *app) leave(ctx context.Context, s *stand, limit time.Duration) {
	fresh, cancel := testbed.Grace(ctx, limit)
	defer cancel()
	if err := s.suite.CleanUp(fresh); err != nil {
		a.warn("removing what was created: %v", first(err))
	}
	for _, e := range s.ledger.Left() {
		a.warn("left behind: %s on %s, %s %s", e.Kind, e.SVM, e.Mark, e.Path)
	}
	s.ledger.Close()
}

// fuzzTarget is the whole of a hunt.
func fuzzTarget(a *app, cmd *cobra.Command, f *fuzzFlags) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	h := &hunt{flags: f, out: f.out, id: runID(time.Now(), f.seed)}
	if h.chosen, err = chosenProperties(c, f.properties); err != nil {
		return err
	}
	if h.corpus, err = readCorpus(f.corpus); err != nil {
		return err
	}
	if f.forTime < 0 || f.plateau < 0 {
		return exit.Misusedf("--for and --plateau: want 0 or more")
	}
	if err := verifyOut(f.out, f.overwrite); err != nil {
		return err
	}
	ctx := cmd.Context()
	if h.stand, err = a.stand(ctx, c, &f.endpointFlags, f.seed); err != nil {
		return err
	}
	defer h.bench.close()
	if err := h.take(); err != nil {
		return err
	}
	defer a.leave(ctx, h.stand, f.jobTimeout+f.outage)
	a.scanner.Ledger, a.scanner.Tells = filepath.Join(h.out, ledgerFile), true
	fmt.Fprintf(a.stderr, "fuzzing %s, ONTAP %s, seed %d\n", f.name(), h.survey.Release, f.seed)
	if !cmd.Flags().Changed("max-time") {
		f.maxTime = f.longEnough()
	}
	limited, stop := f.limited(ctx)
	defer stop()
	h.again = replayCorpus(a, limited, h)
	end, game, err := pursue(a, limited, h)
	h.over = over(limited, h.bench.target.Health)
	a.tellHealth(h.bench.target.Health, h.over)
	if err != nil {
		return exit.Inconclusivef("%w", err)
	}
	if err := h.write(a, end, game); err != nil {
		return err
	}
	unknown := 0
	for _, why := range game.Unknown() {
		if skip := new(oracle.Skip); !errors.As(why, &skip) {
			unknown++
		}
	}
	if len(game.Unknown()) == len(game.Trials) { // nothing looked at is no pass
		unknown = len(game.Trials)
	}
	return h.verdict(ctx, end, unknown)
}

// longEnough is --max-time of a hunt unless it is given: --for, and what the corpus and the last
// case may take.
func (f *fuzzFlags) longEnough() time.Duration {
	if f.forTime == 0 {
		return 0
	}
	return f.forTime + 10*time.Minute
}

// take takes the folder of a hunt and starts its ledger.
func (h *hunt) take() error {
	folder, err := takeFolder(h.out, filepath.Join("findings", h.id))
	if err != nil {
		return err
	}
	if h.out == "" {
		h.out, h.id = folder, filepath.Base(folder)
	}
	if err := h.open(h.out, h.id, h.flags.overwrite); err != nil {
		os.Remove(h.out) // unless there is something in it
		return err
	}
	return nil
}

// chosenProperties are the names of the trials that any of the patterns matches;
// without patterns, all of them.
func chosenProperties(c *contract.Catalogue, patterns []string) ([]string, error) {
	var all []candidate
	var names []string
	for _, d := range property.Descriptions(c) {
		all = append(all, candidate{name: d.Name, names: namesOfTrial(d)})
		names = append(names, d.Name)
	}
	if len(patterns) == 0 {
		return names, nil
	}
	var chosen []string
	for _, p := range patterns {
		some := byPattern(all, p)
		if len(some) == 0 {
			return nil, exit.Misusedf("--properties: %q matches no property%s", p, wording.DidYouMean(p, names))
		}
		for _, one := range some {
			chosen = append(chosen, one.name)
		}
	}
	return chosen, nil
}

// pursue hunts, and keeps each finding at once: what was found must outlive
// whatever comes.
func pursue(a *app, ctx context.Context, h *hunt) (engine.End, *engine.Campaign, error) {
	p := newHuntProgress(a.stderr)
	defer p.finish()
	game := &engine.Campaign{
		Bed: h.suite.Testbed, Workers: int(h.flags.workers), Checks: int(h.flags.checks), For: h.flags.forTime, Plateau: h.flags.plateau, Told: p.tell,
		Trials: property.TrialsCalled(h.contract, h.survey.Release, h.chosen...),
		Found: func(f *engine.Counterexample) {
			p.wipe()
			h.keep(a, f)
		},
	}
	end, err := game.Run(ctx)
	return end, game, err
}

// maxRedacted is how many of the last secrets are taken out of a finding, besides its own: to know
// more of them takes a second for each finding. The proof looks for all.
const maxRedacted = 4096

// keep writes a finding and tells of it. One that was flaky until now gives way to it.
func (h *hunt) keep(a *app, f *engine.Counterexample) {
	dir := filepath.Join(h.out, finding.Folder(f.Bucket))
	kept, err := finding.Write(dir, finding.Draft{Found: f, RunSeed: h.flags.seed, At: time.Now(), Vet: a.scanner.File, Takes: h.takes, Record: report.Facts{
		Contract: h.contract, Release: h.survey.Release, Secrets: h.bench.secrets(maxRedacted), Commands: report.Commands{Curl: h.bench.curl}}})
	h.found = slices.DeleteFunc(h.found, func(old *finding.Finding) bool {
		return old.Requirement.ID == kept.Requirement.ID && old.Operation == kept.Operation
	})
	h.found, h.errs = append(h.found, kept), append(h.errs, err)
	what := "found"
	if kept.Broken.Flaky {
		what = "found once, flaky"
	}
	fmt.Fprintln(a.stderr, wording.OneLine(fmt.Sprintf("%s: %s %s, %s: %s (%s)", what, kept.Requirement.ID, kept.Requirement.Level, kept.Property, kept.Requirement.Text, dir)))
}

// takes returns why run would not take a feature; nil when it would.
func (h *hunt) takes(feature string) error {
	_, err := steps.Plan(fstest.MapFS{finding.FeatureFile: {Data: []byte(feature)}}, h.contract)
	return err
}

// decides reports whether a finding decides the exit code.
func (h *hunt) decides(f *finding.Finding) bool {
	if f.Broken.Flaky && h.flags.flaky.Value == report.FlakyReport {
		return false
	}
	return f.Requirement.Level == contract.Must || h.flags.strict && f.Requirement.Level == contract.Should
}

// verdict turns a hunt into the exit code.
func (h *hunt) verdict(ctx context.Context, end engine.End, unknown int) error {
	broken := h.again[stillFailing] > 0 || h.again[flakyAgain] > 0 && h.flags.flaky.Value == report.FlakyFail || slices.ContainsFunc(h.found, h.decides)
	switch {
	case ctx.Err() != nil:
		return exit.Interruptedf("interrupted: what was found until then is kept")
	case broken:
		return exit.With(exit.NonConformant)
	case h.over != nil:
		return exit.Inconclusivef("%w", h.over)
	case end == engine.NoAnswers:
		return exit.Inconclusivef("%s", end)
	case unknown > 0:
		return exit.Inconclusivef("nothing could be found out about %s", report.Counted(unknown, "property"))
	case h.again[couldNotReplay] > 0:
		return exit.Inconclusivef("of the corpus, %s could not be replayed", report.Counted(h.again[couldNotReplay], "finding"))
	}
	return nil
}

// replayCorpus plays what the corpus holds, and returns how much of it came to what.
func replayCorpus(a *app, ctx context.Context, h *hunt) map[replayed]int {
	counts := map[replayed]int{}
	for _, k := range h.corpus {
		state, why := came(replayTwice(ctx, h.suite, k.Finding), k.Requirement.ID)
		counts[state]++
		if state != fixed {
			fmt.Fprintln(a.stderr, a.printable(fmt.Sprintf("%s: %s: %s", k.name, state, why)))
		}
	}
	if len(counts) > 0 {
		said := fmt.Sprintf("corpus: %d fixed, %d still failing, %d that could not be replayed", counts[fixed], counts[stillFailing], counts[couldNotReplay])
		if n := counts[flakyAgain]; n > 0 {
			said += fmt.Sprintf(", %d flaky", n)
		}
		fmt.Fprintln(a.stderr, said)
	}
	return counts
}
