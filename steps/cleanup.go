package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// remove deletes what an entry stands for. When that is not there, be it that
// nobody ever knew where it was, that an answer lied about it or that the
// scenario deleted it, whatever carries the mark in the SVM goes too.
func (s *Suite) remove(ctx context.Context, session *wire.Session, entry ledger.Entry) error {
	if gone, err := s.removeAt(ctx, session, entry); gone || err != nil {
		return err
	}
	_, err := s.removeStrays(ctx, session, []ledger.Entry{entry}, func(string) bool { return false })
	return err
}

// removeAt deletes what an entry stands for where it was last, and reports whether it was
// there and is gone.
func (s *Suite) removeAt(ctx context.Context, session *wire.Session, entry ledger.Entry) (gone bool, err error) {
	if entry.Path == "" {
		return false, nil
	}
	found, err := s.delete(ctx, session, entry.Path)
	if err != nil || !found {
		return false, err
	}
	return true, s.Ledger.Removed(entry)
}

// removeStrays deletes what carries the mark that entries have in common with their SVM and
// kind, but for what is known, and reports how many that were.
func (s *Suite) removeStrays(ctx context.Context, session *wire.Session, entries []ledger.Entry, known func(uuid string) bool) (found int, err error) {
	entry, k := entries[0], kindOf(entries[0].Kind)
	if k != nil && k.nameless {
		if err := s.noneLeft(ctx, session, k, known); err != nil {
			return 0, &Unknown{entry, err}
		}
		return 0, s.strike(entries)
	}
	uuids, err := s.strays(ctx, session, entry, known)
	if err != nil {
		return 0, &Unknown{entry, err}
	}
	for _, uuid := range uuids {
		if entry, err = s.Ledger.Created(entry, at(k.path(s.Judge.Contract()), uuid)); err != nil {
			return 0, err
		}
		if _, err := s.delete(ctx, session, entry.Path); err != nil {
			return 0, err
		}
	}
	return len(uuids), s.strike(entries)
}

// noneLeft makes sure that nothing is there of a kind that carries no mark. One that is there may
// be the run's, if it ended before it was told where that is, or somebody's who came later: it is
// neither deleted nor taken for gone.
func (s *Suite) noneLeft(ctx context.Context, session *wire.Session, k *kind, known func(uuid string) bool) error {
	records, err := list(ctx, session, k.path(s.Judge.Contract())+"?fields="+k.marked[0])
	if err != nil {
		return fmt.Errorf("looking for what the run may have made: %v", err) // not %w: no verdict
	}
	for _, r := range records {
		if uuid := k.id(r); !known(uuid) && s.wasThere(uuid) == nil && k.carries(r, k.noun) {
			return fmt.Errorf("an %s is there that may be the run's: it carries no mark, so look at %s yourself", k.noun, at(k.path(s.Judge.Contract()), uuid))
		}
	}
	return nil
}

// strike notes that what entries stand for is gone.
func (s *Suite) strike(entries []ledger.Entry) error {
	var errs []error
	for _, e := range entries {
		errs = append(errs, s.Ledger.Removed(e))
	}
	return errors.Join(errs...)
}

// delete removes one object and makes sure that it is gone, for as long as a
// job may take. found is false when it was not there in the first place.
func (s *Suite) delete(ctx context.Context, session *wire.Session, path string) (found bool, err error) {
	x, err := s.askToDelete(ctx, session, path)
	if err != nil {
		return false, err
	}
	atOnce := x.Response.Status == http.StatusOK && oracle.JobOf(x.Response) == ""
	if saysGone(x.Response) {
		return false, nil
	}
	ctx, cancel := session.Target().Within(ctx, s.jobTimeout())
	defer cancel()
	for n := 0; ; n++ {
		if err := s.poll(ctx, session, oracle.JobOf(x.Response)); err != nil {
			return false, fmt.Errorf("%s cannot be deleted: %w", path, err)
		}
		read, err := session.Do(ctx, wire.Request{Method: http.MethodGet, Path: path})
		if err != nil {
			return false, err
		}
		switch {
		case saysGone(read.Response):
			return x.Response.OK(), nil
		case !x.Response.OK():
			return false, fmt.Errorf("%s cannot be deleted: %s", path, x)
		case !read.Response.OK():
			return true, s.unlistedNow(ctx, session, path, unreadable(read))
		case atOnce:
			s.kept.Store(path, true)
			return false, fmt.Errorf("%s is still there although its deletion was answered with success", path)
		}
		if err := pause(ctx, n); err != nil {
			return false, fmt.Errorf("%s is still there: %w", path, err)
		}
	}
}

