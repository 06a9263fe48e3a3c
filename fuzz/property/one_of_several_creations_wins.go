package property

import (
	"context"
	"fmt"
	"net/http"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var oneOfSeveralCreationsWins = &Property{
	Name: "one-of-several-creations-wins", Writes: true, Repeats: 5,
	Says:     "Of several creations for one SVM at once one is made, and the others are refused.",
	promises: []string{"second-is-refused"},
	fits:     func(m *strategy.Model) bool { return m.Kind.Exclusive != "" && len(m.Of("second-is-refused")) > 0 },
	draw:     drawCreationRace, play: playCreationRace,
}

// drawCreationRace draws how many clients create at once.
func drawCreationRace(m *strategy.Model) *rapid.Generator[plan.Case] {
	return strategy.Cases(func(t *rapid.T) []plan.Call {
		var calls []plan.Call
		for client := range strategy.Pick(t, "clients", []int{2, 3, 4}) {
			c := strategy.Creation(t, m, 0)
			c.Client = client + 1
			calls = append(calls, c)
		}
		return calls
	})
}

func playCreationRace(ctx context.Context, p *player) error {
	var clients []int
	var sides []*testbed.Client
	var requests []wire.Request
	for i, c := range p.calls {
		body, err := bodyOf(p.session, c, p.session.Body(p.m.Kind, p.session.SVM()), "")
		if err != nil {
			return err
		}
		if err := p.session.Reserve(ctx, p.m.Kind); err != nil {
			return err
		}
		clients, sides = append(clients, i), append(sides, p.session.Client())
		requests = append(requests, wire.Request{Method: http.MethodPost, Path: "/api" + p.m.Resource.Path, Body: wire.JSON(body)})
	}
	answers := make([]*wire.Exchange, len(sides))
	atOnce(clients, func(i int) {
		answers[i], _ = sides[i].Do(ctx, requests[i]) // what got no answer may have won
	})
	n := 0
	for _, x := range answers {
		if x == nil {
			continue
		}
		e, err := p.session.Jobs.Result(ctx, x) // what a job makes later must not be left
		if err != nil {
			return err
		}
		if !e.Failed() && !testbed.Untold(e) {
			n++
		}
	}
	mine, err := p.session.Mine(ctx, p.m.Kind, p.session.SVM())
	if err != nil {
		return err
	}
	if n > 1 || len(mine) > 1 {
		err = oracle.Differs("creations for one SVM at once that succeeded", "one", fmt.Sprintf("%d, with %d records in the list", n, len(mine)))
	}
	return p.session.Verify(p.lastReading(), p.m.Of("second-is-refused"), err)
}
