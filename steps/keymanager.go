package steps

import (
	"context"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
)

// createsForDataSVM asks for what only the cluster itself may have.
func createsForDataSVM(ctx context.Context, w *world, noun, name string) error {
	k, svm := w.kind(noun), w.SVMs[0]
	body := w.body(k, name, svm)
	body["svm"] = map[string]any{"name": svm.Name}
	_, e, err := w.Create(ctx, testbed.CreateRequest{Kind: k, Name: name, SVM: svm, Body: body})
	return w.did(e, err)
}

func passphraseWasChanged(ctx context.Context, w *world, name string) error {
	if err := givesCredentials(ctx, w, name); err != nil {
		return testbed.Arranging("a change of the passphrase", err)
	}
	return testbed.Arranging("a change of the passphrase", oracle.ExpectSuccess(w.last))
}

// passphraseWasRefused makes a change that must be refused, for what comes of it.
func passphraseWasRefused(ctx context.Context, w *world, name string, table *godog.Table) error {
	if err := changesObject(ctx, w, name, table); err != nil {
		return testbed.Arranging("a refused change of the passphrase", err)
	}
	if err := untellable(w); err != nil {
		return err
	}
	return testbed.Arranging("a refused change of the passphrase", oracle.ExpectRefusal(w.last))
}
