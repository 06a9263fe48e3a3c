package fuzz

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/steps"
)

func TestEverySentenceIsAPromiseOfSomeResource(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	for _, p := range Properties() {
		for _, r := range p.promises {
			found := slices.ContainsFunc(contract.Releases(), func(release contract.Release) bool {
				return slices.ContainsFunc(steps.Sorts(c), func(s steps.Sort) bool { return len(r.of(s.Resource, release)) > 0 })
			})
			assert.True(t, found, "%s: no requirement says %q", p.Name, r.sentence)
		}
		for _, id := range p.conventions {
			assert.NotNil(t, c.Requirement(id), "%s: %s", p.Name, id)
		}
	}
}

func TestEveryProvocationStandsInATable(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	for condition := range provocations {
		found := slices.ContainsFunc(c.Requirements(), func(q *contract.Requirement) bool { return q.Row != nil && q.Row.Condition == condition })
		assert.True(t, found, "no table has %q", condition)
	}
}

func TestASentenceIsAboutTheFieldsThatItNames(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	vaults := c.Resource("azure-key-vaults")
	tests := []struct {
		sentence, field string
		want            bool
	}{
		{"What was sent can be read back: svm, client_id, tenant_id and name.", "svm.name", true},
		{"What was sent can be read back: svm, client_id, tenant_id and name.", "proxy_host", false},
		{"The proxy that was sent can be read back, except for its password.", "proxy_host", true},
		{"The proxy that was sent can be read back, except for its password.", "port", false},
		{"A creation without a required property other than svm is refused.", "client_id", true},
		{"A read-only field in a creation is refused.", "uuid", true},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, speaksOf(tt.sentence, vaults, tt.field), "%s: %s", tt.field, tt.sentence)
	}
}

func TestNamesArePermanentAndUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Properties() {
		assert.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, p.Name)
		assert.False(t, seen[p.Name], p.Name)
		assert.True(t, strings.HasSuffix(p.Says, "."), p.Name)
		assert.True(t, (p.draw == nil) != (p.deck == nil), p.Name)
		seen[p.Name] = true
	}
}

func TestTheSameSeedDrawsTheSameCase(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	for _, trial := range Trials(c, contract.Newest()) {
		for check := range 3 {
			seed := seedOf(1, trial.Name, check)
			assert.Equal(t, draw(trial.cases(check), seed).String(), draw(trial.cases(check), seed).String(), trial.Name)
		}
		if trial.Sort.Resource.Name == "certificates" || trial.Sort.Resource.Name == "key-managers" {
			continue // a creation of these has nothing to draw
		}
		assert.NotEqual(t, draw(trial.cases(0), seedOf(1, trial.Name, 0)).String(), draw(trial.cases(1), seedOf(2, trial.Name, 1)).String(), trial.Name)
	}
}
