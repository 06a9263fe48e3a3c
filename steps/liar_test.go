package steps

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/simulator"
)

// theirs is the uuid of a vault of somebody whom the run cannot know of before it begins.
const theirs = "11111111-2222-4333-8444-555555555555"

// cameSince makes the vault of somebody on an SVM of the run's when the run asks for its first one.
func cameSince(svm string) simulator.Middleware {
	made := false
	return func(next simulator.Handler) simulator.Handler {
		return func(st *simulator.State, r *simulator.Request) *simulator.Response {
			if r.Method == http.MethodPost && !made {
				made = true
				st.Table(akv).Put(theirs, &simulator.Record{Secrets: map[string]any{}, Fields: map[string]any{
					"uuid": theirs, "scope": "svm", "enabled": true, "configuration.name": "default", "svm.name": svm, "svm.uuid": theirs,
					"name": "https://production.vault.azure.net/", "client_id": "production", "tenant_id": "production",
				}})
			}
			return next(st, r)
		}
	}
}

// latest returns the vault of the run that was made last, as a target that confuses records
// shows it; nil when there is none.
func latest(st *simulator.State) (uuid string, fields map[string]any) {
	for _, r := range st.Table(akv).All() {
		if r.Fields["uuid"] != theirs {
			uuid, fields = r.Fields["uuid"].(string), r.Fields
		}
	}
	return uuid, fields
}

// mixing swaps the uuids of what somebody has and of what the run made last in lists.
func mixing(next simulator.Handler) simulator.Handler {
	return func(st *simulator.State, r *simulator.Request) *simulator.Response {
		res := next(st, r)
		records, _ := res.Object()["records"].([]any)
		if r.Method != http.MethodGet || r.Path != "/security/azure-key-vaults" {
			return res
		}
		uuid, _ := latest(st)
		for _, each := range records {
			record, _ := each.(map[string]any)
			switch record["uuid"] {
			case theirs:
				record["uuid"] = uuid
			case uuid:
				record["uuid"] = theirs
			}
		}
		return res
	}
}

// showingOurs answers the reading of what somebody has with what the run made last.
func showingOurs(next simulator.Handler) simulator.Handler {
	return func(st *simulator.State, r *simulator.Request) *simulator.Response {
		if uuid, _ := latest(st); r.Method == http.MethodGet && strings.HasSuffix(r.Path, "/"+theirs) && uuid != "" {
			r.Path = strings.Replace(r.Path, theirs, uuid, 1)
		}
		return next(st, r)
	}
}

// leading lets every creation say that it made what somebody has.
func leading(next simulator.Handler) simulator.Handler {
	return func(st *simulator.State, r *simulator.Request) *simulator.Response {
		res := next(st, r)
		if res.Header.Get("Location") != "" {
			res.Header.Set("Location", vaultsPath+"/"+theirs)
		}
		return res
	}
}

// unanswered answers every creation as a gateway does that lost the answer.
func unanswered(next simulator.Handler) simulator.Handler {
	return func(st *simulator.State, r *simulator.Request) *simulator.Response {
		res := next(st, r)
		if r.Method == http.MethodPost && r.Path == "/security/azure-key-vaults" && res.Status == http.StatusCreated {
			return simulator.Refuse(http.StatusGatewayTimeout, "", "", "")
		}
		return res
	}
}

func TestWhatCameSinceTheRunBeganIsNotTouchedByTwoFaultsAtOnce(t *testing.T) {
	for _, tt := range []struct {
		name string
		wrap []simulator.Middleware
	}{
		{"a Location of theirs, which is read as ours", []simulator.Middleware{showingOurs, leading}},
		{"a Location of theirs, and lists with uuids of others", []simulator.Middleware{mixing, leading}},
		{"lost answers, and lists with uuids of others", []simulator.Middleware{mixing, unanswered}},
		{"lists with uuids of others, which are read as ours", []simulator.Middleware{mixing, showingOurs, unanswered}},
	} {
		for _, svm := range []string{"production", "svm1"} {
			t.Run(fmt.Sprint(tt.name, " on ", svm), func(t *testing.T) {
				s := newStand(t, append(tt.wrap, cameSince(svm))...)
				s.SVMs, s.JobTimeout, s.Parallel = s.SVMs[:2], time.Second, 1
				s.Run(t.Context(), plan(t, "is read by its uuid", "was deleted", "is refused", "leads to the new"), nil)
				s.CleanUp(t.Context()) // it cannot be sure of what is left
				require.NotEmpty(t, s.line.writes())
				for _, r := range s.line.writes() {
					assert.NotContains(t, r.uri, theirs)
				}
				assert.NotNil(t, s.records()[theirs])
			})
		}
	}
}

// What a ledger of another day tells no path of is looked for in lists, and they may be wrong.
func TestACleanUpReadsWhatAListSaysIsOurs(t *testing.T) {
	s := newStand(t, mixing)
	svm := s.SVMs[0]
	const mark = "oc00000000abcdefghij"
	uuid := s.put(t, svm, mark)
	s.sim.Inspect(func(st *simulator.State) {
		cameSince(svm.Name)(func(*simulator.State, *simulator.Request) *simulator.Response { return nil })(st, &simulator.Request{Method: http.MethodPost})
	})
	_, err := s.Ledger.Intend("vault", svm.Name, mark)
	require.NoError(t, err)
	assert.Error(t, s.CleanUp(t.Context()))
	for _, r := range s.line.writes() {
		assert.NotContains(t, r.uri, theirs)
	}
	assert.NotNil(t, s.records()[theirs])
	assert.NotNil(t, s.records()[uuid], "nobody can tell where it is")
	assert.NotEmpty(t, s.Ledger.Left())
}

// Lists that mix up records show the run's marks and uuids only.
func TestNoCallOnAWholeCollectionIsSentWhereListsMixUpRecords(t *testing.T) {
	for _, faults := range [][]simulator.Middleware{{mixing}, {mixing, showingOurs}} {
		s := newStand(t, append(faults, cameSince("production"))...)
		s.Run(t.Context(), together(t), nil)
		s.CleanUp(t.Context()) // it cannot be sure of what is left
		for _, r := range s.onWholes() {
			assert.NotContains(t, r.uri, akv)
		}
		assert.NotNil(t, s.records()[theirs])
	}
}
