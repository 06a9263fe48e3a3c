package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/finding"
)

func replayCommand(a *app) *cobra.Command {
	f := new(endpointFlags)
	var seed uint64
	cmd := &cobra.Command{
		Use:   "replay FOLDER",
		Short: "Play a finding again: fixed, still failing, or could not replay",
		Long: "Play the requests of a finding again, and judge them as they were judged then. The folder\n" +
			"is one that fuzz wrote, with this version or another.\n\n" +
			"Exit codes: 0 fixed, 1 still failing, 2 wrong usage, 3 could not replay.",
		Example: "  ontap-conformance replay findings/20261123T085600Z-1/AKV-PATCH-03-patch-security-azure-key-vaults-uuid \\\n" +
			"    --endpoint https://cluster.example --user admin",
		Args: oneFinding,
		RunE: a.settled(func(cmd *cobra.Command, args []string) error { return replayFinding(a, cmd, args[0], f, seed) }),
	}
	f.register(cmd)
	f.registerMaking(cmd)
	cmd.Flags().Uint64Var(&seed, "seed", 1, "names and secrets are made up from it")
	return cmd
}

func oneFinding(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return exit.Misusedf("%s takes one argument, the folder of a finding, got %d", cmd.CommandPath(), len(args))
	}
	return nil
}

func replayFinding(a *app, cmd *cobra.Command, dir string, f *endpointFlags, seed uint64) error {
	kept, err := finding.Read(dir)
	if err != nil {
		return exit.Misusedf("%w", err)
	}
	c, err := a.load()
	if err != nil {
		return err
	}
	s, err := a.stand(cmd.Context(), c, f, seed)
	if err != nil {
		return err
	}
	defer s.bench.close()
	if err := s.open(dir, runID(time.Now(), seed), true); err != nil { // what an earlier replay removed is no evidence
		return err
	}
	defer a.leave(cmd.Context(), s, f.jobTimeout+f.outage)
	a.scanner.Ledger, a.scanner.Tells = filepath.Join(dir, ledgerFile), true
	ctx, stop := f.limited(cmd.Context())
	defer stop()
	state, why := came(playAgain(ctx, s.suite, kept), kept.Requirement.ID)
	said := fmt.Sprintf("%s: %s", kept.Requirement.ID, state)
	if why != "" {
		said += ": " + why
	}
	fmt.Fprintln(a.stdout, a.printable(said))
	switch state {
	case stillFailing:
		return exit.With(exit.NonConformant)
	case couldNotReplay:
		return exit.With(exit.Inconclusive)
	}
	return nil
}
