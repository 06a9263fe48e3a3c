// Command runner is ontap-conformance: it conducts a conformance run against an
// ONTAP-compatible REST server and says what came of it.
//
// Here are flags, wiring, reports and the exit code. What is promised, what is
// sent and what counts as kept is decided in the packages that it imports, and
// nothing imports it. It knows the simulator only as a server to start: the
// suite sees a URL, be it of the simulator or of a cluster.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/leaks"
	"ontap-conformance/runner/wording"
)

func main() {
	if os.Getenv("GOGC") == "" { // a run makes much short-lived garbage and keeps little
		debug.SetGCPercent(1000)
		debug.SetMemoryLimit(512 << 20)
	}
	log.SetOutput(io.Discard) // net/http would quote there what a target says, unredacted
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C kills, but not the signal that some send to the process and then
	// to its group.
	context.AfterFunc(ctx, func() { time.AfterFunc(time.Second, stop) })
	os.Exit(run(ctx, os.Args[1:], process{os.Stdin, os.Stdout, os.Stderr, os.Environ()}))
}

// A process is what surrounds a command.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            []string // as from os.Environ
}

// run is main with its surroundings passed in, so that tests can call it. It
// returns the exit code.
func run(ctx context.Context, args []string, p process) int {
	stdout, stderr := &leaks.Stream{Writer: p.stdout}, &leaks.Stream{Writer: p.stderr}
	p.stdout, p.stderr = stdout, stderr
	a := &app{process: p, streams: map[string]*leaks.Stream{"stdout": stdout, "stderr": stderr}, args: args, load: catalogue}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = a.misplaced
	}
	return a.prove(a.exitCode(err))
}

// catalogue loads the contract, which nothing changes, once and only when a
// subcommand needs it: help and completion must not wait for it.
var catalogue = sync.OnceValues(contract.Load)

// app is what the subcommands share.
type app struct {
	process
	streams   map[string]*leaks.Stream // the streams of process, by their names
	args      []string                 // of the command line
	load      func() (*contract.Catalogue, error)
	scanner   *leaks.Scanner // nil until there is a target
	misplaced error          // of a call for help with what does not exist
}

const toolName = "ontap-conformance"

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   toolName,
		Short: "Find out whether a server keeps the promises of the ONTAP REST API",
		Long: "Find out whether a server keeps the promises of the ONTAP REST API.\n\n" +
			"Every flag can also be set in the environment, as " + flags.EnvPrefix + "<FLAG>, and in a YAML\n" +
			"file (--config) whose keys are the names of flags; a flag wins over the environment,\n" +
			"and the environment over the file.\n\n" +
			"Exit codes: 0 conformant, 1 not conformant, 2 wrong usage, 3 inconclusive, 130 interrupted.",
		Example: "  ontap-conformance run\n" +
			"  ontap-conformance doctor --endpoint https://cluster.example --user admin\n" +
			"  ontap-conformance run --endpoint https://cluster.example --user admin --svm test1",
		Version:       tool().String(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          flags.Unknown,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(flags.Error)
	root.PersistentFlags().String("config", "", "file of settings (default "+flags.DefaultConfig+" when it exists)")
	a.teachHelp(root)
	root.AddCommand(a.runCommand(), a.fuzzCommand(), a.replayCommand(), a.promoteCommand(), a.serveCommand(), a.selftestCommand(), a.listCommand(), a.doctorCommand(), a.reportCommand(),
		a.baselineCommand(), a.cleanupCommand(), a.versionCommand())
	return root
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
