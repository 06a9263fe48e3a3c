// Package canary looks through what was written for secrets that must not be there.
//
// It is the proof of a run, and so it knows nothing of the code that takes secrets out: that
// one writes each secret in every encoding and looks for what comes of it, this one undoes
// every encoding that it meets in a text and looks for the secrets themselves. A defect of one
// is seen by the other. It must import nothing of ours.
//
// A canary is found as it is, in capitals, reversed or with anything between its letters and
// digits; behind escapes of JSON, URLs, HTML and quoted-printable; in hexadecimal or decimal
// bytes, base64, base64 twice and base32, wherever these begin; and as UTF-8 that was read as
// Latin-1. A part of at least half of it and twelve letters and digits counts as well. A value
// with fewer of these than twelve may be a word, and is looked for in encodings alone; one with
// fewer than six is not looked for. What is encrypted, hashed, compressed or coded in another
// way cannot be found.
package canary

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"
)

// A Canary is a value that must not be in what was written.
type Canary struct {
	Kind  string // what it is called in print; several values may be of one kind
	Value string
}

// Bounds of what is looked for, in bytes.
const (
	least      = 12 // letters and digits of a part that is told from any word
	leastCoded = 6  // of a value that is looked for where no words are
	leastBytes = 64 // of what a value is the base64 of
)

// A Search looks for canaries. It is safe for concurrent use.
type Search struct {
	kinds   []string
	letters *parts  // letters and digits of values
	data    *parts  // bytes that values are the base64 of
	signs   []value // without letters enough, but as long
	words   []value // that may be words
}

type value struct {
	kind string
	text []byte
}

// New returns a search for canaries.
func New(all []Canary) *Search {
	s := &Search{letters: newParts(), data: newParts()}
	for _, c := range all {
		letters := squeezed([]byte(c.Value))
		switch {
		case len(letters) >= least:
			s.letters.add(c.Kind, letters)
			s.letters.add(c.Kind, reversed(letters))
		case len(c.Value) >= least:
			s.signs = append(s.signs, value{c.Kind, []byte(c.Value)})
		case len(letters) >= leastCoded:
			s.words = append(s.words, value{c.Kind, letters})
		default:
			continue
		}
		s.kinds = append(s.kinds, c.Kind)
		if data := content(c.Value); len(data) >= leastBytes {
			s.data.add(c.Kind, data)
		}
	}
	slices.Sort(s.kinds)
	s.kinds = slices.Compact(s.kinds)
	return s
}

// Kinds returns the kinds of canaries that are looked for, in order.
func (s *Search) Kinds() []string { return s.kinds }

// Find returns the kinds of canaries that are in a text, in order.
func (s *Search) Find(text []byte) []string {
	found := finds{}
	for range maxLayers {
		s.layer(found, text)
		next := unescaped(text)
		if bytes.Equal(next, text) {
			break
		}
		text = next
	}
	return slices.Sorted(maps.Keys(found))
}

// maxLayers is how often a text is unescaped: JSON of JSON in a web page, and one more.
const maxLayers = 5

// finds are the kinds that were found.
type finds map[string]bool

// layer looks into a text, and into what it has in other encodings.
func (s *Search) layer(found finds, text []byte) {
	s.plain(found, text)
	s.plain(found, narrowed(text))
	s.plain(found, unquoted(text))
	size := least
	if len(s.words) > 0 {
		size = leastCoded
	}
	for _, decoded := range coded(text, size) {
		s.decoded(found, decoded)
		for _, twice := range coded(decoded, size) {
			s.decoded(found, twice)
		}
	}
}

// plain looks for values as they are, and reversed.
func (s *Search) plain(found finds, text []byte) {
	s.letters.find(found, squeezed(text))
	for _, v := range s.signs {
		if bytes.Contains(text, v.text) {
			found[v.kind] = true
		}
	}
}

// decoded looks into bytes that no words were in before they were decoded.
func (s *Search) decoded(found finds, text []byte) {
	s.plain(found, text)
	s.data.find(found, text)
	letters := squeezed(text)
	for _, v := range s.words {
		if bytes.Contains(letters, v.text) {
			found[v.kind] = true
		}
	}
}

// squeezed are the letters and digits of a text, in small letters.
func squeezed(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			out = append(out, c)
		case 'A' <= c && c <= 'Z':
			out = append(out, c+'a'-'A')
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(text[i:])
			if r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
				out = utf8.AppendRune(out, unicode.ToLower(r))
			}
			i += n
			continue
		}
		i++
	}
	return out
}

func reversed(text []byte) []byte {
	runes := []rune(string(text))
	slices.Reverse(runes)
	return []byte(string(runes))
}

// content is what a value is the base64 of, in PEM or without; nil for any other.
func content(text string) []byte {
	if block, _ := pem.Decode([]byte(text)); block != nil {
		return block.Bytes
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return data
}

// parts finds parts of values by windows: any part that is long enough has one of them.
type parts struct {
	values  []value
	windows map[[least]byte][]place
	begins  []bool // by the first bytes of windows, which saves most look-ups
}

// A place is where a window stands in a value.
type place struct{ value, at int }

func newParts() *parts {
	return &parts{windows: map[[least]byte][]place{}, begins: make([]bool, 1<<16)}
}

// begin is a number for the first bytes of a window.
func begin(text []byte) int {
	return int(uint16(text[0])<<11 ^ uint16(text[1])<<8 ^ uint16(text[2])<<4 ^ uint16(text[3]))
}

func half(n int) int { return max(least, (n+1)/2) }

func (p *parts) add(kind string, text []byte) {
	n := len(p.values)
	p.values = append(p.values, value{kind, text})
	for at := 0; at+least <= len(text); at += half(len(text)) - least + 1 {
		w := [least]byte(text[at:])
		p.windows[w] = append(p.windows[w], place{n, at})
		p.begins[begin(text[at:])] = true
	}
}

func (p *parts) find(found finds, text []byte) {
	if len(p.values) == 0 {
		return
	}
	for i := 0; i+least <= len(text); i++ {
		if !p.begins[begin(text[i:])] {
			continue
		}
		for _, at := range p.windows[[least]byte(text[i:])] {
			v := p.values[at.value]
			if !found[v.kind] && shared(text, v.text, i, at.at) >= half(len(v.text)) {
				found[v.kind] = true
			}
		}
	}
}

// shared is the length of what two texts have in common around two places in them.
func shared(a, b []byte, i, j int) int {
	from := 0
	for i-from > 0 && j-from > 0 && a[i-from-1] == b[j-from-1] {
		from++
	}
	to := 0
	for i+to < len(a) && j+to < len(b) && a[i+to] == b[j+to] {
		to++
	}
	return from + to
}
