package steps

import (
	"context"
	"fmt"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// plays are the times that each scenario of a run was played. Nothing is blamed
// on a target because of one playing: what one found is asked again, on another
// SVM and with other marks, and so is what came to nothing because an answer was
// lost or something disturbed it. It belongs to one goroutine.
type plays struct {
	suite *Suite
	of    [][]oracle.Outcome // by scenario
	left  int                // playings that may still be added: a run at most doubles
}

// What bounds how often is asked again.
const (
	maxTurns = 3  // of one scenario
	fewPlays = 16 // that every run may add, also one of a single scenario
)

func newPlays(s *Suite, scenarios int) *plays {
	return &plays{suite: s, of: make([][]oracle.Outcome, scenarios), left: max(scenarios, fewPlays)}
}

// add notes how a scenario ended this time. A playing that was to be another one
// and did not begin is none.
func (p *plays) add(i, turn int, o oracle.Outcome) {
	if turn > 1 && o.Requests == 0 && o.Status == oracle.Errored {
		return
	}
	p.of[i] = append(p.of[i], o)
}

// again reports whether a scenario is to be played once more, which then counts.
// A target that does not answer any more is not asked, nor is anybody made to wait
// after an interrupt.
func (p *plays) again(ctx context.Context, i, turn int) bool {
	all := p.of[i]
	if p.suite.Once || ctx.Err() != nil || p.suite.Silent() || turn >= maxTurns || len(all) < turn || p.left == 0 || !open(all) {
		return false
	}
	p.left--
	return true
}

// open reports whether playings leave open what another one may show: whether what
// only one found is there at all, or anything where every answer was lost.
func open(all []oracle.Outcome) bool {
	heard, found := 0, map[contract.ID]int{}
	for _, o := range all {
		if !o.Retry {
			heard++
		}
		for _, id := range o.Broke() {
			if found[id]++; found[id] > 1 {
				return false
			}
		}
	}
	if len(found) == 0 {
		return all[len(all)-1].Retry
	}
	return heard < 2
}

// settled is what all playings of a scenario came to.
func (p *plays) settled(i int) oracle.Outcome {
	all := p.of[i]
	o := oracle.Together(len(all), all...)
	if len(all) == 1 && !p.suite.Once {
		o.Doubt()
	}
	return o
}

// nth is the scenario as it is played for the nth time: with the first it has
// nothing in common that it could stumble over.
func (sc *Scenario) nth(turn int) *Scenario {
	if turn == 1 {
		return sc
	}
	other := *sc
	other.turn = turn
	return &other
}

// identity is what all that a playing makes up follows from, together with the seed.
func (sc *Scenario) identity() string {
	if sc.turn <= 1 {
		return sc.Name
	}
	return fmt.Sprintf("%s #%d", sc.Name, sc.turn)
}

// outcome is that of a scenario that has not been played yet.
func (sc *Scenario) outcome() oracle.Outcome {
	return oracle.Outcome{Name: sc.Name, Kind: "scenario", Requirements: sc.Requirements}
}
