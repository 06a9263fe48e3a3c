package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/runner/wording"
)

// choice is the value of a flag that takes one of a few words.
type choice struct {
	value string
	words []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return "word" }

func (c *choice) Set(s string) error {
	if !slices.Contains(c.words, s) {
		return fmt.Errorf("want one of %s, got %q%s", strings.Join(c.words, ", "), s, wording.DidYouMean(s, c.words))
	}
	c.value = s
	return nil
}

// choices is the value of a flag that takes several of a few words, separated
// by commas or given one by one. The first use replaces the default.
type choices struct {
	values []string
	words  []string
	set    bool
}

func (c *choices) String() string { return strings.Join(c.values, ",") }
func (c *choices) Type() string   { return "words" }

func (c *choices) Set(s string) error {
	if !c.set {
		c.values, c.set = nil, true
	}
	for word := range strings.SplitSeq(s, ",") {
		one := choice{words: c.words}
		if err := one.Set(strings.TrimSpace(word)); err != nil {
			return err
		}
		c.values = append(c.values, one.value)
	}
	return nil
}

// Append, Replace and GetSlice make it a pflag.SliceValue: a flag that a list
// of the file may set.
func (c *choices) Append(s string) error { return c.Set(s) }
func (c *choices) Replace(values []string) error {
	c.set = false
	return c.Set(strings.Join(values, ","))
}
func (c *choices) GetSlice() []string { return c.values }

// positive is the value of a flag that counts from 1. Zero means that it was
// not given.
type positive int

func (p *positive) Type() string { return "number" }

func (p *positive) String() string {
	if *p == 0 {
		return ""
	}
	return strconv.Itoa(int(*p))
}

func (p *positive) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil {
		return fmt.Errorf("want a whole number, got %q", s)
	}
	if n < 1 {
		return fmt.Errorf("want 1 or more, got %d", n)
	}
	*p = positive(n)
	return nil
}

// release is the value of a flag that names a release of ONTAP. Zero means
// that it was not given.
type release struct{ contract.Release }

func (r *release) Type() string { return "release" }

func (r *release) String() string {
	if r.IsZero() {
		return ""
	}
	return r.Release.String()
}

func (r *release) Set(s string) error {
	var err error
	if r.Release, err = contract.KnownRelease(s); err != nil {
		return fmt.Errorf("%w. Did you mean %s?", err, nearestRelease(s))
	}
	return nil
}

// nearestRelease is the known release that is nearest in number, or in letters
// to what is no number.
func nearestRelease(s string) contract.Release {
	typed, err := contract.ParseRelease(s)
	off := func(r contract.Release) int {
		if err != nil {
			return wording.Distance(s, r.String())
		}
		return 1000*abs(r.Generation-typed.Generation) + abs(r.Major-typed.Major)
	}
	return slices.MinFunc(contract.Releases(), func(a, b contract.Release) int { return off(a) - off(b) })
}

func abs(n int) int { return max(n, -n) }

func releaseNames() []string {
	var names []string
	for _, r := range contract.Releases() {
		names = append(names, r.String())
	}
	return names
}

// completes lets the shell offer words for a flag.
func completes(cmd *cobra.Command, flag string, words []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic("the flag --" + flag + " does not exist: " + err.Error()) // a slip of ours, which every test would meet
	}
}
