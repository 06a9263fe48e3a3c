package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// A Hand does for a driver that is no feature what steps do for scenarios: it
// has SVMs to itself, writes down what it makes before it makes it, follows
// jobs, removes what it made and has every exchange judged by every rule. It
// belongs to one goroutine.
type Hand struct {
	w     *world
	made  int // bodies of creations
	sides []*Side
}

// A Thing is an object that a hand made.
type Thing struct{ o *object }

// Path is where the thing is, from the root of the host; "" when nobody told.
func (t *Thing) Path() string {
	if t == nil || t.o.uuid == "" {
		return ""
	}
	return t.o.path()
}

// UUID is the key of the thing; "" when nobody told.
func (t *Thing) UUID() string { return t.o.uuid }

// SVM is the one that the thing was made for.
func (t *Thing) SVM() SVM { return t.o.svm }

// Sent is the body of the creation, which must not be changed.
func (t *Thing) Sent() map[string]any { return t.o.sent }

// Lost is why nobody knows where a thing is that was created with success; nil
// for every other. It is a mismatch.
func (t *Thing) Lost() error { return t.o.lost }

// A Sort is what a driver needs to know of a kind of objects that can be made.
type Sort struct {
	Noun     string // as features say it
	Resource *contract.Resource
	Marked   []string // the fields that a creation puts the mark of the run into
	Seat     bool     // whether it takes the one place of an SVM's key manager
	Rekeyed  bool     // whether its external key can be changed by an operation

	kind *kind
}

// Sorts returns the kinds of objects that can be made on an SVM of one's own in
// some release, one for each resource: all but what a cluster has only one of.
func Sorts(c *contract.Catalogue) []Sort {
	var all []Sort
	for _, k := range kinds {
		known := slices.ContainsFunc(all, func(s Sort) bool { return s.kind.resource == k.resource })
		if !k.singleton && k.body != nil && !known {
			all = append(all, Sort{k.noun, c.Resource(k.resource), k.marked, k.seat, k.newKey != nil, k})
		}
	}
	return all
}

// Lacks returns why objects of a sort cannot be used: the target does not have them, or hides
// them from the user. It returns nil when they can be.
func (s *Suite) Lacks(sort Sort) *oracle.Skip {
	return s.lacks(&Scenario{Resources: []string{sort.kind.resource}})
}

// Ready puts the guard before the target and notes what is there already. The
// error says that this could not be found out, so that nothing may be written.
func (s *Suite) Ready(ctx context.Context) error {
	s.rights.settle() // a driver has no end at which to go back
	return s.prepare(ctx)
}

// Take returns a hand for SVMs, one at least, whose user must see to it that no
// other hand has any of them at a time. The suite must be Ready. The name is that of the
// outcome: with the seed of the suite it decides everything that the hand makes
// up.
func (s *Suite) Take(name string, svms []SVM, requirements []contract.ID) *Hand {
	sc := &Scenario{Name: name, Requirements: requirements}
	return &Hand{w: newWorld(s, sc, svms)}
}

// Token is the mark that everything carries which the hand makes.
func (h *Hand) Token() string { return h.w.token }

// SVM is the first of those that the hand has to itself.
func (h *Hand) SVM() SVM { return h.w.svm() }

// SVMs are all of them.
func (h *Hand) SVMs() []SVM { return h.w.svms }

// Release is the one whose promises apply.
func (h *Hand) Release() contract.Release { return h.w.suite.Judge.Release() }

// Contract is the catalogue that the hand goes by.
func (h *Hand) Contract() *contract.Catalogue { return h.w.contract() }

// Secret makes up a secret value that is printed as $name.
func (h *Hand) Secret(name string) wire.Secret { return h.w.secret(name) }

// UUID makes up a uuid that nothing has.
func (h *Hand) UUID() string { return h.w.uuid() }

