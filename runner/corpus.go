package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/finding"
	"ontap-conformance/steps"
)

// A keptFinding is one of a corpus.
type keptFinding struct {
	name string // of its outcome
	*finding.Finding
}

// names are all that it can be selected by.
func (k keptFinding) names() []string {
	return []string{k.name, "corpus", string(k.Requirement.ID)}
}

// readCorpus reads a folder of findings, in the order of their names. One that does not
// exist is empty.
func readCorpus(dir string) ([]keptFinding, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, exit.Misusedf("--corpus: %w", err)
	}
	var all []keptFinding
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		f, err := finding.Read(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, exit.Misusedf("--corpus: %s: %w", filepath.Join(dir, e.Name()), err)
		}
		all = append(all, keptFinding{"corpus: " + e.Name(), f})
	}
	return all, nil
}

// playAgain plays a finding again. Its outcome is skipped where the release does not promise
// what was broken, and errored where nothing could be found out.
func playAgain(ctx context.Context, s *steps.Suite, f *finding.Finding) *oracle.Outcome {
	c, release, id := s.Judge.Contract(), s.Judge.Release(), f.Requirement.ID
	o := &oracle.Outcome{Name: f.Property, Kind: "property"}
	q, trials := c.Requirement(id), property.TrialsCalled(c, release, f.Property)
	if q == nil {
		o.Conclude(errors.New("the catalogue has no requirement of that ID any more"))
		return o
	}
	if len(trials) == 0 || !q.Covers(release) {
		o.Conclude(&oracle.Skip{Reason: fmt.Sprintf("ONTAP %s does not promise it, or nothing checks it there", release)})
	} else if played, err := engine.Replay(ctx, s.Testbed, trials[0], f.Case, id); err != nil {
		o.Conclude(err)
	} else if o = played; o.Status == oracle.Passed && o.Verdicts[id] == 0 {
		o.Conclude(errors.New("nothing that the case came to shows whether the promise is kept"))
	}
	o.Requirements = []contract.ID{id}
	return o
}

// replayTwice plays a finding again, and once more when it fails.
func replayTwice(ctx context.Context, s *steps.Suite, f *finding.Finding) *oracle.Outcome {
	o := playAgain(ctx, s, f)
	if len(o.Found) > 0 && !s.Once {
		*o = oracle.Together(2, *o, *playAgain(ctx, s, f))
	}
	return o
}

// replayAll plays findings again, one after the other, and returns their outcomes. What still
// fails is asked once more before it counts as broken. done is called with each.
func replayAll(ctx context.Context, s *steps.Suite, corpus []keptFinding, done func(*oracle.Outcome)) []oracle.Outcome {
	var outcomes []oracle.Outcome
	for _, k := range corpus {
		o := replayTwice(ctx, s, k.Finding)
		o.Name = k.name
		done(o)
		outcomes = append(outcomes, *o)
	}
	return outcomes
}

// replayed is what came of a finding that was played again.
type replayed string

const (
	fixed          replayed = "fixed"
	stillFailing   replayed = "still failing"
	flakyAgain     replayed = "flaky" // it failed, and not when it was played once more
	couldNotReplay replayed = "could not replay"
)

// came is what came of a finding that was played again, and why it is not fixed.
func came(o *oracle.Outcome, id contract.ID) (replayed, string) {
	for _, found := range o.Found {
		if found.Requirement == id && found.Flaky {
			return flakyAgain, found.Err.Error()
		}
		if found.Requirement == id {
			return stillFailing, found.Err.Error()
		}
	}
	switch {
	case o.Status == oracle.Errored || o.Status == oracle.Skipped:
		return couldNotReplay, o.Reason.Error()
	case o.Verdicts[id] == 0:
		return couldNotReplay, "another promise is broken before it comes to this one"
	}
	return fixed, ""
}
