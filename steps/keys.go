package steps

import (
	"context"
	"fmt"
	"net/http"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file speak of the keys of a key manager: those that are moved
// or restored, those of self-encrypting drives, and those that a node has.

// migrates moves the keys of one key manager to another of the scenario.
func migrates(ctx context.Context, w *world, from, to string) error {
	destination, err := w.Objects.Get(to)
	if err != nil {
		return err
	}
	return migratesTo(ctx, w, from, destination.UUID)
}

func migratesToNobody(ctx context.Context, w *world, from string) error {
	return migratesTo(ctx, w, from, w.Source.UUID())
}

func migratesTo(ctx context.Context, w *world, from, uuid string) error {
	source, err := w.Objects.Get(from)
	if err != nil {
		return err
	}
	r := wire.Request{Method: http.MethodPost, Path: source.Path() + "/migrate", Body: wire.JSON(map[string]any{"uuid": uuid})}
	return sendOffered(ctx, w, r)
}

// restoresFrom restores keys from one key server.
func restoresFrom(ctx context.Context, w *world, manager, server string) error {
	m, err := w.Objects.Get(manager)
	if err != nil {
		return err
	}
	r := wire.Request{Method: http.MethodPost, Path: m.Path() + actions["restores the keys"], Body: wire.JSON(map[string]any{"key_server": w.address(server)})}
	return sendOffered(ctx, w, r)
}

// createsAuthKey makes an authentication key, which only its answer or the list
// names.
func createsAuthKey(ctx context.Context, w *world, name, manager string) error {
	return createsAuthKeyWith(ctx, w, name, manager, &godog.Table{})
}

func createsAuthKeyWith(ctx context.Context, w *world, name, manager string, table *godog.Table) error {
	m, err := w.Objects.Get(manager)
	if err != nil {
		return err
	}
	k := w.kind(authKeyNoun)
	over, err := w.properties(k, table)
	if err != nil {
		return err
	}
	o := &testbed.Object{Kind: k, Name: name, SVM: m.SVM, Where: partsAt(m, k), Sent: resource.Merge(w.body(k, name, m.SVM), over)}
	w.Objects.ByName[name] = o
	r := wire.Request{Method: http.MethodPost, Path: o.Where, Body: wire.JSON(o.Sent)}
	if err := sendOffered(ctx, w, r); err != nil || w.last.Failed() {
		return err
	}
	return locateAuthKey(ctx, w, o)
}

// locateAuthKey looks for an authentication key by its tag: what the key manager
// has is ours, since it is.
func locateAuthKey(ctx context.Context, w *world, o *testbed.Object) error {
	records, err := testbed.List(ctx, w.Wire(), o.Where+"?fields=key_tag")
	if err != nil {
		return fmt.Errorf("looking for the authentication key %q: %v", o.Name, err) // not %w: no verdict
	}
	for _, r := range records {
		if id, _ := r["key_id"].(string); r["key_tag"] == o.Sent["key_tag"] && !w.Bed().IsForeign(id) {
			o.UUID = id
			return nil
		}
	}
	o.Lost = oracle.Differs("the authentication key that was created", "to be in the list", "nowhere")
	return nil
}

func authKeyExists(ctx context.Context, w *world, name, manager string) error {
	if err := createsAuthKey(ctx, w, name, manager); err != nil {
		return err
	}
	err := oracle.ExpectSuccess(w.last)
	if err == nil {
		err = w.Objects.ByName[name].Lost
	}
	return testbed.Arranging(fmt.Sprintf("the authentication key %q", name), err)
}

// listsKeys lists the keys of a key manager on the first node of the cluster.
func listsKeys(ctx context.Context, w *world, manager string) error {
	m, err := w.Objects.Get(manager)
	if err != nil {
		return err
	}
	return listsKeysOf(ctx, w, m.Path())
}

func listsKeysOfNobody(ctx context.Context, w *world) error {
	return listsKeysOf(ctx, w, nowhere(w, "external key manager"))
}

func listsKeysOf(ctx context.Context, w *world, manager string) error {
	nodes, err := testbed.List(ctx, w.Aside(), "/api/cluster/nodes?fields=uuid&max_records=100")
	if err != nil {
		return fmt.Errorf("finding a node of the cluster: %v", err) // not %w: no verdict
	}
	node := ""
	if len(nodes) > 0 {
		node, _ = nodes[0]["uuid"].(string)
	}
	if node == "" {
		return &oracle.Skip{Applies: true, Reason: "the target names no node whose keys could be listed"}
	}
	return listsPart(ctx, w, manager+"/keys/"+node+"/key-ids")
}

// readsListedKey reads the first key of the list by its identifier.
func readsListedKey(ctx context.Context, w *world, manager string) error {
	if err := listsKeys(ctx, w, manager); err != nil {
		return err
	}
	id := ""
	if len(w.listed) > 0 {
		id, _ = w.listed[0]["key_id"].(string)
	}
	if id == "" {
		return &oracle.Skip{Applies: true, Reason: "the key manager has no key on the node"}
	}
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: testbed.At("/api"+w.answer.Request.APIPath(), id)})
}
