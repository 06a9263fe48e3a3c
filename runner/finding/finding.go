// Package finding keeps a counterexample as a folder, in the form that each of
// its readers needs: words, a feature, shell lines, a Go test, a trace, and the
// case itself as plain data, which replay plays again.
//
// It plays nothing and decides nothing. Nothing in a folder depends on what rapid
// drew or on a version of ours, and nothing is a secret: values are named, and
// taken from the environment. It must not import the simulator.
package finding

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/files"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/runner/report"
)

// Format names the version of the fields.
const Format = "ontap-conformance/finding/1"

// The files of a folder. The feature is missing where the phrases cannot say what
// was sent.
const (
	DataFile    = "finding.json"
	ReadmeFile  = "README.md"
	FeatureFile = "minimal.feature"
	ShellFile   = "repro.sh"
	TestFile    = "repro_test.go"
	TraceFile   = "trace.har"
	DrawingFile = "history.html" // only where several clients acted at once
)

// A Finding is what finding.json holds.
type Finding struct {
	Format      string             `json:"format"`
	Requirement report.Requirement `json:"requirement"`
	Broken      report.Breach      `json:"broken"`    // what was wanted and what came back, and whether it is flaky
	Also        []contract.ID      `json:"also"`      // what the same case shows broken besides
	Operation   string             `json:"operation"` // that shows it; empty when several calls together do
	Property    string             `json:"property"`  // the trial, as list properties names it
	ONTAP       string             `json:"ontap"`     // the release whose promises applied
	RunSeed     uint64             `json:"run_seed"`  // of the hunt
	Seed        uint64             `json:"seed"`      // of the case as it was drawn
	Minimal     bool               `json:"minimal"`   // whether it failed again, so that it could be made small
	Case        plan.Case          `json:"case"`
	Requests    []Request          `json:"requests"` // as they were sent, in their order
}

// A Request is one concrete request. A member of its body that begins with $ is
// the name of a secret.
type Request struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`   // empty for none
	Status  int               `json:"status"` // of the answer
	Answer  string            `json:"answer"` // its body, of the one that shows the finding; empty where the status shows it, or what it holds is not kept
}

// A Draft is what the folder of a finding is made of.
type Draft struct {
	Found   *engine.Counterexample
	Record  report.Facts // of the run: its contract, release, secrets and shell lines
	RunSeed uint64
	At      time.Time                            // when it was found
	Vet     func(file string, text []byte) error // refuses what must not be written; nil refuses nothing
	Takes   func(feature string) error           // why run would not take a feature; nil when it would take any
}

// New makes the data of a finding.
func New(in Draft) (*Finding, *report.Single) {
	s := report.NewSingle(in.Record, in.Found.Requirement, in.Found.Outcome)
	f := &Finding{
		Format: Format, Requirement: s.Requirement, Also: append([]contract.ID{}, in.Found.Also...), Operation: in.Found.Operation,
		Property: in.Found.Trial, ONTAP: in.Record.Release.String(), RunSeed: in.RunSeed, Seed: in.Found.Seed,
		Minimal: in.Found.Small, Case: in.Found.Case, Requests: []Request{},
	}
	for _, b := range s.Outcome.Broken {
		if b.Requirement == in.Found.Requirement {
			f.Broken = b
		}
	}
	for _, x := range s.Exchanges {
		r := Request{Method: x.Method, Path: x.Path, Headers: map[string]string{}, Body: x.RequestBody, Status: x.Status}
		for name := range x.RequestHeaders {
			r.Headers[name] = x.RequestHeaders.Get(name)
		}
		f.Requests = append(f.Requests, r)
	}
	f.keepAnswer(s)
	return f, s
}

// maxAnswer bounds the answer that a finding keeps to be compared with, in bytes.
const maxAnswer = 16 << 10

// keepAnswer keeps the body that shows the finding, if there is one and nothing had to be
// taken out of it but secrets that stand there as they were sent.
func (f *Finding) keepAnswer(s *report.Single) {
	i := f.shows()
	if i < 0 {
		return
	}
	x := s.Exchanges[i]
	if x.Status < 300 && len(x.Body) <= maxAnswer && x.Restorable {
		f.Requests[i].Answer = x.Body
	}
}

// shows is the index of the request whose answer shows the finding; -1 when several together do.
func (f *Finding) shows() int {
	for i, r := range slices.Backward(f.Requests) {
		if f.Broken.Exchange != nil && r.Method+" "+r.Path == f.Broken.Exchange.Request {
			return i
		}
	}
	return -1
}

var notPlain = regexp.MustCompile(`[^a-z0-9]+`)

// Folder is the name of the folder of a finding: the same defect gets the same one.
func Folder(b engine.Bucket) string {
	name := string(b.Requirement)
	if b.Operation != "" {
		name += "-" + strings.Trim(notPlain.ReplaceAllString(strings.ToLower(b.Operation), "-"), "-")
	}
	return name
}

// Write makes the folder dir with everything in it. The error joins what could
// not be written, and what was not to be.
func Write(dir string, in Draft) (*Finding, error) {
	f, s := New(in)
	if err := files.MakeFolder(dir); err != nil {
		return f, fmt.Errorf("making the folder of a finding: %w", err)
	}
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return f, fmt.Errorf("encoding a finding: %w", err)
	}
	feature := minimalFeature(in, f)
	texts := map[string]string{
		DataFile: string(data) + "\n", ShellFile: shellScript(f, s), TestFile: goTest(f), TraceFile: trace(s, in.At), ReadmeFile: readme(f, s, feature != ""),
	}
	if feature != "" {
		texts[FeatureFile] = feature
	}
	if len(in.Found.Drawing) > 0 {
		texts[DrawingFile] = s.Redact(string(in.Found.Drawing)) // it has what was read
	}
	var errs []error
	for name, text := range texts {
		if in.Vet != nil {
			if err := in.Vet(filepath.Join(dir, name), []byte(text)); err != nil {
				errs = append(errs, fmt.Errorf("%w; it is not written", err))
				continue
			}
		}
		write := files.Write
		if name == ShellFile {
			write = files.WriteScript
		}
		errs = append(errs, write(filepath.Join(dir, name), []byte(text)))
	}
	return f, errors.Join(errs...)
}

// Read reads the data of a folder. What is no finding is an error.
func Read(dir string) (*Finding, error) {
	data, err := files.Read(filepath.Join(dir, DataFile), files.MaxRecord)
	if err != nil {
		return nil, fmt.Errorf("reading a finding: %w", err)
	}
	return Parse(data)
}

// Parse reads what finding.json holds.
func Parse(data []byte) (*Finding, error) {
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	d.DisallowUnknownFields()
	f := new(Finding)
	if err := d.Decode(f); err != nil {
		return nil, fmt.Errorf("reading a finding: %w", err)
	}
	switch _, err := d.Token(); {
	case err != io.EOF:
		return nil, errors.New("reading a finding: there is more behind it")
	case f.Format != Format:
		return nil, fmt.Errorf("reading a finding: want the format %q, got %q", Format, f.Format)
	case f.Property == "" || f.Requirement.ID == "" || len(f.Case.Calls) == 0:
		return nil, errors.New("reading a finding: it has no property, no requirement or no case")
	}
	return f, nil
}