// askToDelete sends a deletion, and again when the answer was lost: what is deleted twice is gone,
// and what stays is in the way of all that comes after it. In between it reads, which waits for a
// target that is away. One that kept us waiting for the deletion is not asked again.
func (s *Suite) askToDelete(ctx context.Context, session *wire.Session, path string) (x *wire.Exchange, err error) {
	for range brokenTries {
		start := time.Now()
		x, err = session.Do(ctx, wire.Request{Method: http.MethodDelete, Path: path})
		if !wire.IsLost(err) || ctx.Err() != nil || time.Since(start) > time.Second {
			break
		}
		if _, away := session.Do(ctx, wire.Request{Method: http.MethodGet, Path: path}); away != nil {
			break
		}
	}
	return x, err
}

// brokenTries is how often a deletion is sent to a target that breaks connections.
const brokenTries = 4

// poll reads the job of a deletion, if the answer named one: when it has failed
// there is nothing to wait for. A job that is forgotten says nothing.
func (s *Suite) poll(ctx context.Context, session *wire.Session, job string) error {
	if job == "" {
		return nil
	}
	x, err := session.Do(ctx, wire.Request{Method: http.MethodGet, Path: jobPath(job)})
	if err != nil {
		return err
	}
	if state, _ := oracle.Lookup(x.Response.Object(), "state"); state == "failure" {
		return fmt.Errorf("its job failed: %s", x)
	}
	return nil
}

// CleanUp ends the conditions that the ledger still lists, since one may be in the
// way of a deletion, and removes the objects: what a run, this one or one that
// crashed, made and could not remove. Then it sweeps: it looks through the
// whole collection for the marks that the run gave, so that a target that lied
// about a deletion is found out. It goes on after every error; what is still
// there at the end is in the ledger's Conditions and Left.
func (s *Suite) CleanUp(ctx context.Context) error {
	if s.Mode == ReadOnly {
		return nil
	}
	held := s.endConditions(ctx, s.Ledger.Conditions())
	if err := s.prepare(ctx); err != nil {
		return errors.Join(held, err)
	}
	if err := s.Over(); err != nil && !s.Wake(ctx) {
		return errors.Join(held, err)
	}
	failed, err := s.removeEntries(ctx, s.Ledger.Left())
	if err != nil {
		return errors.Join(held, err)
	}
	errs := []error{held, s.sweep(ctx, s.guarded.NewSession())}
	for _, e := range s.Ledger.Left() { // what went at the second try is no news
		errs = append(errs, failed[e.ID])
	}
	return errors.Join(errs...)
}

// removeEntries removes what entries of earlier scenarios or runs stand for, and returns by their
// IDs why one could not be removed. The error says that the target did not answer.
func (s *Suite) removeEntries(ctx context.Context, entries []ledger.Entry) (failed map[int]error, err error) {
	r, err := s.callRoll(ctx, s.guarded.NewSession(), entries)
	if err != nil {
		return nil, err
	}
	failed = map[int]error{}
	of := func(k *kind) []ledger.Entry {
		return slices.DeleteFunc(slices.Clone(entries), func(e ledger.Entry) bool { return kindOf(e.Kind) != k })
	}
	for _, k := range slices.Backward(kinds) { // what others stand on goes last
		s.removeAll(ctx, of(k), r, failed)
	}
	s.removeAll(ctx, of(nil), r, failed)
	return failed, nil
}

// removeAll removes what entries stand for side by side, and notes what could not
// be removed: after an interrupt somebody is waiting.
func (s *Suite) removeAll(ctx context.Context, entries []ledger.Entry, r *roll, failed map[int]error) {
	errs := make([]error, len(entries))
	var all sync.WaitGroup
	turns := make(chan struct{}, s.parallel())
	for i, e := range entries {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			errs[i] = s.removeLeft(ctx, e, r)
		})
	}
	all.Wait()
	for i, e := range entries {
		failed[e.ID] = errs[i]
	}
}

// removeLeft removes what an entry stands for: by its path, or, where nobody ever knew where it
// was, by the lists of a roll.
func (s *Suite) removeLeft(ctx context.Context, e ledger.Entry, r *roll) error {
	session := s.guarded.NewSession()
	if e.Path != "" {
		gone, err := s.stillOurs(ctx, session, e)
		if err != nil {
			return err
		}
		if gone {
			return s.Ledger.Removed(e)
		}
		return s.remove(ctx, session, e)
	}
	if k := kindOf(e.Kind); k != nil {
		if err := r.doubts[k.noun]; err != nil {
			return &Unknown{e, err}
		}
		if err := s.removeListed(ctx, session, e, r.lists[k.noun]); err != nil {
			return err
		}
	}
	return s.remove(ctx, session, e)
}

