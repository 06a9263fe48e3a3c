package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// An object is what a scenario speaks of by a noun and a name.
type object struct {
	kind  *kind
	name  string // that the scenario gives it
	svm   SVM
	entry ledger.Entry
	where string         // the path of its collection
	uuid  string         // "" until the target has told it
	sent  map[string]any // the body of its creation, nested
	was   map[string]any // as it was last read on purpose
	late  bool           // its creation was not answered to the end: it may be made any time
	aside bool           // another client asks for it
	lost  error          // why nobody knows where it is, though the target says that it made it; else nil
}

func (o *object) path() string { return at(o.where, o.uuid) }

func (w *world) contract() *contract.Catalogue { return w.suite.Judge.Contract() }

// collection is the path of all objects of a kind.
func (w *world) collection(k *kind) string { return k.path(w.contract()) }

// anyObject reports whether the scenario has an object that is so.
func (w *world) anyObject(is func(*object) bool) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(w.objects)), is)
}

// object returns what a scenario calls name.
func (w *world) object(name string) (*object, error) {
	if o := w.objects[name]; o != nil {
		if o.lost != nil {
			return o, fmt.Errorf("%v", o.lost) // not %w: only a Then may find it
		}
		return o, nil
	}
	return nil, fmt.Errorf("the scenario has nothing called %q: a step before this one has to create it", name)
}

// A creation is what is about to be made, and how.
type creation struct {
	kind    *kind
	name    string // that the scenario gives it
	svm     SVM
	sent    map[string]any            // the body; nil when nothing is asked about it
	edit    func(wire.Body) wire.Body // of the body; nil for none
	request wire.Request              // without a body: sent is the body; without a path: that of the collection
	query   string                    // after the path, with its question mark
}

// create writes down what is about to be made, makes it, and finds out where
// it is. A refusal is an ending like any other.
func (w *world) create(ctx context.Context, c creation) (*object, oracle.Ending, error) {
	o := &object{kind: c.kind, name: c.name, svm: c.svm, where: w.collection(c.kind)}
	w.objects[c.name] = o
	if why := w.suite.unseen(c.kind.resource); why != "" { // nobody could find again what was made
		return o, oracle.Ending{}, &oracle.Skip{Applies: true, Reason: why}
	}
	if remove := w.suite.rightOf(wire.Request{Method: http.MethodDelete, Path: at(o.where, "x")}); w.suite.rights.lacks(remove) {
		return o, oracle.Ending{}, lacked(remove) // it would stay
	}
	w.heal(ctx)
	err := w.undisturbed(ctx, c.svm)
	if err == nil {
		err = w.readFirst(ctx, c.kind)
	}
	if err == nil {
		err = w.vacant(ctx, c.kind)
	}
	if err != nil {
		return o, oracle.Ending{}, err
	}
	if c.sent, err = w.complete(ctx, c); err != nil {
		return o, oracle.Ending{}, err
	}
	o.sent, w.made = c.sent, append(w.made, o) // after what it stands on
	if o.entry, err = w.intend(ctx, c.kind, c.svm); err != nil {
		return o, oracle.Ending{}, err
	}
	r := c.request
	r.Method, r.Path = http.MethodPost, o.where+c.query
	if r.Body.IsZero() {
		r.Body = wire.JSON(c.sent)
	}
	if c.edit != nil {
		r.Body = c.edit(r.Body)
	}
	e, err := w.ask(ctx, o, patient(r))
	if err == nil && w.wantsSVM(c, e) {
		put(c.sent, "svm.name", w.suite.Admin.Name)
		r.Body = wire.JSON(c.sent)
		e, err = w.ask(ctx, o, patient(r))
	}
	switch {
	case err != nil:
		o.late = true
		return o, e, err
	case e.Failed():
		if e, err = w.whenFree(ctx, c, o, r, e); err != nil || e.Failed() {
			return o, e, err
		}
	}
	return o, e, w.locate(ctx, o, e)
}

