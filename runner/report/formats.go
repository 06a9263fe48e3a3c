package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// A Writer renders a report.
type Writer func(io.Writer, *Report) error

// A Rendering is one format that reports can be written in.
type Rendering struct {
	Name  string // as in --format
	File  string // its name below the run's folder
	Write Writer
}

// Renderings are the formats, the source of all others first.
var Renderings = []Rendering{
	{"json", "report.json", JSON},
	{"junit", "junit.xml", JUnit},
	{"html", "report.html", HTML},
	{"text", "report.txt", Text},
}

// Names returns the names of the formats.
func Names() []string {
	var names []string
	for _, r := range Renderings {
		names = append(names, r.Name)
	}
	return names
}

// Find returns the format named name; ok is false when there is none.
func Find(name string) (r Rendering, ok bool) {
	i := slices.IndexFunc(Renderings, func(r Rendering) bool { return r.Name == name })
	if i < 0 {
		return Rendering{}, false
	}
	return Renderings[i], true
}

// JSON writes report.json.
func JSON(w io.Writer, r *Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// Read reads what JSON wrote. Fields that a later version added are ignored;
// another format is an error.
func Read(from io.Reader) (*Report, error) {
	r := new(Report)
	if err := json.NewDecoder(from).Decode(r); err != nil {
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	if r.Format != Format {
		return nil, fmt.Errorf("reading the report: want format %q, got %q", Format, r.Format)
	}
	return r, nil
}
