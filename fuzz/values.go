package fuzz

import (
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
)

// plainWord draws a word that any field of text takes.
func plainWord() *rapid.Generator[string] { return rapid.StringMatching(`[a-z][a-z0-9]{0,11}`) }

// valueOf draws a value that the documents let a field have. The name of a field
// says what it is where its type does not: a host, a port. Every text that
// carries the mark of the run goes on carrying it.
func (m *model) valueOf(f *contract.Field) *rapid.Generator[any] {
	last := f.Name[strings.LastIndex(f.Name, ".")+1:]
	switch {
	case f.Access == contract.WriteOnly && last == "client_certificate":
		return rapid.Just[any](certificateValue())
	case f.Access == contract.WriteOnly:
		return rapid.Just[any](secretValue("FUZZ_" + strings.ToUpper(last)))
	case len(f.Enum) > 0:
		return rapid.SampledFrom(f.Enum).AsAny()
	case f.Type == contract.Boolean:
		return rapid.Bool().AsAny()
	case f.Type == contract.Integer && strings.HasSuffix(last, "port"):
		return rapid.IntRange(1, 65535).AsAny()
	case f.Type == contract.Integer:
		return rapid.IntRange(1, 60).AsAny() // no document bounds seconds and minutes that small
	case strings.Contains(last, "host") || strings.Contains(last, "domain"):
		return word("", ".conformance.test")
	case m.isMarked(f.Name):
		return word(tokenWord+"-", "")
	}
	return word("", "")
}

func (m *model) isMarked(name string) bool {
	for _, marked := range m.sort.Marked {
		if marked == name {
			return true
		}
	}
	return false
}

// word draws a plain word between two others.
func word(before, after string) *rapid.Generator[any] {
	return rapid.Map(plainWord(), func(s string) any { return before + s + after })
}

// some draws values for a few of fields, the fewest first.
func (m *model) some(t *rapid.T, label string, fields []*contract.Field, least, most int) map[string]any {
	set := map[string]any{}
	if most = min(most, len(fields)); most == 0 {
		return set
	}
	chosen := rapid.SliceOfNDistinct(rapid.IntRange(0, len(fields)-1), min(least, most), most, rapid.ID[int]).Draw(t, label)
	for _, i := range chosen {
		set[fields[i].Name] = m.valueOf(fields[i]).Draw(t, fields[i].Name)
	}
	return set
}

// cases makes a generator of cases. rapid wants each to draw something, which a
// release with few fields does not always do.
func cases(of func(t *rapid.T) []Call) *rapid.Generator[Case] {
	return rapid.Custom(func(t *rapid.T) Case {
		rapid.Bool().Draw(t, "nothing")
		return Case{of(t)}
	})
}

// wildText draws text that nobody promises to take, but that must not do harm:
// every plane, control characters, quotes, what other languages would read as
// their own, and much of it.
func wildText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", " ", "\x00", "\u202e", "\ufeff", "null", "*", "a|b", "!a", "<1", "a..b", `"`, `\`, "'", "%00", "%2e%2e%2f", "../..",
			"<script>", "${7*7}", "'; --", "😀", "\U0010ffff", "e\u0301", "١٢٣"}),
		rapid.StringN(1, 20, -1),
		rapid.Map(rapid.SampledFrom([]int{255, 256, 1024, 65536}), func(n int) string { return strings.Repeat("a", n) }),
	)
}
