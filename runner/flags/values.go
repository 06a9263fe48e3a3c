// Package flags has what every subcommand reads its command line with: values of
// flags, checks of arguments, and the settings of the environment and of a file.
//
// Its reader is who adds a flag or a subcommand. It knows no subcommand and no
// target: which flags there are and what they mean is said where a subcommand is.
package flags

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/runner/wording"
)

// A Choice is the value of a flag that takes one of a few words.
type Choice struct {
	Value string
	Words []string
}

func (c *Choice) String() string { return c.Value }
func (c *Choice) Type() string   { return "word" }

func (c *Choice) Set(s string) error {
	if !slices.Contains(c.Words, s) {
		return fmt.Errorf("want one of %s, got %q%s", strings.Join(c.Words, ", "), s, wording.DidYouMean(s, c.Words))
	}
	c.Value = s
	return nil
}

// A Choices is the value of a flag that takes several of a few words, separated
// by commas or given one by one. The first use replaces the default.
type Choices struct {
	Values []string
	Words  []string
	set    bool // whether Values are no longer the default
}

func (c *Choices) String() string { return strings.Join(c.Values, ",") }
func (c *Choices) Type() string   { return "words" }

func (c *Choices) Set(s string) error {
	if !c.set {
		c.Values, c.set = nil, true
	}
	for word := range strings.SplitSeq(s, ",") {
		one := Choice{Words: c.Words}
		if err := one.Set(strings.TrimSpace(word)); err != nil {
			return err
		}
		c.Values = append(c.Values, one.Value)
	}
	return nil
}

// Append, Replace and GetSlice make it a pflag.SliceValue: a flag that a list
// of the file may set.
func (c *Choices) Append(s string) error { return c.Set(s) }
func (c *Choices) Replace(values []string) error {
	c.set = false
	return c.Set(strings.Join(values, ","))
}
func (c *Choices) GetSlice() []string { return c.Values }

// A Positive is the value of a flag that counts from 1. Zero means that it was
// not given.
type Positive int

func (p *Positive) Type() string { return "number" }

func (p *Positive) String() string {
	if *p == 0 {
		return ""
	}
	return strconv.Itoa(int(*p))
}

func (p *Positive) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil {
		return fmt.Errorf("want a whole number, got %q", s)
	}
	if n < 1 {
		return fmt.Errorf("want 1 or more, got %d", n)
	}
	*p = Positive(n)
	return nil
}

// A Release is the value of a flag that names a release of ONTAP. Zero means
// that it was not given.
type Release struct{ contract.Release }

func (r *Release) Type() string { return "release" }

func (r *Release) String() string {
	if r.IsZero() {
		return ""
	}
	return r.Release.String()
}

func (r *Release) Set(s string) error {
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

// ReleaseNames are the releases that --ontap takes.
func ReleaseNames() []string {
	var names []string
	for _, r := range contract.Releases() {
		names = append(names, r.String())
	}
	return names
}

// Completes lets the shell offer words for a flag.
func Completes(cmd *cobra.Command, flag string, words []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic("the flag --" + flag + " does not exist: " + err.Error()) // a slip of ours, which every test would meet
	}
}
