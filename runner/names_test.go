package main

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Reasons why types of one name mean the same.
const (
	itsForm   = "the report has the form of it that is kept"
	bothSides = "the client and the server each have their side of it"
)

// sharedNames are the names that exported types of several packages have, because they mean the same.
var sharedNames = map[string]string{
	"Baseline":    "the report says what a run came to by the baseline",
	"Breach":      itsForm,
	"Call":        bothSides,
	"Condition":   "what the lab arranges: as the catalogue describes it, as a run has arranged it, as the server holds it",
	"Exchange":    itsForm,
	"Observation": itsForm,
	"Operation":   itsForm,
	"Outcome":     itsForm,
	"Param":       "one parameter of a query; client and server have nothing of each other",
	"Playing":     itsForm,
	"Reading":     itsForm,
	"Release":     "the flag takes a release of the catalogue",
	"Request":     bothSides,
	"Requirement": itsForm,
	"Response":    bothSides,
	"SVM":         bothSides,
	"Session":     "the testbed's session asks by one of wire",
	"Source":      itsForm,
	"Target":      itsForm,
	"Wait":        itsForm,
}

// TestOneNameHasOneMeaning wants each exported type to have a name of its own, unless
// sharedNames says why the types of a name mean the same.
func TestOneNameHasOneMeaning(t *testing.T) {
	where := map[string][]string{}
	walkGo(t, "..", func(path string, _ *token.FileSet, file *ast.File) {
		pkg := filepath.ToSlash(filepath.Dir(path))
		for _, name := range exportedTypes(file) {
			if !strings.HasSuffix(path, "_test.go") && !slices.Contains(where[name], pkg) {
				where[name] = append(where[name], pkg)
			}
		}
	})
	for name, pkgs := range where {
		if len(pkgs) > 1 {
			assert.Contains(t, sharedNames, name, "%s is a type of %s: give all but one another name", name, strings.Join(pkgs, ", "))
		}
	}
	for name := range sharedNames {
		assert.Greater(t, len(where[name]), 1, "%s has only one meaning: remove it from sharedNames", name)
	}
}

// exportedTypes are the names of the types that a file declares for others, but for aliases.
func exportedTypes(file *ast.File) []string {
	var names []string
	for _, d := range file.Decls {
		general, is := d.(*ast.GenDecl)
		if !is || general.Tok != token.TYPE {
			continue
		}
		for _, s := range general.Specs {
			if spec := s.(*ast.TypeSpec); spec.Name.IsExported() && !spec.Assign.IsValid() {
				names = append(names, spec.Name.Name)
			}
		}
	}
	return names
}
