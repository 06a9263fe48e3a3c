package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/steps"
)

// findSVMs settles which SVMs the run may use: those that were named, else
// every data SVM that has no key manager.
func (p *prober) findSVMs(ctx context.Context) []check {
	found, err := p.dataSVMs(ctx)
	if err != nil {
		return p.withoutList(err)
	}
	busy, note := p.busy(ctx)
	if len(p.flags.svms) > 0 {
		return []check{p.named(found, busy)}
	}
	for _, svm := range found {
		if !busy[svm.Name] {
			p.svms = append(p.svms, svm)
		}
	}
	c := check{name: "SVMs", state: stateOK, said: fmt.Sprintf("%d free: %s", len(p.svms), some(p.svms)), advice: note}
	if len(p.svms) == 0 && p.bench.mode != string(steps.ReadOnly) {
		c.state, c.said = stateFailed, fmt.Sprintf("no data SVM is free to be used: the target lists %d, and %d have an Azure Key Vault", len(found), len(busy))
		c.advice = "create a data SVM for the run, or test with --mode read-only"
	}
	return []check{c}
}

// dataSVMs lists the SVMs. The admin SVM, which has the name of the cluster,
// is never ours to use.
func (p *prober) dataSVMs(ctx context.Context) ([]steps.SVM, error) {
	records, err := p.records(ctx, "/api/svm/svms?fields=name,uuid")
	if err != nil {
		return nil, err
	}
	var svms []steps.SVM
	for _, r := range records {
		name, _ := r["name"].(string)
		uuid, _ := r["uuid"].(string)
		if name != "" && name != p.cluster {
			svms = append(svms, steps.SVM{Name: name, UUID: uuid})
		}
	}
	return svms, nil
}

// withoutList is for a target that does not list its SVMs: those that were
// named have to do.
func (p *prober) withoutList(err error) []check {
	var refused *refusal
	if !errors.As(err, &refused) {
		return []check{{name: "SVMs", state: stateFailed, said: err.Error()}}
	}
	for _, name := range p.flags.svms {
		p.svms = append(p.svms, steps.SVM{Name: name})
	}
	c := check{name: "SVMs", state: stateUnknown, said: fmt.Sprintf("the target does not list them (%d)", refused.status)}
	if len(p.svms) == 0 && p.bench.mode != string(steps.ReadOnly) {
		c.state, c.advice = stateFailed, "name those that may be used with --svm"
	}
	return []check{c}
}

// busy returns the names of the SVMs that have an Azure Key Vault already. A
// target whose list is broken is tested nevertheless: that it is broken is for
// the scenarios to find out.
func (p *prober) busy(ctx context.Context) (svms map[string]bool, note string) {
	busy := map[string]bool{}
	vaults := p.contract.Resource("azure-key-vaults")
	if vaults == nil || !vaults.Covers(p.release) || p.absent[vaults.Name] != "" || slices.Contains(p.flags.claims, vaults.Name) {
		return busy, ""
	}
	records, err := p.records(ctx, "/api"+vaults.Path+"?fields=svm")
	if err != nil {
		return busy, "which of them have a key manager could not be read: " + err.Error()
	}
	for _, r := range records {
		if name, _ := oracle.Lookup(r, "svm.name"); name != nil {
			busy[fmt.Sprint(name)] = true
		}
	}
	return busy, ""
}

// named settles the SVMs of --svm: each must exist and be free.
func (p *prober) named(found []steps.SVM, busy map[string]bool) check {
	var names []string
	for _, svm := range found {
		names = append(names, svm.Name)
	}
	for _, name := range p.flags.svms {
		i := slices.Index(names, name)
		switch {
		case name == p.cluster && name != "":
			return check{name: "SVMs", state: stateFailed, code: exitUsage, said: fmt.Sprintf("--svm: %s is the admin SVM, which is never used", name)}
		case i < 0:
			return check{name: "SVMs", state: stateFailed, code: exitUsage, said: fmt.Sprintf("--svm: the target has no SVM %q%s", name, didYouMean(name, names))}
		case busy[name] && p.bench.mode != string(steps.ReadOnly):
			return check{name: "SVMs", state: stateFailed, said: fmt.Sprintf("the SVM %s has an Azure Key Vault already", name), advice: "name another with --svm"}
		}
		p.svms = append(p.svms, found[i])
	}
	return check{name: "SVMs", state: stateOK, said: fmt.Sprintf("%d by --svm: %s", len(p.svms), some(p.svms))}
}

// some names the first few SVMs.
func some(svms []steps.SVM) string {
	var names []string
	for _, svm := range svms {
		if len(names) == 4 {
			return commaList(names) + " and more"
		}
		names = append(names, svm.Name)
	}
	return commaList(names)
}
