package report

import (
	"fmt"
	"net/http"
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
