package property

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

// Scenario returns the steps of a scenario that shows what a case of a trial
// shows: that a requirement is broken. It is nil where the phrases cannot say what
// was sent, or where no trial has that name.
func Scenario(c *contract.Catalogue, release contract.Release, trial string, one plan.Case, broken contract.ID) []string {
	for _, t := range TrialsCalled(c, release, trial) {
		s := &script{m: t.Model, noun: t.Kind.Noun, calls: one.Calls, broken: broken}
		if t.Property.scenario != nil && s.begins() && t.Property.scenario(s) {
			return s.lines
		}
	}
	return nil
}

// A script collects the steps of a scenario about one object, called "blue". Its
// methods that write steps return false where no phrase says what a call sent.
type script struct {
	m      *strategy.Model
	noun   string // of the object
	calls  []plan.Call
	ops    []*contract.Operation // of the calls, in their order
	broken contract.ID
	lines  []string
}

// begins looks up the operations of the calls. It returns false where there are none,
// or where a call has what no phrase says: a query, a header, another SVM.
func (s *script) begins() bool {
	for _, call := range s.calls {
		o := call.In(s.m.Catalogue)
		if o == nil || len(call.Query) > 0 || len(call.Header) > 0 || call.Accept != "" || call.On > 0 {
			return false
		}
		s.ops = append(s.ops, o)
	}
	return len(s.ops) > 0
}

// isAbout reports whether the broken requirement makes a promise.
func (s *script) isAbout(slug string) bool { return slices.Contains(s.m.Of(slug), s.broken) }

func (s *script) say(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

// created writes a creation, as a Given or as a When.
func (s *script) created(keyword string, c plan.Call) bool {
	verb := map[string]string{"Given": "Given the %s \"blue\" exists%s", "When": "When the operator creates the %s \"blue\"%s"}[keyword]
	set := maps.Clone(c.Set)
	ending := ""
	switch {
	case c.Spoil != nil:
		return keyword == "When" && s.spoiledBody("creates", c, "<all>")
	case len(c.Lack) > 0 && len(set) == 1 && set["client_certificate"] != nil:
		ending, set = " with a certificate", nil
	case len(c.Lack) > 0 && keyword == "Given":
		return false
	case len(c.Lack)+len(set) > 0:
		ending = " with:"
	}
	s.say(verb, s.noun, ending)
	if ending == " with:" {
		s.table(set)
		for _, name := range c.Lack {
			s.say("  | %s | (nothing) |", name)
		}
	}
	return true
}

// spoiledBody writes a body as text. rest stands for what a complete creation has
// besides.
func (s *script) spoiledBody(verb string, c plan.Call, rest string) bool {
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
	s.say("When the client %s the %s \"blue\" with the body:", verb, s.noun)
	s.lines = append(s.lines, `  """`, "  "+text, `  """`)
	return true
}

// changedOnce writes a change of an object that was read before.
func (s *script) changedOnce(creation, change plan.Call) bool {
	if !s.created("Given", creation) {
		return false
	}
	s.say("And the %s \"blue\" was read", s.noun)
	if change.Spoil != nil {
		return s.spoiledBody("changes", change, "")
	}
	s.say("When the operator changes the %s \"blue\":", s.noun)
	s.table(change.Set)
	return true
}

// has writes that a reading shows values.
func (s *script) has(set map[string]any) {
	s.say("Then the %s \"blue\" has:", s.noun)
	s.table(set)
}

// asked writes a creation, or a change after a creation.
func (s *script) asked() bool {
	c := s.calls[len(s.calls)-1]
	if len(s.calls) == 1 {
		return s.ops[0].Effect == contract.Create && s.created("When", c)
	}
	return s.ops[1].Effect == contract.Change && s.changedOnce(s.calls[0], c)
}

// leftNoTrace writes that a refusal left everything as it was, if the broken
// requirement is that.
func (s *script) leftNoTrace() bool {
	switch {
	case s.broken != "API-FAULT-01":
		return false
	case len(s.calls) == 1:
		s.say("Then the SVM has no %s", s.noun)
	default:
		s.say("Then the request left the %s \"blue\" as it was, if it was refused", s.noun)
	}
	return true
}

func (s *script) table(set map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		s.say("  | %s | %s |", name, cell(set[name]))
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
		if strings.Contains(v, plan.Token) {
			return v
		}
	case map[string]any:
		switch said, is := v[plan.CellName].(string); {
		case v[plan.CertificateName] != nil:
			return "(certificate)"
		case v[plan.SecretName] != nil:
			return "(new secret)"
		case is:
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

// phrases of operations that start work, by the end of their path.
var phrasesOfWork = map[string]string{"rekey-internal": "rekeys the internal key", "rekey-external": "rekeys the external key", "restore": "restores the keys"}

// phraseOf is the phrase of an operation that starts work; "" where there is none.
func phraseOf(o *contract.Operation) string {
	return phrasesOfWork[o.Path[strings.LastIndex(o.Path, "/")+1:]]
}
