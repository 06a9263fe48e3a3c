package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/lab"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
)

// A bench is the target with what belongs to it.
type bench struct {
	target    *wire.Target
	lab       *lab.Lab // nil for none
	simulator bool     // the embedded one
	verified  bool     // TLS
	mode      string
	close     func()
}

// curl writes a request as shell lines. The embedded simulator is gone when
// they are read: they are for one that serve runs.
func (b *bench) curl(r wire.Request) string {
	t := *b.target
	if b.simulator {
		t.BaseURL, t.CurlFlags = "https://"+defaultAddr, []string{"--insecure"}
	}
	return t.Curl(r)
}

// secrets are what the target must be asked with and the last n secrets that it was sent, or all
// for a negative n: to be kept out of print.
func (b *bench) secrets(n int) []wire.Secret {
	return append(b.target.NewSession().Secrets(), b.target.Known.Secrets(n)...)
}

// redactor takes out of what is to be printed what was sent until now.
func (b *bench) redactor() *wire.Redactor { return wire.NewRedactor(b.secrets(-1), nil) }

// bench makes the bench that the flags ask for; close ends it.
func (a *app) bench(ctx context.Context, c *contract.Catalogue, f *endpointFlags) (*bench, error) {
	if err := errors.Join(f.verify(), verifyClaims(c, f.claims)); err != nil {
		return nil, err
	}
	if f.endpoint == "" {
		b, err := embedded(ctx, c, f)
		if err == nil {
			a.scan(b.target.Known)
			a.scanner.Ours = nil // the password is made up
		}
		return b, err
	}
	base, note, err := parseEndpoint(f.endpoint)
	if err != nil {
		return nil, err
	}
	if err := f.verifyPrivacy(base); err != nil {
		return nil, err
	}
	if note != "" {
		a.note("%s", note)
	}
	who, err := a.credentials(ctx, f)
	if err != nil {
		return nil, err
	}
	target, err := f.target(ctx, base, who)
	if err != nil {
		return nil, err
	}
	if f.nonce == "" { // the embedded simulator has no other users, so that its runs may send the same bytes
		f.nonce = testbed.NewNonce()
	}
	b := &bench{target: target, mode: f.mode.Value, close: target.HTTP.CloseIdleConnections}
	target.Renew = f.renewal(ctx)
	target.Known.Ask(who)
	a.scan(target.Known)
	b.verified = strings.HasPrefix(base, "https:") && !f.insecure
	if b.mode == "" {
		b.mode = "guarded"
	}
	if f.lab != "" {
		b.lab = &lab.Lab{URL: f.lab}
	}
	return b, nil
}

// verifyClaims refuses the claim of a resource that nothing is promised about.
func verifyClaims(c *contract.Catalogue, claims []string) error {
	var names []string
	for _, r := range c.Resources {
		names = append(names, r.Name)
	}
	for _, claim := range claims {
		if err := (&flags.Choice{Words: names}).Set(claim); err != nil {
			return exit.Misusedf("--claim: %w", err)
		}
	}
	return nil
}

// embedded starts the simulator on two listeners of the loopback interface,
// with TLS as ONTAP has it: the suite sees no more of it than of any other
// target.
func embedded(ctx context.Context, c *contract.Catalogue, f *endpointFlags) (*bench, error) {
	password := wire.NewSecret(flags.EnvPassword, rand.Text()) // a word like "password" could not be told from text when it is redacted
	sim := simulator.New(c, simulator.Options{Release: f.ontap.Release, User: "admin", Password: password.Reveal()})
	api, err := listen("127.0.0.1:0", sim)
	if err != nil {
		return nil, err
	}
	ca, err := api.secure()
	if err != nil {
		return nil, errors.Join(err, api.listener.Close())
	}
	hook, err := listen("127.0.0.1:0", sim.Lab())
	if err != nil {
		return nil, errors.Join(err, api.listener.Close())
	}
	target, err := f.target(ctx, api.url(), wire.Credentials{User: "admin", Password: password})
	if err != nil {
		return nil, err
	}
	trust := x509.NewCertPool()
	trust.AppendCertsFromPEM(ca)
	target.HTTP = wire.NewClient(f.connections(), &tls.Config{RootCAs: trust})
	b := &bench{target: target, lab: &lab.Lab{URL: hook.url()}, simulator: true, verified: true, mode: f.mode.Value}
	if b.mode == "" {
		b.mode = "full"
	}
	b.close = func() {
		target.HTTP.CloseIdleConnections()
		api.server.Close()
		hook.server.Close()
	}
	go api.serve() // both end with close
	go hook.serve()
	return b, nil
}

// A bound server has its listener, and need only be told to serve.
type bound struct {
	server   *http.Server
	listener net.Listener
	scheme   string
}

func (b *bound) url() string { return b.scheme + "://" + b.listener.Addr().String() }

// secure makes a certificate for the server, and returns what a client has to
// trust.
func (b *bound) secure() (ca []byte, err error) {
	pair, ca, err := certificate(b.listener.Addr())
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	b.scheme = "https"
	b.server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	return ca, nil
}

// serve runs until the server is closed.
func (b *bound) serve() error {
	if b.scheme == "https" {
		return b.server.ServeTLS(b.listener, "", "")
	}
	return b.server.Serve(b.listener)
}

// listen binds a server with bounds on what a slow or careless client may
// hold. Writing has no bound: the simulator may be told to be slow.
func listen(addr string, h http.Handler) (*bound, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", addr, err)
	}
	return &bound{&http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		ErrorLog: log.New(io.Discard, "", 0), // what a client does wrong is its own affair
	}, l, "http"}, nil
}

// shutDown ends servers, giving requests under way a moment to be answered.
func shutDown(servers ...*bound) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var errs []error
	for _, s := range servers {
		if err := s.server.Shutdown(ctx); err != nil {
			errs = append(errs, s.server.Close())
		}
	}
	return errors.Join(errs...)
}
