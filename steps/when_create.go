package steps

import (
	"context"
	"fmt"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fixtures/testbed"
)

// The steps of this file are Whens that ask for a new object.

func creates(ctx context.Context, w *world, noun, name string) error {
	k := w.kind(noun)
	return createsBody(ctx, w, k, name, w.body(k, name, w.SVM()), "")
}

func createsBody(ctx context.Context, w *world, k *contract.ObjectKind, name string, body map[string]any, query string) error {
	return createsBy(ctx, w, testbed.CreateRequest{Kind: k, Name: name, Body: body, Query: query})
}

// createsBy makes something for the first SVM of the scenario.
func createsBy(ctx context.Context, w *world, c testbed.CreateRequest) error {
	c.SVM = w.SVM()
	_, e, err := w.Create(ctx, c)
	return w.did(e, err)
}

func createsWithCertificate(ctx context.Context, w *world, noun, name string) error {
	k := w.kind(noun)
	return createsBody(ctx, w, k, name, bodyWithCertificate(w, k, name), "")
}

func createsWith(ctx context.Context, w *world, noun, name string, table *godog.Table) error {
	k := w.kind(noun)
	return createsOver(ctx, w, k, name, w.body(k, name, w.SVM()), table, "")
}

// createsOver puts a table over a body; (nothing) leaves a property out.
func createsOver(ctx context.Context, w *world, k *contract.ObjectKind, name string, body map[string]any, table *godog.Table, query string) error {
	var rest godog.Table
	for _, row := range table.Rows {
		if len(row.Cells) == 2 && row.Cells[1].Value == "(nothing)" {
			resource.Drop(body, row.Cells[0].Value)
			continue
		}
		rest.Rows = append(rest.Rows, row)
	}
	over, err := w.properties(k, &rest)
	if err != nil {
		return err
	}
	if err := documented(w, k, over); err != nil {
		return err
	}
	return createsBody(ctx, w, k, name, resource.Merge(body, over), query)
}

// createsWithout leaves out a property.
func createsWithout(ctx context.Context, w *world, noun, name, property string) error {
	k := w.kind(noun)
	body := w.body(k, name, w.SVM())
	resource.Drop(body, property)
	return createsBody(ctx, w, k, name, body, "")
}

func createsReturning(ctx context.Context, w *world, noun, name string) error {
	return createsWithQuery(ctx, w, noun, name, "return_records=true")
}

func createsWithQuery(ctx context.Context, w *world, noun, name, query string) error {
	k := w.kind(noun)
	return createsBody(ctx, w, k, name, w.body(k, name, w.SVM()), "?"+query)
}

// createsForUUID names the SVM by its uuid alone.
func createsForUUID(ctx context.Context, w *world, noun, name string) error {
	if w.SVM().UUID == "" {
		return &oracle.Skip{Applies: true, Reason: fmt.Sprintf("the uuid of the SVM %q is not known", w.SVM().Name)}
	}
	k := w.kind(noun)
	body := w.body(k, name, w.SVM())
	body["svm"] = map[string]any{"uuid": w.SVM().UUID}
	return createsBody(ctx, w, k, name, body, "")
}

func createsWaiting(ctx context.Context, w *world, noun, name, seconds string) error {
	return createsWithQuery(ctx, w, noun, name, "return_timeout="+seconds)
}

func createsInactive(ctx context.Context, w *world, noun, name string) error {
	k := w.kind(noun)
	return createsBody(ctx, w, k, name, inactiveBody(w, k, name), createInactive)
}

func createsInactiveWith(ctx context.Context, w *world, noun, name string, table *godog.Table) error {
	k := w.kind(noun)
	return createsOver(ctx, w, k, name, inactiveBody(w, k, name), table, createInactive)
}

func createsForUnknownSVM(ctx context.Context, w *world, noun, name string) error {
	k := w.kind(noun)
	return createsBody(ctx, w, k, name, w.body(k, name, testbed.SVM{Name: w.Token() + "-no-such-svm"}), "")
}

// createsForAdminSVM asks for what the admin SVM should not be given. Whatever
// comes of it belongs to the admin SVM, and is looked for there.
func createsForAdminSVM(ctx context.Context, w *world, noun, name string) error {
	admin := w.Bed().Admin
	if admin.Name == "" {
		return &oracle.Skip{Applies: true, Reason: "the target does not tell the name of its admin SVM"}
	}
	k := w.kind(noun)
	_, e, err := w.Create(ctx, testbed.CreateRequest{Kind: k, Name: name, SVM: admin, Body: w.body(k, name, admin)})
	return w.did(e, err)
}

// createsWithoutSVM names no SVM, which leaves the cluster itself.
func createsWithoutSVM(ctx context.Context, w *world, noun, name string) error {
	k := w.kind(noun)
	body := w.body(k, name, w.SVM())
	delete(body, "svm")
	_, e, err := w.Create(ctx, testbed.CreateRequest{Kind: k, Name: name, Body: body})
	return w.did(e, err)
}

func createsDotted(ctx context.Context, w *world, noun, name string) error {
	k := w.kind(noun)
	body := w.body(k, name, w.SVM())
	delete(body, "svm")
	body["svm.name"] = w.SVM().Name
	return createsBody(ctx, w, k, name, body, "")
}

// createsForDataSVM asks for what only the cluster itself may have.
func createsForDataSVM(ctx context.Context, w *world, noun, name string) error {
	k, svm := w.kind(noun), w.SVMs[0]
	body := w.body(k, name, svm)
	body["svm"] = map[string]any{"name": svm.Name}
	_, e, err := w.Create(ctx, testbed.CreateRequest{Kind: k, Name: name, SVM: svm, Body: body})
	return w.did(e, err)
}
