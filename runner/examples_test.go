package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheWorkedExamplesOfTheDocuments sends the examples of the vendor's
// overview with curl, a client that none of us wrote, and compares the shapes
// of the answers with the documented ones.
func TestTheWorkedExamplesOfTheDocuments(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl on this machine")
	}
	elsewhere(t)
	api, _, stop := served(t, "--addr", "127.0.0.1:0", "--lab-addr", "127.0.0.1:0", "--write-ca", "ca.pem", "--ontap", "9.13.1")
	defer stop()
	trust, err := filepath.Abs("ca.pem")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("who", []byte(`user = "admin:password"`), 0o600))
	curl := func(args ...string) map[string]any {
		t.Helper()
		return curled(t, append([]string{"--cacert", trust, "--config", "who"}, args...)...)
	}
	vaults := api + "/api/security/azure-key-vaults"

	created := curl("-X", "POST", vaults+"?return_records=true", "-H", "accept: application/hal+json", "-d",
		`{"svm":{"name":"svm1"},"client_id":"client1","tenant_id":"tenant1","name":"https://mykeyvault.azure.vault.net/",`+
			`"key_id":"https://keyvault-test.vault.azure.net/keys/key1/a8e619fd8f234db3b0b95c59540e2a74","client_secret":"myclientPwd"}`)
	assert.EqualValues(t, 1, created["num_records"])
	record := created["records"].([]any)[0].(map[string]any)
	uuid := record["uuid"].(string)
	self := map[string]any{"self": map[string]any{"href": "/api/security/azure-key-vaults/" + uuid}}
	wants(t, record, map[string]any{
		"client_id": "client1", "tenant_id": "tenant1", "name": "https://mykeyvault.azure.vault.net/", "_links": self,
		"key_id": "https://keyvault-test.vault.azure.net/keys/key1/a8e619fd8f234db3b0b95c59540e2a74",
	})
	assert.Equal(t, "svm1", record["svm"].(map[string]any)["name"])

	list := curl("-X", "GET", vaults+"?fields=*")
	wants(t, list, map[string]any{"num_records": 1.0, "_links": map[string]any{"self": map[string]any{"href": "/api/security/azure-key-vaults?fields=*"}}})
	wants(t, list["records"].([]any)[0].(map[string]any), map[string]any{"uuid": uuid, "scope": "svm", "authentication_method": "client_secret", "_links": self})

	one := curl("-X", "GET", vaults+"/"+uuid+"?fields=*")
	wants(t, one, map[string]any{"uuid": uuid, "scope": "svm", "client_id": "client1", "_links": self})
	assert.NotContains(t, one, "state")

	advanced := curl("-X", "GET", vaults+"/"+uuid+"?fields=state,azure_reachability,ekmip_reachability")
	wants(t, advanced["state"].(map[string]any), map[string]any{"message": "", "code": "0"})
	wants(t, advanced["azure_reachability"].(map[string]any), map[string]any{"reachable": true, "message": "", "code": "0"})
	nodes := advanced["ekmip_reachability"].([]any)
	require.Len(t, nodes, 2)
	wants(t, nodes[0].(map[string]any), map[string]any{"reachable": true, "message": "", "code": "0"})
	assert.Contains(t, nodes[0].(map[string]any)["node"], "_links")

	assert.Empty(t, curl("-X", "PATCH", vaults+"/"+uuid, "-d", `{ "client_secret": "newSecret" }`))

	for _, action := range []string{"restore", "rekey-internal"} {
		job := curl("-X", "POST", vaults+"/"+uuid+"/"+action)["job"].(map[string]any)
		href := job["_links"].(map[string]any)["self"].(map[string]any)["href"].(string)
		assert.Equal(t, "/api/cluster/jobs/"+job["uuid"].(string), href)
		wants(t, curl("-X", "GET", api+href), map[string]any{"uuid": job["uuid"]})
	}

	assert.Empty(t, curl("-X", "DELETE", vaults+"/"+uuid))
	gone := curl("-X", "GET", vaults+"/"+uuid)["error"].(map[string]any)
	assert.Equal(t, "4", gone["code"])
	assert.False(t, strings.Contains(gone["message"].(string), "newSecret"))
}

// curled is the object that curl prints.
func curled(t *testing.T, args ...string) map[string]any {
	t.Helper()
	out, err := exec.Command("curl", append([]string{"-sS"}, args...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	var body map[string]any
	require.NoError(t, json.Unmarshal(out, &body), "%s", out)
	return body
}

// wants compares the members that want names.
func wants(t *testing.T, got, want map[string]any) {
	t.Helper()
	for name, v := range want {
		assert.Equal(t, v, got[name], name)
	}
}
