package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/runner/baseline"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/probe"
	"ontap-conformance/runner/report"
	"ontap-conformance/steps"
)

// runFlags are the flags of a run.
type runFlags struct {
	endpointFlags
	selected, skipped []string
	level             flags.Choice
	strict            bool
	flaky             flags.Choice
	seed              uint64
	checks            flags.Positive
	out               string
	overwrite         bool
	formats           flags.Choices
	baseline          string
	features          []string
	corpus            string
}

func runCommand(a *app) *cobra.Command {
	f := new(runFlags)
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run the scenarios and properties against an endpoint, or against the embedded simulator",
		Long: "Run the scenarios and properties against an endpoint; without --endpoint, against the embedded\n" +
			"simulator. The report for people goes to stdout, the others to the folder --out. At the end all\n" +
			"that was written is searched for the secrets that were sent, and one line says what was found:\n" +
			"a file that holds a secret is not written, and the run ends with 3.\n\n" +
			"Exit codes: 0 conformant, 1 not conformant, 2 wrong usage, 3 inconclusive, 130 interrupted.",
		Example: "  ontap-conformance run\n" +
			"  ontap-conformance run --endpoint https://cluster.example --user admin --svm test1\n" +
			"  ontap-conformance run --select 'AKV-PATCH-*' --skip '*job*' --seed 7\n" +
			"  ontap-conformance run --endpoint https://cluster.example --baseline known.yaml --strict",
		Args: flags.NoArgs,
		RunE: a.settled(func(cmd *cobra.Command, _ []string) error { return runSuite(a, cmd, f) }),
	}
	f.register(cmd)
	f.registerMaking(cmd)
	f.level = flags.Choice{Value: string(contract.Should), Words: []string{"must", "should", "may"}}
	f.flaky = flags.Choice{Value: report.FlakyFail, Words: []string{report.FlakyFail, report.FlakyReport}}
	f.formats = flags.Choices{Values: []string{"json", "junit", "html"}, Words: report.Names()}
	fs := cmd.Flags()
	fs.StringArrayVar(&f.selected, "select", nil, "run only these: IDs, names, features, tags, with * and ?; repeatable")
	fs.StringArrayVar(&f.skipped, "skip", nil, "leave these out; as --select")
	fs.Var(&f.level, "level", "test down to must, should or may")
	fs.BoolVar(&f.strict, "strict", false, "broken SHOULDs decide the verdict too")
	fs.Var(&f.flaky, "flaky", "what is found once and not again: fail counts it as broken, report only shows it")
	fs.Uint64Var(&f.seed, "seed", 1, "the same seed sends the same requests")
	f.checks = 20 // a second or two of a run; fuzz goes on for longer
	fs.Var(&f.checks, "checks", "inputs of each property")
	fs.StringVar(&f.out, "out", "", "folder for the reports; one that holds those of an earlier run is refused (default reports/<run id>)")
	fs.BoolVar(&f.overwrite, "overwrite", false, overwriteUsage)
	fs.Var(&f.formats, "format", "reports to write: "+strings.Join(report.Names(), ", "))
	fs.StringVar(&f.baseline, "baseline", "", "file of known deviations")
	fs.StringSliceVar(&f.features, "features", nil, "folder of further .feature files, repeatable")
	fs.StringVar(&f.corpus, "corpus", "corpus", "folder of findings that are played first, when it exists")
	flags.Completes(cmd, "level", f.level.Words)
	flags.Completes(cmd, "flaky", f.flaky.Words)
	flags.Completes(cmd, "format", f.formats.Words)
	return cmd
}

// A trial is a run with all that it stands on.
type trial struct {
	flags     *runFlags
	contract  *contract.Catalogue
	selection selection
	known     *baseline.Baseline // nil for none
	bench     *bench
	survey    *probe.Survey
	ledger    *ledger.Ledger
	command   string
	replay    string // the command that repeats the run, without a selection
	id        string
	out       string // folder; empty for a new one below reports
	started   time.Time
	ended     error // why the target was not asked any more; nil when it was to the end
}

// runSuite is the whole of a run: everything that can be wrong with the flags is
// found before anything is sent.
func runSuite(a *app, cmd *cobra.Command, f *runFlags) error {
	t, err := planRun(a, cmd, f)
	if err != nil {
		return err
	}
	if t.bench, err = a.bench(cmd.Context(), t.contract, &f.endpointFlags); err != nil {
		return err
	}
	defer t.bench.close()
	ctx, stop := f.limited(cmd.Context())
	defer stop()
	if t.survey, err = a.look(ctx, t.contract, t.bench, &f.endpointFlags); err != nil {
		return err
	}
	if err := t.open(); err != nil {
		return err
	}
	defer t.ledger.Close()
	fmt.Fprintf(a.stderr, "%s on %s, ONTAP %s, seed %d\n", t.selection, f.name(), t.survey.Release, f.seed)
	outcomes := perform(a, ctx, t)
	t.ended = over(ctx, t.bench.target.Health)
	a.tellHealth(t.bench.target.Health, t.ended)
	r := t.report(outcomes, cmd.Context().Err() != nil)
	if err := publish(a, t, r); err != nil {
		return err
	}
	return verdict(a, cmd.Context(), t, r)
}

