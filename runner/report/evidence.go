package report

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// maxBody bounds the body of an answer in a report, in bytes: the part that
// matters is at its beginning, and a report must not grow with a target's
// temper.
const (
	maxBody   = 4 << 10
	maxReason = 400 // bytes of what was wanted, what came back, and why
)

// telling are the headers that promises are made about.
var telling = []string{"Allow", "Content-Type", "Link", "Location", "Retry-After", "WWW-Authenticate"}

// evidence renders exchanges without secrets.
type evidence struct {
	values  *wire.Redactor // for what we sent, which names its secrets already
	answers *wire.Redactor // for what came back: also whatever a write-only field holds
	secrets []wire.Secret
}

// newEvidence leaves out the values of secrets, and what the write-only fields called names hold.
func newEvidence(secrets []wire.Secret, names []string) evidence {
	values := wire.NewRedactor(secrets, nil)
	return evidence{values, values.Naming(names), secrets}
}

func (e evidence) finding(f oracle.Breach) Breach {
	out := Breach{Requirement: f.Requirement, Flaky: f.Flaky}
	var miss *oracle.Mismatch
	switch {
	case errors.As(f.Err, &miss):
		out.Kind = miss.Kind
		out.What, out.Want, out.Got = e.short(miss.What), e.short(miss.Want), e.short(miss.Got)
	case f.Err != nil:
		out.What = e.short(f.Err.Error())
	}
	if f.Exchange != nil {
		out.Exchange = e.exchange(f.Exchange)
	}
	return out
}

// restores reports whether a text that was made of another one becomes that again when values
// take the place of the names of secrets.
func (e evidence) restores(made, text string) bool {
	if made == text {
		return true
	}
	for _, s := range e.secrets {
		if !s.IsZero() {
			text = strings.ReplaceAll(text, s.Reveal(), s.String())
		}
	}
	return made == text
}

func (e evidence) playing(p oracle.Playing) Playing {
	out := Playing{Status: p.Status.String(), Broken: []contract.ID{}, Exchanges: []Exchange{}}
	if p.Reason != nil {
		out.Reason = e.short(p.Reason.Error())
	}
	for _, f := range p.Found {
		if !slices.Contains(out.Broken, f.Requirement) {
			out.Broken = append(out.Broken, f.Requirement)
		}
	}
	for _, x := range p.Evidence {
		out.Exchanges = append(out.Exchanges, *e.exchange(x))
	}
	return out
}

func (e evidence) short(s string) string { return e.answers.Excerpt(s, maxReason) }

func (e evidence) exchange(x *wire.Exchange) *Exchange {
	out := &Exchange{
		Request:        e.values.Redact(x.Request.Method + " " + x.Request.Path),
		RequestHeaders: e.asked(x.Request),
		RequestBody:    e.values.Redact(x.Request.Body.String()),
		Status:         x.Response.Status,
		Headers:        map[string]string{},
		Body:           e.answers.Excerpt(string(x.Response.Body), maxBody),
	}
	for _, name := range telling {
		if values := x.Response.Header.Values(name); len(values) > 0 {
			out.Headers[name] = e.answers.Redact(strings.Join(values, ", "))
		}
	}
	return out
}

// asked returns the headers in which a request differs from most; nil for none.
func (e evidence) asked(r wire.Request) map[string]string {
	all := map[string]string{}
	for name, values := range r.Header {
		all[http.CanonicalHeaderKey(name)] = e.values.Redact(strings.Join(values, ", "))
	}
	if all["Authorization"] != "" {
		all["Authorization"] = "(redacted)"
	}
	switch r.Accept {
	case "", wire.HAL:
	case wire.NoAccept:
		all["Accept"] = "(not sent)"
	default:
		all["Accept"] = e.values.Redact(r.Accept)
	}
	if len(all) == 0 {
		return nil
	}
	return all
}
