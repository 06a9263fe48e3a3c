package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// limits are the most that each measure may be. Linters know some of these measures,
// and none of them finds an exception that is no longer needed.
var limits = map[string]int{
	"lines of a function": 60, // from func to the closing brace
	"branches":            15, // the cyclomatic complexity, as gocyclo counts it
	"lines of a file":     400,
	"methods":             25, // with those of the types of the same package that it embeds
	"fields":              15, // an embedded type is one
}

// TestNothingIsAboveTheLimits holds the code to limits. An exception stands in
// testdata/limits.txt with its measure, which it may not exceed, and its reason; an
// exception that is no longer needed fails.
func TestNothingIsAboveTheLimits(t *testing.T) {
	measured := measure(t, "..")
	excepted := exceptions(t, filepath.Join("testdata", "limits.txt"))
	for _, what := range slices.Sorted(maps.Keys(measured)) {
		allowed := max(excepted[what], limits[kindOf(what)])
		assert.LessOrEqual(t, measured[what], allowed, "%s: make it smaller", what)
	}
	for _, what := range slices.Sorted(maps.Keys(excepted)) {
		assert.Greater(t, measured[what], limits[kindOf(what)], "%s: the exception is no longer needed, remove it from testdata/limits.txt", what)
	}
}

func TestTheLimitsAreMeasured(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.go"), []byte(`package a

type inner struct{ x, y int }

func (inner) M() {}

type outer struct {
	inner
	*z
	a, b int
}

func (o *outer) N(s []int) bool {
	for range s {
		if o.a > 1 && o.b > 1 || o.a < 0 {
			return true
		}
	}
	switch {
	case o.a == 1:
	default:
	}
	return false
}
`), 0o600))
	measured := measure(t, dir)
	assert.Equal(t, 12, measured["lines of a function a.outer.N"])
	assert.Equal(t, 6, measured["branches a.outer.N"])
	assert.Equal(t, 24, measured["lines of a file a.go"])
	assert.Equal(t, 2, measured["methods a.outer"])
	assert.Equal(t, 4, measured["fields a.outer"])
}

// kindOf is the measure that the name of something measured begins with.
func kindOf(what string) string { return what[:strings.LastIndex(what, " ")] }

// exceptions reads the rows of a file: measure, name, number, and the reason, with tabs
// between them. Lines that begin with # are for the reader.
func exceptions(t *testing.T, file string) map[string]int {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	all := map[string]int{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		row := strings.Split(strings.TrimSpace(line), "\t")
		require.Len(t, row, 4, line)
		require.Contains(t, limits, row[0], line)
		n, err := strconv.Atoi(row[2])
		require.NoError(t, err, line)
		all[row[0]+" "+row[1]] = n
	}
	return all
}

// measure takes every measure of all Go files below a folder. A name is the path of a file
// or the folder of a package with the name of a type or function.
func measure(t *testing.T, root string) map[string]int {
	t.Helper()
	all := map[string]int{}
	types := map[string]map[string]*ast.StructType{} // by package and name
	walkGo(t, root, func(path string, fset *token.FileSet, file *ast.File) {
		pkg := file.Name.Name
		if dir := filepath.ToSlash(filepath.Dir(path)); dir != "." {
			pkg = dir
		}
		if types[pkg] == nil {
			types[pkg] = map[string]*ast.StructType{}
		}
		all["lines of a file "+filepath.ToSlash(path)] = fset.Position(file.End()).Line
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				measureFunc(all, fset, pkg, d)
			case *ast.GenDecl:
				measureTypes(all, types[pkg], pkg, d)
			}
		}
	})
	for pkg, named := range types {
		methods := map[string]int{}
		for name := range named {
			methods["methods "+pkg+"."+name] = promoted(all, named, pkg, name)
		}
		maps.Copy(all, methods)
	}
	return all
}

// walkGo visits every Go file below a folder, by its path from there.
func walkGo(t *testing.T, root string, visit func(path string, fset *token.FileSet, file *ast.File)) {
	t.Helper()
	fset := token.NewFileSet()
	require.NoError(t, filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		path, err := filepath.Rel(root, name)
		visit(path, fset, file)
		return err
	}))
}

func measureFunc(all map[string]int, fset *token.FileSet, pkg string, d *ast.FuncDecl) {
	name := pkg + "." + d.Name.Name
	if d.Recv != nil {
		receiver := pkg + "." + typeName(d.Recv.List[0].Type)
		name = receiver + "." + d.Name.Name
		all["methods "+receiver]++
	}
	all["lines of a function "+name] = fset.Position(d.End()).Line - fset.Position(d.Pos()).Line + 1
	branches := 1
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			branches++
		case *ast.CaseClause:
			if n.List != nil {
				branches++
			}
		case *ast.CommClause:
			if n.Comm != nil {
				branches++
			}
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				branches++
			}
		}
		return true
	})
	all["branches "+name] = branches
}

func measureTypes(all map[string]int, types map[string]*ast.StructType, pkg string, d *ast.GenDecl) {
	for _, s := range d.Specs {
		spec, is := s.(*ast.TypeSpec)
		if !is {
			continue
		}
		switch typ := spec.Type.(type) {
		case *ast.StructType:
			types[spec.Name.Name] = typ
			for _, f := range typ.Fields.List {
				all["fields "+pkg+"."+spec.Name.Name] += max(len(f.Names), 1)
			}
		case *ast.InterfaceType:
			all["methods "+pkg+"."+spec.Name.Name] = typ.Methods.NumFields()
		}
	}
}

// promoted counts the methods of a struct, and of what it embeds of its own package.
func promoted(all map[string]int, types map[string]*ast.StructType, pkg, name string) int {
	n := all["methods "+pkg+"."+name]
	if types[name] == nil {
		return n
	}
	for _, f := range types[name].Fields.List {
		if len(f.Names) == 0 {
			n += promoted(all, types, pkg, typeName(f.Type))
		}
	}
	return n
}

// typeName is the name of a type without its pointer, its package and its parameters.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.IndexExpr:
		return typeName(e.X)
	case *ast.IndexListExpr:
		return typeName(e.X)
	case *ast.SelectorExpr:
		return typeName(e.X) + "." + e.Sel.Name // of another package, whose methods are not counted
	case *ast.Ident:
		return e.Name
	}
	return fmt.Sprintf("%T", e) // of no type that can be embedded
}