// planRun settles everything that needs no target.
func planRun(a *app, cmd *cobra.Command, f *runFlags) (*trial, error) {
	c, err := a.load()
	if err != nil {
		return nil, err
	}
	all, err := scenarios(c, f.features)
	if err != nil {
		return nil, err
	}
	corpus, err := readCorpus(f.corpus)
	if err != nil {
		return nil, err
	}
	t := &trial{flags: f, contract: c, started: time.Now(), command: commandLine(a.args), replay: repeat(cmd)}
	if t.selection, err = choose(c, all, corpus, f.selected, f.skipped); err != nil {
		return nil, err
	}
	if f.baseline != "" {
		if t.known, err = knownIn(f.baseline, c, all, corpus); err != nil {
			return nil, err
		}
	}
	t.id, t.out = runID(t.started, f.seed), f.out
	return t, verifyOut(f.out, f.overwrite)
}

// knownIn loads a baseline and refuses entries that can match nothing.
func knownIn(file string, c *contract.Catalogue, all []*steps.Scenario, corpus []keptFinding) (*baseline.Baseline, error) {
	b, err := baseline.Load(file)
	if err != nil {
		return nil, exit.Misusedf("--baseline: %w", err)
	}
	names := map[string]bool{}
	for _, sc := range all {
		names[sc.Name] = true
	}
	for _, t := range property.Descriptions(c) {
		names[t.Name] = true
	}
	for _, k := range corpus {
		names[k.name] = true
	}
	err = b.Verify(
		func(id contract.ID) bool { return c.Requirement(id) != nil },
		func(name string) bool { return names[name] })
	if err != nil {
		return nil, exit.Misusedf("%w", err)
	}
	return b, nil
}

// look probes the target; what it leaves in doubt the user is told.
func (a *app) look(ctx context.Context, all *contract.Catalogue, b *bench, f *endpointFlags) (*probe.Survey, error) {
	found := probe.All(ctx, f.probed(all, b))
	if cause := context.Cause(ctx); errors.Is(cause, testbed.ErrTimeIsUp) {
		return nil, exit.Inconclusivef("%w before anything was tested", cause)
	}
	if ctx.Err() != nil {
		return nil, exit.Interruptedf("interrupted before anything was tested")
	}
	if bad := found.Failed(); bad != nil {
		return nil, bad.Err()
	}
	for _, c := range found.Checks {
		if c.State == probe.Unknown && (c.Name == "release" || c.Name == "resources") || c.State == probe.OK && c.Advice != "" {
			a.note("%s (%s)", c.Said, c.Advice)
		}
	}
	return found, nil
}

// open takes the folder and starts the ledger.
func (t *trial) open() error {
	folder, err := takeFolder(t.out, filepath.Join("reports", t.id))
	if err != nil {
		return err
	}
	if t.out == "" {
		t.out, t.id = folder, filepath.Base(folder)
	}
	if t.ledger, err = startLedger(t.out, origin(t.id, t.bench, t.survey), t.flags.overwrite); err != nil {
		os.Remove(t.out) // unless there is something in it
		return err
	}
	for _, format := range report.Names() { // a run that is killed must not leave the verdict of another
		f, _ := report.Find(format)
		if err := os.Remove(filepath.Join(t.out, f.File)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return exit.Misusedf("--out: %w", err)
		}
	}
	return nil
}

// trials are those that were selected, as far as the release has them.
func (t *trial) trials() []*property.Trial {
	return property.TrialsCalled(t.contract, t.survey.Release, t.selection.properties...)
}

// idle are outcomes for the properties that were selected and that are not among
// trials: the release has nothing for them. What was not tried stays in the report,
// with the reason.
func (t *trial) idle(trials []*property.Trial) []oracle.Outcome {
	var outcomes []oracle.Outcome
	for _, name := range t.selection.properties {
		if !slices.ContainsFunc(trials, func(f *property.Trial) bool { return f.Name == name }) {
			o := oracle.Outcome{Name: name, Kind: "property"}
			o.Conclude(&oracle.Skip{Reason: "ONTAP " + t.survey.Release.String() + " has nothing that it is about"})
			outcomes = append(outcomes, o)
		}
	}
	return outcomes
}

// perform runs the scenarios and properties and removes what they left, or what the target
// says that it removed and did not.
func perform(a *app, ctx context.Context, t *trial) []oracle.Outcome {
	s := suite(t.contract, t.bench, t.survey, &t.flags.endpointFlags)
	s.Ledger, s.Seed, s.Level = t.ledger, t.flags.seed, contract.Level(t.flags.level.Value)
	p := newProgress(a.stderr, t.selection.size())
	outcomes := replayAll(ctx, s, t.selection.corpus, p.add)
	outcomes = append(outcomes, s.Run(ctx, t.selection.chosen, p.add)...)
	campaign := engine.FixedRun{Bed: s.Testbed, Trials: t.trials(), Checks: int(t.flags.checks), Workers: int(t.flags.parallel)}
	outcomes = append(outcomes, campaign.Outcomes(ctx, p.add)...)
	for _, o := range t.idle(campaign.Trials) {
		outcomes = append(outcomes, o)
		p.add(&o)
	}
	p.finish()
	fresh, cancel := testbed.Grace(ctx, t.flags.jobTimeout+t.flags.outage)
	defer cancel()
	if err := s.CleanUp(fresh); err != nil {
		a.warn("removing what the run created: %v", first(err))
	}
	return outcomes
}
