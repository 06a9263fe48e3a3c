package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/files"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/report"
)

// reportFile is the name of the report that all others are made from.
const reportFile = "report.json"

func reportCommand(a *app) *cobra.Command {
	format := flags.Choice{Value: "text", Words: report.Names()}
	var other string
	cmd := &cobra.Command{
		Use:   "report DIR",
		Short: "Render the report of a recorded run again",
		Long: "Render the report of a recorded run again, to stdout: the same bytes as the run wrote.\n" +
			"With --compare it says instead what has changed since another run: which requirements were\n" +
			"kept and are broken or the other way round, and where the target now takes another of several\n" +
			"allowed ways.\n\n" +
			"Exit codes: 0 rendered, or nothing has changed; 1 something has changed; 2 wrong usage; 3 one of\n" +
			"the two runs did not look at everything that the other did.",
		Example: "  ontap-conformance report reports/20261123T085600Z-1\n  ontap-conformance report reports/20261123T085600Z-1 --format junit\n" +
			"  ontap-conformance report reports/20261124T090000Z-1 --compare reports/20261123T085600Z-1",
		Args: flags.OneFolder,
		RunE: a.settled(func(_ *cobra.Command, args []string) error {
			r, err := recorded(args[0])
			if err != nil {
				return err
			}
			if other != "" {
				return compareRuns(a, other, r, format.Value)
			}
			f, _ := report.Find(format.Value) // cannot fail: the flag takes no other names
			a.scanOwn()
			return a.scanner.Show(a.stdout, r, f.Write)
		}),
	}
	cmd.Flags().Var(&format, "format", "json, junit, html or text")
	cmd.Flags().StringVar(&other, "compare", "", "folder of an earlier run to compare with; --format text or json")
	flags.Completes(cmd, "format", format.Words)
	return cmd
}

// compareRuns says what has changed since another run.
func compareRuns(a *app, other string, now *report.Report, format string) error {
	before, err := recorded(other)
	if err != nil {
		return fmt.Errorf("--compare: %w", err)
	}
	c := report.Compare(before, now)
	switch format {
	case "text":
		err = c.Text(a.stdout)
	case "json":
		err = c.JSON(a.stdout)
	default:
		return exit.Misusedf("--compare: a comparison is written as text or json, not as %s", format)
	}
	switch {
	case err != nil:
		return err
	case c.Changed():
		return exit.With(exit.NonConformant)
	case !c.Whole:
		return exit.Inconclusivef("not everything was looked at in both runs")
	}
	return nil
}

// absence is why a file cannot be read, in plain words when it is not there.
func absence(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s does not exist", name)
	}
	return err
}

// recorded reads the report of a run, by its folder or its file.
func recorded(name string) (*report.Report, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, reportFile)
	}
	f, err := files.Open(name)
	if err != nil {
		return nil, exit.Misusedf("there is no report: %w", absence(name, err))
	}
	defer f.Close()
	r, err := report.Read(files.Bound(f, name, files.MaxRecord))
	if err != nil {
		return nil, exit.Misusedf("%s: %w", name, err)
	}
	return r, nil
}
