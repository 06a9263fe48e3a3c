package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/time/rate"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/files"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/probe"
	"ontap-conformance/runner/wording"
)

// endpointFlags name the target and say how to ask it. They are the same on every
// subcommand that talks to one.
type endpointFlags struct {
	endpoint string
	loginFlags
	caCert   string
	insecure bool
	svms     []string
	claims   []string
	ontap    flags.Release
	mode     flags.Choice
	lab      string
	limitFlags
	makingFlags
}

// loginFlags say who asks.
type loginFlags struct{ user, passwordFile, tokenFile, clientCert, clientKey string }

// limitFlags bound how long things take, and how much is asked at a time.
type limitFlags struct {
	timeout, jobTimeout time.Duration
	outage, maxTime     time.Duration  // zero means not at all, and without end
	rate                float64        // requests a second; zero means no limit
	parallel            flags.Positive // zero means the number of SVMs
}

// makingFlags are for commands that make something on the target.
type makingFlags struct {
	waitForSVM time.Duration // until somebody else's key manager is gone
	nonce      string        // of what the run makes; made up for a target unless given
}

func (f *endpointFlags) register(cmd *cobra.Command) {
	f.mode = flags.Choice{Words: []string{"read-only", "guarded", "full"}}
	fs := cmd.Flags()
	fs.StringVar(&f.endpoint, "endpoint", "", "URL of the target, scheme://host[:port]; none means the embedded simulator")
	fs.StringVar(&f.user, "user", "", "user of the target; the password comes from --password-file, "+flags.EnvPassword+" or a prompt")
	fs.StringVar(&f.passwordFile, "password-file", "", "file with the password")
	fs.StringVar(&f.tokenFile, "token-file", "", "file with a bearer token")
	fs.StringVar(&f.clientCert, "client-cert", "", "PEM file with a client certificate")
	fs.StringVar(&f.clientKey, "client-key", "", "PEM file with its key")
	fs.StringVar(&f.caCert, "ca-cert", "", "PEM file with certificates to trust besides those of the system")
	fs.BoolVar(&f.insecure, "insecure", false, "do not verify the certificate of the target; every report says so")
	fs.StringSliceVar(&f.svms, "svm", nil, "data SVM that may be used, repeatable (default: discovered)")
	fs.Var(&f.ontap, "ontap", "release whose promises apply, as in 9.13.1 (default: what the target reports)")
	fs.StringSliceVar(&f.claims, "claim", nil, "resource that must be there, repeatable")
	fs.Var(&f.mode, "mode", "read-only, guarded or full (default guarded; full on the embedded simulator)")
	fs.StringVar(&f.lab, "lab", "", "URL of the hook that arranges conditions")
	fs.DurationVar(&f.timeout, "timeout", 30*time.Second, "time limit for one request")
	fs.DurationVar(&f.jobTimeout, "job-timeout", 2*time.Minute, "time limit for one job")
	fs.DurationVar(&f.outage, "outage", time.Minute, "how long to wait for a target that is away after it has answered; 0 means not at all")
	fs.DurationVar(&f.maxTime, "max-time", 2*time.Hour, "time limit for everything but the clean-up at the end; 0 means no limit")
	fs.Float64Var(&f.rate, "rate", 0, "requests a second at most; 0 means no limit")
	fs.Var(&f.parallel, "parallel", "scenarios at a time (default: the number of SVMs)")
	flags.Completes(cmd, "mode", f.mode.Words)
	flags.Completes(cmd, "ontap", flags.ReleaseNames())
}

