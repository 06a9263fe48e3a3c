package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file are Whens: one act each, whose ending is kept for the
// Thens. Only an answer that did not come is an error.

// send sends a request as the act of a When.
func (w *world) send(ctx context.Context, r wire.Request) error { return w.did(w.Send(ctx, r)) }

func readsObject(ctx context.Context, w *world, name string) error {
	return readsFields(ctx, w, "", name)
}

func readsFields(ctx context.Context, w *world, fields, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	path := o.Path()
	if fields != "" {
		asked := releasedFields(w, o.Kind, fields)
		if asked == "" {
			return &oracle.Skip{Reason: "ONTAP " + w.release().String() + " does not have " + fields}
		}
		path += "?fields=" + url.QueryEscape(asked)
	}
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: path})
}

// releasedFields leaves out the fields of other releases, which a target may refuse.
func releasedFields(w *world, k *contract.ObjectKind, fields string) string {
	resource := k.Resource
	return strings.Join(slices.DeleteFunc(strings.Split(fields, ","), func(name string) bool {
		return undocumented(w, resource, name) && resource.Field(name, contract.Newest()) != nil
	}), ",")
}

// followsLocation reads what the Location of the creation of a vault leads to.
// Only one that is absent is left to others.
func followsLocation(ctx context.Context, w *world, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	for _, e := range w.Calls.All {
		location := e.Exchange.Response.Header.Get("Location")
		if e.Exchange.Request.Method != http.MethodPost || location == "" || "/api"+e.Exchange.Request.APIPath() != o.Where {
			continue
		}
		if path := testbed.LeadsTo(e.Exchange); path != "" {
			return w.send(ctx, wire.Request{Method: http.MethodGet, Path: path})
		}
		return w.Verdicts.Verify(e.Exchange, w.promises(false), oracle.Differs("Location", "one that leads below /api", location))
	}
	return &oracle.Skip{Applies: true, Reason: fmt.Sprintf("the creation of %q carried no Location", o.Name)}
}

func readsUnknown(ctx context.Context, w *world, noun string) error {
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: nowhere(w, noun)})
}

// nowhere is the path of an object that does not exist.
func nowhere(w *world, noun string) string {
	return testbed.At(testbed.Collection(w.kind(noun).Resource), w.Source.UUID())
}

func changesObject(ctx context.Context, w *world, name string, table *godog.Table) error {
	o, body, err := readChange(ctx, w, name, table)
	if err != nil {
		return err
	}
	return w.did(w.patch(ctx, o.Path(), body))
}

// readChange returns what is to be changed and the body that says how.
func readChange(ctx context.Context, w *world, name string, table *godog.Table) (*testbed.Object, map[string]any, error) {
	o, err := w.Objects.Get(name)
	if err != nil {
		return nil, nil, err
	}
	body, err := w.properties(o.Kind, table)
	if err != nil {
		return nil, nil, err
	}
	if err := documented(w, o.Kind, body); err != nil {
		return nil, nil, err
	}
	resolved, err := w.Resolve(ctx, testbed.Scope(o.Kind, o.SVM), body)
	if err != nil {
		return nil, nil, err
	}
	return o, resolved.(map[string]any), nil
}

func changesBody(ctx context.Context, w *world, name string, body map[string]any) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	resolved, err := w.Resolve(ctx, testbed.Scope(o.Kind, o.SVM), body)
	if err != nil {
		return err
	}
	return w.did(w.patch(ctx, o.Path(), resolved.(map[string]any)))
}

// changesAgain sends the last change of an object once more.
func changesAgain(ctx context.Context, w *world, name string) error {
	if w.unseen != nil {
		return w.send(ctx, *w.unseen)
	}
	if last := w.Last(http.MethodPatch); last != nil {
		return w.send(ctx, last.Request)
	}
	return fmt.Errorf("%q was not changed before", name)
}

func givesCredentials(ctx context.Context, w *world, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	return changesBody(ctx, w, name, w.Fill(o.Kind, o.Kind.Credentials, o))
}

func givesCredentialsWaiting(ctx context.Context, w *world, name, seconds string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	return w.send(ctx, wire.Request{Method: http.MethodPatch, Path: o.Path() + "?return_timeout=" + seconds, Body: wire.JSON(w.Fill(o.Kind, o.Kind.Credentials, o))})
}

func givesCertificate(ctx context.Context, w *world, name string) error {
	return changesBody(ctx, w, name, map[string]any{"client_certificate": w.Source.Certificate()})
}

func changesUnknown(ctx context.Context, w *world, noun string) error {
	k := w.kind(noun)
	return w.did(w.patch(ctx, nowhere(w, noun), w.Fill(k, k.Credentials, nil)))
}

func deletes(ctx context.Context, w *world, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	// The ledger keeps it until somebody has seen that it is gone, which the clean-up does unless the scenario did.
	return w.send(ctx, wire.Request{Method: http.MethodDelete, Path: o.Path()})
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
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	return actsAt(ctx, w, o.Kind, o, o.Path()+actions[what]+query)
}

func actsOnUnknown(ctx context.Context, w *world, what, noun string) error {
	return actsAt(ctx, w, w.kind(noun), nil, nowhere(w, noun)+actions[what])
}

// actsAt starts work on an object, which is nil when there is none. A new key is
// kept with what the object was sent.
func actsAt(ctx context.Context, w *world, k *contract.ObjectKind, o *testbed.Object, path string) error {
	r := wire.Request{Method: http.MethodPost, Path: path}
	if err := offered(w, r); err != nil {
		return err
	}
	if template := k.Actions[w.contract().Route(r.APIPath()).Operation(r.Method).ID]; template != nil {
		body := w.Fill(k, template, o)
		if o != nil {
			o.Sent = resource.Merge(o.Sent, body)
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
	if !o.Covers(w.release()) {
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
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	r := wire.Request{Method: http.MethodPost, Path: o.Path() + actions["rekeys the external key"], Body: wire.JSON(map[string]any{})}
	return sendOffered(ctx, w, r)
}

// rekeysWith rekeys with the properties of a table, which are kept with what the object was sent.
func rekeysWith(ctx context.Context, w *world, name string, table *godog.Table) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	body, err := w.properties(o.Kind, table)
	if err != nil {
		return err
	}
	o.Sent = resource.Merge(o.Sent, body)
	return sendOffered(ctx, w, wire.Request{Method: http.MethodPost, Path: o.Path() + actions["rekeys the external key"], Body: wire.JSON(body)})
}
