package steps

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file read the keystores that the configurations of a scenario are. They
// write nothing.

const keystoreWord = "keystore"

// listsKeystores lists the keystores of the SVM of an object, with all their fields.
func listsKeystores(ctx context.Context, w *world, name string) error {
	err := offered(w, wire.Request{Method: http.MethodGet, Path: builtinPath(w, keystoreWord)})
	if err != nil {
		return err
	}
	o := w.Objects.ByName[name]
	w.listed, err = listsPages(ctx, w, builtinPath(w, keystoreWord)+"?svm.name="+url.QueryEscape(o.SVM.Name)+"&fields="+url.QueryEscape(allFields(w, keystoreWord)))
	return err
}

// keystoreIsListed wants one of the listed keystores to have all that a table says, as far as the
// release has it.
func keystoreIsListed(w *world, table *godog.Table) error {
	r := builtin(w, keystoreWord)
	wanted := []string{}
	has := func(record map[string]any) bool {
		for _, row := range table.Rows {
			property, cell := row.Cells[0].Value, row.Cells[1].Value
			want, err := w.cell(&contract.ObjectKind{Resource: r}, property, cell)
			if err != nil || !undocumented(w, r, property) && expectValue(record, property, want) != nil {
				return false
			}
		}
		return true
	}
	for _, row := range table.Rows {
		wanted = append(wanted, row.Cells[0].Value+" "+row.Cells[1].Value)
	}
	for _, record := range w.listed {
		if has(record) {
			return w.judgeAnswer(nil)
		}
	}
	return w.judgeAnswer(oracle.Differs("keystores of the SVM", "one with "+strings.Join(wanted, ", "), w.listed))
}

func noKeystoreIsListed(w *world) error {
	if len(w.listed) == 0 {
		return w.judgeAnswer(nil)
	}
	return w.judgeAnswer(oracle.Differs("keystores of the SVM", "none", w.listed))
}

// readsConfiguration reads the keystore that an object names as its configuration.
func readsConfiguration(ctx context.Context, w *world, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	record, err := w.Read(ctx, o.Path()+"?fields=configuration")
	if err != nil {
		return err
	}
	id, _ := oracle.Lookup(record, "configuration.uuid")
	uuid, _ := id.(string)
	return sendOffered(ctx, w, wire.Request{Method: http.MethodGet, Path: testbed.At(builtinPath(w, keystoreWord), uuid)})
}
