package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// maxSilence is how many scenarios in a row may end without an answer before
// nobody asks any more.
const maxSilence = 24

var errSilent = fmt.Errorf("the target did not answer %d scenarios in a row, and is not asked any more", maxSilence)

// Over says why the target is not asked any more: it has been away for too long, no longer
// takes the credentials, or another cluster answers in its place. It is nil while it is asked.
func (s *Suite) Over() error {
	return cmp.Or(s.Target.Health, &s.health).Err()
}

// returned tells whether what answers after an outage is the cluster of before. Another one
// knows nothing of what the run made, and is not to blame for that.
func (s *Suite) returned(get func(path string) (*wire.Exchange, error)) (known bool, err error) {
	x, err := get("/api/cluster?fields=uuid")
	if err != nil || !x.Response.OK() {
		return false, nil
	}
	switch uuid := shownText(x.Response.Object(), "uuid"); {
	case uuid == "":
		return false, nil
	case !strings.EqualFold(uuid, s.Cluster):
		return true, fmt.Errorf("the target is another cluster since the outage: it was %s, and is %s", s.Cluster, uuid)
	}
	return true, nil
}

// because is why a scenario found nothing out: where the target is not asked any more, or the time
// of the run is up, that and nothing that came of it. Any other error is returned as it is.
func (s *Suite) because(ctx context.Context, err error) error {
	if skip := new(oracle.Skip); err == nil || oracle.IsMismatch(err) || errors.As(err, &skip) {
		return err
	}
	if over := s.Over(); over != nil {
		return over
	}
	if errors.Is(context.Cause(ctx), ErrTimeIsUp) {
		return cut(ctx)
	}
	return err
}

// cut is the error of what a run that has ended leaves undone.
func cut(ctx context.Context) error {
	return fmt.Errorf("the run was interrupted before: %w", context.Cause(ctx))
}

// maxDeafness is how many scenarios in a row may have no write answered before
// nobody writes any more: a target that puts off every write, and answers what is
// read, costs our patience each time.
const maxDeafness = 8

var errDeaf = fmt.Errorf("the target did not answer the writes of %d scenarios in a row, and nothing is written any more", maxDeafness)

// hear notes whether a scenario had a write answered, or sent one in vain.
func (s *Suite) hear(session *wire.Session) {
	writes := func(r wire.Request) bool { return !r.Reads() }
	switch {
	case slices.ContainsFunc(session.History(), func(x *wire.Exchange) bool { return writes(x.Request) && !x.Retried && !x.Lost }):
		s.deafness.Store(0)
	case slices.ContainsFunc(session.Unanswered(), writes):
		s.deafness.Add(1)
	}
}

// listen notes whether a scenario got an answer.
func (s *Suite) listen(err error) {
	if none := new(wire.NoAnswer); errors.As(err, &none) {
		s.silence.Add(1)
		return
	}
	if !errors.Is(err, errSilent) {
		s.silence.Store(0)
	}
}
