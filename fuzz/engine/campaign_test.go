package engine_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
)

// brokenOn are the requirements that one round on a mutant of the vaults finds broken.
func brokenOn(t *testing.T, name, properties string) map[contract.ID]bool {
	t.Helper()
	m, ok := mutant.Find(catalogue(t), name)
	require.True(t, ok)
	return brokenIn(t, suiteOn(t, m.New(catalogue(t), options), m.On(catalogue(t)), 1, nil), properties)
}

func brokenIn(t *testing.T, suite *testbed.Testbed, properties string) map[contract.ID]bool {
	t.Helper()
	suite.SVMs = suite.SVMs[:3]
	trials := slices.DeleteFunc(property.Trials(catalogue(t), suite.Judge.Release()), func(tr *property.Trial) bool { return !strings.HasPrefix(tr.Name, "azure-key-vaults: "+properties) })
	broken := map[contract.ID]bool{}
	h := engine.Campaign{Bed: suite, Trials: trials, Checks: 1, Seen: func(o *oracle.Outcome, _ int) {
		for _, id := range o.Broke() {
			broken[id] = true
		}
	}}
	_, err := h.Run(t.Context())
	require.NoError(t, err)
	return broken
}

// A server whose filters match nothing hides what is to be removed: nothing was deleted
// then, and the SVM is free again all the same.
func TestWhatCouldNotBeFoundWasNotDeleted(t *testing.T) {
	t.Parallel()
	broken := brokenOn(t, "filters-match-nothing", "")
	assert.True(t, broken["API-FILTER-01"])
	assert.False(t, broken["AKV-DELETE-02"], "nobody has deleted what nobody could find")
}

// What a stranger was let delete is gone: that it cannot be read then is no second finding.
func TestWhatAWriteDeletedNeedNotBeRead(t *testing.T) {
	t.Parallel()
	broken := brokenOn(t, "deletion-needs-no-credentials", "any-request")
	assert.True(t, broken["API-AUTH-01"])
	assert.False(t, broken["AKV-READ-01"], "it was deleted")
}

// A server that compares enumerations by their place: svm comes before cluster there.
func TestEnumerationsAreComparedByTheAlphabet(t *testing.T) {
	t.Parallel()
	turned := strings.NewReplacer("scope=%3E", "scope=%3C", "scope=%3C", "scope=%3E")
	suite := suiteOn(t, simulator.New(catalogue(t), options), contract.Newest(), 1, func(r *http.Request) { r.URL.RawQuery = turned.Replace(r.URL.RawQuery) })
	assert.True(t, brokenIn(t, suite, "lists")["API-FILTER-09"])
}

func TestAHuntTriesAllThatCanBeListedFirst(t *testing.T) {
	t.Parallel()
	suite := suiteOn(t, simulator.New(catalogue(t), options), contract.Newest(), 1, nil)
	suite.SVMs = suite.SVMs[:6] // two lanes
	trials := property.Trials(catalogue(t), contract.Newest())
	first := map[string]int{} // the requests after which a trial had been played
	h := engine.Campaign{Bed: suite, Trials: trials, Workers: 1, Checks: 1, Seen: func(o *oracle.Outcome, requests int) {
		if _, played := first[o.Name]; !played {
			first[o.Name] = requests
		}
	}}
	_, err := h.Run(t.Context())
	require.NoError(t, err)
	assert.Len(t, first, len(trials), "every trial is played in a round")
	assert.Equal(t, 1, h.Tally().Rounds)
	for name, requests := range first {
		if strings.HasSuffix(name, "vaults: any-row-of-calls-does-what-the-model-says") {
			assert.Less(t, requests, 50)
		}
	}
}

// What comes late comes all the same, where what comes early has nothing more to show.
func TestAHuntTriesWhatComesLateThoughWhatComesEarlyIsDone(t *testing.T) {
	t.Parallel()
	suite := suiteOn(t, simulator.New(catalogue(t), options), contract.Newest(), 1, nil)
	suite.SVMs = suite.SVMs[:3]
	const early, late = "azure-key-vaults: an-inactive-configuration-comes-and-goes-beside-the-active-one", "azure-key-vaults: what-does-not-exist-is-refused"
	played := map[string]int{}
	h := engine.Campaign{Bed: suite, Trials: property.TrialsCalled(catalogue(t), contract.Newest(), early, late), Checks: 1, Seen: func(o *oracle.Outcome, _ int) {
		played[o.Name]++
	}}
	_, err := h.Run(t.Context())
	require.NoError(t, err)
	assert.Positive(t, played[early])
	assert.Positive(t, played[late])
}

// A creation that is refused for how it is to be answered is refused for nothing else.
func TestWhatIsRefusedForItsParametersIsBlamedOnThem(t *testing.T) {
	t.Parallel()
	broken := brokenOn(t, "return-timeout-of-a-creation-does-not-take-0", "any-row")
	assert.True(t, broken["API-TIMEOUT-01"])
	assert.False(t, broken["AKV-CREATE-01"], "it is made without")
	assert.False(t, broken["AKV-DELETE-06"], "the SVM is free")
}

// What is wrong with the text of a body is all that is wrong with it: what it awaits is
// there, and its secrets are.
func TestASpoiledBodyHasNoOtherFault(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	spoiled := 0
	suite := suiteOn(t, simulator.New(catalogue(t), options), contract.Newest(), 1, func(r *http.Request) {
		text, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		r.Body = io.NopCloser(bytes.NewReader(text))
		mu.Lock()
		defer mu.Unlock()
		assert.NotContains(t, string(text), `"uuid":{}`)
		if bytes.HasSuffix(text, []byte("} text")) || bytes.HasSuffix(text, []byte("}{}")) { // not what is cut
			spoiled++
			assert.NotContains(t, string(text), `"$`)
		}
	})
	suite.SVMs = suite.SVMs[:3]
	const faults = ": a-faulty-body-is-refused-and-leaves-no-trace"
	h := engine.Campaign{Bed: suite, Checks: 1, Trials: property.TrialsCalled(catalogue(t), contract.Newest(), "azure-key-vaults"+faults, "key-managers"+faults, "certificates"+faults)}
	_, err := h.Run(t.Context())
	require.NoError(t, err)
	assert.Greater(t, spoiled, 3)
}

// A list that is refused for a field that it names says nothing of filters.
func TestAFieldThatIsUnknownIsNoFilter(t *testing.T) {
	t.Parallel()
	broken := brokenOn(t, "name-of-an-object-is-unknown", "lists-agree")
	assert.True(t, broken["API-FIELDS-03"])
	assert.False(t, broken["API-FILTER-01"] || broken["API-FILTER-04"], "lists can be narrowed")
}

// A refused creation that is made all the same is found when its SVM should be empty.
func TestWhatARefusedCreationMadeIsFound(t *testing.T) {
	t.Parallel()
	assert.True(t, brokenOn(t, "refused-creation-leaves-a-record", "any-row")["API-FAULT-01"])
}
