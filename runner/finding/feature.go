package finding

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing/fstest"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fuzz"
	"ontap-conformance/steps"
)

// minimalFeature writes a finding as a scenario that run --features takes; it is
// "" where the phrases cannot say what was sent. The scenario is of the same
// promise, and its Then is the phrase for it; what only the rules of every
// exchange see needs no Then of its own.
func minimalFeature(in Input, f *Finding) string {
	w, ok := newWriter(in, f)
	if !ok || !w.write() {
		return ""
	}
	text := w.text()
	_, err := steps.Plan(fstest.MapFS{FeatureFile: {Data: []byte(text)}}, in.Record.Contract)
	if err != nil {
		return "" // a value that no cell of a table can hold, most likely
	}
	return text
}

// writer collects the steps of a scenario about one object, called "blue".
type writer struct {
	c       *contract.Catalogue
	release contract.Release
	f       *Finding
	noun    string
	calls   []fuzz.Call
	ops     []*contract.Operation
	last    *oracle.Outcome
	lines   []string
}

func newWriter(in Input, f *Finding) (*writer, bool) {
	w := &writer{c: in.Record.Contract, release: in.Record.Release, f: f, calls: f.Case.Calls, last: in.Found.Outcome}
	resource, _, _ := strings.Cut(f.Property, ": ")
	for _, sort := range steps.Sorts(w.c) {
		if sort.Resource.Name == resource {
			w.noun = sort.Noun
		}
	}
	for _, call := range w.calls {
		o := w.c.Operation(call.Operation)
		if o == nil || len(call.Query) > 0 || len(call.Header) > 0 || call.Accept != "" || call.On > 0 {
			return nil, false
		}
		w.ops = append(w.ops, o)
	}
	return w, w.noun != "" && len(w.ops) > 0
}

func (w *writer) text() string {
	return fmt.Sprintf("Feature: What was found\n\n  @req:%s\n  Scenario: %s\n    %s\n", w.f.Requirement.ID, strings.TrimSuffix(line(w.f.Requirement.Text), "."), strings.Join(w.lines, "\n    "))
}

func (w *writer) say(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

// write writes the steps; false means that there are no phrases for it.
func (w *writer) write() bool {
	_, property, _ := strings.Cut(w.f.Property, ": ")
	switch {
	case property == "a-creation-reads-as-it-was-sent" && len(w.calls) == 1:
		return w.create("When", w.calls[0]) && w.showsSent()
	case property == "a-change-takes-what-it-names-and-keeps-the-rest" && len(w.calls) == 2:
		return w.changed(w.calls[1])
	case property == "the-same-change-again-changes-nothing" && len(w.calls) == 2 && !strings.HasPrefix(w.f.Requirement.Text, "The same change"):
		return w.changed(w.calls[1]) // the first of the two showed it
	case property == "the-same-change-again-changes-nothing" && len(w.calls) == 2:
		if !w.create("Given", w.calls[0]) {
			return false
		}
		w.say("And the %s \"blue\" was changed:", w.noun)
		w.table(w.calls[1].Set)
		w.say("And the %s \"blue\" was read", w.noun)
		w.say("When the operator makes the same change of the %s \"blue\" again", w.noun)
		w.say("Then the %s \"blue\" is as it was", w.noun)
		return true
	case property == "a-faulty-body-is-refused-and-leaves-no-trace":
		return w.fault()
	case (property == "a-documented-error-is-answered-with-its-code" || property == "a-sentence-about-one-request-holds") && len(w.calls) <= 2:
		return w.told()
	case property == "what-does-not-exist-is-refused" && len(w.calls) == 1:
		return w.unknown()
	case property == "what-was-deleted-is-gone" && len(w.calls) >= 3:
		return w.deleted()
	}
	return false
}

// create writes a creation, as a Given or as a When.
func (w *writer) create(keyword string, c fuzz.Call) bool {
	verb := map[string]string{"Given": "Given the %s \"blue\" exists%s", "When": "When the operator creates the %s \"blue\"%s"}[keyword]
	set := maps.Clone(c.Set)
	ending := ""
	switch {
	case c.Spoil != nil:
		return keyword == "When" && w.spoiled("creates", c, "<all>")
	case len(c.Lack) > 0 && len(set) == 1 && set["client_certificate"] != nil:
		ending, set = " with a certificate", nil
	case len(c.Lack) > 0 && keyword == "Given":
		return false
	case len(c.Lack)+len(set) > 0:
		ending = " with:"
	}
	w.say(verb, w.noun, ending)
	if ending == " with:" {
		w.table(set)
		for _, name := range c.Lack {
			w.lines = append(w.lines, "  | "+name+" | (nothing) |")
		}
	}
	return true
}

// spoiled writes a body as text. rest stands for what a complete creation has
// besides.
func (w *writer) spoiled(verb string, c fuzz.Call, rest string) bool {
	members, err := json.Marshal(c.Set)
	if err != nil || len(c.Lack) > 0 || c.Set == nil {
		members = []byte("{}")
	}
	text := strings.TrimSuffix(string(members), "}")
	if rest != "" && text != "{" {
		text += ","
	}
	text = c.Spoil.On(text + rest + "}")
	if err != nil || len(c.Lack) > 0 || c.Spoil.How == "cut" && rest != "" || strings.ContainsAny(text, "\x00\r\n\t\\") || strings.Contains(text, "$secret") {
		return false
	}
	w.say("When the client %s the %s \"blue\" with the body:", verb, w.noun)
	w.lines = append(w.lines, `  """`, "  "+text, `  """`)
	return true
}

func (w *writer) table(set map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		w.lines = append(w.lines, "  | "+name+" | "+cell(set[name])+" |")
	}
}

