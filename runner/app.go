package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/files"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/leaks"
	"ontap-conformance/runner/wording"
)

// catalogue loads the embedded contract, which nothing changes, once and only when a
// subcommand needs it: help and completion must not wait for it.
var catalogue = sync.OnceValues(contract.Load)

// load returns the contract that the subcommand goes by: the embedded one, with the resources
// of one's own that --catalogue names beside it.
func (a *app) load() (*contract.Catalogue, error) {
	if len(a.folders) == 0 {
		return catalogue()
	}
	if a.extended == nil {
		var own []contract.Folder
		for _, dir := range a.folders {
			own = append(own, contract.Folder{Name: dir, Files: files.Bounded(os.DirFS(dir), files.MaxText)})
		}
		c, err := contract.LoadWith(own...)
		if err != nil {
			return nil, exit.Misusedf("--catalogue: %w", err)
		}
		a.extended = c
	}
	return a.extended, nil
}

// app is what the subcommands share.
type app struct {
	process
	streams   map[string]*leaks.Stream // the streams of process, by their names
	args      []string                 // of the command line
	folders   []string                 // of --catalogue
	extended  *contract.Catalogue      // with what they hold; nil until it is needed
	scanner   *leaks.Scanner           // nil until there is a target
	misplaced error                    // of a call for help with what does not exist
}

// exitCode prints an error and returns the code that it stands for. An error
// of no kind is our own.
func (a *app) exitCode(err error) int {
	if err == nil {
		return exit.Conformant
	}
	var end *exit.Error
	if !errors.As(err, &end) {
		end = &exit.Error{Code: exit.Inconclusive, Err: err}
	}
	if end.Err != nil {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintf(a.stderr, "error: %s\n", a.printable(line))
		}
	}
	return end.Code
}

// teachHelp makes help with what does not exist wrong usage: a script that asks
// whether there is a subcommand must not be told that there is.
func (a *app) teachHelp(root *cobra.Command) {
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if cmd.HasSubCommands() && cmd.Flags().NArg() > 0 {
			a.misplaced = exit.Misusedf("%w", cmd.Args(cmd, cmd.Flags().Args())) // cobra has no way to return it
			return
		}
		help(cmd, args)
	})
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [subcommand]",
		Short: "Print the help of a subcommand",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err == nil && cmd.HasSubCommands() && len(rest) > 0 {
				err = exit.Misusedf("%w", cmd.Args(cmd, rest))
			}
			if err != nil {
				return err
			}
			return cmd.Help()
		},
	})
}

// settled wraps the work of a subcommand: its flags are settled from the
// environment and the file first.
func (a *app) settled(work func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := flags.Settle(cmd, a.env, a.warn); err != nil {
			return err
		}
		return work(cmd, args)
	}
}

// note tells the user something on stderr that is no error.
func (a *app) note(format string, args ...any) {
	fmt.Fprintf(a.stderr, "note: %s\n", a.printable(fmt.Sprintf(format, args...)))
}

// warn tells the user something on stderr that may need to be mended.
func (a *app) warn(format string, args ...any) {
	fmt.Fprintf(a.stderr, "warning: %s\n", a.printable(fmt.Sprintf(format, args...)))
}

// first is the first of errors that were joined, with the number of the others: when a target
// goes away, all of them say the same.
func first(err error) error {
	all := joined(err)
	if len(all) == 1 {
		return all[0]
	}
	return fmt.Errorf("%w (and %d more)", all[0], len(all)-1)
}

// joined returns the errors that were joined into one, also those that were joined before. An
// error that says more than what it joins is one error.
func joined(err error) []error {
	several, is := err.(interface{ Unwrap() []error })
	if !is || errors.Join(several.Unwrap()...).Error() != err.Error() {
		return []error{err}
	}
	var all []error
	for _, e := range several.Unwrap() {
		all = append(all, joined(e)...)
	}
	return all
}

// printable puts s on one line without the secrets that the target was sent: it may
// send back any of them.
func (a *app) printable(s string) string {
	if a.scanner != nil {
		s = a.scanner.Redact(s)
	}
	return wording.OneLine(s)
}
