package property

import (
	"context"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/plan"
)

// resolve puts real values in place of those that stand for them, with the uuid of the
// object of the case; "" for none.
func resolve(h *testbed.Session, v any, uuid string) (any, error) {
	switch v := v.(type) {
	case string:
		return expand(h, v, uuid), nil
	case []any:
		all := make([]any, len(v))
		for i, e := range v {
			var err error
			if all[i], err = resolve(h, e, uuid); err != nil {
				return nil, err
			}
		}
		return all, nil
	case map[string]any:
		if name, is := v[plan.SecretName].(string); is && len(v) == 1 {
			return h.Source.Secret(name), nil
		}
		if plan.IsCertificate(v) {
			return h.Source.Certificate(), nil
		}
		if cell, is := v[plan.CellName].(string); is && len(v) == 1 {
			return h.Source.Cell(h.Bed().Catalogue().Objects()[0], "", cell, testbed.Subject("", h.SVM()))
		}
		all := make(map[string]any, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) { // secrets are made up in this order
			var err error
			if all[name], err = resolve(h, v[name], uuid); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	return v, nil
}

// expand puts what differs from run to run into a text.
func expand(h *testbed.Session, text, uuid string) string {
	text = strings.ReplaceAll(text, plan.Token, h.Token())
	text = strings.ReplaceAll(text, plan.SVM, h.SVM().Name)
	return strings.ReplaceAll(text, plan.UUID, uuid) // last, since a target may call an object anything
}

// bodyOf makes the body of a call over what is there already; nil for none.
func bodyOf(h *testbed.Session, c plan.Call, complete map[string]any, uuid string) (map[string]any, error) {
	for _, name := range c.Lack {
		resource.Drop(complete, name)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Set)) {
		v, err := resolve(h, c.Set[name], uuid)
		if err != nil {
			return nil, err
		}
		resource.Put(complete, name, v)
	}
	return complete, nil
}

// queryOf is the query of a call, with its question mark; "" for none.
func queryOf(h *testbed.Session, c plan.Call, uuid string) string {
	var all []string
	for _, p := range c.Query {
		all = append(all, escape(p.Name)+"="+escape(expand(h, p.Value, uuid)))
	}
	if len(all) == 0 {
		return ""
	}
	return "?" + strings.Join(all, "&")
}

// escape leaves what a query may hold, and writes the rest in percent escapes.
func escape(s string) string {
	b := make([]byte, 0, len(s)+8)
	for _, c := range []byte(s) {
		if inQuery[c] {
			b = append(b, c)
		} else {
			b = append(b, '%', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return string(b)
}

const hexDigits = "0123456789ABCDEF"

// inQuery says which bytes a query may hold.
var inQuery = func() (may [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~*,:/") {
		may[c] = true
	}
	return may
}()

// dressed adds what a call says of headers.
func dressed(c plan.Call, r wire.Request) wire.Request {
	r.Accept = c.Accept
	if len(c.Header) > 0 {
		r.Header = map[string][]string{}
		for name, value := range c.Header {
			r.Header[name] = []string{value}
		}
	}
	return r
}

// request makes the request of a call that is no creation, and what its body awaits.
func (p *player) request(ctx context.Context, c plan.Call) (wire.Request, error) {
	o := c.In(p.m.Catalogue)
	r := wire.Request{Method: c.Method}
	path := c.Path
	if o != nil {
		if r.Method == "" {
			r.Method = o.Method
		}
		if path == "" {
			path = "/api" + o.Path
		}
	}
	uuid := ""
	if p.object != nil {
		uuid = p.object.UUID
	}
	if c.Unknown {
		uuid = p.session.Source.UUID()
	}
	if path = strings.ReplaceAll(path, "{uuid}", uuid); strings.Contains(path, "{") {
		path = placeholder.ReplaceAllLiteralString(path, uuid)
	}
	path = expand(p.session, path, uuid)
	r.Path = path + queryOf(p.session, c, uuid)
	switch {
	case c.Set[plan.NewKeyName] != nil:
		body := p.session.Fill(p.m.Kind, p.m.Kind.Actions[p.m.Rekey().ID], p.object)
		for name, v := range c.Set {
			if name != plan.NewKeyName {
				body[name] = v
			}
		}
		r.Body = wire.JSON(body)
	case c.Set != nil:
		body, err := bodyOf(p.session, c, map[string]any{}, uuid)
		if err != nil {
			return r, err
		}
		settled, err := p.session.Resolve(ctx, p.session.SVM(), body)
		if err != nil {
			return r, err
		}
		r.Body = wire.JSON(settled)
	}
	if edit := p.spoil(c); edit != nil {
		r.Body = edit(r.Body)
	}
	r.As = p.session.As(c.As)
	return dressed(c, r), nil
}

// placeholder is where the path of an operation has the uuid of a thing, which
// some documents write with an object in front: {source.uuid}.
var placeholder = regexp.MustCompile(`\{([a-z_]+\.)?uuid\}`)

// spoil changes the text of a body; nil where a call leaves it.
func (p *player) spoil(c plan.Call) func(wire.Body) wire.Body {
	if c.Spoil == nil {
		return nil
	}
	edit := func(text string) string { return expand(p.session, c.Spoil.On(text), "") }
	if c.Spoil.How == "cut" { // which may be within a secret
		return func(b wire.Body) wire.Body { return wire.Text(edit(b.String())) }
	}
	return func(b wire.Body) wire.Body { return b.Edited(edit) }
}

func getOf(path string) wire.Request { return wire.Request{Method: http.MethodGet, Path: path} }