// removeListed deletes what a list shows to be what an entry stands for.
func (s *Suite) removeListed(ctx context.Context, session *wire.Session, e ledger.Entry, l listing) error {
	k := kindOf(e.Kind)
	for _, record := range l.records {
		ours, err := s.isOurs(ctx, session, k, record, e)
		if err != nil {
			return err
		}
		path := at(k.path(s.Judge.Contract()), k.id(record))
		if !ours || s.Ledger.Owns(path) { // its own entry stands for it
			continue
		}
		if e, err = s.Ledger.Created(e, path); err != nil {
			return err
		}
		if _, err := s.delete(ctx, session, path); err != nil {
			return err
		}
	}
	return nil
}

// sweep deletes whatever carries a mark of the run.
func (s *Suite) sweep(ctx context.Context, session *wire.Session) error {
	marks := s.Ledger.Marks()
	var errs []error
	for _, k := range slices.Backward(kinds) { // what others stand on goes last
		if !k.nameless && slices.ContainsFunc(slices.Collect(maps.Values(marks)), func(e ledger.Entry) bool { return kindOf(e.Kind) == k }) {
			errs = append(errs, s.sweepKind(ctx, session, k, marks))
		}
	}
	return errors.Join(errs...)
}

func (s *Suite) sweepKind(ctx context.Context, session *wire.Session, k *kind, marks map[string]ledger.Entry) error {
	l, err := walkAny(ctx, session, k, s.markedPath(k))
	if err != nil {
		return fmt.Errorf("looking for what the run may have left: %w", err)
	}
	var errs []error
	for _, r := range l.records {
		for _, mark := range slices.Sorted(maps.Keys(marks)) {
			if !k.carries(r, mark) {
				continue
			}
			errs = append(errs, s.sweepIfOurs(ctx, session, k, marks[mark], r))
		}
	}
	return errors.Join(errs...)
}

// sweepIfOurs is sweepOne of what a record of a list shows, if that is what an entry stands for.
func (s *Suite) sweepIfOurs(ctx context.Context, session *wire.Session, k *kind, e ledger.Entry, record map[string]any) error {
	if ours, err := s.isOurs(ctx, session, k, record, e); !ours {
		return err
	}
	return s.sweepOne(ctx, session, k, e, k.id(record))
}

// sweepOne deletes an object that should have been gone, and looks whether it
// is. When it is not, it stays in the ledger.
func (s *Suite) sweepOne(ctx context.Context, session *wire.Session, k *kind, e ledger.Entry, uuid string) error {
	e, err := s.Ledger.Adopt(ledger.Entry{Kind: k.noun, SVM: e.SVM, Mark: e.Mark, Path: at(k.path(s.Judge.Contract()), uuid)})
	if err != nil {
		return err
	}
	if _, err := s.delete(ctx, session, e.Path); err != nil {
		return err
	}
	x, err := session.Do(ctx, wire.Request{Method: http.MethodGet, Path: e.Path})
	switch {
	case err != nil:
		return err
	case x.Response.OK():
		return fmt.Errorf("%s is still there although its deletion was answered with success", e.Path)
	case !saysGone(x.Response):
		if err := s.unlistedNow(ctx, session, e.Path, unreadable(x)); err != nil {
			return err
		}
	}
	return s.Ledger.Removed(e)
}

// stillOurs makes sure that what a ledger of another day points at carries the
// mark that we gave it, and was not there before. gone says that it is no longer there.
func (s *Suite) stillOurs(ctx context.Context, session *wire.Session, e ledger.Entry) (gone bool, err error) {
	if err := s.wasThere(e.Path[strings.LastIndex(e.Path, "/")+1:]); err != nil {
		return false, err
	}
	x, err := session.Do(ctx, wire.Request{Method: http.MethodGet, Path: e.Path})
	switch k := kindOf(e.Kind); {
	case err != nil:
		return false, err
	case saysGone(x.Response):
		return true, nil
	case x.Response.Status != http.StatusOK:
		return false, s.listedOurs(ctx, session, e, unreadable(x))
	case k == nil || s.whoseAt(k, e.Path[strings.LastIndex(e.Path, "/")+1:], x.Response.Object(), e) == notMine:
		return false, fmt.Errorf("%s does not carry the mark %q on the SVM %q and is left alone", e.Path, e.Mark, e.SVM)
	}
	return false, nil
}
