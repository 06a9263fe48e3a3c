package steps

import (
	"context"
	"fmt"
	"net/http"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// The key managers that keep their keys on key servers: those of a data SVM, and
// that of the cluster.
var (
	external = &kind{
		noun: "external key manager", plural: "external key managers", resource: "key-managers",
		marked: []string{serverField}, readable: "KM-READ-01", unlisted: "KM-DELETE-02", stands: []string{"certificates"},
		seat: true, occupied: []string{"65536823", "65536870"},
		body: func(w *world, name string, svm SVM) map[string]any {
			body := w.externalBody(name)
			body["svm"] = map[string]any{"name": svm.Name}
			return body
		},
		credentials: newCertificates,
		visible:     newCertificates,
	}
	clusterExternal = &kind{
		noun: "external cluster key manager", plural: "external cluster key managers", resource: "key-managers",
		marked: []string{serverField}, readable: "KM-READ-01", unlisted: "KM-DELETE-02", stands: []string{"certificates"},
		singleton:   true,
		body:        func(w *world, name string, _ SVM) map[string]any { return w.externalBody(name) },
		credentials: newCertificates,
		visible:     newCertificates,
	}
	// keyServer is a part of an external key manager: whoever owns that owns it.
	keyServer = &kind{
		noun: "key server", plural: "key servers", resource: "key-servers", key: "server", part: "/key-servers",
		marked: []string{"server"},
	}
	// authKey is a part of the external key manager of the cluster.
	authKey = &kind{
		noun: "authentication key", plural: "authentication keys", resource: "auth-keys", key: "key_id", part: "/auth-keys",
	}
)

// serverField is where a key manager shows its key servers.
const serverField = "external.servers.server"

// externalBody is an external key manager with key servers of these names.
func (w *world) externalBody(servers ...string) map[string]any {
	var list []any
	for _, name := range servers {
		list = append(list, map[string]any{"server": w.address(name)})
	}
	return map[string]any{"external": map[string]any{
		"client_certificate":     map[string]any{"uuid": awaited{kind: clientCertificate, name: ownClient, key: ourKey()}},
		"server_ca_certificates": []any{map[string]any{"uuid": awaited{kind: caCertificate, name: ownAuthority}}},
		"servers":                list,
	}}
}

// newCertificates is a change of the certificates of an external key manager.
func newCertificates(*world) map[string]any {
	return map[string]any{"external": map[string]any{
		"server_ca_certificates": []any{map[string]any{"uuid": awaited{kind: caCertificate, name: "second CA"}}},
	}}
}

// address is that of a key server. It carries the mark of the scenario.
func (w *world) address(name string) string { return fmt.Sprintf("%s.%s.example:5696", name, w.token) }

// withServers is the body of a key manager with key servers of these names.
func (w *world) withServers(k *kind, name, servers string) map[string]any {
	body := k.body(w, name, w.svm())
	body["external"] = w.externalBody(split(servers)...)["external"]
	return body
}

func (w *world) createsWithServers(ctx context.Context, noun, name, servers string) error {
	k := kindCalled(noun)
	return w.createsBody(ctx, k, name, w.withServers(k, name, servers), "")
}

// existsWithServers makes a key manager whose key servers are objects of the scenario.
func (w *world) existsWithServers(ctx context.Context, noun, name, servers string) error {
	k := kindCalled(noun)
	if err := w.exists(ctx, creation{kind: k, name: name, sent: w.withServers(k, name, servers)}); err != nil {
		return err
	}
	for _, server := range split(servers) {
		w.has(w.objects[name], server)
	}
	return nil
}

// has notes a key server of a key manager.
func (w *world) has(manager *object, name string) *object {
	address := w.address(name)
	o := &object{kind: keyServer, name: name, svm: manager.svm, where: manager.path() + keyServer.part, uuid: address,
		sent: map[string]any{"server": address}}
	w.objects[name] = o
	return o
}

func (w *world) addsServer(ctx context.Context, name, manager string) error {
	return w.addsServerWith(ctx, name, manager, &godog.Table{})
}

// addsServerWith adds a key server to a key manager, with a table put over the body.
func (w *world) addsServerWith(ctx context.Context, name, manager string, table *godog.Table) error {
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	o := w.has(m, name)
	over, err := w.properties(keyServer, table)
	if err != nil {
		return err
	}
	o.sent = merge(o.sent, over)
	return w.send(ctx, wire.Request{Method: http.MethodPost, Path: o.where, Body: wire.JSON(o.sent)})
}

// addsServers adds several key servers in one call; a name that is there twice is
// sent twice.
func (w *world) addsServers(ctx context.Context, names, manager string) error {
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	var records []any
	for _, name := range split(names) {
		records = append(records, w.has(m, name).sent)
	}
	return w.send(ctx, wire.Request{Method: http.MethodPost, Path: m.path() + keyServer.part + "?return_records=true", Body: wire.JSON(map[string]any{"records": records})})
}

// listsParts lists the key servers or the authentication keys of a key manager.
func (w *world) listsParts(ctx context.Context, plural, manager string) error {
	return w.listsPartsWith(ctx, plural, manager, &godog.Table{})
}

func (w *world) listsPartsWith(ctx context.Context, plural, manager string, table *godog.Table) error {
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	query, err := w.query(table)
	if err != nil {
		return err
	}
	path := m.path() + kindCalled(plural).part
	if query != "" {
		path += "?" + query
	}
	return w.listsPart(ctx, path)
}

// hasServers wants the collection of a key manager to have these key servers and
// no other.
func (w *world) hasServers(ctx context.Context, manager, names string) error {
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	if w.succeeded() != nil {
		return w.succeeds()
	}
	return w.expectServers(ctx, m, names)
}

// refusalLeftServers looks for traces of a refused addition.
func (w *world) refusalLeftServers(ctx context.Context, manager, names string) error {
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	if !w.last.Failed() {
		return w.skipped(noRefusal)
	}
	return w.expectServers(ctx, m, names)
}

func (w *world) expectServers(ctx context.Context, m *object, names string) error {
	return w.judge(w.look(ctx, func() error {
		records, err := list(ctx, w.session, m.path()+keyServer.part+"?fields=server")
		if err != nil {
			return err
		}
		var shown []string
		for _, r := range records {
			shown = append(shown, keyServer.id(r))
		}
		return oracle.ExpectRecords("key servers of the list", shown, w.addresses(names), false)
	}))
}

func (w *world) addresses(names string) []string {
	var all []string
	for _, name := range split(names) {
		all = append(all, w.address(name))
	}
	return all
}

// showsServers wants the record of a key manager to show these key servers.
func (w *world) showsServers(ctx context.Context, manager, names string) error {
	if w.succeeded() != nil {
		return w.succeeds()
	}
	return w.afterReading(ctx, manager, func(record map[string]any) error {
		shown, _ := oracle.Lookup(record, serverField)
		var got []string
		list, _ := shown.([]any)
		for _, each := range list {
			got = append(got, fmt.Sprint(each))
		}
		return oracle.ExpectRecords(serverField, got, w.addresses(names), false)
	})
}

// listsPart asks for the records of a part of a key manager. A refusal is an ending like any
// other.
func (w *world) listsPart(ctx context.Context, path string) error {
	r := wire.Request{Method: http.MethodGet, Path: path}
	if err := w.offered(r); err != nil {
		return err
	}
	records, err := w.sendsForAll(ctx, r)
	w.listed = append(w.listed, records...)
	return err
}

// toNoServer sends a request to a key server that a key manager does not have.
func (w *world) toNoServer(ctx context.Context, manager string, r wire.Request) error {
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	r.Path = at(m.path()+keyServer.part, w.address("nobody"))
	return w.send(ctx, r)
}

func (w *world) readsNoServer(ctx context.Context, manager string) error {
	return w.toNoServer(ctx, manager, wire.Request{Method: http.MethodGet})
}

func (w *world) changesNoServer(ctx context.Context, manager string) error {
	return w.toNoServer(ctx, manager, wire.Request{Method: http.MethodPatch, Body: wire.JSON(map[string]any{"timeout": 30})})
}

func (w *world) removesNoServer(ctx context.Context, manager string) error {
	return w.toNoServer(ctx, manager, wire.Request{Method: http.MethodDelete})
}
