package steps

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/testbed"
)

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

	builtinOne  string // one of what no scenario creates
	builtinMany string // all of them, or the jobs
	settings    string // what every cluster has one record of
}

func wordsOf(c *contract.Catalogue) words {
	noun := func(k *contract.ObjectKind) string { return k.Noun }
	plural := func(k *contract.ObjectKind) string { return k.Plural }
	whole := func(k *contract.ObjectKind) bool { return k.Creatable() && !k.Resource.IsPart() }
	w := words{contract: c, nouns: choiceOf(c, (*contract.ObjectKind).Creatable, noun), wholes: choiceOf(c, whole, noun), plurals: choiceOf(c, (*contract.ObjectKind).Creatable, plural)}
	w.builtinOne = `(` + choiceOf(c, isGiven, noun) + `)`
	w.builtinMany = `(` + choiceOf(c, isListed, plural) + `)`
	w.settings = `(` + choiceOf(c, func(k *contract.ObjectKind) bool { return k.Resource.Builtin && k.Resource.Key == "" }, noun) + `)`
	w.theObject = `the (?:` + w.nouns + `) "([^"]*)"`
	w.aNew = `the (` + w.wholes + `) "([^"]*)"`
	w.inactive = `the inactive (` + w.wholes + `) "([^"]*)"`
	w.unknown = `(?:a|an) (` + w.wholes + `) that does not exist`
	w.spoken = regexp.MustCompile(`\b(` + w.plurals + `|` + w.nouns + `)\b`)
	return w
}

// isGiven reports whether a kind is one of a collection that scenarios create nothing in, but for
// jobs.
func isGiven(k *contract.ObjectKind) bool {
	return !k.Creatable() && k.Resource.Key != "" && !k.Resource.Jobs
}

// isListed reports whether a kind is one that every cluster has several of without anybody's doing.
func isListed(k *contract.ObjectKind) bool {
	return (k.Resource.Builtin || k.Resource.Jobs) && k.Resource.Key != ""
}

// choiceOf lists a word of kinds as a regular expression has it. No noun may be the end of
// another that features write before the same words: the longest is tried first.
func choiceOf(c *contract.Catalogue, is func(*contract.ObjectKind) bool, of func(*contract.ObjectKind) string) string {
	var all []string
	for _, k := range c.Objects() {
		if is(k) {
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
