package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file are Whens: one act each, whose ending is kept for the
// Thens. Only an answer that did not come is an error.

// did keeps the ending of the act.
func (w *world) did(e oracle.Ending, err error) error {
	if e.Exchange != nil {
		w.last, w.answer = e, e.Exchange
	}
	return err
}

func (w *world) send(ctx context.Context, r wire.Request) error { return w.did(w.call(ctx, r)) }

func creates(ctx context.Context, w *world, noun, name string) error {
	k := kindCalled(noun)
	return createsBody(ctx, w, k, name, k.body(w, name, w.svm()), "")
}

func createsBody(ctx context.Context, w *world, k *kind, name string, body map[string]any, query string) error {
	return createsBy(ctx, w, creation{kind: k, name: name, sent: body, query: query})
}

// createsBy makes something for the first SVM of the scenario.
func createsBy(ctx context.Context, w *world, c creation) error {
	c.svm = w.svm()
	_, e, err := w.create(ctx, c)
	return w.did(e, err)
}

func createsWithCertificate(ctx context.Context, w *world, noun, name string) error {
	k := kindCalled(noun)
	body, err := bodyWithCertificate(w, k, name)
	if err != nil {
		return err
	}
	return createsBody(ctx, w, k, name, body, "")
}

func createsWith(ctx context.Context, w *world, noun, name string, table *godog.Table) error {
	k := kindCalled(noun)
	return createsOver(ctx, w, k, name, k.body(w, name, w.svm()), table, "")
}

// createsOver puts a table over a body; (nothing) leaves a property out.
func createsOver(ctx context.Context, w *world, k *kind, name string, body map[string]any, table *godog.Table, query string) error {
	var rest godog.Table
	for _, row := range table.Rows {
		if len(row.Cells) == 2 && row.Cells[1].Value == "(nothing)" {
			drop(body, row.Cells[0].Value)
			continue
		}
		rest.Rows = append(rest.Rows, row)
	}
	over, err := w.properties(k, &rest)
	if err != nil {
		return err
	}
	if err := documented(w, k, over); err != nil {
		return err
	}
	return createsBody(ctx, w, k, name, merge(body, over), query)
}

// createsWithout leaves out a property.
func createsWithout(ctx context.Context, w *world, noun, name, property string) error {
	k := kindCalled(noun)
	body := k.body(w, name, w.svm())
	drop(body, property)
	return createsBody(ctx, w, k, name, body, "")
}

func createsReturning(ctx context.Context, w *world, noun, name string) error {
	return createsWithQuery(ctx, w, noun, name, "return_records=true")
}

func createsWithQuery(ctx context.Context, w *world, noun, name, query string) error {
	k := kindCalled(noun)
	return createsBody(ctx, w, k, name, k.body(w, name, w.svm()), "?"+query)
}

// createsForUUID names the SVM by its uuid alone.
func createsForUUID(ctx context.Context, w *world, noun, name string) error {
	if w.svm().UUID == "" {
		return &oracle.Skip{Applies: true, Reason: fmt.Sprintf("the uuid of the SVM %q is not known", w.svm().Name)}
	}
	k := kindCalled(noun)
	body := k.body(w, name, w.svm())
	body["svm"] = map[string]any{"uuid": w.svm().UUID}
	return createsBody(ctx, w, k, name, body, "")
}

func createsWaiting(ctx context.Context, w *world, noun, name, seconds string) error {
	return createsWithQuery(ctx, w, noun, name, "return_timeout="+seconds)
}

func createsInactive(ctx context.Context, w *world, noun, name string) error {
	k := kindCalled(noun)
	return createsBody(ctx, w, k, name, inactiveBody(w, k, name), createInactive)
}

func createsInactiveWith(ctx context.Context, w *world, noun, name string, table *godog.Table) error {
	k := kindCalled(noun)
	return createsOver(ctx, w, k, name, inactiveBody(w, k, name), table, createInactive)
}

func createsForUnknownSVM(ctx context.Context, w *world, noun, name string) error {
	k := kindCalled(noun)
	return createsBody(ctx, w, k, name, k.body(w, name, SVM{Name: w.token + "-no-such-svm"}), "")
}

// createsForAdminSVM asks for what the admin SVM should not be given. Whatever
// comes of it belongs to the admin SVM, and is looked for there.
func createsForAdminSVM(ctx context.Context, w *world, noun, name string) error {
	admin := w.suite.Admin
	if admin.Name == "" {
		return &oracle.Skip{Applies: true, Reason: "the target does not tell the name of its admin SVM"}
	}
	k := kindCalled(noun)
	_, e, err := w.create(ctx, creation{kind: k, name: name, svm: admin, sent: k.body(w, name, admin)})
	return w.did(e, err)
}

