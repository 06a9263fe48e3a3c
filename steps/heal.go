package steps

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"ontap-conformance/fixtures/ledger"
)

// maxHeals is how often an SVM is cleaned again that an earlier scenario could not clean: a target
// that deletes nothing costs no more than that.
const maxHeals = 3

// stain notes that an SVM, or the cluster, may have what could not be removed.
func (s *Suite) stain(svm string) { s.unclean.LoadOrStore(s.place(svm), new(atomic.Int32)) }

// place is the name of a data SVM; every name of the cluster is "".
func (s *Suite) place(svm string) string {
	if s.isCluster(svm) {
		return ""
	}
	return svm
}

// heal cleans the SVMs of a scenario again that earlier ones could not clean. It does so before
// the scenario makes anything: all that the ledger has of them is then left from others.
func (w *world) heal(ctx context.Context) {
	if len(w.made) > 0 {
		return
	}
	for _, svm := range w.svms {
		w.suite.heal(ctx, svm.Name)
	}
	if w.scenario.Cluster {
		w.suite.heal(ctx, "")
	}
}

// heal removes what the ledger still lists of an SVM that is not clean, with the care of a
// clean-up at the end. The SVM is clean when readings that can be believed show that all is gone.
// What was still there after a deletion with success is left for the next scenario to meet.
func (s *Suite) heal(ctx context.Context, svm string) {
	tries, unclean := s.unclean.Load(svm)
	if !unclean || s.Over() != nil || tries.(*atomic.Int32).Add(1) > maxHeals {
		return
	}
	left := slices.DeleteFunc(s.Ledger.Left(), func(e ledger.Entry) bool { return s.place(e.SVM) != svm })
	if slices.ContainsFunc(left, s.wasKept) {
		return
	}
	ctx, cancel := s.guarded.Within(ctx, min(30*time.Second, s.jobTimeout()))
	defer cancel()
	failed, err := s.removeEntries(ctx, left)
	if err != nil || errors.Join(slices.Collect(maps.Values(failed))...) != nil {
		return
	}
	for _, e := range left {
		if e.Path == "" { // it may be made yet, so that CleanUp looks again at the end
			if _, err := s.Ledger.Intend(e.Kind, e.SVM, e.Mark); err != nil {
				return
			}
		}
	}
	s.unclean.Delete(svm)
}

// wasKept reports whether an object was still there after its deletion was answered with success.
func (s *Suite) wasKept(e ledger.Entry) bool {
	_, kept := s.kept.Load(e.Path)
	return kept
}
