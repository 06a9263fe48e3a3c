package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ontap-conformance/fixtures/files"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/finding"
	"ontap-conformance/runner/probe"
	"ontap-conformance/runner/report"
)

// The files of a folder, besides the reports and the folders of findings.
const (
	ledgerFile = "ledger.ndjson"
	huntFile   = "fuzz.json"
	matrixFile = "kills.tsv"
)

const overwriteUsage = "overwrite what an earlier one left in --out, but never a ledger that still lists something"

// runID names a run, or a hunt. Two that start in the same second are told apart by
// their folders.
func runID(started time.Time, seed uint64) string {
	return fmt.Sprintf("%s-%d", started.UTC().Format("20060102T150405Z"), seed)
}

// verifyOut refuses a folder that holds what an earlier run left, unless that may be
// overwritten. "" is a folder that is made later.
func verifyOut(dir string, overwrite bool) error {
	if dir == "" || overwrite {
		return nil
	}
	names := []string{ledgerFile, huntFile, matrixFile}
	for _, f := range report.Renderings {
		names = append(names, f.File)
	}
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return exit.Misusedf("--out: %s has the %s of an earlier run: name another folder, or --overwrite if that is meant", dir, name)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // taking the folder tells
	}
	for _, e := range entries {
		if _, err := os.Lstat(filepath.Join(dir, e.Name(), finding.DataFile)); err == nil {
			return exit.Misusedf("--out: %s has a finding of an earlier run, %s: name another folder, or --overwrite if that is meant", dir, e.Name())
		}
	}
	return nil
}

// takeFolder makes the folder that was asked for, if it does not exist; without one, a
// new one that no other run gets, by the name of fallback or nearly so.
func takeFolder(asked, fallback string) (string, error) {
	dir, err := asked, error(nil)
	if asked == "" {
		dir, err = files.MakeNewFolder(fallback)
	} else {
		err = files.MakeFolder(asked)
	}
	if err != nil {
		return "", exit.Misusedf("--out: %w", err)
	}
	return dir, nil
}

// origin says whose ledger a run writes.
func origin(run string, b *bench, s *probe.Survey) ledger.Origin {
	return ledger.Origin{Run: run, Endpoint: b.target.BaseURL, Cluster: s.Cluster, Simulator: b.simulator}
}

// startLedger starts the ledger of a run in its folder, which nobody else can have as
// long as it is open.
func startLedger(dir string, o ledger.Origin, overwrite bool) (*ledger.Ledger, error) {
	l, err := ledger.Start(filepath.Join(dir, ledgerFile), o, overwrite)
	switch {
	case errors.Is(err, os.ErrExist): // it was not there when we looked first
		return nil, exit.Misusedf("--out: %s has been taken by another run meanwhile", dir)
	case err != nil:
		return nil, exit.Misusedf("%w", err)
	}
	return l, nil
}
