package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
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
	return w.send(ctx, wire.Request{Method: method, Path: path, Body: wire.JSON(map[string]any{"client_id": w.token})})
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

// sendsToVaultAsStranger sends what would read, change or delete a vault if it
// came with credentials.
func (w *world) sendsToVaultAsStranger(ctx context.Context, method, name string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	r := wire.Request{Method: method, Path: v.path()}
	if method == http.MethodPatch {
		r.Body = wire.JSON(map[string]any{"client_id": "client-of-a-stranger"})
	}
	return w.sendAs(ctx, wire.Credentials{}, r)
}

func (w *world) restoresAsStranger(ctx context.Context, name string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	return w.sendAs(ctx, wire.Credentials{}, wire.Request{Method: http.MethodPost, Path: v.path() + actions["restores the keys"]})
}

func (w *world) createsAsStranger(ctx context.Context, name string) error {
	if w.session.Target().Credentials.IsZero() {
		return w.skipped(noCredentials)
	}
	body := w.body(name, w.svm())
	return w.createsBy(ctx, name, body, wire.Request{Path: vaultsPath, Body: wire.JSON(body), As: &wire.Credentials{}})
}

func (w *world) sendsHeadToUnknown(ctx context.Context) error {
	return w.send(ctx, wire.Request{Method: http.MethodHead, Path: vaultPath(w.uuid())})
}

// getAnswersTheSame compares the status of a HEAD with that of a GET.
func (w *world) getAnswersTheSame(ctx context.Context) error {
	x, err := w.session.Do(ctx, wire.Request{Method: http.MethodGet, Path: w.answer.Request.Path})
	if err != nil {
		return err
	}
	return w.verifyBy(w.answer, w.promises(false), oracle.ExpectStatus(w.answer, x.Response.Status))
}

func (w *world) sendsToVault(ctx context.Context, method, name string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	r := wire.Request{Method: method, Path: v.path()}
	if method == http.MethodPost || method == http.MethodPut {
		r.Body = wire.JSON(map[string]any{})
	}
	return w.send(ctx, r)
}

// sendsBody sends a body as it stands: a creation, or a change of the vault.
// <property> stands for what a complete creation has there, as JSON.
func (w *world) sendsBody(ctx context.Context, method, name string, text *godog.DocString) error {
	if method == http.MethodPatch {
		v, err := w.vault(name)
		if err != nil {
			return err
		}
		return w.send(ctx, wire.Request{Method: method, Path: v.path(), Body: wire.Text(text.Content)})
	}
	body := w.body(name, w.svm())
	for property, v := range flat(body) {
		if secret, ok := v.(wire.Secret); ok {
			v = "not-" + secret.Name() // a body of text must hold no secret
		}
		value, err := json.Marshal(v)
		if err != nil {
			return err
		}
		text.Content = strings.ReplaceAll(text.Content, "<"+property+">", string(value))
	}
	return w.createsBy(ctx, name, nil, wire.Request{Path: vaultsPath, Body: wire.Text(text.Content)})
}

// createsBy sends a creation as it stands, and looks after what it made. What
// was sent may be nil when nothing is asked about it.
func (w *world) createsBy(ctx context.Context, name string, sent map[string]any, r wire.Request) error {
	v := &vault{name: name, svm: w.svm(), sent: sent}
	w.vaults[name] = v
	var err error
	if v.entry, err = w.intend(ctx, v.svm); err != nil {
		return err
	}
	r.Method = http.MethodPost
	err = w.send(ctx, r)
	switch v.late = err != nil; {
	case v.late:
		return err
	case w.last.Failed():
		return w.occupied(ctx, w.last)
	}
	return w.locate(ctx, v, w.last)
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
