package strategy

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/plan"
)

// A protocol is one way to ask, right or wrong.
type protocol struct {
	What string // as the fault of a call
	// over are the names that cases go through, each as the field of a call; nil for none.
	over func(*Model) []string
	Draw func(t *rapid.T, m *Model, c *plan.Call)
}

// protocols are all ways to read, first those that tell most.
var protocols = []protocol{
	{"get", bothPlaces, drawAsked(http.MethodGet)},
	{"every-field", nil, ofObject("fields", "**")},
	{"advanced-fields", nil, func(t *rapid.T, m *Model, c *plan.Call) { ofObject("fields", strings.Join(m.Advanced(), ","))(t, m, c) }},
	{"head", bothPlaces, drawAsked(http.MethodHead)},
	{"options", bothPlaces, drawAsked(http.MethodOptions)},
	{"unknown-field", nil, func(t *rapid.T, m *Model, c *plan.Call) { ofObject("fields", "uuid,"+unknownName(t, m))(t, m, c) }},
	{"unknown-parameter", nil, func(t *rapid.T, m *Model, c *plan.Call) {
		ofList(plan.Param{Name: unknownName(t, m), Value: "1"})(t, m, c)
	}},
	{"secret-field", secrets, ofObject("fields", "field")},
	{"all-fields", togetherShown, ofObject("fields", "field")},
	{"object-field", objectFields, ofObject("fields", "field")},
	{"no-match", nil, func(_ *rapid.T, m *Model, c *plan.Call) {
		ofList(plan.Param{Name: "uuid", Value: "00000000-0000-4000-8000-00000000fade"})(nil, m, c)
	}},
	{"malformed-uuid", nil, func(t *rapid.T, m *Model, c *plan.Call) {
		c.Method, c.Path = http.MethodGet, "/api"+m.Resource.Path+"/"+Pick(t, "uuid", []string{"no-uuid", "1", "null"})
	}},
	{"put", nil, func(_ *rapid.T, m *Model, c *plan.Call) {
		c.Method, c.Path, c.Set = http.MethodPut, "/api"+m.Resource.Path+"/"+plan.UUID, map[string]any{}
	}},
	{"post-to-the-object", nil, func(_ *rapid.T, m *Model, c *plan.Call) {
		c.Method, c.Path, c.Set = http.MethodPost, "/api"+m.Resource.Path+"/"+plan.UUID, map[string]any{}
	}},
	{"accepts-json", bothPlaces, func(t *rapid.T, m *Model, c *plan.Call) {
		drawAsked(http.MethodGet)(t, m, c)
		c.Accept = wire.PlainJSON
	}},
	{"accepts-nothing", bothPlaces, func(t *rapid.T, m *Model, c *plan.Call) { drawAsked(http.MethodGet)(t, m, c); c.Accept = wire.NoAccept }},
	{"stranger", nil, func(_ *rapid.T, m *Model, c *plan.Call) { ofList()(nil, m, c); c.As = "nobody" }},
	{"stranger-changes", nil, stranger(contract.Change)},
	{"stranger-deletes", nil, stranger(contract.Delete)},
	{"stranger-reads", nil, stranger(contract.Read)},
	{"stranger-works", operationsOfWork, stranger(contract.Act)},
	{"stranger-creates", nil, stranger(contract.Create)},
	{"wrong-user", nil, func(_ *rapid.T, m *Model, c *plan.Call) { ofList()(nil, m, c); c.As = "somebody" }},
	{"braces", nil, ofObject("fields", "svm.{name,uuid}")},
	{"left-out", nil, ofObject("fields", "svm,!svm.name")},
	{"secret-filter", secrets, func(t *rapid.T, m *Model, c *plan.Call) {
		ofList(plan.Param{Name: c.Field, Value: "conformance"})(t, m, c)
	}},
	{"unknown-field-ignored", nil, func(t *rapid.T, m *Model, c *plan.Call) {
		ofList(plan.Param{Name: "fields", Value: "uuid," + unknownName(t, m)}, plan.Param{Name: "ignore_unknown_fields", Value: "true"})(t, m, c)
	}},
	{"unknown-order", nil, func(t *rapid.T, m *Model, c *plan.Call) {
		ofList(plan.Param{Name: "order_by", Value: unknownName(t, m)})(t, m, c)
	}},
	{"unknown-path", nil, func(t *rapid.T, _ *Model, c *plan.Call) {
		c.Method, c.Path = http.MethodGet, "/api/zzz/"+plainWord().Draw(t, "path")
	}},
	{"body-of-a-get", nil, func(_ *rapid.T, m *Model, c *plan.Call) {
		ofList()(nil, m, c)
		c.Set = map[string]any{"name": "a"}
	}},
	{"body-of-a-head", nil, func(_ *rapid.T, m *Model, c *plan.Call) {
		ofList()(nil, m, c)
		c.Method, c.Set = http.MethodHead, map[string]any{"name": "a"}
	}},
	{"waits-too-long", tooLong, func(t *rapid.T, m *Model, c *plan.Call) {
		ofList(plan.Param{Name: "return_timeout", Value: c.Field})(t, m, c)
	}},
	{"changes-too-long", nil, tooLongFor(contract.Change)},
	{"deletes-too-long", nil, tooLongFor(contract.Delete)},
	{"waits-for-0", nil, ofList(plan.Param{Name: "return_timeout", Value: "0"})},
	{"waits-for-120", nil, ofList(plan.Param{Name: "return_timeout", Value: "120"})},
	{"unknown-header", nil, func(t *rapid.T, m *Model, c *plan.Call) {
		drawAsked(http.MethodGet)(t, m, c)
		c.Header = map[string]string{"X-" + plainWord().Draw(t, "name"): plainWord().Draw(t, "value")}
	}},
	{"pretty", nil, ofObject("pretty", "true")},
	{"slash-at-the-end", nil, func(_ *rapid.T, m *Model, c *plan.Call) {
		c.Method, c.Path = http.MethodGet, "/api"+m.Resource.Path+"/"+plan.UUID+"/"
	}},
	{"head-of-what-is-missing", nil, func(_ *rapid.T, m *Model, c *plan.Call) {
		c.Method, c.Path, c.Unknown = http.MethodHead, "/api"+m.Resource.Path+"/"+plan.UUID, true
	}},
	{"search-for-nothing-said", nil, searches("query_fields")},
	{"search-nowhere", nil, searches("query")},
	{"empty-search", nil, searches("query_fields", "query=")},
	{"search-for-half-a-quotation", nil, searches("query_fields", `query="nothing`)},
	{"search-of-a-field-twice", nil, searches("query_fields twice", "query=nothing")},
	{"search-of-a-change", nil, func(t *rapid.T, m *Model, c *plan.Call) {
		become(m, c, changeOrList(m))
		c.Query = []plan.Param{{Name: "query_fields", Value: anyText(t, m)}, {Name: "query", Value: "nothing"}}
	}},
	{"one-field", allShown, ofObject("fields", "field")},
	{"accepts-hal", bothPlaces, func(t *rapid.T, m *Model, c *plan.Call) { drawAsked(http.MethodGet)(t, m, c); c.Accept = wire.HAL }},
	{"accepts-anything", bothPlaces, func(t *rapid.T, m *Model, c *plan.Call) { drawAsked(http.MethodGet)(t, m, c); c.Accept = wire.Anything }},
	{"waits-for-1", nil, ofList(plan.Param{Name: "return_timeout", Value: "1"})},
	{"waits", nil, func(t *rapid.T, m *Model, c *plan.Call) {
		ofList(plan.Param{Name: "return_timeout", Value: strconv.Itoa(rapid.IntRange(2, 119).Draw(t, "seconds"))})(t, m, c)
	}},
	{"wild-path", nil, func(t *rapid.T, m *Model, c *plan.Call) {
		c.Method, c.Path = http.MethodGet, "/api"+m.Resource.Path+"/"+Pick(t, "path", []string{"%2e%2e", "a%2Fb", "*", "%00", "%20", ";a=b"})
	}},
	{"wild-query", nil, func(t *rapid.T, m *Model, c *plan.Call) {
		ofList(plan.Param{Name: Pick(t, "field", allShown(m)), Value: wildQuery().Draw(t, "value")})(t, m, c)
	}},
	{"wild-parameter", nil, func(t *rapid.T, m *Model, c *plan.Call) {
		name := Pick(t, "name", []string{"fields", "order_by", "max_records", "return_records", "return_timeout", "offset"})
		ofList(plan.Param{Name: name, Value: wildQuery().Draw(t, "value")})(t, m, c)
	}},
	{LongLine, nil, func(t *rapid.T, m *Model, c *plan.Call) {
		ofList(plan.Param{Name: Pick(t, "field", allShown(m)), Value: muchText(t)})(t, m, c)
	}},
	{LongHeader, nil, func(t *rapid.T, m *Model, c *plan.Call) {
		ofList()(t, m, c)
		c.Header = map[string]string{"X-" + plainWord().Draw(t, "name"): muchText(t)}
	}},
}

