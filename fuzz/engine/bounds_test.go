package engine

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/fuzz/strategy"
)

// roomForNames is kept free in a request line for what stands for names until a case is
// played: the origin of a list, the mark of the run and the names of three SVMs, in escapes.
const roomForNames = 2048

// No request line and no header is longer than every web server takes, but of calls that are
// made for it.
func TestOnlyWhatIsMadeForItIsLongerThanHTTPMustTake(t *testing.T) {
	c, err := contract.Load()
	require.NoError(t, err)
	long := map[string]int{}
	for _, r := range []contract.Release{contract.Releases()[0], contract.Newest()} {
		for _, trial := range property.Trials(c, r) {
			for seed := range uint64(4) {
				for check := range 24 {
					for _, call := range draw(trial.Cases(check), seedOf(seed, trial.Name, check)).Calls {
						if strategy.IsTooMuch(call.Fault) {
							long[call.Fault]++
							continue
						}
						line, headers := sizes(call)
						assert.Less(t, line+roomForNames, oracle.MostOfHTTP, "%s: %s %s", trial.Name, call.Fault, call.Operation)
						assert.Less(t, headers, oracle.MostOfHTTP, "%s: %s", trial.Name, call.Fault)
					}
				}
			}
		}
	}
	assert.Positive(t, long[strategy.LongLine])
	assert.Positive(t, long[strategy.LongHeader])
}

// sizes are the bytes of what a call adds to its request line, and of its headers.
func sizes(c plan.Call) (line, headers int) {
	line = len(c.Path)
	for _, p := range c.Query {
		line += len(url.QueryEscape(p.Name)) + len(url.QueryEscape(p.Value)) + 2
	}
	if c.Ask != nil {
		line += 3 * len(c.Ask.Field)
		for _, v := range c.Ask.Values {
			line += 3 * len(v)
		}
	}
	for name, v := range c.Header {
		headers += len(name) + len(v)
	}
	return line, headers + len(c.Accept)
}
