package property

import (
	"context"
	"net/http"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/plan"
)

// A check is what is promised of the answer to a call of a protocol.
type check struct {
	play func(ctx context.Context, p *player, c plan.Call, x *wire.Exchange) error
	ids  []contract.ID // that the error of play is about; nil where it has verified what it looked at
}

// checks judge the answers of protocols. What has none is for the rules of every exchange to
// judge.
var checks = map[string]check{
	"get":                         {playGet, nil},
	"every-field":                 {playAdvanced, nil},
	"advanced-fields":             {playAdvancedAlone, nil},
	"head":                        {answers(nil, 200), []contract.ID{"API-HEAD-01"}},
	"options":                     {playOptions, []contract.ID{"API-OPTIONS-01"}},
	"unknown-field":               {answers([]string{"262197", "262179", "2"}, 400), []contract.ID{"API-FIELDS-07"}},
	"unknown-parameter":           {answers([]string{"262179", "2", "262197"}, 400), []contract.ID{"API-QUERY-01"}},
	"secret-field":                {isRefused, []contract.ID{"API-FIELDS-08"}},
	"all-fields":                  {playNamedFields, nil},
	"object-field":                {playObjectField, []contract.ID{"API-FIELDS-03"}},
	"no-match":                    {playEmpty, []contract.ID{"API-LIST-04"}},
	"malformed-uuid":              {playMalformed, nil},
	"put":                         {isBlamed, []contract.ID{"API-METHOD-02"}},
	"post-to-the-object":          {answers(nil, 405), []contract.ID{"API-METHOD-01"}},
	"stranger":                    {answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	"stranger-changes":            {answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	"stranger-deletes":            {answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	"stranger-reads":              {answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	"stranger-works":              {answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	"stranger-creates":            {answers(nil, 401), []contract.ID{"API-AUTH-01"}},
	"wrong-user":                  {answers(nil, 401), []contract.ID{"API-AUTH-02"}},
	"braces":                      {playMembers("svm.name", "svm.uuid"), []contract.ID{"API-FIELDS-09"}},
	"left-out":                    {playMembers("svm.uuid", "!svm.name"), []contract.ID{"API-FIELDS-10"}},
	"secret-filter":               {isRefused, []contract.ID{"API-QUERY-02"}},
	"unknown-field-ignored":       {answers(nil, 200), []contract.ID{"API-FIELDS-11"}},
	"unknown-order":               {isRefused, []contract.ID{"API-ORDER-02"}},
	"unknown-path":                {playUnknownPath, []contract.ID{"API-PATH-01"}},
	"body-of-a-get":               {answers(nil, 400), []contract.ID{"API-BODY-09"}},
	"body-of-a-head":              {answers(nil, 400), []contract.ID{"API-BODY-09"}},
	"waits-too-long":              {isRefused, []contract.ID{"API-TIMEOUT-02"}},
	"changes-too-long":            {isRefused, []contract.ID{"API-TIMEOUT-02"}},
	"deletes-too-long":            {isRefused, []contract.ID{"API-TIMEOUT-02"}},
	"waits-for-0":                 {answers(nil, 200), []contract.ID{"API-TIMEOUT-01"}},
	"waits-for-120":               {answers(nil, 200), []contract.ID{"API-TIMEOUT-01"}},
	"unknown-header":              {answers(nil, 200), []contract.ID{"API-HEADER-01"}},
	"pretty":                      {playAsRead, []contract.ID{"API-PRETTY-01"}},
	"slash-at-the-end":            {playAsRead, []contract.ID{"API-PATH-03"}},
	"head-of-what-is-missing":     {playHeadOfNothing, []contract.ID{"API-HEAD-01"}},
	"search-for-nothing-said":     {answers([]string{"262273"}, 400), []contract.ID{"API-SEARCH-03"}},
	"search-nowhere":              {answers([]string{"262273"}, 400), []contract.ID{"API-SEARCH-03"}},
	"empty-search":                {isCoded("262274"), []contract.ID{"API-SEARCH-04"}},
	"search-for-half-a-quotation": {isCoded("262272"), []contract.ID{"API-SEARCH-04"}},
	"search-of-a-field-twice":     {isCoded("262276"), []contract.ID{"API-SEARCH-04"}},
	"search-of-a-change":          {playSearchOfChange, []contract.ID{"API-SEARCH-05"}},
	"one-field":                   {playNamedFields, nil},
	"waits-for-1":                 {answers(nil, 200), []contract.ID{"API-TIMEOUT-01"}},
	"waits":                       {answers(nil, 200), []contract.ID{"API-TIMEOUT-01"}},
}

// answers wants one of statuses, and the codes if it is a refusal.
func answers(codes []string, statuses ...int) func(context.Context, *player, plan.Call, *wire.Exchange) error {
	return func(_ context.Context, _ *player, _ plan.Call, x *wire.Exchange) error {
		if err := oracle.ExpectStatus(x, statuses...); err != nil || codes == nil {
			return err
		}
		return oracle.ExpectCode(oracle.CallResult{Exchange: x}, codes...)
	}
}

func isRefused(_ context.Context, _ *player, _ plan.Call, x *wire.Exchange) error {
	return oracle.ExpectRefusal(oracle.CallResult{Exchange: x})
}

func isBlamed(_ context.Context, _ *player, _ plan.Call, x *wire.Exchange) error {
	return oracle.ExpectClientError(oracle.CallResult{Exchange: x})
}

// isCoded wants a refusal with one of codes.
func isCoded(codes ...string) func(context.Context, *player, plan.Call, *wire.Exchange) error {
	return func(_ context.Context, _ *player, _ plan.Call, x *wire.Exchange) error {
		return oracle.ExpectCode(oracle.CallResult{Exchange: x}, codes...)
	}
}

func playSearchOfChange(ctx context.Context, p *player, c plan.Call, x *wire.Exchange) error {
	if o := c.In(p.m.Catalogue); o.Effect == contract.List {
		return nil // there is nothing to change
	}
	return isCoded("262274", "262277")(ctx, p, c, x)
}

func playMalformed(_ context.Context, p *player, _ plan.Call, x *wire.Exchange) error {
	return p.session.Verify(x, p.m.Of("malformed-uuid-is-refused"), oracle.ExpectStatus(x, 400, 404))
}

// playGet wants the object that its path names.
func playGet(_ context.Context, p *player, c plan.Call, x *wire.Exchange) error {
	if !strings.HasSuffix(c.Path, plan.UUID) {
		return nil
	}
	err := oracle.ExpectStatus(x, http.StatusOK)
	if err == nil {
		err = sameID(x.Response.Object(), p.object.UUID)
	}
	return p.session.Verify(x, p.m.Of("existing-can-be-read"), err)
}

// playAsRead wants what a plain reading of the object shows.
func playAsRead(_ context.Context, p *player, _ plan.Call, x *wire.Exchange) error {
	if err := oracle.ExpectStatus(x, http.StatusOK); err != nil {
		return err
	}
	return p.sameButFor(p.record, nil)(x.Response.Object())
}

// playHeadOfNothing wants HEAD to answer as GET does.
func playHeadOfNothing(ctx context.Context, p *player, _ plan.Call, x *wire.Exchange) error {
	get, err := p.session.Ask(ctx, getOf(x.Request.Path))
	if err != nil {
		return err
	}
	return oracle.ExpectStatus(x, get.Response.Status)
}

// judge judges the answer to a call of a protocol.
func judge(ctx context.Context, p *player, c plan.Call, x *wire.Exchange) error {
	check, is := checks[c.Fault]
	if !is {
		return nil
	}
	err := check.play(ctx, p, c, x)
	if check.ids == nil {
		return err // it has verified what it looked at
	}
	return p.session.Verify(x, check.ids, err)
}

// playUnknownPath wants a refusal, and that it says that there is no such path.
func playUnknownPath(ctx context.Context, p *player, c plan.Call, x *wire.Exchange) error {
	if err := p.session.Verify(x, []contract.ID{"API-PATH-02"}, oracle.ExpectStatus(x, http.StatusNotFound)); err != nil {
		return err
	}
	return isRefused(ctx, p, c, x)
}
