package canary

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// escape is any that is undone, of JSON and its like, of URLs and of HTML.
var escape = regexp.MustCompile(`^(?i:\\u[0-9a-f]{4}(?:\\u[0-9a-f]{4})?|[\\%]u\{?[0-9a-f]{1,8}\}?|(?:%|\\x)[0-9a-f]{2}|&#?\w{1,10};)|^\\[0-7]{3}|^\\[^\pL\pN]|^\\[nrtbfav]`)

// longestEscape is more bytes than an escape has.
const longestEscape = 16

// unescaped is a text with its escapes undone once.
func unescaped(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for {
		next := bytes.IndexAny(text, `\%&`)
		if next < 0 {
			return append(out, text...)
		}
		out, text = append(out, text[:next]...), text[next:]
		n := len(escape.Find(text[:min(len(text), longestEscape)]))
		if n == 0 {
			out, text = append(out, text[0]), text[1:]
			continue
		}
		out, text = append(out, meaning(string(text[:n]))...), text[n:]
	}
}

// meaning is what an escape stands for.
func meaning(written string) []byte {
	m := strings.ToLower(written)
	switch {
	case m[0] == '&':
		if plain := html.UnescapeString(written); plain != written {
			return []byte(plain)
		}
		return []byte(html.UnescapeString(m))
	case strings.HasPrefix(m, `\u`) && len(m)%6 == 0 && !strings.Contains(m, "{"):
		var plain string
		if json.Unmarshal([]byte(`"`+m+`"`), &plain) == nil {
			return []byte(plain)
		}
	case len(m) > 3 && m[1] == 'u':
		if n, err := strconv.ParseUint(strings.Trim(m[2:], "{}"), 16, 32); err == nil {
			return utf8.AppendRune(nil, rune(n))
		}
	case m[0] == '%' || m[1] == 'x':
		plain, _ := hex.DecodeString(m[len(m)-2:]) // the pattern has two digits
		return plain
	case len(m) == 4:
		n, _ := strconv.ParseUint(m[1:], 8, 16) // the pattern has three digits
		return []byte{byte(n)}
	case strings.Contains("nrtbfav", m[1:]):
		return []byte{'\n'}
	default:
		return []byte(written[1:])
	}
	return []byte(written)
}

var quoted = regexp.MustCompile(`(?i)=[0-9a-f]{2}|=\r?\n`)

// unquoted is a text with quoted-printable undone; nil where there is none.
func unquoted(text []byte) []byte {
	if !quoted.Match(text) {
		return nil
	}
	return quoted.ReplaceAllFunc(text, func(match []byte) []byte {
		plain, err := hex.DecodeString(string(match[1:]))
		if err != nil { // the end of a line
			return nil
		}
		return plain
	})
}

// narrowed is a text with the bytes that were read as characters of Latin-1; nil where there are none.
func narrowed(text []byte) []byte {
	out := make([]byte, 0, len(text))
	any := false
	for _, r := range string(text) {
		if r > 0xFF {
			out = utf8.AppendRune(out, r)
			continue
		}
		any = any || r >= 0x80
		out = append(out, byte(r))
	}
	if !any {
		return nil
	}
	return out
}

// A class is a set of bytes.
type class [256]bool

func classOf(members string) *class {
	c := new(class)
	for _, b := range []byte(members) {
		c[b] = true
	}
	return c
}

var (
	digits      = "0123456789"
	letters     = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	hexadecimal = classOf(digits + "abcdef")
	ofWords     = classOf(letters)
	ofBase64    = classOf(digits + letters + "+/_-")
	ofBase32    = classOf("234567" + letters)
	toStd       = strings.NewReplacer("-", "+", "_", "/")
	noLines     = strings.NewReplacer("\n", "", "\r", "")
)

// runs are the longest parts of a text that have bytes of a class alone, if they have so many.
func (c *class) runs(text []byte, size int) [][]byte {
	var all [][]byte
	start := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && c[text[i]] {
			continue
		}
		if i-start >= size {
			all = append(all, text[start:i])
		}
		start = i + 1
	}
	return all
}

// coded are the bytes that a text may have in hexadecimal, decimal, base64 and base32, where
// these are at least so many. Where they begin nobody knows, so that each place in a group is
// tried.
func coded(text []byte, size int) [][]byte {
	var all [][]byte
	for _, run := range hexadecimal.runs(bytes.ReplaceAll(squeezed(text), []byte("0x"), nil), 2*size) {
		for _, part := range [][]byte{run, run[1:]} {
			data := make([]byte, len(part)/2)
			hex.Decode(data, part[:len(part)/2*2]) // the run has digits alone
			all = append(all, data)
		}
	}
	all = append(all, numbers(text, size)...)
	flat := []byte(noLines.Replace(string(text)))
	for _, run := range ofBase64.runs(flat, size*4/3) {
		all = append(all, shifts(toStd.Replace(string(run)), 4, base64.RawStdEncoding.DecodeString)...)
	}
	for _, run := range ofBase32.runs(flat, size*8/5) {
		all = append(all, shifts(strings.ToUpper(string(run)), 8, base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString)...)
	}
	return all
}

// numbers are the bytes of rows of numbers, each of at most three digits and no more than three
// other characters from the next.
func numbers(text []byte, size int) [][]byte {
	var all [][]byte
	var row []byte
	end := func() {
		if len(row) >= size {
			all = append(all, bytes.Clone(row))
		}
		row = row[:0]
	}
	gap := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case '0' <= c && c <= '9':
			n, from := 0, i
			for ; i < len(text) && i < from+4 && '0' <= text[i] && text[i] <= '9'; i++ {
				n = n*10 + int(text[i]-'0')
			}
			i--
			if n > 255 || i-from > 2 {
				end()
			} else {
				row = append(row, byte(n))
			}
			gap = 0
		case gap == 3 || ofWords[c]:
			end()
		default:
			gap++
		}
	}
	end()
	return all
}

// shifts are what a run of characters is when its first group begins at each place of a group.
func shifts(run string, group int, decode func(string) ([]byte, error)) [][]byte {
	var all [][]byte
	for from := range min(group, len(run)) {
		part := run[from:]
		for cut := 0; cut < group && cut < len(part); cut++ { // what cannot end there has neighbours
			if data, err := decode(part[:len(part)-cut]); err == nil {
				all = append(all, data)
				break
			}
		}
	}
	return all
}
