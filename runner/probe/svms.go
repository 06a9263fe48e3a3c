package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/wording"
)

// findSVMs settles which SVMs the run may use. When they cannot be used it looks again, for as
// long as it is to wait for that.
func (p *prober) findSVMs(ctx context.Context) []Check {
	deadline := time.Now().Add(p.in.Wait)
	for {
		p.SVMs = nil
		found := p.freeSVMs(ctx)
		if p.Failed() != nil || found[0].State != Failed || found[0].code != 0 || !time.Now().Add(svmPause).Before(deadline) {
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
func (p *prober) freeSVMs(ctx context.Context) []Check {
	if c, is := p.unnamed(); is {
		return []Check{c}
	}
	found, err := p.dataSVMs(ctx)
	used, unknown := p.keyManagers(ctx)
	switch {
	case err != nil:
		return []Check{p.withoutList(err, used)}
	case len(p.in.SVMs) > 0:
		return []Check{p.named(found, used, unknown)}
	case unknown != nil:
		return []Check{p.undiscovered(unknown)}
	}
	for _, svm := range found {
		if used.by(svm) == "" {
			p.SVMs = append(p.SVMs, svm)
		}
	}
	c := Check{Name: "SVMs", State: OK, Said: fmt.Sprintf("%d free: %s", len(p.SVMs), some(p.SVMs))}
	if len(p.SVMs) == 0 && p.in.Mode != testbed.ReadOnly {
		c.State, c.Said = Failed, fmt.Sprintf("no data SVM is free to be used: the target lists %d, and each has a key manager", len(found))
		if len(found) == 0 {
			c.Said = "no data SVM is free to be used: the target lists none"
		}
		c.Advice = "create a data SVM for the run, remove with cleanup what an earlier run left, or test with --mode read-only"
	}
	return []Check{c}
}

// dataSVMs lists the SVMs. The admin SVM, which has the name of the cluster,
// is never ours to use.
func (p *prober) dataSVMs(ctx context.Context) ([]testbed.SVM, error) {
	records, err := p.records(ctx, "/api/svm/svms?fields=name,uuid")
	if err != nil {
		return nil, err
	}
	var svms []testbed.SVM
	for _, r := range records {
		name, _ := r["name"].(string)
		uuid, _ := r["uuid"].(string)
		if name != "" && name != p.Admin.Name {
			svms = append(svms, testbed.SVM{Name: name, UUID: uuid})
		}
	}
	return svms, nil
}

// withoutList is for a target that does not list its SVMs: those that were
// named have to do.
func (p *prober) withoutList(err error, used taken) Check {
	var refused *refusal
	if !errors.As(err, &refused) {
		return Check{Name: "SVMs", State: Failed, Said: err.Error()}
	}
	for _, name := range p.in.SVMs {
		if used[name] != "" && p.in.Mode != testbed.ReadOnly {
			return inUse(name, used[name])
		}
		p.SVMs = append(p.SVMs, testbed.SVM{Name: name})
	}
	c := Check{Name: "SVMs", State: Unknown, Said: fmt.Sprintf("the target does not list them (%v)", refused)}
	if len(p.SVMs) == 0 && p.in.Mode != testbed.ReadOnly {
		c.State, c.Advice = Failed, "name those that may be used with --svm"
	}
	return c
}

// inUse is for an SVM that was named and has a key manager.
func inUse(svm, kind string) Check {
	return Check{Name: "SVMs", State: Failed, Said: fmt.Sprintf("the SVM %s has %s already", svm, kind), Advice: "name another with --svm"}
}

// taken says which kind of key manager an SVM has, by its name and its uuid.
type taken map[string]string

func (t taken) by(svm testbed.SVM) string {
	if kind := t[svm.Name]; kind != "" || svm.UUID == "" {
		return kind
	}
	return t[svm.UUID]
}

// keyManagers finds out which SVMs have a key manager, of whatever kind: what takes a place of
// which an SVM has one. The error means that nothing is known: not even one SVM may be taken to
// be free.
func (p *prober) keyManagers(ctx context.Context) (taken, error) {
	found := taken{}
	for _, k := range p.in.Contract.Objects() {
		if k.Exclusive == "" {
			continue
		}
		records, err := p.records(ctx, "/api"+k.Resource.Path+"?fields=svm")
		var refused *refusal
		switch {
		case errors.As(err, &refused) && p.lacks(k.Resource.Name, refused):
			continue
		case err != nil:
			return nil, err
		}
		for _, r := range records {
			name, _ := oracle.Lookup(r, "svm.name")
			uuid, _ := oracle.Lookup(r, "svm.uuid")
			for _, key := range []any{name, uuid} {
				if text, _ := key.(string); text != "" && found[text] == "" {
					found[text] = wording.A(k.Noun)
				}
			}
		}
	}
	return found, nil
}

// lacks reports whether a refusal means that the target does not have what was asked for, so
// that no SVM has any of it: it is not tested, so that nothing of it is created, or code 3, or
// the status of a resource that is not there, of one that was not seen before. That the role
// does not allow to see it, or that the request was no good, says nothing of what there is.
func (p *prober) lacks(resource string, r *refusal) bool {
	return p.Absent[resource] != "" || !p.there[resource] && (r.code == "3" || slices.Contains(ofNoResource, r.status))
}

// undiscovered is for a target of whose key managers nothing is known.
func (p *prober) undiscovered(err error) Check {
	c := Check{Name: "SVMs", State: Failed, Said: "which SVMs have a key manager could not be found out: " + err.Error(), Advice: "name those that may be used with --svm"}
	if p.in.Mode == testbed.ReadOnly {
		c.State = Unknown // none is used
	}
	return c
}

// named settles the SVMs of --svm: each must exist and be free. Where unknown
// says that nothing is known of key managers, the word of the user has to do.
func (p *prober) named(found []testbed.SVM, used taken, unknown error) Check {
	var names []string
	for _, svm := range found {
		names = append(names, svm.Name)
	}
	for _, name := range p.in.SVMs {
		i := slices.Index(names, name)
		switch {
		case name == p.Admin.Name && name != "":
			return Check{Name: "SVMs", State: Failed, code: exit.Misuse, Said: fmt.Sprintf("--svm: %s is the admin SVM, which is never used", name)}
		case i < 0:
			return Check{Name: "SVMs", State: Failed, code: exit.Misuse, Said: fmt.Sprintf("--svm: the target has no SVM %q%s", name, wording.OrOneOf(name, names))}
		case used.by(found[i]) != "" && p.in.Mode != testbed.ReadOnly:
			return inUse(name, used.by(found[i]))
		}
		p.SVMs = append(p.SVMs, found[i])
	}
	c := Check{Name: "SVMs", State: OK, Said: fmt.Sprintf("%d by --svm: %s", len(p.SVMs), some(p.SVMs))}
	if unknown != nil {
		c.Advice = "whether they have a key manager could not be found out: " + unknown.Error()
	}
	return c
}

// some names the first few SVMs.
func some(svms []testbed.SVM) string {
	var names []string
	for _, svm := range svms {
		if len(names) == 4 {
			return wording.CommaList(names) + " and more"
		}
		names = append(names, svm.Name)
	}
	return wording.CommaList(names)
}
