package main

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/report"
	"ontap-conformance/runner/wording"
	"ontap-conformance/steps"
)

// A selection is what --select and --skip leave of the scenarios and properties.
type selection struct {
	chosen []*steps.Scenario
	left   []*steps.Scenario // not selected

	properties []string // names of trials
	without    []string // of those that are not selected

	corpus     []keptFinding
	corpusLeft []keptFinding // not selected
}

// String counts the scenarios and properties as the report does: those that were
// left out stay in the denominator.
func (s selection) String() string {
	all := fmt.Sprintf("%s and %d properties", report.Counted(len(s.chosen)+len(s.left), "scenario"), len(s.properties)+len(s.without))
	if n := len(s.corpus) + len(s.corpusLeft); n > 0 {
		all = fmt.Sprintf("%s of the corpus, %s", report.Counted(n, "finding"), all)
	}
	if n := len(s.left) + len(s.without) + len(s.corpusLeft); n > 0 {
		all += fmt.Sprintf(" (%d not selected)", n)
	}
	return all
}

// size is how many outcomes the selection has.
func (s selection) size() int { return len(s.corpus) + len(s.chosen) + len(s.properties) }

// A candidate is what can be selected: a scenario, the trial of a property or a finding of
// the corpus.
type candidate struct {
	scenario *steps.Scenario // nil for all else
	kept     *keptFinding    // nil for all else
	name     string
	names    []string // all that it can be selected by
}

// choose applies the patterns. One that matches nothing is an error: a typing
// error must not test less than was asked for, without a word.
func choose(c *contract.Catalogue, scenarios []*steps.Scenario, corpus []keptFinding, selected, skipped []string) (selection, error) {
	var s selection
	var all []candidate
	for _, k := range corpus {
		all = append(all, candidate{kept: &k, name: k.name, names: k.names()})
	}
	for _, sc := range scenarios {
		all = append(all, candidate{scenario: sc, name: sc.Name, names: namesOf(sc)})
	}
	for _, t := range property.Descriptions(c) {
		all = append(all, candidate{name: t.Name, names: namesOfTrial(t)})
	}
	wanted, err := matching("--select", c, all, selected)
	if err != nil {
		return s, err
	}
	unwanted, err := matching("--skip", c, all, skipped)
	if err != nil {
		return s, err
	}
	for _, one := range all {
		s.put(one, (len(selected) == 0 || wanted[one.name]) && !unwanted[one.name])
	}
	if s.size() == 0 {
		return s, exit.Misusedf("--select and --skip leave nothing to run")
	}
	return s, nil
}

func (s *selection) put(one candidate, chosen bool) {
	switch {
	case one.scenario != nil && chosen:
		s.chosen = append(s.chosen, one.scenario)
	case one.scenario != nil:
		s.left = append(s.left, one.scenario)
	case one.kept != nil && chosen:
		s.corpus = append(s.corpus, *one.kept)
	case one.kept != nil:
		s.corpusLeft = append(s.corpusLeft, *one.kept)
	case chosen:
		s.properties = append(s.properties, one.name)
	default:
		s.without = append(s.without, one.name)
	}
}

// matching returns the names of those that any of the patterns matches.
func matching(flag string, c *contract.Catalogue, all []candidate, patterns []string) (map[string]bool, error) {
	found := map[string]bool{}
	for _, p := range patterns {
		some := byPattern(all, p)
		if len(some) == 0 {
			return nil, exit.Misusedf("%s: %w", flag, unmatched(c, all, p))
		}
		for _, one := range some {
			found[one.name] = true
		}
	}
	return found, nil
}

// byPattern returns those that one pattern matches. A name that stands there as
// it is wins over what it would mean as a pattern.
func byPattern(all []candidate, pattern string) []candidate {
	var exact, globbed []candidate
	re := glob(pattern)
	for _, one := range all {
		if slices.Contains(one.names, pattern) {
			exact = append(exact, one)
		}
		if slices.ContainsFunc(one.names, re.MatchString) {
			globbed = append(globbed, one)
		}
	}
	if exact != nil {
		return exact
	}
	return globbed
}

// namesOf returns all that a scenario can be selected by: its name, with and
// without the feature, its feature with and without folder and ending, its
// folder, its tags and its requirements.
func namesOf(sc *steps.Scenario) []string {
	feature := path.Base(sc.URI)
	names := []string{sc.Name, strings.TrimPrefix(sc.Name, sc.URI+": "), sc.URI, strings.TrimSuffix(sc.URI, ".feature"),
		feature, strings.TrimSuffix(feature, ".feature"), path.Dir(sc.URI)}
	for _, id := range sc.Requirements {
		names = append(names, string(id))
	}
	for _, tag := range sc.Tags {
		names = append(names, tag, strings.TrimPrefix(tag, "@"))
	}
	return names
}

// namesOfTrial returns all that a property can be selected by: its name on a
// resource, its name on any, and the word for all of them. Its
// requirements do not select it: whoever wants one wants its examples.
func namesOfTrial(t property.Description) []string {
	return []string{t.Name, t.Property, "properties"}
}

// glob is a pattern in which * stands for any text, slashes too, and ? for one
// character. Capitals do not matter.
func glob(pattern string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(quoted)
	return regexp.MustCompile(`(?is)^` + quoted + `$`) // cannot fail: everything else is quoted
}

// unmatched says why a pattern matches nothing, as far as we can tell.
func unmatched(c *contract.Catalogue, all []candidate, pattern string) error {
	if q := c.Requirement(contract.ID(strings.ToUpper(pattern))); q != nil {
		if q.Untested != "" {
			return fmt.Errorf("%s is not tested: %s", q.ID, q.Untested)
		}
		return fmt.Errorf("no scenario sets out to verify %s: it is judged in every run, with every answer", q.ID)
	}
	var names []string
	for _, one := range all {
		names = append(names, one.names...)
	}
	return fmt.Errorf("%q matches no scenario and no property%s", pattern, wording.DidYouMean(pattern, names))
}
