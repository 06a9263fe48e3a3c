package property

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

// isTabled judges a refusal that is promised against the rows of the operation for it.
func (p *player) isTabled(e oracle.CallResult, o *contract.Operation, promise string) error {
	for _, id := range tabled(p.m, o, promise) {
		if err := p.isDue(e, strategy.Due{IDs: []contract.ID{id}, Codes: p.m.Catalogue.Requirement(id).Row.Codes()}); err != nil {
			return err
		}
	}
	return nil
}

// writes reports whether a method may change something.
func writes(method string) bool {
	return !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, method)
}

// asked sends a call; a creation goes through the ledger as every other.
func (p *player) asked(ctx context.Context, c plan.Call) (oracle.CallResult, error) {
	if o := c.In(p.m.Catalogue); o != nil && o.Effect == contract.Create {
		_, e, err := p.create(ctx, c)
		return e, err
	}
	return p.call(ctx, c)
}

// mine narrows a list to the SVMs of the hand: on others things come and go, and
// the pages of a list would depend on when.
func (p *player) mine() string {
	var all []string
	for _, svm := range p.session.SVMs {
		all = append(all, svm.Name)
	}
	return "svm.name=" + escape(strings.Join(all, "|"))
}

// A player plays one case. It belongs to one goroutine.
type player struct {
	m       *strategy.Model
	session *testbed.Session
	calls   []plan.Call

	object   *testbed.Object // that was created last; nil for none
	record   map[string]any  // of the thing, as it was last read; nil where it does not exist
	unlike   []string        // properties that readings do not show as they were sent
	narrowed bool            // whether lists are known to be narrowed to our SVMs
	listed   *wire.Exchange  // the list that showed the whole thing last; nil for none
	refused  bool            // whether a creation beside the thing was refused
	seen     []Point
	sent     []Sending

	drawing []byte // of a history that has no order, as HTML; nil for none
}

// call makes the request of a call that is no creation, and sends it.
func (p *player) call(ctx context.Context, c plan.Call) (oracle.CallResult, error) {
	r, err := p.request(ctx, c)
	if err != nil {
		return oracle.CallResult{}, err
	}
	if c.As != "" && r.As == nil {
		return oracle.CallResult{}, errGone // the run has no credentials, so nothing shows whether they are needed
	}
	e, err := p.session.Send(ctx, r)
	p.note(c, e)
	if o := c.In(p.m.Catalogue); err == nil && o != nil && o.Effect == contract.Change {
		p.sends(c, e, c.Set)
	}
	return e, err
}

// sends notes what the body of a call had, if the call succeeded.
func (p *player) sends(c plan.Call, e oracle.CallResult, body map[string]any) {
	if !e.Failed() && c.Spoil == nil {
		p.sent = append(p.sent, Sending{p.m, c.In(p.m.Catalogue), body})
	}
}

// answerings are parameters that only say how a call is to be answered, with what is
// promised of them.
var answerings = map[string]contract.ID{"return_records": "API-RETURN-01", "return_timeout": "API-TIMEOUT-01"}

// asAsked sends a call. If it is refused with parameters and not without, they are what it
// was refused for, and it is the second answer that is returned.
func (p *player) asAsked(c plan.Call, send func(plan.Call) (oracle.CallResult, error)) (oracle.CallResult, error) {
	e, err := send(c)
	if err != nil || len(c.Query) == 0 {
		return e, err
	}
	asked, refused := e.Exchange, oracle.ExpectSuccess(e)
	if refused != nil {
		plain := c
		plain.Query = nil
		if e, err = send(plain); err != nil || e.Failed() {
			return e, err
		}
	}
	for _, q := range c.Query {
		if refused == nil && q.Name == "return_records" {
			continue // what it returns is looked at elsewhere
		}
		if id, is := answerings[q.Name]; is {
			if err := p.session.Verify(asked, []contract.ID{id}, refused); err != nil {
				return e, err
			}
		}
	}
	return e, nil
}

