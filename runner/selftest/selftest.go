// Package selftest finds out what the suite is worth: whether it finds every server
// that is wrong on purpose, for the right reason, and takes none that is odd on purpose
// for wrong.
//
// It holds servers of its own in memory and never touches a target. It judges nothing:
// what a server broke is what the oracle says, of scenarios as of properties.
package selftest

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/lab"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/steps"
)

// A Bench tries servers. Its fields must not change once it is used; it is safe for
// concurrent use.
type Bench struct {
	Catalogue *contract.Catalogue
	Scenarios []*steps.Scenario // of the embedded features
	Seed      uint64

	looks sync.Map // of releases, each a func() (map[contract.ID][]*steps.Scenario, error)
}

// A Kill is how a mutant was found out.
type Kill struct {
	By       string // the scenario or the property that blamed what it breaks; "" means that it lived
	Requests int    // until the answer that showed it, or until nothing was left to try
}

// options are those of every server: nobody enters without the password.
var options = simulator.Options{User: "admin", Password: "password"}

// Stand makes a suite for a server of a release. Whoever calls it closes it.
func (b *Bench) Stand(sim *simulator.Simulator, r contract.Release) (suite *steps.Suite, shut func(), err error) {
	l, err := ledger.Open("", false)
	if err != nil {
		return nil, nil, err
	}
	api, hook := httptest.NewServer(sim), httptest.NewServer(sim.Lab())
	client := wire.NewClient(32, nil)
	suite = &steps.Suite{Level: contract.May, Testbed: &testbed.Testbed{Settings: testbed.Settings{
		Judge: oracle.NewJudge(b.Catalogue, r), Ledger: l, Lab: &lab.Lab{URL: hook.URL, HTTP: client},
		Seed: b.Seed, Mode: testbed.Full, Limits: testbed.Limits{JobTimeout: 20 * time.Second}, Once: true, // a mutant that is found out once is
		Target: &wire.Target{BaseURL: api.URL, HTTP: client,
			Credentials: wire.Credentials{User: options.User, Password: wire.NewSecret("ONTAP_CONFORMANCE_PASSWORD", options.Password)}},
	}}}
	sim.Inspect(func(st *simulator.State) {
		suite.Admin = testbed.SVM{Name: st.Admin.Name, UUID: st.Admin.UUID}
		for _, s := range st.SVMs {
			suite.SVMs = append(suite.SVMs, testbed.SVM{Name: s.Name, UUID: s.UUID})
		}
	})
	return suite, func() { api.Close(); hook.Close(); client.CloseIdleConnections() }, nil
}

// ByScenarios plays the scenarios that may find a mutant out, the likeliest first, until
// one does.
func (b *Bench) ByScenarios(ctx context.Context, m mutant.Mutant) (Kill, error) {
	r := m.On(b.Catalogue)
	suite, shut, err := b.Stand(m.New(b.Catalogue, options), r)
	if err != nil {
		return Kill{}, err
	}
	defer shut()
	all, err := b.suspects(ctx, r, m.Breaks)
	if err != nil {
		return Kill{}, err
	}
	suite.Unobserved = true
	likely := nearest(m, all)
	for _, sc := range all {
		if !slices.Contains(likely, sc) {
			likely = append(likely, sc)
		}
	}
	spent := 0
	for n := 2; len(likely) > 0 && ctx.Err() == nil; n *= 4 { // most are found out by one of the first
		n = min(n, len(likely))
		k := blames(ctx, suite, likely[:n], m.Breaks)
		if k.Requests += spent; k.By != "" {
			return k, nil
		}
		spent, likely = k.Requests, likely[n:]
	}
	return Kill{Requests: spent}, ctx.Err()
}

// blames runs scenarios until one of them blames a requirement.
func blames(ctx context.Context, suite *steps.Suite, scenarios []*steps.Scenario, id contract.ID) (k Kill) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	suite.Run(ctx, scenarios, func(o *oracle.Outcome) {
		k.Requests += o.Requests
		if k.By == "" && slices.Contains(o.Broke(), id) {
			k.By = o.Name
			stop()
		}
	})
	return k
}

