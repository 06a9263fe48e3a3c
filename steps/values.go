package steps

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
)

// value turns a cell of a feature into the value of a property. A cell in
// parentheses is a word of the vocabulary, a cell that begins like JSON is
// JSON, and any other is text, or what the catalogue says the property is.
func (w *world) value(k *kind, property, cell string) (any, error) {
	switch cell {
	case "(null)":
		return nil, nil
	case "(empty)":
		return "", nil
	case "(new secret)":
		return w.secret("AKV_NEW_SECRET"), nil
	case "(present passphrase)":
		return w.present(), nil
	case "(present passphrase with another end)":
		return w.almostPresent(), nil
	case "(new passphrase)":
		return w.passphrase(48), nil
	case "(long passphrase)":
		return w.passphrase(257), nil
	case "(short passphrase)":
		return w.passphrase(8), nil
	case "(certificate)":
		return w.certificate()
	case "(invalid certificate)":
		return "bm90IGEgUEtDUyMxMg==", nil // base64, but no PKCS#12
	case "(key)":
		return w.keyID("https://" + w.token + ".vault.azure.net/"), nil
	case "(uuid)":
		return w.uuid(), nil
	case "(own SVM)":
		return w.svm().Name, nil
	case "(uuid of own SVM)":
		return w.svm().UUID, nil
	}
	if v, known := w.certificateValue(cell); known {
		return v, nil
	}
	if strings.HasPrefix(cell, "(") {
		return nil, fmt.Errorf("%s is no word of the vocabulary", cell)
	}
	cell = strings.ReplaceAll(cell, "<token>", w.token)
	if cell != "" && strings.ContainsRune(`"[{`, rune(cell[0])) {
		var v any
		if err := json.Unmarshal([]byte(cell), &v); err != nil {
			return nil, fmt.Errorf("the cell %s: %w", cell, err)
		}
		return v, nil
	}
	return w.typed(k, property, cell), nil
}

// typed writes a cell as the type that the catalogue gives the property, if it
// can be read as such.
func (w *world) typed(k *kind, property, cell string) any {
	f := w.contract().Resource(k.resource).Field(property, contract.Newest())
	if f == nil {
		return cell
	}
	switch f.Type {
	case contract.Integer:
		if n, err := strconv.Atoi(cell); err == nil {
			return n
		}
	case contract.Boolean:
		if b, err := strconv.ParseBool(cell); err == nil {
			return b
		}
	}
	return cell
}

// properties reads a table of two columns, property and value, as a body.
func (w *world) properties(k *kind, table *godog.Table) (map[string]any, error) {
	body := map[string]any{}
	for _, row := range table.Rows {
		if len(row.Cells) != 2 {
			return nil, fmt.Errorf("a table of properties has two columns, this row has %d", len(row.Cells))
		}
		property, cell := row.Cells[0].Value, row.Cells[1].Value
		v, err := w.value(k, property, cell)
		if err != nil {
			return nil, err
		}
		put(body, property, v)
	}
	return body, nil
}

// put sets a dotted property of a body.
func put(body map[string]any, property string, v any) {
	name, rest, nested := strings.Cut(property, ".")
	if !nested {
		body[name] = v
		return
	}
	in, ok := body[name].(map[string]any)
	if !ok {
		in = map[string]any{}
		body[name] = in
	}
	put(in, rest, v)
}

// drop removes a dotted property of a body.
func drop(body map[string]any, property string) {
	name, rest, nested := strings.Cut(property, ".")
	if !nested {
		delete(body, name)
	} else if in, ok := body[name].(map[string]any); ok {
		drop(in, rest)
	}
}

// merge copies body with the members of over put over it.
func merge(body, over map[string]any) map[string]any {
	m := maps.Clone(body)
	for name, v := range over {
		in, nested := v.(map[string]any)
		if was, ok := m[name].(map[string]any); nested && ok && len(in) > 0 {
			m[name] = merge(was, in)
			continue
		}
		m[name] = v
	}
	return m
}

// flat lists the dotted names of a body's properties.
func flat(body map[string]any) map[string]any {
	all := map[string]any{}
	for name, v := range body {
		if in, ok := v.(map[string]any); ok {
			for rest, e := range flat(in) {
				all[name+"."+rest] = e
			}
			continue
		}
		all[name] = v
	}
	return all
}
