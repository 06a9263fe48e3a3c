package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/wording"
	"ontap-conformance/steps"
)

// namedSVMs are those of --svm, each once: two scenarios on one SVM would meet there.
func (f *endpointFlags) namedSVMs() []string {
	var all []string
	for _, name := range f.svms {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// findSVMs settles which SVMs the run may use. When they cannot be used it looks again, for as
// long as it is to wait for that.
func (p *prober) findSVMs(ctx context.Context) []check {
	deadline := time.Now().Add(p.flags.waitForSVM)
	for {
		p.svms = nil
		found := p.freeSVMs(ctx)
		if p.failed() != nil || found[0].state != stateFailed || found[0].code != 0 || !time.Now().Add(svmPause).Before(deadline) {
			return found
		}
		select {
		case <-ctx.Done():
			return found
		case <-time.After(svmPause):
		}
	}
}

// svmPause is how long after a look at the SVMs the next one is taken.
const svmPause = time.Second

// freeSVMs settles which SVMs may be used: those that were named, else
// every data SVM that has no key manager.
func (p *prober) freeSVMs(ctx context.Context) []check {
	if c, is := p.unnamed(); is {
		return []check{c}
	}
	found, err := p.dataSVMs(ctx)
	used, unknown := p.keyManagers(ctx)
	switch {
	case err != nil:
		return []check{p.withoutList(err, used)}
	case len(p.flags.svms) > 0:
		return []check{p.named(found, used, unknown)}
	case unknown != nil:
		return []check{p.undiscovered(unknown)}
	}
	for _, svm := range found {
		if used.by(svm) == "" {
			p.svms = append(p.svms, svm)
		}
	}
	c := check{name: "SVMs", state: stateOK, said: fmt.Sprintf("%d free: %s", len(p.svms), some(p.svms))}
	if len(p.svms) == 0 && p.bench.mode != string(steps.ReadOnly) {
		c.state, c.said = stateFailed, fmt.Sprintf("no data SVM is free to be used: the target lists %d, and each has a key manager", len(found))
		if len(found) == 0 {
			c.said = "no data SVM is free to be used: the target lists none"
		}
		c.advice = "create a data SVM for the run, remove with cleanup what an earlier run left, or test with --mode read-only"
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
		if name != "" && name != p.admin.Name {
			svms = append(svms, steps.SVM{Name: name, UUID: uuid})
		}
	}
	return svms, nil
}

// withoutList is for a target that does not list its SVMs: those that were
// named have to do.
func (p *prober) withoutList(err error, used taken) check {
	var refused *refusal
	if !errors.As(err, &refused) {
		return check{name: "SVMs", state: stateFailed, said: err.Error()}
	}
	for _, name := range p.flags.namedSVMs() {
		if used[name] != "" && p.bench.mode != string(steps.ReadOnly) {
			return inUse(name, used[name])
		}
		p.svms = append(p.svms, steps.SVM{Name: name})
	}
	c := check{name: "SVMs", state: stateUnknown, said: fmt.Sprintf("the target does not list them (%v)", refused)}
	if len(p.svms) == 0 && p.bench.mode != string(steps.ReadOnly) {
		c.state, c.advice = stateFailed, "name those that may be used with --svm"
	}
	return c
}

// inUse is for an SVM that was named and has a key manager.
func inUse(svm, kind string) check {
	return check{name: "SVMs", state: stateFailed, said: fmt.Sprintf("the SVM %s has %s already", svm, kind), advice: "name another with --svm"}
}

// taken says which kind of key manager an SVM has, by its name and its uuid.
type taken map[string]string

func (t taken) by(svm steps.SVM) string {
	if kind := t[svm.Name]; kind != "" || svm.UUID == "" {
		return kind
	}
	return t[svm.UUID]
}

// keyManagers finds out which SVMs have a key manager, of whatever kind. The
// error means that nothing is known: not even one SVM may be taken to be free.
func (p *prober) keyManagers(ctx context.Context) (taken, error) {
	found := taken{}
	for _, k := range []struct{ kind, resource string }{
		{"an Azure Key Vault", vaultsResource},
		{"a key manager", "key-managers"},
		{"an AWS KMS", "aws-kms"},
	} {
		records, err := p.records(ctx, "/api/security/"+k.resource+"?fields=svm")
		var refused *refusal
		switch {
		case errors.As(err, &refused) && p.lacks(k.resource, refused):
			continue
		case err != nil:
			return nil, err
		}
		for _, r := range records {
			name, _ := oracle.Lookup(r, "svm.name")
			uuid, _ := oracle.Lookup(r, "svm.uuid")
			for _, key := range []any{name, uuid} {
				if text, _ := key.(string); text != "" && found[text] == "" {
					found[text] = k.kind
				}
			}
		}
	}
	return found, nil
}

const vaultsResource = "azure-key-vaults"

// lacks reports whether a refusal means that the target does not have what was asked for, so
// that no SVM has any of it: code 3, or the status of a resource that is not there, and it was
// not seen before. That the role does not allow to see it, or that the request was no good,
// says nothing of what there is.
func (p *prober) lacks(resource string, r *refusal) bool {
	if resource == vaultsResource && p.absent[vaultsResource] != "" {
		return true // it is not tested, so that nothing is created
	}
	return !p.there[resource] && (r.code == "3" || slices.Contains(ofNoResource, r.status))
}

// undiscovered is for a target of whose key managers nothing is known.
func (p *prober) undiscovered(err error) check {
	c := check{name: "SVMs", state: stateFailed, said: "which SVMs have a key manager could not be found out: " + err.Error(), advice: "name those that may be used with --svm"}
	if p.bench.mode == string(steps.ReadOnly) {
		c.state = stateUnknown // none is used
	}
	return c
}

// named settles the SVMs of --svm: each must exist and be free. Where unknown
// says that nothing is known of key managers, the word of the user has to do.
func (p *prober) named(found []steps.SVM, used taken, unknown error) check {
	var names []string
	for _, svm := range found {
		names = append(names, svm.Name)
	}
	for _, name := range p.flags.namedSVMs() {
		i := slices.Index(names, name)
		switch {
		case name == p.admin.Name && name != "":
			return check{name: "SVMs", state: stateFailed, code: exit.Misuse, said: fmt.Sprintf("--svm: %s is the admin SVM, which is never used", name)}
		case i < 0:
			return check{name: "SVMs", state: stateFailed, code: exit.Misuse, said: fmt.Sprintf("--svm: the target has no SVM %q%s", name, wording.OrOneOf(name, names))}
		case used.by(found[i]) != "" && p.bench.mode != string(steps.ReadOnly):
			return inUse(name, used.by(found[i]))
		}
		p.svms = append(p.svms, found[i])
	}
	c := check{name: "SVMs", state: stateOK, said: fmt.Sprintf("%d by --svm: %s", len(p.svms), some(p.svms))}
	if unknown != nil {
		c.advice = "whether they have a key manager could not be found out: " + unknown.Error()
	}
	return c
}

// some names the first few SVMs.
func some(svms []steps.SVM) string {
	var names []string
	for _, svm := range svms {
		if len(names) == 4 {
			return wording.CommaList(names) + " and more"
		}
		names = append(names, svm.Name)
	}
	return wording.CommaList(names)
}
