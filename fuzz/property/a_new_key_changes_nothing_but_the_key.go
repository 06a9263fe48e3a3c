package property

import (
	"context"
	"encoding/json"

	"pgregory.net/rapid"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/resource"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

var aNewKeyChangesNothingButTheKey = &Property{
	Name: "a-new-key-changes-nothing-but-the-key", Writes: true,
	Says:     "Rekeying the external key gives the object the new key and leaves everything else.",
	promises: []string{"rekey-is-started", "rekey-shows-the-new-key", "rekey-keeps-the-rest"},
	fits:     func(m *strategy.Model) bool { return m.Rekey() != nil },
	draw:     drawRekey, play: playSequence,
}

func drawRekey(m *strategy.Model) *rapid.Generator[plan.Case] {
	return strategy.Cases(func(t *rapid.T) []plan.Call {
		return []plan.Call{strategy.Creation(t, m, 3), strategy.Ask(m, m.Rekey())}
	})
}

// showsNewKey wants the object to show the key that a call gave it.
func showsNewKey(ctx context.Context, p *player, e oracle.CallResult) error {
	sent := e.Exchange.Request.Body.Bytes()
	return p.verifies(ctx, p.m.Of("rekey-shows-the-new-key"), func(record map[string]any) error { return showsAll(record, sent) })
}

// showsAll wants a record to show everything that a body sent.
func showsAll(record map[string]any, body []byte) error {
	var sent map[string]any
	if err := json.Unmarshal(body, &sent); err != nil {
		return err // ours
	}
	for name, v := range resource.Flat(sent) {
		if err := sameValue(record, name, v); err != nil {
			return err
		}
	}
	return nil
}
