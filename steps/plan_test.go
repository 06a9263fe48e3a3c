package steps

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/features"
	"ontap-conformance/fixtures/contract"
)

// planOf plans one feature, the one of the rows unless there is another.
func planOf(t testing.TB, text string) ([]*Scenario, error) {
	t.Helper()
	c, err := catalogue()
	require.NoError(t, err)
	return Plan(fstest.MapFS{"vaults/read.feature": {Data: []byte(text)}}, c)
}

// sound is a feature without fault; each row of the test spoils it once.
const sound = `Feature: Reading
  Rule: What exists can be read

    @req:AKV-READ-01
    Scenario: It is read
      Given the vault "blue" exists
      When the operator reads the vault "blue"
      Then the answer is the vault "blue"

    @req:AKV-RESTORE-<code> @lab:<condition>
    Scenario Outline: A restore fails with <code>
      Given the vault "blue" exists
      And the lab arranged "<condition>" for the vault "blue"
      When the operator restores the keys of the vault "blue"
      Then the request is refused with code "<code>"

      Examples: Codes
        | code     | condition               |
        | 65537515 | restore-fails-on-a-node |
        | 65537544 | wrapped-key-missing     |
`

func TestEveryFaultOfAFeatureIsFoundWithItsLine(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string
		want           string // what the message says, behind the file
	}{
		{"an unknown step", "When the operator reads the vault", "When the operator peruses the vault", `:7: no meaning for the step "the operator peruses the vault \"blue\""`},
		{"an unknown step of an outline", "And the lab arranged", "And the lab conjured", ":13: no meaning for the step"},
		{"a step with another keyword", "Given the vault \"blue\" exists\n      When", "When the vault \"blue\" exists\n      When", ":6: no meaning for the step"},
		{"a step that is nearly one", "And the lab arranged", "And the lab arranges", `; the nearest is the lab arranged "…" for the <noun> "…"`},
		{"two Whens", "      Then the answer is the vault", "      When the operator reads the vault \"blue\"\n      Then the answer is the vault", `:5: "It is read" has 2 When and 1 Then`},
		{"no When", "      When the operator reads the vault \"blue\"\n", "", `:5: "It is read" has 0 When and 1 Then`},
		{"no Then", "      Then the answer is the vault \"blue\"\n", "", `:5: "It is read" has 1 When and 0 Then`},
		{"no requirement", "    @req:AKV-READ-01\n", "", `:4: "It is read" has no @req tag`},
		{"an unknown requirement", "@req:AKV-READ-01", "@req:AKV-READ-99", ":5: @req:AKV-READ-99: no such requirement in the catalogue"},
		{"an unknown requirement in a row", "| 65537515 |", "| 12345678 |", ":19: @req:AKV-RESTORE-12345678: no such requirement"},
		{"a requirement that nobody tests", "@req:AKV-READ-01", "@req:JOB-CHANGE-04", ":5: @req:JOB-CHANGE-04: the catalogue says that it is untested"},
		{"an unknown condition", "wrapped-key-missing     |", "full-moon               |", ":20: @lab:full-moon: no such condition"},
		{"an unknown tag", "@req:AKV-READ-01", "@req:AKV-READ-01 @wip", ":5: @wip: the only tags are"},
		{"a tag without a value", "@req:AKV-READ-01", "@req", ":5: @req: no such requirement"},
		{"a placeholder that no column fills", "@lab:<condition>", "@lab:<state>", ":19: @lab:<state>: no such condition"},
		{"two scenarios of one name", "fails with <code>", "fails", `:20: a second scenario named "A restore fails": put a placeholder into the name`},
		{"a scenario without steps", "      Given the vault \"blue\" exists\n      When the operator reads the vault \"blue\"\n      Then the answer is the vault \"blue\"\n", "", ":5: a scenario without steps"},
		{"a When in the background", "  Rule: What exists", "  Background:\n    When the operator reads a vault that does not exist\n  Rule: What exists", `:7: "It is read" has 2 When and 1 Then`},
		{"no Gherkin", "Feature: Reading", "Novel: Reading", "(1:1)"},
		{"a row with a cell too many", "| wrapped-key-missing     |", "| wrapped-key-missing | x |", "(20:9): inconsistent cell count"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Contains(t, sound, tt.old)
			_, err := planOf(t, strings.Replace(sound, tt.old, tt.new, 1))
			require.ErrorContains(t, err, "vaults/read.feature")
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestALineThatTheParserCannotHoldIsAnError(t *testing.T) {
	_, err := planOf(t, sound+"# "+strings.Repeat("z", 70000)+"\n")
	assert.ErrorContains(t, err, "vaults/read.feature: a line of 70003 bytes")
}

func TestAStepWithoutMeaningIsSaidOnceAndWithThePhraseThatIsMeant(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string
		want           string // all that is said
	}{
		{"a letter too few", "When the operator reads the vault", "When the operator delets the vault",
			`vaults/read.feature:7: no meaning for the step "the operator delets the vault \"blue\""; the nearest is the operator deletes the <noun> "…"`},
		{"in a background", "  Rule: What exists", "  Background:\n    Given the vault \"red\" exist\n  Rule: What exists",
			`vaults/read.feature:3: no meaning for the step "the vault \"red\" exist"; the nearest is the <noun> "…" exists`},
		{"far from all", "When the operator reads the vault \"blue\"", "When x", `vaults/read.feature:7: no meaning for the step "x"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Contains(t, sound, tt.old)
			_, err := planOf(t, strings.Replace(sound, tt.old, tt.new, 1))
			assert.EqualError(t, err, tt.want)
		})
	}
}

func TestAFaultInAFolderIsNamedFromWhereTheUserIs(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mine.feature"), []byte(sound), 0o600))
	plan, err := PlanFolder(dir, c)
	require.NoError(t, err)
	assert.Equal(t, "mine.feature: It is read", plan[0].Name, "a name does not depend on where the folder is")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "mine.feature"), []byte(strings.Replace(sound, "operator", "plumber", 1)), 0o600))
	_, err = PlanFolder(dir, c)
	assert.ErrorContains(t, err, filepath.Join(dir, "mine.feature")+":7: ")
}

func TestThePhrasesReadAsStepsDo(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	all := Phrases(c)
	require.Len(t, all, len(vocabularyOf(c).phrases))
	assert.Contains(t, all, Phrase{"Given", `… <nouns> exist with:`})
	assert.Contains(t, all, Phrase{"When", `the operator creates the <noun> "…"`})
	assert.Contains(t, all, Phrase{"When", `the client sends GET "…" (without|with wrong) credentials`})
	for _, p := range all {
		assert.NotRegexp(t, `[\\^$*+\[\]]`, p.Text)
	}
}

func TestAPlanSaysEverythingOfAScenario(t *testing.T) {
	plan, err := planOf(t, sound)
	require.NoError(t, err)
	require.Len(t, plan, 3)
	first, row := plan[0], plan[2]
	assert.Equal(t, "vaults/read.feature: It is read", first.Name)
	assert.Equal(t, 5, first.Line)
	assert.Equal(t, "What exists can be read", first.Rule)
	assert.Equal(t, []contract.ID{"AKV-READ-01"}, first.Requirements)
	assert.Empty(t, first.Conditions)
	assert.Equal(t, 1, first.Leases)
	assert.True(t, first.Writes)
	assert.Equal(t, []string{akv}, first.Resources)

	assert.Equal(t, "vaults/read.feature: A restore fails with 65537544", row.Name)
	assert.Equal(t, 20, row.Line)
	assert.Equal(t, []contract.ID{"AKV-RESTORE-65537544"}, row.Requirements, "placeholders of tags are filled")
	assert.Equal(t, []string{"wrapped-key-missing"}, row.Conditions)
	assert.Equal(t, []string{"@req:AKV-RESTORE-65537544", "@lab:wrapped-key-missing"}, row.Tags)
}

func TestAPlanKnowsWhatAScenarioNeeds(t *testing.T) {
	for _, tt := range []struct {
		name, steps  string
		wantLeases   int
		wantWrites   bool
		wantResource string
	}{
		{"nothing but a reading", "When the operator reads a vault that does not exist\nThen the request succeeds", 0, false, akv},
		{"a vault", "Given the vault \"blue\" exists\nWhen the operator reads a vault that does not exist\nThen the request succeeds", 1, true, akv},
		{"as many as the step says", "Given 4 vaults exist with:\n| vault |\n| a |\nWhen the operator reads a vault that does not exist\nThen the request succeeds", 4, true, akv},
		{"no SVM for what does not exist", "When the operator deletes a vault that does not exist\nThen the request is refused", 0, true, akv},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan, err := planOf(t, "Feature: F\n@req:API-LIST-01\nScenario: S\n"+tt.steps+"\n")
			require.NoError(t, err)
			assert.Equal(t, tt.wantLeases, plan[0].Leases)
			assert.Equal(t, tt.wantWrites, plan[0].Writes)
			assert.Equal(t, []string{tt.wantResource}, plan[0].Resources)
			assert.Empty(t, plan[0].Rule, "it stands outside of a rule")
		})
	}
}

func TestAPlanReportsEveryFaultOfEveryFile(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	bad := []byte(strings.ReplaceAll(sound, "@req:AKV-READ-01", "@wip"))
	_, err = Plan(fstest.MapFS{"a.feature": {Data: bad}, "deep/er/b.feature": {Data: bad}, "c.feature": {Data: []byte("nonsense")}, "d.txt": {Data: []byte("nonsense")}}, c)
	for _, want := range []string{"a.feature:5: @wip", "deep/er/b.feature:5: @wip", "c.feature: "} {
		assert.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "d.txt")
}

func TestAPlanWithoutScenariosIsAnError(t *testing.T) {
	for name, text := range map[string]string{"an empty file": "", "an empty feature": "Feature: Nothing\n", "a comment": "# nothing\n"} {
		t.Run(name, func(t *testing.T) {
			_, err := planOf(t, text)
			assert.ErrorContains(t, err, "no scenarios")
		})
	}
}

// TestAScenarioIsRenderedAsItWasWritten reads back what godog is given.
func TestAScenarioIsRenderedAsItWasWritten(t *testing.T) {
	plans := map[string]*Scenario{}
	for _, sc := range plan(t) {
		plans[sc.Name] = sc
	}
	const odd = "Feature: F\n@req:API-LIST-01\nScenario: Odd \"name\": # no comment\n" +
		"Given the vault \"a|b \\\\ #c\" exists with:\n| a \\| b \\\\ | \\n |\n" +
		"When the client sends POST of the vault \"x\" with the body:\n  ```json\n    deeper\n  \"\"\" {\"a\":\"\\\\\"}\n\n  ```\nThen the request is refused\n"
	require.NoError(t, fs.WalkDir(features.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(features.FS, name)
		for _, k := range pickles(t, name, text) {
			require.Contains(t, plans, name+": "+k.Name)
			requireSameSteps(t, k, pickles(t, name, append([]byte("Feature: one\n"), plans[name+": "+k.Name].text...)))
		}
		return err
	}))
	k := pickles(t, "odd", []byte(odd))[0]
	requireSameSteps(t, k, pickles(t, "odd", []byte("Feature: one\n"+render(k))))
}

func pickles(t testing.TB, uri string, text []byte) []*messages.Pickle {
	t.Helper()
	ids := new(messages.Incrementing)
	doc, err := gherkin.ParseGherkinDocument(bytes.NewReader(text), ids.NewId)
	require.NoError(t, err, "%s", text)
	return gherkin.Pickles(*doc, uri, ids.NewId)
}

func requireSameSteps(t testing.TB, want *messages.Pickle, got []*messages.Pickle) {
	t.Helper()
	require.Len(t, got, 1)
	require.Equal(t, want.Name, got[0].Name)
	require.Len(t, got[0].Steps, len(want.Steps))
	for i, step := range want.Steps {
		require.Equal(t, step.Text, got[0].Steps[i].Text)
		require.Equal(t, step.Type, got[0].Steps[i].Type)
		require.Equal(t, step.Argument, got[0].Steps[i].Argument)
	}
}
