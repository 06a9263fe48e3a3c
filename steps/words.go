package steps

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/testbed"
)

import ()

// words are the parts of phrases that stand for the objects of a catalogue, as regular
// expressions.
type words struct {
	contract *contract.Catalogue
	nouns    string // of all that is ever created
	wholes   string // those of what stands alone
	plurals  string

	theObject string         // one that the scenario has
	aNew      string         // one that is to be made
	inactive  string         // one that is to be made beside the active one
	unknown   string         // one that nobody ever made
	spoken    *regexp.Regexp // any of them
}

func wordsOf(c *contract.Catalogue) words {
	noun := func(k *contract.ObjectKind) string { return k.Noun }
	plural := func(k *contract.ObjectKind) string { return k.Plural }
	whole := func(k *contract.ObjectKind) bool { return !k.Resource.IsPart() }
	any := func(*contract.ObjectKind) bool { return true }
	w := words{contract: c, nouns: choiceOf(c, any, noun), wholes: choiceOf(c, whole, noun), plurals: choiceOf(c, any, plural)}
	w.theObject = `the (?:` + w.nouns + `) "([^"]*)"`
	w.aNew = `the (` + w.wholes + `) "([^"]*)"`
	w.inactive = `the inactive (` + w.wholes + `) "([^"]*)"`
	w.unknown = `(?:a|an) (` + w.wholes + `) that does not exist`
	w.spoken = regexp.MustCompile(`\b(` + w.plurals + `|` + w.nouns + `)\b`)
	return w
}

// choiceOf lists a word of kinds as a regular expression has it. No noun may be the end of
// another that features write before the same words: the longest is tried first.
func choiceOf(c *contract.Catalogue, is func(*contract.ObjectKind) bool, of func(*contract.ObjectKind) string) string {
	var all []string
	for _, k := range c.Objects() {
		if k.Creatable() && is(k) {
			all = append(all, of(k))
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return strings.Join(all, "|")
}

// spokenOf returns the kinds that a step speaks of, values in quotes left out,
// and those whose paths it names.
func (w words) spokenOf(step string) []*contract.ObjectKind {
	var all []*contract.ObjectKind
	for _, k := range w.contract.Objects() {
		if k.Creatable() && !k.Resource.IsPart() && strings.Contains(step, testbed.Collection(k.Resource)) {
			all = append(all, k)
		}
	}
	for _, word := range w.spoken.FindAllString(quoted.ReplaceAllString(step, ""), -1) {
		if k := w.contract.Object(word); !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}
