package fuzz

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// A player plays one case. It belongs to one goroutine.
type player struct {
	*model
	session *testbed.Session
	calls   []Call

	thing    *testbed.Object // that was created last; nil for none
	record   map[string]any  // of the thing, as it was last read; nil where it does not exist
	unlike   []string        // properties that readings do not show as they were sent
	narrowed bool            // whether lists are known to be narrowed to our SVMs
	listed   *wire.Exchange  // the list that showed the whole thing last; nil for none
	refused  bool            // whether a creation beside the thing was refused
	seen     []Point
	sent     []sending

	drawing []byte // of a history that has no order, as HTML; nil for none
}

// A Point is what a call of a case came to: a point of the coverage.
type Point struct {
	Operation string // as reports name it; method and path where the catalogue has none
	Status    int    // of the answer
	Code      string // of the refusal; "" for none
	Fault     string // that the call had on purpose; "" for none
}

// call makes the request of a call that is no creation, and sends it.
func (p *player) call(ctx context.Context, c Call) (oracle.CallResult, error) {
	r, err := p.request(ctx, c)
	if err != nil {
		return oracle.CallResult{}, err
	}
	if c.As != "" && r.As == nil {
		return oracle.CallResult{}, errGone // the run has no credentials, so nothing shows whether they are needed
	}
	e, err := p.session.Send(ctx, r)
	p.note(c, e)
	if o := c.In(p.catalogue); err == nil && o != nil && o.Effect == contract.Change {
		p.sends(c, e, c.Set)
	}
	return e, err
}

// sends notes what the body of a call had, if the call succeeded.
func (p *player) sends(c Call, e oracle.CallResult, body map[string]any) {
	if !e.Failed() && c.Spoil == nil {
		p.sent = append(p.sent, sending{c.In(p.catalogue), body})
	}
}

// answerings are parameters that only say how a call is to be answered, with what is
// promised of them.
var answerings = map[string]contract.ID{"return_records": "API-RETURN-01", "return_timeout": "API-TIMEOUT-01"}

