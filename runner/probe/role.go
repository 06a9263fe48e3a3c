package probe

import (
	"context"
	"fmt"
	"net/http"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The functions of this file are for users whose role does not allow everything: those of one
// SVM, for example, who may not see the cluster.

// forbidden reports whether an answer is a refusal for want of rights.
func forbidden(r *wire.Response) bool { return oracle.Forbidden(&wire.Exchange{Response: r}) }

// refusedTo says how a reading was refused.
func refusedTo(path string, r *wire.Response) string {
	said := fmt.Sprintf("GET %s was refused with %d", path, r.Status)
	if code := codeOf(r); code != "" {
		said += fmt.Sprintf(" (code %s)", code)
	}
	return said
}

// codeOf returns the code of the error in an answer; "" for none.
func codeOf(r *wire.Response) string {
	return oracle.CallResult{Exchange: &wire.Exchange{Response: r}}.Code()
}

// withoutCluster looks for any other reading that the user is allowed, and for the version of
// a node, which is that of the cluster: the credentials are good if the target lets anything
// be read with them.
func (p *prober) withoutCluster(ctx context.Context, r *wire.Response) Check {
	p.hidden = refusedTo("/api/cluster", r)
	for _, path := range p.otherReadings() {
		res, err := p.get(ctx, path)
		switch {
		case err != nil:
			return Check{Name: "credentials", State: Failed, Said: err.Error()}
		case res.Status == http.StatusUnauthorized:
			return p.refused(res)
		case !res.OK():
			continue
		}
		if nodes := oracle.RecordsOf(res); path == nodesVersion && len(nodes) > 0 {
			p.version, _ = nodes[0]["version"].(map[string]any)
		}
		return Check{Name: "credentials", State: OK, Said: p.accepted() + ", whose role does not allow everything: " + p.hidden}
	}
	if p.in.Target.Credentials.IsZero() {
		return p.refused(r)
	}
	return Check{Name: "credentials", State: Failed, Said: p.hidden + ", and nothing else may be read either",
		Advice: "give the user a role that may read what is to be tested"}
}

// nodesVersion reads the version of the nodes.
const nodesVersion = "/api/cluster/nodes?fields=version&max_records=1"

// otherReadings are the paths of all collections: the cluster itself is none.
func (p *prober) otherReadings() []string {
	all := []string{nodesVersion, "/api/svm/svms?max_records=1"}
	for _, r := range p.in.Contract.Resources {
		if !r.IsPart() && r.Key != "" && (r.Covers(contract.Newest()) || r.Covers(p.in.Release)) {
			all = append(all, "/api"+r.Path+"?max_records=1")
		}
	}
	return all
}

// unnamed fails the check when the user may not see the cluster and has named no SVMs: nobody
// could tell which one is the admin SVM, which is never used.
func (p *prober) unnamed() (c Check, is bool) {
	if p.hidden == "" || len(p.in.SVMs) > 0 || p.in.Mode == testbed.ReadOnly {
		return Check{}, false
	}
	return Check{Name: "SVMs", State: Failed, Said: p.hidden + ", so that nobody can tell which SVM is that of the cluster itself",
		Advice: "name those that may be used with --svm"}, true
}
