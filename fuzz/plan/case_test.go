package plan_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fuzz/plan"
)

// The corpus of a user has cases of every version of ours.
func TestACaseOfAnEarlierVersionReadsAsItWasWritten(t *testing.T) {
	const kept = `{"calls":[{"operation":"akv-create","on":1,"set":{"client_secret":{"$secret":"FUZZ_CLIENT_SECRET"},"port":443},"lack":["name"],` +
		`"spoil":{"how":"cut","at":50},"query":[{"name":"return_timeout","value":"0"}],"header":{"X-A":"b"},"accept":"application/json","client":2,"fault":"no-json","field":"port"},` +
		`{"method":"PUT","path":"/api/security/azure-key-vaults/\u003cuuid\u003e","unknown":true,"as":"nobody"},` +
		`{"operation":"akv-list","ask":{"what":"begins","field":"name","values":["\u003ctoken\u003e-one"]},"fault":"ask-begins"}]}`
	var one plan.Case
	require.NoError(t, json.Unmarshal([]byte(kept), &one))
	assert.Equal(t, kept, one.String())
	assert.Equal(t, plan.Secret("FUZZ_CLIENT_SECRET"), one.Calls[0].Set["client_secret"])
	assert.Equal(t, "/api/security/azure-key-vaults/"+plan.UUID, one.Calls[1].Path)
	assert.True(t, one.Calls[0].HasParam("return_timeout"))
}

func TestACallWithTwoFaultsIsTwoCallsWithOneEach(t *testing.T) {
	c := plan.Call{Operation: "akv-create", Fault: "wrong-type" + plan.And + "null", Field: "port" + plan.And + "proxy_host"}
	each := c.Faults()
	require.Len(t, each, 2)
	assert.Equal(t, "wrong-type", each[0].Fault)
	assert.Equal(t, "proxy_host", each[1].Field)
	one := plan.Call{Fault: "wrong-type", Field: "name" + plan.And + "port"}
	assert.Equal(t, []plan.Call{one}, one.Faults())
}

func TestASpoiledBodyIsText(t *testing.T) {
	const body = `{"name":"a€"}`
	for _, tt := range []struct {
		spoil plan.Spoil
		want  string
	}{
		{plan.Spoil{How: "all", Text: "[]"}, "[]"},
		{plan.Spoil{How: "cut", At: 80}, `{"name":"a`}, // within the three bytes of a character
		{plan.Spoil{How: "before", Text: `"a":1,`}, `{"a":1,"name":"a€"}`},
		{plan.Spoil{How: "after", Text: "{}"}, body + "{}"},
		{plan.Spoil{How: "of a later version"}, body},
	} {
		assert.Equal(t, tt.want, tt.spoil.On(body), "%+v", tt.spoil)
	}
}
