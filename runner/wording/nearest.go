package wording

import "strings"

// OrOneOf suggests the word that comes nearest to what was typed, or, when none is near
// enough, says which there are, four at most. It is "" when there are none.
func OrOneOf(typed string, words []string) string {
	if near := DidYouMean(typed, words); near != "" || len(words) == 0 {
		return near
	}
	if len(words) > 4 {
		return ": it has " + CommaList(words[:4]) + " and more"
	}
	return ": it has " + CommaList(words)
}

// DidYouMean suggests the word that comes nearest to what was typed; it is ""
// when none is near enough to be meant.
func DidYouMean(typed string, words []string) string {
	best, least := "", max(2, len(typed)/3)+1
	for _, w := range words {
		if d := Distance(strings.ToLower(typed), strings.ToLower(w)); d < least {
			best, least = w, d
		}
	}
	if best == "" {
		best = containing(typed, words)
	}
	if best == "" {
		return ""
	}
	return ". Did you mean " + best + "?"
}

// containing returns the first word that holds what was typed.
func containing(typed string, words []string) string {
	typed = strings.ToLower(strings.Trim(typed, "*-"))
	if len(typed) < 3 {
		return ""
	}
	for _, w := range words {
		if strings.Contains(strings.ToLower(w), typed) {
			return w
		}
	}
	return ""
}

// Distance is the number of letters to insert, leave out or replace to make b
// of a (Levenshtein).
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
