package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file speak of HTTP itself, for features/protocol.

func (w *world) sends(ctx context.Context, method, path string) error {
	return w.send(ctx, wire.Request{Method: method, Path: path})
}

// accepts are the values of Accept that features may ask with.
var accepts = map[string]string{"HAL": wire.HAL, "plain JSON": wire.PlainJSON, "anything": wire.Anything, "nothing": wire.NoAccept}

func (w *world) sendsAccepting(ctx context.Context, method, path, accept string) error {
	value, ok := accepts[accept]
	if !ok {
		return fmt.Errorf("%q is none of HAL, plain JSON, anything, nothing", accept)
	}
	return w.send(ctx, wire.Request{Method: method, Path: path, Accept: value})
}

func (w *world) sendsWithHeader(ctx context.Context, method, path, header string) error {
	name, value, _ := strings.Cut(header, ": ")
	return w.send(ctx, wire.Request{Method: method, Path: path, Header: http.Header{name: {value}}})
}

func (w *world) sendsWithBody(ctx context.Context, method, path string) error {
	return w.send(ctx, wire.Request{Method: method, Path: path, Body: wire.JSON(map[string]any{"name": w.token})})
}

// sendsAs asks without credentials, or as a user that cannot exist: a wrong
// password of a real user could lock that user out.
func (w *world) sendsAs(ctx context.Context, method, path, how string) error {
	as := wire.Credentials{}
	if how == "with wrong" {
		as = wire.Credentials{User: w.token + "-no-such-user", Password: w.secret("WRONG_PASSWORD")}
	}
	return w.sendAs(ctx, as, wire.Request{Method: method, Path: path})
}

func (w *world) sendAs(ctx context.Context, as wire.Credentials, r wire.Request) error {
	if w.session.Target().Credentials.IsZero() {
		return w.skipped(noCredentials)
	}
	r.As = &as
	return w.send(ctx, r)
}

// sendsAsStranger sends what would read, change or delete an object if it
// came with credentials.
func (w *world) sendsAsStranger(ctx context.Context, method, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	r := wire.Request{Method: method, Path: o.path()}
	if method == http.MethodPatch {
		r.Body = wire.JSON(o.kind.visible(w))
	}
	return w.sendAs(ctx, wire.Credentials{}, r)
}

func (w *world) restoresAsStranger(ctx context.Context, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	return w.sendAs(ctx, wire.Credentials{}, wire.Request{Method: http.MethodPost, Path: o.path() + actions["restores the keys"]})
}

func (w *world) createsAsStranger(ctx context.Context, noun, name string) error {
	if w.session.Target().Credentials.IsZero() {
		return w.skipped(noCredentials)
	}
	k := kindCalled(noun)
	return w.createsBy(ctx, creation{kind: k, name: name, sent: k.body(w, name, w.svm()), request: wire.Request{As: &wire.Credentials{}}})
}

func (w *world) sendsHeadToUnknown(ctx context.Context, noun string) error {
	return w.send(ctx, wire.Request{Method: http.MethodHead, Path: w.nowhere(noun)})
}

// getAnswersTheSame compares the status of a HEAD with that of a GET.
func (w *world) getAnswersTheSame(ctx context.Context) error {
	x, err := w.session.Do(ctx, wire.Request{Method: http.MethodGet, Path: w.answer.Request.Path})
	if err != nil {
		return err
	}
	return w.verifyBy(w.answer, w.promises(false), oracle.ExpectStatus(w.answer, x.Response.Status))
}

func (w *world) sendsTo(ctx context.Context, method, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	r := wire.Request{Method: method, Path: o.path()}
	if method == http.MethodPost || method == http.MethodPut {
		r.Body = wire.JSON(map[string]any{})
	}
	return w.send(ctx, r)
}

// changesWithBody sends the body of a change as it stands.
func (w *world) changesWithBody(ctx context.Context, name string, text *godog.DocString) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	return w.send(ctx, wire.Request{Method: http.MethodPatch, Path: o.path(), Body: wire.Text(text.Content)})
}

// createsWithText sends the body of a creation as it stands. <property> stands
// for what a complete creation has there, as JSON, and <all> for all its members.
func (w *world) createsWithText(ctx context.Context, noun, name string, text *godog.DocString) error {
	k := kindCalled(noun)
	complete := map[string]any{}
	for property, v := range flat(k.body(w, name, w.svm())) {
		if secret, ok := v.(wire.Secret); ok {
			v = "not-" + secret.Name() // a body of text must hold no secret
		}
		value, err := json.Marshal(v)
		if err != nil {
			return err
		}
		text.Content = strings.ReplaceAll(text.Content, "<"+property+">", string(value))
		put(complete, property, v)
	}
	members, err := json.Marshal(complete)
	if err != nil {
		return err
	}
	text.Content = strings.ReplaceAll(text.Content, "<all>", string(members[1:len(members)-1]))
	return w.createsBy(ctx, creation{kind: k, name: name, request: wire.Request{Body: wire.Text(text.Content)}})
}

// tunnel is the header that scopes a call to an SVM.
func tunnel(svm SVM) http.Header { return http.Header{"X-Dot-SVM-Name": {svm.Name}} }

