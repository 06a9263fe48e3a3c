package steps

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/cucumber/godog"
)

// batchSize bounds how many scenarios share a godog suite. Setting one up
// costs as much as a few scenarios; a batch that is too long keeps an SVM from
// those that wait for several.
const batchSize = 8

// silent is a formatter that godog needs and we do not: outcomes come from the
// After hook.
const silent = "silent"

func init() {
	godog.Format(silent, "nothing at all", func(suite string, out io.Writer) godog.Formatter {
		return godog.NewBaseFmt(suite, out)
	})
}

// play runs the scenarios of worlds through godog, one after the other, and
// calls ended for each with what its first step that did not pass returned,
// the type intact.
func play(ctx context.Context, worlds []*world, ended func(*world, error)) {
	text := bytes.NewBufferString("Feature: a batch\n")
	for _, w := range worlds {
		text.Write(w.scenario.text)
	}
	begun, done := 0, 0
	status := godog.TestSuite{
		ScenarioInitializer: func(sc *godog.ScenarioContext) {
			w := worlds[begun] // godog has no concurrency here, so that the order is ours
			begun++
			w.register(sc)
			sc.After(func(ctx context.Context, _ *godog.Scenario, err error) (_ context.Context, failed error) {
				defer func() { // a panic here would end the process
					if p := recover(); p != nil {
						failed = fmt.Errorf("after the scenario: %v", p)
					}
				}()
				done++
				ended(w, err)
				return ctx, nil
			})
		},
		Options: &godog.Options{
			DefaultContext: ctx, Strict: true, Format: silent, Output: io.Discard, NoColors: true,
			FeatureContents: []godog.Feature{{Name: "batch", Contents: text.Bytes()}},
		},
	}.Run()
	for ; done < len(worlds); done++ {
		ended(worlds[done], fmt.Errorf("godog did not run the scenario (status %d)", status))
	}
}