// cell writes a value as a table of a feature has it.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return "(null)"
	case string:
		if v == "" {
			return "(empty)"
		}
		if !strings.Contains(v, "<token>") {
			break
		}
		return v
	case map[string]any:
		if v["$certificate"] != nil {
			return "(certificate)"
		}
		if v["$secret"] != nil {
			return "(new secret)"
		}
		if said, is := v["$said"].(string); is {
			return said
		}
	case bool, int, int64, float64, json.Number:
		return fmt.Sprint(v)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "(null)" // only a value that no generator draws
	}
	return strings.NewReplacer(`\`, `\\`, "|", `\|`).Replace(string(text))
}

// showsSent wants what was sent to be read.
func (w *writer) showsSent() bool {
	if len(w.calls[0].Set) == 0 {
		w.say("Then the %s \"blue\" shows what was sent:", w.noun)
		w.lines = append(w.lines, "  | svm.name |")
		return true
	}
	shown := maps.Clone(w.calls[0].Set)
	maps.DeleteFunc(shown, func(_ string, v any) bool { _, hidden := v.(map[string]any); return hidden })
	if len(shown) == 0 {
		w.say("Then the request succeeds")
		return true
	}
	w.say("Then the %s \"blue\" has:", w.noun)
	w.table(shown)
	return true
}

// changed writes a change, and what it must have done or left alone.
func (w *writer) changed(c fuzz.Call) bool {
	if !w.create("Given", w.calls[0]) {
		return false
	}
	w.say("And the %s \"blue\" was read", w.noun)
	w.say("When the operator changes the %s \"blue\":", w.noun)
	w.table(c.Set)
	if strings.HasPrefix(w.f.Requirement.Text, "A change leaves every property alone") {
		w.say("Then the %s \"blue\" is as it was but for \"%s\"", w.noun, strings.Join(fuzz.MayFollow(w.c, w.release, w.ops[1].Resource, c.Set), ", "))
		return true
	}
	w.say("Then the %s \"blue\" has:", w.noun)
	w.table(c.Set)
	return true
}

// fault writes a creation or a change with a fault.
func (w *writer) fault() bool {
	if !w.asked() {
		return false
	}
	if !w.leftNoTrace() {
		w.due(w.calls[len(w.calls)-1])
	}
	return true
}

// told writes a request that a table of codes or a sentence is about.
func (w *writer) told() bool {
	if !w.asked() {
		return false
	}
	q := w.c.Requirement(w.f.Requirement.ID)
	switch {
	case w.leftNoTrace():
	case q != nil && q.Row != nil:
		w.say("Then the request is refused with code \"%s\"", q.Row.Code)
	case strings.Contains(w.f.Requirement.Text, " refused"):
		w.say("Then the request is refused")
	default:
		w.say("Then the request succeeds")
	}
	return true
}

// asked writes a creation, or a change after a creation.
func (w *writer) asked() bool {
	c := w.calls[len(w.calls)-1]
	if len(w.calls) == 1 {
		return w.ops[0].Effect == contract.Create && w.create("When", c)
	}
	if w.ops[1].Effect != contract.Change || !w.create("Given", w.calls[0]) {
		return false
	}
	w.say("And the %s \"blue\" was read", w.noun)
	if c.Spoil != nil {
		return w.spoiled("changes", c, "")
	}
	w.say("When the operator changes the %s \"blue\":", w.noun)
	w.table(c.Set)
	return true
}

// leftNoTrace writes that a refusal left everything as it was, if the finding is about
// that.
func (w *writer) leftNoTrace() bool {
	switch {
	case w.f.Requirement.ID != "API-FAULT-01":
		return false
	case len(w.calls) == 1:
		w.say("Then the SVM has no %s", w.noun)
	default:
		w.say("Then the request left the %s \"blue\" as it was, if it was refused", w.noun)
	}
	return true
}

// due wants the refusal to be as promised.
func (w *writer) due(c fuzz.Call) {
	status, codes, blamed, due := fuzz.Promised(w.c, w.release, c, w.f.Requirement.ID)
	switch {
	case !due:
		w.say("Then the request is refused")
	case len(codes) > 0:
		if status != 0 {
			w.say("Then the request is refused with the status \"%d\"", status)
			w.say("And the refusal has one of the codes \"%s\"", strings.Join(codes, ", "))
			return
		}
		w.say("Then the refusal has one of the codes \"%s\"", strings.Join(codes, ", "))
	case blamed:
		w.say("Then the request is refused with a status of the 400s")
	default:
		w.say("Then the request is refused")
	}
}

// works are the phrases for operations that start work, by the end of their path.
var works = map[string]string{"rekey-internal": "rekeys the internal key", "rekey-external": "rekeys the external key", "restore": "restores the keys"}

func (w *writer) unknown() bool {
	o := w.ops[0]
	verb := map[contract.Effect]string{contract.Read: "reads", contract.Change: "changes", contract.Delete: "deletes"}[o.Effect]
	if o.Effect == contract.Act {
		verb = works[o.Path[strings.LastIndex(o.Path, "/")+1:]] + " of"
	}
	w.say("When the operator %s a %s that does not exist", verb, w.noun)
	w.say("Then the request is refused")
	return len(strings.TrimSpace(verb)) > 2
}

// deleted writes a deletion, and what must have come of it.
func (w *writer) deleted() bool {
	if !w.create("Given", w.calls[0]) {
		return false
	}
	text := w.f.Requirement.Text
	if strings.HasSuffix(text, "can no longer be read.") || strings.HasSuffix(text, "is not in the collection.") {
		w.say("When the operator deletes the %s \"blue\"", w.noun)
		if strings.HasSuffix(text, "can no longer be read.") {
			w.say("Then the %s \"blue\" can no longer be read", w.noun)
		} else {
			w.say("Then the %s \"blue\" is not listed", w.noun)
		}
		return true
	}
	w.say("And the %s \"blue\" was deleted", w.noun)
	if strings.HasPrefix(text, "After a deletion") {
		w.say("When the operator creates the %s \"green\"", w.noun)
		w.say("Then the request succeeds")
		return true
	}
	if len(w.calls) != 4 { // what was asked last is the new creation
		return false
	}
	switch o := w.ops[2]; o.Effect {
	case contract.Change:
		w.say("When the operator changes the %s \"blue\":", w.noun)
		w.table(w.calls[2].Set)
	case contract.Delete:
		w.say("When the operator deletes the %s \"blue\"", w.noun)
	default:
		w.say("When the operator %s of the %s \"blue\"", works[o.Path[strings.LastIndex(o.Path, "/")+1:]], w.noun)
	}
	w.say("Then the request is refused")
	return true
}
