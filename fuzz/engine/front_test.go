package engine_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
)

// assertPasses plays so many cases of some properties of the vaults on a liberty.
func assertPasses(t *testing.T, liberty string, checks int, properties ...string) {
	t.Helper()
	l, known := mutant.FindLiberty(catalogue(t), liberty)
	require.True(t, known)
	suite := suiteOn(t, l.New(catalogue(t), options), l.On(), 1, nil)
	trials := slices.DeleteFunc(property.Trials(catalogue(t), l.On()), func(tr *property.Trial) bool {
		return !slices.Contains(properties, tr.Property.Name)
	})
	require.NotEmpty(t, trials)
	for _, o := range (&engine.FixedRun{Bed: suite, Trials: trials, Checks: checks}).Outcomes(t.Context(), nil) {
		if !assert.Equal(t, oracle.Passed, o.Status, "%s: %v", o.Name, o.Reason) {
			for _, f := range o.Found {
				t.Log(f.Requirement, f.Err, f.Exchange)
			}
		}
	}
}

// What a web server in front refuses by itself is no word of the API. It takes as many cases
// as a run plays until each odd request has been sent.
func TestWhatHTTPItselfRefusesIsNoFinding(t *testing.T) {
	for _, name := range []string{"front-end-refuses-long-request-lines", "front-end-refuses-odd-urls", "front-end-refuses-other-media"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assertPasses(t, name, 40, "any-request-is-answered-by-the-conventions", "a-faulty-body-is-refused-and-leaves-no-trace")
		})
	}
}

// A page may end early, even empty: it takes as many questions as a run asks to see that no
// answer is held for the whole of a list.
func TestAPageMayEndEarly(t *testing.T) {
	for _, name := range []string{"page-ends-early", "each-page-holds-one-record", "first-page-is-empty-with-a-next-link", "every-second-page-is-empty"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assertPasses(t, name, 12, "lists-agree-with-their-records", "a-job-goes-forward-whoever-looks", "key-servers-are-those-that-the-model-says")
		})
	}
}

// A new release may show what no document names, and that may differ with each reading.
func TestUnknownMembersMayChangeWithEachReading(t *testing.T) {
	assertPasses(t, "unknown-members-change-with-each-reading", 6, "a-change-takes-what-it-names-and-keeps-the-rest",
		"the-same-change-again-changes-nothing", "a-faulty-body-is-refused-and-leaves-no-trace", "lists-agree-with-their-records")
}

// What is given twice may be refused, by a parameter of that name or by a value.
func TestNothingIsGivenTwiceThatIsHeldToAPromise(t *testing.T) {
	for _, name := range []string{"filter-given-twice-is-refused", "value-listed-twice-is-refused"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assertPasses(t, name, 30, "lists-agree-with-their-records", "any-request-is-answered-by-the-conventions")
		})
	}
}
