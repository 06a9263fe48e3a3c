package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/lab"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/wording"
	"ontap-conformance/steps"
)

// state is how one check of a target came out.
type state string

const (
	stateOK      state = "ok"
	stateFailed  state = "failed"
	stateUnknown state = "unknown"
)

// A check is one thing that a target needs to be testable.
type check struct {
	name   string
	state  state
	said   string // what was seen
	advice string // what to do about it; empty for nothing
	code   int    // the exit code of a failed one; zero means exit.Inconclusive
}

// err is the error of a failed check: one clear line.
func (c check) err() error {
	code := c.code
	if code == 0 {
		code = exit.Inconclusive
	}
	line := c.said
	if c.advice != "" {
		line += ": " + c.advice
	}
	return &exit.Error{Code: code, Err: errors.New(wording.OneLine(line))}
}

// A survey is what was found out about a target before it is tested.
type survey struct {
	checks   []check
	release  contract.Release
	reported string // the version in the target's words; empty when it did not say
	cluster  string // its uuid; empty when the target does not tell
	svms     []steps.SVM
	admin    steps.SVM         // zero when the target does not tell
	absent   map[string]string // resources that the target does not have, with the reason
	lacking  map[string]string // resources that the role of the user does not allow to read, with the reason
}

// failed returns the first check that failed, or nil.
func (s *survey) failed() *check {
	i := slices.IndexFunc(s.checks, func(c check) bool { return c.state == stateFailed })
	if i < 0 {
		return nil
	}
	return &s.checks[i]
}

// A prober asks a target whether it can be tested. It only reads.
type prober struct {
	survey
	contract *contract.Catalogue
	bench    *bench
	flags    *endpointFlags
	session  *wire.Session
	redactor *wire.Redactor
	there    map[string]bool // resources that the target was seen to have
	version  map[string]any
	hidden   string // how the target refused to show the cluster to this user; empty when it did not
}

func newProber(c *contract.Catalogue, b *bench, f *endpointFlags) *prober {
	target, judge := *b.target, oracle.NewJudge(c, contract.Newest())
	target.Again = func(x *wire.Exchange) bool { return judge.Again(oracle.Ending{Exchange: x}) }
	p := &prober{contract: c, bench: b, flags: f, session: target.NewSession(), redactor: b.redactor()}
	p.absent, p.lacking, p.there = map[string]string{}, map[string]string{}, map[string]bool{}
	return p
}

// add keeps checks. What they say may quote the target, which may send back
// whatever it was sent, so that the credentials are taken out here.
func (p *prober) add(checks ...check) {
	for _, c := range checks {
		c.said, c.advice = p.redactor.Redact(c.said), p.redactor.Redact(c.advice)
		p.checks = append(p.checks, c)
	}
}

// probe runs every check up to the first that fails; those after it stay
// unknown.
func probe(ctx context.Context, c *contract.Catalogue, b *bench, f *endpointFlags) *survey {
	p := newProber(c, b, f)
	stages := []struct {
		names []string
		look  func(context.Context) []check
	}{
		{[]string{"reachability", "TLS", "credentials"}, p.reach},
		{[]string{"release"}, p.findRelease},
		{[]string{"resources"}, p.findResources},
		{[]string{"SVMs"}, p.findSVMs},
		{[]string{"lab"}, p.findLab},
	}
	for _, stage := range stages {
		if p.survey.failed() == nil {
			p.add(stage.look(ctx)...)
			continue
		}
		for _, name := range stage.names {
			p.add(check{name: name, state: stateUnknown, said: "not looked at"})
		}
	}
	return &p.survey
}

// get reads a path.
func (p *prober) get(ctx context.Context, path string) (*wire.Response, error) {
	x, err := p.session.Do(ctx, wire.Request{Method: http.MethodGet, Path: path})
	if err != nil {
		return nil, err
	}
	return x.Response, nil
}

