package steps

import (
	"context"
	"net/http"
	"slices"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The functions of this file make sure of a deletion or a change that a Given needs, although its
// answer was lost.

// deletesForSure deletes an object for a Given. When an answer is lost, the object itself tells
// whether it is gone.
func deletesForSure(ctx context.Context, w *world, name string) error {
	err := deletes(ctx, w, name)
	for tries := 1; wire.IsLost(err) && tries < testbed.LostTries; tries++ {
		x, look := w.Wire().Do(ctx, wire.Request{Method: http.MethodGet, Path: w.Objects.ByName[name].Path()})
		if look != nil {
			return err
		}
		if testbed.SaysGone(x.Response) {
			return nil
		}
		if !x.Response.OK() {
			return err
		}
		if err = deletes(ctx, w, name); err == nil && testbed.SaysGone(w.last.Exchange.Response) {
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
func changesForSure(ctx context.Context, w *world, o *testbed.Object, body map[string]any) (seen bool, err error) {
	e, err := w.patch(ctx, o.Path(), body)
	for tries := 1; wire.IsLost(err); tries++ {
		lost := err
		made, unmade := w.wasChanged(ctx, o, body)
		if made {
			w.unseen = &wire.Request{Method: http.MethodPatch, Path: o.Path(), Body: wire.JSON(body)}
			return true, nil
		}
		if !unmade || tries == testbed.LostTries {
			return false, lost
		}
		if e, err = w.patch(ctx, o.Path(), body); err == nil && e.Failed() {
			return false, lost // perhaps it was refused because the one before was done late
		}
	}
	return false, w.did(e, err)
}

// wasChanged looks at an object whose change was not answered. made is true if a reading shows what
// was sent; unmade if none of several readings shows anything of it, and nothing was sent that
// cannot be read. Neither is true where nobody can tell.
func (w *world) wasChanged(ctx context.Context, o *testbed.Object, body map[string]any) (made, unmade bool) {
	for look := range testbed.LostLooks {
		if look > 0 && wire.Sleep(ctx, testbed.LatePause) != nil {
			return false, false
		}
		record, err := w.Read(ctx, o.Path())
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
func (w *world) showsChange(o *testbed.Object, record, body map[string]any) (made, unmade bool) {
	before := []map[string]any{o.Sent, w.was[o]}
	shown, news, hidden, differs := 0, 0, 0, 0
	for property, want := range resource.Flat(body) {
		switch {
		case !w.isRead(o.Kind, property):
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
