package steps

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/files"
)

// A Scenario is one example of the features, an outline's row included, with
// everything that is known of it before it runs.
type Scenario struct {
	Name         string // "azure-key-vaults/create.feature: A second …"; stable and unique
	URI          string
	Line         int    // of the scenario, or of the row of its outline
	Rule         string // "" when the scenario stands outside of a rule
	Requirements []contract.ID
	Conditions   []string  // that the lab has to arrange
	Tags         []string  // as written, with the row's values in place
	Leases       int       // SVMs that it needs for itself
	Cluster      bool      // whether it uses what the cluster has only one of
	Writes       bool      // whether it changes the target
	Resources    []string  // that it needs; nil for none in particular
	turn         int       // how often it is played with this one; zero for the first time
	cost         int       // requests, roughly; for the schedule
	text         []byte    // the scenario, rendered for godog
	phrases      []*phrase // that its steps use, each once
}

// Plan parses every *.feature below fsys and checks it: each step has a
// meaning, each scenario a When and a Then, each tag is known. The error joins
// all that is wrong, each with file and line.
func Plan(fsys fs.FS, c *contract.Catalogue) ([]*Scenario, error) {
	return planIn(fsys, "", c)
}

// PlanFolder is Plan for a folder of the user's. Names and URIs are relative to
// the folder; the files of an error have it in front, so that they can be
// opened from where the user is.
func PlanFolder(dir string, c *contract.Catalogue) ([]*Scenario, error) {
	return planIn(os.DirFS(dir), dir, c)
}

func planIn(fsys fs.FS, dir string, c *contract.Catalogue) ([]*Scenario, error) {
	p := &planner{contract: c, vocabulary: vocabularyOf(c), dir: dir, seen: map[string]bool{}, said: map[string]bool{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".feature" {
			return err
		}
		text, err := files.ReadIn(fsys, name, files.MaxText)
		if err != nil {
			return err
		}
		p.feature(name, text)
		return nil
	})
	p.errs = append(p.errs, err)
	if err := errors.Join(p.errs...); err != nil {
		return nil, err
	}
	if len(p.scenarios) == 0 {
		return nil, fmt.Errorf("no scenarios: no *.feature file%s holds one", below(dir))
	}
	return p.scenarios, nil
}

func below(dir string) string {
	if dir == "" {
		return ""
	}
	return " below " + dir
}

type planner struct {
	contract   *contract.Catalogue
	vocabulary *vocabulary
	dir        string // put before the files of errors; may be empty
	scenarios  []*Scenario
	seen       map[string]bool // names of scenarios
	said       map[string]bool // complaints
	errs       []error
}

// complain adds an error, once: a step of a background or an outline is met
// with each of its scenarios.
func (p *planner) complain(uri string, line int64, format string, args ...any) {
	err := fmt.Errorf("%s:%d: %w", path.Join(p.dir, uri), line, fmt.Errorf(format, args...))
	if !p.said[err.Error()] {
		p.said[err.Error()] = true
		p.errs = append(p.errs, err)
	}
}

// feature adds the scenarios of one file.
func (p *planner) feature(uri string, text []byte) {
	if n := longestLine(text); n >= bufio.MaxScanTokenSize { // the parser would panic
		p.errs = append(p.errs, fmt.Errorf("%s: a line of %d bytes: want less than %d", path.Join(p.dir, uri), n, bufio.MaxScanTokenSize))
		return
	}
	ids := new(messages.Incrementing)
	doc, err := gherkin.ParseGherkinDocument(bytes.NewReader(text), ids.NewId)
	if err != nil {
		p.errs = append(p.errs, fmt.Errorf("%s: %w", path.Join(p.dir, uri), err))
		return
	}
	if doc.Feature == nil {
		return // an empty file
	}
	src := index(doc.Feature)
	for _, pickle := range gherkin.Pickles(*doc, uri, ids.NewId) {
		p.pickle(uri, src, pickle)
	}
	for _, at := range src.empty {
		p.complain(uri, at, "a scenario without steps: it would vanish without a word")
	}
}