// suspects returns the scenarios that may find a requirement broken: those that set out
// to, or else those that look at it, or else all.
func (b *Bench) suspects(ctx context.Context, r contract.Release, id contract.ID) ([]*steps.Scenario, error) {
	var all []*steps.Scenario
	for _, sc := range b.Scenarios {
		if slices.Contains(sc.Requirements, id) {
			all = append(all, sc)
		}
	}
	looking, err := b.looking(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, sc := range looking[id] {
		if !slices.Contains(all, sc) {
			all = append(all, sc)
		}
	}
	if all == nil {
		return b.Scenarios, nil
	}
	return all, nil
}

// looking tells which scenarios look at which requirement of a release on a server that
// keeps them all.
func (b *Bench) looking(ctx context.Context, r contract.Release) (map[contract.ID][]*steps.Scenario, error) {
	known, _ := b.looks.LoadOrStore(r, sync.OnceValues(func() (map[contract.ID][]*steps.Scenario, error) {
		o := options
		o.Release = r
		suite, shut, err := b.Stand(simulator.New(b.Catalogue, o), r)
		if err != nil {
			return nil, err
		}
		defer shut()
		at := map[contract.ID][]*steps.Scenario{}
		for i, outcome := range suite.Run(ctx, b.Scenarios, nil) {
			for id := range outcome.Verdicts {
				at[id] = append(at[id], b.Scenarios[i])
			}
		}
		return at, nil
	}))
	return known.(func() (map[contract.ID][]*steps.Scenario, error))()
}

// nearest returns those of the suspects that set out to verify what a mutant breaks, on
// the resource that it bends.
func nearest(m mutant.Mutant, suspects []*steps.Scenario) []*steps.Scenario {
	return slices.DeleteFunc(slices.Clone(suspects), func(sc *steps.Scenario) bool {
		return !slices.Contains(sc.Requirements, m.Breaks) || !slices.Contains(sc.Resources, m.Resource)
	})
}

// ByFuzz hunts a mutant for a number of requests at most, on three of its SVMs.
func (b *Bench) ByFuzz(ctx context.Context, m mutant.Mutant, budget int) (k Kill, err error) {
	r := m.On(b.Catalogue)
	trials := property.Trials(b.Catalogue, r)
	if len(trials) == 0 {
		return Kill{}, nil // a release without anything that is fuzzed
	}
	suite, shut, err := b.Stand(m.New(b.Catalogue, options), r)
	if err != nil {
		return Kill{}, err
	}
	defer shut()
	suite.SVMs, suite.Lab, suite.Mode = suite.SVMs[:3], nil, testbed.Guarded
	hunt, stop := context.WithCancel(ctx)
	defer stop()
	h := engine.Campaign{Bed: suite.Testbed, Trials: trials, Seen: func(o *oracle.Outcome, requests int) {
		if k.By != "" {
			return
		}
		k.Requests = requests
		if n := o.After(m.Breaks); n > 0 {
			k = Kill{By: o.Name, Requests: requests - o.Requests + n}
		}
		if k.By != "" || requests > budget {
			stop()
		}
	}}
	if _, err := h.Run(hunt); err != nil {
		return Kill{}, fmt.Errorf("%s: %w", m.Name, err)
	}
	return k, ctx.Err()
}

// Revealable reports whether requests alone can reveal a mutant to a hunt: a property can
// disprove its promise, or a rule sees it in the answers of a resource that is fuzzed, and it
// shows in more than a state that only a lab can arrange, or what hunts leave to scenarios.
func Revealable(c *contract.Catalogue, m mutant.Mutant) bool {
	q := c.Requirement(m.Breaks)
	if m.ByLab || m.OfCluster || q.Needs != "" || q.Row != nil && q.Row.Provoke == contract.ByLab {
		return false
	}
	at := c.Resource(m.Resource)
	fuzzed := at == nil || !at.Builtin
	if q.Resource != nil {
		fuzzed = slices.ContainsFunc(testbed.Kinds(c), func(k *contract.ObjectKind) bool { return k.Resource == q.Resource })
	}
	if fuzzed && oracle.Ruled(q.Promise) {
		return true
	}
	return (fuzzed || q.Resource != nil) &&
		slices.ContainsFunc(property.Trials(c, m.On(c)), func(t *property.Trial) bool { return slices.Contains(t.Requirements, q.ID) })
}

// A Complaint is what a server that is odd by right was found to break.
type Complaint struct {
	Requirement contract.ID
	By, Why     string
}

// Liberty runs everything against a server that is odd by right, and returns what it was
// found to break besides what it costs.
func (b *Bench) Liberty(ctx context.Context, l mutant.Liberty) ([]Complaint, error) {
	suite, shut, err := b.Stand(l.New(b.Catalogue, options), l.On())
	if err != nil {
		return nil, err
	}
	defer shut()
	suite.Once = false // an answer that is lost by right must do no harm
	outcomes := suite.Run(ctx, b.Scenarios, nil)
	properties := engine.FixedRun{Bed: suite.Testbed, Trials: property.Trials(b.Catalogue, l.On()), Checks: 1}
	outcomes = append(outcomes, properties.Outcomes(ctx, nil)...)
	var all []Complaint
	for _, o := range outcomes {
		if o.Status == oracle.Errored && !wire.IsLost(o.Reason) {
			all = append(all, Complaint{By: o.Name, Why: o.Reason.Error()})
		}
		for _, f := range o.Found {
			if !slices.Contains(l.Costs, f.Requirement) {
				all = append(all, Complaint{f.Requirement, o.Name, f.Err.Error()})
			}
		}
	}
	return all, ctx.Err()
}