// wantsSVM reports whether a target wants svm even where the cluster is meant, as
// the list of required properties has it and no example does.
func (w *world) wantsSVM(c creation, e oracle.Ending) bool {
	if !c.kind.singleton || !e.Failed() || w.suite.Admin.Name == "" || c.sent["svm"] != nil || !c.request.Body.IsZero() || c.edit != nil {
		return false
	}
	target, _ := oracle.Lookup(e.Exchange.Response.Object(), "error.target")
	name, _ := target.(string)
	return (e.Code() == "262212" || e.Code() == "262177") && strings.HasPrefix(name, "svm")
}

// intend writes down what is about to be made. After an interrupt, and once there is no use in
// asking the target any more, nothing is.
func (w *world) intend(ctx context.Context, k *kind, svm SVM) (ledger.Entry, error) {
	if err := errors.Join(ctx.Err(), w.suite.Over()); err != nil {
		return ledger.Entry{}, err
	}
	return w.suite.Ledger.Intend(k.noun, k.scope(svm).Name, w.token)
}

// complete is the body of a creation with what it stands on made and named.
func (w *world) complete(ctx context.Context, c creation) (map[string]any, error) {
	body, err := w.resolve(ctx, c.kind.scope(c.svm), c.sent)
	if err != nil {
		return nil, err
	}
	return body.(map[string]any), nil
}

// leftover says that an SVM still has what an earlier scenario made, and removes it for
// those that come after.
func (w *world) leftover(ctx context.Context, k *kind, record map[string]any, mark string) error {
	uuid := k.id(record)
	removed := !slices.ContainsFunc(w.suite.Ledger.Left(), func(e ledger.Entry) bool { return e.Mark == mark })
	if removed && w.suite.Ledger.Owns(at(w.collection(k), uuid)) { // else nobody could find it, and nobody has deleted it
		w.looked(k.unlisted, oracle.Differs(k.plural+" of the collection", "none that was deleted with success", record["uuid"]), nil)
	}
	if entry := w.suite.Ledger.Marks()[mark]; removed && uuid != "" && entry.SVM == w.svm().Name {
		if err := w.suite.sweepIfOurs(ctx, w.suite.guarded.NewSession(), k, entry, record); err != nil {
			return &oracle.Disturbance{Reason: fmt.Sprintf("the SVM %q still has what an earlier scenario made: %v", w.svm().Name, err)}
		}
	}
	return &oracle.Disturbance{Reason: fmt.Sprintf("the SVM %q still has what an earlier scenario made and could not remove", w.svm().Name)}
}

// markOf returns the mark of the run that a record carries, or "".
func (s *Suite) markOf(k *kind, record map[string]any) string {
	for mark, e := range s.Ledger.Marks() {
		if s.whose(k, record, e) != notMine {
			return mark
		}
	}
	return ""
}

// locate finds the uuid of what was made. Whatever an answer says, an object is
// ours only if it was not there before the run, carries the mark that we gave it and
// belongs to an SVM of ours: its uuid goes into the ledger, and with that it may be deleted.
func (w *world) locate(ctx context.Context, o *object, e oracle.Ending) error {
	uuid := e.Resource()
	if ours, err := w.isWhere(ctx, o, uuid); err != nil {
		return err
	} else if !ours {
		found, err := w.strays(ctx, w.session, o.entry)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			o.lost = oracle.Differs(fmt.Sprintf("the %q that was created", o.name), "to be where the answer says, or in the list", "neither")
			return nil // that it said so at all may be what a Then is about
		}
		uuid = found[0]
	}
	o.uuid = uuid
	var err error
	o.entry, err = w.suite.Ledger.Created(o.entry, o.path())
	return err
}

