package fuzz

import (
	"context"
	"net/http"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// jobProperties speak of work that goes on after its call was answered.
var jobProperties = []Property{
	{
		Name: "a-job-goes-forward-whoever-looks", Writes: true,
		Says:        "Whatever is read in between, the job of a call is seen to go forward only, to end once, and is listed.",
		conventions: []contract.ID{"JOB-READ-01", "JOB-STATE-02", "JOB-STATE-03", "JOB-STATE-04", "JOB-LIST-01"},
		fits:        func(m *model) bool { return len(m.acts()) > 0 },
		draw:        drawJob, play: playJob,
	},
}

// Looks that a case takes at a job and its object.
const (
	lookAtJob    = "look-at-the-job"
	lookAtObject = "look-at-the-object"
	lookAtList   = "look-at-the-list"
)

func drawJob(m *model) *rapid.Generator[Case] {
	return cases(func(t *rapid.T) []Call {
		calls := []Call{m.creation(t, 1), m.asks(pick(t, "work", m.acts()))}
		for range many(t, "looks", mostCalls) {
			calls = append(calls, Call{Fault: pick(t, "look", []string{lookAtJob, lookAtJob, lookAtObject, lookAtList})})
		}
		return calls
	})
}

func playJob(ctx context.Context, p *player) error {
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	r, err := p.request(ctx, p.calls[1])
	if err != nil {
		return err
	}
	x, err := p.hand.Ask(ctx, r)
	if err != nil {
		return err
	}
	p.note(p.calls[1], oracle.Ending{Exchange: x})
	uuid := oracle.JobOf(x.Response)
	if uuid == "" || !x.Response.OK() {
		return nil // refused, or done at once
	}
	ended := false
	for _, c := range p.calls[2:] {
		if ended, err = p.looks(ctx, c, uuid, ended); err != nil {
			return err
		}
	}
	if ended { // it may be forgotten by now
		return nil
	}
	_, err = p.hand.Follow(ctx, uuid)
	return err
}

// looks takes one look. The rules of every exchange see whether the job went
// back; one that has ended may be forgotten.
func (p *player) looks(ctx context.Context, c Call, uuid string, ended bool) (bool, error) {
	path := "/api/cluster/jobs/" + uuid
	switch c.Fault {
	case lookAtObject:
		path = p.thing.Path()
	case lookAtList:
		path = "/api/cluster/jobs?uuid=" + uuid
	}
	x, err := p.hand.Ask(ctx, getOf(path))
	if err != nil {
		return ended, err
	}
	switch c.Fault {
	case lookAtJob:
		state, _ := x.Response.Object()["state"].(string)
		return ended || oracle.Ended(state), nil
	case lookAtList:
		if ended {
			return ended, nil
		}
		err := oracle.ExpectStatus(x, http.StatusOK)
		if records := oracle.RecordsOf(x.Response); err == nil && (len(records) > 1 || len(records) == 1 && records[0]["uuid"] != uuid) {
			err = oracle.Differs("jobs of the list", "that of uuid "+uuid, len(records))
		}
		return ended, p.hand.Verify(x, []contract.ID{"JOB-LIST-01"}, err)
	}
	return ended, nil
}
