package report

import (
	"net/http"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// A Single is one requirement with one outcome that shows it broken: what a
// finding keeps. Everything that came from the target is redacted.
type Single struct {
	Requirement Requirement
	Outcome     Outcome
	Exchanges   []FullExchange // the whole evidence, in the order sent

	evidence evidence
}

// Redact returns another text of the same outcome without secrets.
func (s *Single) Redact(text string) string { return s.evidence.answers.Redact(text) }

// A FullExchange is one request with its answer, with all headers and the whole
// body, without secrets.
type FullExchange struct {
	Method, Path    string
	RequestHeaders  http.Header
	RequestBody     string // "" for none; names secrets
	Status          int
	Proto           string
	ResponseHeaders http.Header
	Body            string
	Restorable      bool    // whether the body is again what came when the values of secrets stand where their names do
	ElapsedMS       float64 // from sending to the last byte
}

// NewSingle makes a Single. The contract, the secrets and Curl of in are used.
func NewSingle(in Facts, id contract.ID, o *oracle.Outcome) *Single {
	in.Outcomes = []oracle.Outcome{*o}
	in.Results = slices.DeleteFunc(oracle.Sum(in.Contract, oracle.Scope{Release: in.Release, Level: contract.May}, in.Outcomes),
		func(r oracle.Result) bool { return r.Requirement.ID != id })
	r, e := build(in)
	s := &Single{Outcome: r.Outcomes[0], evidence: e}
	if len(r.Requirements) > 0 {
		s.Requirement = r.Requirements[0]
	}
	for _, x := range o.Evidence {
		s.Exchanges = append(s.Exchanges, e.full(x))
	}
	return s
}

func (e evidence) full(x *wire.Exchange) FullExchange {
	out := FullExchange{Method: x.Request.Method, Path: e.values.Redact(x.Request.Path), RequestHeaders: http.Header{},
		RequestBody: e.values.Redact(x.Request.Body.String()), Status: x.Response.Status, Proto: x.Response.Proto, ResponseHeaders: http.Header{},
		Body: strings.ToValidUTF8(e.answers.Redact(string(x.Response.Body)), "\uFFFD"), ElapsedMS: float64(x.Elapsed.Microseconds()) / 1000}
	out.Restorable = e.restores(out.Body, string(x.Response.Body))
	for name, values := range x.Request.Header {
		out.RequestHeaders.Set(name, e.values.Redact(strings.Join(values, ", ")))
	}
	switch x.Request.Accept {
	case "":
		out.RequestHeaders.Set("Accept", wire.HAL)
	case wire.NoAccept:
	default:
		out.RequestHeaders.Set("Accept", e.values.Redact(x.Request.Accept))
	}
	if out.RequestBody != "" && out.RequestHeaders.Get("Content-Type") == "" {
		out.RequestHeaders.Set("Content-Type", wire.PlainJSON)
	}
	if out.RequestHeaders.Get("Authorization") != "" {
		out.RequestHeaders.Set("Authorization", "(redacted)")
	}
	for name, values := range x.Response.Header {
		out.ResponseHeaders.Set(e.values.Redact(name), e.answers.Redact(strings.Join(values, ", ")))
	}
	return out
}