// isWhere reads what an answer names, and reports whether it is the object.
// After a 202 that named no job it may take a while to be there.
func (w *world) isWhere(ctx context.Context, o *object, uuid string) (bool, error) {
	if w.suite.isForeign(uuid) {
		return false, nil
	}
	ctx, cancel := w.session.Target().Within(ctx, w.suite.jobTimeout())
	defer cancel()
	for n := 0; ; n++ {
		x, err := w.session.Do(ctx, wire.Request{Method: http.MethodGet, Path: at(o.where, uuid)})
		if err != nil {
			return false, err
		}
		if x.Response.OK() {
			return w.suite.whoseAt(o.kind, uuid, x.Response.Object(), o.entry) != notMine, nil
		}
		if !w.untold || pause(ctx, n) != nil {
			return false, nil
		}
	}
}

// strays returns the uuids of the objects on the target that carry the mark of
// a ledger entry and are not known to the scenario yet.
func (w *world) strays(ctx context.Context, s *wire.Session, entry ledger.Entry) ([]string, error) {
	found, err := w.suite.strays(ctx, s, entry, func(uuid string) bool {
		return w.anyObject(func(o *object) bool { return o.uuid == uuid })
	})
	if other := new(misread); errors.As(err, &other) {
		if k := kindOf(entry.Kind); k.readable != "" {
			w.looked(k.readable, oracle.Differs("uuid of what was read by its uuid", other.uuid, other.other), other.exchange)
		}
	}
	return found, err
}

func (s *Suite) strays(ctx context.Context, session *wire.Session, entry ledger.Entry, known func(uuid string) bool) ([]string, error) {
	k := kindOf(entry.Kind)
	if k == nil {
		return nil, fmt.Errorf("the ledger has %q, which is no kind of object that we create", entry.Kind)
	}
	l, err := walkAny(ctx, session, k, s.markedPath(k)+k.ofSVM(entry.SVM), s.markedPath(k))
	if err != nil {
		return nil, fmt.Errorf("looking for what the run may have made: %v", err) // not %w: no verdict
	}
	var found []string
	for _, r := range l.records {
		if uuid := k.id(r); uuid != "" && !known(uuid) {
			ours, err := s.isOurs(ctx, session, k, r, entry)
			if err != nil {
				return nil, err
			}
			if ours {
				found = append(found, uuid)
			}
		}
	}
	return found, nil
}

// read reads an object by its uuid.
func (w *world) read(ctx context.Context, o *object) (map[string]any, error) {
	e, err := w.call(ctx, wire.Request{Method: http.MethodGet, Path: o.path()})
	if err != nil {
		return nil, err
	}
	if err := oracle.ExpectStatus(e.Exchange, http.StatusOK); err != nil {
		return nil, err
	}
	return e.Exchange.Response.Object(), nil
}

// patch changes an object.
func (w *world) patch(ctx context.Context, path string, body map[string]any) (oracle.Ending, error) {
	w.unseen = nil
	return w.call(ctx, wire.Request{Method: http.MethodPatch, Path: path, Body: wire.JSON(body)})
}

// inOrderOfRemoval parts what the scenario made by kind and SVM, the newest first, but for
// what others stand on: that goes last, whenever it was made.
func (w *world) inOrderOfRemoval() [][]*object {
	var first, last [][]*object
	for _, o := range slices.Backward(w.made) {
		all := &first
		if o.kind.resource == clientCertificate.resource {
			all = &last
		}
		like := func(others []*object) bool { return others[0].kind == o.kind && others[0].svm == o.svm }
		if i := slices.IndexFunc(*all, like); i >= 0 {
			(*all)[i] = append((*all)[i], o)
		} else {
			*all = append(*all, []*object{o})
		}
	}
	return append(first, last...)
}

