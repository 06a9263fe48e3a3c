package main

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/runner/report"
	"ontap-conformance/steps"
)

// A selection is what --select and --skip leave of the scenarios.
type selection struct {
	chosen []*steps.Scenario
	left   []*steps.Scenario // not selected
}

// String counts the scenarios as the report does: those that were left out stay
// in the denominator.
func (s selection) String() string {
	all := report.Counted(len(s.chosen)+len(s.left), "scenario")
	if len(s.left) > 0 {
		all += fmt.Sprintf(" (%d not selected)", len(s.left))
	}
	return all
}

// choose applies the patterns. One that matches nothing is an error: a typing
// error must not test less than was asked for, without a word.
func choose(c *contract.Catalogue, all []*steps.Scenario, selected, skipped []string) (selection, error) {
	var s selection
	wanted, err := matching("--select", c, all, selected)
	if err != nil {
		return s, err
	}
	unwanted, err := matching("--skip", c, all, skipped)
	if err != nil {
		return s, err
	}
	for _, sc := range all {
		if (len(selected) == 0 || wanted[sc]) && !unwanted[sc] {
			s.chosen = append(s.chosen, sc)
		} else {
			s.left = append(s.left, sc)
		}
	}
	if len(s.chosen) == 0 {
		return s, misused("--select and --skip leave no scenario to run")
	}
	return s, nil
}

// matching returns the scenarios that any of the patterns matches.
func matching(flag string, c *contract.Catalogue, all []*steps.Scenario, patterns []string) (map[*steps.Scenario]bool, error) {
	found := map[*steps.Scenario]bool{}
	for _, p := range patterns {
		some := byPattern(all, p)
		if len(some) == 0 {
			return nil, misused("%s: %w", flag, unmatched(c, all, p))
		}
		for _, sc := range some {
			found[sc] = true
		}
	}
	return found, nil
}

// byPattern returns the scenarios that one pattern matches. A name that stands
// there as it is wins over what it would mean as a pattern.
func byPattern(all []*steps.Scenario, pattern string) []*steps.Scenario {
	var exact, globbed []*steps.Scenario
	re := glob(pattern)
	for _, sc := range all {
		names := namesOf(sc)
		if slices.Contains(names, pattern) {
			exact = append(exact, sc)
		}
		if slices.ContainsFunc(names, re.MatchString) {
			globbed = append(globbed, sc)
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

// glob is a pattern in which * stands for any text, slashes too, and ? for one
// character. Capitals do not matter.
func glob(pattern string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(quoted)
	return regexp.MustCompile(`(?is)^` + quoted + `$`) // cannot fail: everything else is quoted
}

// unmatched says why a pattern matches nothing, as far as we can tell.
func unmatched(c *contract.Catalogue, all []*steps.Scenario, pattern string) error {
	if q := c.Requirement(contract.ID(strings.ToUpper(pattern))); q != nil {
		if q.Untested != "" {
			return fmt.Errorf("%s is not tested: %s", q.ID, q.Untested)
		}
		return fmt.Errorf("no scenario sets out to verify %s: it is judged in every run, with every answer", q.ID)
	}
	var names []string
	for _, sc := range all {
		names = append(names, namesOf(sc)...)
	}
	return fmt.Errorf("%q matches no scenario%s", pattern, didYouMean(pattern, names))
}
