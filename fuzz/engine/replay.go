package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/property"
)

// Replay plays one case of a trial on the first lane of a suite until a requirement is
// broken, a few times if chance may have a part in it, and returns what it showed last. The
// error is non-nil only if it could not be played: for one, it may be of a file that was
// damaged.
func Replay(ctx context.Context, s *testbed.Testbed, t *property.Trial, one plan.Case, id contract.ID) (o *oracle.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			o, err = nil, fmt.Errorf("the case is none of %s: %v", t.Name, p)
		}
	}()
	for _, c := range one.Calls {
		if o := c.In(t.Model.Catalogue); c.Operation != "" && (o == nil || !strings.HasPrefix(o.Path, t.Kind.Resource.Path)) {
			return nil, fmt.Errorf("%s has no operation %q", t.Kind.Resource.Name, c.Operation)
		}
	}
	if err := s.Ready(ctx); err != nil {
		return nil, err
	}
	if err := skip(t, s); err != nil {
		return nil, err
	}
	for range max(replays, t.Property.Repeats*insistence) {
		if o, _ = play(ctx, t, s, lanesOf(s)[0], 0, one); slices.Contains(o.Broke(), id) {
			break
		}
	}
	return o, nil
}

// replays is how often a case has to come out well to count as mended.
const replays = 3