// As are credentials that must not be enough: none for "nobody", those of a user
// that cannot exist for "somebody". It is nil for anything else, which means our
// own, and where the run has none to leave out.
func (h *Hand) As(whom string) *wire.Credentials {
	switch {
	case h.w.session.Target().Credentials.IsZero():
	case whom == "nobody":
		return &wire.Credentials{}
	case whom == "somebody":
		return &wire.Credentials{User: h.w.token + "-no-such-user", Password: h.w.secret("WRONG_PASSWORD")}
	}
	return nil
}

// Certificate returns a real PKCS#12 as base64, another one each time.
func (h *Hand) Certificate() (wire.Secret, error) { return h.w.certificate() }

// Said is what a cell of a feature stands for, for example "(expired certificate)".
// A word that the vocabulary does not have is an error.
func (h *Hand) Said(cell string) (any, error) { return h.w.value(vaults, "", cell) }

// Resolve puts what has to be there first in the place of what a body awaits, and
// makes it on the SVM of the hand. The error is non-nil if that was not possible.
func (h *Hand) Resolve(ctx context.Context, body any) (any, error) {
	return h.w.resolve(ctx, h.SVM(), body)
}

// Body is a complete creation for an SVM: all that is required and nothing else.
func (h *Hand) Body(s Sort, svm SVM) map[string]any {
	h.made++
	return s.kind.body(h.w, fmt.Sprintf("f%d", h.made), svm)
}

// NewKey is the body of a change of the external key of a thing, or of none.
func (h *Hand) NewKey(s Sort, t *Thing) map[string]any {
	if t == nil {
		return s.kind.newKey(h.w, nil)
	}
	return s.kind.newKey(h.w, t.o)
}

// A Making is a creation that a hand is to ask for.
type Making struct {
	Sort    Sort
	SVM     SVM                       // whose it is to be; the zero SVM means the first of the hand
	Body    map[string]any            // what is asked for; sent as it is, unless Request has a body
	Request wire.Request              // method and path are filled in
	Edit    func(wire.Body) wire.Body // what becomes of the body when all that it awaits is there; nil for nothing
	Query   string                    // with its question mark; "" for none
}

// Create asks for a thing. A refusal is an ending like any other, and the thing
// then has no path.
func (h *Hand) Create(ctx context.Context, m Making) (*Thing, oracle.Ending, error) {
	name := fmt.Sprintf("thing %d", len(h.w.made)+1)
	if m.SVM.Name == "" {
		m.SVM = h.SVM()
	}
	o, e, err := h.w.create(ctx, creation{kind: m.Sort.kind, name: name, svm: m.SVM, sent: m.Body, edit: m.Edit, request: m.Request, query: m.Query})
	return &Thing{o}, e, err
}

// Send sends a request and follows the job that its answer names to its end.
func (h *Hand) Send(ctx context.Context, r wire.Request) (oracle.Ending, error) {
	return h.w.call(ctx, patient(r))
}

// Ask sends a request and follows nothing.
func (h *Hand) Ask(ctx context.Context, r wire.Request) (*wire.Exchange, error) {
	return h.w.session.Do(ctx, patient(r))
}

// A Side is one of several clients that act at the same time. It belongs to one
// goroutine; what it saw is judged when its hand concludes.
type Side struct{ session *wire.Session }

// Side returns another client. It must not be asked for while one of them acts.
func (h *Hand) Side() *Side {
	s := &Side{h.w.session.Target().NewSession()}
	h.sides = append(h.sides, s)
	h.w.sides = append(h.w.sides, s.session)
	return s
}

// Do sends a request and follows nothing.
func (s *Side) Do(ctx context.Context, r wire.Request) (*wire.Exchange, error) {
	return s.session.Do(ctx, r)
}

