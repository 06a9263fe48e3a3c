package property

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var keyServersAreThoseThatTheModelSays = &Property{
	Name: "key-servers-are-those-that-the-model-says", Writes: true,
	Says: "After any row of additions, changes and removals a key manager has the key servers that a model predicts.",
	conventions: []contract.ID{"KS-LIST-01", "KS-CREATE-01", "KS-CREATE-02", "KS-CREATE-03", "KS-CREATE-04", "KS-CREATE-05", "KS-CREATE-09", "KS-READ-01", "KS-READ-02",
		"KS-PATCH-01", "KS-PATCH-02", "KS-PATCH-05", "KS-PATCH-09", "KS-PATCH-10", "KS-DELETE-02", "KS-DELETE-03", "KS-DELETE-04"},
	fits: func(m *strategy.Model) bool {
		return m.Resource.Name == "key-managers" && m.Operation(contract.Create) != nil
	},
	Deck: dealServers, Stay: 1, play: playServers,
}

// The operations on key servers.
const (
	serversList   = "ks-list"
	serverAdd     = "ks-create"
	serverRead    = "ks-read"
	serverChange  = "ks-change"
	serverRemove  = "ks-delete"
	mostServers   = 4 // SWAGGER-9.7, overview of key-managers
	mostOfTimeout = 60
)

// serverNames are the key servers of a case: more than a key manager may have.
var serverNames = []string{"a", "b", "c", "d", "e", "f"}

// dealServers draws a key manager with one key server, and a row of calls: a tour of all
// that is promised first, and then any.
func dealServers(m *strategy.Model) func(int) *rapid.Generator[plan.Case] {
	collection := "/api" + m.Resource.Path + "/" + plan.UUID + "/key-servers"
	on := func(operation, name string) plan.Call {
		return plan.Call{Operation: operation, Path: collection + "/" + serverOf(name), Field: name}
	}
	add := func(names ...string) plan.Call {
		c := plan.Call{Operation: serverAdd, Path: collection, Set: map[string]any{"server": serverOf(names[0])}, Field: strings.Join(names, plan.And)}
		if len(names) > 1 { // the query is as in the documents: what comes without it is in none
			c.Set, c.Query = map[string]any{"records": keyServers(names...)}, []plan.Param{{Name: "return_records", Value: "true"}}
		}
		return c
	}
	change := func(name string, set map[string]any) plan.Call {
		c := on(serverChange, name)
		c.Set = set
		return c
	}
	seconds := func(n int) map[string]any { return map[string]any{"timeout": n} }
	user := map[string]any{"username": plan.Token + "-user", "password": plan.Secret("FUZZ_PASSWORD")}
	tour := []plan.Call{add("b"), on(serverRead, "b"), change("b", seconds(17)), change("b", user), on(serverRead, "b"), add("c", "d"), add("e"), add("b"), on(serverRemove, "c"), on(serverRead, "c"), add("e", "e"),
		change("b", seconds(mostOfTimeout)), change("b", seconds(mostOfTimeout+1)), change("f", seconds(1)), on(serverRemove, "f")}
	return strategy.Decked(func(t *rapid.T, check int) []plan.Call {
		calls := []plan.Call{{Operation: m.Operation(contract.Create).ID, Set: map[string]any{"external.servers": keyServers(serverNames[0])}}}
		if check == 0 {
			return append(calls, tour...)
		}
		one := func(t *rapid.T) string { return strategy.Pick(t, "key server", serverNames) }
		t.Repeat(map[string]func(*rapid.T){
			"add":     func(t *rapid.T) { calls = append(calls, add(one(t))) },
			"add two": func(t *rapid.T) { calls = append(calls, add(one(t), one(t))) },
			"change": func(t *rapid.T) {
				calls = append(calls, change(one(t), seconds(strategy.Pick(t, "seconds", []int{1, mostOfTimeout, 30, 17, mostOfTimeout + 1, 3600}))))
			},
			"change the user": func(t *rapid.T) { calls = append(calls, change(one(t), user)) },
			"read":            func(t *rapid.T) { calls = append(calls, on(serverRead, one(t))) },
			"remove":          func(t *rapid.T) { calls = append(calls, on(serverRemove, one(t))) },
		})
		return calls
	})
}

