package steps

import (
	"context"
	"fmt"
	"net/http"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The nouns of the parts of a key manager that steps speak of by phrases of their own.
const (
	serverNoun  = "key server"
	authKeyNoun = "authentication key"
)

// address is that of a key server. It carries the mark of the scenario.
func (w *world) address(name string) string {
	address, _ := w.body(w.kind(serverNoun), name, w.SVM())["server"].(string)
	return address
}

// partsAt is where a key manager has its parts of a kind.
func partsAt(manager *testbed.Object, k *contract.ObjectKind) string {
	return manager.Path() + k.Resource.Part()
}

// serverField is where a key manager shows its key servers.
const serverField = "external.servers.server"

// withServers is the body of a key manager with key servers of these names.
func withServers(w *world, k *contract.ObjectKind, name, servers string) map[string]any {
	body := w.body(k, name, w.SVM())
	var list []any
	for _, server := range split(servers) {
		list = append(list, map[string]any{"server": w.address(server)})
	}
	resource.Put(body, "external.servers", list)
	return body
}

func createsWithServers(ctx context.Context, w *world, noun, name, servers string) error {
	k := w.kind(noun)
	return createsBody(ctx, w, k, name, withServers(w, k, name, servers), "")
}

// existsWithServers makes a key manager whose key servers are objects of the scenario.
func existsWithServers(ctx context.Context, w *world, noun, name, servers string) error {
	k := w.kind(noun)
	if err := exists(ctx, w, testbed.CreateRequest{Kind: k, Name: name, Body: withServers(w, k, name, servers)}); err != nil {
		return err
	}
	for _, server := range split(servers) {
		hasServer(w, w.Objects.ByName[name], server)
	}
	return nil
}

// hasServer notes a key server of a key manager.
func hasServer(w *world, manager *testbed.Object, name string) *testbed.Object {
	address := w.address(name)
	k := w.kind(serverNoun)
	o := &testbed.Object{Kind: k, Name: name, SVM: manager.SVM, Where: partsAt(manager, k), UUID: address, Sent: map[string]any{"server": address}}
	w.Objects.ByName[name] = o
	return o
}

func addsServer(ctx context.Context, w *world, name, manager string) error {
	return addsServerWith(ctx, w, name, manager, &godog.Table{})
}

// addsServerWith adds a key server to a key manager, with a table put over the body.
func addsServerWith(ctx context.Context, w *world, name, manager string, table *godog.Table) error {
	m, err := w.Objects.Get(manager)
	if err != nil {
		return err
	}
	o := hasServer(w, m, name)
	over, err := w.properties(o.Kind, table)
	if err != nil {
		return err
	}
	o.Sent = resource.Merge(o.Sent, over)
	return w.send(ctx, wire.Request{Method: http.MethodPost, Path: o.Where, Body: wire.JSON(o.Sent)})
}

// addsServers adds several key servers in one call; a name that is there twice is
// sent twice.
func addsServers(ctx context.Context, w *world, names, manager string) error {
	m, err := w.Objects.Get(manager)
	if err != nil {
		return err
	}
	var records []any
	for _, name := range split(names) {
		records = append(records, hasServer(w, m, name).Sent)
	}
	return w.send(ctx, wire.Request{Method: http.MethodPost, Path: partsAt(m, w.kind(serverNoun)) + "?return_records=true", Body: wire.JSON(map[string]any{"records": records})})
}

// listsParts lists the key servers or the authentication keys of a key manager.
func listsParts(ctx context.Context, w *world, plural, manager string) error {
	return listsPartsWith(ctx, w, plural, manager, &godog.Table{})
}

func listsPartsWith(ctx context.Context, w *world, plural, manager string, table *godog.Table) error {
	m, err := w.Objects.Get(manager)
	if err != nil {
		return err
	}
	query, err := queryOf(w, table)
	if err != nil {
		return err
	}
	path := partsAt(m, w.kind(plural))
	if query != "" {
		path += "?" + query
	}
	return listsPart(ctx, w, path)
}

// hasServers wants the collection of a key manager to have these key servers and
// no other.
func hasServers(ctx context.Context, w *world, manager, names string) error {
	m, err := w.Objects.Get(manager)
	if err != nil {
		return err
	}
	if succeeded(w) != nil {
		return succeeds(w)
	}
	return expectServers(ctx, w, m, names)
}

// refusalLeftServers looks for traces of a refused addition.
func refusalLeftServers(ctx context.Context, w *world, manager, names string) error {
	m, err := w.Objects.Get(manager)
	if err != nil {
		return err
	}
	if !w.last.Failed() {
		return noRefusal
	}
	return expectServers(ctx, w, m, names)
}

func expectServers(ctx context.Context, w *world, m *testbed.Object, names string) error {
	return w.judge(w.Eventually(ctx, func() error {
		records, err := testbed.List(ctx, w.Wire(), partsAt(m, w.kind(serverNoun))+"?fields=server")
		if err != nil {
			return err
		}
		var shown []string
		for _, r := range records {
			shown = append(shown, testbed.ID(w.kind(serverNoun).Resource, r))
		}
		return oracle.ExpectRecords("key servers of the list", shown, addresses(w, names), false)
	}))
}

func addresses(w *world, names string) []string {
	var all []string
	for _, name := range split(names) {
		all = append(all, w.address(name))
	}
	return all
}

// showsServers wants the record of a key manager to show these key servers.
func showsServers(ctx context.Context, w *world, manager, names string) error {
	if succeeded(w) != nil {
		return succeeds(w)
	}
	return afterReading(ctx, w, manager, func(record map[string]any) error {
		shown, _ := oracle.Lookup(record, serverField)
		var got []string
		list, _ := shown.([]any)
		for _, each := range list {
			got = append(got, fmt.Sprint(each))
		}
		return oracle.ExpectRecords(serverField, got, addresses(w, names), false)
	})
}

// listsPart asks for the records of a part of a key manager. A refusal is an ending like any
// other.
func listsPart(ctx context.Context, w *world, path string) error {
	r := wire.Request{Method: http.MethodGet, Path: path}
	if err := offered(w, r); err != nil {
		return err
	}
	records, err := sendsForAll(ctx, w, r)
	w.listed = append(w.listed, records...)
	return err
}

// toNoServer sends a request to a key server that a key manager does not have.
func toNoServer(ctx context.Context, w *world, manager string, r wire.Request) error {
	m, err := w.Objects.Get(manager)
	if err != nil {
		return err
	}
	r.Path = testbed.At(partsAt(m, w.kind(serverNoun)), w.address("nobody"))
	return w.send(ctx, r)
}

func readsNoServer(ctx context.Context, w *world, manager string) error {
	return toNoServer(ctx, w, manager, wire.Request{Method: http.MethodGet})
}

func changesNoServer(ctx context.Context, w *world, manager string) error {
	return toNoServer(ctx, w, manager, wire.Request{Method: http.MethodPatch, Body: wire.JSON(map[string]any{"timeout": 30})})
}

func removesNoServer(ctx context.Context, w *world, manager string) error {
	return toNoServer(ctx, w, manager, wire.Request{Method: http.MethodDelete})
}
