package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/wire"
	"ontap-conformance/runner/exit"
)

// served starts the server and returns the line that says it is ready, and a
// function that stops it as a signal does.
func served(t *testing.T, args ...string) (api, lab string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, append([]string{"serve"}, args...), process{strings.NewReader(""), in, in, nil})
		in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	words := strings.Fields(line)
	require.Len(t, words, 4, line)
	require.Equal(t, []string{"serving", "lab"}, []string{words[0], words[2]})
	return words[1], words[3], func() int { cancel(); return <-code }
}

func TestServeSpeaksHTTP2OverTLSAndStopsCleanly(t *testing.T) {
	elsewhere(t)
	api, lab, stop := served(t, "--addr", "127.0.0.1:0", "--lab-addr", "127.0.0.1:0", "--write-ca", "ca.pem", "--ontap", "9.13.1")
	assert.True(t, strings.HasPrefix(api, "https://127.0.0.1:"), api)
	pem, err := os.ReadFile("ca.pem")
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(pem))
	target := wire.Target{BaseURL: api, HTTP: wire.NewClient(1, &tls.Config{RootCAs: pool}),
		Credentials: wire.Credentials{User: "admin", Password: wire.NewSecret("X", "password")}}
	x, err := target.NewSession().Do(t.Context(), wire.Request{Method: http.MethodGet, Path: "/api/cluster?fields=version"})
	require.NoError(t, err)
	assert.Equal(t, "HTTP/2.0", x.Response.Proto)
	assert.Contains(t, string(x.Response.Body), "9.13.1")

	got := command(t, []string{"ONTAP_CONFORMANCE_PASSWORD=password"}, "run", "--endpoint", api, "--user", "admin", "--ca-cert", "ca.pem", "--lab", lab, "--select", "AKV-CREATE-65537506", "--out", "out")
	assert.Equal(t, exit.Conformant, got.code, got.stdout+got.stderr)
	target.HTTP.CloseIdleConnections()
	assert.Equal(t, exit.Conformant, stop())
}

func TestServeOverHTTPShowsTheRealPort(t *testing.T) {
	elsewhere(t)
	api, lab, stop := served(t, "--http", "--addr", "localhost:0", "--lab-addr", "127.0.0.1:0", "--svms", "2", "--user", "")
	assert.True(t, strings.HasPrefix(api, "http://"), api)
	assert.False(t, strings.HasSuffix(api, ":0") || strings.HasSuffix(lab, ":0"), api+lab)
	got := command(t, nil, "doctor", "--endpoint", api, "--lab", lab)
	assert.Equal(t, exit.Conformant, got.code, got.stdout)
	assert.Contains(t, got.stdout, "2 free: svm1, svm2")
	assert.Equal(t, exit.Conformant, stop())
}
