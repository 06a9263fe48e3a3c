package steps

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file are Givens: they must succeed.

func objectExists(ctx context.Context, w *world, noun, name string) error {
	k := kindCalled(noun)
	return exists(ctx, w, creation{kind: k, name: name, sent: k.body(w, name, w.svm())})
}

func objectExistsWith(ctx context.Context, w *world, noun, name string, table *godog.Table) error {
	k := kindCalled(noun)
	over, err := w.properties(k, table)
	if err != nil {
		return err
	}
	if err := documented(w, k, over); err != nil {
		return err
	}
	return exists(ctx, w, creation{kind: k, name: name, sent: merge(k.body(w, name, w.svm()), over)})
}

func objectExistsWithCertificate(ctx context.Context, w *world, noun, name string) error {
	k := kindCalled(noun)
	body, err := bodyWithCertificate(w, k, name)
	if err != nil {
		return err
	}
	return exists(ctx, w, creation{kind: k, name: name, sent: body})
}

// createInactive asks for a configuration beside the one that is active.
const createInactive = "?create_inactive=true"

func inactiveObjectExists(ctx context.Context, w *world, noun, name string) error {
	k := kindCalled(noun)
	return exists(ctx, w, creation{kind: k, name: name, sent: inactiveBody(w, k, name), query: createInactive})
}

// inactiveObjectsExist creates many configurations on one SVM, named 1 to n.
func inactiveObjectsExist(ctx context.Context, w *world, n int, plural string) error {
	k, release := kindCalled(plural), w.suite.Judge.Release()
	if q := w.contract().Requirement(k.beside); q == nil || !q.Covers(release) {
		return &oracle.Skip{Reason: fmt.Sprintf("%s are not created inactive in ONTAP %s", k.plural, release)}
	}
	for i := range n {
		if err := inactiveObjectExists(ctx, w, k.noun, strconv.Itoa(i+1)); err != nil {
			return err
		}
	}
	return nil
}

// exists makes an object for a Given; without an SVM it is for the first of the scenario.
func exists(ctx context.Context, w *world, c creation) error {
	if c.svm.Name == "" {
		c.svm = w.svm()
	}
	return w.makes(ctx, c)
}

// makes makes an object that must be there for what the scenario is about.
func (w *world) makes(ctx context.Context, c creation) error {
	o, e, err := w.create(ctx, c)
	if WasMade(err) {
		return nil // a Given needs the object, and not the answer
	}
	if err == nil {
		if err := w.prevented(e); err != nil {
			return err
		}
		if err = oracle.ExpectSuccess(e); err == nil {
			err = o.lost
		}
	}
	if oracle.IsMismatch(err) {
		err = fmt.Errorf("%w\n%v", err, e.Exchange)
	}
	return given(fmt.Sprintf("the %s %q", c.kind.noun, c.name), err)
}

