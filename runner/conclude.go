package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/runner/baseline"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/report"
	"ontap-conformance/runner/wording"
)

// report makes the report of a run.
func (t *trial) report(outcomes []oracle.Outcome, interrupted bool) *report.Report {
	scope := oracle.Scope{Release: t.survey.Release, Level: contract.Level(t.flags.level.Value), Absent: t.survey.Absent, Lacking: t.survey.Lacking,
		Lenient: t.flags.flaky.Value == report.FlakyReport}
	results := oracle.Sum(t.contract, scope, outcomes)
	verdict := oracle.Conclude(results, outcomes, t.flags.strict)
	if interrupted || t.ended != nil && verdict == oracle.Conformant { // it may have been in the clean-up
		verdict = oracle.Inconclusive
	}
	parallel := int(t.flags.parallel)
	if parallel == 0 {
		parallel = max(1, len(t.survey.SVMs))
	}
	conditions := map[string][]string{}
	for _, sc := range t.selection.chosen {
		conditions[sc.Name] = sc.Conditions
	}
	r := report.New(report.Facts{
		Tool: tool().Tool,
		Run: report.Run{ID: t.id, Command: t.command, Started: report.Stamp(t.started), Finished: report.Stamp(time.Now()),
			Seed: t.flags.seed, Nonce: t.flags.nonce, Checks: int(t.flags.checks),
			Flaky: t.flags.flaky.Value, Mode: t.bench.mode, Parallel: parallel},
		Target: report.Target{Endpoint: t.bench.target.BaseURL, Simulator: t.bench.simulator, ONTAP: t.survey.Release.String(),
			ReportedVersion: t.survey.Reported, TLSVerified: t.bench.verified},
		Contract: t.contract, Release: t.survey.Release, Results: results, Outcomes: outcomes, Verdict: verdict,
		Secrets: t.bench.secrets(-1), Ledger: t.ledger, Conditions: conditions, Health: t.bench.target.Health, Ended: t.ended,
		Revision: contract.SetRevision(t.survey.Release),
		Commands: report.Commands{Curl: t.bench.curl, Replay: func(name string) string { return t.replay + " --select " + quote(name) }},
	})
	left := map[string][]contract.ID{}
	for _, sc := range t.selection.left {
		left[sc.Name] = sc.Requirements
	}
	r.AddUnselected("scenario", left)
	left = map[string][]contract.ID{}
	for _, f := range property.TrialsCalled(t.contract, t.survey.Release, t.selection.without...) {
		left[f.Name] = f.Requirements
	}
	for _, k := range t.selection.corpusLeft {
		left[k.name] = []contract.ID{k.Requirement.ID}
	}
	r.AddUnselected("property", left)
	if t.known != nil {
		t.known.MarkKnown(r)
		if !interrupted { // what was not looked at is neither new nor mended
			r.Baseline = t.known.Compare(r, t.flags.strict).Record(t.flags.baseline)
		}
	}
	return r
}

// publish writes the reports: to the folder what was asked for, to stdout the
// one for people. What holds a secret is not written. The source of all others comes last: it
// says what was looked through.
func publish(a *app, t *trial, r *report.Report) error {
	var errs []error
	source, _ := report.Find("json")
	write := func(f report.Rendering) {
		if slices.Contains(t.flags.formats.Values, f.Name) {
			errs = append(errs, a.scanner.Render(filepath.Join(t.out, f.File), r, f.Write))
		}
	}
	for _, f := range report.Renderings {
		if f.Name != source.Name {
			write(f)
		}
	}
	errs = append(errs, a.scanner.Show(a.stdout, r, report.Text), a.scanner.Streams()) // also when the disk is full
	if !t.bench.simulator {
		a.scanner.Ledger = filepath.Join(t.out, ledgerFile)
		errs = append(errs, a.scanner.Written(a.scanner.Ledger))
	}
	r.Environment.Secrets = a.scanner.Record(1)
	write(source)
	a.scanner.Tells = true
	fmt.Fprintf(a.stderr, "reports in %s\n", t.out)
	return errors.Join(errs...)
}

// verdict turns the report into the exit code, by way of the baseline if there
// is one.
func verdict(a *app, ctx context.Context, t *trial, r *report.Report) error {
	switch {
	case ctx.Err() != nil:
		return exit.Interruptedf("interrupted: the report holds what was found out until then")
	case t.known != nil:
		return compared(a.stderr, t.known.Compare(r, t.flags.strict))
	case r.Verdict == oracle.NonConformant:
		return exit.With(exit.NonConformant)
	case r.Verdict == oracle.Inconclusive:
		return exit.With(exit.Inconclusive)
	}
	return nil
}

// compared says what a comparison with a baseline found.
func compared(w io.Writer, c baseline.Difference) error {
	for _, d := range c.New {
		fmt.Fprintln(w, wording.OneLine(fmt.Sprintf("not in the baseline: %s, broken in %q", d.Requirement, d.Outcome)))
	}
	for _, e := range c.Mended {
		fmt.Fprintln(w, wording.OneLine(fmt.Sprintf("in the baseline, but kept now: %s", e)))
	}
	switch {
	case len(c.New) > 0 || len(c.Mended) > 0:
		return exit.With(exit.NonConformant)
	case c.Unknown:
		return exit.Inconclusivef("not everything could be found out")
	}
	return nil
}

// commandLine is the command as it was typed, without what may be a secret.
func commandLine(args []string) string {
	words := []string{toolName}
	for _, arg := range args {
		words = append(words, quote(withoutPassword(arg)))
	}
	return strings.Join(words, " ")
}

// withoutPassword hides the password of a URL, by itself or after a flag.
func withoutPassword(arg string) string {
	flag, value, ok := strings.Cut(arg, "=")
	if !ok || !strings.HasPrefix(flag, "--") {
		flag, value = "", arg
	} else {
		flag += "="
	}
	if u, err := url.Parse(value); err == nil && u.User != nil {
		value = u.Redacted()
	}
	return flag + value
}

// perRun are the flags that a repetition of one scenario does not need.
var perRun = map[string]bool{"select": true, "skip": true, "out": true, "overwrite": true, "format": true, "baseline": true, "config": true, "seed": true, "nonce": true}

// repeat is the command that repeats a run, wherever its settings came from;
// what to select is to be added.
func repeat(cmd *cobra.Command) string {
	words := []string{toolName, "run"}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if perRun[f.Name] {
			return
		}
		values := []string{f.Value.String()}
		if many, ok := f.Value.(pflag.SliceValue); ok {
			values = many.GetSlice()
		}
		for _, v := range values {
			if f.Value.Type() == "bool" {
				words = append(words, "--"+f.Name+"="+v)
				continue
			}
			words = append(words, "--"+f.Name, quote(withoutPassword(v)))
		}
	})
	words = append(words, "--seed", cmd.Flags().Lookup("seed").Value.String())
	return strings.Join(words, " ")
}

var plainWord = regexp.MustCompile(`^[\w@%+=:,./-]+$`)

// quote quotes a word for the shell where that is needed.
func quote(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
