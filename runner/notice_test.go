package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// noticeFile is beside LICENSE, our own.
const noticeFile = "../NOTICE"

// A shipped part is what the binary has of somebody else.
type shipped struct{ name, version, dir string }

// parts are the modules that the binary is built of on any system, and Go itself. It needs
// no more than what was fetched to build it.
func parts(t *testing.T) []shipped {
	t.Helper()
	all := map[string]shipped{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}", ".")
		list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := list.Output()
		require.NoError(t, err)
		for line := range strings.Lines(string(out)) {
			if words := strings.Fields(line); len(words) == 3 {
				all[words[0]] = shipped{words[0], words[1], words[2]}
			}
		}
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	all["Go"] = shipped{name: "Go, its standard library and runtime", dir: strings.TrimSpace(string(root))}
	return slices.SortedFunc(maps.Values(all), func(a, b shipped) int { return cmp.Compare(a.name, b.name) })
}

// licence reads the text of a licence, without spaces at the ends of lines, and what its
// owners want to be told besides.
func (p shipped) licence(t *testing.T) (text, notice string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(p.dir, "LICENSE*"))
	require.NoError(t, err)
	require.Len(t, names, 1, "%s: which is its licence?", p.name)
	raw, err := os.ReadFile(names[0])
	require.NoError(t, err)
	extra, err := os.ReadFile(filepath.Join(p.dir, "NOTICE"))
	if err != nil {
		require.ErrorIs(t, err, os.ErrNotExist)
	}
	return plainText(raw), plainText(extra)
}

func plainText(raw []byte) string {
	var lines []string
	for line := range strings.Lines(string(raw)) {
		lines = append(lines, strings.TrimRight(line, " \t\r\n"))
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// licences tells licences by words that only they have.
var licences = []struct{ name, words string }{
	{"Apache-2.0", "Apache License"},
	{"BSD-3-Clause", "Neither the name of"},
	{"MIT", "Permission is hereby granted, free of charge"},
	{"MPL-2.0", "Mozilla Public License"},
}

// called are the names of the licences that a text has.
func called(text string) (names []string) {
	whole := strings.Join(strings.Fields(text), " ")
	for _, l := range licences {
		if strings.Contains(whole, l.words) {
			names = append(names, l.name)
		}
	}
	return names
}

// source is where the source of a module is, which MPL-2.0 wants to be told.
func (p shipped) source() string {
	if p.version == "" {
		return "https://go.dev"
	}
	return "https://pkg.go.dev/" + p.name + "@" + p.version
}

// TestTheNoticeNamesWhatShipsInTheBinary: -update writes it again. The text of a licence
// that asks for no more than to be named stands in LICENSE, or where the source is.
func TestTheNoticeNamesWhatShipsInTheBinary(t *testing.T) {
	var b strings.Builder
	b.WriteString("ontap-conformance is under the Apache License, Version 2.0: see LICENSE.\n\n" +
		"The binary holds parts of others, under the licences that are named with them. Their source is where the\n" +
		"address leads; none of it was changed.\n")
	for _, p := range parts(t) {
		text, notice := p.licence(t)
		names := called(text)
		require.NotEmpty(t, names, "%s: what licence is that? %.200s", p.name, text)
		fmt.Fprintf(&b, "\n%s\n%s\n%s\n%s\n", strings.Repeat("-", 80), strings.TrimSpace(p.name+" "+p.version), strings.Join(names, " and "), p.source())
		if notice != "" {
			fmt.Fprintf(&b, "\n%s\n", notice)
		}
		if !slices.Equal(names, []string{"MPL-2.0"}) && !slices.Equal(names, []string{"Apache-2.0"}) {
			fmt.Fprintf(&b, "\n%s\n", text)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(noticeFile, []byte(b.String()), 0o644))
	}
	got, err := os.ReadFile(noticeFile)
	require.NoError(t, err)
	assert.Equal(t, b.String(), string(got), "make notice writes it again")
}

func TestOurOwnLicenceIsApache(t *testing.T) {
	text, err := os.ReadFile("../LICENSE")
	require.NoError(t, err)
	assert.Equal(t, []string{"Apache-2.0"}, called(string(text)))
	assert.Contains(t, string(text), "END OF TERMS AND CONDITIONS")
}