// objectsExistWith creates one object an SVM, named as the first column says.
func objectsExistWith(ctx context.Context, w *world, n int, plural string, table *godog.Table) error {
	k := kindCalled(plural)
	heads := table.Rows[0].Cells
	if len(table.Rows) != n+1 {
		return fmt.Errorf("the table has %d rows below its heading: want %d", len(table.Rows)-1, n)
	}
	for i, row := range table.Rows[1:] {
		name := row.Cells[0].Value
		body := k.body(w, name, w.svms[i])
		unset := ""
		for j, cell := range row.Cells[1:] {
			if cell.Value == "(unset)" {
				unset = heads[j+1].Value
				continue
			}
			v, err := w.value(k, heads[j+1].Value, cell.Value)
			if err != nil {
				return err
			}
			put(body, heads[j+1].Value, v)
		}
		if err := documented(w, k, body); err != nil {
			return err
		}
		if err := exists(ctx, w, creation{kind: k, name: name, svm: w.svms[i], sent: body}); err != nil {
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
	o := w.objects[name]
	record, err := w.read(ctx, o)
	if err != nil {
		return given("a "+o.kind.noun+" without "+property, err)
	}
	if v, found := oracle.Lookup(record, property); found && v != nil {
		return &oracle.Skip{Applies: true, Reason: fmt.Sprintf("the target gives %s a default, so that it is never unset", property)}
	}
	return nil
}

// documented skips the scenario when a property came in a later release.
func documented(w *world, k *kind, body map[string]any) error {
	resource, release := w.contract().Resource(k.resource), w.suite.Judge.Release()
	for property := range flat(body) {
		for _, f := range resource.Fields {
			if f.Name == property && !f.Covers(release) {
				return &oracle.Skip{Reason: fmt.Sprintf("%s exists in %s only", property, f.Span)}
			}
		}
	}
	return nil
}

// prevented tells a refusal of a complete request that speaks of the target's
// state (a MetroCluster, a vault that cannot be reached) from one that the
// target owes us an explanation for. The former cannot be tested here; with a
// code that no document of ours has, nobody can tell which it is.
func (w *world) prevented(e oracle.Ending) error {
	code := e.Code()
	if !e.Failed() || code == "" {
		return nil
	}
	c := w.contract()
	o := c.Route(e.Exchange.Request.APIPath()).Operation(e.Exchange.Request.Method)
	if o == nil {
		return nil
	}
	if why := ofState(o.Resource, code); why != "" || e.Exchange.Response.Status == http.StatusForbidden {
		return &oracle.Skip{Applies: true, Reason: fmt.Sprintf("the target refuses %s with status %d and code %s%s", o, e.Exchange.Response.Status, code, why)}
	}
	if e.Exchange.Response.Status < 500 && !c.Knows(code) {
		return fmt.Errorf("the target refused a complete %s with code %s, which no document has: %s", o, code, e.Exchange)
	}
	return nil
}

// ofState says what a code means that speaks of the target's state or of the
// user's rights, and is "" for any other. A row of another operation counts too:
// whether a target asks Azure when a configuration is made or when it is changed
// is in no document.
func ofState(r *contract.Resource, code string) string {
	switch {
	case oracle.ForbidsBy(code):
		return ": the user may not do it"
	case code == unapproved:
		return ": several administrators have to approve it"
	}
	for _, o := range r.Operations {
		for _, row := range o.Errors {
			if row.Code == code && row.Provoke == contract.ByLab {
				return ": " + row.Means
			}
		}
	}
	return ""
}

func objectWasRead(ctx context.Context, w *world, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	o.was, err = w.read(ctx, o)
	return given(fmt.Sprintf("a reading of %q", name), err)
}

func objectWasChanged(ctx context.Context, w *world, name string, table *godog.Table) error {
	o, body, err := readChange(ctx, w, name, table)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("a change of %q", name)
	seen, err := changesForSure(ctx, w, o, body)
	if err != nil || seen {
		return given(what, err)
	}
	if err := given(what, oracle.ExpectSuccess(w.last)); err != nil {
		return err
	}
	return settled(ctx, w, name)
}

// settled waits until a change shows that was answered with a 202 without a job.
func settled(ctx context.Context, w *world, name string) error {
	o, err := w.object(name)
	if err != nil || !w.untold {
		return err
	}
	sent, _ := decode(w.answer.Request.Body.Bytes())
	return given(fmt.Sprintf("a change of %q that shows", name), w.look(ctx, func() error {
		record, err := w.read(ctx, o)
		if err != nil {
			return err
		}
		for property, want := range flat(sent) {
			if !w.isRead(o.kind, property) {
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
func (w *world) isRead(k *kind, property string) bool {
	f := w.contract().Resource(k.resource).Field(property, w.suite.Judge.Release())
	return f != nil && f.Access != contract.WriteOnly && f.Unread == ""
}

func objectWasDeleted(ctx context.Context, w *world, name string) error {
	return given(fmt.Sprintf("the deletion of %q", name), deletesForSure(ctx, w, name))
}

func keysWereRestored(ctx context.Context, w *world, name string) error {
	const what = "restored keys"
	if err := acts(ctx, w, "restores the keys", name); err != nil {
		return given(what, err)
	}
	if w.last.Failed() && w.last.Code() == noWrappedKey {
		return &oracle.Skip{Applies: true, Reason: "the SVM has no keys to restore (" + noWrappedKey + "), so that no job was started"}
	}
	if err := given(what, oracle.ExpectSuccess(w.last)); err != nil {
		return err
	}
	if jobOf(w) == "" {
		return &oracle.Skip{Applies: true, Reason: "the target named no job for the restore"}
	}
	return nil
}

// noWrappedKey is the code of a restore that has nothing to do (AKV-RESTORE-01).
const noWrappedKey = "65537544"

func labArranged(ctx context.Context, w *world, condition string) error {
	return w.arrange(ctx, condition, map[string]string{"svm": w.svm().Name, "svm.uuid": w.svm().UUID})
}

func labArrangedFor(ctx context.Context, w *world, condition, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	return w.arrange(ctx, condition, map[string]string{"svm": o.svm.Name, "svm.uuid": o.svm.UUID, "uuid": o.uuid})
}

func bodyWithCertificate(w *world, k *kind, name string) (map[string]any, error) {
	body := k.body(w, name, w.svm())
	delete(body, "client_secret")
	certificate, err := w.certificate()
	body["client_certificate"] = certificate
	return body, err
}

// certificate returns another PKCS#12 each time that a scenario asks.
func (w *world) certificate() (wire.Secret, error) {
	bundle, err := w.suite.bundles.take(w.suite.Seed, w.certificates)
	w.certificates++
	return wire.NewSecret("AKV_CLIENT_CERTIFICATE", bundle), err
}

func inactiveBody(w *world, k *kind, name string) map[string]any {
	body := k.body(w, name, w.svm())
	body["configuration"] = map[string]any{"name": w.token + "-" + name}
	return body
}
