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

func sends(ctx context.Context, w *world, method, path string) error {
	return w.send(ctx, wire.Request{Method: method, Path: path})
}

// accepts are the values of Accept that features may ask with.
var accepts = map[string]string{"HAL": wire.HAL, "plain JSON": wire.PlainJSON, "anything": wire.Anything, "nothing": wire.NoAccept}

func sendsAccepting(ctx context.Context, w *world, method, path, accept string) error {
	value, ok := accepts[accept]
	if !ok {
		return fmt.Errorf("%q is none of HAL, plain JSON, anything, nothing", accept)
	}
	return w.send(ctx, wire.Request{Method: method, Path: path, Accept: value})
}

func sendsWithHeader(ctx context.Context, w *world, method, path, header string) error {
	name, value, _ := strings.Cut(header, ": ")
	return w.send(ctx, wire.Request{Method: method, Path: path, Header: http.Header{name: {value}}})
}

func sendsWithBody(ctx context.Context, w *world, method, path string) error {
	return w.send(ctx, wire.Request{Method: method, Path: path, Body: wire.JSON(map[string]any{"name": w.token})})
}

// sendsAs asks without credentials, or as a user that cannot exist: a wrong
// password of a real user could lock that user out.
func sendsAs(ctx context.Context, w *world, method, path, how string) error {
	as := wire.Credentials{}
	if how == "with wrong" {
		as = wire.Credentials{User: w.token + "-no-such-user", Password: w.secret("WRONG_PASSWORD")}
	}
	return sendAs(ctx, w, as, wire.Request{Method: method, Path: path})
}

func sendAs(ctx context.Context, w *world, as wire.Credentials, r wire.Request) error {
	if w.session.Target().Credentials.IsZero() {
		return noCredentials
	}
	r.As = &as
	return w.send(ctx, r)
}

// sendsAsStranger sends what would read, change or delete an object if it
// came with credentials.
func sendsAsStranger(ctx context.Context, w *world, method, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	r := wire.Request{Method: method, Path: o.path()}
	if method == http.MethodPatch {
		r.Body = wire.JSON(o.kind.visible(w))
	}
	return sendAs(ctx, w, wire.Credentials{}, r)
}

func restoresAsStranger(ctx context.Context, w *world, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	return sendAs(ctx, w, wire.Credentials{}, wire.Request{Method: http.MethodPost, Path: o.path() + actions["restores the keys"]})
}

func createsAsStranger(ctx context.Context, w *world, noun, name string) error {
	if w.session.Target().Credentials.IsZero() {
		return noCredentials
	}
	k := kindCalled(noun)
	return createsBy(ctx, w, creation{kind: k, name: name, sent: k.body(w, name, w.svm()), request: wire.Request{As: &wire.Credentials{}}})
}

func sendsHeadToUnknown(ctx context.Context, w *world, noun string) error {
	return w.send(ctx, wire.Request{Method: http.MethodHead, Path: nowhere(w, noun)})
}

// getAnswersTheSame compares the status of a HEAD with that of a GET.
func getAnswersTheSame(ctx context.Context, w *world) error {
	x, err := w.session.Do(ctx, wire.Request{Method: http.MethodGet, Path: w.answer.Request.Path})
	if err != nil {
		return err
	}
	return w.verifyBy(w.answer, w.promises(false), oracle.ExpectStatus(w.answer, x.Response.Status))
}

func sendsTo(ctx context.Context, w *world, method, name string) error {
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
func changesWithBody(ctx context.Context, w *world, name string, text *godog.DocString) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	return w.send(ctx, wire.Request{Method: http.MethodPatch, Path: o.path(), Body: wire.Text(text.Content)})
}

// createsWithText sends the body of a creation as it stands. <property> stands
// for what a complete creation has there, as JSON, and <all> for all its members.
func createsWithText(ctx context.Context, w *world, noun, name string, text *godog.DocString) error {
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
	return createsBy(ctx, w, creation{kind: k, name: name, request: wire.Request{Body: wire.Text(text.Content)}})
}

// tunnel is the header that scopes a call to an SVM.
func tunnel(svm SVM) http.Header { return http.Header{"X-Dot-SVM-Name": {svm.Name}} }

// tunnelByUUID is tunnel by the uuid of the SVM.
func tunnelByUUID(svm SVM) http.Header { return http.Header{"X-Dot-SVM-UUID": {svm.UUID}} }

