package steps

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/features"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// TestForeignObjectsAreNeverWrittenTo puts an object of somebody else on a
// target that hides it from every list and names it as the place of whatever
// is created.
func TestForeignObjectsAreNeverWrittenTo(t *testing.T) {
	const theirs = "11111111-2222-4333-8444-555555555555"
	hides := func(next simulator.Handler) simulator.Handler {
		return func(st *simulator.State, r *simulator.Request) *simulator.Response {
			vaults := st.Table("azure-key-vaults")
			if vaults.Find(theirs) == nil && len(st.SVMs) > 0 {
				vaults.Put(theirs, &simulator.Record{Secrets: map[string]any{}, Fields: map[string]any{
					"uuid": theirs, "scope": "svm", "enabled": true, "configuration.name": "default",
					"svm.name": "production", "svm.uuid": theirs, "name": "https://production.vault.azure.net/",
					"client_id": "production", "tenant_id": "production",
				}})
			}
			hidden := vaults.Find(theirs)
			if r.Method == http.MethodGet && r.Path == "/security/azure-key-vaults" {
				vaults.Remove(theirs)
				defer vaults.Put(theirs, hidden)
			}
			res := next(st, r)
			if res.Header.Get("Location") != "" {
				res.Header.Set("Location", vaultsPath+"/"+theirs)
			}
			return res
		}
	}
	s := newStand(t, hides)
	s.Target.Timeout = 0
	plan, err := Plan(features.FS, s.Judge.Contract())
	require.NoError(t, err)
	var touched []string
	inner := s.Target.HTTP.Transport
	s.Target.HTTP = &http.Client{Transport: seeing(func(r *http.Request) (*http.Response, error) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead && strings.HasPrefix(r.URL.Path, vaultsPath+"/"+theirs) {
			touched = append(touched, r.Method)
		}
		return inner.RoundTrip(r)
	})}
	s.Parallel = 1
	s.Run(t.Context(), plan, nil)
	require.NoError(t, s.CleanUp(t.Context()))
	assert.Empty(t, touched, "requests that wrote to somebody else's object")
	left, err := testbed.List(t.Context(), (&wire.Target{BaseURL: s.Target.BaseURL, Credentials: s.Target.Credentials}).NewSession(), vaultsPath)
	require.NoError(t, err)
	assert.Empty(t, left, "what the run created was found by its marks and removed")
}

type seeing func(*http.Request) (*http.Response, error)

func (f seeing) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
