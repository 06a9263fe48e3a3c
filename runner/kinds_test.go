package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/oracle"
)

// inPlaceOf answers in place of a refusal with a code.
func inPlaceOf(code string, status int, body string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answered := httptest.NewRecorder()
			next.ServeHTTP(answered, r)
			if bytes.Contains(answered.Body.Bytes(), []byte(`"`+code+`"`)) {
				answer(status, body)(w, r)
				return
			}
			for name, values := range answered.Header() {
				w.Header()[name] = values
			}
			w.WriteHeader(answered.Code)
			_, _ = w.Write(answered.Body.Bytes()) // a client that went away is its own business
		})
	}
}

func TestARefusalForTheWrongReasonIsToldFromACrashAndFromASuccess(t *testing.T) {
	elsewhere(t)
	const code = "65537523" // of a key_id without the name and the version of a key
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   oracle.Kind
	}{
		{"another code", 400, `{"error":{"code":"65537500","message":"no"}}`, oracle.WrongReason},
		{"a crash", 500, `{"error":"oops"}`, oracle.Crashed},
		{"a success", 200, `{}`, oracle.Accepted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url := simulated(t, inPlaceOf(code, tt.status, tt.body))
			got := command(t, asAdmin, "run", "--endpoint", url, "--svm", "svm1", "--select", "AKV-CREATE-"+code, "--out", "out", "--overwrite")
			kinds := map[oracle.Kind]int{}
			for _, o := range readReport(t, "out").Outcomes {
				for _, f := range o.Broken {
					kinds[f.Kind]++
				}
			}
			assert.Positive(t, kinds[tt.want], "%v", kinds)
			junit, err := os.ReadFile("out/junit.xml")
			require.NoError(t, err)
			for _, format := range []string{got.stdout, string(junit)} {
				assert.Contains(t, format, tt.want.String())
			}
		})
	}
}
