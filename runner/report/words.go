package report

import (
	"fmt"
	"strings"
	"unicode"
)

// Counted writes "1 request", "2 requests".
func Counted(n int, what string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// CountedOutcomes counts scenarios, and properties where there are any.
func CountedOutcomes(all []Outcome) string {
	properties := 0
	for _, o := range all {
		if o.Kind == "property" {
			properties++
		}
	}
	scenarios := Counted(len(all)-properties, "scenario")
	switch {
	case properties == 0:
		return scenarios
	case properties == len(all):
		return countedProperties(properties)
	}
	return scenarios + " and " + countedProperties(properties)
}

func countedProperties(n int) string {
	if n == 1 {
		return "1 property"
	}
	return fmt.Sprintf("%d properties", n)
}

func elapsed(ms int64) string {
	switch {
	case ms < 1000:
		return fmt.Sprintf("%d ms", ms)
	case ms < 60_000:
		return fmt.Sprintf("%d.%d s", ms/1000, ms%1000/100)
	}
	return fmt.Sprintf("%d min %d s", ms/60_000, ms%60_000/1000)
}

// printable puts s on one line and replaces what harmless does.
func printable(s string) string {
	return harmless(strings.ReplaceAll(s, "\n", " "))
}

// harmless replaces control characters, line ends excepted: what a target sends
// must not move the cursor of whoever reads about it, nor turn their line
// round.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