// longestLine is the length of the longest line of a text, in bytes.
func longestLine(text []byte) int {
	n := 0
	for line := range bytes.Lines(text) {
		n = max(n, len(line))
	}
	return n
}

// source is where the parts of a feature's pickles come from.
type source struct {
	line  map[string]int64             // of a scenario, a step or a row, by its id
	row   map[string]map[string]string // the cells of a row by their headings
	rule  map[string]string            // the rule of a scenario
	empty []int64                      // lines of scenarios without steps
}

func index(f *messages.Feature) *source {
	s := &source{map[string]int64{}, map[string]map[string]string{}, map[string]string{}, nil}
	for _, child := range f.Children {
		s.background(child.Background)
		if child.Scenario != nil {
			s.add(child.Scenario, "")
		}
		if child.Rule == nil {
			continue
		}
		for _, in := range child.Rule.Children {
			s.background(in.Background)
			if in.Scenario != nil {
				s.add(in.Scenario, child.Rule.Name)
			}
		}
	}
	return s
}

func (s *source) background(b *messages.Background) {
	if b != nil {
		s.steps(b.Steps)
	}
}

func (s *source) steps(steps []*messages.Step) {
	for _, step := range steps {
		s.line[step.Id] = step.Location.Line
	}
}

func (s *source) add(sc *messages.Scenario, rule string) {
	s.line[sc.Id], s.rule[sc.Id] = sc.Location.Line, rule
	s.steps(sc.Steps)
	if len(sc.Steps) == 0 {
		s.empty = append(s.empty, sc.Location.Line)
	}
	for _, e := range sc.Examples {
		for _, row := range e.TableBody {
			cells := map[string]string{}
			for i, cell := range row.Cells {
				cells[e.TableHeader.Cells[i].Value] = cell.Value
			}
			s.row[row.Id], s.line[row.Id] = cells, row.Location.Line
		}
	}
}

// pickle adds one scenario.
func (p *planner) pickle(uri string, src *source, k *messages.Pickle) {
	last := k.AstNodeIds[len(k.AstNodeIds)-1]
	line := src.line[last]
	s := &Scenario{
		Name: uri + ": " + k.Name, URI: uri, Line: int(line),
		Rule: src.rule[k.AstNodeIds[0]], text: []byte(render(k)),
	}
	if p.seen[s.Name] {
		p.complain(uri, line, "a second scenario named %q: put a placeholder into the name of an outline", k.Name)
	}
	p.seen[s.Name] = true
	for _, t := range k.Tags {
		p.tag(s, line, interpolate(t.Name, src.row[last]))
	}
	p.steps(s, src, k)
	if len(s.Requirements) == 0 {
		p.complain(uri, line, "%q has no @req tag: say which promise it verifies", k.Name)
	}
	p.scenarios = append(p.scenarios, s)
}

var placeholder = regexp.MustCompile(`<([^<>]+)>`)

// interpolate puts the cells of a row in place of the placeholders of a tag,
// which Gherkin itself does only for steps and names.
func interpolate(tag string, row map[string]string) string {
	return placeholder.ReplaceAllStringFunc(tag, func(m string) string {
		if v, ok := row[m[1:len(m)-1]]; ok {
			return v
		}
		return m
	})
}

func (p *planner) tag(s *Scenario, line int64, tag string) {
	s.Tags = append(s.Tags, tag)
	kind, name, _ := strings.Cut(tag, ":")
	switch kind {
	case "@req":
		q := p.contract.Requirement(contract.ID(name))
		if q == nil {
			p.complain(s.URI, line, "%s: no such requirement in the catalogue", tag)
		} else if q.Untested != "" {
			p.complain(s.URI, line, "%s: the catalogue says that it is untested", tag)
		}
		s.Requirements = append(s.Requirements, contract.ID(name))
	case "@lab":
		if p.contract.Condition(name) == nil {
			p.complain(s.URI, line, "%s: no such condition in the catalogue", tag)
		}
		s.Conditions = append(s.Conditions, name)
	default:
		p.complain(s.URI, line, "%s: the only tags are @req:ID and @lab:condition", tag)
	}
}

