package steps

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// isInFront reports whether something in front of the API answered a request to one of its paths
// as if all were well: with a page, or with a redirection that leads out of the API. What a stranger
// is led to is for the promises about strangers.
func (s *Suite) isInFront(x *wire.Exchange) bool {
	if x.Request.As != nil || s.Judge.Contract().Route(x.Request.APIPath()).Resource == nil {
		return false
	}
	switch r := x.Response; {
	case r.OK():
		return strings.HasPrefix(strings.TrimSpace(string(r.Body)), "<")
	case r.Status >= http.StatusMultipleChoices && r.Status < http.StatusBadRequest:
		to, err := url.Parse(r.Header.Get("Location"))
		return err == nil && to.Path != "" && !strings.HasPrefix(to.Path, "/api")
	}
	return false
}

// unlessInFront takes back what a scenario found after something in front of the API had answered
// it, but for what a body is and how it is labelled: that answer breaks those promises, and tells
// nothing of any other. It returns what the scenario then ended with.
func (w *world) unlessInFront(o *oracle.Outcome, err error) error {
	if !slices.ContainsFunc(w.session.History(), w.suite.isInFront) {
		return err
	}
	o.Found = slices.DeleteFunc(o.Found, func(f oracle.Finding) bool {
		of := string(f.Requirement)
		taken := of != "API-JSON-01" && !strings.HasPrefix(of, "API-HAL-")
		if taken {
			delete(o.Verdicts, f.Requirement)
		}
		return taken
	})
	o.Retry = true // if it is errored
	switch {
	case err != nil && !oracle.IsMismatch(err):
		return err
	case len(o.Found) > 0:
		return nil
	}
	return &oracle.Disturbance{Reason: "a page or a redirection that is none of the API answered in its place"}
}
