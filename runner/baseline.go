package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/files"
	"ontap-conformance/runner/baseline"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/report"
)

func baselineCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "baseline",
		Short: "Write or check the known deviations of one target",
		Example: "  ontap-conformance baseline write reports/20261123T085600Z-1 --baseline known.yaml\n" +
			"  ontap-conformance baseline check reports/20261123T085600Z-1 --baseline known.yaml",
		Args: flags.OneOf("write", "check"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }, // never reached: both words are subcommands
	}
	var file string
	var strict bool
	write := &cobra.Command{
		Use:     "write DIR --baseline FILE",
		Short:   "List everything that a run found broken; reasons that the file has already are kept",
		Example: "  ontap-conformance baseline write reports/20261123T085600Z-1 --baseline known.yaml",
		Args:    flags.OneFolder,
		RunE:    a.settled(func(_ *cobra.Command, args []string) error { return writeBaseline(a, args[0], file) }),
	}
	check := &cobra.Command{
		Use:     "check DIR --baseline FILE",
		Short:   "Compare a run with the file: 1 for something new or mended, 2 for an entry that matches nothing",
		Example: "  ontap-conformance baseline check reports/20261123T085600Z-1 --baseline known.yaml",
		Args:    flags.OneFolder,
		RunE:    a.settled(func(_ *cobra.Command, args []string) error { return checkBaseline(a, args[0], file, strict) }),
	}
	for _, sub := range []*cobra.Command{write, check} {
		sub.Flags().StringVar(&file, "baseline", "", "file of known deviations")
	}
	check.Flags().BoolVar(&strict, "strict", false, "broken SHOULDs decide too")
	cmd.AddCommand(write, check)
	return cmd
}

var errNoBaseline = errors.New("--baseline: name the file of known deviations")

func writeBaseline(a *app, dir, file string) error {
	if file == "" {
		return exit.Misusedf("%w", errNoBaseline)
	}
	r, err := recorded(dir)
	if err != nil {
		return err
	}
	old, err := baseline.Load(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return exit.Misusedf("%w", err)
	}
	b := baseline.New(r, old)
	var text bytes.Buffer
	if err := b.Write(&text); err != nil {
		return err
	}
	a.scanOwn()
	if err := a.scanner.File(file, text.Bytes()); err != nil {
		return fmt.Errorf("%w; it is not written", err)
	}
	if err := files.Write(file, text.Bytes()); err != nil {
		return exit.Misusedf("--baseline: %w", err)
	}
	fmt.Fprintf(a.stderr, "%s in %s; say in each reason why\n", report.Counted(len(b.Known), "known deviation"), file)
	return nil
}

func checkBaseline(a *app, dir, file string, strict bool) error {
	if file == "" {
		return exit.Misusedf("%w", errNoBaseline)
	}
	r, err := recorded(dir)
	if err != nil {
		return err
	}
	b, err := baseline.Load(file)
	if err != nil {
		return exit.Misusedf("%w", err)
	}
	if err := b.VerifyReport(r); err != nil {
		return exit.Misusedf("%w", err)
	}
	return compared(a.stdout, b.Compare(r, strict))
}