// namedSVMs are those of --svm, each once: two scenarios on one SVM would meet there.
func (f *endpointFlags) namedSVMs() []string {
	var all []string
	for _, name := range f.svms {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// probed is what there is to probe of a bench.
func (f *endpointFlags) probed(c *contract.Catalogue, b *bench) probe.Input {
	return probe.Input{Contract: c, Target: b.target, Verified: b.verified, Redactor: b.redactor(), Lab: b.lab, Mode: testbed.Mode(b.mode),
		Release: f.ontap.Release, Claims: f.claims, SVMs: f.namedSVMs(), Wait: f.waitForSVM}
}

// registerMaking adds the flags of commands that make something on the target.
func (f *endpointFlags) registerMaking(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.nonce, "nonce", "", "part of the mark of everything that is created, 1 to 8 of a-z and 0-9 (default: made up)")
	cmd.Flags().DurationVar(&f.waitForSVM, "wait-for-svm", 0, "how long to wait for an SVM that has somebody else's key manager, at the start or later; 0 means not at all")
}

// verify refuses values that make no sense, whatever the target.
func (f *endpointFlags) verify() error {
	if err := f.limitFlags.verify(); err != nil {
		return err
	}
	switch {
	case (f.clientCert == "") != (f.clientKey == ""):
		return exit.Misusedf("--client-cert and --client-key belong together")
	case f.waitForSVM < 0:
		return exit.Misusedf("--wait-for-svm: want 0 or more, got %s", f.waitForSVM)
	case f.nonce != "" && testbed.VerifyNonce(f.nonce) != nil:
		return exit.Misusedf("--nonce: %w", testbed.VerifyNonce(f.nonce))
	case f.endpoint == "":
		return f.verifyEmbedded()
	}
	if f.lab != "" {
		if u, err := url.Parse(f.lab); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return exit.Misusedf("--lab: want a URL, got %q", f.lab)
		}
	}
	return nil
}

func (f *limitFlags) verify() error {
	switch {
	case f.timeout <= 0:
		return exit.Misusedf("--timeout: want more than 0, got %s", f.timeout)
	case f.jobTimeout <= 0:
		return exit.Misusedf("--job-timeout: want more than 0, got %s", f.jobTimeout)
	case f.outage < 0:
		return exit.Misusedf("--outage: want 0 or more, got %s", f.outage)
	case f.maxTime < 0:
		return exit.Misusedf("--max-time: want 0 or more, got %s", f.maxTime)
	case f.rate < 0:
		return exit.Misusedf("--rate: want 0 or more, got %v", f.rate)
	}
	return nil
}

// verifyEmbedded refuses flags that only a target of one's own has a use for:
// a run that silently tested the simulator would be taken for a verdict.
func (f *endpointFlags) verifyEmbedded() error {
	for _, flag := range []struct {
		name  string
		given bool
	}{
		{"--user", f.user != ""}, {"--password-file", f.passwordFile != ""}, {"--token-file", f.tokenFile != ""},
		{"--client-cert", f.clientCert != ""}, {"--ca-cert", f.caCert != ""}, {"--insecure", f.insecure}, {"--lab", f.lab != ""},
	} {
		if flag.given {
			return exit.Misusedf("%s needs --endpoint: without it, the embedded simulator is tested", flag.name)
		}
	}
	return nil
}

// parseEndpoint reads --endpoint. The note, if any, is for the user.
func parseEndpoint(raw string) (base, note string, err error) {
	if !strings.Contains(raw, "://") {
		return "", "", exit.Misusedf("--endpoint: want scheme://host[:port], got %q. Did you mean https://%s?", raw, raw)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "", "", exit.Misusedf("--endpoint: want scheme://host[:port], which %s is not", withoutUser(raw))
	}
	base = u.Scheme + "://" + u.Host
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return "", "", exit.Misusedf("--endpoint: want the scheme https or http, got %q%s", u.Scheme, wording.DidYouMean(u.Scheme, []string{"https", "http"}))
	case u.User != nil:
		return "", "", exit.Misusedf("--endpoint: no user or password belongs into it: use --user")
	case u.Hostname() == "":
		return "", "", exit.Misusedf("--endpoint: want scheme://host[:port], got no host")
	case u.RawQuery != "" || u.Fragment != "":
		return "", "", exit.Misusedf("--endpoint: want scheme://host[:port], got more. Did you mean %s?", base)
	}
	switch strings.TrimSuffix(u.Path, "/") {
	case "":
	case "/api":
		note = "--endpoint is taken as " + base + ": /api is added to every request"
	default:
		return "", "", exit.Misusedf("--endpoint: want scheme://host[:port], got the path %q. Did you mean %s?", u.Path, base)
	}
	return base, note, nil
}

