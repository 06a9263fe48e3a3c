package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// taken is the error of a creation for an SVM whose one place of a key manager somebody else
// has taken. It is no finding: the refusal was right.
type taken struct{ svm, noun, called string }

func (e *taken) Error() string {
	return fmt.Sprintf("the SVM %q has a %s, %s, that the run did not make", e.svm, e.noun, e.called)
}

// whenFree asks again for what was refused because somebody else has the place, once the place
// is free, for as long as the run is to wait for that. A refusal for any other reason is an
// ending like any other.
func (w *world) whenFree(ctx context.Context, c creation, o *object, r wire.Request, e oracle.Ending) (oracle.Ending, error) {
	svm := cmp.Or(c.svm.Name, w.svm().Name)
	deadline := time.Now().Add(w.suite.WaitForSVM)
	waited := false
	for looks := 0; ; looks++ {
		err := w.occupied(ctx, c.kind, svm, e)
		switch other := new(taken); {
		case errors.As(err, &other):
			if !time.Now().Before(deadline) || pause(ctx, looks) != nil {
				return e, err
			}
			waited = true
		case err != nil || !waited:
			return e, err
		default:
			if e, err = w.ask(ctx, o, patient(r)); err != nil || !e.Failed() {
				return e, err
			}
			waited = false // what it is refused for now is looked at once
		}
	}
}

// occupied tells a second key manager that the scenario asked for from one that somebody else
// has, or that an earlier scenario could not get rid of. The latter is no finding of
// this scenario; but if its deletion was answered with success, it is one all
// the same.
func (w *world) occupied(ctx context.Context, k *kind, svm string, e oracle.Ending) error {
	if !slices.Contains(k.occupied, e.Code()) || w.anyObject(func(o *object) bool { return o.kind.seat && o.uuid != "" }) {
		return nil
	}
	if !w.suite.Clean(SVM{Name: svm}) {
		w.meetKept(ctx, svm)
		return &oracle.Disturbance{Reason: fmt.Sprintf("the SVM %q may still have what an earlier scenario made: removing it failed", svm)}
	}
	for _, other := range kinds {
		if why := w.suite.unseen(other.resource); other.seat && why != "" { // it may be what the SVM has
			return &oracle.Skip{Applies: true, Reason: why}
		}
		if other.seat && w.suite.has(other) {
			if err := w.inTheWay(ctx, other, svm); err != nil {
				return err
			}
		}
	}
	return nil
}

// meetKept looks whether an SVM still lists what the clean-up of an earlier scenario deleted, and
// what was answered with success. That breaks a promise, whatever this scenario is about. What
// cannot be listed shows nothing.
func (w *world) meetKept(ctx context.Context, svm string) {
	for _, k := range kinds {
		if !k.seat || w.suite.unseen(k.resource) != "" || !w.suite.has(k) {
			continue
		}
		records, err := list(ctx, w.aside(), w.suite.markedPath(k))
		if err != nil {
			continue
		}
		for _, r := range records {
			uuid := k.id(r)
			if _, kept := w.suite.kept.Load(at(w.collection(k), uuid)); kept && shownText(r, "svm.name") == svm {
				w.looked(k.unlisted, oracle.Differs(k.plural+" of the collection", "none that was deleted with success", uuid), nil)
				return
			}
		}
	}
}

// inTheWay looks for what somebody else, or an earlier scenario, has on an SVM.
func (w *world) inTheWay(ctx context.Context, k *kind, svm string) error {
	records, err := list(ctx, w.aside(), w.suite.markedPath(k))
	if oracle.IsMismatch(err) {
		return nil // the refusal stands
	}
	if err != nil {
		return fmt.Errorf("finding out what the SVM %q has: %w", svm, err)
	}
	for _, r := range records {
		if shownText(r, "svm.name") != svm {
			continue
		}
		switch mark := w.suite.markOf(k, r); mark {
		case "":
			return &taken{svm, k.noun, cmp.Or(shownText(r, "name"), k.id(r))}
		case w.token:
		default:
			return w.leftover(ctx, k, r, mark)
		}
	}
	return nil
}

// showsMore reports whether a record without our mark has a text where our mark would be: then
// it is somebody else's. One that shows none may be what came of a request of ours.
func (k *kind) showsMore(record map[string]any) bool {
	return slices.ContainsFunc(k.marked, func(field string) bool { return shownText(record, field) != "" })
}