// keyServers are key servers of these names, each with the mark of the run.
func keyServers(names ...string) []any {
	var all []any
	for _, name := range names {
		all = append(all, map[string]any{"server": serverOf(name)})
	}
	return all
}

func serverOf(name string) string { return name + "." + plan.Token + ".example:5696" }

// A roster is the key servers that a key manager must have.
type roster struct {
	names []string
	list  string // where they are
}

func (r *roster) has(name string) bool { return slices.Contains(r.names, name) }

func playServers(ctx context.Context, p *player) error {
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	have := &roster{names: []string{serverNames[0]}, list: p.object.Path() + "/key-servers"}
	for _, c := range p.calls[1:] {
		if ok, err := playServerCall(ctx, p, have, c); err != nil || !ok {
			return err
		}
	}
	return nil
}

// playServerCall plays one call and compares what is there with the model; ok is false when
// nothing more can be predicted.
func playServerCall(ctx context.Context, p *player, have *roster, c plan.Call) (ok bool, err error) {
	if have.endsWith(c) {
		return true, nil // what becomes of the last one is in no document
	}
	var before map[string]map[string]any
	if c.Operation == serverChange {
		if before, err = readServers(ctx, p, have); err != nil {
			return false, err
		}
	}
	e, err := p.call(ctx, c)
	if err != nil || testbed.Untold(e) {
		return false, err
	}
	refused, kept, named := have.predicts(c)
	if refused != "" {
		if err := p.isDue(e, strategy.Due{IDs: []contract.ID{refused}, Blamed: c.Operation == serverRead}); err != nil || !e.Failed() {
			return false, err
		}
		return true, listsServers(ctx, p, have, "KS-CREATE-09", c.Operation == serverAdd)
	}
	if err := testbed.Prevented(p.m.Catalogue, e); err != nil {
		return false, err
	}
	if err := p.session.Verify(e.Exchange, []contract.ID{kept}, oracle.ExpectSuccess(e)); err != nil || e.Failed() {
		return false, err
	}
	switch c.Operation {
	case serverRead:
		return true, p.session.Verify(e.Exchange, []contract.ID{kept}, oracle.ExpectField(e.Exchange.Response.Object(), "server", p.real(serverOf(c.Field))))
	case serverChange:
		return true, changedServer(ctx, p, have, c, before)
	case serverRemove:
		kept = "KS-DELETE-02"
	}
	have.takes(c, named)
	return true, listsServers(ctx, p, have, kept, true)
}

// endsWith reports whether a call removes the last key server.
func (r *roster) endsWith(c plan.Call) bool {
	return c.Operation == serverRemove && len(r.names) == 1 && r.has(c.Field)
}

// takes brings the model to where a call that succeeded leads: one key server is removed, or those
// that are named are added.
func (r *roster) takes(c plan.Call, named []string) {
	if c.Operation == serverRemove {
		r.names = slices.DeleteFunc(r.names, func(name string) bool { return name == c.Field })
		return
	}
	r.names = append(r.names, named...)
}

