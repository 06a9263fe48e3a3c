package property

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

func TestEveryPromiseOfAPropertyIsMadeBySomeResource(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	for _, p := range Properties() {
		for _, slug := range p.promises {
			found := slices.ContainsFunc(contract.Releases(), func(release contract.Release) bool {
				return slices.ContainsFunc(testbed.Kinds(c), func(s *contract.ObjectKind) bool { return len(s.Resource.Promised(slug, release)) > 0 })
			})
			assert.True(t, found, "%s: no resource promises %q", p.Name, slug)
		}
		for _, id := range p.conventions {
			assert.NotNil(t, c.Requirement(id), "%s: %s", p.Name, id)
		}
	}
}

// TestEveryPromiseThatIsLookedUpIsOfTheVocabulary looks at the slugs in the code: one that is
// misspelt would find nothing and say nothing.
func TestEveryPromiseThatIsLookedUpIsOfTheVocabulary(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	lookUps := []string{"Of", "About", "OfAct", "FieldsOf", "isAbout", "isTabled", "stays"}
	files, err := filepath.Glob("../*/*.go")
	require.NoError(t, err)
	seen := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is || !slices.Contains(lookUps, calledName(call)) {
				return true
			}
			for _, arg := range call.Args {
				if slug, is := arg.(*ast.BasicLit); is && slug.Kind == token.STRING && strings.Contains(slug.Value, "-") {
					seen++
					assert.NotNil(t, c.Promise(strings.Trim(slug.Value, `"`)), "%s: %s is no promise", name, slug.Value)
				}
			}
			return true
		})
	}
	assert.Greater(t, seen, 40)
}

func calledName(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func TestAnExampleIsTheCallThatItsRowDescribes(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	calls := map[string]plan.Call{}
	for _, m := range models(c, contract.Newest()) {
		for _, row := range strategy.Rows(m) {
			calls[string(row.ID)] = strategy.Provoking(m, row)
		}
		for _, e := range strategy.Examples(m) {
			calls[string(e.Of.ID)] = strategy.CallOf(m, e.Example)
		}
	}
	second := "second." + plan.Token + ".example:5696"
	for id, want := range map[string]plan.Call{
		"AKV-PATCH-15":         {Operation: "akv-change", Set: map[string]any{"skip_verification": true, "client_secret": plan.Secret("FUZZ_CLIENT_SECRET")}},
		"AKV-PATCH-65537541":   {Operation: "akv-change", Set: map[string]any{}, Fault: "documented", Field: "AKV-PATCH-65537541"},
		"AKV-CREATE-65538903":  {Operation: "akv-create", Set: map[string]any{"configuration.name": ""}, Query: []plan.Param{{Name: "create_inactive", Value: "true"}}, Fault: "documented", Field: "AKV-CREATE-65538903"},
		"KM-MIGRATE-02":        {Operation: "km-migrate", Set: map[string]any{"uuid": plan.UUID}},
		"KM-RESTORE-65538500":  {Operation: "km-restore", Set: map[string]any{"key_server": second}, Fault: "documented", Field: "KM-RESTORE-65538500"},
		"CERT-CREATE-52559973": {Operation: "cert-create", Set: map[string]any{"public_certificate": plan.Cell("(expired certificate)")}, Fault: "documented", Field: "CERT-CREATE-52559973"},
	} {
		assert.Equal(t, want, calls[id], id)
	}
}

func TestAPropertyIsAFileOfItsName(t *testing.T) {
	for _, p := range Properties() {
		text, err := os.ReadFile(strings.ReplaceAll(p.Name, "-", "_") + ".go")
		require.NoError(t, err)
		assert.Regexp(t, `Name: +"`+p.Name+`"`, string(text))
	}
}

func TestNamesArePermanentAndUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Properties() {
		assert.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, p.Name)
		assert.False(t, seen[p.Name], p.Name)
		assert.True(t, strings.HasSuffix(p.Says, "."), p.Name)
		assert.True(t, (p.draw == nil) != (p.Deck == nil), p.Name)
		seen[p.Name] = true
	}
}
