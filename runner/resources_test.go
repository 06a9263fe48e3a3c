package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
)

// namedIn are the places where code may name a resource: folders, with a slash at the end, and
// files that are still to lose the names.
var namedIn = map[string]string{
	"fixtures/simulator/rules/": "the rules of one resource are one file, registered by its name",
	"fixtures/mutant/":          "a mutant or a liberty of one resource is registered by its name",
	"fuzz/":                     "the properties of key servers and of certificates in use: to be bound by promises, in the room of fuzz",
}

// TestNoCodeNamesAResource holds what README says: a resource is a file. Whatever has a list of
// them in Go would not know the next one. What every cluster has, and jobs, may be named.
func TestNoCodeNamesAResource(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	used := map[string]bool{}
	require.NoError(t, filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		name = filepath.ToSlash(strings.TrimPrefix(name, ".."+string(os.PathSeparator)))
		for _, named := range namesIn(t, c, name) {
			place, known := placeOf(name)
			used[place] = true
			assert.True(t, known, "%s names a resource", named)
		}
		return nil
	}))
	for place := range namedIn {
		assert.True(t, used[place], "nothing in %s names a resource any more: take the exception out", place)
	}
}

// placeOf returns the exception that a file falls under.
func placeOf(file string) (place string, known bool) {
	for place := range namedIn {
		if strings.HasPrefix(file, place) {
			return place, true
		}
	}
	return "", false
}

// namesIn returns the texts of a file that name a resource or its path, each with its line.
func namesIn(t *testing.T, c *contract.Catalogue, name string) []string {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, filepath.Join("..", name), nil, 0)
	require.NoError(t, err)
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, _ := strconv.Unquote(literal.Value); namesResource(c, text) {
				found = append(found, set.Position(literal.Pos()).String()+": "+literal.Value)
			}
		}
		return true
	})
	return found
}

// namesResource reports whether a text is the name of a resource, or has its path.
func namesResource(c *contract.Catalogue, text string) bool {
	for _, r := range c.Resources {
		if !r.Builtin && !r.Jobs && (text == r.Name || !r.IsPart() && strings.Contains(text, r.Path)) {
			return true
		}
	}
	return false
}