// Reserve writes down a creation that a side is about to ask for. Whatever comes
// of it is found by its mark, and removed.
func (h *Hand) Reserve(ctx context.Context, s Sort) error {
	h.w.heal(ctx)
	entry, err := h.w.intend(ctx, s.kind, h.SVM())
	if err == nil {
		h.w.made = append(h.w.made, &object{kind: s.kind, svm: h.SVM(), entry: entry, where: h.w.collection(s.kind), aside: true})
	}
	return err
}

// Ending is how what a side was answered came out, once the job that the answer names has
// ended.
func (h *Hand) Ending(ctx context.Context, x *wire.Exchange) (oracle.Ending, error) {
	return h.w.ending(ctx, x)
}

// Follow polls a job to its end and returns how it was last read.
func (h *Hand) Follow(ctx context.Context, uuid string) (map[string]any, error) {
	return h.w.follow(ctx, uuid)
}

// Steer asks "pause", "resume" or "cancel" of a job that the hand has started for a thing.
// The exchange is nil where nothing may be asked: the job has ended, or does not say that it
// is the one.
func (h *Hand) Steer(ctx context.Context, t *Thing, job, action string) (*wire.Exchange, error) {
	why, err := h.w.unsteerable(ctx, job, t.o)
	if err != nil || why != "" {
		return nil, err
	}
	h.w.jobs[job] = true
	return h.w.session.Do(ctx, wire.Request{Method: http.MethodPatch, Path: jobPath(job) + "?action=" + action})
}

// Took wants what was asked of a job to be done, or refused with a code that is
// documented for it.
func (h *Hand) Took(x *wire.Exchange) error { return h.w.tookIt(oracle.Ending{Exchange: x}) }

// List returns all records of a collection, page by page. A list that is none
// is a mismatch.
func (h *Hand) List(ctx context.Context, path string) ([]map[string]any, error) {
	return list(ctx, h.w.session, path)
}

// ListBy is List by a request that may have headers: each page is asked for with them.
func (h *Hand) ListBy(ctx context.Context, r wire.Request) ([]map[string]any, error) {
	l, err := walkBy(ctx, h.w.session, r)
	return l.records, err
}

// ListOn lists all that an SVM has of a sort, with the fields that carry marks. Where it
// shows none of this hand's when everything is done, cleaning up need not look again.
func (h *Hand) ListOn(ctx context.Context, s Sort, svm SVM) ([]map[string]any, error) {
	return h.List(ctx, h.w.suite.markedPath(s.kind)+s.kind.ofSVM(svm.Name))
}

// Mine lists what the first SVM has of a sort, told by the marks of this hand: an SVM
// may also have what an earlier hand could not remove.
func (h *Hand) Mine(ctx context.Context, s Sort) ([]map[string]any, error) {
	return h.MineOn(ctx, s, h.SVM())
}

// MineOn is Mine of any SVM.
func (h *Hand) MineOn(ctx context.Context, s Sort, svm SVM) ([]map[string]any, error) {
	records, err := h.ListOn(ctx, s, svm)
	return slices.DeleteFunc(records, func(r map[string]any) bool { return !s.kind.carries(r, h.w.token) }), err
}

// Untold reports whether the last call was answered with a 202 that named no
// job, so that nothing says when, and whether, it is done.
func (h *Hand) Untold(e oracle.Ending) bool {
	return e.Exchange != nil && e.Exchange.Response.Status == http.StatusAccepted && e.Job == nil
}

// Look repeats a reading until it shows what was expected, where an answer left
// open when it would; else it looks once.
func (h *Hand) Look(ctx context.Context, reading func() error) error { return h.w.look(ctx, reading) }

// Last is the last exchange of a method; nil when there was none.
func (h *Hand) Last(method string) *wire.Exchange { return h.w.lastOf(method) }

// Latest is the exchange that came last; nil when there was none.
func (h *Hand) Latest() *wire.Exchange {
	history := h.w.session.History()
	if len(history) == 0 {
		return nil
	}
	return history[len(history)-1]
}

