package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/wording"
)

// defaultAddr is where serve is, unless it is told otherwise.
const defaultAddr = "127.0.0.1:8443"

// serveFlags are the flags of the simulator as a server of its own.
type serveFlags struct {
	addr, labAddr            string
	http, allowRemote        bool
	user, passwordFile       string
	svms, jobPolls           int
	ontap                    flags.Release
	latency                  time.Duration
	mutant, liberty, writeCA string
}

func serveCommand(a *app) *cobra.Command {
	f := new(serveFlags)
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the embedded simulator as a server of its own",
		Long: "Run the embedded simulator as a server of its own, with a certificate that is made at\n" +
			"the start. One line on stdout says when it is ready. Everything is in memory.",
		Example: "  ontap-conformance serve\n" +
			"  ontap-conformance serve --http --addr 127.0.0.1:0 --ontap 9.13.1\n" +
			"  ontap-conformance serve --write-ca ca.pem",
		Args: flags.NoArgs,
		RunE: a.settled(func(cmd *cobra.Command, _ []string) error { return serve(a, cmd.Context(), f) }),
	}
	fs := cmd.Flags()
	fs.StringVar(&f.addr, "addr", defaultAddr, "address of the API; port 0 takes a free one")
	fs.StringVar(&f.labAddr, "lab-addr", "127.0.0.1:8444", "address of the hook that arranges conditions")
	fs.BoolVar(&f.http, "http", false, "serve without TLS")
	fs.BoolVar(&f.allowRemote, "allow-remote", false, "let other machines reach it")
	fs.StringVar(&f.user, "user", "admin", "who may use it; empty means everybody")
	fs.StringVar(&f.passwordFile, "password-file", "", "file with the password (default: "+flags.EnvPassword+`, else "password")`)
	fs.IntVar(&f.svms, "svms", 16, "number of data SVMs")
	fs.IntVar(&f.jobPolls, "job-polls", 2, "how often a job is seen unfinished")
	fs.Var(&f.ontap, "ontap", "release that it plays, as in 9.13.1 (default: the newest known)")
	fs.DurationVar(&f.latency, "latency", 0, "how long each request waits first")
	fs.StringVar(&f.mutant, "mutant", "", "break one promise")
	fs.StringVar(&f.liberty, "liberty", "", "take one liberty that is allowed")
	fs.StringVar(&f.writeCA, "write-ca", "", "file to write the certificate to, for clients to trust")
	flags.Completes(cmd, "ontap", flags.ReleaseNames())
	return cmd
}

func (f *serveFlags) verify() error {
	if err := errors.Join(f.verifyAddress("--addr", f.addr), f.verifyAddress("--lab-addr", f.labAddr)); err != nil {
		return err
	}
	switch {
	case f.svms < 1:
		return exit.Misusedf("--svms: want 1 or more, got %d", f.svms)
	case f.jobPolls < 0:
		return exit.Misusedf("--job-polls: want 0 or more, got %d", f.jobPolls)
	case f.latency < 0:
		return exit.Misusedf("--latency: want 0 or more, got %s", f.latency)
	case f.http && f.writeCA != "":
		return exit.Misusedf("--write-ca: there is no certificate with --http")
	}
	return nil
}

// verifyAddress refuses an address that others can reach, unless that is meant.
func (f *serveFlags) verifyAddress(flag, addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return exit.Misusedf("%s: want host:port, got %q", flag, addr)
	}
	if !f.allowRemote && !isLoopback("http://"+net.JoinHostPort(host, "0")) {
		return exit.Misusedf("%s: %s can be reached from other machines: --allow-remote if that is meant", flag, addr)
	}
	return nil
}

// serve runs until ctx ends.
func serve(a *app, ctx context.Context, f *serveFlags) error {
	if err := f.verify(); err != nil {
		return err
	}
	sim, err := bentSimulator(a, ctx, f)
	if err != nil {
		return err
	}
	api, err := listen(f.addr, sim)
	if err != nil {
		return exit.Misusedf("%w", err)
	}
	defer api.server.Close()
	hook, err := listen(f.labAddr, sim.Lab())
	if err != nil {
		return errors.Join(exit.Misusedf("%w", err), api.listener.Close())
	}
	defer hook.server.Close()
	if !f.http {
		ca, err := api.secure()
		if err != nil {
			return err
		}
		if f.writeCA != "" {
			if err := os.WriteFile(f.writeCA, ca, 0o644); err != nil {
				return exit.Misusedf("--write-ca: %w", err)
			}
		}
	}
	ends := make(chan error, 2)
	go func() { ends <- api.serve() }()
	go func() { ends <- hook.serve() }()
	fmt.Fprintf(a.stdout, "serving %s lab %s\n", api.url(), hook.url())
	select {
	case err := <-ends:
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
		return shutDown(api, hook)
	}
}

// bentSimulator makes the simulator that the flags describe.
func bentSimulator(a *app, ctx context.Context, f *serveFlags) (*simulator.Simulator, error) {
	c, err := a.load()
	if err != nil {
		return nil, err
	}
	o := simulator.Options{Release: f.ontap.Release, SVMs: f.svms, JobPolls: f.jobPolls, User: f.user, Latency: f.latency, Cluster: newClusterUUID()}
	if o.JobPolls == 0 {
		o.JobPolls = -1 // none: zero is the simulator's default
	}
	password, err := servePassword(a, ctx, f)
	if err != nil {
		return nil, err
	}
	o.Password = password.Reveal()
	return bent(c, o, f.mutant, f.liberty)
}

// servePassword never asks: a server is started by scripts.
func servePassword(a *app, ctx context.Context, f *serveFlags) (wire.Secret, error) {
	if v, _ := flags.Getenv(a.env, flags.EnvPassword); f.passwordFile == "" && v == "" {
		return wire.NewSecret(flags.EnvPassword, "password"), nil
	}
	return a.password(ctx, f.passwordFile, "")
}

// newClusterUUID makes up the uuid of a cluster: what one server held is not there on the
// next, so that no ledger may be taken for one of it.
func newClusterUUID() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// bent makes the simulator that serve runs: the reference server, or one that
// a mutant or a liberty has bent.
func bent(c *contract.Catalogue, o simulator.Options, wrong, odd string) (*simulator.Simulator, error) {
	switch {
	case wrong != "" && odd != "":
		return nil, exit.Misusedf("--mutant and --liberty: want one of them, so that it is known what is seen")
	case wrong != "":
		m, ok := mutant.Find(c, wrong)
		if !ok {
			return nil, exit.Misusedf("--mutant: there is no mutant %q%s; list mutants names them", wrong, wording.DidYouMean(wrong, mutantNames(c)))
		}
		return m.New(c, o), nil
	case odd != "":
		l, ok := mutant.FindLiberty(c, odd)
		if !ok {
			return nil, exit.Misusedf("--liberty: there is no liberty %q%s; list liberties names them", odd, wording.DidYouMean(odd, libertyNames(c)))
		}
		return l.New(c, o), nil
	}
	return simulator.New(c, o), nil
}

func mutantNames(c *contract.Catalogue) []string {
	var names []string
	for _, m := range mutant.All(c) {
		names = append(names, m.Name)
	}
	return names
}

func libertyNames(c *contract.Catalogue) []string {
	var names []string
	for _, l := range mutant.Liberties(c) {
		names = append(names, l.Name)
	}
	return names
}
