package steps

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
)

// TestAListThatLosesARecordNowAndThenIsAskedAgain bends a server so that it
// loses all records of the first lists by a filter, as a page may that was sent
// while others create and delete.
func TestAListThatLosesARecordNowAndThenIsAskedAgain(t *testing.T) {
	for _, scenario := range []string{"A value selects the vaults that have it", "Two filters select the vaults"} {
		for _, tt := range []struct {
			name  string
			loses int // lists
			want  oracle.Status
		}{
			{"never", 0, oracle.Passed},
			{"twice", 2, oracle.Passed},
			{"always", 1000, oracle.Failed},
		} {
			t.Run(scenario+": "+tt.name, func(t *testing.T) {
				lists := 0
				s := newStand(t, bend("GET", func(r *simulator.Request, res *simulator.Response) *simulator.Response {
					if _, filtered := r.Param("client_id"); filtered {
						if lists++; lists <= tt.loses {
							res.Object()["records"], res.Object()["num_records"] = []any{}, 0
						}
					}
					return res
				}))
				o := s.Run(t.Context(), plan(t, scenario), nil)[0]
				assert.Equal(t, tt.want, o.Status, "%v", o.Reason)
			})
		}
	}
}
