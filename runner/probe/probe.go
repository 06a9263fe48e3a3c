// Package probe finds out, by reading alone, whether a target can be tested: whether it
// can be reached, which release it is, what it has, and which of its SVMs are free.
//
// Its reader is who changes what doctor says, or what a run looks at before it begins.
// It tests no promise and makes nothing, and it knows the target by its URL only.
package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/lab"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/wording"
)

// A CheckState is how one check of a target came out.
type CheckState string

// The states.
const (
	OK      CheckState = "ok"
	Failed  CheckState = "failed"
	Unknown CheckState = "unknown" // not looked at, or the target does not tell
)

// A Check is one thing that a target needs to be testable.
type Check struct {
	Name   string
	State  CheckState
	Said   string // what was seen
	Advice string // what to do about it; empty for nothing
	code   int    // the exit code of a failed one; zero means exit.Inconclusive
}

// Err returns the error of a failed check, in one line.
func (c Check) Err() error {
	line := c.Said
	if c.Advice != "" {
		line += ": " + c.Advice
	}
	return &exit.Error{Code: c.ExitCode(), Err: errors.New(wording.OneLine(line))}
}

// ExitCode returns the exit code that a failed check ends the command with.
func (c Check) ExitCode() int { return cmp.Or(c.code, exit.Inconclusive) }

// An Input is the target to probe, with what the user says of it.
type Input struct {
	Contract *contract.Catalogue
	Target   *wire.Target
	Verified bool           // whether TLS is, of an https target
	Redactor *wire.Redactor // takes the credentials out of what is said
	Lab      *lab.Lab       // nil for none
	Mode     testbed.Mode
	Release  contract.Release // whose promises apply; zero for what the target reports
	Claims   []string         // resources that must be there
	SVMs     []string         // that may be used, each once; nil to discover them
	Wait     time.Duration    // for an SVM that somebody else uses
}

// A Survey is what was found out about a target before it is tested.
type Survey struct {
	Checks   []Check
	Release  contract.Release
	Reported string // the version in the target's words; empty when it did not say
	Cluster  string // its uuid; empty when the target does not tell
	SVMs     []testbed.SVM
	Admin    testbed.SVM       // zero when the target does not tell
	Absent   map[string]string // resources that the target does not have, with the reason
	Lacking  map[string]string // resources that the role of the user does not allow to read, with the reason
}

// Failed returns the first check that failed, or nil.
func (s *Survey) Failed() *Check {
	i := slices.IndexFunc(s.Checks, func(c Check) bool { return c.State == Failed })
	if i < 0 {
		return nil
	}
	return &s.Checks[i]
}

// A stage is a few checks that are made together.
type stage struct {
	names []string
	look  func(*prober, context.Context) []Check
}

// The stages, in their order. Each needs what those before it found out.
var (
	reach    = stage{[]string{"reachability", "TLS", "credentials"}, (*prober).reach}
	identify = stage{[]string{"release"}, (*prober).findRelease}
	discover = []stage{
		reach, identify,
		{[]string{"resources"}, (*prober).findResources},
		{[]string{"SVMs"}, (*prober).findSVMs},
		{[]string{"lab"}, (*prober).findLab},
	}
)

// All runs every check up to the first that fails; those after it stay unknown.
func All(ctx context.Context, in Input) *Survey { return probe(ctx, in, discover...) }

// Identify runs the checks that tell whether the target can be reached, and which cluster and
// release it is.
func Identify(ctx context.Context, in Input) *Survey { return probe(ctx, in, reach, identify) }

func probe(ctx context.Context, in Input, stages ...stage) *Survey {
	p := newProber(in)
	for _, s := range stages {
		if p.Failed() == nil {
			p.add(s.look(p, ctx)...)
			continue
		}
		for _, name := range s.names {
			p.add(Check{Name: name, State: Unknown, Said: "not looked at"})
		}
	}
	return &p.Survey
}

// A prober asks a target whether it can be tested. It only reads.
type prober struct {
	Survey
	in      Input
	session *wire.Session
	there   map[string]bool // resources that the target was seen to have
	version map[string]any
	hidden  string // how the target refused to show the cluster to this user; empty when it did not
}