// A reading is a protocol with the name that it is about; "" for none.
type reading struct {
	Protocol *protocol
	Field    string
}

// Deck are all of the release, mixed so that a few in a row are of many protocols.
func Deck(m *Model) []reading {
	var kinds [][]reading
	for i := range protocols {
		names := []string{""}
		if of := protocols[i].over; of != nil {
			names = of(m)
		}
		var all []reading
		for _, name := range names {
			all = append(all, reading{&protocols[i], name})
		}
		kinds = append(kinds, all)
	}
	return mixed(kinds)
}

// ProtocolCalled returns the protocol of a name, or nil.
func ProtocolCalled(what string) *protocol {
	i := slices.IndexFunc(protocols, func(p protocol) bool { return p.What == what })
	if i < 0 {
		return nil // of a later version of ours
	}
	return &protocols[i]
}

// The protocols that are beyond what HTTP must take. All that is promised of them is that the
// server goes on to answer, and that no secret is in what comes back.
const (
	LongLine   = "long-request-line"
	LongHeader = "long-header"
)

// IsTooMuch reports whether HTTP may refuse a call of a protocol for its size.
func IsTooMuch(what string) bool { return what == LongLine || what == LongHeader }

// Readings are calls in manners.
func Readings(t *rapid.T, m *Model, manners ...string) []plan.Call {
	var all []plan.Call
	for _, what := range manners {
		c := plan.Call{Fault: what, Field: toList}
		ProtocolCalled(what).Draw(t, m, &c)
		all = append(all, c)
	}
	return all
}
