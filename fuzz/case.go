package fuzz

import (
	"slices"
	"strings"

	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/plan"
)

// The types of plan by the names that this package has for them.
type (
	Case  = plan.Case
	Call  = plan.Call
	Param = plan.Param
	Spoil = plan.Spoil
	Ask   = plan.Ask
)

const (
	tokenWord  = plan.Token
	svmWord    = plan.SVM
	uuidWord   = plan.UUID
	newKeyWord = plan.NewKeyName
	and        = plan.And
)

func secretValue(name string) map[string]any { return plan.Secret(name) }
func certificateValue() map[string]any       { return plan.Certificate() }
func saidValue(cell string) map[string]any   { return plan.Cell(cell) }

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
		if v[plan.CertificateName] == true && len(v) == 1 {
			return h.Source.Certificate(), nil
		}
		if cell, is := v[plan.CellName].(string); is && len(v) == 1 {
			return h.Source.Cell(h.Bed().Catalogue().Objects()[0], "", cell, testbed.Subject("", h.SVM()))
		}
		all := make(map[string]any, len(v))
		for _, name := range sortedKeys(v) { // secrets are made up in this order
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
	text = strings.ReplaceAll(text, tokenWord, h.Token())
	text = strings.ReplaceAll(text, svmWord, h.SVM().Name)
	return strings.ReplaceAll(text, uuidWord, uuid) // last, since a target may call an object anything
}

// bodyOf makes the body of a call over what is there already; nil for none.
func bodyOf(h *testbed.Session, c Call, complete map[string]any, uuid string) (map[string]any, error) {
	for _, name := range c.Lack {
		resource.Drop(complete, name)
	}
	for _, name := range sortedKeys(c.Set) {
		v, err := resolve(h, c.Set[name], uuid)
		if err != nil {
			return nil, err
		}
		resource.Put(complete, name, v)
	}
	return complete, nil
}

// queryOf is the query of a call, with its question mark; "" for none.
func queryOf(h *testbed.Session, c Call, uuid string) string {
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
func dressed(c Call, r wire.Request) wire.Request {
	r.Accept = c.Accept
	if len(c.Header) > 0 {
		r.Header = map[string][]string{}
		for name, value := range c.Header {
			r.Header[name] = []string{value}
		}
	}
	return r
}

func sortedKeys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
