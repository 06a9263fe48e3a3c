package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/report"
)

// build is the program as it was built.
type build struct{ report.Tool }

// tool reads from the binary what it was built from.
func tool() build {
	t := report.Tool{Name: toolName, Version: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build{t}
	}
	t.Version = info.Main.Version
	if t.Version == "" || t.Version == "(devel)" {
		t.Version = "devel"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			t.Commit = s.Value
		}
	}
	return build{t}
}

func (b build) String() string {
	s := b.Name + " " + b.Version
	if b.Commit != "" {
		s += " (" + b.Commit + ")"
	}
	return s
}

func versionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version, and the releases whose promises are known",
		Example: "  ontap-conformance version",
		Args:    flags.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			all := contract.Releases()
			fmt.Fprintf(a.stdout, "%s\nONTAP %s to %s\n", tool(), all[0], contract.Newest())
			return nil
		},
	}
}
