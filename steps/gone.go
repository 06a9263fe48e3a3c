package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// Unknown is the error for an object when no reliable reading shows whether it is still there.
// The object stays in the ledger.
type Unknown struct {
	Entry ledger.Entry
	Err   error
}

func (e *Unknown) Error() string {
	what := e.Entry.Path
	if what == "" {
		what = fmt.Sprintf("a %s with the mark %q", e.Entry.Kind, e.Entry.Mark)
	}
	return fmt.Sprintf("whether %s is still there is not known: %v", what, e.Err)
}

// Unwrap returns why it is not known.
func (e *Unknown) Unwrap() error { return e.Err }

// Unknowns returns how many objects the error of a CleanUp has for which nobody knows whether
// they are still there.
func Unknowns(err error) int {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		n := 0
		for _, e := range many.Unwrap() {
			n += Unknowns(e)
		}
		return n
	}
	if unknown := new(Unknown); errors.As(err, &unknown) {
		return 1
	}
	return 0
}

// saysGone reports whether the answer to a GET of an object says that it does not exist: a 404 of
// the API itself does, and a documented code for a missing record, but neither another refusal
// nor the page of a server in front.
func saysGone(r *wire.Response) bool {
	if oracle.SaysMissing(r) {
		return true
	}
	page := strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") || strings.HasPrefix(strings.TrimSpace(string(r.Body)), "<")
	return r.Status == http.StatusNotFound && !page
}

// unreadable is the error of a GET that tells neither that an object is there nor that it is gone.
func unreadable(x *wire.Exchange) error {
	return fmt.Errorf("GET answered %d %s", x.Response.Status, wire.Shorten(strings.TrimSpace(string(x.Response.Body)), 200))
}

// kindAt returns the kind of the object at a path; nil when there is none.
func (s *Suite) kindAt(path string) *kind {
	i := slices.IndexFunc(kinds, func(k *kind) bool {
		return k.part == "" && strings.HasPrefix(path, k.path(s.Judge.Contract())+"/")
	})
	if i < 0 {
		return nil
	}
	return kinds[i]
}

// unlistedNow makes sure that what was deleted with success, and cannot be read by itself, is no
// longer listed, in two ways of asking. why is what kept it from being read.
func (s *Suite) unlistedNow(ctx context.Context, session *wire.Session, path string, why error) error {
	k := s.kindAt(path)
	if k == nil {
		return &Unknown{ledger.Entry{Path: path}, why}
	}
	for _, form := range []string{s.markedPath(k), k.path(s.Judge.Contract())} {
		l, err := walkAny(ctx, session, k, form)
		if err != nil {
			return &Unknown{ledger.Entry{Path: path}, errors.Join(why, err)}
		}
		if l.shows(k, strings.TrimPrefix(path, k.path(s.Judge.Contract())+"/")) {
			return fmt.Errorf("%s is still listed although its deletion was answered with success", path)
		}
	}
	return nil
}

// listedOurs makes sure that what an entry points at, and cannot be read by itself, is listed with
// the mark. why is what kept it from being read.
func (s *Suite) listedOurs(ctx context.Context, session *wire.Session, e ledger.Entry, why error) error {
	k := s.kindAt(e.Path)
	if k == nil {
		return &Unknown{e, why}
	}
	l, err := walkAny(ctx, session, k, s.markedPath(k))
	if err != nil {
		return &Unknown{e, errors.Join(why, err)}
	}
	for _, r := range l.records {
		if k := kindOf(e.Kind); k != nil && strings.HasSuffix(e.Path, "/"+k.id(r)) && s.whose(k, r, e) == mine {
			return nil
		}
	}
	return &Unknown{e, why}
}

// A roll is what the lists showed before anything was deleted, by resource: for what nobody
// knows where it is, only a list tells whether it is there.
type roll struct {
	lists  map[string]listing // with the marks
	doubts map[string]error   // why the lists of a resource cannot be relied on
}

// callRoll reads the lists of the kinds of which entries do not tell where they are, each in two
// ways. What entries do tell where it is, and is there, has to be listed: a list that leaves it
// out may leave out others too. The error says that the target did not answer.
func (s *Suite) callRoll(ctx context.Context, session *wire.Session, entries []ledger.Entry) (*roll, error) {
	r := &roll{map[string]listing{}, map[string]error{}}
	for _, k := range kinds {
		unplaced := slices.ContainsFunc(entries, func(e ledger.Entry) bool { return kindOf(e.Kind) == k && e.Path == "" })
		if !unplaced || k.nameless || k.part != "" {
			continue
		}
		l, err := s.believed(ctx, session, k, entries)
		if err != nil && !oracle.IsMismatch(err) {
			return nil, err
		}
		r.lists[k.noun], r.doubts[k.noun] = l, err
	}
	return r, nil
}

// believed reads the list of a kind with the marks, and in another way, and wants both to show
// what entries of the kind say is there. A mismatch is why the list cannot be relied on.
func (s *Suite) believed(ctx context.Context, session *wire.Session, k *kind, entries []ledger.Entry) (listing, error) {
	path := k.path(s.Judge.Contract())
	marked, err := walkAny(ctx, session, k, s.markedPath(k))
	if err != nil {
		return listing{}, err
	}
	other, err := walkAny(ctx, session, k, path+"?order_by="+k.keyField()+"%20desc", path)
	if err != nil {
		return listing{}, err
	}
	for _, e := range entries {
		uuid, below := strings.CutPrefix(e.Path, path+"/")
		if !below || kindOf(e.Kind) != k || marked.shows(k, uuid) && other.shows(k, uuid) {
			continue
		}
		x, err := session.Do(ctx, wire.Request{Method: http.MethodGet, Path: e.Path})
		if err != nil {
			return listing{}, err
		}
		if x.Response.OK() && s.whose(k, x.Response.Object(), e) != notMine {
			return listing{}, oracle.Differs("list of the "+k.plural, "to show "+uuid+", which is there", "nothing of it")
		}
	}
	for _, r := range other.records {
		if uuid := k.id(r); !marked.shows(k, uuid) && !s.isForeign(uuid) {
			x, err := session.Do(ctx, wire.Request{Method: http.MethodGet, Path: at(path, uuid)})
			if err != nil {
				return listing{}, err
			}
			if x.Response.OK() {
				marked.records = append(marked.records, x.Response.Object()) // it came since, or the first list left it out
			}
		}
	}
	return marked, nil
}

// keyField is the field that identifies an object of the kind.
func (k *kind) keyField() string {
	if k.key == "" {
		return "uuid"
	}
	return k.key
}