// predicts says by which promise a call is refused, or else by which it succeeds; named
// are the key servers that it adds.
func (r *roster) predicts(c plan.Call) (refused, kept contract.ID, named []string) {
	switch c.Operation {
	case serverAdd:
		named, kept = strings.Split(c.Field, plan.And), "KS-CREATE-01"
		if len(named) > 1 {
			kept = "KS-CREATE-02"
		}
		switch {
		case len(named) > 1 && named[0] == named[1]:
			return "KS-CREATE-05", "", nil
		case slices.ContainsFunc(named, r.has):
			return "KS-CREATE-04", "", nil
		case len(r.names)+len(named) > mostServers:
			return "KS-CREATE-03", "", nil
		}
		return "", kept, named
	case serverRead:
		if !r.has(c.Field) {
			return "KS-READ-02", "", nil
		}
		return "", "KS-READ-01", nil
	case serverRemove:
		if !r.has(c.Field) {
			return "KS-DELETE-03", "", nil
		}
		return "", "KS-DELETE-04", nil
	}
	switch seconds := strategy.Number(strategy.Text(c.Set["timeout"])); {
	case !r.has(c.Field):
		return "KS-PATCH-05", "", nil
	case seconds > mostOfTimeout:
		return "KS-PATCH-09", "", nil
	}
	if c.Set["timeout"] == nil {
		return "", "KS-PATCH-02", nil
	}
	return "", "KS-PATCH-01", nil
}

// readServers reads each key server that must be there; what cannot be read is left out, and
// for other calls to judge.
func readServers(ctx context.Context, p *player, have *roster) (map[string]map[string]any, error) {
	all := map[string]map[string]any{}
	for _, name := range have.names {
		x, err := p.session.Ask(ctx, getOf(have.list+"/"+strategy.Text(p.real(serverOf(name)))))
		if err != nil {
			return nil, err
		}
		if x.Response.OK() {
			all[name] = x.Response.Object()
		}
	}
	return all, nil
}

// shownOfServers are what a reading shows of a change, each with its promise.
var shownOfServers = map[string]contract.ID{"timeout": "KS-PATCH-01", "username": "KS-PATCH-02"}

// changedServer wants a change to have changed the timeout of a key server, and nothing
// else of any.
func changedServer(ctx context.Context, p *player, have *roster, c plan.Call, before map[string]map[string]any) error {
	now, err := readServers(ctx, p, have)
	if err != nil {
		return err
	}
	fields := p.m.Catalogue.Resource("key-servers").FieldsIn(p.m.Release)
	for _, name := range have.names {
		if before[name] == nil || now[name] == nil {
			continue
		}
		var except []string
		if name == c.Field {
			except = slices.Sorted(maps.Keys(c.Set))
			for _, field := range except {
				if id, shown := shownOfServers[field]; shown {
					if err := p.session.Verify(p.lastReading(), []contract.ID{id}, oracle.ExpectField(now[name], field, p.real(c.Set[field]))); err != nil {
						return err
					}
				}
			}
		}
		if err := p.session.Verify(p.lastReading(), []contract.ID{"KS-PATCH-10"}, oracle.ExpectSame(fields, before[name], now[name], except...)); err != nil {
			return err
		}
	}
	return nil
}

// listsServers lists the key servers and compares them with the model. The promise is that of the
// call before, if it is about the list, and that of lists.
func listsServers(ctx context.Context, p *player, have *roster, id contract.ID, about bool) error {
	var want []string
	for _, name := range have.names {
		want = append(want, strategy.Text(p.real(serverOf(name))))
	}
	ids := []contract.ID{"KS-LIST-01"}
	if about {
		ids = append(ids, id)
	}
	var x *wire.Exchange
	err := p.session.Eventually(ctx, func() error {
		records, err := testbed.List(ctx, p.session.Wire(), have.list+"?fields=server")
		x = p.session.Last(http.MethodGet)
		if err != nil {
			return err
		}
		var got []string
		for _, r := range records {
			got = append(got, strategy.Text(r["server"]))
		}
		if id == "KS-DELETE-02" && slices.ContainsFunc(want, func(name string) bool { return !slices.Contains(got, name) }) {
			ids = []contract.ID{"KS-LIST-01", "KS-DELETE-04"}
		}
		return oracle.ExpectRecords("key servers of the list", got, want, false)
	})
	return p.session.Verify(x, ids, err)
}