// createsWithoutSVM names no SVM, which leaves the cluster itself.
func createsWithoutSVM(ctx context.Context, w *world, noun, name string) error {
	k := kindCalled(noun)
	body := k.body(w, name, w.svm())
	delete(body, "svm")
	_, e, err := w.create(ctx, creation{kind: k, name: name, sent: body})
	return w.did(e, err)
}

func createsDotted(ctx context.Context, w *world, noun, name string) error {
	k := kindCalled(noun)
	body := k.body(w, name, w.svm())
	delete(body, "svm")
	body["svm.name"] = w.svm().Name
	return createsBody(ctx, w, k, name, body, "")
}

func readsObject(ctx context.Context, w *world, name string) error {
	return readsFields(ctx, w, "", name)
}

func readsFields(ctx context.Context, w *world, fields, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	path := o.path()
	if fields != "" {
		asked := releasedFields(w, o.kind, fields)
		if asked == "" {
			return &oracle.Skip{Reason: "ONTAP " + w.suite.Judge.Release().String() + " does not have " + fields}
		}
		path += "?fields=" + url.QueryEscape(asked)
	}
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: path})
}

// releasedFields leaves out the fields of other releases, which a target may refuse.
func releasedFields(w *world, k *kind, fields string) string {
	resource := w.contract().Resource(k.resource)
	return strings.Join(slices.DeleteFunc(strings.Split(fields, ","), func(name string) bool {
		return undocumented(w, resource, name) && resource.Field(name, contract.Newest()) != nil
	}), ",")
}

// followsLocation reads what the Location of the creation of a vault leads to.
// Only one that is absent is left to others.
func followsLocation(ctx context.Context, w *world, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	for _, e := range w.endings {
		location := e.Exchange.Response.Header.Get("Location")
		if e.Exchange.Request.Method != http.MethodPost || location == "" || "/api"+e.Exchange.Request.APIPath() != o.where {
			continue
		}
		if path := LeadsTo(e.Exchange); path != "" {
			return w.send(ctx, wire.Request{Method: http.MethodGet, Path: path})
		}
		return w.verifyBy(e.Exchange, w.promises(false), oracle.Differs("Location", "one that leads below /api", location))
	}
	return &oracle.Skip{Applies: true, Reason: fmt.Sprintf("the creation of %q carried no Location", o.name)}
}

// LeadsTo returns the path below /api that the Location of an answer leads to,
// or "". Without a slash in front it goes on from the path of the request.
func LeadsTo(x *wire.Exchange) string {
	if path := oracle.Location(x.Response); path != "" {
		return path
	}
	from, err := url.Parse(x.Request.Path)
	if err != nil {
		return ""
	}
	to, err := from.Parse(x.Response.Header.Get("Location"))
	if err != nil || to.Host != "" || !strings.HasPrefix(to.Path, "/api/") {
		return ""
	}
	return to.EscapedPath()
}

func readsUnknown(ctx context.Context, w *world, noun string) error {
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: nowhere(w, noun)})
}

// nowhere is the path of an object that does not exist.
func nowhere(w *world, noun string) string {
	return at(w.collection(kindCalled(noun)), w.uuid())
}

func changesObject(ctx context.Context, w *world, name string, table *godog.Table) error {
	o, body, err := readChange(ctx, w, name, table)
	if err != nil {
		return err
	}
	return w.did(w.patch(ctx, o.path(), body))
}

// readChange returns what is to be changed and the body that says how.
func readChange(ctx context.Context, w *world, name string, table *godog.Table) (*object, map[string]any, error) {
	o, err := w.object(name)
	if err != nil {
		return nil, nil, err
	}
	body, err := w.properties(o.kind, table)
	if err != nil {
		return nil, nil, err
	}
	if err := documented(w, o.kind, body); err != nil {
		return nil, nil, err
	}
	resolved, err := w.resolve(ctx, o.kind.scope(o.svm), body)
	if err != nil {
		return nil, nil, err
	}
	return o, resolved.(map[string]any), nil
}

func changesBody(ctx context.Context, w *world, name string, body map[string]any) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	resolved, err := w.resolve(ctx, o.kind.scope(o.svm), body)
	if err != nil {
		return err
	}
	return w.did(w.patch(ctx, o.path(), resolved.(map[string]any)))
}

