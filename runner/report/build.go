package report

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// Facts are all that a run knows when it ends: what New makes a Report of.
type Facts struct {
	Tool     Tool
	Run      Run
	Target   Target
	Contract *contract.Catalogue
	Release  contract.Release
	Results  []oracle.Result
	Outcomes []oracle.Outcome
	Verdict  oracle.Conclusion
	Commands

	Secrets    []wire.Secret       // to be kept out of print, besides those of the outcomes
	Ledger     *ledger.Ledger      // nil when nothing was created
	Conditions map[string][]string // what each outcome needs arranged, by its name
	Health     *wire.Health        // of the target; nil when nobody knows
	Ended      error               // why the target was not asked any more; nil when it was to the end
	Revision   int                 // of the frozen set of the release; zero when there is none
}

// Commands write what a reader may type to see the same.
type Commands struct {
	Curl   func(wire.Request) string // see wire.Target.Curl; nil for no shell lines
	Replay func(name string) string  // the command that runs one outcome again; nil for none
}

// New makes a report. Everything that came from the target is redacted here.
func New(in Facts) *Report {
	r, _ := build(in)
	return r
}

// build is New; the evidence renders what the report does not hold.
func build(in Facts) (*Report, evidence) {
	b := &builder{Facts: in, secrets: slices.Clone(in.Secrets)}
	for _, o := range in.Outcomes {
		b.secrets = append(b.secrets, o.Secrets...)
	}
	slices.SortFunc(b.secrets, bySize)
	b.secrets = slices.Compact(b.secrets)
	b.evidence = newEvidence(b.secrets, in.Contract.Secrets())
	all := b.evidence.answers
	r := &Report{
		Format: Format, Tool: in.Tool, Run: in.Run, Target: in.Target, Verdict: in.Verdict,
		Requirements: []Requirement{}, Outcomes: []Outcome{}, Operations: b.operations(), ErrorCodes: b.errorCodes(),
		Set: Set{Release: in.Release.String(), Revision: in.Revision},
	}
	for _, res := range in.Results {
		r.Requirements = append(r.Requirements, requirement(res, in.Release, all))
		r.Counts.of(res.Requirement.Level).add(res.Standing)
	}
	for i := range in.Outcomes {
		r.Outcomes = append(r.Outcomes, b.outcome(&in.Outcomes[i]))
		r.Environment.Requests += in.Outcomes[i].Requests
	}
	r.Environment.ElapsedMS = in.Run.Finished.Sub(in.Run.Started).Milliseconds()
	r.Environment.SkippedConditions = b.skippedConditions()
	r.Environment.Objects = b.objects(all)
	b.health(&r.Environment, all)
	r.observe(oracle.Survey(in.Contract, in.Release, in.Outcomes), all)
	r.Fingerprint = fingerprint(in)
	return r, b.evidence
}

// bySize orders secrets, the longest first, so that the order of outcomes makes no difference.
func bySize(a, b wire.Secret) int {
	if n := len(b.Reveal()) - len(a.Reveal()); n != 0 {
		return n
	}
	if a.Reveal() < b.Reveal() {
		return -1
	}
	if a.Reveal() > b.Reveal() {
		return 1
	}
	return 0
}

type builder struct {
	Facts
	secrets  []wire.Secret // of the whole run: a target may tell in one outcome what it was sent in another
	evidence evidence
}

func requirement(res oracle.Result, release contract.Release, red *wire.Redactor) Requirement {
	q := res.Requirement
	out := Requirement{
		ID: q.ID, Level: q.Level, Text: q.Text, Source: sources(q.Sources), Status: res.Standing,
		Reason: wire.Shorten(red.Redact(res.Reason), maxReason), Verdicts: res.Verdicts, Outcomes: append([]string{}, res.Outcomes...),
		Flaky: res.Flaky, Assumed: q.IsAssumed(release),
	}
	return out
}

func sources(cited []contract.Citation) []Source {
	all := []Source{}
	for _, c := range cited {
		all = append(all, Source{c.Source.Document, c.Section, c.Source.Release, c.Source.Where})
	}
	return all
}

func (b *builder) outcome(o *oracle.Outcome) Outcome {
	e := b.evidence
	out := Outcome{
		Name: o.Name, Kind: o.Kind, Status: o.Status.String(), Requirements: append([]contract.ID{}, o.Requirements...),
		Broken: []Breach{}, ElapsedMS: o.Elapsed.Milliseconds(), Requests: o.Requests,
		Reproduce: Reproduce{Curl: []string{}}, Asked: asked(o),
	}
	if o.Reason != nil {
		out.Reason = e.short(o.Reason.Error())
	}
	for _, p := range o.Playings {
		out.Playings = append(out.Playings, e.playing(p))
	}
	for _, f := range o.Found {
		if !slices.ContainsFunc(out.Broken, func(g Breach) bool { return g.Requirement == f.Requirement }) {
			out.Broken = append(out.Broken, e.finding(f))
		}
	}
	if b.Replay != nil {
		out.Reproduce.Replay = b.Replay(o.Name)
	}
	if b.Curl != nil {
		for _, line := range shell(o.Evidence, b.Curl) {
			out.Reproduce.Curl = append(out.Reproduce.Curl, e.values.Redact(line))
		}
	}
	return out
}

