package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/runner/report"
)

func (a *app) cleanupCommand() *cobra.Command {
	f := new(endpointFlags)
	cmd := &cobra.Command{
		Use:   "cleanup DIR",
		Short: "Remove what a run created and could not remove",
		Long: "Remove what a run created and could not remove, by the ledger in its folder. An object\n" +
			"is deleted only if it still carries the mark that the ledger has of it.",
		Example: "  ontap-conformance cleanup reports/20261123T085600Z-1 --endpoint https://cluster.example --user admin",
		Args:    oneFolder,
		RunE:    a.settled(func(cmd *cobra.Command, args []string) error { return a.cleanup(cmd, args[0], f) }),
	}
	f.register(cmd)
	return cmd
}

// cleanup removes what the ledger of a run still lists. It needs neither free
// SVMs nor a lab, so it does not ask for them.
func (a *app) cleanup(cmd *cobra.Command, name string, f *endpointFlags) error {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, ledgerFile)
	}
	if _, err := os.Stat(name); err != nil {
		return misused("there is no ledger: %w", err)
	}
	if f.endpoint == "" {
		return misused("cleanup needs --endpoint: what the embedded simulator held is gone")
	}
	c, err := a.load()
	if err != nil {
		return err
	}
	b, err := a.bench(cmd.Context(), c, f)
	if err != nil {
		return err
	}
	defer b.close()
	l, err := ledger.Open(name, true)
	if err != nil {
		return misused("%w", err)
	}
	defer l.Close()
	a.proof.ledger, a.proof.tells = name, true
	p := newProber(c, b, f)
	p.add(p.reach(cmd.Context())...)
	p.add(p.findRelease(cmd.Context())...)
	if bad := p.survey.failed(); bad != nil {
		return bad.err()
	}
	before := len(l.Left())
	s := suite(c, b, &p.survey, f)
	s.Ledger = l
	err = s.CleanUp(cmd.Context())
	fmt.Fprintf(a.stdout, "%s listed, %d gone\n", report.Counted(before, "object"), before-len(l.Left()))
	for _, e := range l.Left() {
		fmt.Fprintln(a.stdout, a.printable(fmt.Sprintf("left: %s on %s, %s %s", e.Kind, e.SVM, e.Mark, e.Path)))
	}
	if err != nil {
		return inconclusive("removing what the run created: %w", first(err))
	}
	return nil
}
