package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
)

// prose are the fields of the catalogue that are written for readers.
var prose = []string{"Text", "Means", "Says"}

// matchers are functions that find something in a text, by their names.
var matchers = []string{"Contains", "HasPrefix", "HasSuffix", "Index", "Cut", "CutPrefix", "CutSuffix", "EqualFold", "Fields", "Split", "MatchString", "FindString", "FindAllString", "FindStringSubmatch"}

// TestNoCodeMatchesASentence keeps the catalogue's prose what it is: no code outside of its
// package compares it, looks for something in it or goes by it, and none holds what a sentence
// begins or ends with.
func TestNoCodeMatchesASentence(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	sentences := prosesOf(c)
	root := ".."
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, filepath.Join(root, "fixtures", "contract")) {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if why := matchesProse(n, sentences); why != "" {
				t.Errorf("%s: %s", fset.Position(n.Pos()), why)
			}
			return true
		})
		return nil
	})
	require.NoError(t, err)
	assert.NotEmpty(t, sentences)
}

// prosesOf are the sentences of the catalogue, and what its tables say for readers.
func prosesOf(c *contract.Catalogue) []string {
	var all []string
	for _, q := range c.Requirements() {
		all = append(all, q.Text)
		if q.Row != nil && q.Row.Provoke != contract.ByLab {
			all = append(all, q.Row.Condition)
		}
	}
	for _, p := range c.Promises {
		all = append(all, p.Says)
	}
	return all
}

// matchesProse says how a piece of code goes by prose; "" where it does not.
func matchesProse(n ast.Node, sentences []string) string {
	switch n := n.(type) {
	case *ast.CallExpr:
		if f, is := n.Fun.(*ast.SelectorExpr); is && slices.Contains(matchers, f.Sel.Name) && slices.ContainsFunc(n.Args, isProse) {
			return f.Sel.Name + " looks into prose"
		}
	case *ast.BinaryExpr:
		if (n.Op == token.EQL || n.Op == token.NEQ) && slices.ContainsFunc([]ast.Expr{n.X, n.Y}, isProse) {
			return "prose is compared"
		}
	case *ast.SwitchStmt:
		if isProse(n.Tag) {
			return "prose is switched on"
		}
	case *ast.IndexExpr:
		if isProse(n.Index) {
			return "prose is looked up"
		}
	case *ast.BasicLit:
		return quotesProse(n, sentences)
	}
	return ""
}

// quotesProse says which words of a sentence a text in the code is; "" for none.
func quotesProse(n *ast.BasicLit, sentences []string) string {
	words, err := strconv.Unquote(n.Value)
	words = strings.TrimPrefix(words, "^") // of a regular expression
	if n.Kind != token.STRING || err != nil || len(strings.Fields(words)) < 3 {
		return ""
	}
	if slices.ContainsFunc(sentences, func(s string) bool {
		return strings.HasPrefix(s, words) || strings.HasSuffix(words, ".") && strings.HasSuffix(s, words)
	}) {
		return "a sentence begins or ends so: " + words
	}
	return ""
}

// isProse reports whether an expression reads a field that is written for readers. Steps of
// features and bodies have a Text of their own.
func isProse(x ast.Expr) bool {
	f, is := x.(*ast.SelectorExpr)
	if !is || !slices.Contains(prose, f.Sel.Name) {
		return false
	}
	of, named := f.X.(*ast.Ident)
	return !named || of.Name != "step"
}
