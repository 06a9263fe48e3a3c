package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
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
	return w.send(ctx, wire.Request{Method: method, Path: path, Body: wire.JSON(map[string]any{"name": w.Token()})})
}

// sendsAs asks without credentials, or as a user that cannot exist.
func sendsAs(ctx context.Context, w *world, method, path, how string) error {
	whom := "nobody"
	if how == "with wrong" {
		whom = "somebody"
	}
	return sendAs(ctx, w, whom, wire.Request{Method: method, Path: path})
}

func sendAs(ctx context.Context, w *world, whom string, r wire.Request) error {
	if r.As = w.As(whom); r.As == nil {
		return noCredentials
	}
	return w.send(ctx, r)
}

// sendsAsStranger sends what would read, change or delete an object if it
// came with credentials.
func sendsAsStranger(ctx context.Context, w *world, method, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	r := wire.Request{Method: method, Path: o.Path()}
	if method == http.MethodPatch {
		r.Body = wire.JSON(w.Fill(o.Kind, o.Kind.Change, o))
	}
	return sendAs(ctx, w, "nobody", r)
}

func restoresAsStranger(ctx context.Context, w *world, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	return sendAs(ctx, w, "nobody", wire.Request{Method: http.MethodPost, Path: o.Path() + actions["restores the keys"]})
}

func createsAsStranger(ctx context.Context, w *world, noun, name string) error {
	if w.Wire().Target().Credentials.IsZero() {
		return noCredentials
	}
	k := w.kind(noun)
	return createsBy(ctx, w, testbed.CreateRequest{Kind: k, Name: name, Body: w.body(k, name, w.SVM()), Request: wire.Request{As: &wire.Credentials{}}})
}

func sendsHeadToUnknown(ctx context.Context, w *world, noun string) error {
	return w.send(ctx, wire.Request{Method: http.MethodHead, Path: nowhere(w, noun)})
}

// getAnswersTheSame compares the status of a HEAD with that of a GET.
func getAnswersTheSame(ctx context.Context, w *world) error {
	x, err := w.Wire().Do(ctx, wire.Request{Method: http.MethodGet, Path: w.answer.Request.Path})
	if err != nil {
		return err
	}
	return w.judgeAnswer(oracle.ExpectStatus(w.answer, x.Response.Status))
}

func sendsTo(ctx context.Context, w *world, method, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	r := wire.Request{Method: method, Path: o.Path()}
	if method == http.MethodPost || method == http.MethodPut {
		r.Body = wire.JSON(map[string]any{})
	}
	return w.send(ctx, r)
}

// changesWithBody sends the body of a change as it stands.
func changesWithBody(ctx context.Context, w *world, name string, text *godog.DocString) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	return w.send(ctx, wire.Request{Method: http.MethodPatch, Path: o.Path(), Body: wire.Text(text.Content)})
}

// createsWithText sends the body of a creation as it stands. <property> stands
// for what a complete creation has there, as JSON, and <all> for all its members.
func createsWithText(ctx context.Context, w *world, noun, name string, text *godog.DocString) error {
	k := w.kind(noun)
	complete := map[string]any{}
	for property, v := range resource.Flat(w.body(k, name, w.SVM())) {
		if secret, ok := v.(wire.Secret); ok {
			v = "not-" + secret.Name() // a body of text must hold no secret
			if json.Valid([]byte(secret.Reveal())) {
				v = `{"not": "` + secret.Name() + `"}`
			}
		}
		value, err := json.Marshal(v)
		if err != nil {
			return err
		}
		text.Content = strings.ReplaceAll(text.Content, "<"+property+">", string(value))
		resource.Put(complete, property, v)
	}
	members, err := json.Marshal(complete)
	if err != nil {
		return err
	}
	text.Content = strings.ReplaceAll(text.Content, "<all>", string(members[1:len(members)-1]))
	return createsBy(ctx, w, testbed.CreateRequest{Kind: k, Name: name, Request: wire.Request{Body: wire.Text(text.Content)}})
}

// noCredentials is why authentication cannot be tested.
var noCredentials = &oracle.Skip{Applies: true, Reason: "the run has no credentials, so nothing shows whether they are needed"}