// cleanUp ends the lab's conditions and removes what the scenario created and
// did not delete. It goes on after every error and after an interrupt, and
// what it does is no test: what stays behind stays in the ledger.
func (w *world) cleanUp(ctx context.Context) {
	if w.suite.Over() != nil {
		for _, o := range w.made {
			w.suite.stain(o.kind.scope(o.svm).Name)
		}
		return // it stays in the ledger, for CleanUp to try at the end
	}
	target, limit := w.session.Target(), min(30*time.Second, w.suite.jobTimeout())
	ctx, cancel := Grace(ctx, limit+target.Outage)
	defer cancel()
	ctx, stop := target.Within(ctx, limit)
	defer stop()
	w.suite.endConditions(ctx, w.conditions) // those that do not end stay in the ledger, and undisturbed tells
	janitor := w.suite.guarded.NewSession()
	for _, alike := range w.inOrderOfRemoval() {
		w.removeAlike(ctx, janitor, alike)
	}
	w.suite.learnSince(janitor, 0)
	w.cleaning = len(janitor.History()) + len(janitor.Unanswered())
}

// removeAlike removes objects of one kind and SVM, and looks once for all that were not
// where they should be, unless the scenario has just done so itself.
func (w *world) removeAlike(ctx context.Context, janitor *wire.Session, alike []*object) {
	var missing []ledger.Entry
	found := 0                 // of them
	known := map[string]bool{} // that are gone, or that their own entries stand for
	var errs []error
	for _, o := range alike {
		if o.entry.ID == 0 {
			continue
		}
		if !o.kind.nameless && w.sawMissing(o.entry.Path) { // else nothing but its path tells that it is ours
			missing = append(missing, o.entry)
			continue
		}
		gone, err := w.suite.removeAt(ctx, janitor, o.entry)
		errs = append(errs, err)
		if gone || err != nil {
			known[o.uuid] = true
		} else {
			missing = append(missing, o.entry)
		}
	}
	switch {
	case len(missing) > 0 && w.sawNone(alike):
		errs = append(errs, w.suite.strike(missing))
	case len(missing) > 0:
		n, err := w.suite.removeStrays(ctx, janitor, missing, func(uuid string) bool { return known[uuid] })
		found, errs = n, append(errs, err)
	}
	if errors.Join(errs...) != nil {
		w.suite.stain(alike[0].kind.scope(alike[0].svm).Name)
	}
	for _, o := range alike {
		if (o.late || o.lost != nil && found == 0) && o.entry.ID != 0 { // it stays in the ledger, for CleanUp to look again at the end
			w.suite.Ledger.Intend(o.kind.noun, o.kind.scope(o.svm).Name, w.token)
		}
	}
}

// sawMissing reports whether the scenario itself read or deleted what is at a path, and the
// last answer was that nothing is there.
func (w *world) sawMissing(path string) bool {
	for _, x := range slices.Backward(w.session.History()) {
		r := x.Request
		if r.As == nil && (r.Method == http.MethodGet || r.Method == http.MethodDelete) && "/api"+r.APIPath() == path {
			return saysGone(x.Response)
		}
	}
	return false
}

// sawNone reports whether the scenario itself listed what carries its mark of the kind and
// SVM of objects, and saw nothing, when all that it wrote was done: what it asked of single
// objects later was not found. Nobody need look again.
func (w *world) sawNone(objects []*object) bool {
	if slices.ContainsFunc(objects, func(o *object) bool { return o.late || o.aside || o.lost != nil }) {
		return false // they may come yet
	}
	k, s := objects[0].kind, w.suite
	path := s.markedPath(k) + k.ofSVM(k.scope(objects[0].svm).Name)
	for _, x := range slices.Backward(w.session.History()) {
		if x.Request.Path == path && x.Request.Method == http.MethodGet {
			carries := func(r map[string]any) bool { return k.carries(r, w.token) }
			records, err := oracle.ListOf(x.Response)
			read := oracle.ExpectStatus(x, http.StatusOK) == nil && err == nil && oracle.Whole(x.Response) == nil && oracle.NextPage(x.Response) == ""
			return read && !slices.ContainsFunc(records, carries)
		}
		missed := saysGone(x.Response) && strings.HasPrefix(x.Request.Path, w.collection(k)+"/")
		if x.Request.Method != http.MethodGet && !missed {
			return false
		}
	}
	return false
}
