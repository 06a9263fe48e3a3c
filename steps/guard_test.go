package steps

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// The uuids of the rows.
const (
	own    = "00000000-0000-4000-8000-000000000001"
	alien  = "00000000-0000-4000-8000-000000000002"
	madeUp = "00000000-0000-4000-8000-000000000003"
	ended  = "00000000-0000-4000-8000-000000000004"

	second   = "00000000-0000-4000-8000-000000000005"
	ownVault = "00000000-0000-4000-8000-000000000006"
)

func TestOnlyWhatTheRunCreatedIsWrittenTo(t *testing.T) {
	for _, tt := range []struct {
		name, method, path string
		wantHeld           string // why; "" when it passes
	}{
		{"a reading of a foreign object", "GET", vaultsPath + "/" + alien, ""},
		{"HEAD", "HEAD", vaultsPath, ""},
		{"OPTIONS", "OPTIONS", vaultsPath + "/" + alien, ""},
		{"a reading of what nobody knows", "GET", "/api/no/such/endpoint", ""},
		{"a creation", "POST", vaultsPath, ""},
		{"a creation with a query", "POST", vaultsPath + "?return_records=true", ""},
		{"a creation with a slash at the end", "POST", vaultsPath + "/", ""},
		{"a change of our own", "PATCH", vaultsPath + "/" + own, ""},
		{"a deletion of our own", "DELETE", vaultsPath + "/" + own, ""},
		{"a deletion of our own with a slash at the end", "DELETE", vaultsPath + "/" + own + "/", ""},
		{"an act on our own", "POST", vaultsPath + "/" + own + "/restore?return_timeout=0", ""},
		{"a method that our own does not have", "PUT", vaultsPath + "/" + own, ""},
		{"a change of a uuid that we made up", "PATCH", vaultsPath + "/" + madeUp, ""},
		{"an act on a uuid that we made up", "POST", vaultsPath + "/" + madeUp + "/rekey-external", ""},
		{"a change of a foreign one", "PATCH", vaultsPath + "/" + alien, alien + " is not in the ledger"},
		{"a deletion of a foreign one", "DELETE", vaultsPath + "/" + alien, alien + " is not in the ledger"},
		{"an act on a foreign one", "POST", vaultsPath + "/" + alien + "/rekey-internal", alien + " is not in the ledger"},
		{"a new key server of a foreign key manager", "POST", "/api/security/key-managers/" + alien + "/key-servers", alien + " is not in the ledger"},
		{"a key server of a foreign key manager", "DELETE", "/api/security/key-managers/" + alien + "/key-servers/a:5696", alien + " is not in the ledger"},
		{"PUT to a foreign one", "PUT", vaultsPath + "/" + alien, alien + " is not in the ledger"},
		{"a deletion of all by an asterisk", "DELETE", vaultsPath + "/*", "is not in the ledger"},
		{"a deletion of all by an escaped asterisk", "DELETE", vaultsPath + "/%2A", "is not in the ledger"},
		{"a deletion of two", "DELETE", vaultsPath + "/" + own + "%2C" + alien, "is not in the ledger"},
		{"a step upwards", "DELETE", vaultsPath + "/" + own + "/../" + alien, "the catalogue does not know the path"},
		{"a step upwards to the collection", "DELETE", vaultsPath + "/..", "is not in the ledger"},
		{"what is asked of a job that another scenario saw end", "PATCH", jobsPath + "/" + ended + "?action=cancel", ended + " is not in the ledger"},
		{"what is asked of another job", "PATCH", jobsPath + "/" + alien + "?action=cancel", alien + " is not in the ledger"},
		{"a deletion of a job that was seen to have ended", "DELETE", jobsPath + "/" + ended, ended + " is not in the ledger"},
		{"the uuid of a job in another resource", "PATCH", vaultsPath + "/" + ended, ended + " is not in the ledger"},
		{"our own uuid in another resource", "DELETE", jobsPath + "/" + own, "is not in the ledger"},
		{"a change of the collection", "PATCH", vaultsPath + "?svm.name=svm1", "a whole collection is never written to"},
		{"a deletion of the collection", "DELETE", vaultsPath, "a whole collection is never written to"},
		{"a deletion of the collection with a slash at the end", "DELETE", vaultsPath + "/", "a whole collection is never written to"},
		{"a creation of a cluster", "POST", "/api/cluster", "what every cluster has is never written to"},
		{"a change of an SVM", "PATCH", "/api/svm/svms/" + own, "what every cluster has is never written to"},
		{"a deletion of a node", "DELETE", "/api/cluster/nodes/" + alien, "what every cluster has is never written to"},
		{"a path that nobody knows", "POST", "/api/storage/volumes", "the catalogue does not know the path"},
		{"an act that nobody knows", "POST", vaultsPath + "/" + own + "/explode", "the catalogue does not know the path"},
		{"a method that nobody knows", "PURGE", vaultsPath + "/" + alien, "is not in the ledger"},
		{"a method in small letters", "delete", vaultsPath + "/" + alien, "is not in the ledger"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := wire.Request{Method: tt.method, Path: tt.path}
			err := guarded(t).guard(r)
			if tt.wantHeld == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, tt.wantHeld)
			}
			s := guarded(t)
			s.Mode = ReadOnly
			if tt.method == "GET" || tt.method == "HEAD" || tt.method == "OPTIONS" {
				assert.NoError(t, s.guard(r), "read-only")
			} else {
				assert.ErrorContains(t, s.guard(r), "the mode is read-only")
			}
		})
	}
}

