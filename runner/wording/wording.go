// Package wording has the small forms in which the command words what it says:
// one line, a list, the nearest word to what was typed.
//
// Its reader is who writes a subcommand. It knows nothing of what is said, and
// imports nothing of ours.
package wording

import (
	"strings"
	"unicode"
)

// OneLine puts s on one line and replaces control characters: much of what we
// print came from a target, and must not move anybody's cursor.
func OneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

// CommaList joins names; "nothing" for none.
func CommaList(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

// A puts the article before a noun.
func A(noun string) string {
	if noun != "" && strings.ContainsRune("aeiouAEIOU", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}
