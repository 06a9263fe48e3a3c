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
func withServers(w *world, k *kind, name, servers string) map[string]any {
	body := k.body(w, name, w.svm())
	body["external"] = w.externalBody(split(servers)...)["external"]
	return body
}

func createsWithServers(ctx context.Context, w *world, noun, name, servers string) error {
	k := kindCalled(noun)
	return createsBody(ctx, w, k, name, withServers(w, k, name, servers), "")
}

// existsWithServers makes a key manager whose key servers are objects of the scenario.
func existsWithServers(ctx context.Context, w *world, noun, name, servers string) error {
	k := kindCalled(noun)
	if err := exists(ctx, w, creation{kind: k, name: name, sent: withServers(w, k, name, servers)}); err != nil {
		return err
	}
	for _, server := range split(servers) {
		hasServer(w, w.objects[name], server)
	}
	return nil
}

// hasServer notes a key server of a key manager.
func hasServer(w *world, manager *object, name string) *object {
	address := w.address(name)
	o := &object{kind: keyServer, name: name, svm: manager.svm, where: manager.path() + keyServer.part, uuid: address,
		sent: map[string]any{"server": address}}
	w.objects[name] = o
	return o
}

func addsServer(ctx context.Context, w *world, name, manager string) error {
	return addsServerWith(ctx, w, name, manager, &godog.Table{})
}

// addsServerWith adds a key server to a key manager, with a table put over the body.
func addsServerWith(ctx context.Context, w *world, name, manager string, table *godog.Table) error {
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	o := hasServer(w, m, name)
	over, err := w.properties(keyServer, table)
	if err != nil {
		return err
	}
	o.sent = merge(o.sent, over)
	return w.send(ctx, wire.Request{Method: http.MethodPost, Path: o.where, Body: wire.JSON(o.sent)})
}

// addsServers adds several key servers in one call; a name that is there twice is
// sent twice.
func addsServers(ctx context.Context, w *world, names, manager string) error {
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	var records []any
	for _, name := range split(names) {
		records = append(records, hasServer(w, m, name).sent)
	}
	return w.send(ctx, wire.Request{Method: http.MethodPost, Path: m.path() + keyServer.part + "?return_records=true", Body: wire.JSON(map[string]any{"records": records})})
}

// listsParts lists the key servers or the authentication keys of a key manager.
func listsParts(ctx context.Context, w *world, plural, manager string) error {
	return listsPartsWith(ctx, w, plural, manager, &godog.Table{})
}

func listsPartsWith(ctx context.Context, w *world, plural, manager string, table *godog.Table) error {
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	query, err := queryOf(w, table)
	if err != nil {
		return err
	}
	path := m.path() + kindCalled(plural).part
	if query != "" {
		path += "?" + query
	}
	return listsPart(ctx, w, path)
}

// hasServers wants the collection of a key manager to have these key servers and
// no other.
func hasServers(ctx context.Context, w *world, manager, names string) error {
	m, err := w.object(manager)
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
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	if !w.last.Failed() {
		return noRefusal
	}
	return expectServers(ctx, w, m, names)
}

func expectServers(ctx context.Context, w *world, m *object, names string) error {
	return w.judge(w.look(ctx, func() error {
		records, err := list(ctx, w.session, m.path()+keyServer.part+"?fields=server")
		if err != nil {
			return err
		}
		var shown []string
		for _, r := range records {
			shown = append(shown, keyServer.id(r))
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
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	r.Path = at(m.path()+keyServer.part, w.address("nobody"))
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