// changesAgain sends the last change of an object once more.
func changesAgain(ctx context.Context, w *world, name string) error {
	if w.unseen != nil {
		return w.send(ctx, *w.unseen)
	}
	if last := w.lastOf(http.MethodPatch); last != nil {
		return w.send(ctx, last.Request)
	}
	return fmt.Errorf("%q was not changed before", name)
}

func givesCredentials(ctx context.Context, w *world, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	return changesBody(ctx, w, name, o.kind.credentials(w))
}

func givesCredentialsWaiting(ctx context.Context, w *world, name, seconds string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	return w.send(ctx, patient(wire.Request{Method: http.MethodPatch, Path: o.path() + "?return_timeout=" + seconds, Body: wire.JSON(o.kind.credentials(w))}))
}

// patient gives a request that may wait for its job the time to do so.
func patient(r wire.Request) wire.Request {
	if !strings.Contains(r.Path, "timeout") { // nearly none has one
		return r
	}
	if seconds, err := strconv.Atoi(r.Query().Get("return_timeout")); err == nil && seconds > 0 {
		r.Extra = time.Duration(seconds) * time.Second
	}
	return r
}

func givesCertificate(ctx context.Context, w *world, name string) error {
	certificate, err := w.certificate()
	if err != nil {
		return err
	}
	return changesBody(ctx, w, name, map[string]any{"client_certificate": certificate})
}

func changesUnknown(ctx context.Context, w *world, noun string) error {
	return w.did(w.patch(ctx, nowhere(w, noun), kindCalled(noun).credentials(w)))
}

func deletes(ctx context.Context, w *world, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	// The ledger keeps it until somebody has seen that it is gone, which the clean-up does unless the scenario did.
	return w.send(ctx, wire.Request{Method: http.MethodDelete, Path: o.path()})
}

func deletesUnknown(ctx context.Context, w *world, noun string) error {
	return w.send(ctx, wire.Request{Method: http.MethodDelete, Path: nowhere(w, noun)})
}

// actions are the operations that start work on an object, by the words for them.
var actions = map[string]string{
	"rekeys the internal key": "/rekey-internal",
	"rekeys the external key": "/rekey-external",
	"restores the keys":       "/restore",
}

func acts(ctx context.Context, w *world, what, name string) error {
	return actsWith(ctx, w, what, name, "")
}

func actsWaiting(ctx context.Context, w *world, what, name, seconds string) error {
	return actsWith(ctx, w, what, name, "?return_timeout="+seconds)
}

func actsWith(ctx context.Context, w *world, what, name, query string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	return actsAt(ctx, w, o.kind, o, o.path()+actions[what]+query)
}

func actsOnUnknown(ctx context.Context, w *world, what, noun string) error {
	return actsAt(ctx, w, kindCalled(noun), nil, nowhere(w, noun)+actions[what])
}

// actsAt starts work on an object, which is nil when there is none. A new key is
// kept with what the object was sent.
func actsAt(ctx context.Context, w *world, k *kind, o *object, path string) error {
	r := patient(wire.Request{Method: http.MethodPost, Path: path})
	if err := offered(w, r); err != nil {
		return err
	}
	if strings.HasSuffix(r.APIPath(), actions["rekeys the external key"]) {
		body := k.newKey(w, o)
		if o != nil {
			o.sent = merge(o.sent, body)
		}
		r.Body = wire.JSON(body)
	}
	return w.send(ctx, r)
}

// offered skips the scenario when the release does not have the operation.
func offered(w *world, r wire.Request) error {
	o := w.contract().Route(r.APIPath()).Operation(r.Method)
	if o == nil {
		return fmt.Errorf("no release has %s %s", r.Method, r.APIPath())
	}
	if !o.Covers(w.suite.Judge.Release()) {
		return &oracle.Skip{Reason: fmt.Sprintf("%s exists in %s only", o, o.Span)}
	}
	return nil
}

// sendOffered sends a request for what not every release has.
func sendOffered(ctx context.Context, w *world, r wire.Request) error {
	if err := offered(w, r); err != nil {
		return err
	}
	return w.send(ctx, r)
}

func rekeysWithoutKey(ctx context.Context, w *world, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	r := wire.Request{Method: http.MethodPost, Path: o.path() + actions["rekeys the external key"], Body: wire.JSON(map[string]any{})}
	return sendOffered(ctx, w, r)
}
