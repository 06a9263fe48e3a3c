package finding

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ontap-conformance/runner/report"
)

// readme says in words what was promised and what was found.
func readme(f *Finding, s *report.Single, feature bool) string {
	var b strings.Builder
	q := f.Requirement
	what := "broken"
	if f.Broken.Flaky {
		what = "flaky"
	}
	fmt.Fprintf(&b, "# %s (%s) is %s\n\n%s\n\n", q.ID, strings.ToUpper(string(q.Level)), what, q.Text)
	for _, source := range q.Source {
		fmt.Fprintf(&b, "- %s (%s): %s\n  %s\n", source.Document, source.Release, source.Section, source.Where)
	}
	fmt.Fprintf(&b, "\n- looked at: %s\n", line(f.Broken.What))
	if f.Broken.Want != "" {
		fmt.Fprintf(&b, "- expected: %s\n- came back: %s\n", line(f.Broken.Want), line(f.Broken.Got))
	}
	if len(f.Also) > 0 {
		fmt.Fprintf(&b, "- the same requests also break: %s\n", strings.Trim(fmt.Sprint(f.Also), "[]"))
	}
	fmt.Fprintf(&b, "\nFound by the property %q for ONTAP %s, run seed %d, case seed %d, in %s", f.Property, f.ONTAP, f.RunSeed, f.Seed,
		report.Counted(len(f.Requests), "request"))
	if f.Minimal {
		b.WriteString(", from which nothing could be left out")
	}
	b.WriteString(".\n")
	if f.Broken.Flaky {
		fmt.Fprintf(&b, "It failed once, and not again: it was played %s. Nothing was left out of the requests, since that shows with a case that fails again only.\n", s.Outcome.Times())
	}
	b.WriteString("\n## Again\n\n    ontap-conformance replay .            # and the flags of the target: 0 fixed, 1 still failing, 3 could not replay\n")
	if feature {
		b.WriteString("    ontap-conformance run --features . --select " + FeatureFile + "\n")
	}
	b.WriteString("    sh " + ShellFile + "                            # curl; values of secrets come from the environment\n" +
		"    go test " + TestFile + " -endpoint URL    # Go, its standard library only; -ca-cert FILE for a certificate of one's own\n")
	if !feature {
		b.WriteString("\nThere is no " + FeatureFile + ": the phrases of features cannot say what was sent.\n")
	}
	b.WriteString("\n## The requests\n")
	for _, x := range s.Exchanges {
		fmt.Fprintf(&b, "\n    > %s %s\n", x.Method, line(x.Path))
		if x.RequestBody != "" {
			fmt.Fprintf(&b, "    > %s\n", cut(x.RequestBody))
		}
		fmt.Fprintf(&b, "    < %d %s\n", x.Status, cut(x.Body))
	}
	for i, p := range s.Outcome.Playings {
		fmt.Fprintf(&b, "\n## Playing %d: %s\n\n", i+1, line(p.Of(q.ID)))
		for _, said := range p.Transcript() {
			fmt.Fprintf(&b, "    %s\n", line(said))
		}
	}
	return b.String()
}

// line puts text of a target on one line, so that it cannot look like ours.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

func cut(s string) string {
	s = line(s)
	if len(s) > 1000 {
		s = strings.ToValidUTF8(s[:1000], "") + fmt.Sprintf("… (%d bytes)", len(s))
	}
	return s
}

// shellScript sends the same with curl.
func shellScript(f *Finding, s *report.Single) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#!/bin/sh\n# %s: %s\n", f.Requirement.ID, line(f.Requirement.Text))
	b.WriteString("# What it makes it leaves there: delete it afterwards.\n")
	lines := s.Outcome.Reproduce.Curl
	if names := report.Variables(strings.Join(lines, "\n")); len(names) > 0 {
		b.WriteString("# What is secret is taken from the environment:\n")
		for _, name := range names {
			fmt.Fprintf(&b, ": \"${%s:?}\"", name)
			if what := report.Accepted(name); what != "" {
				b.WriteString(" #" + what)
			}
			b.WriteString("\n")
		}
	}
	for _, text := range lines {
		b.WriteString("\n" + text + "\n")
	}
	return b.String()
}

// har is the part of HAR 1.2 that we fill in.
type har struct {
	Log struct {
		Version string            `json:"version"`
		Creator map[string]string `json:"creator"`
		Entries []harEntry        `json:"entries"`
	} `json:"log"`
}

type harEntry struct {
	Started  string             `json:"startedDateTime"`
	Time     float64            `json:"time"`
	Request  map[string]any     `json:"request"`
	Response map[string]any     `json:"response"`
	Cache    map[string]any     `json:"cache"`
	Timings  map[string]float64 `json:"timings"`
}

// trace writes the exchanges as a HAR archive. When each was sent was not kept:
// all have the time at which the finding was written.
func trace(s *report.Single, at time.Time) string {
	var h har
	h.Log.Version = "1.2"
	h.Log.Creator = map[string]string{"name": "ontap-conformance", "version": "1"}
	h.Log.Entries = []harEntry{}
	for _, x := range s.Exchanges {
		request := map[string]any{"method": x.Method, "url": "https://target" + x.Path, "httpVersion": x.Proto, "cookies": []any{},
			"headers": pairs(x.RequestHeaders), "queryString": []any{}, "headersSize": -1, "bodySize": len(x.RequestBody)}
		if x.RequestBody != "" {
			request["postData"] = map[string]any{"mimeType": x.RequestHeaders.Get("Content-Type"), "text": x.RequestBody}
		}
		h.Log.Entries = append(h.Log.Entries, harEntry{
			Started: at.UTC().Format(time.RFC3339Nano), Time: x.ElapsedMS, Request: request, Cache: map[string]any{},
			Response: map[string]any{"status": x.Status, "statusText": "", "httpVersion": x.Proto, "cookies": []any{}, "headers": pairs(x.ResponseHeaders),
				"content": map[string]any{"size": len(x.Body), "mimeType": x.ResponseHeaders.Get("Content-Type"), "text": x.Body}, "redirectURL": "", "headersSize": -1, "bodySize": len(x.Body)},
			Timings: map[string]float64{"send": 0, "wait": x.ElapsedMS, "receive": 0},
		})
	}
	data, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		panic("finding: a trace of plain values cannot fail to encode: " + err.Error())
	}
	return string(data) + "\n"
}

func pairs(header map[string][]string) []map[string]string {
	all := []map[string]string{}
	for name, values := range header {
		all = append(all, map[string]string{"name": name, "value": strings.Join(values, ", ")})
	}
	return all
}
