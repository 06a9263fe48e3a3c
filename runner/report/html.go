package report

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"ontap-conformance/fixtures/contract"
)

//go:embed report.html.tmpl
var page string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"upper":   func(v any) string { return strings.ToUpper(string(v.(contract.Level))) },
	"elapsed": elapsed,
	"count":   Counted,
	"nth":     func(i int) int { return i + 1 },
}).Parse(page)) // embedded: a page that does not parse fails every test

// view is a report with what only the page asks for.
type view struct {
	*Report
	Title    string
	Levels   []levelRow
	Failing  []failing
	Unsteady []failing // the flaky ones
	Doubts   []group
	Counted  string // the scenarios
	Known    []Outcome
	Skips    []group
	Ways     string // how much was observed
}

type levelRow struct {
	Level contract.Level
	Count
}

type failing struct {
	Requirement
	Shown   Outcome
	Finding Breach
	More    int
}

func (r *Report) failing(q Requirement) failing {
	o, f, more := r.shown(q.ID)
	return failing{q, o, f, more}
}

// HTML writes one page that needs no script and nothing from elsewhere.
func HTML(w io.Writer, r *Report) error {
	v := view{
		Report: r, Title: r.Target.title(), Counted: r.scenarios(), Skips: groups(r.Ended(Skipped)),
		Doubts: groups(r.Ended(Errored)), Known: r.Ended(KnownFailure), Ways: r.seenWays(),
	}
	for _, l := range []contract.Level{contract.Must, contract.Should, contract.May} {
		v.Levels = append(v.Levels, levelRow{l, *r.Counts.of(l)})
	}
	for _, q := range r.Sure() {
		v.Failing = append(v.Failing, r.failing(q))
	}
	for _, q := range r.Flaky() {
		v.Unsteady = append(v.Unsteady, r.failing(q))
	}
	return pageTemplate.Execute(w, v)
}
