package report

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// shell writes the exchanges of a scenario as lines that do the same again. An
// object or a job that is made along the way gets another uuid then, so that
// the lines take it from the answer and use it in those that follow.
func shell(evidence []*wire.Exchange, curl func(wire.Request) string) []string {
	lines := []string{}
	variables := map[string]string{} // by the uuid of the recorded run
	for _, x := range evidence {
		if x.Retried || x.Lost {
			continue
		}
		line := withVariables(curl(x.Request), variables)
		if uuid, take := made(x); uuid != "" && variables[uuid] == "" {
			name := fmt.Sprintf("uuid%d", len(variables)+1)
			variables[uuid] = name
			line = capture(line, name, take)
		}
		lines = append(lines, line)
	}
	return lines
}

// Commands that take a uuid from an answer.
const (
	fromLocation = `sed -n 's|^[Ll]ocation: .*/||p' | tr -d '\r'`
	fromBody     = `grep -o '"uuid" *: *"[^"]*"' | head -n 1 | cut -d '"' -f 4`
)

// made returns the uuid of what an answer made, and the command that finds it.
func made(x *wire.Exchange) (uuid, take string) {
	if x.Request.Method != http.MethodPost || !x.Response.OK() {
		return "", ""
	}
	if job := oracle.JobOf(x.Response); job != "" {
		return job, fromBody
	}
	if oracle.Location(x.Response) != "" {
		return oracle.Created(x.Response), fromLocation
	}
	return oracle.Created(x.Response), fromBody
}

// capture runs a line, shows its answer and keeps a part of it in a variable.
func capture(line, name, take string) string {
	end := ")"
	if strings.HasSuffix(line, "END") {
		end = "\n)" // the here-document ends with its line
	}
	return fmt.Sprintf("answer=$(%s%s\nprintf '%%s\\n' \"$answer\"\n%s=$(printf '%%s\\n' \"$answer\" | %s)", line, end, name, take)
}

// withVariables puts variables in place of uuids: in the address, which stands
// in single quotes, and in the here-document, which the shell expands. Where there is none,
// because nothing was made, the shell sends nothing: the address would be that of all there is.
func withVariables(line string, variables map[string]string) string {
	command, document, _ := strings.Cut(line, " --config - <<END")
	for uuid, name := range variables {
		command = strings.ReplaceAll(command, uuid, `'"${`+name+`:?}"'`)
		document = strings.ReplaceAll(document, uuid, "${"+name+":?}")
	}
	if document == "" {
		return command
	}
	return command + " --config - <<END" + document
}

// writeReproduce leaves the lines of curl where a here-document can be copied
// from: at the margin.
func writeReproduce(b *strings.Builder, o Outcome) {
	if o.Reproduce.Replay != "" {
		fmt.Fprintf(b, "  Again     %s\n", printable(o.Reproduce.Replay))
	}
	lines := o.Reproduce.Curl
	switch {
	case len(lines) == 0:
		return
	case len(lines) > shownLines:
		fmt.Fprintf(b, "  By hand   with the %d requests in report.json\n\n", len(lines))
		return
	}
	all := strings.Join(lines, "\n")
	fmt.Fprintf(b, "  By hand%s\n\n%s\n\n", needs(all), all)
}

var variable = regexp.MustCompile(`\$([A-Z][A-Z0-9_]+)`)

// Variables are the names of what shell lines take from the environment, each once, in order.
func Variables(lines string) []string {
	var names []string
	for _, m := range variable.FindAllStringSubmatch(lines, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// needs says what to set before the lines are run.
func needs(lines string) string {
	var all []string
	for _, name := range Variables(lines) {
		all = append(all, name+Accepted(name))
	}
	if all == nil {
		return ""
	}
	return "   with " + strings.Join(all, ", ") + " in the environment"
}

// Accepted says what will do for a variable, in parentheses; "" means that only the user knows.
func Accepted(name string) string {
	switch {
	case strings.HasSuffix(name, "_CERTIFICATE"):
		return " (a PKCS#12 in base64)"
	case strings.HasSuffix(name, "_PRIVATE_KEY"):
		return ` (a private key in PEM, \n between its lines)`
	case strings.HasPrefix(name, "ONTAP_CONFORMANCE_"):
		return ""
	}
	return " (any text)"
}
