package strategy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
)

// plainWord draws a word that any field of text takes.
func plainWord() *rapid.Generator[string] { return rapid.StringMatching(`[a-z][a-z0-9]{0,11}`) }

// ValueOf draws a value that the documents let a field have. The name of a field
// says what it is where its type does not: a host, a port. Every text that
// carries the mark of the run goes on carrying it.
func ValueOf(m *Model, f *contract.Field) *rapid.Generator[any] {
	last := f.Name[strings.LastIndex(f.Name, ".")+1:]
	switch {
	case f.Access == contract.WriteOnly && last == "client_certificate":
		return rapid.Just[any](plan.Certificate())
	case f.Access == contract.WriteOnly && last == "private_key": // another would not be that of the certificate
		return rapid.Just[any](plan.Cell("(private key)"))
	case contract.IsWord(f.Form):
		return rapid.Just[any](plan.Cell(f.Form))
	case f.Form != "":
		return rapid.Map(plainWord(), func(s string) any { return strings.ReplaceAll(f.Form, contract.WordPlaceholder, s) })
	case f.Access == contract.WriteOnly:
		return rapid.Just[any](newSecret(f.Name))
	case len(f.Enum) > 0:
		return rapid.SampledFrom(f.Enum).AsAny()
	case f.Type == contract.Boolean:
		return rapid.Bool().AsAny()
	case f.Type == contract.Integer:
		return numberOf(f).AsAny()
	case strings.Contains(last, "host") || strings.Contains(last, "domain"):
		return word("", ".conformance.test")
	case m.IsMarked(f.Name):
		return word(plan.Token+"-", "")
	}
	return word("", "")
}

// numberOf draws a number that a field may have.
func numberOf(f *contract.Field) *rapid.Generator[int] {
	if strings.HasSuffix(f.Name, "port") {
		return rapid.IntRange(1, 65535)
	}
	return within(f.Bounds)
}

// within draws a number that bounds allow. Where a document names none it is one of 1 to 60: no
// document bounds seconds and minutes that small.
func within(b contract.Bounds) *rapid.Generator[int] {
	most := leastOf(b) + 59
	if b.Max != nil {
		most = *b.Max
	}
	return rapid.IntRange(leastOf(b), most)
}

// leastOf is the least number that within draws.
func leastOf(b contract.Bounds) int {
	least := 1
	if b.Min != nil {
		least = *b.Min
	}
	if b.Max != nil {
		least = min(least, *b.Max)
	}
	return least
}

// newSecret stands for a secret that is made up for a property.
func newSecret(property string) map[string]any {
	return plan.Secret("FUZZ_" + strings.ToUpper(property[strings.LastIndex(property, ".")+1:]))
}

// word draws a plain word between two others.
func word(before, after string) *rapid.Generator[any] {
	return rapid.Map(plainWord(), func(s string) any { return before + s + after })
}

// some draws values for a few of fields, the fewest first.
func some(t *rapid.T, m *Model, label string, fields []*contract.Field, least, most int) map[string]any {
	set := map[string]any{}
	least, most = min(least, len(fields)), min(most, len(fields))
	fields = turned(t, label, fields, most)
	for _, f := range fields { // a coin for each, as long as there is room
		left := most - len(set)
		if left > 0 && rapid.Bool().Draw(t, f.Name+" in "+label) {
			set[f.Name] = ValueOf(m, f).Draw(t, f.Name)
		}
	}
	for len(set) < least {
		f := Pick(t, label, fields)
		set[f.Name] = ValueOf(m, f).Draw(t, f.Name)
	}
	return set
}

// turned begins with another field where not all may be chosen, or the last ones
// never would be.
func turned(t *rapid.T, label string, fields []*contract.Field, most int) []*contract.Field {
	if most == len(fields) {
		return fields
	}
	places := make([]int, len(fields))
	for i := range places {
		places[i] = i
	}
	n := Pick(t, label+" from", places)
	return slices.Concat(fields[n:], fields[:n])
}

// wildText draws text that nobody promises to take, but that must not do harm:
// every plane, control characters, quotes, what other languages would read as
// their own, and much of it.
func wildText() *rapid.Generator[string] { return wildTextOf(255, 256, 1024, 65536) }

// wildQuery is wildText that leaves the request line shorter than every web server takes.
func wildQuery() *rapid.Generator[string] { return wildTextOf(255, 256, 1024, 4096) }

// wildTextOf draws wild text, of which the plain one has one of so many bytes.
func wildTextOf(sizes ...int) *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", " ", "\x00", "\u202e", "\ufeff", "null", "*", "a|b", "!a", "<1", "a..b", `"`, `\`, "'", "%00", "%2e%2e%2f", "../..",
			"<script>", "${7*7}", "'; --", "😀", "\U0010ffff", "e\u0301", "١٢٣"}),
		rapid.StringN(1, 20, -1),
		rapid.Map(rapid.SampledFrom(sizes), func(n int) string { return strings.Repeat("a", n) }),
	)
}

// Text writes a value as a filter has it.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return fmt.Sprint(v)
}

// Number reads a whole number that we sent; what is none counts as 0.
func Number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
