package property

import (
	"context"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var aJobGoesForwardWhoeverLooks = &Property{
	Name: "a-job-goes-forward-whoever-looks", Writes: true,
	Says:        "Whatever is read in between, the job of a call is seen to go forward only, to end once, and is listed.",
	conventions: []contract.ID{"JOB-READ-01", "JOB-STATE-02", "JOB-STATE-03", "JOB-STATE-04", "JOB-LIST-01", "JOB-CHANGE-03", "API-FILTER-09"},
	fits:        func(m *strategy.Model) bool { return len(m.Acts()) > 0 },
	Deck:        dealJobs, play: playJob,
}

// Looks that a case takes at a job and its object, and what it asks of it.
const (
	lookAtJob    = "look-at-the-job"
	lookAtObject = "look-at-the-object"
	lookAtList   = "look-at-the-list"
	lookByState  = "look-for-it-by-its-state"
	askTheJob    = "ask-it-to-"
)

var (
	looks    = []string{lookAtJob, lookAtObject, lookAtList, lookAtJob, lookAtJob, lookAtJob, lookByState}
	steering = []string{askTheJob + "cancel", askTheJob + "pause", askTheJob + "resume"}
	byStates = []string{">failure", "<failure", "<=queued", ">=success"}
)

// dealJobs draws work on an object, and looks: the first case of each kind of work asks
// something of the job at once, and then takes every look.
func dealJobs(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	acts, every := m.Acts(), slices.Concat(looks, steering)
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		calls := []plan.Call{strategy.Creation(t, m, 1), strategy.Ask(m, acts[check%len(acts)])}
		all := append([]string{steering[check%len(steering)]}, looks...)
		for _, look := range all {
			if check >= len(acts) {
				look = strategy.Pick(t, "look", every)
			}
			c := plan.Call{Fault: look}
			if look == lookByState {
				c.Field = byStates[check%len(byStates)]
			}
			calls = append(calls, c)
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
	x, err := p.session.Ask(ctx, r)
	if err != nil {
		return err
	}
	p.note(p.calls[1], oracle.CallResult{Exchange: x})
	uuid := oracle.JobOf(x.Response)
	if uuid == "" || !x.Response.OK() {
		return nil // refused, or done at once
	}
	state, paused := "", false
	for _, c := range p.calls[2:] {
		if action, asks := strings.CutPrefix(c.Fault, askTheJob); asks {
			paused = paused || action == "pause"
			if err := steers(ctx, p, uuid, action); err != nil {
				return err
			}
			continue
		}
		if state, err = looksAtJob(ctx, p, c, uuid, state); err != nil {
			return err
		}
	}
	if oracle.Ended(state) { // it may be forgotten by now
		return nil
	}
	if paused {
		if err := steers(ctx, p, uuid, "resume"); err != nil {
			return err
		}
	}
	_, err = p.session.Jobs.Follow(ctx, uuid)
	return err
}

// steers asks something of the job, as long as it goes on.
func steers(ctx context.Context, p *player, uuid, action string) error {
	x, _, err := p.session.Jobs.Act(ctx, p.object, uuid, action)
	if err != nil || x == nil {
		return err
	}
	return p.session.Verify(x, []contract.ID{"JOB-CHANGE-03"}, p.session.Jobs.ExpectAction(x))
}

// looksAtJob takes one look at a job that was last seen in a state, and returns the one that it
// is in now. The rules of every exchange see whether the job went back; one that has ended
// may be forgotten.
func looksAtJob(ctx context.Context, p *player, c plan.Call, uuid, state string) (string, error) {
	switch c.Fault {
	case lookAtObject:
		_, err := p.session.Ask(ctx, getOf(p.object.Path()))
		return state, err
	case lookAtList:
		return state, findsInList(ctx, p, uuid, state)
	case lookByState:
		return state, findsByState(ctx, p, uuid, state, c.Field)
	}
	x, err := p.session.Ask(ctx, getOf("/api/cluster/jobs/"+uuid))
	if err != nil {
		return state, err
	}
	if now, _ := x.Response.Object()["state"].(string); now != "" {
		state = now
	}
	return state, nil
}

// findsInList looks for a job that goes on, as far as we know, by its uuid.
func findsInList(ctx context.Context, p *player, uuid, state string) error {
	records, err := testbed.List(ctx, p.session.Wire(), "/api/cluster/jobs?uuid="+uuid)
	if err != nil && !oracle.IsMismatch(err) {
		return err
	}
	if oracle.Ended(state) {
		return nil
	}
	x := p.lastReading()
	if err == nil && (len(records) > 1 || len(records) == 1 && records[0]["uuid"] != uuid) {
		err = oracle.Differs("jobs of the list", "that of uuid "+uuid, len(records))
	}
	if err == nil && len(records) == 0 { // it may be forgotten by now
		again, gone := p.session.Ask(ctx, getOf("/api/cluster/jobs/"+uuid))
		if gone != nil || !again.Response.OK() {
			return gone
		}
		err = oracle.Differs("jobs of the list", "that of uuid "+uuid, "none")
	}
	return p.session.Verify(x, []contract.ID{"JOB-LIST-01"}, err)
}

// findsByState looks for a job that has ended by comparing its state, which goes by the
// alphabet. Nothing is learned when it is forgotten meanwhile.
func findsByState(ctx context.Context, p *player, uuid, state, filter string) error {
	if !oracle.Ended(state) {
		return nil
	}
	records, err := testbed.List(ctx, p.session.Wire(), "/api/cluster/jobs?uuid="+uuid+"&state="+escape(filter))
	x := p.lastReading()
	again, gone := p.session.Ask(ctx, getOf("/api/cluster/jobs/"+uuid))
	if gone != nil || !again.Response.OK() {
		return gone
	}
	if err == nil {
		var got, want []string
		for _, r := range records {
			got = append(got, strategy.Text(r["uuid"]))
		}
		if comparesTo(state, filter) {
			want = append(want, uuid)
		}
		err = oracle.ExpectRecords("jobs of "+x.Request.Path, got, want, false)
	}
	return p.session.Verify(x, []contract.ID{"API-FILTER-09"}, err)
}

// comparesTo reports whether a text satisfies a comparison.
func comparesTo(s, filter string) bool {
	value := strings.TrimLeft(filter, "<>=")
	return strings.Contains(filter, "=") && s == value || strings.HasPrefix(filter, "<") && s < value || strings.HasPrefix(filter, ">") && s > value
}