// asked is how often an outcome was played.
func asked(o *oracle.Outcome) int {
	if o.Asked == 0 && o.Requests > 0 {
		return 1
	}
	return o.Asked
}

// operations has a row for every operation of the release.
func (b *builder) operations() []Operation {
	asked := map[string]*Operation{}
	rows := []*Operation{}
	row := func(name string) *Operation {
		if asked[name] == nil {
			asked[name] = &Operation{Operation: name, Statuses: map[string]int{}}
			rows = append(rows, asked[name])
		}
		return asked[name]
	}
	b.eachOperation(func(o *contract.Operation) { row(o.String()) })
	for _, o := range b.Outcomes {
		for _, a := range slices.SortedFunc(maps.Keys(o.Operations), byOperation) {
			r := row(a.Operation)
			r.Requests += o.Operations[a]
			r.Statuses[strconv.Itoa(a.Status)] += o.Operations[a]
		}
	}
	out := []Operation{}
	for _, r := range rows {
		out = append(out, *r)
	}
	return out
}

func byOperation(a, b oracle.Answered) int {
	if a.Operation != b.Operation {
		if a.Operation < b.Operation {
			return -1
		}
		return 1
	}
	return a.Status - b.Status
}

// errorCodes has a row for every documented code of every operation of the
// release.
func (b *builder) errorCodes() []ErrorCode {
	out := []ErrorCode{}
	b.eachOperation(func(o *contract.Operation) {
		for _, e := range o.Errors {
			if !e.Covers(b.Release) {
				continue
			}
			out = append(out, ErrorCode{e.Code, o.String(), b.provoked(o.String(), e), e.Condition})
		}
	})
	return out
}

func (b *builder) provoked(operation string, e *contract.ErrorRow) bool {
	for _, o := range b.Outcomes {
		for _, code := range e.Codes() {
			if o.Codes[oracle.Provoked{Operation: operation, Code: code}] {
				return true
			}
		}
	}
	return false
}

func (b *builder) eachOperation(f func(*contract.Operation)) {
	for _, r := range b.Contract.Resources {
		for _, o := range r.Operations {
			if r.Covers(b.Release) && o.Covers(b.Release) {
				f(o)
			}
		}
	}
}

// skippedConditions returns the conditions that outcomes were skipped for.
func (b *builder) skippedConditions() []string {
	skipped, tried := map[string]bool{}, map[string]bool{}
	for _, o := range b.Outcomes {
		var skip *oracle.Skip
		for _, name := range b.Conditions[o.Name] {
			if o.Status != oracle.Skipped {
				tried[name] = true
			} else if errors.As(o.Reason, &skip) && skip.Applies {
				skipped[name] = true
			}
		}
	}
	maps.DeleteFunc(skipped, func(name string, _ bool) bool { return tried[name] })
	return append([]string{}, slices.Sorted(maps.Keys(skipped))...)
}

func (b *builder) objects(red *wire.Redactor) ObjectTally {
	out := ObjectTally{LeftBehind: []Leftover{}}
	if b.Ledger == nil {
		return out
	}
	out.Created, out.Removed = b.Ledger.Counts()
	for _, e := range b.Ledger.Left() {
		out.LeftBehind = append(out.LeftBehind, Leftover{e.Kind, red.Redact(e.SVM), red.Redact(e.Mark), red.Redact(e.Path)})
	}
	for _, c := range b.Ledger.Conditions() {
		out.LeftBehind = append(out.LeftBehind, Leftover{"lab condition", red.Redact(c.Params["svm"]), red.Redact(c.Name), ""})
	}
	return out
}

// AddUnselected adds an outcome for each scenario, or property, that the run left out, so
// that it stays in the denominator, and says so of the requirements that
// therefore nobody looked at.
func (r *Report) AddUnselected(kind string, names map[string][]contract.ID) {
	left := map[contract.ID]bool{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		r.Outcomes = append(r.Outcomes, Outcome{
			Name: name, Kind: kind, Status: Skipped, Requirements: append([]contract.ID{}, names[name]...),
			Broken: []Breach{}, Reason: NotSelected, Reproduce: Reproduce{Curl: []string{}},
		})
		for _, id := range names[name] {
			left[id] = true
		}
	}
	for i := range r.Requirements {
		if q := &r.Requirements[i]; q.Status == oracle.NotRun && left[q.ID] {
			q.Reason = NotSelected
		}
	}
}

// NotSelected is the reason of what --select and --skip left out.
const NotSelected = "not selected"

// Stamp returns a time as reports have it: in UTC, to the millisecond.
func Stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// health adds what the target had us wait for, and why it was not asked to the end.
func (b *builder) health(e *Environment, all *wire.Redactor) {
	if b.Ended != nil {
		e.EndedEarly = all.Redact(b.Ended.Error())
	}
	if b.Health == nil {
		return
	}
	e.Incidents = b.Health.Incidents()
	for _, w := range b.Health.Waits() {
		e.Waited = append(e.Waited, Wait{w.Reason, w.Times, w.Total.Milliseconds()})
	}
}
