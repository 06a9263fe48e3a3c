package main

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// allowed is the architecture: which of our packages each package may import,
// and why no more. Test files are free to import the simulator and the mutants.
var allowed = map[string]struct {
	imports []string
	because string
}{
	"features":                 {nil, "it is text"},
	"fixtures/strictyaml":      {nil, "any file may be read with it"},
	"fixtures/contract":        {[]string{"fixtures/strictyaml"}, "facts depend on nothing but the way they are written down"},
	"fixtures/wire":            {nil, "evidence must be readable anywhere"},
	"fixtures/chaos":           {nil, "it stands before any server"},
	"fixtures/lab":             {nil, "it talks to the owner's hook, never to the target"},
	"fixtures/files":           {nil, "any file may be read with it"},
	"fixtures/ledger":          {nil, "it must work when everything else has crashed"},
	"fixtures/rawclient":       {nil, "what we are measured against has nothing of ours"},
	"fixtures/sample":          {nil, "it chooses among servers that it does not know"},
	"fixtures/oracle":          {[]string{"fixtures/contract", "fixtures/wire"}, "a judge that knew the simulator would read the documents with its eyes"},
	"fixtures/resource":        {[]string{"fixtures/contract", "fixtures/wire"}, "bodies depend on facts and seeds, never on answers"},
	"fixtures/mutant":          {[]string{"fixtures/contract", "fixtures/mutant/operator", "fixtures/simulator", "fixtures/wire"}, "a mutant must not know how it is caught"},
	"fixtures/mutant/operator": {[]string{"fixtures/contract", "fixtures/simulator"}, "what edits a server must not know how it is caught"},
	"fixtures/testbed":         {[]string{"fixtures/contract", "fixtures/lab", "fixtures/ledger", "fixtures/oracle", "fixtures/resource", "fixtures/wire"}, "it knows the target by its URL only"},
	"steps":                    {[]string{"fixtures/contract", "fixtures/files", "fixtures/oracle", "fixtures/resource", "fixtures/testbed", "fixtures/wire"}, "steps know the target by its testbed only"},
	"fuzz/plan":                {[]string{"fixtures/contract"}, "findings keep it, whatever becomes of the generators"},
	"fuzz/strategy":            {[]string{"fixtures/contract", "fixtures/wire", "fuzz/plan"}, "what is drawn depends on no target"},
	"fuzz/property":            {[]string{"fixtures/contract", "fixtures/oracle", "fixtures/resource", "fixtures/testbed", "fixtures/wire", "fuzz/plan", "fuzz/strategy"}, "properties know the target by its testbed only, and no scenarios"},
	"fuzz/engine":              {[]string{"fixtures/contract", "fixtures/oracle", "fixtures/testbed", "fixtures/wire", "fuzz/plan", "fuzz/property", "fuzz/strategy"}, "it plays any property, and knows no scenarios"},
	"runner/report":            {[]string{"fixtures/contract", "fixtures/ledger", "fixtures/oracle", "fixtures/wire"}, "a report shows what was found and decides nothing"},
	"runner/finding":           {[]string{"fixtures/contract", "fixtures/files", "fuzz/engine", "fuzz/plan", "fuzz/property", "runner/report"}, "a finding is written down, not found"},
	"runner/baseline":          {[]string{"fixtures/contract", "fixtures/files", "fixtures/oracle", "fixtures/strictyaml", "runner/report"}, "a baseline compares reports"},
	"runner/exit":              {nil, "any part of the runner may say how the command ends"},
	"runner/flags":             {[]string{"fixtures/contract", "fixtures/files", "fixtures/strictyaml", "runner/exit", "runner/wording"}, "a flag means what its subcommand says"},
	"runner/leaks":             {[]string{"fixtures/files", "fixtures/wire", "runner/canary", "runner/report"}, "what is looked through is plain text"},
	"runner/probe":             {[]string{"fixtures/contract", "fixtures/lab", "fixtures/oracle", "fixtures/testbed", "fixtures/wire", "runner/exit", "runner/wording"}, "a probe only reads, and knows the target by its URL"},
	"runner/wording":           {nil, "any part of the runner may word with it"},
	"runner/canary":            {nil, "a proof must not stand on what it proves"},
	"runner/selftest":          {[]string{"fixtures/contract", "fixtures/lab", "fixtures/ledger", "fixtures/mutant", "fixtures/oracle", "fixtures/simulator", "fixtures/testbed", "fixtures/wire", "fuzz/engine", "fuzz/property", "steps"}, "it holds the suite against servers, and knows no command"},
	"runner": {[]string{"features", "fixtures/contract", "fixtures/files", "fixtures/lab", "fixtures/ledger", "fixtures/mutant", "fixtures/oracle", "fixtures/simulator",
		"fixtures/testbed", "fixtures/wire", "fuzz/engine", "fuzz/property", "runner/baseline", "runner/exit", "runner/finding", "runner/flags", "runner/leaks", "runner/probe", "runner/report", "runner/selftest", "runner/wording", "steps"}, "nothing may import a command"},

	"fixtures/simulator":        {[]string{"fixtures/contract", "fixtures/simulator/rules", "fixtures/simulator/server"}, "it is a door, with nothing behind it of its own"},
	"fixtures/simulator/rules":  {[]string{"fixtures/contract", "fixtures/simulator/server"}, "the business of one resource is no business of the protocol"},
	"fixtures/simulator/server": {[]string{"fixtures/contract"}, "a simulator that knew the oracle would pass by construction, and one that knew a resource would serve no other"},
}

const module = "ontap-conformance/"

func TestImportsFollowTheArchitecture(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, module+"...").Output()
	require.NoError(t, err)
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		pkg := strings.TrimPrefix(words[0], module)
		seen[pkg] = true
		row, ok := allowed[pkg]
		if !assert.True(t, ok, "%s has no place in the architecture: add it to the table, with the reason", pkg) {
			continue
		}
		for _, imported := range words[1:] {
			if ours, is := strings.CutPrefix(imported, module); is && !slices.Contains(row.imports, ours) {
				t.Errorf("%s must not import %s: %s", pkg, ours, row.because)
			}
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(allowed)) {
		assert.True(t, seen[pkg], "%s is in the table and does not exist", pkg)
	}
}