// attempt is call for what should succeed: where the state of the target does not
// let it, the case ends.
func (p *player) attempt(ctx context.Context, c plan.Call) (oracle.CallResult, error) {
	e, err := p.call(ctx, c)
	if err == nil {
		err = testbed.Prevented(p.m.Catalogue, e)
	}
	return e, err
}

// create asks for what a call that is a creation describes.
func (p *player) create(ctx context.Context, c plan.Call) (*testbed.Object, oracle.CallResult, error) {
	svms := p.session.SVMs
	svm := svms[min(c.On, len(svms)-1)]
	body, err := bodyOf(p.session, c, p.session.Body(p.m.Kind, svm), "")
	if err != nil {
		return nil, oracle.CallResult{}, err
	}
	m := testbed.CreateRequest{Kind: p.m.Kind, SVM: svm, Body: body, Edit: p.spoil(c), Query: queryOf(p.session, c, ""), Request: dressed(c, wire.Request{As: p.session.As(c.As)})}
	if c.As != "" && m.Request.As == nil {
		return nil, oracle.CallResult{}, errGone
	}
	t, e, err := p.session.Create(ctx, m)
	p.note(c, e)
	if err == nil {
		p.sends(c, e, body)
	}
	return t, e, err
}

// attemptCreation is create for what should succeed, as attempt is call.
func (p *player) attemptCreation(ctx context.Context, c plan.Call) (*testbed.Object, oracle.CallResult, error) {
	t, e, err := p.create(ctx, c)
	if err == nil {
		err = testbed.Prevented(p.m.Catalogue, e)
	}
	return t, e, err
}

// note adds a point to the coverage.
func (p *player) note(c plan.Call, e oracle.CallResult) {
	if e.Exchange == nil {
		return
	}
	x := e.Exchange
	s := Point{Operation: x.Request.Method + " elsewhere", Status: x.Response.Status, Fault: c.Fault}
	if o := p.m.Catalogue.Route(x.Request.APIPath()).Operation(x.Request.Method); o != nil {
		s.Operation = o.String()
	}
	if e.Failed() {
		s.Code = e.Code()
	}
	p.seen = append(p.seen, s)
}

// exists makes the object that the rest of the case is about. It is no finding of
// most properties when that fails: the error then says so, as a skip or as
// something that could not be found out.
func (p *player) exists(ctx context.Context, c plan.Call) error {
	t, e, err := p.attemptCreation(ctx, c)
	if testbed.WasMade(err) { // the case is about the object, and not about the answer
		p.object = t
		return nil
	}
	if err != nil {
		return err
	}
	if err := oracle.ExpectSuccess(e); err != nil {
		if err := p.session.Verify(e.Exchange, p.m.Of("creation-succeeds"), err); err != nil {
			return err
		}
		return errGone
	}
	if t.Lost != nil {
		return errGone // the rules and the next creation tell
	}
	p.object = t
	return nil
}

// begins makes the object that the rest of the case is about, and reads it.
func (p *player) begins(ctx context.Context, c plan.Call) (map[string]any, error) {
	if err := p.exists(ctx, c); err != nil {
		return nil, err
	}
	return p.reads(ctx)
}

// errGone ends a case whose object is not there: what was found about that
// stands, and nothing more can be.
var errGone = errors.New("the object of the case is not there")

// read reads the object. A reading that is refused is a mismatch.
func (p *player) read(ctx context.Context) (map[string]any, *wire.Exchange, error) {
	e, err := p.session.Send(ctx, wire.Request{Method: http.MethodGet, Path: p.object.Path()})
	if err != nil {
		return nil, nil, err
	}
	if err := oracle.ExpectStatus(e.Exchange, http.StatusOK); err != nil {
		return nil, e.Exchange, err
	}
	return e.Exchange.Response.Object(), e.Exchange, nil
}

// reads reads the object where it must be there: if it is not, the promise that
// what is listed can be read is looked at, and the case ends.
func (p *player) reads(ctx context.Context) (map[string]any, error) {
	record, x, err := p.latest()
	if x == nil {
		err = p.session.Eventually(ctx, func() (err error) { record, x, err = p.read(ctx); return err })
	}
	if err == nil {
		if err = sameID(record, p.object.UUID); err == nil {
			return record, nil
		}
	}
	if err := p.session.Verify(x, p.m.Of("existing-can-be-read"), err); err != nil {
		return nil, err
	}
	return nil, errGone
}

