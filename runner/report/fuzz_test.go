package report_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"ontap-conformance/runner/report"
)

// FuzzRead reads what may be a report of another hand: it is refused, or it can
// be rendered in every format.
func FuzzRead(f *testing.F) {
	golden, err := os.ReadFile(filepath.Join("testdata", "report.json"))
	require.NoError(f, err)
	f.Add(golden)
	f.Add([]byte(`{"format":"ontap-conformance/report/1","outcomes":[null],"requirements":[{"id":"A"}]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := report.Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, rendering := range report.Renderings {
			require.NoError(t, rendering.Write(io.Discard, r))
		}
	})
}
