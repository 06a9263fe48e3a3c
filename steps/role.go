package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// The functions of this file tell what the role of the user does not allow from what the
// target does wrong.
//
// A role allows a method of a path, whatever stands for its placeholders. So a refusal for want
// of rights is that of the role unless the same method of the same path has succeeded for us in
// this run: then it is an answer like any other and is judged. What the role refuses hides what
// we wanted to see: nothing that comes after it in a scenario is a finding, nor is it kept.

// A right is what a role allows or does not: a method of a path, which has placeholders where
// the catalogue knows it, and is "" where it does not.
type right struct{ method, path string }

// String is the right in one line.
func (r right) String() string {
	if r.path == "" {
		return r.method + " what the catalogue does not know"
	}
	return r.method + " " + r.path
}

// collection is the right to read the list of what the right reads one record of; false for
// any other.
func (r right) collection() (right, bool) {
	i := strings.LastIndex(r.path, "/{")
	if r.method != http.MethodGet || i < 0 || !strings.HasSuffix(r.path, "}") {
		return right{}, false
	}
	return right{r.method, r.path[:i]}, true
}

// rights are what was seen to be allowed and not. They are safe for concurrent use.
type rights struct {
	mu      sync.Mutex
	allowed map[right]bool
	refused map[right]bool // of what is there
	settled bool           // whether what was refused until now is all that the role lacks, as far as anybody can tell
}

// note keeps what an answer to us shows. It reports whether the answer is a refusal by the role.
// What is not there may be refused in this way by a target that has no other answer for it.
func (s *rights) note(r right, x *wire.Exchange, there bool) (lacks bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.allowed == nil {
		s.allowed, s.refused = map[right]bool{}, map[right]bool{}
	}
	switch {
	case x.Response.OK():
		s.allowed[r] = true
	case oracle.Forbidden(x) && !s.may(r):
		s.refused[r] = s.refused[r] || there
		return true
	}
	return false
}

// may reports whether the user was seen to have a right. Who may read a list may read its
// records, and what no document has is refused to nobody who lacks nothing else: both are
// believed once it is settled what the role lacks.
func (s *rights) may(r right) bool {
	list, ofRecord := r.collection()
	switch {
	case s.allowed[r]:
		return true
	case ofRecord:
		return s.settled && s.allowed[list] && !s.refused[r]
	case r.path != "" || !s.settled:
		return false
	}
	for other, is := range s.refused {
		if is && other.path != "" {
			return false
		}
	}
	for other := range s.allowed {
		if other.method == r.method {
			return true
		}
	}
	return false
}

// lack notes resources that the role does not allow to read, as somebody found out before.
func (s *rights) lack(c *contract.Catalogue, resources map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.allowed == nil {
		s.allowed, s.refused = map[right]bool{}, map[right]bool{}
	}
	for name := range resources {
		s.refused[right{http.MethodGet, c.Resource(name).Path}] = true
	}
}

// lacks reports whether the role was seen to refuse a right on what is there, and never to allow it.
func (s *rights) lacks(r right) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused[r] && !s.allowed[r]
}

// settle says that whatever the role lacks will have been seen by now.
func (s *rights) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settled = true
}

// May reports whether the user was seen to have a right by now.
func (s *rights) May(r right) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.may(r)
}

// rightOf is the right that a request takes.
func (s *Suite) rightOf(r wire.Request) right {
	path := r.APIPath()
	route := s.Judge.Contract().Route(path)
	switch o := route.Operation(r.Method); {
	case o != nil:
		return right{r.Method, o.Path}
	case len(route.Operations) > 0: // a method that the path does not have
		return right{r.Method, route.Operations[0].Path}
	}
	return right{r.Method, ""}
}

// lacked says that the role of the user does not have a right. It has the same words wherever
// that is found out, so that a report tells it once.
func lacked(r right) *oracle.Skip { return LacksRight(r.method, r.path) }

// LacksRight is why nothing can be found out with a user whose role does not allow a method of
// a path, which is below /api.
func LacksRight(method, path string) *oracle.Skip {
	return &oracle.Skip{Applies: true, Reason: fmt.Sprintf("the user's role may not %s", right{method, path})}
}

// learn looks through what was answered since it was called last, for what the role of the
// user allows, and notes the first right that it lacks.
func (w *world) learn() {
	if w.heard == nil {
		w.heard = map[*wire.Session]int{}
	}
	for _, session := range append([]*wire.Session{w.session}, w.sides...) {
		r := w.suite.learnSince(session, w.heard[session])
		if w.heard[session] = len(session.History()); w.lack == nil {
			w.lack = r
		}
	}
}

// aside returns a session for a look that is no evidence: no rule judges it. What the role of
// the user does not allow there counts.
func (w *world) aside() *wire.Session {
	s := w.suite.guarded.NewSession()
	w.sides = append(w.sides, s)
	return s
}

// learnFrom notes what an answer shows of the rights of the user, and reports whether it is a
// refusal by the role. Others than the user, as whom some requests are sent, do not count.
func (s *Suite) learnFrom(x *wire.Exchange) (r right, lacks bool) {
	if x.Request.As != nil || !x.Response.OK() && !oracle.Forbidden(x) {
		return right{}, false
	}
	r = s.rightOf(x.Request)
	return r, s.rights.note(r, x, s.isThere(x.Request.APIPath()))
}

// isThere reports whether a path leads to what is there for all we know: a collection, what the
// run made, or what every cluster has.
func (s *Suite) isThere(path string) bool {
	route := s.Judge.Contract().Route(path)
	owner, key := first(route, path)
	if key == "" {
		return route.Resource != nil
	}
	if _, made := s.fictional.Load(key); made {
		return false
	}
	return s.Ledger.Owns("/api"+owner) || isStanding(route.Resource.Name) || route.Resource.Name == jobsResource
}

// lacking is the right that the scenario wanted and the role does not have; nil when there was
// none.
func (w *world) lacking() *right {
	w.learn()
	return w.lack
}

// unlessLacking puts what the role of the user lacks in the place of how a scenario ended: what
// was refused to the user is behind whatever came after it. An answer that never came stays.
func (w *world) unlessLacking(err error) error {
	r := w.lacking()
	if none := new(wire.NoAnswer); r == nil || errors.As(err, &none) || errors.Is(err, context.Canceled) {
		return err
	}
	return lacked(*r)
}

// learnSince learns from what a session was answered since a number of exchanges, and returns
// the first right that the role of the user does not have; nil for none.
func (s *Suite) learnSince(session *wire.Session, since int) *right {
	var first *right
	for _, x := range session.History()[since:] {
		if r, lacks := s.learnFrom(x); lacks && first == nil {
			first = &r
		}
	}
	return first
}

// unseen says why the role of the user hides a resource; "" means that it does not.
func (s *Suite) unseen(resource string) string {
	if why := s.Lacking[resource]; why != "" {
		return why
	}
	why, _ := s.hidden.Load(resource)
	text, _ := why.(string)
	return text
}