// tunnel is the header that scopes a call to an SVM.
func tunnel(svm testbed.SVM) http.Header { return http.Header{"X-Dot-SVM-Name": {svm.Name}} }

// tunnelByUUID is tunnel by the uuid of the SVM.
func tunnelByUUID(svm testbed.SVM) http.Header { return http.Header{"X-Dot-SVM-UUID": {svm.UUID}} }

// createsTunneling names the SVM in the header alone.
func createsTunneling(ctx context.Context, w *world, noun, name string) error {
	k := w.kind(noun)
	body := w.body(k, name, w.SVM())
	delete(body, "svm")
	return createsBy(ctx, w, testbed.CreateRequest{Kind: k, Name: name, Body: body, Request: wire.Request{Header: tunnel(w.SVM())}})
}

// createsTunnelingElsewhere names one SVM in the body and another in the header;
// the scenario has both to itself.
func createsTunnelingElsewhere(ctx context.Context, w *world, noun, name string) error {
	k := w.kind(noun)
	return createsBy(ctx, w, testbed.CreateRequest{Kind: k, Name: name, Body: w.body(k, name, w.SVM()), Request: wire.Request{Header: tunnel(w.SVMs[1])}})
}

func listsTunneling(ctx context.Context, w *world, plural, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	return listsWithHeader(ctx, w, w.kind(plural), o.SVM, tunnel(o.SVM))
}

func listsTunnelingByUUID(ctx context.Context, w *world, plural, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	if o.SVM.UUID == "" {
		return &oracle.Skip{Applies: true, Reason: fmt.Sprintf("the uuid of the SVM %q is not known", o.SVM.Name)}
	}
	return listsWithHeader(ctx, w, w.kind(plural), o.SVM, tunnelByUUID(o.SVM))
}

// listsWithHeader keeps the records of a list, whosever they are, but for what the SVM had
// before the run: a header that is overlooked shows in those of others.
func listsWithHeader(ctx context.Context, w *world, k *contract.ObjectKind, svm testbed.SVM, header http.Header) error {
	records, err := sendsForAll(ctx, w, wire.Request{Method: http.MethodGet, Path: testbed.Collection(k.Resource) + "?max_records=1000", Header: header})
	w.listed = append(w.listed, slices.DeleteFunc(records, func(r map[string]any) bool {
		of, told := oracle.Lookup(r, "svm.name")
		return w.Bed().IsForeign(testbed.ID(k.Resource, r)) && (!told || of == svm.Name)
	})...)
	return err
}

// sendsWithQuery reads an object, or changes it, with more in the query.
func sendsWithQuery(ctx context.Context, w *world, method, name, query string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	r := wire.Request{Method: method, Path: o.Path() + "?" + query}
	if method == http.MethodPatch {
		r.Body = wire.JSON(w.Fill(o.Kind, o.Kind.Change, o))
	}
	return w.send(ctx, r)
}

func readsWithSlash(ctx context.Context, w *world, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: o.Path() + "/"})
}

// answerIsReading wants an answer to hold what a plain reading of an object does.
func answerIsReading(ctx context.Context, w *world, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	if err := oracle.ExpectStatus(w.answer, http.StatusOK); err != nil {
		return w.judgeAnswer(err)
	}
	record, err := w.Read(ctx, o.Path())
	if err != nil {
		return err
	}
	return w.judgeAnswer(oracle.ExpectSame(fieldsOf(w, o.Kind), record, w.answer.Response.Object()))
}

// asksOnce lists what the SVM of the scenario has. The client does not obey an
// answer that asks to try again: that is what is looked at.
func asksOnce(ctx context.Context, w *world, plural string) error {
	path := testbed.Collection(w.kind(plural).Resource) + "?svm.name=" + url.QueryEscape(w.SVM().Name)
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
	return w.judgeAnswer(err)
}

func saysWhy(w *world) error {
	if byFrontEnd(w) {
		return ofFrontEnd
	}
	err := oracle.ExpectSet(w.answer.Response.Object(), "error.message")
	return w.judgeAnswer(err)
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