// reach asks for the cluster, which tells at once whether the target can be
// reached, whom it takes us for and what it is.
func (p *prober) reach(ctx context.Context) []check {
	r, err := p.get(ctx, "/api/cluster?fields=name,uuid,version")
	if err != nil {
		return unreached(p.bench.target, err)
	}
	checks := []check{{name: "reachability", state: stateOK, said: p.bench.target.BaseURL + " answers over " + r.Proto}, p.tlsCheck()}
	if forbidden(r) {
		return append(checks, p.withoutCluster(ctx, r))
	}
	if said, advice := notTheAPI(p.bench.target.BaseURL, r); said != "" {
		checks[0] = check{name: "reachability", state: stateFailed, said: said, advice: advice}
		return append(checks, check{name: "credentials", state: stateUnknown, said: "not looked at"})
	}
	switch {
	case r.Status == http.StatusUnauthorized:
		return append(checks, p.refused(r))
	case !r.OK():
		return append(checks, check{name: "credentials", state: stateUnknown, said: fmt.Sprintf("GET /api/cluster answered %d", r.Status)})
	}
	p.admin.Name, _ = r.Object()["name"].(string)
	p.cluster, _ = r.Object()["uuid"].(string)
	p.version, _ = r.Object()["version"].(map[string]any)
	return append(checks, check{name: "credentials", state: stateOK, said: p.accepted()})
}

// accepted says whom the target has let in.
func (p *prober) accepted() string {
	switch who := p.bench.target.Credentials; {
	case who.IsZero():
		return "none were given, and none are needed"
	case who.User == "":
		return "the token is accepted"
	default:
		return "accepted for " + who.User
	}
}

func (p *prober) tlsCheck() check {
	switch {
	case p.bench.verified:
		return check{name: "TLS", state: stateOK, said: "the certificate is verified"}
	case strings.HasPrefix(p.bench.target.BaseURL, "https:"):
		return check{name: "TLS", state: stateUnknown, said: "the certificate is not verified", advice: "trust its issuer with --ca-cert instead of --insecure"}
	}
	return check{name: "TLS", state: stateUnknown, said: "none: the endpoint is http"}
}

func (p *prober) refused(r *wire.Response) check {
	c := check{name: "credentials", state: stateFailed, said: fmt.Sprintf("the target refuses the credentials with %d", r.Status)}
	switch who := p.bench.target.Credentials; {
	case who.IsZero():
		c.said, c.advice = fmt.Sprintf("the target wants credentials (%d)", r.Status), "give --user, --token-file or --client-cert"
	default:
		c.advice = "check --user and its password, or the token"
	}
	return c
}

// notTheAPI says what an answer comes from, if not from the REST API; said is
// "" when it may come from there.
func notTheAPI(base string, r *wire.Response) (said, advice string) {
	body := strings.TrimSpace(string(r.Body))
	switch {
	case r.Status == http.StatusBadRequest && strings.HasPrefix(base, "http:") && strings.Contains(body, "HTTPS"):
		return base + " speaks https, not http", "write https:// in --endpoint"
	case r.Status >= 300 && r.Status < 400:
		return fmt.Sprintf("%s leads elsewhere, to %q", base, r.Header.Get("Location")), "name the server itself in --endpoint"
	case strings.HasPrefix(r.Header.Get("Content-Type"), "text/html"), strings.HasPrefix(body, "<"):
		return base + " answers HTML, not the REST API", "name the management address of the cluster in --endpoint"
	}
	return "", ""
}

// findRelease settles the release whose promises apply: the flag, else what
// the target reports, else the newest.
func (p *prober) findRelease(context.Context) []check {
	c := check{name: "release", state: stateOK}
	full, _ := p.version["full"].(string)
	p.reported = p.redactor.Redact(full)
	numbers := ""
	if g, m := p.version["generation"], p.version["major"]; g != nil && m != nil {
		numbers = fmt.Sprintf("%v.%v", g, m)
		if minor := p.version["minor"]; minor != nil && fmt.Sprint(minor) != "0" {
			numbers += fmt.Sprintf(".%v", minor)
		}
	}
	if p.reported == "" {
		p.reported = p.redactor.Redact(numbers)
	}
	found, err := contract.KnownRelease(numbers)
	switch {
	case !p.flags.ontap.IsZero():
		p.release = p.flags.ontap.Release
		c.said = fmt.Sprintf("ONTAP %s by --ontap", p.release)
		if numbers != "" && (err != nil || found != p.release) {
			c.said += ", though the target reports " + numbers
		}
	case numbers == "" && p.hidden != "":
		c.state, c.said, c.advice = stateFailed, p.hidden+", so that the release is not known", "name the release with --ontap and the SVMs with --svm"
	case numbers == "":
		p.release = contract.Newest()
		c.state, c.said, c.advice = stateUnknown, fmt.Sprintf("the target does not say, so %s is assumed", p.release), "name it with --ontap"
	case err == nil:
		p.release = found
		c.said = fmt.Sprintf("ONTAP %s", p.release)
	default:
		p.release = contract.Newest()
		c.state, c.said, c.advice = stateUnknown, fmt.Sprintf("the catalogue does not know %s, so %s is assumed", numbers, p.release), "name another with --ontap"
	}
	return []check{c}
}

