package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Name     string        `xml:"name,attr"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Errors   int           `xml:"errors,attr"`
	Skipped  int           `xml:"skipped,attr"`
	Time     string        `xml:"time,attr"` // seconds
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"` // seconds
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
	elapsed    int64           // milliseconds
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string     `xml:"classname,attr"`
	Name    string     `xml:"name,attr"`
	Time    string     `xml:"time,attr"` // seconds
	Failure *junitNote `xml:"failure"`
	Flaky   *junitNote `xml:"flakyFailure"` // an element of surefire's: it passed, if not every time
	Error   *junitNote `xml:"error"`
	Skipped *junitNote `xml:"skipped"`
}

// junitNote is chardata and not CDATA: encoding/xml replaces what XML cannot
// hold in the former, and a control character in an answer must not make a
// report that no reader accepts.
type junitNote struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes a test suite for each feature. A flaky outcome is a failure, as it
// is for the exit code; where that only reports them it has passed, with a
// flakyFailure as surefire has it. A known failure counts as
// skipped, as CI systems have no other word for it; what was mended and is still
// in the baseline fails in a suite of its own.
func JUnit(w io.Writer, r *Report) error {
	all := junitSuites{Name: r.Tool.Name, Time: seconds(r.Environment.ElapsedMS)}
	byName := map[string]*junitSuite{}
	for _, o := range r.Outcomes {
		feature, name := split(o.Name)
		s := byName[feature]
		if s == nil {
			s = suiteOf(r, feature)
			byName[feature] = s
			all.Suites = append(all.Suites, s)
		}
		s.add(junitOf(r, o, feature, name), o.ElapsedMS)
	}
	if s := mendedSuite(r); s != nil {
		all.Suites = append(all.Suites, s)
	}
	for _, s := range all.Suites {
		s.Time = seconds(s.elapsed)
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Skipped += s.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func suiteOf(r *Report, name string) *junitSuite {
	return &junitSuite{Name: name, Timestamp: r.Run.Started.Format("2006-01-02T15:04:05"), Properties: properties(r)}
}

// mendedSuite has a failure for each entry of the baseline that no longer shows,
// as the exit code has: a gate that reads this file must see what one that
// reads the code sees. It is nil when there is none.
func mendedSuite(r *Report) *junitSuite {
	if r.Baseline == nil || len(r.Baseline.Mended) == 0 {
		return nil
	}
	s := suiteOf(r, "baseline")
	for _, m := range r.Baseline.Mended {
		note := &junitNote{Message: "mended: remove it from " + r.Baseline.File, Type: string(m.Requirement), Text: strings.Join(m.Outcomes, "\n")}
		s.add(junitCase{Class: s.Name, Name: string(m.Requirement), Time: seconds(0), Failure: note}, 0)
	}
	return s
}

func (s *junitSuite) add(c junitCase, elapsed int64) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	s.elapsed += elapsed
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func junitOf(r *Report, o Outcome, feature, name string) junitCase {
	c := junitCase{Class: strings.TrimSuffix(feature, ".feature"), Name: name, Time: seconds(o.ElapsedMS)}
	switch o.Status {
	case Failed:
		c.Failure = &junitNote{Message: inShort(o) + o.Reason, Type: strings.Join(brokenIDs(o), " "), Text: account(r, o)}
	case Flaky:
		note := &junitNote{Message: inShort(o) + o.Reason, Type: strings.Join(brokenIDs(o), " "), Text: account(r, o)}
		if r.Run.Flaky == FlakyReport {
			c.Flaky = note
		} else {
			c.Failure = note
		}
	case Errored:
		c.Error = &junitNote{Message: o.Reason, Text: account(r, o)}
	case Skipped:
		c.Skipped = &junitNote{Message: o.Reason}
	case KnownFailure:
		c.Skipped = &junitNote{Message: "known failure: " + o.Reason, Text: account(r, o)}
	}
	return c
}

func properties(r *Report) []junitProperty {
	return []junitProperty{
		{"run", r.Run.ID}, {"endpoint", r.Target.Endpoint}, {"ontap", r.Target.ONTAP},
		{"seed", fmt.Sprint(r.Run.Seed)}, {"verdict", string(r.Verdict)}, {"fingerprint", r.Fingerprint},
		{"requirement_set", fmt.Sprintf("%s revision %d", r.Set.Release, r.Set.Revision)},
	}
}

// account is what a reader of a failure needs, in plain text.
func account(r *Report, o Outcome) string {
	var b strings.Builder
	for _, f := range o.Broken {
		fmt.Fprintf(&b, "\n%s\n", f.Requirement)
		if q := r.requirement(f.Requirement); q != nil {
			writePromise(&b, *q)
		}
		writeFinding(&b, f)
		if f.Flaky {
			writePlayings(&b, o, f.Requirement)
		}
	}
	writeReproduce(&b, o)
	return b.String()
}

// inShort begins the message of a failure whose findings are all of one kind.
func inShort(o Outcome) string {
	if len(o.Broken) == 0 || o.Broken[0].Kind == "" {
		return ""
	}
	for _, f := range o.Broken {
		if f.Kind != o.Broken[0].Kind {
			return ""
		}
	}
	return o.Broken[0].Kind.String() + ": "
}

func brokenIDs(o Outcome) []string {
	var ids []string
	for _, f := range o.Broken {
		ids = append(ids, string(f.Requirement))
	}
	return ids
}

// split parts the feature from the name of the scenario. The properties of the
// fuzzing have no feature.
func split(name string) (feature, scenario string) {
	feature, scenario, ok := strings.Cut(name, ": ")
	if !ok || !strings.HasSuffix(feature, ".feature") {
		return "properties", name
	}
	return feature, scenario
}

func seconds(ms int64) string { return fmt.Sprintf("%d.%03d", ms/1000, ms%1000) }
