// Package report turns what a run found out into files for people and for
// machines.
//
// report.json is the source: every other format is made from the Report that
// it holds and from nothing else, so that a run can be rendered again later,
// byte for byte. The package sends nothing, judges nothing and reads no clock.
// It must not import the steps or the simulator: a report is about outcomes,
// wherever they came from.
//
// Whatever came from the target is redacted when a Report is made, so that no
// format has to remember to do it. Fields are only ever added; a list is never
// null.
//
// Where the documented interface leaves the reading open, the plainest one was
// taken: outcomes[].broken holds, besides the requirement, what was expected
// and what came back with the exchange that shows it; environment.objects has
// the numbers of objects created and removed, and those left behind one by one;
// environment.skipped_conditions are the names of conditions that no scenario
// could have arranged; operations lists all that the release has, also those
// that nothing was asked of; baseline is there only if the run had one, and
// request_headers of an exchange only if there was more to say than that HAL is
// accepted.
//
// Added since: requirement_set names the frozen set that the target was held to;
// observations say which way it goes where the documents leave one open, and
// fingerprint is a short name for all of these; the kind of a finding tells a
// refusal for the wrong reason from a success and from a crash; environment.secrets says
// what was looked for in all that the run wrote; asked says how
// often an outcome was played, and what one playing found and another did not is
// flaky: playings then hold both transcripts, and run.flaky says whether that decides.
package report

import (
	"time"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// Format names the version of the fields.
const Format = "ontap-conformance/report/1"

// A Report is one run. It is what report.json holds.
type Report struct {
	Format       string            `json:"format"`
	Tool         Tool              `json:"tool"`
	Run          Run               `json:"run"`
	Target       Target            `json:"target"`
	Verdict      oracle.Conclusion `json:"verdict"`
	Counts       Counts            `json:"counts"`
	Requirements []Requirement     `json:"requirements"`
	Outcomes     []Outcome         `json:"outcomes"`
	Operations   []Operation       `json:"operations"`
	ErrorCodes   []ErrorCode       `json:"error_codes"`
	Set          Set               `json:"requirement_set"`
	Observations []Observation     `json:"observations"`
	Fingerprint  string            `json:"fingerprint"` // of the ways that the target goes; empty when none was seen
	Environment  Environment       `json:"environment"`
	Baseline     *Baseline         `json:"baseline,omitempty"` // nil when the run had none, or was interrupted
}

// A Baseline is what a run found beside the known deviations of its target.
type Baseline struct {
	File       string   `json:"file"`
	New        int      `json:"new"`        // deviations that are not listed, of a level that decides
	Undecisive int      `json:"undecisive"` // deviations that are not listed, of another level
	Mended     []Mended `json:"mended"`
}

// Mended is a known deviation, or a part of one, that no longer shows.
type Mended struct {
	Requirement contract.ID `json:"requirement"`
	Outcomes    []string    `json:"outcomes"` // those that passed; none means the whole entry
}

// Tool is the program that ran.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit"` // empty when the build does not know it
}

// Run is what was asked for.
type Run struct {
	ID       string    `json:"id"`
	Command  string    `json:"command"` // as typed, without secrets
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	Seed     uint64    `json:"seed"`
	Nonce    string    `json:"nonce,omitempty"` // of the marks of what was created; empty for the embedded simulator
	Checks   int       `json:"checks"`          // of each property
	Flaky    string    `json:"flaky"`           // what --flaky says of flaky findings: "fail" or "report"; empty in reports of before it
	Mode     string    `json:"mode"`
	Parallel int       `json:"parallel"` // scenarios at a time
}

// Target is the server under test.
type Target struct {
	Endpoint        string `json:"endpoint"`
	Simulator       bool   `json:"simulator"`        // the embedded one
	ONTAP           string `json:"ontap"`            // the release whose promises applied
	ReportedVersion string `json:"reported_version"` // in the target's words; empty when it did not say
	TLSVerified     bool   `json:"tls_verified"`
}

// Counts is how the requirements of each level stand.
type Counts struct {
	Must   Count `json:"must"`
	Should Count `json:"should"`
	May    Count `json:"may"`
}