// asAsked sends a call. If it is refused with parameters and not without, they are what it
// was refused for, and it is the second answer that is returned.
func (p *player) asAsked(c Call, send func(Call) (oracle.CallResult, error)) (oracle.CallResult, error) {
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
func (p *player) attempt(ctx context.Context, c Call) (oracle.CallResult, error) {
	e, err := p.call(ctx, c)
	if err == nil {
		err = testbed.Prevented(p.catalogue, e)
	}
	return e, err
}

// request makes the request of a call that is no creation, and what its body awaits.
func (p *player) request(ctx context.Context, c Call) (wire.Request, error) {
	o := c.In(p.catalogue)
	r := wire.Request{Method: c.Method}
	path := c.Path
	if o != nil {
		if r.Method == "" {
			r.Method = o.Method
		}
		if path == "" {
			path = "/api" + o.Path
		}
	}
	uuid := ""
	if p.thing != nil {
		uuid = p.thing.UUID
	}
	if c.Unknown {
		uuid = p.session.Source.UUID()
	}
	if path = strings.ReplaceAll(path, "{uuid}", uuid); strings.Contains(path, "{") {
		path = placeholder.ReplaceAllLiteralString(path, uuid)
	}
	path = expand(p.session, path, uuid)
	r.Path = path + queryOf(p.session, c, uuid)
	switch {
	case c.Set[newKeyWord] != nil:
		body := p.session.Fill(p.sort, p.sort.Actions[p.rekey().ID], p.thing)
		for name, v := range c.Set {
			if name != newKeyWord {
				body[name] = v
			}
		}
		r.Body = wire.JSON(body)
	case c.Set != nil:
		body, err := bodyOf(p.session, c, map[string]any{}, uuid)
		if err != nil {
			return r, err
		}
		settled, err := p.session.Resolve(ctx, p.session.SVM(), body)
		if err != nil {
			return r, err
		}
		r.Body = wire.JSON(settled)
	}
	if edit := p.spoil(c); edit != nil {
		r.Body = edit(r.Body)
	}
	r.As = p.session.As(c.As)
	return dressed(c, r), nil
}

// placeholder is where the path of an operation has the uuid of a thing, which
// some documents write with an object in front: {source.uuid}.
var placeholder = regexp.MustCompile(`\{([a-z_]+\.)?uuid\}`)

// spoil changes the text of a body; nil where a call leaves it.
func (p *player) spoil(c Call) func(wire.Body) wire.Body {
	if c.Spoil == nil {
		return nil
	}
	edit := func(text string) string { return expand(p.session, c.Spoil.On(text), "") }
	if c.Spoil.How == "cut" { // which may be within a secret
		return func(b wire.Body) wire.Body { return wire.Text(edit(b.String())) }
	}
	return func(b wire.Body) wire.Body { return b.Edited(edit) }
}

// create asks for what a call that is a creation describes.
func (p *player) create(ctx context.Context, c Call) (*testbed.Object, oracle.CallResult, error) {
	svms := p.session.SVMs
	svm := svms[min(c.On, len(svms)-1)]
	body, err := bodyOf(p.session, c, p.session.Body(p.sort, svm), "")
	if err != nil {
		return nil, oracle.CallResult{}, err
	}
	m := testbed.CreateRequest{Kind: p.sort, SVM: svm, Body: body, Edit: p.spoil(c), Query: queryOf(p.session, c, ""), Request: dressed(c, wire.Request{As: p.session.As(c.As)})}
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
func (p *player) attemptCreation(ctx context.Context, c Call) (*testbed.Object, oracle.CallResult, error) {
	t, e, err := p.create(ctx, c)
	if err == nil {
		err = testbed.Prevented(p.catalogue, e)
	}
	return t, e, err
}

// note adds a point to the coverage.
func (p *player) note(c Call, e oracle.CallResult) {
	if e.Exchange == nil {
		return
	}
	x := e.Exchange
	s := Point{Operation: x.Request.Method + " elsewhere", Status: x.Response.Status, Fault: c.Fault}
	if o := p.catalogue.Route(x.Request.APIPath()).Operation(x.Request.Method); o != nil {
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
func (p *player) exists(ctx context.Context, c Call) error {
	t, e, err := p.attemptCreation(ctx, c)
	if testbed.WasMade(err) { // the case is about the object, and not about the answer
		p.thing = t
		return nil
	}
	if err != nil {
		return err
	}
	if err := oracle.ExpectSuccess(e); err != nil {
		if err := p.session.Verify(e.Exchange, p.of("creation-succeeds"), err); err != nil {
			return err
		}
		return errGone
	}
	if t.Lost != nil {
		return errGone // the rules and the next creation tell
	}
	p.thing = t
	return nil
}

// begins makes the object that the rest of the case is about, and reads it.
func (p *player) begins(ctx context.Context, c Call) (map[string]any, error) {
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
	e, err := p.session.Send(ctx, wire.Request{Method: http.MethodGet, Path: p.thing.Path()})
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
		if err = sameID(record, p.thing.UUID); err == nil {
			return record, nil
		}
	}
	if err := p.session.Verify(x, p.of("existing-can-be-read"), err); err != nil {
		return nil, err
	}
	return nil, errGone
}

// latest is the reading of the object after which nothing was sent; the exchange is nil
// where there is none.
func (p *player) latest() (map[string]any, *wire.Exchange, error) {
	x := p.session.Last("")
	if x == nil || x.Request.Method != http.MethodGet || x.Request.Path != p.thing.Path() || !x.Response.OK() {
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
		return oracle.ExpectSame(p.resource.FieldsIn(p.release), before, record, except...)
	}
}

// mayFollow are the top-level members that may change when a change names some
// fields: themselves, and what depends on them as far as documents leave it open.
func (m *model) mayFollow(set map[string]any) []string {
	var all []string
	for name, v := range set {
		top, _, _ := strings.Cut(name, ".")
		all = append(all, top)
		switch {
		case m.isCredential(name):
			all = append(all, "authentication_method") // it names the kind of the credentials
		case strings.HasSuffix(name, "_host"):
			// A proxy may go with its host, and another host may have another port.
			all = append(all, m.group(name, v == nil || v == "")...)
		}
	}
	return all
}

// group returns what may follow the host of a group of fields; when it is taken
// away, all of them.
func (m *model) group(host string, gone bool) []string {
	prefix := strings.TrimSuffix(host, "host")
	var all []string
	for _, f := range m.fields {
		if rest, in := strings.CutPrefix(f.Name, prefix); in && (gone || rest == "type" || rest == "port") {
			all = append(all, f.Name)
		}
	}
	return all
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

func getOf(path string) wire.Request { return wire.Request{Method: http.MethodGet, Path: path} }

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
