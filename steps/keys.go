package steps

import (
	"context"
	"fmt"
	"net/http"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file speak of the keys of a key manager: those that are moved
// or restored, those of self-encrypting drives, and those that a node has.

// migrates moves the keys of one key manager to another of the scenario.
func (w *world) migrates(ctx context.Context, from, to string) error {
	destination, err := w.object(to)
	if err != nil {
		return err
	}
	return w.migratesTo(ctx, from, destination.uuid)
}

func (w *world) migratesToNobody(ctx context.Context, from string) error {
	return w.migratesTo(ctx, from, w.uuid())
}

func (w *world) migratesTo(ctx context.Context, from, uuid string) error {
	source, err := w.object(from)
	if err != nil {
		return err
	}
	r := wire.Request{Method: http.MethodPost, Path: source.path() + migrate, Body: wire.JSON(map[string]any{"uuid": uuid})}
	return w.sendOffered(ctx, r)
}

// migrate ends the path of a migration.
const migrate = "/migrate"

// restoresFrom restores keys from one key server.
func (w *world) restoresFrom(ctx context.Context, manager, server string) error {
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	r := wire.Request{Method: http.MethodPost, Path: m.path() + actions["restores the keys"], Body: wire.JSON(map[string]any{"key_server": w.address(server)})}
	return w.sendOffered(ctx, r)
}

// createsAuthKey makes an authentication key, which only its answer or the list
// names.
func (w *world) createsAuthKey(ctx context.Context, name, manager string) error {
	return w.createsAuthKeyWith(ctx, name, manager, &godog.Table{})
}

func (w *world) createsAuthKeyWith(ctx context.Context, name, manager string, table *godog.Table) error {
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	over, err := w.properties(authKey, table)
	if err != nil {
		return err
	}
	o := &object{kind: authKey, name: name, svm: m.svm, where: m.path() + authKey.part, sent: merge(map[string]any{"key_tag": w.token, "passphrase": w.passphrase(24)}, over)}
	w.objects[name] = o
	r := wire.Request{Method: http.MethodPost, Path: o.where, Body: wire.JSON(o.sent)}
	if err := w.sendOffered(ctx, r); err != nil || w.last.Failed() {
		return err
	}
	return w.locateAuthKey(ctx, o)
}

// locateAuthKey looks for an authentication key by its tag: what the key manager
// has is ours, since it is.
func (w *world) locateAuthKey(ctx context.Context, o *object) error {
	records, err := list(ctx, w.session, o.where+"?fields=key_tag")
	if err != nil {
		return fmt.Errorf("looking for the authentication key %q: %v", o.name, err) // not %w: no verdict
	}
	for _, r := range records {
		if id, _ := r["key_id"].(string); r["key_tag"] == o.sent["key_tag"] && plain.MatchString(id) {
			o.uuid = id
			return nil
		}
	}
	o.lost = oracle.Differs("the authentication key that was created", "to be in the list", "nowhere")
	return nil
}

func (w *world) authKeyExists(ctx context.Context, name, manager string) error {
	if err := w.createsAuthKey(ctx, name, manager); err != nil {
		return err
	}
	err := oracle.ExpectSuccess(w.last)
	if err == nil {
		err = w.objects[name].lost
	}
	return given(fmt.Sprintf("the authentication key %q", name), err)
}

// listsKeys lists the keys of a key manager on the first node of the cluster.
func (w *world) listsKeys(ctx context.Context, manager string) error {
	m, err := w.object(manager)
	if err != nil {
		return err
	}
	return w.listsKeysOf(ctx, m.path())
}

func (w *world) listsKeysOfNobody(ctx context.Context) error {
	return w.listsKeysOf(ctx, at(w.collection(external), w.uuid()))
}

func (w *world) listsKeysOf(ctx context.Context, manager string) error {
	nodes, err := list(ctx, w.aside(), "/api/cluster/nodes?fields=uuid&max_records=100")
	if err != nil {
		return fmt.Errorf("finding a node of the cluster: %v", err) // not %w: no verdict
	}
	node := ""
	if len(nodes) > 0 {
		node, _ = nodes[0]["uuid"].(string)
	}
	if node == "" {
		return w.skipped(&oracle.Skip{Applies: true, Reason: "the target names no node whose keys could be listed"})
	}
	return w.listsPart(ctx, manager+"/keys/"+node+"/key-ids")
}

// readsListedKey reads the first key of the list by its identifier.
func (w *world) readsListedKey(ctx context.Context, manager string) error {
	if err := w.listsKeys(ctx, manager); err != nil {
		return err
	}
	id := ""
	if len(w.listed) > 0 {
		id, _ = w.listed[0]["key_id"].(string)
	}
	if id == "" {
		return w.skipped(&oracle.Skip{Applies: true, Reason: "the key manager has no key on the node"})
	}
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: at("/api"+w.answer.Request.APIPath(), id)})
}
