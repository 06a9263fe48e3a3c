package steps

import (
	"context"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/features"
)

// stepsOf returns every step of the features, the rows of outlines filled in.
func stepsOf(t testing.TB) []*messages.PickleStep {
	t.Helper()
	var all []*messages.PickleStep
	require.NoError(t, fs.WalkDir(features.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(features.FS, name)
		for _, k := range pickles(t, name, text) {
			all = append(all, k.Steps...)
		}
		return err
	}))
	return all
}

// spoken is the vocabulary of the embedded catalogue.
func spoken(t testing.TB) *vocabulary {
	t.Helper()
	c, err := catalogue()
	require.NoError(t, err)
	return vocabularyOf(c)
}

func TestEveryPhraseIsUsedByAFeature(t *testing.T) {
	used, vocabulary := map[*phrase]bool{}, spoken(t)
	for _, step := range stepsOf(t) {
		for _, ph := range vocabulary.matching(step) {
			used[ph] = true
		}
	}
	for i := range vocabulary.phrases {
		assert.True(t, used[&vocabulary.phrases[i]], "no feature says %s", vocabulary.phrases[i].pattern)
	}
}

func TestEveryStepHasOneMeaning(t *testing.T) {
	for _, step := range stepsOf(t) {
		assert.Len(t, spoken(t).matching(step), 1, step.Text)
	}
}

func TestEveryPhraseIsWrittenAsTheVocabularyDemands(t *testing.T) {
	seen := map[string]bool{}
	for _, ph := range spoken(t).phrases {
		text := ph.pattern.String()
		assert.True(t, strings.HasPrefix(text, "^") && strings.HasSuffix(text, "$"), "%s is matched as a whole", text)
		assert.NotContains(t, strings.ReplaceAll(text, "(?:", "("), "?", "%s has optional words", text)
		assert.NotContains(t, text, "should", text)
		assert.False(t, seen[text], "%s is there twice", text)
		seen[text] = true
		if ph.needs != 0 {
			assert.True(t, ph.writes, "%s needs an SVM for what it writes", text)
		}
		step := reflect.TypeOf(new(world).bind(ph.do))
		args := ph.pattern.NumSubexp()
		for i := range step.NumIn() {
			switch step.In(i) {
			case reflect.TypeFor[context.Context]():
			case reflect.TypeFor[*godog.Table](), reflect.TypeFor[*godog.DocString]():
				assert.True(t, strings.HasSuffix(text, ":$"), "%s announces what stands below it", text)
			default:
				args--
			}
		}
		assert.Zero(t, args, "%s has as many values as its function takes", text)
	}
}

func TestEveryActionIsAnOperationOfTheCatalogue(t *testing.T) {
	c, err := catalogue()
	require.NoError(t, err)
	for words, path := range actions {
		assert.NotNil(t, c.Route("/security/azure-key-vaults/x"+path).Operation("POST"), words)
	}
	for _, path := range []string{vaultsPath, "/api/cluster/jobs"} {
		assert.NotNil(t, c.Route(strings.TrimPrefix(path, "/api")).Operation("GET"), path)
	}
}
