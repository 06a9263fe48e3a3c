package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/features"
	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/steps"
)

var update = flag.Bool("update", false, "rewrite the tables of features")

// trace is what verifies each requirement, and what proves that it does.
type trace struct {
	rules     map[contract.ID]int
	scenarios map[contract.ID][]string
	mutants   map[contract.ID]int

	properties map[contract.ID][]string                   // their names, each once
	sought     map[*contract.Resource]map[string][]string // by the slug of what a resource could promise and does not, who looks for it
}

func traced(t *testing.T, c *contract.Catalogue) trace {
	t.Helper()
	tr := trace{map[contract.ID]int{}, map[contract.ID][]string{}, map[contract.ID]int{}, map[contract.ID][]string{}, sought(c)}
	for _, d := range property.Descriptions(c) {
		for _, id := range d.Requirements {
			if !slices.Contains(tr.properties[id], d.Property) {
				tr.properties[id] = append(tr.properties[id], d.Property)
			}
		}
	}
	for _, q := range c.Requirements() {
		if oracle.Ruled(q.Promise) {
			tr.rules[q.ID]++
		}
	}
	plan, err := steps.Plan(features.FS, c)
	require.NoError(t, err)
	for _, sc := range plan {
		for _, id := range sc.Requirements {
			tr.scenarios[id] = append(tr.scenarios[id], sc.Name)
		}
	}
	for _, m := range mutant.All(c) {
		tr.mutants[m.Breaks]++
	}
	return tr
}

// sought are the promises that properties look for in a resource that has the
// operations for them, and that no document makes of it.
func sought(c *contract.Catalogue) map[*contract.Resource]map[string][]string {
	all := map[*contract.Resource]map[string][]string{}
	note := func(r *contract.Resource, slug, by string) {
		makes := func(q *contract.Requirement) bool { return q.Promise == slug }
		if !c.Promise(slug).Suits(r) || slices.ContainsFunc(c.Conventions, makes) || slices.ContainsFunc(r.Requirements, makes) {
			return
		}
		if all[r] == nil {
			all[r] = map[string][]string{}
		}
		if !slices.Contains(all[r][slug], by) {
			all[r][slug] = append(all[r][slug], by)
		}
	}
	for _, d := range property.Descriptions(c) {
		for _, slug := range d.Promises {
			note(d.Resource, slug, d.Property)
		}
	}
	return all
}

// idle are properties that play on a resource and can disprove nothing of it, with the reason.
var idle = map[string]string{
	"key-managers: work-on-keys-is-started": "its actions are promised by examples; here they only come in any order",
}

// TestEveryVerifierHasAPromise holds rules and properties to the vocabulary: what they look
// for is promised by something, and a property that plays on a resource can disprove
// something of it.
func TestEveryVerifierHasAPromise(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	made := map[string]bool{}
	for _, q := range c.Requirements() {
		made[q.Promise] = true
	}
	for _, r := range oracle.Rules() {
		assert.True(t, made[r.Promise], "a rule verifies %s, which nothing promises", r.Promise)
	}
	for _, d := range property.Descriptions(c) {
		assert.Equal(t, idle[d.Name] == "", len(d.Requirements) > 0, "%s can disprove nothing, or is said to", d.Name)
		for _, slug := range d.Promises {
			assert.True(t, made[slug], "%s looks for %s, which nothing promises", d.Name, slug)
		}
	}
}

// TestEveryRequirementIsTraced holds the catalogue and the suite together:
// nothing cites a requirement that does not exist, every requirement has a
// verifier or says why not, and every verifier has a mutant that it kills.
func TestEveryRequirementIsTraced(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	tr := traced(t, c)
	for id := range tr.rules {
		assert.NotNil(t, c.Requirement(id), "a rule cites %s, which is not in the catalogue", id)
	}
	for id := range tr.mutants {
		assert.NotNil(t, c.Requirement(id), "a mutant breaks %s, which is not in the catalogue", id)
	}
	for _, q := range c.Requirements() {
		verified := tr.rules[q.ID] > 0 || len(tr.scenarios[q.ID]) > 0
		switch {
		case q.Untested != "":
			assert.False(t, verified, "%s is said to be untested and is verified", q.ID)
		default:
			assert.True(t, verified, "nothing verifies %s", q.ID)
			assert.Positive(t, tr.mutants[q.ID], "no mutant breaks %s", q.ID)
		}
	}
}

// TestMatrixIsUpToDate compares the committed tables with the code.
func TestMatrixIsUpToDate(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	for name, want := range map[string]string{"MATRIX.md": matrix(c, traced(t, c)), "CODES.md": codeTable(c), "CONVENTIONS.md": register(c)} {
		t.Run(name, func(t *testing.T) { requireFile(t, filepath.Join("..", "features", name), want) })
	}
}

// requireFile wants a generated file to be as it would be written now.
func requireFile(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(want), 0o644))
	}
	got, err := os.ReadFile(name)
	require.NoError(t, err)
	gotLines := strings.Split(string(got), "\n")
	for i, line := range strings.Split(want, "\n") {
		if i >= len(gotLines) || gotLines[i] != line {
			t.Fatalf("%s:%d is out of date: run make trace", name, i+1)
		}
	}
	assert.Len(t, gotLines, strings.Count(want, "\n")+1, "%s has lines too many: run make trace", name)
}

