package finding

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// goTest writes a test that sends the requests of a finding with the standard
// library alone. It cannot judge what no rule of its own says, so that it fails
// as long as every answer has the status that it had, and the one that shows the
// finding the body.
func goTest(f *Finding) string {
	var rows strings.Builder
	for _, r := range f.Requests {
		rows.WriteString("\t{" + strconv.Quote(r.Method) + ", " + strconv.Quote(r.Path) + ", map[string]string{")
		for i, name := range slices.Sorted(maps.Keys(r.Headers)) {
			if i > 0 {
				rows.WriteString(", ")
			}
			rows.WriteString(strconv.Quote(name) + ": " + strconv.Quote(r.Headers[name]))
		}
		rows.WriteString("}, " + strconv.Quote(r.Body) + ", " + strconv.Itoa(r.Status) + ", " + strconv.Quote(r.Answer) + "},\n")
	}
	return strings.NewReplacer("@ID@", string(f.Requirement.ID), "@TEXT@", strconv.Quote(line(f.Requirement.Text)),
		"@WANT@", strconv.Quote(line(f.Broken.Want)), "@GOT@", strconv.Quote(line(f.Broken.Got)), "@WHAT@", strconv.Quote(line(f.Broken.What)),
		"@ROWS@", rows.String(), "@SHOWS@", strconv.Itoa(f.shows())).Replace(testTemplate)
}

const testTemplate = `package repro

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	endpoint = flag.String("endpoint", "", "scheme://host[:port] of the target")
	user     = flag.String("user", "admin", "user; the password is $ONTAP_CONFORMANCE_PASSWORD")
	caCert   = flag.String("ca-cert", "", "file of the certificates that the target's is verified with; the system's if empty")
)

// requests are those of the finding. What begins with $ is taken from the
// environment; uuids are replaced by those that the target makes now.
var requests = []struct {
	method, path string
	headers      map[string]string
	body         string
	status       int    // that was answered
	answer       string // the body of the answer that showed it; empty where the status did
}{
@ROWS@}

// shows is the index of the one whose answer shows the finding; -1 when several together do.
const shows = @SHOWS@

var uuid = regexp.MustCompile(` + "`[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`" + `)

// differs is what differs from run to run and says nothing.
var differs = regexp.MustCompile(uuid.String() + ` + "`|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)`" + `)

// TestRepro fails as long as the target answers what it answered when @ID@ was
// found broken.
func TestRepro(t *testing.T) {
	if *endpoint == "" {
		t.Skip("give -endpoint")
	}
	trust(t)
	now := map[string]string{}
	same := true
	for i, r := range requests {
		path := r.path
		for was, is := range now {
			path = strings.ReplaceAll(path, was, is)
		}
		res, body := send(t, r.method, path, r.headers, r.body)
		t.Logf("%s %s\n%d %s", r.method, path, res.StatusCode, body)
		if i != shows && r.status < 300 && res.StatusCode >= 300 {
			t.Fatalf("this tells nothing: %s %s was answered %d then", r.method, path, r.status)
		}
		same = same && res.StatusCode == r.status && (r.answer == "" || plain(string(body)) == plain(r.answer))
		if r.method == http.MethodPost && res.StatusCode < 300 {
			learn(now, requests[i+1:], res.Header.Get("Location"), string(body))
			if made := uuid.FindString(res.Header.Get("Location")); made != "" {
				defer remove(t, path+"/"+made)
			}
		}
	}
	if same {
		t.Errorf("@ID@: %s\nlooked at: %s\nexpected: %s\ncame back: %s", @TEXT@, @WHAT@, @WANT@, @GOT@)
	}
}

// trust verifies with -ca-cert, and looks whether the target knows the user.
func trust(t *testing.T) {
	if *caCert != "" {
		pem, err := os.ReadFile(*caCert)
		if err != nil {
			t.Fatal(err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			t.Fatalf("%s holds no certificate in PEM", *caCert)
		}
		http.DefaultTransport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	if res, _ := send(t, "GET", "/api/cluster", nil, ""); res.StatusCode == http.StatusUnauthorized {
		t.Fatalf("the target does not know %s with the password in ONTAP_CONFORMANCE_PASSWORD", *user)
	}
}

// send sends a request and reads the answer.
func send(t *testing.T, method, path string, headers map[string]string, body string) (*http.Response, []byte) {
	req, err := http.NewRequestWithContext(t.Context(), method, *endpoint+path, strings.NewReader(os.Expand(body, value)))
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range headers {
		req.Header.Set(name, v)
	}
	req.SetBasicAuth(*user, os.Getenv("ONTAP_CONFORMANCE_PASSWORD"))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, answer
}

// learn notes which uuid stands for the one that later requests name.
func learn(now map[string]string, later []struct {
	method, path string
	headers      map[string]string
	body         string
	status       int
	answer       string
}, places ...string) {
	made := uuid.FindString(strings.Join(places, " "))
	for _, r := range later {
		if was := uuid.FindString(r.path); was != "" && now[was] == "" && made != "" {
			now[was] = made
			return
		}
	}
}

// remove deletes what the test made. That it is gone already is as well.
func remove(t *testing.T, path string) {
	req, err := http.NewRequest(http.MethodDelete, *endpoint+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(*user, os.Getenv("ONTAP_CONFORMANCE_PASSWORD"))
	if res, err := http.DefaultClient.Do(req); err == nil {
		res.Body.Close()
	}
}

// plain is a body without what differs from run to run, secrets by their names.
func plain(body string) string {
	for _, r := range requests {
		os.Expand(r.body, func(name string) string { body = strings.ReplaceAll(body, value(name), "$"+name); return "" })
	}
	return strings.TrimSpace(differs.ReplaceAllString(body, "-"))
}

// value is a secret of the environment, or a made up one.
func value(name string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return "made-up-" + name
}
`