// Prevented says why a refusal of a complete request is no finding: it speaks
// of the state of the target. It is nil for an ending that is to be judged.
func (h *Hand) Prevented(e oracle.Ending) error {
	return h.w.prevented(e)
}

// Forbidden reports whether a call was refused because of the rights of the user, so that
// nothing shows what else it would have been refused for.
func (h *Hand) Forbidden(e oracle.Ending) bool {
	return e.Failed() && (e.Exchange.Response.Status == http.StatusForbidden || oracle.ForbidsBy(e.Code()))
}

// Verify notes what was found out about requirements: err is nil, a mismatch,
// or something else, in which case nothing was found out and it is returned.
// Those that the release does not have are left out.
func (h *Hand) Verify(x *wire.Exchange, ids []contract.ID, err error) error {
	if err != nil && !oracle.IsMismatch(err) {
		return err
	}
	for _, id := range ids {
		if q := h.Contract().Requirement(id); q != nil && q.Covers(h.Release()) {
			h.w.looked(id, err, x)
		}
	}
	return nil
}

// Conclude removes what the hand made, has every exchange judged and settles
// the outcome, which always has its evidence. err is what kept the driver from
// going on, or nil.
func (h *Hand) Conclude(ctx context.Context, err error) *oracle.Outcome {
	h.w.suite.listen(err)
	h.w.suite.hear(h.w.session)
	retry := h.w.mayRetry(err)
	h.w.cleanUp(ctx)
	o := &oracle.Outcome{Name: h.w.scenario.Name, Kind: "property", Requirements: h.w.scenario.Requirements}
	h.w.conclude(o, h.w.suite.because(ctx, err))
	o.Retry = (retry || o.Retry) && o.Status == oracle.Errored
	o.Evidence = h.w.session.History()
	for _, side := range h.sides {
		h.judgeSide(o, side)
	}
	return o
}

// judgeSide adds to an outcome what a side saw.
func (h *Hand) judgeSide(o *oracle.Outcome, side *Side) {
	history := side.session.History()
	judged := h.w.suite.Judge.Judge(history, side.session.Sent())
	for i := range judged.Found {
		judged.Found[i].After = o.Requests + len(history) // sides act at the same time, and are judged afterwards
	}
	o.Add(judged)
	if o.Status == oracle.Passed {
		o.Conclude(nil)
	}
	o.Requests += len(history) + len(side.session.Unanswered())
	o.Secrets = append(o.Secrets, side.session.Secrets()...)
	o.Evidence = append(o.Evidence, history...)
}

// Clean reports whether everything that was made on an SVM is gone again, as far
// as anybody knows.
func (s *Suite) Clean(svm SVM) bool {
	_, unclean := s.unclean.Load(s.place(svm.Name))
	return !unclean
}

// Wake asks the target once, and reports whether it answers: a driver that goes
// on for long need not end with a target that went away for a while.
func (s *Suite) Wake(ctx context.Context) bool {
	if _, err := s.guarded.NewSession().Do(ctx, wire.Request{Method: http.MethodGet, Path: "/api/cluster"}); err != nil {
		return false
	}
	s.silence.Store(0)
	s.deafness.Store(0)
	return true
}

// Silent reports whether the target has not answered for so long that nobody
// asks it any more.
func (s *Suite) Silent() bool {
	return s.Over() != nil || s.silence.Load() >= maxSilence || s.deafness.Load() >= maxDeafness
}

// Put sets a dotted property of a body.
func Put(body map[string]any, property string, v any) { put(body, property, v) }

// Drop removes a dotted property of a body.
func Drop(body map[string]any, property string) { drop(body, property) }

// Flat lists the dotted names of a body's properties.
func Flat(body map[string]any) map[string]any { return flat(body) }

// Below reports whether a path leads to an object of the collection of a sort.
func (s Sort) Below(path string) bool { return strings.HasPrefix(path, "/api"+s.Resource.Path+"/") }