func TestKeysAreMigratedBetweenOurOwnKeyManagersOnly(t *testing.T) {
	const managers = "/api/security/key-managers/"
	for _, tt := range []struct {
		name, from, body, wantHeld string
	}{
		{"to another of ours", own, `{"uuid":"` + second + `"}`, ""},
		{"to a uuid that we made up", own, `{"uuid":"` + madeUp + `"}`, ""},
		{"to nobody", own, `{}`, ""},
		{"to a foreign one", own, `{"uuid":"` + alien + `"}`, alien + " is not in the ledger"},
		{"to a foreign one by a dotted name", own, `{"uuid":"` + alien + `","x.y":1}`, alien + " is not in the ledger"},
		{"from a foreign one", alien, `{"uuid":"` + own + `"}`, alien + " is not in the ledger"},
		{"to a vault of ours", own, `{"uuid":"` + ownVault + `"}`, "is not in the ledger"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := guarded(t)
			for _, uuid := range []string{own, second} {
				e, err := s.Ledger.Intend("external key manager", "svm1", "mark")
				require.NoError(t, err)
				_, err = s.Ledger.Created(e, managers+uuid)
				require.NoError(t, err)
			}
			err := s.guard(wire.Request{Method: "POST", Path: managers + tt.from + "/migrate", Body: wire.Text(tt.body)})
			if tt.wantHeld == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, tt.wantHeld)
			}
		})
	}
}

// guarded is a suite without a target, whose ledger has one object.
func guarded(t testing.TB) *Suite {
	t.Helper()
	c, err := catalogue()
	require.NoError(t, err)
	l, err := ledger.Open("", false)
	require.NoError(t, err)
	e, err := l.Intend(akv, "svm1", "mark")
	require.NoError(t, err)
	_, err = l.Created(e, vaultsPath+"/"+own)
	require.NoError(t, err)
	s := &Suite{Judge: oracle.NewJudge(c, contract.Newest()), Ledger: l, Mode: Full}
	s.before.foreign, s.before.unknown = map[string]string{alien: akv}, map[string]error{}
	s.fictional.Store(madeUp, true)
	return s
}

