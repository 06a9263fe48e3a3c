package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/report"
	"ontap-conformance/steps"
)

// lists are what can be listed, by name, in the order of the usage text.
var lists = []struct {
	name  string
	write func(io.Writer, *contract.Catalogue, contract.Release) error
}{
	{"requirements", listRequirements},
	{"scenarios", listScenarios},
	{"properties", listProperties},
	{"operations", listOperations},
	{"conditions", listConditions},
	{"codes", listCodes},
	{"statements", listStatements},
	{"observations", listObservations},
	{"mutants", listMutants},
	{"liberties", listLiberties},
	{"phrases", listPhrases},
}

func listCommand(a *app) *cobra.Command {
	var words []string
	for _, l := range lists {
		words = append(words, l.name)
	}
	var of flags.Release
	cmd := &cobra.Command{
		Use:       "list " + strings.Join(words, "|"),
		Short:     "List what is promised, and what tests it",
		Long:      "List what is promised, and what tests it: one row each, for reading and for grep.",
		Example:   "  ontap-conformance list requirements --ontap 9.13.1\n  ontap-conformance list codes | grep 65537500",
		ValidArgs: words,
		Args:      flags.OneOf(words...),
		RunE: a.settled(func(_ *cobra.Command, args []string) error {
			c, err := a.load()
			if err != nil {
				return err
			}
			t := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			for _, l := range lists {
				if l.name == args[0] {
					err = l.write(t, c, of.Release)
				}
			}
			if err != nil {
				return err
			}
			return t.Flush()
		}),
	}
	cmd.Flags().Var(&of, "ontap", "only what this release promises (default: every release)")
	flags.Completes(cmd, "ontap", flags.ReleaseNames())
	return cmd
}

// applies reports whether a span covers a release; the zero release stands for
// all of them.
func applies(s contract.Span, r contract.Release) bool { return r.IsZero() || s.Covers(r) }

func listRequirements(w io.Writer, c *contract.Catalogue, r contract.Release) error {
	for _, q := range c.Requirements() {
		if applies(q.Span, r) && (q.Resource == nil || applies(q.Resource.Span, r)) {
			text := q.Text
			if q.IsAssumed(r) {
				text = "assumed: " + text
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", q.ID, q.Level, q.Span, text)
		}
	}
	return nil
}

// listStatements prints the register of the conventions.
func listStatements(w io.Writer, c *contract.Catalogue, r contract.Release) error {
	for _, s := range c.Statements {
		if applies(s.Span, r) {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.ID, s.Level, accounted(s), s.Text)
		}
	}
	return nil
}

// accounted says in a few words what has become of a statement.
func accounted(s *contract.Statement) string {
	var ids []string
	for _, id := range s.Verified {
		ids = append(ids, string(id))
	}
	switch {
	case s.Untested != "":
		return "untested"
	case ids == nil:
		return "allowed"
	}
	return strings.Join(ids, " ")
}

func listScenarios(w io.Writer, c *contract.Catalogue, r contract.Release) error {
	all, err := scenarios(c, nil)
	if err != nil {
		return err
	}
	for _, sc := range all {
		var ids []string
		covered := false
		for _, id := range sc.Requirements {
			ids = append(ids, string(id))
			covered = covered || applies(c.Requirement(id).Span, r)
		}
		if covered {
			fmt.Fprintf(w, "%s\t%s\n", sc.Name, strings.Join(ids, " "))
		}
	}
	return nil
}

func listProperties(w io.Writer, c *contract.Catalogue, r contract.Release) error {
	all := property.Descriptions(c)
	if !r.IsZero() {
		all = all[:0]
		for _, t := range property.Trials(c, r) {
			all = append(all, property.Description{Name: t.Name, Says: t.Property.Says, Requirements: t.Requirements})
		}
	}
	for _, t := range all {
		var ids []string
		for _, id := range t.Requirements {
			ids = append(ids, string(id))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", t.Name, t.Says, strings.Join(ids, " "))
	}
	return nil
}

func listOperations(w io.Writer, c *contract.Catalogue, r contract.Release) error {
	for _, resource := range c.Resources {
		for _, o := range resource.Operations {
			if applies(o.Span, r) && applies(resource.Span, r) {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", o, o.Effect, o.Span, report.Counted(len(o.Errors), "error code"))
			}
		}
	}
	return nil
}

// listConditions names with each condition what needs it, error rows above all; one
// that nothing of a release needs is left out.
func listConditions(w io.Writer, c *contract.Catalogue, r contract.Release) error {
	for _, k := range c.Conditions {
		var rows []string
		for _, q := range c.Requirements() {
			needs := q.Needs == k.Name || q.Row != nil && q.Row.Provoke == contract.ByLab && q.Row.Condition == k.Name
			if needs && applies(q.Span, r) && (q.Resource == nil || applies(q.Resource.Span, r)) {
				rows = append(rows, string(q.ID))
			}
		}
		if len(rows) > 0 {
			fmt.Fprintf(w, "%s\t%s\t%s\n", k.Name, k.Text, strings.Join(rows, " "))
		}
	}
	return nil
}

// listObservations prints the ambiguity register.
func listObservations(w io.Writer, c *contract.Catalogue, r contract.Release) error {
	for _, o := range c.Observations {
		if applies(o.Span, r) {
			ways := strings.Join(o.Readings, " | ")
			if o.Unobserved != "" {
				ways = "unobserved: " + o.Unobserved
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", o.ID, ways, o.Text)
		}
	}
	return nil
}

func listCodes(w io.Writer, c *contract.Catalogue, r contract.Release) error {
	for _, k := range c.Codes {
		if applies(k.Span, r) {
			fmt.Fprintf(w, "%s\tany operation\t\t%s\n", k.Code, k.Means)
		}
	}
	for _, resource := range c.Resources {
		for _, o := range resource.Operations {
			for _, e := range o.Errors {
				if applies(e.Span, r) && applies(resource.Span, r) {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", e.Code, o, e.Condition, e.Means)
				}
			}
		}
	}
	return nil
}

func listMutants(w io.Writer, c *contract.Catalogue, r contract.Release) error {
	for _, m := range mutant.All(c) {
		if applies(c.Requirement(m.Breaks).Span, r) {
			fmt.Fprintf(w, "%s\t%s\n", m.Name, m.Breaks)
		}
	}
	return nil
}

// listPhrases prints the dictionary that authors of features read.
func listPhrases(w io.Writer, c *contract.Catalogue, _ contract.Release) error {
	for _, p := range steps.Phrases(c) {
		fmt.Fprintf(w, "%s\t%s\n", p.Keyword, p.Text)
	}
	return nil
}

func listLiberties(w io.Writer, c *contract.Catalogue, _ contract.Release) error {
	for _, l := range mutant.Liberties(c) {
		fmt.Fprintf(w, "%s\t%s\n", l.Name, l.Because)
	}
	return nil
}
