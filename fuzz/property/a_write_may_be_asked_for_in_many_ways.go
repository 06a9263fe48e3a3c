package property

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var aWriteMayBeAskedForInManyWays = &Property{
	Name: "a-write-may-be-asked-for-in-many-ways", Writes: true,
	Says:        "A creation with dotted names, by tunneling, with the record or with a time to wait is a creation like any other.",
	promises:    []string{"creation-succeeds"},
	conventions: []contract.ID{"API-BODY-08", "API-TUNNEL-02", "API-TUNNEL-03", "API-RETURN-01", "API-TIMEOUT-01", "API-TIMEOUT-02", "API-LOCATION-02", "API-QUERY-03"},
	fits: func(m *strategy.Model) bool {
		return m.Operation(contract.Create) != nil && (strategy.HasChange(m) || !m.WorksOnKeys())
	},
	Deck: dealWays, play: playWay,
}

// ways are the ways to ask for a creation or a change that are right, and those
// that are not.
var ways = []string{"dotted", "tunneled", "with-the-record", "waiting for 0", "waiting-change for 0", "working for 0", "working-too-long", "by-uuid", "tunneled-elsewhere", "location", "filtered",
	"waiting for 120", "waiting-change for 120", "working for 120", "waiting for 1", "waiting-change for 1", "working for 1", "waiting", "waiting-change", "working"}

// dealWays goes through all ways, one a case.
func dealWays(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	ways := slices.DeleteFunc(slices.Clone(ways), func(way string) bool {
		return strings.HasPrefix(way, "waiting-change") && !strategy.HasChange(m) || strings.HasPrefix(way, "working") && len(m.Acts()) == 0
	})
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		way, seconds, fixed := strings.Cut(ways[check%len(ways)], " for ")
		if !fixed {
			seconds = strconv.Itoa(rapid.IntRange(2, 119).Draw(t, "seconds"))
		}
		c := strategy.Creation(t, m, 2)
		c.Fault = "way-" + way
		if fixed {
			c.Field = seconds
		}
		switch { // a body of its own is sent for the rest
		case way == "with-the-record":
			c.Query = []plan.Param{{Name: "return_records", Value: "true"}}
		case way == "filtered":
			c.Query = []plan.Param{{Name: m.Kind.Marks[0], Value: "conformance"}}
		case way == "working-too-long":
			c.Query = []plan.Param{{Name: "return_timeout", Value: strategy.Pick(t, "seconds", []string{"121", "-1", "100000"})}}
		case strings.HasPrefix(way, "waiting"), way == "working":
			c.Query = []plan.Param{{Name: "return_timeout", Value: seconds}}
		}
		return []plan.Call{c}
	})
}

func playWay(ctx context.Context, p *player) error {
	c := p.calls[0]
	switch strings.TrimPrefix(c.Fault, "way-") {
	case "dotted":
		return createsWithoutSVM(ctx, p, c, "API-BODY-08", func(m *testbed.CreateRequest) { m.Body["svm.name"] = p.session.SVM().Name })
	case "tunneled":
		return createsWithoutSVM(ctx, p, c, "API-TUNNEL-02", func(m *testbed.CreateRequest) {
			m.Request.Header = http.Header{"X-Dot-SVM-Name": {p.session.SVM().Name}}
		})
	case "tunneled-elsewhere":
		return tunnelsElsewhere(ctx, p, c)
	case "by-uuid":
		svm := p.session.SVM()
		if svm.UUID == "" || len(p.m.Of("creation-succeeds")) == 0 {
			return errGone
		}
		return createsWithoutSVM(ctx, p, c, p.m.Of("creation-succeeds")[0], func(m *testbed.CreateRequest) { m.Body["svm"] = map[string]any{"uuid": svm.UUID} })
	case "waiting-change":
		return waitsFor(ctx, p, c, strategy.Ask(p.m, p.m.Operation(contract.Change)))
	case "working", "working-too-long":
		acts := slices.DeleteFunc(p.m.Acts(), func(o *contract.Operation) bool { return o == p.m.Rekey() })
		if len(acts) == 0 {
			return errGone
		}
		return waitsFor(ctx, p, c, strategy.Ask(p.m, acts[len(acts)-1]))
	}
	return createsWithQuery(ctx, p, c)
}

// createsWithQuery makes a creation that has parameters in its query: a filter is refused, any other
// is taken.
func createsWithQuery(ctx context.Context, p *player, c plan.Call) error {
	t, e, err := p.create(ctx, c)
	if err != nil {
		return err
	}
	if c.Fault == "way-filtered" {
		return p.isDue(e, strategy.Due{IDs: []contract.ID{"API-QUERY-03"}})
	}
	if err := testbed.Prevented(p.m.Catalogue, e); err != nil {
		return err
	}
	ids := p.m.Of("creation-succeeds")
	if c.HasParam("return_timeout") {
		ids = []contract.ID{"API-TIMEOUT-01"}
	}
	if err := p.session.Verify(e.Exchange, ids, oracle.ExpectSuccess(e)); err != nil || e.Failed() || t.Lost != nil {
		return err
	}
	p.object = t
	return showsWhatWasMade(ctx, p, c, e)
}