// TestAScenarioAsksSomethingOfItsOwnJobsOnly tries the guard of one scenario.
func TestAScenarioAsksSomethingOfItsOwnJobsOnly(t *testing.T) {
	for _, tt := range []struct {
		name, method, path string
		mode               Mode
		wantHeld           string // why; "" when it passes
	}{
		{"a job of its own", "PATCH", jobsPath + "/" + ended + "?action=cancel", Guarded, ""},
		{"a job of its own, when nothing is written", "PATCH", jobsPath + "/" + ended + "?action=cancel", ReadOnly, "read-only"},
		{"a deletion of it", "DELETE", jobsPath + "/" + ended, Guarded, ended + " is not in the ledger"},
		{"another job", "PATCH", jobsPath + "/" + alien + "?action=cancel", Guarded, alien + " is not in the ledger"},
		{"all jobs", "PATCH", jobsPath + "?action=cancel", Guarded, "a whole collection"},
		{"its uuid in another resource", "PATCH", vaultsPath + "/" + ended, Guarded, ended + " is not in the ledger"},
		{"an object of the run", "PATCH", vaultsPath + "/" + own, Guarded, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := guarded(t)
			s.Mode = tt.mode
			s.guarded = &wire.Target{Guard: s.guard}
			w := newWorld(s, &Scenario{Name: "one"}, nil)
			w.jobs[ended] = true
			err := w.guard(wire.Request{Method: tt.method, Path: tt.path})
			if tt.wantHeld == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, tt.wantHeld)
			}
		})
	}
}

// TestACallOnACollectionNamesObjectsOfTheScenarioOnly tries the guard once the
// scenario has seen that the collection holds nothing of anybody else.
func TestACallOnACollectionNamesObjectsOfTheScenarioOnly(t *testing.T) {
	records := func(uuids ...string) wire.Body {
		var list []any
		for _, uuid := range uuids {
			list = append(list, map[string]any{"uuid": uuid})
		}
		return wire.JSON(map[string]any{"records": list})
	}
	for _, tt := range []struct {
		name, method, path string
		body               wire.Body
		wantHeld           string // why; "" when it passes
	}{
		{"a filter on its own", "DELETE", vaultsPath + "?uuid=" + own, wire.Body{}, ""},
		{"a filter with more parameters", "PATCH", vaultsPath + "?return_timeout=60&uuid=" + own, wire.JSON(map[string]any{}), ""},
		{"records of its own", "DELETE", vaultsPath, records(own), ""},
		{"no filter", "DELETE", vaultsPath, wire.Body{}, "a whole collection"},
		{"a slash at the end", "DELETE", vaultsPath + "/?uuid=" + own, wire.Body{}, "a whole collection"},
		{"an empty filter", "DELETE", vaultsPath + "?uuid=", wire.Body{}, "is not in the ledger"},
		{"two filters", "DELETE", vaultsPath + "?uuid=" + own + "&uuid=*", wire.Body{}, "a whole collection"},
		{"an asterisk", "DELETE", vaultsPath + "?uuid=*", wire.Body{}, "is not in the ledger"},
		{"its own and an asterisk", "DELETE", vaultsPath + "?uuid=" + own + "%7C*", wire.Body{}, "is not in the ledger"},
		{"its own and another", "DELETE", vaultsPath + "?uuid=" + own + "%7C" + alien, wire.Body{}, alien},
		{"all but its own", "DELETE", vaultsPath + "?uuid=!" + own, wire.Body{}, "is not in the ledger"},
		{"another filter", "DELETE", vaultsPath + "?svm.name=svm1", wire.Body{}, "a whole collection"},
		{"no records", "DELETE", vaultsPath, records(), "a whole collection"},
		{"its own record and another", "PATCH", vaultsPath, records(own, alien), alien},
		{"a record without a uuid", "PATCH", vaultsPath, wire.JSON(map[string]any{"records": []any{map[string]any{"name": "a"}}}), "is not in the ledger"},
		{"records and a filter", "DELETE", vaultsPath + "?uuid=*", records(own), "a whole collection"},
		{"another collection", "DELETE", "/api/security/aws-kms?uuid=" + own, wire.Body{}, "a whole collection"},
		{"the jobs", "PATCH", jobsPath + "?uuid=" + own + "&action=cancel", wire.Body{}, "a whole collection"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := guarded(t)
			s.guarded = &wire.Target{Guard: s.guard}
			w := newWorld(s, &Scenario{Name: "one"}, nil)
			w.objects["blue"] = &object{kind: vaults, where: vaultsPath, uuid: own}
			w.sole = &census{kind: vaults, listings: []listing{listingOf(own), listingOf(own)}, due: []string{own}}
			r := wire.Request{Method: tt.method, Path: tt.path, Body: tt.body}
			err := w.guard(r)
			if tt.wantHeld == "" {
				assert.NoError(t, err)
				s.Mode = Guarded
				assert.ErrorContains(t, w.guard(r), "a whole collection", "it takes --mode full")
				s.Mode, w.sole = Full, nil
				assert.ErrorContains(t, w.guard(r), "a whole collection", "before anybody has looked")
			} else {
				assert.ErrorContains(t, err, tt.wantHeld)
			}
		})
	}
}

