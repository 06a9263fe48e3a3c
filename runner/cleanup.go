package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/probe"
	"ontap-conformance/runner/report"
)

func cleanupCommand(a *app) *cobra.Command {
	f := new(endpointFlags)
	var same bool
	cmd := &cobra.Command{
		Use:   "cleanup DIR",
		Short: "Remove what a run created and could not remove",
		Long: "Remove what a run or a hunt created and left, as the ledger in its folder lists it. With --lab the\n" +
			"conditions of the lab end first. An object is deleted only if it still carries the mark that the\n" +
			"ledger has for it, and was not there before the run. It stays in the ledger until a reliable answer\n" +
			"shows that it is gone.\n\n" +
			"The ledger says which cluster it belongs to, and any other cluster is refused. If neither shows\n" +
			"its cluster, as with a ledger of an older version, give --same-target when you know that the\n" +
			"endpoint is the right one.\n\n" +
			"Exit codes: 0 nothing is left, 2 wrong usage, another target or a run that has not ended,\n" +
			"3 something may be left, 130 interrupted.",
		Example: "  ontap-conformance cleanup reports/20261123T085600Z-1 --endpoint https://cluster.example --user admin\n" +
			"  ontap-conformance cleanup reports/20261123T085600Z-1 --endpoint https://cluster.example --user admin --lab http://lab.example",
		Args: flags.OneFolder,
		RunE: a.settled(func(cmd *cobra.Command, args []string) error { return cleanup(a, cmd, args[0], f, same) }),
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&same, "same-target", false, "the endpoint is the target of the ledger, though nothing shows it")
	return cmd
}

// cleanup removes what the ledger of a run still lists. It needs no free SVMs, so it does
// not ask for them.
func cleanup(a *app, cmd *cobra.Command, name string, f *endpointFlags, same bool) error {
	l, err := listed(name)
	if err != nil {
		return err
	}
	defer l.Close()
	if l.Origin().Simulator {
		fmt.Fprintln(a.stdout, "the run was against the embedded simulator: what that held is gone")
		return nil
	}
	if f.endpoint == "" {
		return exit.Misusedf("cleanup needs --endpoint: what the embedded simulator held is gone")
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
	a.scanner.Ledger, a.scanner.Tells = ledgerOf(name), true
	found := probe.Identify(cmd.Context(), f.probed(c, b))
	switch bad := found.Failed(); {
	case cmd.Context().Err() != nil:
		return exit.Interruptedf("interrupted before anything was removed")
	case bad != nil:
		return bad.Err()
	}
	if err := sameTarget(l, b.target.BaseURL, found.Cluster, same); err != nil {
		return err
	}
	objects, conditions := len(l.Left()), len(l.Conditions())
	s := suite(c, b, found, f)
	s.Ledger = l
	err = s.CleanUp(cmd.Context())
	tellLeft(a, l, objects, conditions, testbed.Unknowns(err))
	switch {
	case cmd.Context().Err() != nil:
		return exit.Interruptedf("interrupted: what is left stays in the ledger")
	case err != nil:
		return exit.Inconclusivef("removing what the run created: %w", first(err))
	case len(l.Left())+len(l.Conditions()) > 0:
		return exit.Inconclusivef("not everything could be removed")
	}
	return nil
}

// listed opens the ledger of a run, by its folder or its file.
func listed(name string) (*ledger.Ledger, error) {
	name = ledgerOf(name)
	if _, err := os.Stat(name); err != nil {
		return nil, exit.Misusedf("there is no ledger: %w", absence(name, err))
	}
	l, err := ledger.Open(name, true)
	if err != nil {
		return nil, exit.Misusedf("%w", err)
	}
	return l, nil
}

// ledgerOf is the file of the ledger of a folder, or the file itself.
func ledgerOf(name string) string {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return filepath.Join(name, ledgerFile)
	}
	return name
}

// sameTarget refuses to clean up on a target that is not that of the ledger: what is not
// found there would be taken for gone. told is that somebody says it is the one.
func sameTarget(l *ledger.Ledger, endpoint, cluster string, told bool) error {
	o := l.Origin()
	switch {
	case len(l.Marks())+len(l.Conditions()) == 0: // nothing was ever made
		return nil
	case o.Cluster != "" && cluster != "":
		if strings.EqualFold(o.Cluster, cluster) {
			return nil
		}
		return exit.Misusedf("the ledger is of the cluster %s (%s), and %s is the cluster %s", o.Cluster, o.Endpoint, endpoint, cluster)
	case told:
		return nil
	case o.Endpoint == "":
		return exit.Misusedf("the ledger does not say which target it is of: --same-target if that is %s", endpoint)
	case plainEndpoint(o.Endpoint) != plainEndpoint(endpoint):
		return exit.Misusedf("the ledger is of %s, and nothing shows that %s is the same cluster: --same-target if it is", o.Endpoint, endpoint)
	}
	return nil
}

// plainEndpoint spells an endpoint in one way.
func plainEndpoint(base string) string {
	u, err := url.Parse(strings.ToLower(base))
	if err != nil {
		return base
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + u.Hostname() + ":" + port
}

// tellLeft says what came of what the ledger listed. Of unknown objects nobody could tell whether
// they are still there.
func tellLeft(a *app, l *ledger.Ledger, objects, conditions, unknown int) {
	said := fmt.Sprintf("%s listed, %d gone", report.Counted(objects, "object"), objects-len(l.Left()))
	if unknown > 0 {
		said += fmt.Sprintf(", %d unknown", unknown)
	}
	fmt.Fprintln(a.stdout, said)
	if conditions > 0 {
		fmt.Fprintf(a.stdout, "%s of the lab listed, %d ended\n", report.Counted(conditions, "condition"), conditions-len(l.Conditions()))
	}
	for _, e := range l.Left() {
		fmt.Fprintln(a.stdout, a.printable(fmt.Sprintf("left: %s on %s, %s %s", e.Kind, e.SVM, e.Mark, e.Path)))
	}
	for _, c := range l.Conditions() {
		fmt.Fprintln(a.stdout, a.printable(fmt.Sprintf("still arranged: %s for %s", c.Name, c.Params["svm"])))
	}
}
