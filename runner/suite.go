package main

import (
	"os"
	"slices"

	"ontap-conformance/features"
	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/probe"
	"ontap-conformance/steps"
)

// scenarios plans the embedded features and those of the folders, if any.
func scenarios(c *contract.Catalogue, folders []string) ([]*steps.Scenario, error) {
	all, err := steps.Plan(features.FS, c)
	if err != nil {
		return nil, err // ours, and found by every test
	}
	for _, name := range folders {
		if info, err := os.Stat(name); err != nil || !info.IsDir() {
			return nil, exit.Misusedf("--features: %s is no folder", name)
		}
		more, err := steps.PlanFolder(name, c)
		if err != nil {
			return nil, exit.Misusedf("--features: %w", err)
		}
		for _, sc := range more {
			if slices.ContainsFunc(all, func(k *steps.Scenario) bool { return k.Name == sc.Name }) {
				return nil, exit.Misusedf("--features: there are two scenarios named %q", sc.Name)
			}
		}
		all = append(all, more...)
	}
	return all, nil
}

// suite makes the suite that tests a bench as the survey found it. It still
// needs a ledger.
func suite(c *contract.Catalogue, b *bench, s *probe.Survey, f *endpointFlags) *steps.Suite {
	return &steps.Suite{Testbed: &testbed.Testbed{Settings: testbed.Settings{
		Judge: oracle.NewJudge(c, s.Release), Target: b.target, Lab: b.lab, SVMs: s.SVMs, Admin: s.Admin,
		Mode: testbed.Mode(b.mode), Absent: s.Absent, Lacking: s.Lacking,
		Nonce: f.nonce, Cluster: s.Cluster,
		Limits: testbed.Limits{Parallel: int(f.parallel), JobTimeout: f.jobTimeout, WaitForSVM: f.waitForSVM},
	}}}
}