// tunnelByUUID is tunnel by the uuid of the SVM.
func tunnelByUUID(svm SVM) http.Header { return http.Header{"X-Dot-SVM-UUID": {svm.UUID}} }

// createsTunneling names the SVM in the header alone.
func (w *world) createsTunneling(ctx context.Context, noun, name string) error {
	k := kindCalled(noun)
	body := k.body(w, name, w.svm())
	delete(body, "svm")
	return w.createsBy(ctx, creation{kind: k, name: name, sent: body, request: wire.Request{Header: tunnel(w.svm())}})
}

// createsTunnelingElsewhere names one SVM in the body and another in the header;
// the scenario has both to itself.
func (w *world) createsTunnelingElsewhere(ctx context.Context, noun, name string) error {
	k := kindCalled(noun)
	return w.createsBy(ctx, creation{kind: k, name: name, sent: k.body(w, name, w.svm()), request: wire.Request{Header: tunnel(w.svms[1])}})
}

func (w *world) listsTunneling(ctx context.Context, plural, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	return w.listsWithHeader(ctx, kindCalled(plural), o.svm, tunnel(o.svm))
}

func (w *world) listsTunnelingByUUID(ctx context.Context, plural, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	if o.svm.UUID == "" {
		return w.skipped(&oracle.Skip{Applies: true, Reason: fmt.Sprintf("the uuid of the SVM %q is not known", o.svm.Name)})
	}
	return w.listsWithHeader(ctx, kindCalled(plural), o.svm, tunnelByUUID(o.svm))
}

// listsWithHeader keeps the records of a list, whosever they are, but for what the SVM had
// before the run: a header that is overlooked shows in those of others.
func (w *world) listsWithHeader(ctx context.Context, k *kind, svm SVM, header http.Header) error {
	records, err := w.sendsForAll(ctx, wire.Request{Method: http.MethodGet, Path: w.collection(k) + "?max_records=1000", Header: header})
	w.listed = append(w.listed, slices.DeleteFunc(records, func(r map[string]any) bool {
		of, told := oracle.Lookup(r, "svm.name")
		return w.suite.isForeign(k.id(r)) && (!told || of == svm.Name)
	})...)
	return err
}

// sendsWithQuery reads an object, or changes it, with more in the query.
func (w *world) sendsWithQuery(ctx context.Context, method, name, query string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	r := wire.Request{Method: method, Path: o.path() + "?" + query}
	if method == http.MethodPatch {
		r.Body = wire.JSON(o.kind.visible(w))
	}
	return w.send(ctx, r)
}

func (w *world) readsWithSlash(ctx context.Context, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: o.path() + "/"})
}

// answerIsReading wants an answer to hold what a plain reading of an object does.
func (w *world) answerIsReading(ctx context.Context, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	if err := oracle.ExpectStatus(w.answer, http.StatusOK); err != nil {
		return w.verifyBy(w.answer, w.promises(false), err)
	}
	record, err := w.read(ctx, o)
	if err != nil {
		return err
	}
	return w.verifyBy(w.answer, w.promises(false), oracle.ExpectSame(w.fieldsOf(o.kind), record, w.answer.Response.Object()))
}

// asksOnce lists what the SVM of the scenario has. The client does not obey an
// answer that asks to try again: that is what is looked at.
func (w *world) asksOnce(ctx context.Context, plural string) error {
	path := w.collection(kindCalled(plural)) + "?svm.name=" + url.QueryEscape(w.svm().Name)
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: path, Once: true})
}

// asksToTryAgain wants 503, or 429 with the time to wait.
func (w *world) asksToTryAgain() error {
	err := oracle.ExpectStatus(w.answer, http.StatusTooManyRequests, http.StatusServiceUnavailable)
	if err == nil && w.answer.Response.Status == http.StatusTooManyRequests && w.answer.Response.Header.Get("Retry-After") == "" {
		if w.byFrontEnd() {
			return w.skipped(ofFrontEnd)
		}
		err = oracle.Differs("Retry-After of a 429", "when to try again", "nothing")
	}
	return w.verifyBy(w.answer, w.promises(false), err)
}

func (w *world) saysWhy() error {
	if w.byFrontEnd() {
		return w.skipped(ofFrontEnd)
	}
	err := oracle.ExpectSet(w.answer.Response.Object(), "error.message")
	return w.verifyBy(w.answer, w.promises(false), err)
}

// ofFrontEnd is why the answer of an overloaded target cannot be judged.
var ofFrontEnd = &oracle.Skip{Applies: true, Reason: "a web server or a gateway in front of the API answered in its place"}

// byFrontEnd reports whether the last answer is of a front end: it has neither the error object
// of the API nor claims the media type of the API.
func (w *world) byFrontEnd() bool {
	media, _, _ := mime.ParseMediaType(w.answer.Response.Header.Get("Content-Type"))
	return oracle.OfHTTP(w.answer) && media != wire.HAL
}

func (w *world) answerAllows(methods string) error {
	return w.judge(oracle.ExpectAllow(w.answer, split(methods)...))
}

// decode reads a body that we sent as an object.
func decode(body []byte) (map[string]any, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v map[string]any
	err := d.Decode(&v)
	return v, err == nil && v != nil
}
