package steps

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// guard holds back every write to what the run did not create. It stands
// between all steps and the target, so that no step, new or wrong, and no
// answer that lies about what it made, can make us touch somebody's keys.
func (s *Suite) guard(r wire.Request) error {
	if r.Reads() {
		return nil
	}
	if s.Mode == ReadOnly {
		return errors.New("the mode is read-only")
	}
	path := strings.TrimSuffix(r.APIPath(), "/")
	route := s.Judge.Contract().Route(path)
	owner, key := first(route, path)
	switch {
	case route.Resource == nil:
		return errors.New("the catalogue does not know the path")
	case isStanding(route.Resource.Name):
		return errors.New("what every cluster has is never written to")
	case s.unseen(route.Resource.Name) != "":
		return errors.New("nothing is written where nothing can be read: " + s.unseen(route.Resource.Name))
	case key == "" && r.Method == http.MethodPost:
		return s.unread(route.Resource.Name) // a creation: the ledger has it already
	case key == "":
		return errWhole
	}
	if _, made := s.fictional.Load(key); made {
		return nil // nothing is there, and nothing of anybody's can be
	}
	if !s.Ledger.Owns("/api" + owner) {
		return fmt.Errorf("%s is not in the ledger of this run", key)
	}
	if err := s.wasThere(key); err != nil {
		return err
	}
	return s.guardDestination(r, path)
}

// guardDestination holds back a migration of keys into a key manager that is not ours.
func (s *Suite) guardDestination(r wire.Request, path string) error {
	if !strings.HasSuffix(path, migrate) {
		return nil
	}
	body, _ := decode(r.Body.Bytes())
	to, _ := body["uuid"].(string)
	if _, made := s.fictional.Load(to); made || to == "" {
		return nil // it names nobody's
	}
	if !s.Ledger.Owns(at(external.path(s.Judge.Contract()), to)) {
		return fmt.Errorf("%s is not in the ledger of this run", to)
	}
	return nil
}

// guard is that of the suite, but for the jobs that the scenario's own calls have
// started: asking something of one that has ended does no harm, and one that runs
// works on an object of the scenario.
func (w *world) guard(r wire.Request) error {
	if r.Method == http.MethodPatch && w.suite.Mode != ReadOnly && w.startedJob(strings.TrimSuffix(r.APIPath(), "/")) {
		return nil
	}
	err := w.suite.guard(r)
	if errors.Is(err, errWhole) {
		return w.guardTogether(r)
	}
	return err
}

// startedJob reports whether a path is that of a job that the scenario started.
func (w *world) startedJob(path string) bool {
	route := w.contract().Route(path)
	_, key := first(route, path)
	return route.Resource != nil && route.Resource.Name == jobsResource && w.jobs[key]
}

// errWhole is why a call on a collection is held back that names no objects of the
// scenario.
var errWhole = errors.New("a whole collection is never written to")

// first returns the path of the first object that a path names, with its key:
// whoever owns that owns what is below it. Both are "" when it names none.
func first(route contract.Route, path string) (owner, key string) {
	if len(route.Operations) == 0 {
		return "", ""
	}
	template := strings.Split(strings.Trim(route.Operations[0].Path, "/"), "/")
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for i, part := range template {
		if strings.HasPrefix(part, "{") {
			return "/" + strings.Join(segments[:i+1], "/"), segments[i]
		}
	}
	return "", ""
}

// has reports whether the target has objects of a kind, as far as we know.
func (s *Suite) has(k *kind) bool {
	r := s.Judge.Contract().Resource(k.resource)
	return r.Covers(s.Judge.Release()) && s.Absent[k.resource] == "" && s.unseen(k.resource) == ""
}

// plain is what a uuid of ours may look like: a target that calls an object "*"
// or ".." must not make us delete others with it.
var plain = regexp.MustCompile(`^[0-9A-Za-z_-]{1,128}$`)

// noCredentials is why authentication cannot be tested.
var noCredentials = &oracle.Skip{Applies: true, Reason: "the run has no credentials, so nothing shows whether they are needed"}
