package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/probe"
	"ontap-conformance/runner/wording"
)

func doctorCommand(a *app) *cobra.Command {
	f := new(endpointFlags)
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out whether an endpoint can be tested",
		Long: "Find out whether an endpoint can be tested: reachability, TLS, credentials, release,\n" +
			"resources, SVMs and lab. It only reads. It shows what the role of the user hides; a user who may not\n" +
			"see /cluster gives --ontap and --svm.\n\n" +
			"Exit codes: 0 it can, 2 wrong usage, 3 it cannot.",
		Example: "  ontap-conformance doctor --endpoint https://cluster.example --user admin",
		Args:    flags.NoArgs,
		RunE:    a.settled(func(cmd *cobra.Command, _ []string) error { return doctor(a, cmd, f) }),
	}
	f.register(cmd)
	return cmd
}

// doctor prints every check with what to do.
func doctor(a *app, cmd *cobra.Command, f *endpointFlags) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	b, err := a.bench(cmd.Context(), c, f)
	if err != nil {
		return err
	}
	defer b.close()
	s := probe.All(cmd.Context(), f.probed(c, b))
	t := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, k := range s.Checks {
		fmt.Fprintf(t, "%s\t%s\t%s\n", k.State, k.Name, wording.OneLine(k.Said))
		if k.Advice != "" {
			fmt.Fprintf(t, "\t\t-> %s\n", wording.OneLine(k.Advice))
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if bad := s.Failed(); bad != nil {
		fmt.Fprintf(a.stdout, "%s cannot be tested yet\n", f.name())
		return exit.With(bad.ExitCode())
	}
	fmt.Fprintf(a.stdout, "%s can be tested\n", f.name())
	return nil
}