// of returns the count of a level.
func (c *Counts) of(l contract.Level) *Count {
	switch l {
	case contract.Must:
		return &c.Must
	case contract.Should:
		return &c.Should
	}
	return &c.May
}

// Count is how many requirements stand where.
type Count struct {
	Kept          int `json:"kept"`
	Broken        int `json:"broken"`
	NotApplicable int `json:"not_applicable"`
	NotTestable   int `json:"not_testable"`
	NotRun        int `json:"not_run"`
	Errored       int `json:"errored"`
}

func (c *Count) add(s oracle.Standing) {
	switch s {
	case oracle.Kept:
		c.Kept++
	case oracle.BrokenReq:
		c.Broken++
	case oracle.NotApplicable:
		c.NotApplicable++
	case oracle.NotTestable:
		c.NotTestable++
	case oracle.NotRun:
		c.NotRun++
	case oracle.ErroredReq:
		c.Errored++
	}
}

// A Requirement is where one promise stands after the run.
type Requirement struct {
	ID       contract.ID     `json:"id"`
	Level    contract.Level  `json:"level"`
	Text     string          `json:"text"`
	Source   []Source        `json:"source"`
	Status   oracle.Standing `json:"status"`
	Reason   string          `json:"reason"`            // why, unless it was kept
	Verdicts int             `json:"verdicts"`          // how often it was looked at
	Outcomes []string        `json:"outcomes"`          // names of those that set out to verify it or found it broken
	Assumed  bool            `json:"assumed,omitempty"` // whether no document was read that attests it for the release
	Flaky    bool            `json:"flaky"`             // whether all that was found is flaky: broken with --flaky fail, else errored
}

// A Source is where a promise is written.
type Source struct {
	Document string `json:"document"`
	Section  string `json:"section"`
	Release  string `json:"release"`
	Where    string `json:"where"` // how to find the document again
}

// The statuses of an Outcome.
const (
	Passed       = "passed"
	Failed       = "failed"
	Flaky        = "flaky"
	Errored      = "errored"
	Skipped      = "skipped"
	KnownFailure = "known-failure"
)

// An Outcome is how one scenario or property ended.
type Outcome struct {
	Name         string        `json:"name"`
	Kind         string        `json:"kind"` // "scenario" or "property"
	Status       string        `json:"status"`
	Requirements []contract.ID `json:"requirements"` // that it set out to verify
	Broken       []Breach      `json:"broken"`
	Reason       string        `json:"reason"` // empty if it passed
	ElapsedMS    int64         `json:"elapsed_ms"`
	Requests     int           `json:"requests"`
	Reproduce    Reproduce     `json:"reproduce"`
	Asked        int           `json:"asked"`              // times that it was played; 0 when it was not
	Playings     []Playing     `json:"playings,omitempty"` // each of these times; nil when there was one only
}

// A Playing is one of several times that a scenario or property was played.
type Playing struct {
	Status    string        `json:"status"`
	Reason    string        `json:"reason"`    // empty if it passed
	Broken    []contract.ID `json:"broken"`    // what was found this time
	Exchanges []Exchange    `json:"exchanges"` // all of them; empty unless something that the outcome found is flaky
}

// A Breach is one requirement that an outcome found broken.
type Breach struct {
	Requirement contract.ID `json:"requirement"`
	Kind        oracle.Kind `json:"kind"`     // how a refusal that was due did not come; empty for other findings
	What        string      `json:"what"`     // what was looked at
	Want        string      `json:"want"`     // empty when only What is known
	Got         string      `json:"got"`      // empty when only What is known
	Exchange    *Exchange   `json:"exchange"` // null when several together show it
	Flaky       bool        `json:"flaky"`    // whether one playing found it and another did not
}

// An Exchange is one request and its answer, without secrets.
type Exchange struct {
	Request        string            `json:"request"`                   // method, path and query
	RequestHeaders map[string]string `json:"request_headers,omitempty"` // those that are not on every request; nil for none
	RequestBody    string            `json:"request_body"`              // empty for none
	Status         int               `json:"status"`
	Headers        map[string]string `json:"headers"` // those that promises are made about
	Body           string            `json:"body"`    // shortened
}

