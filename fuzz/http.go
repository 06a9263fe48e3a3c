package fuzz

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// httpProperties speak of single requests that write nothing, of their queries,
// paths, methods and headers.
var httpProperties = []Property{
	{
		Name: "any-request-is-answered-by-the-conventions", Writes: true, weight: 2,
		Says: "Whatever is asked, with whatever query, path, method or header, is answered by the conventions of the API.",
		conventions: []contract.ID{"API-HEAD-01", "API-OPTIONS-01", "API-METHOD-01", "API-METHOD-02", "API-PATH-01", "API-PATH-02", "API-QUERY-01", "API-QUERY-02",
			"API-FIELDS-02", "API-FIELDS-03", "API-FIELDS-05", "API-FIELDS-06", "API-FIELDS-07", "API-FIELDS-08", "API-FIELDS-09", "API-FIELDS-10", "API-FIELDS-11",
			"API-ORDER-02", "API-TIMEOUT-01", "API-TIMEOUT-02", "API-HEADER-01", "API-AUTH-01", "API-AUTH-02", "API-BODY-09", "API-LIST-04"},
		promises: []role{malformed, named},
		fits:     func(m *model) bool { return m.operation(contract.List) != nil && m.operation(contract.Read) != nil },
		deck:     dealManners, play: playManner,
	},
	{
		Name: "a-write-may-be-asked-for-in-many-ways", Writes: true,
		Says:        "A creation with dotted names, by tunneling, with the record or with a time to wait is a creation like any other.",
		promises:    []role{creates},
		conventions: []contract.ID{"API-BODY-08", "API-TUNNEL-02", "API-RETURN-01", "API-TIMEOUT-01", "API-TIMEOUT-02", "API-LOCATION-02", "API-QUERY-03"},
		fits:        func(m *model) bool { return m.operation(contract.Create) != nil && hasChange(m) },
		deck:        dealWays, play: playWay,
	},
}

// A manner is one way to ask, with what is promised of the answer.
type manner struct {
	what string
	draw func(t *rapid.T, m *model, c *Call)
	play func(ctx context.Context, p *player, c Call, x *wire.Exchange) error
	ids  []contract.ID
}

// on asks the collection or the object. Of "<uuid>" the object's is put.
func on(t *rapid.T, m *model, c *Call) {
	if c.Path = "/api" + m.resource.Path; rapid.Bool().Draw(t, "of the object") {
		c.Path += "/" + uuidWord
	}
}

func ask(method string, query ...Param) func(*rapid.T, *model, *Call) {
	return func(t *rapid.T, m *model, c *Call) {
		on(t, m, c)
		c.Method, c.Query = method, query
	}
}

func ofList(query ...Param) func(*rapid.T, *model, *Call) {
	return func(t *rapid.T, m *model, c *Call) {
		c.Path, c.Method = "/api"+m.resource.Path, http.MethodGet
		c.Query = query
	}
}

func ofObject(draw func(*rapid.T, *model) string, name string) func(*rapid.T, *model, *Call) {
	return func(t *rapid.T, m *model, c *Call) {
		c.Path, c.Method = "/api"+m.resource.Path+"/"+uuidWord, http.MethodGet
		c.Query = []Param{{name, draw(t, m)}}
	}
}

// answers wants one of statuses, and the codes if it is a refusal.
func answers(codes []string, statuses ...int) func(context.Context, *player, Call, *wire.Exchange) error {
	return func(_ context.Context, _ *player, _ Call, x *wire.Exchange) error {
		if err := oracle.ExpectStatus(x, statuses...); err != nil || codes == nil {
			return err
		}
		return oracle.ExpectCode(oracle.Ending{Exchange: x}, codes...)
	}
}

func isRefused(_ context.Context, _ *player, _ Call, x *wire.Exchange) error {
	return oracle.ExpectRefusal(oracle.Ending{Exchange: x})
}

func isBlamed(_ context.Context, _ *player, _ Call, x *wire.Exchange) error {
	return oracle.ExpectClientError(oracle.Ending{Exchange: x})
}

// stranger asks for an operation without credentials; for the list where there is
// no such operation.
func stranger(e contract.Effect) func(*rapid.T, *model, *Call) {
	return func(t *rapid.T, m *model, c *Call) {
		what := c.Fault
		var all []*contract.Operation
		for _, o := range m.resource.Operations {
			if o.Covers(m.release) && o.Effect == e {
				all = append(all, o)
			}
		}
		if len(all) == 0 {
			all = []*contract.Operation{m.operation(contract.List)}
		}
		*c = m.asks(pick(t, "operation", all))
		c.As, c.Fault = "nobody", what
	}
}

// names of fields, drawn.
func anyShown(t *rapid.T, m *model) string { return pick(t, "field", names(m.shown)) }

func anySecret(t *rapid.T, m *model) string {
	secrets := names(m.with(func(f *contract.Field) bool { return f.Access == contract.WriteOnly }))
	if len(secrets) == 0 {
		return "zzz_no_such_field"
	}
	return pick(t, "secret", secrets)
}

