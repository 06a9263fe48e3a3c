package steps

import (
	"regexp"
	"strings"

	messages "github.com/cucumber/messages/go/v21"

	"ontap-conformance/fixtures/contract"
)

// matching returns the phrases that a step may mean.
func (v *vocabulary) matching(step *messages.PickleStep) []*phrase {
	var found []*phrase
	for i := range v.phrases {
		if p := &v.phrases[i]; p.keyword == step.Type && p.pattern.MatchString(step.Text) {
			found = append(found, p)
		}
	}
	return found
}

// nearest names the phrase that the author may have meant.
func (v *vocabulary) nearest(step *messages.PickleStep) string {
	typed := []rune(quoted.ReplaceAllString(step.Text, `"…"`))
	best, least := "", len(typed)
	for i := range v.phrases {
		ph := &v.phrases[i]
		if d := distance(typed, ph.shape()); ph.keyword == step.Type && d < least {
			best, least = v.text(ph), d
		}
	}
	if best == "" {
		return ""
	}
	return "; the nearest is " + best
}

// distance is the number of letters to insert, leave out or replace to make b
// of a (Levenshtein).
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
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

// A Phrase is one step that a feature may use, for a reader.
type Phrase struct {
	Keyword string // Given, When or Then
	Text    string // with … where a value stands; a colon at the end wants a table or a text below
}

// Phrases returns the vocabulary for the objects of a catalogue: Given, When and Then in this order.
func Phrases(c *contract.Catalogue) []Phrase {
	v := vocabularyOf(c)
	var all []Phrase
	for i := range v.phrases {
		all = append(all, Phrase{keywords[v.phrases[i].keyword], v.text(&v.phrases[i])})
	}
	return all
}

var (
	group  = regexp.MustCompile(`\([^()]*\)`)                    // of a pattern: none of ours nests
	choice = regexp.MustCompile(`^\((\?:)?[\w ]+(\|[\w ]+)*\)$`) // a group that lists words
	quoted = regexp.MustCompile(`"[^"]*"`)                       // a value in a step
)

// text is a phrase for a reader: values as …, choices of words as they are.
func (v *vocabulary) text(p *phrase) string {
	return p.with(func(g string) string {
		listed := strings.Trim(g, "(?:)")
		switch {
		case listed == v.nouns || listed == v.wholes:
			return "<noun>"
		case listed == v.plurals:
			return "<nouns>"
		case !choice.MatchString(g):
			return "…"
		case strings.Contains(g, "|"):
			return strings.Replace(g, "?:", "", 1)
		}
		return listed
	})
}

// shape is the phrase with … for all that differs between steps.
func (p *phrase) shape() []rune {
	return []rune(p.with(func(string) string { return "…" }))
}

func (p *phrase) with(value func(group string) string) string {
	return group.ReplaceAllStringFunc(strings.TrimSuffix(strings.TrimPrefix(p.pattern.String(), "^"), "$"), value)
}

var keywords = map[messages.PickleStepType]string{
	messages.PickleStepType_CONTEXT: "Given", messages.PickleStepType_ACTION: "When", messages.PickleStepType_OUTCOME: "Then",
}
