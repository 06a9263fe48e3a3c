package fuzz

import (
	"cmp"
	"context"
	"errors"
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
		Name: "any-request-is-answered-by-the-conventions", Writes: true,
		Says: "Whatever is asked, with whatever query, path, method or header, is answered by the conventions of the API.",
		conventions: []contract.ID{"API-HEAD-01", "API-OPTIONS-01", "API-METHOD-01", "API-METHOD-02", "API-PATH-01", "API-PATH-02", "API-PATH-03", "API-PRETTY-01", "API-QUERY-01", "API-QUERY-02",
			"API-FIELDS-01", "API-FIELDS-02", "API-FIELDS-03", "API-FIELDS-05", "API-FIELDS-06", "API-FIELDS-07", "API-FIELDS-08", "API-FIELDS-09", "API-FIELDS-10", "API-FIELDS-11", "API-FIELDS-12",
			"API-ORDER-02", "API-TIMEOUT-01", "API-TIMEOUT-02", "API-HEADER-01", "API-AUTH-01", "API-AUTH-02", "API-BODY-09", "API-LIST-04", "API-FAULT-01",
			"API-SEARCH-03", "API-SEARCH-04", "API-SEARCH-05"},
		promises: []role{malformed, named, readable, showsText},
		fits:     func(m *model) bool { return m.operation(contract.List) != nil && m.operation(contract.Read) != nil },
		deck:     dealManners, play: playManner,
	},
	{
		Name: "a-write-may-be-asked-for-in-many-ways", Writes: true,
		Says:        "A creation with dotted names, by tunneling, with the record or with a time to wait is a creation like any other.",
		promises:    []role{creates},
		conventions: []contract.ID{"API-BODY-08", "API-TUNNEL-02", "API-RETURN-01", "API-TIMEOUT-01", "API-TIMEOUT-02", "API-LOCATION-02", "API-QUERY-03"},
		fits: func(m *model) bool {
			return m.operation(contract.Create) != nil && (hasChange(m) || !m.worksOnKeys())
		},
		deck: dealWays, play: playWay,
	},
}

// A manner is one way to ask, with what is promised of the answer.
type manner struct {
	what string
	draw func(t *rapid.T, m *model, c *Call)
	play func(ctx context.Context, p *player, c Call, x *wire.Exchange) error
	ids  []contract.ID
}

// over are the names that a manner goes through, each as the field of a call.
var over = map[string]func(*model) []string{
	"secret-filter": secrets, "secret-field": secrets, "one-field": allShown, "all-fields": togetherShown, "object-field": objects, "waits-too-long": tooLong,
	"get": bothPlaces, "accepts-hal": bothPlaces, "accepts-json": bothPlaces, "accepts-anything": bothPlaces, "accepts-nothing": bothPlaces,
	"head": bothPlaces, "options": bothPlaces, "stranger-works": works,
}

// Where a call is sent.
const (
	toList   = "the list"
	toObject = "the object"
)

// works are the IDs of the operations that start work; "" where there is none.
func works(m *model) []string {
	all := []string{}
	for _, o := range m.acts() {
		all = append(all, o.ID)
	}
	if len(all) == 0 {
		return []string{""}
	}
	return all
}

func bothPlaces(*model) []string { return []string{toList, toObject} }

