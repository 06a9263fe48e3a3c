package steps

import (
	"context"
	"fmt"
	"strconv"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fixtures/testbed"
)

// The steps of this file are Givens: they must succeed.

func objectExists(ctx context.Context, w *world, noun, name string) error {
	k := w.kind(noun)
	return exists(ctx, w, testbed.CreateRequest{Kind: k, Name: name, Body: w.body(k, name, w.SVM())})
}

func objectExistsWith(ctx context.Context, w *world, noun, name string, table *godog.Table) error {
	k := w.kind(noun)
	over, err := w.properties(k, table)
	if err != nil {
		return err
	}
	if err := documented(w, k, over); err != nil {
		return err
	}
	return exists(ctx, w, testbed.CreateRequest{Kind: k, Name: name, Body: resource.Merge(w.body(k, name, w.SVM()), over)})
}

func objectExistsWithCertificate(ctx context.Context, w *world, noun, name string) error {
	k := w.kind(noun)
	return exists(ctx, w, testbed.CreateRequest{Kind: k, Name: name, Body: bodyWithCertificate(w, k, name)})
}

// createInactive asks for a configuration beside the one that is active.
const createInactive = "?create_inactive=true"

func inactiveObjectExists(ctx context.Context, w *world, noun, name string) error {
	k := w.kind(noun)
	return exists(ctx, w, testbed.CreateRequest{Kind: k, Name: name, Body: inactiveBody(w, k, name), Query: createInactive})
}

// inactiveObjectsExist creates many configurations on one SVM, named 1 to n.
func inactiveObjectsExist(ctx context.Context, w *world, n int, plural string) error {
	k, release := w.kind(plural), w.release()
	if len(k.Resource.Promised("inactive-creation-leaves-the-active", release)) == 0 {
		return &oracle.Skip{Reason: fmt.Sprintf("%s are not created inactive in ONTAP %s", k.Plural, release)}
	}
	for i := range n {
		if err := inactiveObjectExists(ctx, w, k.Noun, strconv.Itoa(i+1)); err != nil {
			return err
		}
	}
	return nil
}

// exists makes an object for a Given; without an SVM it is for the first of the scenario.
func exists(ctx context.Context, w *world, c testbed.CreateRequest) error {
	if c.SVM.Name == "" {
		c.SVM = w.SVM()
	}
	return w.Make(ctx, c)
}

// objectsExistWith creates one object an SVM, named as the first column says.
func objectsExistWith(ctx context.Context, w *world, n int, plural string, table *godog.Table) error {
	k := w.kind(plural)
	heads := table.Rows[0].Cells
	if len(table.Rows) != n+1 {
		return fmt.Errorf("the table has %d rows below its heading: want %d", len(table.Rows)-1, n)
	}
	for i, row := range table.Rows[1:] {
		name := row.Cells[0].Value
		body := w.body(k, name, w.SVMs[i])
		unset := ""
		for j, cell := range row.Cells[1:] {
			if cell.Value == "(unset)" {
				unset = heads[j+1].Value
				continue
			}
			v, err := w.cell(k, heads[j+1].Value, cell.Value)
			if err != nil {
				return err
			}
			resource.Put(body, heads[j+1].Value, v)
		}
		if err := documented(w, k, body); err != nil {
			return err
		}
		if err := exists(ctx, w, testbed.CreateRequest{Kind: k, Name: name, SVM: w.SVMs[i], Body: body}); err != nil {
			return err
		}
		if err := isUnset(ctx, w, name, unset); err != nil {
			return err
		}
	}
	return nil
}

// isUnset skips the scenario when the target gives a property a default.
func isUnset(ctx context.Context, w *world, name, property string) error {
	if property == "" {
		return nil
	}
	o := w.Objects.ByName[name]
	record, err := w.Read(ctx, o.Path())
	if err != nil {
		return testbed.Arranging("a "+o.Kind.Noun+" without "+property, err)
	}
	if v, found := oracle.Lookup(record, property); found && v != nil {
		return &oracle.Skip{Applies: true, Reason: fmt.Sprintf("the target gives %s a default, so that it is never unset", property)}
	}
	return nil
}

// documented skips the scenario when a property came in a later release.
func documented(w *world, k *contract.ObjectKind, body map[string]any) error {
	release := w.release()
	for property := range resource.Flat(body) {
		for _, f := range k.Resource.Fields {
			if f.Name == property && !f.Covers(release) {
				return &oracle.Skip{Reason: fmt.Sprintf("%s exists in %s only", property, f.Span)}
			}
		}
	}
	return nil
}