// listingOf is a list of vaults: our own one carries the mark of the suite, any other does not.
func listingOf(uuids ...string) listing {
	var l listing
	for _, uuid := range uuids {
		record := map[string]any{"uuid": uuid, "client_id": "somebody"}
		if uuid == own {
			record["client_id"] = "client-mark"
		}
		l.records = append(l.records, record)
	}
	return l
}

// answered is an exchange with a body.
func answered(body string) *wire.Exchange {
	return &wire.Exchange{Response: &wire.Response{Status: http.StatusOK, Body: []byte(body)}}
}

// TestACallOnACollectionNeedsTheEvidenceOfRightBefore tries the guard with what was read of a
// collection, and with what was sent since.
func TestACallOnACollectionNeedsTheEvidenceOfRightBefore(t *testing.T) {
	gone := answered(`{"error":{"code":"4"}}`)
	gone.Response.Status = http.StatusNotFound
	for _, tt := range []struct {
		name     string
		census   census
		wantHeld string // why; "" when it passes
	}{
		{"two lists of our own", census{listings: []listing{listingOf(own), listingOf(own)}, due: []string{own}}, ""},
		{"a list that shows somebody else's", census{listings: []listing{listingOf(own), listingOf(own, second)}, due: []string{own}}, second},
		{"a list that leaves ours out", census{listings: []listing{listingOf(own), listingOf()}, due: []string{own}}, own + " is not listed"},
		{"lists that leave out what was seen to be gone", census{listings: []listing{listingOf(), listingOf()}, due: []string{own}, single: map[string]*wire.Exchange{own: gone}}, ""},
		{"lists that leave out what is there", census{listings: []listing{listingOf(), listingOf()}, due: []string{own}, single: map[string]*wire.Exchange{own: answered(`{"client_id":"client-mark"}`)}}, own + " is not listed"},
		{"lists that leave out what was there before", census{listings: []listing{listingOf(own), listingOf(own)}, due: []string{own, alien}}, alien + " is not listed"},
		{"one list", census{listings: []listing{listingOf(own)}, due: []string{own}}, "was read 1 times"},
		{"a request since", census{listings: []listing{listingOf(own), listingOf(own)}, due: []string{own}, sent: -1}, "right before"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := guarded(t)
			s.guarded = &wire.Target{Guard: s.guard}
			w := newWorld(s, &Scenario{Name: "one"}, nil)
			w.objects["blue"] = &object{kind: vaults, where: vaultsPath, uuid: own}
			tt.census.kind, w.sole = vaults, &tt.census
			err := w.guard(wire.Request{Method: "DELETE", Path: vaultsPath + "?uuid=" + own})
			if tt.wantHeld == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, tt.wantHeld)
			}
		})
	}
}

func TestWhatWasThereBeforeOrIsNoNameIsForeign(t *testing.T) {
	for _, tt := range []struct {
		name, uuid string
		want       bool
	}{
		{"ours", own, false},
		{"another scheme of names", "vault_17-B", false},
		{"there before", alien, true},
		{"there before, in capitals", "00000000-0000-4000-8000-00000000000A", true},
		{"an asterisk", "*", true},
		{"upwards", "..", true},
		{"a path", own + "/restore", true},
		{"a query", own + "?x", true},
		{"a list", own + "," + alien, true},
		{"nothing", "", true},
		{"without end", string(make([]byte, 10_000)), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := guarded(t)
			s.before.foreign["00000000-0000-4000-8000-00000000000a"] = akv
			assert.Equal(t, tt.want, s.isForeign(tt.uuid))
		})
	}
}