// steps looks every step up in the vocabulary and checks their order.
func (p *planner) steps(s *Scenario, src *source, k *messages.Pickle) {
	count := map[messages.PickleStepType]int{}
	onSVM := false   // whether it is about what an SVM has
	unknown := false // a step without meaning may have been meant as the When
	for _, step := range k.Steps {
		found, line := p.vocabulary.matching(step), src.line[step.AstNodeIds[0]]
		if len(found) == 0 {
			p.complain(s.URI, line, "no meaning for the step %q%s", step.Text, p.vocabulary.nearest(step))
			unknown = true
			continue
		}
		if len(found) > 1 {
			p.complain(s.URI, line, "%d meanings for the step %q", len(found), step.Text)
		}
		data := p.step(s, step, found[0])
		onSVM = onSVM || data
		count[step.Type]++
	}
	if s.Cluster && !onSVM {
		s.Leases = 0
	}
	whens, thens := count[messages.PickleStepType_ACTION], count[messages.PickleStepType_OUTCOME]
	if !unknown && (whens != 1 || thens == 0) {
		p.complain(s.URI, int64(s.Line), "%q has %d When and %d Then: want one When and at least one Then", k.Name, whens, thens)
	}
}

// step adds to a scenario what a step of it takes, and reports whether it is about what an SVM has.
func (p *planner) step(s *Scenario, step *messages.PickleStep, ph *phrase) (onSVM bool) {
	if !slices.Contains(s.phrases, ph) {
		s.phrases = append(s.phrases, ph)
	}
	s.Leases = max(s.Leases, ph.leases(step))
	s.Writes = s.Writes || ph.writes
	s.Cluster = s.Cluster || ph.cluster
	s.cost += ph.cost(step)
	onSVM = ph.data
	if ph.builtin {
		s.needs(p.contract.Object(ph.pattern.FindStringSubmatch(step.Text)[1]).Resource.Name)
	}
	for _, k := range p.vocabulary.spokenOf(step.Text) {
		s.Cluster = s.Cluster || k.Singleton && ph.writes
		onSVM = onSVM || !k.Singleton && !k.Resource.IsPart()
		s.needs(k.Resource.Name)
		s.needs(k.DependsOn...)
	}
	return onSVM
}

// needs notes resources that the scenario needs, each once.
func (sc *Scenario) needs(resources ...string) {
	for _, name := range resources {
		if !slices.Contains(sc.Resources, name) {
			sc.Resources = append(sc.Resources, name)
		}
	}
}

// render writes a pickle as a scenario of its own: an outline's row has no
// address in godog.
func render(k *messages.Pickle) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  Scenario: %s\n", k.Name)
	for _, step := range k.Steps {
		fmt.Fprintf(&b, "    %s %s\n", keywords[step.Type], step.Text)
		if step.Argument == nil {
			continue
		}
		if t := step.Argument.DataTable; t != nil {
			for _, row := range t.Rows {
				b.WriteString("      |")
				for _, cell := range row.Cells {
					b.WriteString(" " + escapeCell.Replace(cell.Value) + " |")
				}
				b.WriteString("\n")
			}
		}
		if d := step.Argument.DocString; d != nil {
			fmt.Fprintf(&b, "      \"\"\"%s\n", d.MediaType)
			for line := range strings.Lines(strings.ReplaceAll(d.Content, `"""`, `\"\"\"`) + "\n") {
				b.WriteString("      " + line)
			}
			b.WriteString("      \"\"\"\n")
		}
	}
	return b.String()
}

var escapeCell = strings.NewReplacer(`\`, `\\`, `|`, `\|`, "\n", `\n`)