func newProber(in Input) *prober {
	target, judge := *in.Target, oracle.NewJudge(in.Contract, contract.Newest())
	target.Again = func(x *wire.Exchange) bool { return judge.Again(oracle.CallResult{Exchange: x}) }
	p := &prober{in: in, session: target.NewSession(), there: map[string]bool{}}
	p.Absent, p.Lacking = map[string]string{}, map[string]string{}
	return p
}

// add keeps checks. What they say may quote the target, which may send back
// whatever it was sent, so that the credentials are taken out here.
func (p *prober) add(checks ...Check) {
	for _, c := range checks {
		c.Said, c.Advice = p.in.Redactor.Redact(c.Said), p.in.Redactor.Redact(c.Advice)
		p.Checks = append(p.Checks, c)
	}
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
func (p *prober) reach(ctx context.Context) []Check {
	r, err := p.get(ctx, "/api/cluster?fields=name,uuid,version")
	if err != nil {
		return unreached(p.in.Target, err)
	}
	checks := []Check{{Name: "reachability", State: OK, Said: p.in.Target.BaseURL + " answers over " + r.Proto}, p.tlsCheck()}
	if forbidden(r) {
		return append(checks, p.withoutCluster(ctx, r))
	}
	if said, advice := notTheAPI(p.in.Target.BaseURL, r); said != "" {
		checks[0] = Check{Name: "reachability", State: Failed, Said: said, Advice: advice}
		return append(checks, Check{Name: "credentials", State: Unknown, Said: "not looked at"})
	}
	switch {
	case r.Status == http.StatusUnauthorized:
		return append(checks, p.refused(r))
	case !r.OK():
		return append(checks, Check{Name: "credentials", State: Unknown, Said: fmt.Sprintf("GET /api/cluster answered %d", r.Status)})
	}
	p.Admin.Name, _ = r.Object()["name"].(string)
	p.Cluster, _ = r.Object()["uuid"].(string)
	p.version, _ = r.Object()["version"].(map[string]any)
	return append(checks, Check{Name: "credentials", State: OK, Said: p.accepted()})
}

// accepted says whom the target has let in.
func (p *prober) accepted() string {
	switch who := p.in.Target.Credentials; {
	case who.IsZero():
		return "none were given, and none are needed"
	case who.User == "":
		return "the token is accepted"
	default:
		return "accepted for " + who.User
	}
}

func (p *prober) tlsCheck() Check {
	switch {
	case p.in.Verified:
		return Check{Name: "TLS", State: OK, Said: "the certificate is verified"}
	case strings.HasPrefix(p.in.Target.BaseURL, "https:"):
		return Check{Name: "TLS", State: Unknown, Said: "the certificate is not verified", Advice: "trust its issuer with --ca-cert instead of --insecure"}
	}
	return Check{Name: "TLS", State: Unknown, Said: "none: the endpoint is http"}
}

func (p *prober) refused(r *wire.Response) Check {
	c := Check{Name: "credentials", State: Failed, Said: fmt.Sprintf("the target refuses the credentials with %d", r.Status)}
	switch who := p.in.Target.Credentials; {
	case who.IsZero():
		c.Said, c.Advice = fmt.Sprintf("the target wants credentials (%d)", r.Status), "give --user, --token-file or --client-cert"
	default:
		c.Advice = "check --user and its password, or the token"
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
func (p *prober) findRelease(context.Context) []Check {
	c := Check{Name: "release", State: OK}
	full, _ := p.version["full"].(string)
	p.Reported = p.in.Redactor.Redact(full)
	numbers := ""
	if g, m := p.version["generation"], p.version["major"]; g != nil && m != nil {
		numbers = fmt.Sprintf("%v.%v", g, m)
		if minor := p.version["minor"]; minor != nil && fmt.Sprint(minor) != "0" {
			numbers += fmt.Sprintf(".%v", minor)
		}
	}
	if p.Reported == "" {
		p.Reported = p.in.Redactor.Redact(numbers)
	}
	found, err := contract.KnownRelease(numbers)
	switch {
	case !p.in.Release.IsZero():
		p.Release = p.in.Release
		c.Said = fmt.Sprintf("ONTAP %s by --ontap", p.Release)
		if numbers != "" && (err != nil || found != p.Release) {
			c.Said += ", though the target reports " + numbers
		}
	case numbers == "" && p.hidden != "":
		c.State, c.Said, c.Advice = Failed, p.hidden+", so that the release is not known", "name the release with --ontap and the SVMs with --svm"
	case numbers == "":
		p.Release = contract.Newest()
		c.State, c.Said, c.Advice = Unknown, fmt.Sprintf("the target does not say, so %s is assumed", p.Release), "name it with --ontap"
	case err == nil:
		p.Release = found
		c.Said = fmt.Sprintf("ONTAP %s", p.Release)
	default:
		p.Release = contract.Newest()
		c.State, c.Said, c.Advice = Unknown, fmt.Sprintf("the catalogue does not know %s, so %s is assumed", numbers, p.Release), "name another with --ontap"
	}
	return []Check{c}
}

// findResources finds out which resources the target has. One that is missing
// is not applicable, unless it is claimed: then its promises are broken. One that the
// role of the user hides cannot be tested.
func (p *prober) findResources(ctx context.Context) []Check {
	var found resources
	for _, r := range p.in.Contract.Resources {
		claimed := slices.Contains(p.in.Claims, r.Name)
		found.testable = found.testable || claimed
		if !r.Covers(p.Release) || r.IsPart() {
			continue
		}
		res, err := p.get(ctx, "/api"+r.Path+"?max_records=1")
		if err != nil {
			return []Check{{Name: "resources", State: Failed, Said: "asking for " + r.Name + ": " + err.Error()}}
		}
		switch {
		case forbidden(res):
			found.hidden = append(found.hidden, r.Name)
			found.refusal = refusedTo("/api"+r.Path, res)
			p.Lacking[r.Name] = testbed.Right{Method: http.MethodGet, Path: r.Path}.Skip().Reason
		case slices.Contains(ofNoResource, res.Status):
			found.missing = append(found.missing, r.Name)
			if !claimed {
				p.Absent[r.Name] = fmt.Sprintf("the target has no %s (GET answered %d)", r.Path, res.Status)
			}
		default:
			found.there, p.there[r.Name] = append(found.there, r.Name), true
			found.testable = found.testable || !r.Builtin && !r.Jobs // which no target is tested for alone
		}
	}
	return []Check{found.check(p.Release)}
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
func (r resources) check(release contract.Release) Check {
	const role, claim = "give the user a role that may read what is to be tested", "claim a resource with --claim if it should be there"
	c := Check{Name: "resources", State: OK, Said: wording.CommaList(r.there) + " found"}
	switch {
	case !r.testable && len(r.hidden) > 0:
		return Check{Name: c.Name, State: Failed, Said: "the user may read nothing that can be tested: " + r.refusal, Advice: role}
	case !r.testable:
		return Check{Name: c.Name, State: Failed, Said: fmt.Sprintf("the target has nothing that ONTAP %s promises and that can be tested", release), Advice: claim}
	}
	if len(r.missing) > 0 {
		c.State, c.Advice = Unknown, claim
		c.Said += ", " + wording.CommaList(r.missing) + " missing"
	}
	if len(r.hidden) > 0 {
		c.State, c.Advice = Unknown, role
		c.Said += ", " + wording.CommaList(r.hidden) + " not allowed by the role of the user"
	}
	return c
}

// findLab asks the lab to end a condition that does not exist, which every
// hook that works answers.
func (p *prober) findLab(ctx context.Context) []Check {
	if p.in.Lab == nil {
		return []Check{{Name: "lab", State: Unknown, Advice: "name the hook with --lab to test the rest",
			Said: fmt.Sprintf("none, so %d conditions cannot be arranged", len(p.in.Contract.Conditions))}}
	}
	err := p.in.Lab.TearDown(ctx, "no-such-condition", map[string]string{})
	var cannot *lab.CannotArrange
	if err != nil && !errors.As(err, &cannot) {
		return []Check{{Name: "lab", State: Failed, Said: err.Error(), Advice: "check --lab"}}
	}
	return []Check{{Name: "lab", State: OK, Said: "the hook answers"}}
}
