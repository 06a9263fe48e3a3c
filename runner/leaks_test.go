package main

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/wire"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/leaks"
)

const told = "Kx7mPq2RtVw9ZaBcDeFgHjLn"

// proving is a command whose target was sent a secret as client_secret.
func proving(t *testing.T) (a *app, target *wire.Target, stderr *leaks.Stream) {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	target = &wire.Target{BaseURL: server.URL, Known: new(wire.Known)}
	send(t, target, "client_secret", told)
	stderr = &leaks.Stream{Writer: new(bytes.Buffer)}
	a = &app{process: process{stdout: stderr, stderr: stderr}, streams: map[string]*leaks.Stream{"stderr": stderr}}
	a.scan(target.Known)
	return a, target, stderr
}

func send(t *testing.T, target *wire.Target, field, value string) {
	t.Helper()
	_, err := target.NewSession().Do(t.Context(), wire.Request{Method: http.MethodPost, Path: "/api",
		Body: wire.JSON(map[string]any{"a": []any{map[string]any{"configuration." + field: wire.NewSecret("X", value)}}})})
	require.NoError(t, err)
}

func TestWhatHoldsASecretIsNotWritten(t *testing.T) {
	elsewhere(t)
	a, _, _ := proving(t)
	require.NoError(t, a.scanner.Write("good", []byte("nothing")))
	assert.EqualError(t, a.scanner.Write("bad", []byte(hex.EncodeToString([]byte(told)))), "bad holds what is secret: client_secret; it is not written")
	files := writtenBelow(t, ".")
	assert.Equal(t, map[string]string{"good": "nothing"}, files)
	assert.Equal(t, "secrets: 1 of 1 canaries in 2 files and what was printed", a.scanner.String())
}

func TestASecretThatIsSentLaterIsFoundInWhatWasWrittenBefore(t *testing.T) {
	elsewhere(t)
	a, target, stderr := proving(t)
	const later = "a-password-of-the-proxy"
	require.NoError(t, a.scanner.Write("early", []byte("it was guessed: "+later)))
	a.scanner.Ledger, a.scanner.Tells = "ledger", true
	require.NoError(t, os.WriteFile("ledger", []byte("somewhere"), 0o600))
	assert.Equal(t, exit.Conformant, a.prove(exit.Conformant))
	assert.FileExists(t, "early")
	send(t, target, "proxy_password", later)
	require.NoError(t, os.WriteFile("ledger", []byte(told), 0o600))
	assert.Equal(t, exit.Inconclusive, a.prove(exit.NonConformant))
	assert.NoFileExists(t, "early")
	assert.FileExists(t, "ledger", "nothing else knows what may be left")
	text := stderr.Writer.(*bytes.Buffer).Bytes()
	assert.Contains(t, string(text), "error: early holds what is secret: proxy_password; it was removed")
	assert.Contains(t, string(text), "error: ledger holds what is secret: client_secret; it stays, since nothing else knows what may be left")
	assert.Contains(t, string(text), "secrets: 2 of 2 canaries in 2 files and what was printed")
	assert.NotContains(t, string(text), told)
}

func TestWhatWasPrintedIsLookedThroughAcrossWrites(t *testing.T) {
	a, _, stderr := proving(t)
	stderr.Write([]byte("first " + told[:10]))
	require.NoError(t, a.scanner.Streams())
	stderr.Write([]byte(told[10:]))
	assert.EqualError(t, a.scanner.Streams(), "stderr holds what is secret: client_secret")
}

// TestAPasswordOfOurOwnWordsIsNoCanary: else no file could be written.
func TestAPasswordOfOurOwnWordsIsNoCanary(t *testing.T) {
	elsewhere(t)
	a, target, _ := proving(t)
	target.Known.Ask(wire.Credentials{User: "admin", Password: wire.NewSecret(flags.EnvPassword, "ontap-conformance")})
	require.NoError(t, a.scanner.Write("report", []byte("ontap-conformance")))
	assert.Equal(t, "secrets: 0 of 1 canaries in 1 file and what was printed; ONTAP_CONFORMANCE_PASSWORD is none, since our own words have it", a.scanner.String())
}

func TestAReportIsNotRenderedAgainWithTheCredentialsOfTheEnvironment(t *testing.T) {
	elsewhere(t)
	got := command(t, nil, "run", "--select", "AKV-READ-08", "--out", "out")
	require.Equal(t, exit.Conformant, got.code, got.stderr)
	assert.Regexp(t, `secrets: 0 of \d+ canaries in 3 files and what was printed\n$`, got.stderr)
	text, err := os.ReadFile("out/report.json")
	require.NoError(t, err)
	assert.Contains(t, string(text), `"canaries": [`)
	require.NoError(t, os.WriteFile("out/report.json", bytes.Replace(text, []byte(`"reason": "`), []byte(`"reason": "open-sesame-open-sesame `), 1), 0o600))
	env := []string{"ONTAP_CONFORMANCE_PASSWORD=open-sesame-open-sesame"}
	for _, format := range []string{"text", "json", "html"} {
		got = command(t, env, "report", "out", "--format", format)
		assert.NotContains(t, got.stdout, "open-sesame")
		if format != "text" { // which has no reasons of what was not looked at
			assert.Equal(t, exit.Inconclusive, got.code, format)
		}
	}
}
