package finding_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"ontap-conformance/fuzz/engine"
	"ontap-conformance/runner/finding"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"format":"ontap-conformance/finding/1","requirement":{"id":"API-FAULT-01"},"property":"azure-key-vaults: a","case":{"calls":[{"operation":"akv-create","set":{"port":1e400}}]}}`))
	f.Add([]byte(`{"format":"ontap-conformance/finding/1","case":{"calls":null}}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		kept, err := finding.Parse(data)
		if (kept == nil) == (err == nil) {
			t.Fatal("want a finding or an error")
		}
	})
}

func TestTheSameDefectGetsTheSameFolder(t *testing.T) {
	assert.Equal(t, "AKV-PATCH-03-patch-security-azure-key-vaults-uuid", finding.Folder(engine.Bucket{Requirement: "AKV-PATCH-03", Operation: "PATCH /security/azure-key-vaults/{uuid}"}))
	assert.Equal(t, "API-FAULT-01", finding.Folder(engine.Bucket{Requirement: "API-FAULT-01"}))
}
