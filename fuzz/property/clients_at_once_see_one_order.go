package property

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/anishathalye/porcupine"
	"pgregory.net/rapid"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var clientsAtOnceSeeOneOrder = &Property{
	Name: "clients-at-once-see-one-order", Writes: true, Repeats: 5,
	Says:     "Changes and readings of one object by several clients at once come out as if they were made one after the other.",
	promises: []string{"change-is-read-back"},
	fits:     func(m *strategy.Model) bool { return len(m.Of("change-is-read-back")) > 0 && len(racy(m)) > 0 },
	draw:     drawRace, play: playRace,
}

// racy are the fields that clients change at once: plain texts that nothing
// follows.
func racy(m *strategy.Model) []*contract.Field {
	var all []*contract.Field
	if m.Operation(contract.Change) == nil {
		return nil
	}
	for _, f := range m.Apart() {
		if f.Type == contract.String && len(f.Enum) == 0 && f.Form == "" {
			all = append(all, f)
		}
	}
	return all
}

// drawRace draws an object and what two or three clients do with one field of it.
func drawRace(m *strategy.Model) *rapid.Generator[plan.Case] {
	return strategy.Cases(func(t *rapid.T) []plan.Call {
		f := strategy.Pick(t, "field", racy(m))
		calls := []plan.Call{strategy.Creation(t, m, 0)}
		calls[0].Set[f.Name] = "start"
		n := 0
		for client := range strategy.Pick(t, "clients", []int{2, 3}) {
			for range strategy.Pick(t, "calls of a client", []int{1, 2, 3, 4}) {
				c := plan.Call{Operation: m.Operation(contract.Read).ID, Client: client + 1, Field: f.Name}
				if rapid.Bool().Draw(t, "a change") {
					n++
					c = plan.Call{Operation: m.Operation(contract.Change).ID, Client: client + 1, Field: f.Name, Set: map[string]any{f.Name: fmt.Sprintf("value%d", n)}}
				}
				calls = append(calls, c)
			}
		}
		return calls
	})
}

// An act of the register: a value that was written, or read.
type registered struct {
	write bool
	value string
}

// register is one field of one object: what is read is what was written last, or
// what was there at the start. A write of which nobody knows whether it was made
// may have been.
func register(start string) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return start },
		Step: func(state, input, output any) (bool, any) {
			act, seen := input.(registered), output.(registered)
			if act.write {
				return true, act.value
			}
			return seen.value == state.(string), state
		},
		DescribeOperation: described,
	}
}

func described(input, output any) string {
	if act := input.(registered); act.write {
		return "PATCH " + act.value
	}
	return "GET " + output.(registered).value
}

func playRace(ctx context.Context, p *player) error {
	before, err := p.begins(ctx, p.calls[0])
	if err != nil {
		return err
	}
	start, _ := oracle.Lookup(before, fieldOf(p.calls))
	model := register(strategy.Text(start))
	by := map[int][]plan.Call{}
	for _, c := range p.calls[1:] {
		by[c.Client] = append(by[c.Client], c)
	}
	r := &race{p: p, by: by, requests: map[int][]wire.Request{}, sides: map[int]*testbed.Client{}}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if err := r.run(ctx); err != nil {
		return err
	}
	if r.untold {
		return nil // work goes on that nobody can tell the end of
	}
	verdict, info := porcupine.CheckOperationsVerbose(model, r.history, 0)
	err = nil
	if verdict == porcupine.Illegal {
		var drawing bytes.Buffer
		if porcupine.Visualize(model, info, &drawing) == nil {
			p.drawing = drawing.Bytes()
		}
		err = oracle.Differs(fieldOf(p.calls)+" as several clients saw it", "one order of the changes that explains every reading", r.told())
	}
	return p.session.Verify(p.lastReading(), p.m.Of("change-is-read-back"), err)
}

// fieldOf is the field that a race is about.
func fieldOf(calls []plan.Call) string {
	for _, other := range calls {
		if other.Client > 0 {
			return other.Field
		}
	}
	return "a field"
}

// A race is what several clients do at once.
type race struct {
	p        *player
	by       map[int][]plan.Call
	requests map[int][]wire.Request
	sides    map[int]*testbed.Client

	clock   atomic.Int64 // counts beginnings and ends: their order is all that matters
	mu      sync.Mutex
	history []porcupine.Operation
	untold  bool
	failed  error
}

// prepare makes every request before anything is sent: a player belongs to one
// goroutine.
func (r *race) prepare(ctx context.Context) error {
	for client, calls := range r.by {
		r.sides[client] = r.p.session.Client()
		for _, c := range calls {
			request, err := r.p.request(ctx, c)
			if err != nil {
				return err
			}
			r.requests[client] = append(r.requests[client], request)
		}
	}
	return nil
}

// run lets all clients go at once, and returns when all are done.
func (r *race) run(ctx context.Context) error {
	atOnce(slices.Collect(maps.Keys(r.by)), func(client int) {
		for i, c := range r.by[client] {
			r.act(ctx, client, c, r.requests[client][i])
		}
	})
	return r.failed
}

// atOnce calls act for each client, all beginning at the same time, and returns when
// all are done.
func atOnce(clients []int, act func(client int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for _, client := range clients {
		all.Go(func() {
			<-start
			act(client)
		})
	}
	close(start)
	all.Wait()
}

// act makes one call. A change without an answer may be made any time later.
func (r *race) act(ctx context.Context, client int, c plan.Call, request wire.Request) {
	begun := r.clock.Add(1)
	x, err := r.sides[client].Do(ctx, request)
	ended := r.clock.Add(1)
	r.mu.Lock()
	defer r.mu.Unlock()
	op := porcupine.Operation{ClientId: client, Call: begun, Return: ended, Input: registered{}, Output: registered{}}
	if request.Method == http.MethodPatch {
		v, _ := c.Set[c.Field].(string)
		op.Input = registered{write: true, value: v}
	}
	switch {
	case err != nil && request.Method == http.MethodPatch:
		op.Return = math.MaxInt64
	case err != nil:
		r.failed = err
		return
	case x.Response.Status == http.StatusAccepted:
		r.untold = true
		return
	case !x.Response.OK():
		return // refused: a conflict may be
	case request.Method == http.MethodGet:
		got, _ := oracle.Lookup(x.Response.Object(), c.Field)
		op.Output = registered{value: strategy.Text(got)}
	}
	r.history = append(r.history, op)
}

// told lists the history in the order in which calls began.
func (r *race) told() string {
	var all []string
	for _, op := range r.history {
		all = append(all, fmt.Sprintf("client %d from %d to %d: %s", op.ClientId, op.Call, op.Return, described(op.Input, op.Output)))
	}
	return fmt.Sprint(all)
}
