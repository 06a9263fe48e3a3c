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
	"ontap-conformance/runner/finding"
)

func promoteCommand(a *app) *cobra.Command {
	var corpus string
	cmd := &cobra.Command{
		Use:   "promote FOLDER",
		Short: "Move a finding to the corpus, which run and fuzz play first",
		Long: "Move a finding to the corpus, a folder that is meant to be kept under version control.\n" +
			"Every run and every fuzz plays it first and fails as long as a finding of it does.",
		Example: "  ontap-conformance promote findings/20261123T085600Z-1/API-FAULT-01",
		Args:    oneFinding,
		RunE:    a.settled(func(_ *cobra.Command, args []string) error { return promote(a, args[0], corpus) }),
	}
	cmd.Flags().StringVar(&corpus, "corpus", "corpus", "the folder to move it to")
	return cmd
}

// promote moves a folder. One that the corpus has already stays.
func promote(a *app, dir, corpus string) error {
	if _, err := finding.Read(dir); err != nil {
		return exit.Misusedf("%w", err)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return exit.Misusedf("%w", err)
	}
	to := filepath.Join(corpus, filepath.Base(abs))
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return exit.Misusedf("the corpus has %s already", to)
	}
	if err := files.MakeFolder(corpus); err != nil {
		return exit.Misusedf("--corpus: %w", err)
	}
	if err := os.Rename(dir, to); err != nil {
		return exit.Misusedf("moving the finding: %w", err)
	}
	fmt.Fprintln(a.stdout, to)
	return nil
}
