package steps

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// madeUnseen is the error of a creation whose answer was lost, though a look for its mark showed
// that it was done: the object can be used, and only what the answer said cannot be judged.
type madeUnseen struct{ lost error }

func (e *madeUnseen) Error() string { return e.lost.Error() + "; it was done" }

// Unwrap returns why there is no answer.
func (e *madeUnseen) Unwrap() error { return e.lost }

// WasMade reports whether an error of Create means that the object was made and only the answer
// was lost.
func WasMade(err error) bool {
	made := new(madeUnseen)
	return errors.As(err, &made)
}

// isUndone reports whether a request was not answered, and is known not to have been done.
func isUndone(err error) bool {
	none := new(wire.NoAnswer)
	return errors.As(err, &none) && none.Undone
}

// Bounds of finding out what came of a write whose answer was lost.
const (
	lostTries = 3 // that the write is sent in all
	lostLooks = 2 // that have to show nothing until it counts as not done
)

// ask asks for an object. If the answer is lost it looks for the mark, and asks again only when
// the object was not made. If nobody can tell, the answer stays lost.
func (w *world) ask(ctx context.Context, o *object, r wire.Request) (oracle.Ending, error) {
	var lost error
	for tries := 1; ; tries++ {
		e, err := w.call(ctx, r)
		late := lost != nil && err == nil && e.Failed() // perhaps because the one before was done late
		if !wire.IsLost(err) && !late {
			return e, err
		}
		if err != nil {
			lost = err
		}
		known, err := w.wasMade(ctx, o, r)
		switch {
		case err != nil:
			return oracle.Ending{}, err
		case o.uuid != "":
			return oracle.Ending{}, &madeUnseen{lost}
		case known && late:
			return e, nil // it was refused for its own reasons
		case !known || tries == lostTries:
			return oracle.Ending{}, lost
		}
	}
}

// wasMade looks for an object of whose creation the answer was lost, and writes down where it is.
// It reports whether anybody can tell: what a list shows can be told by its mark, and what was not
// made is shown by none of several looks. The error is that of the ledger.
func (w *world) wasMade(ctx context.Context, o *object, r wire.Request) (known bool, err error) {
	sent, _ := decode(r.Body.Bytes())
	if !o.kind.nameless && !o.kind.carries(sent, o.entry.Mark) { // what carries no mark is asked for only where none was seen right before
		return false, nil // nothing shows whose another one is
	}
	for look := range lostLooks {
		if look > 0 && sleep(ctx, latePause) != nil {
			return false, nil
		}
		found, err := w.strays(ctx, w.session, o.entry)
		if err != nil {
			return false, nil
		}
		if len(found) > 0 {
			o.uuid = found[0]
			o.entry, err = w.suite.Ledger.Created(o.entry, o.path())
			return true, err
		}
	}
	return true, nil
}

// latePause is how long after the first look an object that was not there is looked for again: the
// target may still have been at work on it when the answer was lost.
const latePause = 100 * time.Millisecond

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// deletesForSure deletes an object for a Given. When an answer is lost, the object itself tells
// whether it is gone.
func deletesForSure(ctx context.Context, w *world, name string) error {
	err := deletes(ctx, w, name)
	for tries := 1; wire.IsLost(err) && tries < lostTries; tries++ {
		x, look := w.session.Do(ctx, wire.Request{Method: http.MethodGet, Path: w.objects[name].path()})
		if look != nil {
			return err
		}
		if saysGone(x.Response) {
			return nil
		}
		if !x.Response.OK() {
			return err
		}
		if err = deletes(ctx, w, name); err == nil && saysGone(w.last.Exchange.Response) {
			return nil // the one before was done late
		}
	}
	if err != nil {
		return err
	}
	return oracle.ExpectSuccess(w.last)
}

// changesForSure changes an object for a Given. When an answer is lost, a reading tells what came
// of it: the same is sent again only when nothing of it shows, and all of it would. If nobody can
// tell, the answer stays lost. seen is true if the change was only seen to be made, and there is
// no answer to it.
func changesForSure(ctx context.Context, w *world, o *object, body map[string]any) (seen bool, err error) {
	e, err := w.patch(ctx, o.path(), body)
	for tries := 1; wire.IsLost(err); tries++ {
		lost := err
		made, unmade := w.wasChanged(ctx, o, body)
		if made {
			w.unseen = &wire.Request{Method: http.MethodPatch, Path: o.path(), Body: wire.JSON(body)}
			return true, nil
		}
		if !unmade || tries == lostTries {
			return false, lost
		}
		if e, err = w.patch(ctx, o.path(), body); err == nil && e.Failed() {
			return false, lost // perhaps it was refused because the one before was done late
		}
	}
	return false, w.did(e, err)
}

// wasChanged looks at an object whose change was not answered. made is true if a reading shows what
// was sent; unmade if none of several readings shows anything of it, and nothing was sent that
// cannot be read. Neither is true where nobody can tell.
func (w *world) wasChanged(ctx context.Context, o *object, body map[string]any) (made, unmade bool) {
	for look := range lostLooks {
		if look > 0 && sleep(ctx, latePause) != nil {
			return false, false
		}
		record, err := w.read(ctx, o)
		if err != nil {
			return false, false
		}
		made, unmade = w.showsChange(o, record, body)
		if !unmade {
			break
		}
	}
	return made, unmade
}

// showsChange compares a record with a change, as wasChanged has it. What is sent along and cannot be
// read counts as changed with a property that shows and was not so from the beginning.
func (w *world) showsChange(o *object, record, body map[string]any) (made, unmade bool) {
	before := []map[string]any{o.sent, o.was}
	shown, news, hidden, differs := 0, 0, 0, 0
	for property, want := range flat(body) {
		switch {
		case !w.isRead(o.kind, property):
			hidden++
		case oracle.ExpectField(record, property, want) != nil:
			differs++
		default:
			shown++
			was := func(old map[string]any) bool { return oracle.ExpectField(old, property, want) == nil }
			if !slices.ContainsFunc(before, was) {
				news++
			}
		}
	}
	made = shown > 0 && differs == 0 && (hidden == 0 || news > 0)
	return made, differs > 0 && shown == 0 && hidden == 0
}
