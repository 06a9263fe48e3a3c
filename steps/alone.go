package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// A census is what was read of a collection to find out whether it holds nothing but what
// the run made: the evidence, which the guard reads again before it lets a call on the whole
// collection pass.
type census struct {
	kind     *kind
	listings []listing                 // of the whole collection, each asked for in another way
	single   map[string]*wire.Exchange // readings of what has to be listed and was not, by uuid
	due      []string                  // uuids that have to be listed, or be seen to be gone
	sent     int                       // requests of the session by the end of it
}

// sentBy counts the requests that a session has sent, answered or not.
func sentBy(s *wire.Session) int { return len(s.History()) + len(s.Unanswered()) }

// isLatest reports whether nothing was sent since.
func (c *census) isLatest(s *wire.Session) bool { return c.sent == sentBy(s) }

// looksAlone finds out that a collection holds nothing but what the run made, and keeps what
// shows it for the guard. It skips the scenario when there is something else, and the error
// says so when that cannot be found out.
func (w *world) looksAlone(ctx context.Context, k *kind) error {
	w.sole = nil
	c, err := w.takeCensus(ctx, k)
	if err != nil && !oracle.IsMismatch(err) {
		return err
	}
	if err == nil {
		w.awaitOthers(ctx, c)
		err = w.aloneIn(c)
	}
	if stranger := new(notOurs); errors.As(err, &stranger) {
		return &oracle.Skip{Applies: true, Reason: "the collection holds what the run did not create, which a filter that is overlooked would reach"}
	}
	if err != nil {
		return given("a list of all "+k.plural, err)
	}
	w.sole = c
	return nil
}

// takeCensus reads a collection in two ways, and by itself each object that has to be listed
// and is not. The list with the marks comes last: other scenarios of the run make objects at
// the same time, of which the ledger does not tell at once.
func (w *world) takeCensus(ctx context.Context, k *kind) (*census, error) {
	path := w.collection(k)
	c := &census{kind: k, single: map[string]*wire.Exchange{}, due: w.dueIn(k)}
	for _, forms := range [][]string{{path + "?order_by=uuid%20desc", path}, {w.suite.markedPath(k)}} {
		l, err := walkAny(ctx, w.session, k, forms...)
		if err != nil {
			return nil, err
		}
		c.listings = append(c.listings, l)
	}
	for _, uuid := range c.due {
		if !c.unlisted(uuid) {
			continue
		}
		x, err := w.session.Do(ctx, wire.Request{Method: http.MethodGet, Path: at(path, uuid)})
		if err != nil {
			return nil, err
		}
		c.single[uuid] = x
	}
	c.sent = sentBy(w.session)
	return c, nil
}

// unlisted reports whether one of the lists of a census does not show an object.
func (c *census) unlisted(uuid string) bool {
	return slices.ContainsFunc(c.listings, func(l listing) bool { return !l.shows(c.kind, uuid) })
}

// dueIn returns the uuids of what a list of a kind must show unless it is gone: what the
// scenario made, and what was there before. What other scenarios made may go at any time.
func (w *world) dueIn(k *kind) []string {
	uuids := w.suite.foreignOf(k.resource)
	for _, o := range w.made {
		if o.kind == k && o.uuid != "" {
			uuids = append(uuids, o.uuid)
		}
	}
	slices.Sort(uuids)
	return slices.Compact(uuids)
}

// shows reports whether a listing has a record of that uuid.
func (l listing) shows(k *kind, uuid string) bool {
	return slices.ContainsFunc(l.records, func(r map[string]any) bool { return strings.EqualFold(k.id(r), uuid) })
}

// isKnownOurs reports whether a record of a list is of what the run made: the ledger has its
// uuid, and it shows nothing of anybody else.
func (w *world) isKnownOurs(k *kind, record map[string]any) bool {
	uuid := k.id(record)
	return !w.suite.isForeign(uuid) && w.suite.Ledger.Owns(at(w.collection(k), uuid)) && (!k.showsMore(record) || w.suite.markOf(k, record) != "")
}

// maxAwaited bounds how long a census waits for other scenarios to be told where is what they asked for.
const maxAwaited = 10 * time.Second

// awaitOthers waits, for as long as lists show marks of which the ledger does not tell yet where
// they are: other scenarios of the run have just asked for something, and are told soon. That
// it is theirs is known only then.
func (w *world) awaitOthers(ctx context.Context, c *census) {
	ctx, cancel := context.WithTimeout(ctx, min(maxAwaited, w.suite.jobTimeout()))
	defer cancel()
	for _, l := range c.listings {
		for _, r := range l.records {
			for n := 0; w.isAwaited(c.kind, r) && pause(ctx, n) == nil; n++ {
			}
		}
	}
}

// isAwaited reports whether a record shows a mark of which the ledger does not tell where it is,
// and does not tell of the record either.
func (w *world) isAwaited(k *kind, record map[string]any) bool {
	mark := w.suite.markOf(k, record)
	awaited := slices.ContainsFunc(w.suite.Ledger.Left(), func(e ledger.Entry) bool { return e.Mark == mark && e.Path == "" })
	return awaited && !w.suite.Ledger.Owns(at(w.collection(k), k.id(record)))
}

// notOurs is why a collection is not written to: it holds what the run did not create.
type notOurs struct{ uuid string }

func (e *notOurs) Error() string { return fmt.Sprintf("%q is not known to be of the run", e.uuid) }

// aloneIn says why a census does not show that a collection holds nothing but what the run
// made; nil means that it does. It sends nothing. What somebody else has is a *notOurs.
func (w *world) aloneIn(c *census) error {
	if len(c.listings) < 2 {
		return fmt.Errorf("the collection was read %d times", len(c.listings))
	}
	for _, l := range c.listings {
		for _, r := range l.records {
			if !w.isKnownOurs(c.kind, r) {
				return &notOurs{c.kind.id(r)}
			}
		}
	}
	for _, uuid := range c.due {
		if x := c.single[uuid]; c.unlisted(uuid) && (x == nil || !saysGone(x.Response)) {
			return fmt.Errorf("%s is not listed, and was not seen to be gone", uuid)
		}
	}
	return nil
}