// on asks the collection or the object, as the field of the call says, or either.
func on(t *rapid.T, m *model, c *Call) {
	c.Path = "/api" + m.resource.Path
	if c.Field == toObject || c.Field == "" && rapid.Bool().Draw(t, "of the object") {
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

// ofObject reads the object with a parameter; in its value, "field" stands for the
// field of the call.
func ofObject(name, value string) func(*rapid.T, *model, *Call) {
	return func(t *rapid.T, m *model, c *Call) {
		c.Path, c.Method = "/api"+m.resource.Path+"/"+uuidWord, http.MethodGet
		c.Query = []Param{{Name: name, Value: strings.ReplaceAll(value, "field", c.Field)}}
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
		var all []*contract.Operation
		for _, o := range m.resource.Operations {
			if o.Covers(m.release) && o.Effect == e {
				all = append(all, o)
			}
		}
		if len(all) == 0 {
			all = []*contract.Operation{m.operation(contract.List)}
		}
		o := pick(t, "operation", all)
		if i := slices.IndexFunc(all, func(o *contract.Operation) bool { return o.ID == c.Field }); i >= 0 {
			o = all[i]
		}
		m.become(c, o)
		c.As = "nobody"
		if e == contract.Create {
			c.On = 1 // where there is none yet
		}
	}
}

// tooLongFor asks for an operation with a time to wait that nobody may ask for; reads the
// list where there is no such operation.
func tooLongFor(e contract.Effect) func(*rapid.T, *model, *Call) {
	return func(_ *rapid.T, m *model, c *Call) {
		m.become(c, cmp.Or(m.operation(e), m.operation(contract.List)))
		c.Query = []Param{{Name: "return_timeout", Value: "121"}}
	}
}

// become makes a call one of an operation, in the manner that it is of.
func (m *model) become(c *Call, o *contract.Operation) {
	what, about := c.Fault, c.Field
	*c = m.asks(o)
	c.Fault, c.Field = what, about
}

// searches looks for something in a list: what names the parameters that it has, with
// their values but for query_fields, whose field is drawn.
func searches(what ...string) func(*rapid.T, *model, *Call) {
	return func(t *rapid.T, m *model, c *Call) {
		field := m.anyText(t)
		var query []Param
		for _, each := range what {
			name, value, given := strings.Cut(each, "=")
			if name, twice := strings.CutSuffix(name, " twice"); twice {
				query = append(query, Param{Name: name, Value: field + "," + field})
			} else if given {
				query = append(query, Param{Name: name, Value: value})
			} else {
				query = append(query, Param{Name: name, Value: field})
			}
		}
		ofList(query...)(t, m, c)
	}
}

// anyText draws the name of a field of text.
func (m *model) anyText(t *rapid.T) string {
	return pick(t, "field of text", names(slices.DeleteFunc(slices.Clone(m.shown), func(f *contract.Field) bool {
		return f.Type != contract.String || strings.Contains(f.Name, ".")
	})))
}

// changeOrList is the operation that changes, or where there is none the list.
func (m *model) changeOrList() *contract.Operation {
	return cmp.Or(m.operation(contract.Change), m.operation(contract.List))
}

// isCoded wants a refusal with one of codes.
func isCoded(codes ...string) func(context.Context, *player, Call, *wire.Exchange) error {
	return func(_ context.Context, _ *player, _ Call, x *wire.Exchange) error {
		return oracle.ExpectCode(oracle.Ending{Exchange: x}, codes...)
	}
}

func playSearchOfChange(ctx context.Context, p *player, c Call, x *wire.Exchange) error {
	if o := c.In(p.catalogue); o.Effect == contract.List {
		return nil // there is nothing to change
	}
	return isCoded("262274", "262277")(ctx, p, c, x)
}

func playMalformed(_ context.Context, p *player, _ Call, x *wire.Exchange) error {
	return p.hand.Verify(x, p.of(malformed), oracle.ExpectStatus(x, 400, 404))
}

// playGet wants the object that its path names.
func playGet(_ context.Context, p *player, c Call, x *wire.Exchange) error {
	if !strings.HasSuffix(c.Path, uuidWord) {
		return nil
	}
	err := oracle.ExpectStatus(x, http.StatusOK)
	if err == nil {
		err = sameID(x.Response.Object(), p.thing.UUID())
	}
	return p.hand.Verify(x, p.of(readable), err)
}

// playAsRead wants what a plain reading of the object shows.
func playAsRead(_ context.Context, p *player, _ Call, x *wire.Exchange) error {
	if err := oracle.ExpectStatus(x, http.StatusOK); err != nil {
		return err
	}
	return p.sameButFor(p.record, nil)(x.Response.Object())
}

// names of fields.
func allShown(m *model) []string { return names(m.shown) }

func togetherShown(m *model) []string { return []string{strings.Join(names(m.shown), ",")} }

// tooLong are times in seconds that nobody may ask to wait for.
func tooLong(*model) []string { return []string{"121", "-1", "1000000"} }

func secrets(m *model) []string {
	return names(m.with(func(f *contract.Field) bool { return f.Access == contract.WriteOnly }))
}

func objects(m *model) []string {
	return names(m.with(func(f *contract.Field) bool { return f.Type == contract.Object && !f.Advanced && !m.hidesAdvanced(f) }))
}

// hidesAdvanced reports whether an object holds an advanced property, be it in an
// array: whether the name of the object asks for that too no document says.
func (m *model) hidesAdvanced(object *contract.Field) bool {
	return slices.ContainsFunc(m.resource.Fields, func(f *contract.Field) bool {
		return f.Advanced && strings.HasPrefix(f.Name, object.Name+".")
	})
}

func unknownName(t *rapid.T, _ *model) string { return "zzz_" + plainWord().Draw(t, "name") }

// manners are all ways to ask, first those that tell most.
var manners = []manner{
	{"get", ask(http.MethodGet), playGet, nil},
	{"every-field", ofObject("fields", "**"), playAdvanced, nil},
	{"advanced-fields", func(t *rapid.T, m *model, c *Call) { ofObject("fields", strings.Join(m.advanced(), ","))(t, m, c) }, playAdvancedAlone, nil},
	{"head", ask(http.MethodHead), answers(nil, 200), []contract.ID{"API-HEAD-01"}},
	{"options", ask(http.MethodOptions), playOptions, []contract.ID{"API-OPTIONS-01"}},
	{"unknown-field", func(t *rapid.T, m *model, c *Call) { ofObject("fields", "uuid,"+unknownName(t, m))(t, m, c) },
		answers([]string{"262197", "262179", "2"}, 400), []contract.ID{"API-FIELDS-07"}},
	{"unknown-parameter", func(t *rapid.T, m *model, c *Call) { ofList(Param{Name: unknownName(t, m), Value: "1"})(t, m, c) },
		answers([]string{"262179", "2", "262197"}, 400), []contract.ID{"API-QUERY-01"}},
	{"secret-field", ofObject("fields", "field"), isRefused, []contract.ID{"API-FIELDS-08"}},
	{"all-fields", ofObject("fields", "field"), playNamedFields, nil},
	{"object-field", ofObject("fields", "field"), playObjectField, []contract.ID{"API-FIELDS-03"}},
	{"no-match", func(_ *rapid.T, m *model, c *Call) {
		ofList(Param{Name: "uuid", Value: "00000000-0000-4000-8000-00000000fade"})(nil, m, c)
	}, playEmpty, []contract.ID{"API-LIST-04"}},
	{"malformed-uuid", func(t *rapid.T, m *model, c *Call) {
		c.Method, c.Path = http.MethodGet, "/api"+m.resource.Path+"/"+pick(t, "uuid", []string{"no-uuid", "1", "null"})
	}, playMalformed, nil},
	{"put", func(_ *rapid.T, m *model, c *Call) {
		c.Method, c.Path, c.Set = http.MethodPut, "/api"+m.resource.Path+"/"+uuidWord, map[string]any{}
	}, isBlamed, []contract.ID{"API-METHOD-02"}},
	{"post-to-the-object", func(_ *rapid.T, m *model, c *Call) {
		c.Method, c.Path, c.Set = http.MethodPost, "/api"+m.resource.Path+"/"+uuidWord, map[string]any{}
	}, answers(nil, 405), []contract.ID{"API-METHOD-01"}},
	{"accepts-json", func(t *rapid.T, m *model, c *Call) { ask(http.MethodGet)(t, m, c); c.Accept = wire.PlainJSON }, nil, nil},
	{"accepts-nothing", func(t *rapid.T, m *model, c *Call) { ask(http.MethodGet)(t, m, c); c.Accept = wire.NoAccept }, nil, nil},
	{"stranger", func(_ *rapid.T, m *model, c *Call) { ofList()(nil, m, c); c.As = "nobody" }, answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	{"stranger-changes", stranger(contract.Change), answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	{"stranger-deletes", stranger(contract.Delete), answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	{"stranger-reads", stranger(contract.Read), answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	{"stranger-works", stranger(contract.Act), answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	{"stranger-creates", stranger(contract.Create), answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	{"wrong-user", func(_ *rapid.T, m *model, c *Call) { ofList()(nil, m, c); c.As = "somebody" }, answers(nil, 401), []contract.ID{"API-AUTH-02"}},
	{"braces", ofObject("fields", "svm.{name,uuid}"), playMembers("svm.name", "svm.uuid"), []contract.ID{"API-FIELDS-09"}},
	{"left-out", ofObject("fields", "svm,!svm.name"), playMembers("svm.uuid", "!svm.name"), []contract.ID{"API-FIELDS-10"}},
	{"secret-filter", func(t *rapid.T, m *model, c *Call) { ofList(Param{Name: c.Field, Value: "conformance"})(t, m, c) }, isRefused, []contract.ID{"API-QUERY-02"}},
	{"unknown-field-ignored", func(t *rapid.T, m *model, c *Call) {
		ofList(Param{Name: "fields", Value: "uuid," + unknownName(t, m)}, Param{Name: "ignore_unknown_fields", Value: "true"})(t, m, c)
	}, answers(nil, 200), []contract.ID{"API-FIELDS-11"}},
	{"unknown-order", func(t *rapid.T, m *model, c *Call) {
		ofList(Param{Name: "order_by", Value: unknownName(t, m)})(t, m, c)
	}, isRefused, []contract.ID{"API-ORDER-02"}},
	{"unknown-path", func(t *rapid.T, _ *model, c *Call) {
		c.Method, c.Path = http.MethodGet, "/api/zzz/"+plainWord().Draw(t, "path")
	}, isRefused, []contract.ID{"API-PATH-01"}},
	{"body-of-a-get", func(_ *rapid.T, m *model, c *Call) {
		ofList()(nil, m, c)
		c.Set = map[string]any{"name": "a"}
	}, answers(nil, 400), []contract.ID{"API-BODY-09"}},
	{"body-of-a-head", func(_ *rapid.T, m *model, c *Call) {
		ofList()(nil, m, c)
		c.Method, c.Set = http.MethodHead, map[string]any{"name": "a"}
	}, answers(nil, 400), []contract.ID{"API-BODY-09"}},
	{"waits-too-long", func(t *rapid.T, m *model, c *Call) {
		ofList(Param{Name: "return_timeout", Value: c.Field})(t, m, c)
	}, isRefused, []contract.ID{"API-TIMEOUT-02"}},
	{"changes-too-long", tooLongFor(contract.Change), isRefused, []contract.ID{"API-TIMEOUT-02"}},
	{"deletes-too-long", tooLongFor(contract.Delete), isRefused, []contract.ID{"API-TIMEOUT-02"}},
	{"waits-for-0", ofList(Param{Name: "return_timeout", Value: "0"}), answers(nil, 200), []contract.ID{"API-TIMEOUT-01"}},
	{"waits-for-120", ofList(Param{Name: "return_timeout", Value: "120"}), answers(nil, 200), []contract.ID{"API-TIMEOUT-01"}},
	{"unknown-header", func(t *rapid.T, m *model, c *Call) {
		ask(http.MethodGet)(t, m, c)
		c.Header = map[string]string{"X-" + plainWord().Draw(t, "name"): plainWord().Draw(t, "value")}
	}, answers(nil, 200), []contract.ID{"API-HEADER-01"}},
	{"pretty", ofObject("pretty", "true"), playAsRead, []contract.ID{"API-PRETTY-01"}},
	{"slash-at-the-end", func(_ *rapid.T, m *model, c *Call) {
		c.Method, c.Path = http.MethodGet, "/api"+m.resource.Path+"/"+uuidWord+"/"
	}, playAsRead, []contract.ID{"API-PATH-03"}},
	{"head-of-what-is-missing", func(_ *rapid.T, m *model, c *Call) {
		c.Method, c.Path, c.Unknown = http.MethodHead, "/api"+m.resource.Path+"/"+uuidWord, true
	}, playHeadOfNothing, []contract.ID{"API-HEAD-01"}},
	{"search-for-nothing-said", searches("query_fields"), answers([]string{"262273"}, 400), []contract.ID{"API-SEARCH-03"}},
	{"search-nowhere", searches("query"), answers([]string{"262273"}, 400), []contract.ID{"API-SEARCH-03"}},
	{"empty-search", searches("query_fields", "query="), isCoded("262274"), []contract.ID{"API-SEARCH-04"}},
	{"search-for-half-a-quotation", searches("query_fields", `query="nothing`), isCoded("262272"), []contract.ID{"API-SEARCH-04"}},
	{"search-of-a-field-twice", searches("query_fields twice", "query=nothing"), isCoded("262276"), []contract.ID{"API-SEARCH-04"}},
	{"search-of-a-change", func(t *rapid.T, m *model, c *Call) {
		m.become(c, m.changeOrList())
		c.Query = []Param{{Name: "query_fields", Value: m.anyText(t)}, {Name: "query", Value: "nothing"}}
	}, playSearchOfChange, []contract.ID{"API-SEARCH-05"}},
	{"one-field", ofObject("fields", "field"), playNamedFields, nil},
	{"accepts-hal", func(t *rapid.T, m *model, c *Call) { ask(http.MethodGet)(t, m, c); c.Accept = wire.HAL }, nil, nil},
	{"accepts-anything", func(t *rapid.T, m *model, c *Call) { ask(http.MethodGet)(t, m, c); c.Accept = wire.Anything }, nil, nil},
	{"waits-for-1", ofList(Param{Name: "return_timeout", Value: "1"}), answers(nil, 200), []contract.ID{"API-TIMEOUT-01"}},
	{"waits", func(t *rapid.T, m *model, c *Call) {
		ofList(Param{Name: "return_timeout", Value: strconv.Itoa(rapid.IntRange(2, 119).Draw(t, "seconds"))})(t, m, c)
	}, answers(nil, 200), []contract.ID{"API-TIMEOUT-01"}},
	{"wild-path", func(t *rapid.T, m *model, c *Call) {
		c.Method, c.Path = http.MethodGet, "/api"+m.resource.Path+"/"+pick(t, "path", []string{"%2e%2e", "a%2Fb", "*", "%00", "%20", ";a=b"})
	}, nil, nil},
	{"wild-query", func(t *rapid.T, m *model, c *Call) {
		ofList(Param{Name: pick(t, "field", allShown(m)), Value: wildQuery().Draw(t, "value")})(t, m, c)
	}, nil, nil},
	{"wild-parameter", func(t *rapid.T, m *model, c *Call) {
		name := pick(t, "name", []string{"fields", "order_by", "max_records", "return_records", "return_timeout", "offset"})
		ofList(Param{Name: name, Value: wildQuery().Draw(t, "value")})(t, m, c)
	}, nil, nil},
	{longLine, func(t *rapid.T, m *model, c *Call) {
		ofList(Param{Name: pick(t, "field", allShown(m)), Value: muchText(t)})(t, m, c)
	}, nil, nil},
	{longHeader, func(t *rapid.T, m *model, c *Call) {
		ofList()(t, m, c)
		c.Header = map[string]string{"X-" + plainWord().Draw(t, "name"): muchText(t)}
	}, nil, nil},
}

// The manners that are beyond what HTTP must take. All that is promised of them is that the
// server goes on to answer, and that no secret is in what comes back.
const (
	longLine   = "long-request-line"
	longHeader = "long-header"
)

// isTooMuch reports whether HTTP may refuse a call of a manner for its size.
func isTooMuch(what string) bool { return what == longLine || what == longHeader }

// muchText draws more text than a web server need take in one request line or one header.
func muchText(t *rapid.T) string {
	return strings.Repeat("a", pick(t, "bytes", []int{oracle.MostOfHTTP + 1, 1 << 14, 1 << 16}))
}

// dealManners goes through all manners, mixed so that a few in a row are different.
func dealManners(m *model) func(int) *rapid.Generator[Case] {
	type card struct {
		manner *manner
		field  string
	}
	var kinds [][]card
	for i := range manners {
		names := []string{""}
		if of := over[manners[i].what]; of != nil {
			names = of(m)
		}
		var all []card
		for _, name := range names {
			all = append(all, card{&manners[i], name})
		}
		kinds = append(kinds, all)
	}
	deck := mixed(kinds)
	return decked(func(t *rapid.T, check int) []Call {
		calls := []Call{m.creation(t, 1)}
		for _, i := range dealt(check, 2*mostCalls, len(deck)) {
			c := Call{Fault: deck[i].manner.what, Field: deck[i].field}
			deck[i].manner.draw(t, m, &c)
			calls = append(calls, c)
		}
		return calls
	})
}

func playManner(ctx context.Context, p *player) error {
	if err := p.exists(ctx, p.calls[0]); err != nil {
		return err
	}
	var err error
	if p.record, err = p.reads(ctx); err != nil {
		return err
	}
	for _, c := range p.calls[1:] {
		if err := p.asksInManner(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// mannerCalled returns the manner of a name, or nil.
func mannerCalled(what string) *manner {
	i := slices.IndexFunc(manners, func(w manner) bool { return w.what == what })
	if i < 0 {
		return nil // of a later version of ours
	}
	return &manners[i]
}

// asksInManner asks in a manner, judges the answer, and wants what is refused to leave no
// trace.
func (p *player) asksInManner(ctx context.Context, c Call) error {
	w := mannerCalled(c.Fault)
	if w == nil {
		return nil
	}
	e, err := p.asked(ctx, c)
	if isTooMuch(w.what) {
		return p.goesOn(ctx, err)
	}
	if err != nil || p.hand.Untold(e) {
		return orGone(err) // it goes on, and nobody can tell until when
	}
	if err := p.inManner(ctx, *w, c, e.Exchange); err != nil || !writes(e.Exchange.Request.Method) {
		return err
	}
	return p.leftNoTrace(ctx, c, e)
}

// goesOn asks for the collection after a request of a size that need not be answered, with
// the error that it ended in. A web server may break off before all of it has come.
func (p *player) goesOn(ctx context.Context, err error) error {
	if none := new(wire.NoAnswer); err != nil && !errors.As(err, &none) || ctx.Err() != nil {
		return err
	}
	_, err = p.hand.Ask(ctx, getOf("/api"+p.resource.Path+"?"+p.mine()))
	return err
}

// leftNoTrace wants a write that was refused to have left the object as it was, and to have
// made none. After one that was accepted the object may be another.
func (p *player) leftNoTrace(ctx context.Context, c Call, e oracle.Ending) (err error) {
	o := c.In(p.catalogue)
	if e.Exchange.Response.OK() {
		if o != nil && o.Effect == contract.Delete {
			return errGone // as it was asked to: that it cannot be read is no news
		}
		p.record, err = p.reads(ctx)
		return err
	}
	id := contract.ID("API-FAULT-01")
	if strings.HasPrefix(c.Fault, "stranger-") {
		id = "API-AUTH-01"
	}
	if o == nil || o.Effect != contract.Create || len(p.hand.SVMs()) < 2 {
		return p.verifies(ctx, []contract.ID{id}, p.sameButFor(p.record, nil))
	}
	return p.madeNothingOn(ctx, p.hand.SVMs()[1], id)
}

// writes reports whether a method may change something.
func writes(method string) bool {
	return !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, method)
}

// asked sends a call; a creation goes through the ledger as every other.
func (p *player) asked(ctx context.Context, c Call) (oracle.Ending, error) {
	if o := c.In(p.catalogue); o != nil && o.Effect == contract.Create {
		_, e, err := p.create(ctx, c)
		return e, err
	}
	return p.call(ctx, c)
}

// inManner judges the answer to one way of asking.
func (p *player) inManner(ctx context.Context, w manner, c Call, x *wire.Exchange) error {
	if w.what == "unknown-path" {
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
