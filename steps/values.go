package steps

import (
	"fmt"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/resource"
)

// properties reads a table of two columns, property and value, as a body.
func (w *world) properties(k *contract.ObjectKind, table *godog.Table) (map[string]any, error) {
	body := map[string]any{}
	for _, row := range table.Rows {
		if len(row.Cells) != 2 {
			return nil, fmt.Errorf("a table of properties has two columns, this row has %d", len(row.Cells))
		}
		property, cell := row.Cells[0].Value, row.Cells[1].Value
		v, err := w.cell(k, property, cell)
		if err != nil {
			return nil, err
		}
		resource.Put(body, property, v)
	}
	return body, nil
}