// createsWithoutSVM makes a creation whose body does not name its SVM as usual.
func createsWithoutSVM(ctx context.Context, p *player, c plan.Call, id contract.ID, change func(*testbed.CreateRequest)) error {
	body, err := bodyOf(p.session, c, p.session.Body(p.m.Kind, p.session.SVM()), "")
	if err != nil {
		return err
	}
	delete(body, "svm")
	m := testbed.CreateRequest{Kind: p.m.Kind, SVM: p.session.SVM(), Body: body}
	change(&m)
	t, e, err := p.session.Create(ctx, m)
	p.note(c, e)
	if err != nil {
		return err
	}
	p.sends(c, e, m.Body)
	if err := testbed.Prevented(p.m.Catalogue, e); err != nil {
		return err
	}
	if err := oracle.ExpectSuccess(e); err != nil || t.Lost != nil {
		return p.session.Verify(e.Exchange, []contract.ID{id}, err)
	}
	p.object = t
	ids := append(p.m.About("created-reads-as-sent", "svm"), id)
	return p.verifies(ctx, ids, func(record map[string]any) error {
		svm := p.session.SVM()
		if err := sameValue(record, "svm.name", svm.Name); err != nil || svm.UUID == "" {
			return err
		}
		return sameValue(record, "svm.uuid", svm.UUID)
	})
}

// tunnelsElsewhere names one SVM in the body and another in the header; both are
// ours.
func tunnelsElsewhere(ctx context.Context, p *player, c plan.Call) error {
	svms := p.session.SVMs
	if len(svms) < 2 {
		return needsTwo
	}
	c.Header = map[string]string{"X-Dot-SVM-Name": svms[1].Name}
	_, e, err := p.create(ctx, c)
	if err != nil {
		return err
	}
	return p.isDue(e, strategy.Due{IDs: []contract.ID{"API-TUNNEL-03"}, Status: []int{400}})
}

// waitsFor asks something of an object with a time to wait. Work on keys may have
// nothing to do, which the tables have codes for.
func waitsFor(ctx context.Context, p *player, c, asked plan.Call) error {
	if err := p.exists(ctx, plan.Call{Operation: c.Operation, Set: c.Set, Lack: c.Lack}); err != nil {
		return err
	}
	asked.Query, asked.Fault = c.Query, c.Fault
	e, err := p.call(ctx, asked)
	if err != nil {
		return err
	}
	if c.Fault == "way-working-too-long" {
		return p.isDue(e, strategy.Due{IDs: []contract.ID{"API-TIMEOUT-02"}})
	}
	if err := testbed.Prevented(p.m.Catalogue, e); err != nil {
		return err
	}
	return p.session.Verify(e.Exchange, []contract.ID{"API-TIMEOUT-01"}, oracle.ExpectSuccess(e))
}

// showsWhatWasMade looks at the record that a creation returned, and at where its
// Location leads.
func showsWhatWasMade(ctx context.Context, p *player, c plan.Call, e oracle.CallResult) error {
	if records := oracle.RecordsOf(e.Exchange.Response); c.HasParam("return_records") && e.Exchange.Response.Status == http.StatusCreated && len(records) == 1 {
		var err error
		for _, name := range append([]string{"svm.name"}, p.m.Kind.Marks...) {
			if sent, named := oracle.Lookup(p.object.Sent, name); named && err == nil {
				err = sameValue(records[0], name, sent)
			}
		}
		if err := p.session.Verify(e.Exchange, []contract.ID{"API-RETURN-01"}, err); err != nil {
			return err
		}
	}
	return leadsToIt(ctx, p, e)
}

// leadsToIt wants the Location of a creation to lead to the object.
func leadsToIt(ctx context.Context, p *player, e oracle.CallResult) error {
	location := e.Exchange.Response.Header.Get("Location")
	if location == "" || testbed.Untold(e) {
		return nil
	}
	path := testbed.LeadsTo(e.Exchange)
	if path == "" {
		return p.session.Verify(e.Exchange, []contract.ID{"API-LOCATION-02"}, oracle.Differs("Location", "one that leads below /api", location))
	}
	if _, x, _ := p.latest(); x != nil && path == p.object.Path() {
		return p.session.Verify(x, []contract.ID{"API-LOCATION-02"}, nil)
	}
	x, err := p.session.Ask(ctx, getOf(path))
	if err != nil {
		return err
	}
	err = oracle.ExpectStatus(x, http.StatusOK)
	if err == nil {
		err = sameID(x.Response.Object(), p.object.UUID)
	}
	return p.session.Verify(x, []contract.ID{"API-LOCATION-02"}, err)
}