// codeTable lists every documented error code with its operation, its releases
// and how it is provoked.
func codeTable(c *contract.Catalogue) string {
	var b strings.Builder
	b.WriteString("# Every documented error code, and how it is provoked\n\n" +
		"Written by `make trace`; a test keeps it equal to the catalogue. A code that the lab provokes needs `--lab`.\n" +
		"Codes in parentheses are accepted for the same cause.\n")
	heading := ""
	for _, q := range c.Requirements() {
		if q.Row == nil {
			continue
		}
		if h := q.Row.Operation.String(); h != heading {
			heading = h
			fmt.Fprintf(&b, "\n## %s\n\n| code | releases | means | provoked |\n|---|---|---|---|\n", h)
		}
		code := q.Row.Code
		if len(q.Row.Accept) > 0 {
			code += " (" + strings.Join(q.Row.Accept, ", ") + ")"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", code, strings.TrimPrefix(q.Span.String(), "releases "), cell(q.Row.Means), provocation(q.Row))
	}
	return b.String()
}

// register shows what has become of every statement about the API as a whole.
func register(c *contract.Catalogue) string {
	var b strings.Builder
	b.WriteString("# Every statement of the documents about the API as a whole, and what has become of it\n\n" +
		"Written by `make trace`; a test keeps it equal to the catalogue. A liberty is a server that makes use of what a\n" +
		"statement allows, and that must pass.\n\n| statement | level | releases | what it says | what looks at it | source |\n|---|---|---|---|---|---|\n")
	for _, s := range c.Statements {
		var by []string
		for _, id := range s.Verified {
			by = append(by, string(id))
		}
		for _, name := range s.Liberties {
			by = append(by, "liberty `"+name+"`")
		}
		for heading, text := range map[string]string{"untested": s.Untested, "but": s.But} {
			if text != "" { // one of the two at most
				by = append(by, heading+": "+cell(text))
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", s.ID, s.Level, strings.TrimPrefix(s.Span.String(), "releases "),
			cell(s.Text), strings.Join(by, "<br>"), cited(s.Sources))
	}
	return b.String()
}

// TestTheRegisterNamesLibertiesThatExist holds the register to the servers that it
// calls as witnesses.
func TestTheRegisterNamesLibertiesThatExist(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	for _, s := range c.Statements {
		for _, name := range s.Liberties {
			_, known := mutant.FindLiberty(c, name)
			assert.True(t, known, "%s is said to be allowed by %s, which is no liberty", s.ID, name)
		}
	}
}

func provocation(row *contract.ErrorRow) string {
	switch {
	case row.Untested != "":
		return "not at all: " + cell(row.Untested)
	case row.Provoke == contract.ByLab:
		return "through the lab: `" + row.Condition + "`"
	}
	return "by requests: " + cell(row.Condition)
}

func matrix(c *contract.Catalogue, tr trace) string {
	var b strings.Builder
	b.WriteString("# What is promised, what verifies it, what proves that, and where it is written\n\n" +
		"Written by `make trace`; a test keeps it equal to the code. Whatever verifies or breaks a promise is bound to its slug.\n" +
		"A rule looks at every exchange of every scenario. A mutant is a server that breaks the promise and must be blamed\n" +
		"for it. What properties look for in a resource and no document promises of it stands below its table.\n")
	heading := ""
	var of *contract.Resource
	for _, q := range c.Requirements() {
		if h := subject(q); h != heading {
			unpromised(&b, tr.sought[of])
			heading, of = h, nil
			fmt.Fprintf(&b, "\n## %s\n\n| requirement | level | releases | promise | says | verified by | mutants | source |\n|---|---|---|---|---|---|---|---|\n", h)
			if q.Row == nil {
				of = q.Resource
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %d | %s |\n", q.ID, q.Level, strings.TrimPrefix(q.Span.String(), "releases "), q.Promise, cell(q.Text),
			verifiers(q, tr), tr.mutants[q.ID], cited(q.Sources))
	}
	unpromised(&b, tr.sought[of])
	return b.String()
}

// unpromised lists what is looked for in a resource and not promised of it.
func unpromised(b *strings.Builder, sought map[string][]string) {
	if len(sought) == 0 {
		return
	}
	b.WriteString("\n| promised by no document | looked for by |\n|---|---|\n")
	for _, slug := range slices.Sorted(maps.Keys(sought)) {
		fmt.Fprintf(b, "| %s | %s |\n", slug, strings.Join(sought[slug], "<br>"))
	}
}

func subject(q *contract.Requirement) string {
	switch {
	case q.Resource == nil:
		return "Conventions of the whole API"
	case q.Row != nil:
		return "Error codes of " + q.Row.Operation.String()
	}
	return q.Resource.Name
}

func verifiers(q *contract.Requirement, tr trace) string {
	if q.Untested != "" {
		return "untested: " + cell(q.Untested)
	}
	var all []string
	if tr.rules[q.ID] > 0 {
		all = append(all, "a rule")
	}
	for _, name := range tr.scenarios[q.ID] {
		all = append(all, cell(name))
	}
	for _, name := range tr.properties[q.ID] {
		all = append(all, "property "+name)
	}
	return strings.Join(all, "<br>")
}

func cited(sources []contract.Citation) string {
	var all []string
	for _, s := range sources {
		all = append(all, cell(s.Source.ID+": "+s.Section))
	}
	return strings.Join(all, "<br>")
}

// cell keeps text within its cell of a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;").Replace(s)
}