// latest is the reading of the object after which nothing was sent; the exchange is nil
// where there is none.
func (p *player) latest() (map[string]any, *wire.Exchange, error) {
	x := p.session.Last("")
	if x == nil || x.Request.Method != http.MethodGet || x.Request.Path != p.object.Path() || !x.Response.OK() {
		return nil, nil, nil
	}
	return x.Response.Object(), x, nil
}

// verifies reads the object and judges what the reading shows.
func (p *player) verifies(ctx context.Context, ids []contract.ID, check func(record map[string]any) error) error {
	if len(ids) == 0 {
		return nil
	}
	if record, x, _ := p.latest(); x != nil && check(record) == nil {
		return p.session.Verify(x, ids, nil)
	}
	var x *wire.Exchange
	err := p.session.Eventually(ctx, func() error {
		record, now, err := p.read(ctx)
		x = now
		if err != nil {
			return err
		}
		return check(record)
	})
	return p.session.Verify(x, ids, err)
}

// sameButFor compares two readings of the object.
func (p *player) sameButFor(before map[string]any, except []string) func(map[string]any) error {
	return func(record map[string]any) error {
		return oracle.ExpectSame(p.m.Resource.FieldsIn(p.m.Release), before, record, except...)
	}
}

// lastReading is the last GET; nil when there was none.
func (p *player) lastReading() *wire.Exchange { return p.session.Last(http.MethodGet) }

// real is a drawn value as it was sent; secrets are not compared.
func (p *player) real(v any) any {
	if text, is := v.(string); is {
		return expand(p.session, text, "")
	}
	return v
}

// sameValue wants a record to have a value; uuids may be written with capitals
// or without.
func sameValue(record map[string]any, name string, want any) error {
	got, found := oracle.Lookup(record, name)
	if a, text := got.(string); text && strings.HasSuffix(name, "uuid") {
		if b, text := want.(string); text && strings.EqualFold(a, b) {
			return nil
		}
	}
	if want == nil && !found {
		return nil
	}
	return oracle.ExpectField(record, name, want)
}

// dueOf is what a requirement wants of a refusal: one of its statuses, and one of the codes
// that go with the status that it has.
func dueOf(m *strategy.Model, e oracle.CallResult, id contract.ID) strategy.Due {
	d := strategy.Due{IDs: []contract.ID{id}}
	for _, f := range m.Catalogue.Requirement(id).Refused {
		if f.Status != 0 {
			d.Status = append(d.Status, f.Status)
		}
		if f.Status == 0 || e.Exchange.Response.Status == f.Status {
			d.Codes = append(d.Codes, f.Codes...)
		}
	}
	return d
}

// mayRefuse reports whether a requirement lets an operation be refused as it was.
func mayRefuse(m *strategy.Model, e oracle.CallResult, id contract.ID) bool {
	return e.Failed() && slices.ContainsFunc(m.Catalogue.Requirement(id).Refused, func(f *contract.Refusal) bool {
		return slices.Contains(f.Codes, e.Code())
	})
}

// isDue judges a refusal.
func (p *player) isDue(e oracle.CallResult, d strategy.Due) error {
	if len(d.IDs) == 0 || testbed.Untold(e) || testbed.Forbidden(e) {
		return nil // it may have failed later, and nothing says so; or the user may not do it at all
	}
	err := oracle.ExpectRefusal(e, d.Status...)
	if err == nil && d.Blamed {
		err = oracle.ExpectClientError(e)
	}
	if err == nil && len(d.Codes) > 0 {
		err = oracle.ExpectCode(e, d.Codes...)
	}
	return p.session.Verify(e.Exchange, d.IDs, err)
}

// orGone ends a case without an error of its own.
func orGone(err error) error {
	if err == nil {
		return errGone
	}
	return err
}
