package steps

import (
	"context"
	"fmt"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// onboard is the onboard key manager, of which a cluster has one. It carries no
// mark: it is ours if there was none before, and only its uuid in the ledger
// lets anybody delete it.
var onboard = &kind{
	noun: "onboard key manager", plural: "onboard key managers", resource: "key-managers",
	marked: []string{"onboard.enabled"}, singleton: true, nameless: true, readable: "KM-READ-01", unlisted: "KM-DELETE-02",
	body: func(w *world, _ string, _ SVM) map[string]any {
		return map[string]any{"onboard": map[string]any{"passphrase": w.passphrase(48)}}
	},
	credentials: func(w *world) map[string]any {
		return map[string]any{"onboard": map[string]any{"existing_passphrase": w.present(), "passphrase": w.passphrase(48)}}
	},
}

// passphrase makes up a passphrase of n characters.
func (w *world) passphrase(n int) wire.Secret {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	text := make([]byte, n)
	for i := range text {
		text[i] = letters[w.dice.IntN(len(letters))]
	}
	w.passphrases++
	return wire.NewSecret(fmt.Sprintf("PASSPHRASE_%d", w.passphrases), string(text))
}

// present is the passphrase of the onboard key manager that the scenario
// created, or one that nothing has.
func (w *world) present() any {
	for _, o := range w.made {
		if p, found := oracle.Lookup(o.sent, "onboard.passphrase"); found {
			return p
		}
	}
	return w.passphrase(48)
}

// almostPresent is the present passphrase but for its last character.
func (w *world) almostPresent() any {
	present, known := w.present().(wire.Secret)
	if !known {
		return w.passphrase(48)
	}
	text := present.Reveal()
	last := byte('x')
	if text[len(text)-1] == last {
		last = 'y'
	}
	w.passphrases++
	return wire.NewSecret(fmt.Sprintf("PASSPHRASE_%d", w.passphrases), text[:len(text)-1]+string(last))
}

// vacant skips the scenario when the cluster has a key manager already: it holds
// somebody's keys, and nobody told us its passphrase.
func (w *world) vacant(ctx context.Context, k *kind) error {
	if !k.singleton || w.anyObject(func(o *object) bool { return o.uuid != "" }) {
		return nil
	}
	records, err := list(ctx, w.aside(), w.collection(k)+"?fields=scope,onboard.enabled")
	if err != nil {
		return fmt.Errorf("finding out whether the cluster has a key manager: %v", err) // not %w: no verdict
	}
	for _, r := range records {
		if enabled, _ := oracle.Lookup(r, "onboard.enabled"); enabled == true || r["scope"] == "cluster" {
			return &oracle.Skip{Applies: true, Reason: "the cluster has a key manager that the run did not create"}
		}
	}
	return nil
}

// createsForDataSVM asks for what only the cluster itself may have.
func createsForDataSVM(ctx context.Context, w *world, noun, name string) error {
	k, svm := kindCalled(noun), w.svms[0]
	body := k.body(w, name, svm)
	body["svm"] = map[string]any{"name": svm.Name}
	_, e, err := w.create(ctx, creation{kind: k, name: name, svm: svm, sent: body})
	return w.did(e, err)
}

func passphraseWasChanged(ctx context.Context, w *world, name string) error {
	if err := givesCredentials(ctx, w, name); err != nil {
		return given("a change of the passphrase", err)
	}
	return given("a change of the passphrase", oracle.ExpectSuccess(w.last))
}

// passphraseWasRefused makes a change that must be refused, for what comes of it.
func passphraseWasRefused(ctx context.Context, w *world, name string, table *godog.Table) error {
	if err := changesObject(ctx, w, name, table); err != nil {
		return given("a refused change of the passphrase", err)
	}
	if err := untellable(w); err != nil {
		return err
	}
	return given("a refused change of the passphrase", oracle.ExpectRefusal(w.last))
}
