// Command runner is ontap-conformance: it conducts a conformance run against an
// ONTAP-compatible REST server and says what came of it.
//
// Here are flags, wiring, reports and the exit code. What is promised, what is
// sent and what counts as kept is decided in the packages that it imports, and
// nothing imports it. It knows the simulator only as a server to start: the
// suite sees a URL, be it of the simulator or of a cluster.
//
// Its reader is who adds a subcommand or a flag. Each subcommand has the file of its
// name. What several of them need: app.go (what they print and how they end), endpoint.go,
// credentials.go and bench.go (the target), select.go and corpus.go (what is played),
// folder.go (where it is kept), progress.go and scan.go. run is in two files: conclude.go has what
// comes after the last answer; so is fuzz, with confidence.go.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/leaks"
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
	a := &app{process: p, streams: map[string]*leaks.Stream{"stdout": stdout, "stderr": stderr}, args: args}
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
	root.PersistentFlags().StringSliceVar(&a.folders, "catalogue", nil, "folder with catalogue files of resources of one's own, beside those that are built in; repeatable")
	a.teachHelp(root)
	root.AddCommand(runCommand(a), fuzzCommand(a), replayCommand(a), promoteCommand(a), serveCommand(a), selftestCommand(a), listCommand(a), doctorCommand(a), reportCommand(a),
		baselineCommand(a), cleanupCommand(a), versionCommand(a))
	return root
}
