package fuzz

import (
	"encoding/json"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/steps"
)

// A Case is a row of calls as plain data: what a property drew, what a finding
// keeps and what replay plays again, whatever became of the generators since.
type Case struct {
	Calls []Call `json:"calls"`
}

// A Call is one request of a case. Which object it is about is said by its
// operation: all but creations and lists are about the object that was created
// last.
type Call struct {
	Operation string            `json:"operation,omitempty"` // its ID in the catalogue; empty for what no operation describes
	Method    string            `json:"method,omitempty"`    // in place of the operation's
	Path      string            `json:"path,omitempty"`      // in place of the operation's; <uuid> stands for the object
	On        int               `json:"on,omitempty"`        // which of the SVMs a creation is for, from 0
	Unknown   bool              `json:"unknown,omitempty"`   // about an object that does not exist
	Set       map[string]any    `json:"set,omitempty"`       // properties by dotted name, put over a complete creation or being all of a change
	Lack      []string          `json:"lack,omitempty"`      // properties that are left out of a complete creation
	Spoil     *Spoil            `json:"spoil,omitempty"`     // what is done to the text of the body; nil for nothing
	Query     []Param           `json:"query,omitempty"`
	Header    map[string]string `json:"header,omitempty"`
	Accept    string            `json:"accept,omitempty"`
	As        string            `json:"as,omitempty"`     // "nobody" or "somebody" that does not exist; empty for ourselves
	Client    int               `json:"client,omitempty"` // that makes the call, from 1; 0 where there is one only
	Ask       *Ask              `json:"ask,omitempty"`    // a question to a list; nil for none
	Fault     string            `json:"fault,omitempty"`  // the kind of what is wrong on purpose; empty when nothing is
	Field     string            `json:"field,omitempty"`  // that the fault is about, or what the call is about
}

// A Spoil is a change of the text of a body, which has all that the body awaits. A text that
// is cut names its secrets and does not hold them: a part of one would be known to nobody.
type Spoil struct {
	How  string `json:"how"`            // "all", "cut", "before", "after" or "bytes"
	Text string `json:"text,omitempty"` // what is put there
	At   int    `json:"at,omitempty"`   // percent of the text that is left, for a cut
}

// On returns the spoiled text of a body.
func (s *Spoil) On(body string) string {
	switch s.How {
	case "all":
		return s.Text
	case "cut":
		return strings.ToValidUTF8(body[:len(body)*min(max(s.At, 0), 99)/100], "")
	case "before": // within the object
		return "{" + s.Text + strings.TrimPrefix(body, "{")
	case "after":
		return body + s.Text
	case "bytes": // which are no text in UTF-8, and so in no JSON file either
		return strings.TrimSuffix(body, "}") + `,"x":"` + "\xff\xc0" + `"}`
	}
	return body
}

// A Param is one parameter of a query.
type Param struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// asks reports whether a call has a parameter.
func (c *Call) asks(parameter string) bool {
	return slices.ContainsFunc(c.Query, func(p Param) bool { return p.Name == parameter })
}

// Values that stand for others until a case is played. They keep secrets and
// what differs from run to run out of it.
const (
	tokenWord  = "<token>"      // within a text: the mark of the run
	svmWord    = "<svm>"        // within a text: the SVM's name
	uuidWord   = "<uuid>"       // within a text: the object's uuid
	secretName = "$secret"      // {"$secret": "NAME"}: a value that is made up, and printed as $NAME
	certName   = "$certificate" // {"$certificate": true}: a real PKCS#12
	saidName   = "$said"        // {"$said": "(expired certificate)"}: what a cell of a feature stands for
)

// secretValue stands for a secret of that name.
func secretValue(name string) map[string]any { return map[string]any{secretName: name} }

// certificateValue stands for a PKCS#12.
func certificateValue() map[string]any { return map[string]any{certName: true} }

// saidValue stands for what a feature says in a cell of a table.
func saidValue(cell string) map[string]any { return map[string]any{saidName: cell} }

// resolve puts real values in place of those that stand for them, with the uuid of the
// object of the case; "" for none.
func resolve(h *steps.Hand, v any, uuid string) (any, error) {
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
		if name, is := v[secretName].(string); is && len(v) == 1 {
			return h.Secret(name), nil
		}
		if v[certName] == true && len(v) == 1 {
			return h.Certificate()
		}
		if cell, is := v[saidName].(string); is && len(v) == 1 {
			return h.Said(cell)
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
func expand(h *steps.Hand, text, uuid string) string {
	text = strings.ReplaceAll(text, tokenWord, h.Token())
	text = strings.ReplaceAll(text, svmWord, h.SVM().Name)
	return strings.ReplaceAll(text, uuidWord, uuid) // last, since a target may call an object anything
}

// body makes the body of a call over what is there already; nil for none.
func (c *Call) body(h *steps.Hand, complete map[string]any, uuid string) (map[string]any, error) {
	for _, name := range c.Lack {
		steps.Drop(complete, name)
	}
	for _, name := range sortedKeys(c.Set) {
		v, err := resolve(h, c.Set[name], uuid)
		if err != nil {
			return nil, err
		}
		steps.Put(complete, name, v)
	}
	return complete, nil
}

// query is the query of a call, with its question mark; "" for none.
func (c *Call) query(h *steps.Hand, uuid string) string {
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

// operation is the one that the call is about; nil for none.
func (c *Call) operation(all *contract.Catalogue) *contract.Operation {
	if c.Operation == "" {
		return nil
	}
	return all.Operation(c.Operation)
}

// dressed adds what a call says of headers.
func (c *Call) dressed(r wire.Request) wire.Request {
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

// String is the case as JSON, for a reader.
func (c Case) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		return "a case that is no JSON: " + err.Error() // only a value that no generator draws
	}
	return string(text)
}