// findResources finds out which resources the target has. One that is missing
// is not applicable, unless it is claimed: then its promises are broken. One that the
// role of the user hides cannot be tested.
func (p *prober) findResources(ctx context.Context) []check {
	var found resources
	for _, r := range p.contract.Resources {
		claimed := slices.Contains(p.flags.claims, r.Name)
		found.testable = found.testable || claimed
		if !r.Covers(p.release) || r.IsPart() {
			continue
		}
		res, err := p.get(ctx, "/api"+r.Path+"?max_records=1")
		if err != nil {
			return []check{{name: "resources", state: stateFailed, said: "asking for " + r.Name + ": " + err.Error()}}
		}
		switch {
		case forbidden(res):
			found.hidden = append(found.hidden, r.Name)
			found.refusal = refusedTo("/api"+r.Path, res)
			p.lacking[r.Name] = steps.LacksRight(http.MethodGet, r.Path).Reason
		case slices.Contains(ofNoResource, res.Status):
			found.missing = append(found.missing, r.Name)
			if !claimed {
				p.absent[r.Name] = fmt.Sprintf("the target has no %s (GET answered %d)", r.Path, res.Status)
			}
		default:
			found.there, p.there[r.Name] = append(found.there, r.Name), true
			found.testable = found.testable || !slices.Contains(incidental, r.Name)
		}
	}
	return []check{found.check(p.release)}
}

// ofNoResource are the statuses of a target that does not have a resource.
var ofNoResource = []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented}

// resources are what a target has of those that are asked for, by name.
type resources struct {
	there, missing, hidden []string
	refusal                string // how the last of those that are hidden was refused
	testable               bool   // whether any of them is worth a run
}

// check says what was found.
func (r resources) check(release contract.Release) check {
	const role, claim = "give the user a role that may read what is to be tested", "claim a resource with --claim if it should be there"
	c := check{name: "resources", state: stateOK, said: wording.CommaList(r.there) + " found"}
	switch {
	case !r.testable && len(r.hidden) > 0:
		return check{name: c.name, state: stateFailed, said: "the user may read nothing that can be tested: " + r.refusal, advice: role}
	case !r.testable:
		return check{name: c.name, state: stateFailed, said: fmt.Sprintf("the target has nothing that ONTAP %s promises and that can be tested", release), advice: claim}
	}
	if len(r.missing) > 0 {
		c.state, c.advice = stateUnknown, claim
		c.said += ", " + wording.CommaList(r.missing) + " missing"
	}
	if len(r.hidden) > 0 {
		c.state, c.advice = stateUnknown, role
		c.said += ", " + wording.CommaList(r.hidden) + " not allowed by the role of the user"
	}
	return c
}

// incidental is what every cluster has and what calls leave behind: no target is
// tested for it alone.
var incidental = []string{"cluster", "nodes", "svms", "jobs"}

// findLab asks the lab to end a condition that does not exist, which every
// hook that works answers.
func (p *prober) findLab(ctx context.Context) []check {
	if p.bench.lab == nil {
		return []check{{name: "lab", state: stateUnknown, advice: "name the hook with --lab to test the rest",
			said: fmt.Sprintf("none, so %d conditions cannot be arranged", len(p.contract.Conditions))}}
	}
	err := p.bench.lab.TearDown(ctx, "no-such-condition", map[string]string{})
	var cannot *lab.CannotArrange
	if err != nil && !errors.As(err, &cannot) {
		return []check{{name: "lab", state: stateFailed, said: err.Error(), advice: "check --lab"}}
	}
	return []check{{name: "lab", state: stateOK, said: "the hook answers"}}
}