// Reproduce is how to see the same again.
type Reproduce struct {
	Curl   []string `json:"curl"`   // shell lines in the order sent; empty if it passed
	Replay string   `json:"replay"` // the command that runs it again
}

// An Operation is what was asked of one operation, and how it was answered.
type Operation struct {
	Operation string         `json:"operation"`
	Requests  int            `json:"requests"`
	Statuses  map[string]int `json:"statuses"`
}

// An ErrorCode is one documented error of one operation.
type ErrorCode struct {
	Code      string `json:"code"`
	Operation string `json:"operation"`
	Provoked  bool   `json:"provoked"`
	Condition string `json:"condition"` // what provokes it: a condition of the lab, or what to send
}

// Environment is what the run did to its surroundings.
type Environment struct {
	Requests          int         `json:"requests"`
	ElapsedMS         int64       `json:"elapsed_ms"`
	Objects           ObjectTally `json:"objects"`
	SkippedConditions []string    `json:"skipped_conditions"`
	Waited            []Wait      `json:"waited,omitempty"`      // the longest first
	Incidents         []string    `json:"incidents,omitempty"`   // what went wrong by the way and was made good, with how often
	EndedEarly        string      `json:"ended_early,omitempty"` // why the target was not asked any more; empty when it was to the end
	Secrets           *Secrets    `json:"secrets,omitempty"`     // nil when nothing was looked through
}

// A Wait is what the run waited for.
type Wait struct {
	Reason string `json:"reason"` // a status, "outage", "rate limit" or "jobs"
	Times  int    `json:"times"`
	MS     int64  `json:"ms"` // of all lanes: they may have waited at the same time
}

// Secrets is what was looked for in all that the run wrote, and what was found there.
type Secrets struct {
	Canaries  []string `json:"canaries"`  // kinds of secrets: the fields that held them, and what proves who asks
	Values    int      `json:"values"`    // of all kinds
	Forgotten int      `json:"forgotten"` // values that were sent so long ago that they were not looked for
	Files     int      `json:"files"`     // that were looked through, besides what was printed
	Found     []Leak   `json:"found"`     // where there was one: such a file is not written
}

// A Leak is a secret in what the run was about to write.
type Leak struct {
	Where  string `json:"where"`  // a file, stdout or stderr
	Secret string `json:"secret"` // its kind
}

// ObjectTally is what the run created.
type ObjectTally struct {
	Created    int        `json:"created"`
	Removed    int        `json:"removed"`
	LeftBehind []Leftover `json:"left_behind"`
}

// A Leftover is one thing that may still exist on the target.
type Leftover struct {
	Kind string `json:"kind"`
	SVM  string `json:"svm"`
	Mark string `json:"mark"` // by which it is known again
	Path string `json:"path"` // empty when the target never said
}

// Broken returns the requirements that were found broken, the most binding
// level first.
func (r *Report) Broken() []Requirement {
	return r.byLevel(func(q Requirement) bool { return q.Status == oracle.BrokenReq })
}

// Assumed returns how many of the requirements no document attests for the release.
func (r *Report) Assumed() int {
	n := 0
	for _, q := range r.Requirements {
		if q.Assumed {
			n++
		}
	}
	return n
}

// Flaky returns the requirements that were found broken in one playing and not in
// another, whether that decides or not, the most binding level first.
func (r *Report) Flaky() []Requirement {
	return r.byLevel(func(q Requirement) bool { return q.Flaky })
}

// byLevel returns the requirements that are wanted, the most binding level first.
func (r *Report) byLevel(wanted func(Requirement) bool) []Requirement {
	var all []Requirement
	for _, level := range []contract.Level{contract.Must, contract.Should, contract.May} {
		for _, q := range r.Requirements {
			if q.Level == level && wanted(q) {
				all = append(all, q)
			}
		}
	}
	return all
}

// Sure returns the requirements that were found broken and are not flaky, the
// most binding level first.
func (r *Report) Sure() []Requirement {
	return r.byLevel(func(q Requirement) bool { return q.Status == oracle.BrokenReq && !q.Flaky })
}

// Ended returns the outcomes of one status.
func (r *Report) Ended(status string) []Outcome {
	var os []Outcome
	for _, o := range r.Outcomes {
		if o.Status == status {
			os = append(os, o)
		}
	}
	return os
}
