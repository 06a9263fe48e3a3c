package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"ontap-conformance/fixtures/wire"
)

// unreached says why no answer came, and what to do about it: reachability
// failed, or TLS did on a host that was reached.
func unreached(t *wire.Target, err error) []Check {
	reach := Check{Name: "reachability", State: Failed}
	reach.Said, reach.Advice = whyUnreached(t, err)
	rest := []Check{{Name: "TLS", State: Unknown, Said: "not looked at"}, {Name: "credentials", State: Unknown, Said: "not looked at"}}
	if said, advice := whyUntrusted(err); said != "" {
		reach = Check{Name: "reachability", State: OK, Said: t.BaseURL + " can be reached"}
		rest[0] = Check{Name: "TLS", State: Failed, Said: t.BaseURL + ": " + said, Advice: advice}
	}
	return append([]Check{reach}, rest...)
}

func whyUnreached(t *wire.Target, err error) (said, advice string) {
	host := t.BaseURL
	if u, e := url.Parse(t.BaseURL); e == nil {
		host = u.Host
	}
	var none *wire.NoAnswer
	if errors.As(err, &none) {
		err = none.Err
	}
	var dns *net.DNSError
	var slow net.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return "there is no host named " + dns.Name, "check --endpoint"
	case errors.As(err, &dns):
		return "the name " + dns.Name + " cannot be looked up", "check --endpoint and the resolver"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens on " + host, "check the port of --endpoint, and that the server runs"
	case errors.Is(err, http.ErrSchemeMismatch):
		return host + " speaks http, not https", "write --endpoint http://" + host
	case errors.Is(err, context.Canceled):
		return "interrupted", ""
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return host + " does not answer in time", "check --endpoint, or wait longer with --timeout"
	}
	return "no answer from " + host + ": " + err.Error(), "check --endpoint"
}

// whyUntrusted says what is wrong with TLS; said is "" when it is something
// else that failed.
func whyUntrusted(err error) (said, advice string) {
	const trust = "trust its issuer with --ca-cert FILE, or do without verification with --insecure"
	var issuer x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var other *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &issuer):
		return "the certificate is signed by an authority that is not trusted", trust
	case errors.As(err, &name):
		return "the certificate is not for this host", "use the name that it is for, or --insecure"
	case errors.As(err, &invalid):
		return invalid.Error(), trust
	case errors.As(err, &other):
		return other.Error(), trust
	case errors.As(err, &record):
		return "the server does not speak TLS", "write http:// in --endpoint if that is meant"
	case strings.Contains(err.Error(), "remote error: tls:"): // the alert's type is not exported
		return "the server broke the handshake off: " + err.Error()[strings.Index(err.Error(), "remote error: tls:"):], "it may want --client-cert and --client-key"
	}
	return "", ""
}