func objectWasRead(ctx context.Context, w *world, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	w.was[o], err = w.Read(ctx, o.Path())
	return testbed.Arranging(fmt.Sprintf("a reading of %q", name), err)
}

func objectWasChanged(ctx context.Context, w *world, name string, table *godog.Table) error {
	o, body, err := readChange(ctx, w, name, table)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("a change of %q", name)
	seen, err := changesForSure(ctx, w, o, body)
	if err != nil || seen {
		return testbed.Arranging(what, err)
	}
	if err := testbed.Arranging(what, oracle.ExpectSuccess(w.last)); err != nil {
		return err
	}
	return settled(ctx, w, name)
}

// settled waits until a change shows that was answered with a 202 without a job.
func settled(ctx context.Context, w *world, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil || !w.Calls.Untold {
		return err
	}
	sent, _ := testbed.Decode(w.answer.Request.Body)
	return testbed.Arranging(fmt.Sprintf("a change of %q that shows", name), w.Eventually(ctx, func() error {
		record, err := w.Read(ctx, o.Path())
		if err != nil {
			return err
		}
		for property, want := range resource.Flat(sent) {
			if !w.isRead(o.Kind, property) {
				continue
			}
			if err := oracle.ExpectField(record, property, want); err != nil {
				return err
			}
		}
		return nil
	}))
}

// isRead reports whether a reading shows a property of a kind, as the documents have it.
func (w *world) isRead(k *contract.ObjectKind, property string) bool {
	f := k.Resource.Field(property, w.release())
	return f != nil && f.Access != contract.WriteOnly && f.Unread == ""
}

func objectWasDeleted(ctx context.Context, w *world, name string) error {
	return testbed.Arranging(fmt.Sprintf("the deletion of %q", name), deletesForSure(ctx, w, name))
}

func keysWereRestored(ctx context.Context, w *world, name string) error {
	const what = "restored keys"
	if err := acts(ctx, w, "restores the keys", name); err != nil {
		return testbed.Arranging(what, err)
	}
	if w.last.Failed() && w.last.Code() == noWrappedKey {
		return &oracle.Skip{Applies: true, Reason: "the SVM has no keys to restore (" + noWrappedKey + "), so that no job was started"}
	}
	if err := testbed.Arranging(what, oracle.ExpectSuccess(w.last)); err != nil {
		return err
	}
	if w.Calls.Job() == "" {
		return &oracle.Skip{Applies: true, Reason: "the target named no job for the restore"}
	}
	return nil
}

// noWrappedKey is the code of a restore that has nothing to do (AKV-RESTORE-01).
const noWrappedKey = "65537544"

func labArranged(ctx context.Context, w *world, condition string) error {
	return w.Conditions.Arrange(ctx, condition, map[string]string{"svm": w.SVM().Name, "svm.uuid": w.SVM().UUID})
}

func labArrangedFor(ctx context.Context, w *world, condition, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	return w.Conditions.Arrange(ctx, condition, map[string]string{"svm": o.SVM.Name, "svm.uuid": o.SVM.UUID, "uuid": o.UUID})
}

func bodyWithCertificate(w *world, k *contract.ObjectKind, name string) map[string]any {
	body := w.body(k, name, w.SVM())
	delete(body, "client_secret")
	body["client_certificate"] = w.Source.Certificate()
	return body
}

func inactiveBody(w *world, k *contract.ObjectKind, name string) map[string]any {
	body := w.body(k, name, w.SVM())
	body["configuration"] = map[string]any{"name": w.Token() + "-" + name}
	return body
}

func passphraseWasChanged(ctx context.Context, w *world, name string) error {
	if err := givesCredentials(ctx, w, name); err != nil {
		return testbed.Arranging("a change of the passphrase", err)
	}
	return testbed.Arranging("a change of the passphrase", oracle.ExpectSuccess(w.last))
}

// passphraseWasRefused makes a change that must be refused, for what comes of it.
func passphraseWasRefused(ctx context.Context, w *world, name string, table *godog.Table) error {
	if err := changesObject(ctx, w, name, table); err != nil {
		return testbed.Arranging("a refused change of the passphrase", err)
	}
	if err := untellable(w); err != nil {
		return err
	}
	return testbed.Arranging("a refused change of the passphrase", oracle.ExpectRefusal(w.last))
}