// createsTunneling names the SVM in the header alone.
func createsTunneling(ctx context.Context, w *world, noun, name string) error {
	k := kindCalled(noun)
	body := k.body(w, name, w.svm())
	delete(body, "svm")
	return createsBy(ctx, w, creation{kind: k, name: name, sent: body, request: wire.Request{Header: tunnel(w.svm())}})
}

// createsTunnelingElsewhere names one SVM in the body and another in the header;
// the scenario has both to itself.
func createsTunnelingElsewhere(ctx context.Context, w *world, noun, name string) error {
	k := kindCalled(noun)
	return createsBy(ctx, w, creation{kind: k, name: name, sent: k.body(w, name, w.svm()), request: wire.Request{Header: tunnel(w.svms[1])}})
}

func listsTunneling(ctx context.Context, w *world, plural, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	return listsWithHeader(ctx, w, kindCalled(plural), o.svm, tunnel(o.svm))
}

func listsTunnelingByUUID(ctx context.Context, w *world, plural, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	if o.svm.UUID == "" {
		return &oracle.Skip{Applies: true, Reason: fmt.Sprintf("the uuid of the SVM %q is not known", o.svm.Name)}
	}
	return listsWithHeader(ctx, w, kindCalled(plural), o.svm, tunnelByUUID(o.svm))
}

// listsWithHeader keeps the records of a list, whosever they are, but for what the SVM had
// before the run: a header that is overlooked shows in those of others.
func listsWithHeader(ctx context.Context, w *world, k *kind, svm SVM, header http.Header) error {
	records, err := sendsForAll(ctx, w, wire.Request{Method: http.MethodGet, Path: w.collection(k) + "?max_records=1000", Header: header})
	w.listed = append(w.listed, slices.DeleteFunc(records, func(r map[string]any) bool {
		of, told := oracle.Lookup(r, "svm.name")
		return w.suite.isForeign(k.id(r)) && (!told || of == svm.Name)
	})...)
	return err
}

// sendsWithQuery reads an object, or changes it, with more in the query.
func sendsWithQuery(ctx context.Context, w *world, method, name, query string) error {
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

func readsWithSlash(ctx context.Context, w *world, name string) error {
	o, err := w.object(name)
	if err != nil {
		return err
	}
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: o.path() + "/"})
}

// answerIsReading wants an answer to hold what a plain reading of an object does.
func answerIsReading(ctx context.Context, w *world, name string) error {
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
	return w.verifyBy(w.answer, w.promises(false), oracle.ExpectSame(fieldsOf(w, o.kind), record, w.answer.Response.Object()))
}

// asksOnce lists what the SVM of the scenario has. The client does not obey an
// answer that asks to try again: that is what is looked at.
func asksOnce(ctx context.Context, w *world, plural string) error {
	path := w.collection(kindCalled(plural)) + "?svm.name=" + url.QueryEscape(w.svm().Name)
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: path, Once: true})
}

// asksToTryAgain wants 503, or 429 with the time to wait.
func asksToTryAgain(w *world) error {
	err := oracle.ExpectStatus(w.answer, http.StatusTooManyRequests, http.StatusServiceUnavailable)
	if err == nil && w.answer.Response.Status == http.StatusTooManyRequests && w.answer.Response.Header.Get("Retry-After") == "" {
		if byFrontEnd(w) {
			return ofFrontEnd
		}
		err = oracle.Differs("Retry-After of a 429", "when to try again", "nothing")
	}
	return w.verifyBy(w.answer, w.promises(false), err)
}

func saysWhy(w *world) error {
	if byFrontEnd(w) {
		return ofFrontEnd
	}
	err := oracle.ExpectSet(w.answer.Response.Object(), "error.message")
	return w.verifyBy(w.answer, w.promises(false), err)
}

// ofFrontEnd is why the answer of an overloaded target cannot be judged.
var ofFrontEnd = &oracle.Skip{Applies: true, Reason: "a web server or a gateway in front of the API answered in its place"}

// byFrontEnd reports whether the last answer is of a front end: it has neither the error object
// of the API nor claims the media type of the API.
func byFrontEnd(w *world) bool {
	media, _, _ := mime.ParseMediaType(w.answer.Response.Header.Get("Content-Type"))
	return oracle.OfHTTP(w.answer) && media != wire.HAL
}

func answerAllows(w *world, methods string) error {
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
