package steps

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// before is what was on the target before the run made anything. It is safe for concurrent use.
type before struct {
	mu      sync.Mutex
	foreign map[string]string // names of resources by the uuids, in small letters, of what is not ours
	earlier map[string]string // as foreign, as the ledger of an earlier run has it; empty in a run of its own
	unknown map[string]error  // by the name of a resource: why nobody knows what there was of it
}

// recall takes what the ledger of an earlier run says was there before that run.
func (b *before) recall(l *ledger.Ledger) {
	b.foreign, b.earlier, b.unknown = l.Existing(), nil, map[string]error{}
	if b.foreign == nil {
		b.foreign = map[string]string{}
	}
	if len(l.Marks()) > 0 {
		b.earlier = maps.Clone(b.foreign)
	}
}

// existing notes the uuids of the objects that are on the target before the run creates any:
// whatever an answer says, they are not ours. Of a resource whose lists cannot be relied on
// nothing is known, and nothing is created. The error says that the target did not answer.
func (s *Suite) existing(ctx context.Context) error {
	if s.Mode == ReadOnly {
		return nil
	}
	session := s.guarded.NewSession()
	for _, r := range s.listedResources() {
		if err := s.note(ctx, session, r); err != nil {
			return fmt.Errorf("finding out what exists before the run: %w", err)
		}
	}
	return nil
}

// listedResources are those with objects that the run may create, as far as the target has them.
func (s *Suite) listedResources() []*contract.Resource {
	var all []*contract.Resource
	for _, k := range kinds {
		r := s.Judge.Contract().Resource(k.resource)
		if k.part == "" && s.has(k) && !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}

// note reads what there is of a resource. The error says that the target did not answer; that
// its answers are no lists is kept in unknown. No object of the resource may be ours by then,
// but for those of an earlier run whose ledger we were given.
func (s *Suite) note(ctx context.Context, session *wire.Session, r *contract.Resource) error {
	s.before.mu.Lock()
	defer s.before.mu.Unlock()
	found, ours := map[string]string{}, map[string]bool{}
	var forms []string
	for _, k := range kinds {
		path := s.markedPath(k)
		if k.resource != r.Name || k.part != "" || slices.Contains(forms, path) {
			continue
		}
		forms = append(forms, path)
		since := len(session.History())
		l, err := walkAny(ctx, session, k, path, k.path(s.Judge.Contract()))
		if err != nil && !oracle.IsMismatch(err) {
			return err
		}
		lacks := s.learnSince(session, since)
		if err != nil && lacks != nil {
			s.hidden.Store(r.Name, lacked(*lacks).Reason) // nothing of it is tested, nor written
			return nil
		}
		if err != nil {
			s.before.unknown[r.Name] = err
			return nil
		}
		for _, record := range l.records {
			uuid := strings.ToLower(k.id(record))
			found[uuid] = r.Name
			// Each kind of a resource looks for its own mark, and one that carries none tells nothing.
			ours[uuid] = ours[uuid] || !k.nameless && s.markOf(k, record) != ""
		}
	}
	for uuid := range found {
		if !ours[uuid] {
			s.before.foreign[uuid] = r.Name
		}
	}
	delete(s.before.unknown, r.Name)
	return s.record(r.Name)
}

// record writes what there was of a resource into the ledger, for a clean-up of another day. When
// the run, or an earlier one, has asked for something of it, nobody can tell any more what was
// there before. The caller holds the lock.
func (s *Suite) record(resource string) error {
	for _, e := range s.Ledger.Marks() {
		if k := kindOf(e.Kind); k != nil && (k.resource == resource || slices.Contains(k.stands, resource)) {
			return nil
		}
	}
	var uuids []string
	for uuid, of := range s.before.foreign {
		if of == resource && plain.MatchString(uuid) { // any other is foreign in any case
			uuids = append(uuids, uuid)
		}
	}
	return s.Ledger.Found(resource, uuids)
}

// wasThere is why an object must not be touched that the ledger of an earlier run says was there
// before that run. It is nil for any other.
func (s *Suite) wasThere(uuid string) error {
	s.before.mu.Lock()
	defer s.before.mu.Unlock()
	if s.before.earlier[strings.ToLower(uuid)] == "" {
		return nil
	}
	return fmt.Errorf("%s was there before the run and is left alone, whatever it shows", uuid)
}

// unread says why nothing of a resource may be created: nobody knows what there was before.
// It is nil where that is known.
func (s *Suite) unread(resource string) error {
	s.before.mu.Lock()
	defer s.before.mu.Unlock()
	if why := s.before.unknown[resource]; why != nil {
		return fmt.Errorf("what there was of %s before the run could not be read, so that nothing of it is made: %v", resource, why) // not %w: no verdict
	}
	return nil
}

// readFirst makes sure that what there was of a kind before the run is known, or returns why
// nothing of it may be made. It reads the lists again, as a request of the scenario: what is
// wrong with them is then judged like any other answer.
func (w *world) readFirst(ctx context.Context, k *kind) error {
	if w.suite.unread(k.resource) == nil {
		return nil
	}
	if err := w.suite.note(ctx, w.session, w.contract().Resource(k.resource)); err != nil {
		return err
	}
	err := w.suite.unread(k.resource)
	if last := w.lastOf(http.MethodGet); err != nil && last != nil && last.Response.Status == http.StatusForbidden {
		return &oracle.Skip{Applies: true, Reason: "the user may not list the " + k.plural + ", so that nobody can tell which of them the run made"}
	}
	return err
}

// isForeign reports whether a uuid existed before the run, or is none that we could use.
func (s *Suite) isForeign(uuid string) bool {
	s.before.mu.Lock()
	defer s.before.mu.Unlock()
	return s.before.foreign[strings.ToLower(uuid)] != "" || !plain.MatchString(uuid)
}

// foreignOf returns the uuids of what there was of a resource before the run.
func (s *Suite) foreignOf(resource string) []string {
	s.before.mu.Lock()
	defer s.before.mu.Unlock()
	var uuids []string
	for uuid, of := range s.before.foreign {
		if of == resource {
			uuids = append(uuids, uuid)
		}
	}
	slices.Sort(uuids)
	return uuids
}
