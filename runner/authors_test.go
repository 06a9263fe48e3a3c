package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/runner/exit"
)

// fenced are the blocks of a page in Markdown: the file that a block is from, if the sentence before
// begins with "From" and its name, its language and its text.
var fenced = regexp.MustCompile("(?s)(?:From\\s`([^`\n]+)`[^`\n]*(?:`[^`\n]+`[^`\n]*)?:\n\n)?```(yaml|gherkin|go)\n(.*?)```")

// authorsPage takes the page for authors apart: the resource and the scenarios are put into a
// folder, and what says that it stands in a file must stand there.
func authorsPage(t *testing.T) (dir string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "features", "README.md"))
	require.NoError(t, err)
	dir = t.TempDir()
	quoted := 0
	for _, block := range fenced.FindAllStringSubmatch(string(page), -1) {
		from, language, text := block[1], block[2], block[3]
		switch {
		case from != "":
			quoted++
			file, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(from)))
			require.NoError(t, err)
			assert.Contains(t, unindented(string(file)), unindented(text), from)
		case language == "yaml":
			require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.yaml"), []byte(text), 0o600))
		default:
			require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.feature"), []byte(text), 0o600))
		}
	}
	require.Equal(t, 3, quoted, "a promise, a property and a mutant")
	return dir
}

// unindented is a text without what its lines begin with.
func unindented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimLeft(line, " \t"))
	}
	return b.String()
}

func TestAuthorsFindExamplesThatRun(t *testing.T) {
	dir := authorsPage(t)
	elsewhere(t)
	got := command(t, nil, "run", "--catalogue", dir, "--features", dir, "--select", "NOTE-*", "--out", "out")
	require.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	for _, id := range []string{"NOTE-CREATE-01", "NOTE-DELETE-01"} {
		assert.Equal(t, oracle.Kept, standing(readReport(t, "out"), id), id)
	}
	got = command(t, nil, "fuzz", "--catalogue", dir, "--properties", "notes: *", "--checks", "5", "--out", "found")
	assert.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	got = command(t, nil, "selftest", "--catalogue", dir, "--servers", "notes-delete-keeps-the-record", "--by", "fuzz")
	assert.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	assert.Contains(t, got.stdout, "mutants that were found out: 1 of 1")
}