// withoutUser hides what may be a password before the @ of a broken URL.
func withoutUser(raw string) string {
	if _, after, ok := strings.Cut(raw, "@"); ok {
		return `"…@` + after + `"`
	}
	return `"` + raw + `"`
}

// isLoopback reports whether a URL leads to this machine.
func isLoopback(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// tlsConfig makes what the flags say about TLS.
func (f *endpointFlags) tlsConfig(ctx context.Context) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: f.insecure}
	if f.caCert != "" {
		pem, err := files.ReadAny(ctx, f.caCert, files.MaxSecret)
		if err != nil {
			return nil, exit.Misusedf("--ca-cert: %w", err)
		}
		if c.RootCAs, err = x509.SystemCertPool(); err != nil {
			c.RootCAs = x509.NewCertPool()
		}
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, exit.Misusedf("--ca-cert: %s holds no certificate in PEM", f.caCert)
		}
	}
	if f.clientCert != "" {
		pair, err := keyPair(ctx, f.clientCert, f.clientKey)
		if err != nil {
			return nil, exit.Misusedf("--client-cert and --client-key: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// keyPair reads a certificate and its key.
func keyPair(ctx context.Context, cert, key string) (tls.Certificate, error) {
	certPEM, err := files.ReadAny(ctx, cert, files.MaxSecret)
	if err != nil {
		return tls.Certificate{}, err
	}
	keyPEM, err := files.ReadAny(ctx, key, files.MaxSecret)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(certPEM, keyPEM)
}

// verifyPrivacy refuses to send credentials where others can read them.
func (f *endpointFlags) verifyPrivacy(base string) error {
	if strings.HasPrefix(base, "http:") && (f.user != "" || f.tokenFile != "") && !isLoopback(base) && !f.insecure {
		return exit.Misusedf("credentials would go over http to %s in plain text: use https, or --insecure if that is meant", base)
	}
	return nil
}

// target makes the target that the flags name.
func (f *endpointFlags) target(ctx context.Context, base string, who wire.Credentials) (*wire.Target, error) {
	config, err := f.tlsConfig(ctx)
	if err != nil {
		return nil, err
	}
	t := &wire.Target{BaseURL: base, HTTP: wire.NewClient(f.connections(), config), Credentials: who, Timeout: f.timeout, Outage: f.outage, Health: new(wire.Health), CurlFlags: f.curlFlags(), Known: new(wire.Known)}
	if f.rate > 0 {
		t.Limit = rate.NewLimiter(rate.Limit(f.rate), 1)
	}
	return t, nil
}

// limited returns a context that ends with testbed.ErrTimeIsUp when --max-time has passed.
func (f *endpointFlags) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if f.maxTime == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, f.maxTime, testbed.ErrTimeIsUp)
}

// curlFlags are what curl needs to trust the target and to be trusted by it, from any folder.
func (f *endpointFlags) curlFlags() []string {
	var flags []string
	for _, g := range []struct{ flag, file string }{{"--cacert", f.caCert}, {"--cert", f.clientCert}, {"--key", f.clientKey}} {
		if g.file == "" {
			continue
		}
		if whole, err := filepath.Abs(g.file); err == nil {
			g.file = whole
		}
		flags = append(flags, g.flag, g.file)
	}
	if f.insecure {
		flags = append(flags, "--insecure")
	}
	return flags
}

// connections is how many are kept open: one for each scenario at a time.
func (f *endpointFlags) connections() int { return max(int(f.parallel), idleConnections) }

// idleConnections is enough for every SVM that a run is likely to have.
const idleConnections = 16

var errNoPassword = errors.New("no password: use --password-file, " + flags.EnvPassword + " or a terminal to type it in")

// name is the endpoint for a reader.
func (f *endpointFlags) name() string {
	if f.endpoint == "" {
		return "the embedded simulator"
	}
	return f.endpoint
}
