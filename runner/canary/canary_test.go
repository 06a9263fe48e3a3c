package canary

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const bird = "Kx7mPq2RtVw9ZaBcDeFgHjLn"

func every(format, text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

func b64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestACanaryIsFoundInEveryEncoding(t *testing.T) {
	inJSON, _ := json.Marshal(map[string]string{"a": html.EscapeString(every("&#%d;", bird))})
	tests := map[string]string{
		"as it is": bird, "in capitals": strings.ToUpper(bird), "spaced": strings.Join(strings.Split(bird, ""), " "),
		"over two fields": `{"a":"` + bird[:12] + `","b":"` + bird[12:] + `"}`, "half": bird[:12],
		"reversed": "nLjHgFeDcBaZ9wVtR2qPm7xK", "in hex": hex.EncodeToString([]byte(bird)), "in hex with prefixes": every("0x%02X, ", bird),
		"in hex after a digit": "f" + hex.EncodeToString([]byte(bird)), "in decimal": every("%d,", bird), "in percent escapes": every("%%%02x", bird),
		"in base64": b64(bird), "in base64 after one byte": b64("x" + bird), "in base64 after two": b64("xx" + bird + "y"),
		"in base64 after a letter": "x" + b64(bird), "in base64 for URLs": base64.RawURLEncoding.EncodeToString([]byte("??" + bird + "??")),
		"in base64 with lines": b64(bird)[:20] + `\n` + b64(bird)[20:], "in base64 twice": b64("x" + b64("x"+bird)), "in hex of base64": hex.EncodeToString([]byte(b64(bird))),
		"in base32": base32.StdEncoding.EncodeToString([]byte(bird)), "in base32 after three bytes": strings.ToLower(base32.StdEncoding.EncodeToString([]byte("abc" + bird))),
		"in code units": every(`\u%04x`, bird), "in code units in capitals": strings.ToUpper(every(`\u%04x`, bird)), "with a backslash": every(`\x%02x`, bird),
		"in JSON of HTML": string(inJSON), "in HTML": every("&#x%X;", bird), "in a query": url.QueryEscape("secret=" + bird), "in quoted-printable": every("=%02X", bird),
	}
	s := New([]Canary{{"secret", bird}, {"other", "9876zyxwvuts5432rqponmlk"}})
	assert.Equal(t, []string{"other", "secret"}, s.Kinds())
	for name, text := range tests {
		assert.Equal(t, []string{"secret"}, s.Find([]byte(`{"message":"cannot use `+text+` here"}`)), name)
	}
}

func TestACanaryOfAnotherAlphabetIsFound(t *testing.T) {
	const word = "пароль-größer"
	latin := ""
	for _, c := range []byte(word) {
		latin += string(rune(c))
	}
	s := New([]Canary{{"secret", word}})
	for name, text := range map[string]string{"as it is": word, "in capitals": strings.ToUpper(word), "escaped": strconv.QuoteToASCII(word), "read as Latin-1": latin,
		"read as Latin-1 and escaped": strconv.QuoteToASCII(latin), "in percent escapes": url.QueryEscape(word), "in base64": b64(word)} {
		assert.Equal(t, []string{"secret"}, s.Find([]byte("a "+text+" b")), name)
	}
}

func TestWhatMayBeAWordIsFoundInEncodingsAlone(t *testing.T) {
	s := New([]Canary{{"word", "password"}, {"signs", "!!--$$%%&&**(("}, {"short", "abc"}})
	assert.Equal(t, []string{"signs", "word"}, s.Kinds())
	assert.Empty(t, s.Find([]byte("the password of proxy_password is ********")))
	assert.Equal(t, []string{"word"}, s.Find([]byte("Basic "+b64("admin:password"))))
	assert.Equal(t, []string{"word"}, s.Find([]byte(hex.EncodeToString([]byte("password")))))
	assert.Equal(t, []string{"signs"}, s.Find([]byte("a!!--$$%%&&**((b")))
}

func TestAKeyIsFoundByItsBytes(t *testing.T) {
	der := make([]byte, 300)
	for i := range der {
		der[i] = byte(i * i * 31 >> 3)
	}
	s := New([]Canary{{"bundle", base64.StdEncoding.EncodeToString(der)}})
	assert.Equal(t, []string{"bundle"}, s.Find([]byte(hex.EncodeToString(der))))
	assert.Equal(t, []string{"bundle"}, s.Find([]byte(b64("x"+string(der)))))
	assert.Empty(t, s.Find([]byte(hex.EncodeToString(der[:100]))), "a third of it")
}

func BenchmarkFind(b *testing.B) {
	var all []Canary
	for i := range 5000 {
		all = append(all, Canary{"secret", fmt.Sprintf("%08x%016x", i*2654435761, uint64(i)*0x9E3779B97F4A7C15)})
	}
	s := New(all)
	text := []byte(strings.Repeat(`{"uuid":"0000000b-f9f8-4000-8000-000000000004","name":"https://keyvault-test.vault.azure.net/","state":{"code":"0"}}`+"\n", 2000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.Find(text)
	}
}
