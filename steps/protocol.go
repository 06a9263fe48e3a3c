package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/cucumber/godog"

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
	if w.session.Target().Credentials.IsZero() {
		return w.skipped(noCredentials)
	}
	as := &wire.Credentials{}
	if how == "with wrong" {
		as = &wire.Credentials{User: w.token + "-no-such-user", Password: w.secret("WRONG_PASSWORD")}
	}
	return w.send(ctx, wire.Request{Method: method, Path: path, As: as})
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
	return w.createsText(ctx, name, text.Content)
}

// createsText sends a creation as it stands, and looks after what it made.
func (w *world) createsText(ctx context.Context, name, text string) error {
	v := &vault{name: name, svm: w.svm()}
	w.vaults[name] = v
	var err error
	if v.entry, err = w.suite.Ledger.Intend(akv, v.svm.Name, w.token); err != nil {
		return err
	}
	err = w.send(ctx, wire.Request{Method: http.MethodPost, Path: vaultsPath, Body: wire.Text(text)})
	v.late = err != nil
	if v.late || w.last.Failed() {
		return err
	}
	return w.locate(ctx, v, w.last)
}

// decode reads a body that we sent as an object.
func decode(body []byte) (map[string]any, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v map[string]any
	err := d.Decode(&v)
	return v, err == nil && v != nil
}