func anyObject(t *rapid.T, m *model) string {
	objects := names(m.with(func(f *contract.Field) bool { return f.Type == contract.Object && !f.Advanced && !m.hidesAdvanced(f) }))
	if len(objects) == 0 {
		return "uuid"
	}
	return pick(t, "object", objects)
}

// hidesAdvanced reports whether an object holds an advanced property, be it in an
// array: whether the name of the object asks for that too no document says.
func (m *model) hidesAdvanced(object *contract.Field) bool {
	return slices.ContainsFunc(m.resource.Fields, func(f *contract.Field) bool {
		return f.Advanced && strings.HasPrefix(f.Name, object.Name+".")
	})
}

func unknownName(t *rapid.T, _ *model) string { return "zzz_" + plainWord().Draw(t, "name") }

// manners are all ways to ask, those that are right first.
var manners = []manner{
	{"get", ask(http.MethodGet), nil, nil},
	{"accepts-hal", func(t *rapid.T, m *model, c *Call) { ask(http.MethodGet)(t, m, c); c.Accept = wire.HAL }, nil, nil},
	{"accepts-json", func(t *rapid.T, m *model, c *Call) { ask(http.MethodGet)(t, m, c); c.Accept = wire.PlainJSON }, nil, nil},
	{"accepts-anything", func(t *rapid.T, m *model, c *Call) {
		ask(http.MethodGet)(t, m, c)
		c.Accept = pick(t, "accept", []string{wire.Anything, wire.NoAccept})
	}, nil, nil},
	{"head", ask(http.MethodHead), answers(nil, 200), []contract.ID{"API-HEAD-01"}},
	{"head-of-what-is-missing", func(_ *rapid.T, m *model, c *Call) {
		c.Method, c.Path, c.Unknown = http.MethodHead, "/api"+m.resource.Path+"/"+uuidWord, true
	}, playHeadOfNothing, []contract.ID{"API-HEAD-01"}},
	{"options", ask(http.MethodOptions), playOptions, []contract.ID{"API-OPTIONS-01"}},
	{"put", func(_ *rapid.T, m *model, c *Call) {
		c.Method, c.Path, c.Set = http.MethodPut, "/api"+m.resource.Path+"/"+uuidWord, map[string]any{}
	}, isBlamed, []contract.ID{"API-METHOD-02"}},
	{"post-to-the-object", func(_ *rapid.T, m *model, c *Call) {
		c.Method, c.Path, c.Set = http.MethodPost, "/api"+m.resource.Path+"/"+uuidWord, map[string]any{}
	}, answers(nil, 405), []contract.ID{"API-METHOD-01"}},
	{"unknown-header", func(t *rapid.T, m *model, c *Call) {
		ask(http.MethodGet)(t, m, c)
		c.Header = map[string]string{"X-" + plainWord().Draw(t, "name"): plainWord().Draw(t, "value")}
	}, answers(nil, 200), []contract.ID{"API-HEADER-01"}},
	{"waits", func(t *rapid.T, m *model, c *Call) {
		ofList(Param{"return_timeout", strconv.Itoa(pick(t, "seconds", []int{0, 120, 1, 15, 119}))})(t, m, c)
	}, answers(nil, 200), []contract.ID{"API-TIMEOUT-01"}},
	{"waits-too-long", func(t *rapid.T, m *model, c *Call) {
		ofList(Param{"return_timeout", pick(t, "seconds", []string{"121", "-1", "1000000"})})(t, m, c)
	}, isRefused, []contract.ID{"API-TIMEOUT-02"}},
	{"unknown-parameter", func(t *rapid.T, m *model, c *Call) { ofList(Param{unknownName(t, m), "1"})(t, m, c) },
		answers([]string{"262179", "2", "262197"}, 400), []contract.ID{"API-QUERY-01"}},
	{"secret-filter", func(t *rapid.T, m *model, c *Call) { ofList(Param{anySecret(t, m), "conformance"})(t, m, c) }, isRefused, []contract.ID{"API-QUERY-02"}},
	{"unknown-order", func(t *rapid.T, m *model, c *Call) { ofList(Param{"order_by", unknownName(t, m)})(t, m, c) }, isRefused, []contract.ID{"API-ORDER-02"}},
	{"unknown-field", ofObject(func(t *rapid.T, m *model) string { return "uuid," + unknownName(t, m) }, "fields"),
		answers([]string{"262197", "262179", "2"}, 400), []contract.ID{"API-FIELDS-07"}},
	{"unknown-field-ignored", func(t *rapid.T, m *model, c *Call) {
		ofList(Param{"fields", "uuid," + unknownName(t, m)}, Param{"ignore_unknown_fields", "true"})(t, m, c)
	}, answers(nil, 200), []contract.ID{"API-FIELDS-11"}},
	{"secret-field", ofObject(anySecret, "fields"), isRefused, []contract.ID{"API-FIELDS-08"}},
	{"one-field", ofObject(anyShown, "fields"), playOneField, nil},
	{"object-field", ofObject(anyObject, "fields"), playObjectField, []contract.ID{"API-FIELDS-03"}},
	{"braces", ofObject(func(*rapid.T, *model) string { return "svm.{name,uuid}" }, "fields"), playMembers("svm.name", "svm.uuid"), []contract.ID{"API-FIELDS-09"}},
	{"left-out", ofObject(func(*rapid.T, *model) string { return "svm,!svm.name" }, "fields"), playMembers("svm.uuid", "!svm.name"), []contract.ID{"API-FIELDS-10"}},
	{"every-field", ofObject(func(*rapid.T, *model) string { return "**" }, "fields"), playAdvanced, nil},
	{"no-match", func(_ *rapid.T, m *model, c *Call) {
		ofList(Param{"uuid", "00000000-0000-4000-8000-00000000fade"})(nil, m, c)
	}, playEmpty, []contract.ID{"API-LIST-04"}},
	{"malformed-uuid", func(t *rapid.T, m *model, c *Call) {
		c.Method, c.Path = http.MethodGet, "/api"+m.resource.Path+"/"+pick(t, "uuid", []string{"no-uuid", "1", "%2e%2e", "a%2Fb", "*", "null"})
	}, nil, nil},
	{"unknown-path", func(t *rapid.T, _ *model, c *Call) {
		c.Method, c.Path = http.MethodGet, "/api/zzz/"+plainWord().Draw(t, "path")
	}, isRefused, []contract.ID{"API-PATH-01"}},
	{"body-of-a-get", func(_ *rapid.T, m *model, c *Call) {
		ofList()(nil, m, c)
		c.Set = map[string]any{"name": "a"}
	}, answers(nil, 400), []contract.ID{"API-BODY-09"}},
	{"stranger", func(_ *rapid.T, m *model, c *Call) { ofList()(nil, m, c); c.As = "nobody" }, answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	{"stranger-creates", stranger(contract.Create), answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	{"stranger-reads", stranger(contract.Read), answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	{"stranger-changes", stranger(contract.Change), answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	{"stranger-works", stranger(contract.Act), answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	{"stranger-deletes", stranger(contract.Delete), answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	{"wrong-user", func(_ *rapid.T, m *model, c *Call) { ofList()(nil, m, c); c.As = "somebody" }, answers(nil, 401), []contract.ID{"API-AUTH-02"}},
	{"wild-query", func(t *rapid.T, m *model, c *Call) {
		ofList(Param{anyShown(t, m), wildText().Draw(t, "value")})(t, m, c)
	}, nil, nil},
	{"wild-parameter", func(t *rapid.T, m *model, c *Call) {
		name := pick(t, "name", []string{"fields", "order_by", "max_records", "return_records", "return_timeout", "offset"})
		ofList(Param{name, wildText().Draw(t, "value")})(t, m, c)
	}, nil, nil},
}

// dealManners goes through all manners.
func dealManners(m *model) func(int) *rapid.Generator[Case] {
	return decked(func(t *rapid.T, check int) []Call {
		calls := []Call{m.creation(t, 1)}
		for _, i := range dealt(t, check, 2*mostCalls, len(manners)) {
			c := Call{Fault: manners[i].what}
			manners[i].draw(t, m, &c)
			calls = append(calls, c)
		}
		return calls
	})
}

func playManner(ctx context.Context, p *player) error {
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	for _, c := range p.calls[1:] {
		i := slices.IndexFunc(manners, func(w manner) bool { return w.what == c.Fault })
		if i < 0 {
			continue // of a later version of ours
		}
		e, err := p.asked(ctx, c)
		if err != nil {
			return err
		}
		if err := p.inManner(ctx, manners[i], c, e.Exchange); err != nil {
			return err
		}
		if strings.HasPrefix(c.Fault, "stranger-") && e.Exchange.Response.OK() {
			return nil // whatever it did, the object is another now
		}
	}
	return nil
}

// asked sends a call; a creation goes through the ledger as every other.
func (p *player) asked(ctx context.Context, c Call) (oracle.Ending, error) {
	if o := c.operation(p.catalogue); o != nil && o.Effect == contract.Create {
		_, e, err := p.create(ctx, c)
		return e, err
	}
	return p.call(ctx, c)
}

// inManner judges the answer to one way of asking.
func (p *player) inManner(ctx context.Context, w manner, c Call, x *wire.Exchange) error {
	switch {
	case w.what == "malformed-uuid" && !strings.Contains(c.Path, "%") && c.Path[len(c.Path)-1] != '*':
		return p.hand.Verify(x, p.of(malformed), oracle.ExpectStatus(x, 400, 404))
	case w.what == "unknown-path":
		if err := p.hand.Verify(x, []contract.ID{"API-PATH-02"}, oracle.ExpectStatus(x, 404)); err != nil {
			return err
		}
	}
	if w.play == nil {
		return nil
	}
	err := w.play(ctx, p, c, x)
	if w.ids == nil {
		return err // it has verified what it looked at
	}
	return p.hand.Verify(x, w.ids, err)
}

// playHeadOfNothing wants HEAD to answer as GET does.
func playHeadOfNothing(ctx context.Context, p *player, _ Call, x *wire.Exchange) error {
	get, err := p.hand.Ask(ctx, getOf(x.Request.Path))
	if err != nil {
		return err
	}
	return oracle.ExpectStatus(x, get.Response.Status)
}
