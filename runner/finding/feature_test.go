package finding

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/runner/report"
	"ontap-conformance/steps"
)

var update = flag.Bool("update", false, "rewrite the features in testdata")

// TestACaseIsToldAsAScenario compares what each property that the phrases can tell says of its
// cases with testdata/scenarios.feature, and wants run to take it.
func TestACaseIsToldAsAScenario(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	const create, change = `{"operation":"akv-create","set":{"client_secret":{"$secret":"S"}}}`, `{"operation":"akv-change","set":{"port":7,"proxy_host":""}}`
	const remove, again = `{"operation":"akv-delete"}`, `{"operation":"akv-create"}`
	rows := []struct{ trial, requirement, calls string }{
		{"azure-key-vaults: a-creation-reads-as-it-was-sent", "AKV-CREATE-02", `{"operation":"akv-create","set":{"port":7,"client_secret":{"$secret":"S"}}}`},
		{"key-managers: a-creation-reads-as-it-was-sent", "KM-EXTERNAL-02", `{"operation":"km-create"}`},
		{"azure-key-vaults: a-change-takes-what-it-names-and-keeps-the-rest", "AKV-PATCH-02", create + "," + change},
		{"azure-key-vaults: a-change-takes-what-it-names-and-keeps-the-rest", "AKV-PATCH-03", create + "," + change},
		{"azure-key-vaults: the-same-change-again-changes-nothing", "AKV-PATCH-05", create + "," + change},
		{"azure-key-vaults: the-same-change-again-changes-nothing", "AKV-PATCH-02", create + "," + change},
		{"azure-key-vaults: a-faulty-body-is-refused-and-leaves-no-trace", "API-BODY-02", `{"operation":"akv-create","set":{"port":7},"spoil":{"how":"after","text":"]"},"fault":"no-json"}`},
		{"azure-key-vaults: a-faulty-body-is-refused-and-leaves-no-trace", "API-FAULT-01", `{"operation":"akv-create","lack":["name"],"fault":"lacking-property","field":"name"}`},
		{"azure-key-vaults: a-faulty-body-is-refused-and-leaves-no-trace", "API-FAULT-01", create + `,{"operation":"akv-change","set":{"uuid":"a"},"fault":"read-only-property","field":"uuid"}`},
		{"azure-key-vaults: a-documented-error-is-answered-with-its-code", "AKV-CREATE-65537500", `{"operation":"akv-create"}`},
		{"azure-key-vaults: a-documented-error-is-answered-with-its-code", "AKV-CREATE-09", `{"operation":"akv-create","set":{"client_certificate":{"$certificate":true}},"lack":["client_secret"]}`},
		{"key-managers: a-sentence-about-one-request-holds", "KM-EXTERNAL-13", `{"operation":"km-create"},{"operation":"km-change","set":{"external.client_certificate.uuid":{"$said":"(renewed client certificate)"}},"fault":"special","field":"KM-EXTERNAL-13"}`},
		{"key-managers: a-sentence-about-one-request-holds", "KM-EXTERNAL-07", `{"operation":"km-create","lack":["external.servers"],"fault":"special","field":"KM-EXTERNAL-07"}`},
		{"azure-key-vaults: what-does-not-exist-is-refused", "AKV-READ-03", `{"operation":"akv-rekey-internal","unknown":true}`},
		{"azure-key-vaults: what-was-deleted-is-gone", "AKV-DELETE-01", create + "," + remove + "," + again},
		{"azure-key-vaults: what-was-deleted-is-gone", "AKV-DELETE-02", create + "," + remove + "," + again},
		{"azure-key-vaults: what-was-deleted-is-gone", "AKV-DELETE-06", create + "," + remove + "," + again},
		{"azure-key-vaults: what-was-deleted-is-gone", "AKV-DELETE-03", create + "," + remove + `,{"operation":"akv-restore"},` + again},
	}
	in := Draft{Record: report.Facts{Contract: c, Release: contract.Newest()}}
	var all strings.Builder
	for _, row := range rows {
		var one plan.Case
		require.NoError(t, json.Unmarshal([]byte(`{"calls":[`+row.calls+`]}`), &one), row.calls)
		q := c.Requirement(contract.ID(row.requirement))
		require.NotNil(t, q, row.requirement)
		text := minimalFeature(in, &Finding{Requirement: report.Requirement{ID: q.ID, Text: q.Text}, Property: row.trial, Case: one})
		require.NotEmpty(t, text, row)
		_, err := steps.Plan(fstest.MapFS{FeatureFile: {Data: []byte(text)}}, c)
		require.NoError(t, err, text)
		fmt.Fprintf(&all, "# %s\n# %s\n%s\n", row.trial, row.calls, text)
	}
	file := filepath.Join("testdata", "scenarios.feature")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(all.String()), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), all.String())
}

func TestWhatPhrasesCannotSayIsNoScenario(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	in := Draft{Record: report.Facts{Contract: c, Release: contract.Newest()}}
	for name, call := range map[string]plan.Call{
		"a parameter":            {Operation: "akv-create", Query: []plan.Param{{Name: "a", Value: "b"}}},
		"a header":               {Operation: "akv-create", Dress: plan.Dress{Header: map[string]string{"A": "b"}}},
		"another SVM":            {Operation: "akv-create", On: 1},
		"an operation of no one": {Operation: "akv-unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Empty(t, minimalFeature(in, &Finding{
				Requirement: report.Requirement{ID: "AKV-CREATE-02"}, Property: "azure-key-vaults: a-creation-reads-as-it-was-sent", Case: plan.Case{Calls: []plan.Call{call}}}))
		})
	}
}
