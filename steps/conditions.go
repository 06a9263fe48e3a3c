package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"ontap-conformance/fixtures/lab"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
)

// arrange writes a condition down and asks the lab for it. After an interrupt it
// does neither.
func (w *world) arrange(ctx context.Context, condition string, params map[string]string) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case w.suite.Lab == nil:
		return noLab(condition)
	case params["svm"] == "": // it would hold for every scenario that runs beside this one
		return &oracle.Skip{Applies: true, Reason: "the target does not tell the name of its admin SVM, which the lab has to know"}
	}
	c, err := w.suite.Ledger.Arranging(condition, params)
	if err != nil {
		return err
	}
	err = w.suite.Lab.SetUp(ctx, condition, params)
	if cannot := new(lab.CannotArrange); errors.As(err, &cannot) {
		if err := w.suite.Ledger.Ended(c); err != nil {
			return err
		}
		return &oracle.Skip{Applies: true, Reason: cannot.Error()}
	}
	if err == nil {
		c, err = w.suite.Ledger.Arranged(c)
	}
	w.conditions = append(w.conditions, c) // also when the answer was lost
	return given("the condition "+condition, err)
}

// undisturbed ends what an earlier scenario arranged for an SVM and could not end. The
// error says that it may still hold: nothing can be found out there.
func (w *world) undisturbed(ctx context.Context, svm SVM) error {
	old := slices.DeleteFunc(w.suite.Ledger.Conditions(), func(c ledger.Condition) bool {
		return c.Params["svm"] != svm.Name || slices.ContainsFunc(w.conditions, c.Is)
	})
	return w.suite.endConditions(ctx, old)
}

// endConditions asks the lab to end conditions, side by side, and strikes those off
// that it says have ended. It spends half of the time that is left: the rest is
// for objects. The error joins what may still hold.
func (s *Suite) endConditions(ctx context.Context, conditions []ledger.Condition) error {
	if len(conditions) == 0 {
		return nil
	}
	if s.Lab == nil {
		return fmt.Errorf("no lab (--lab) that could end what may still be arranged: %d in all, the first %q of the SVM %q",
			len(conditions), conditions[0].Name, conditions[0].Params["svm"])
	}
	if end, ok := ctx.Deadline(); ok {
		half, cancel := context.WithTimeout(ctx, time.Until(end)/2)
		defer cancel()
		ctx = half
	}
	errs := make([]error, len(conditions))
	var all sync.WaitGroup
	turns := make(chan struct{}, s.parallel())
	for i, c := range conditions {
		if slices.ContainsFunc(conditions[i+1:], c.Is) {
			continue // it ends with the later one
		}
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			errs[i] = s.endCondition(ctx, c)
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// endCondition ends a condition and every earlier one that is the same to the lab.
func (s *Suite) endCondition(ctx context.Context, c ledger.Condition) error {
	err := s.Lab.TearDown(ctx, c.Name, c.Params)
	if cannot := new(lab.CannotArrange); errors.As(err, &cannot) && !c.Held {
		return s.Ledger.Ended(c) // it was never arranged
	}
	if err != nil {
		return fmt.Errorf("the condition %q of the SVM %q may still hold: %w", c.Name, c.Params["svm"], err)
	}
	var errs []error
	for _, same := range s.Ledger.Conditions() {
		if same.Is(c) && same.ID <= c.ID {
			errs = append(errs, s.Ledger.Ended(same))
		}
	}
	return errors.Join(errs...)
}
