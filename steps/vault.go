package steps

import "fmt"

// vaults are the Azure Key Vault configurations.
var vaults = &kind{
	noun: "vault", plural: "vaults", resource: "azure-key-vaults",
	marked: []string{"name", "client_id", "tenant_id"},
	seat:   true, occupied: []string{"65537500"}, readable: "AKV-READ-01", unlisted: "AKV-DELETE-02", beside: "AKV-CREATE-17",
	body: func(w *world, name string, svm SVM) map[string]any {
		host := fmt.Sprintf("https://%s-%s.vault.azure.net/", w.token, name)
		return map[string]any{
			"svm":           map[string]any{"name": svm.Name},
			"client_id":     "client-" + w.token + "-" + name,
			"tenant_id":     "tenant-" + w.token + "-" + name,
			"name":          host,
			"key_id":        w.keyID(host),
			"client_secret": w.secret("AKV_CLIENT_SECRET"),
		}
	},
	credentials: func(w *world) map[string]any { return map[string]any{"client_secret": w.secret("AKV_NEW_SECRET")} },
	visible:     func(w *world) map[string]any { return map[string]any{"client_id": "client-of-a-stranger"} },
	newKey:      newVaultKey,
}

// keyID makes up the identifier of a key in a vault.
func (w *world) keyID(host string) string {
	return fmt.Sprintf("%skeys/key1/%016x%016x", host, w.dice.Uint64(), w.dice.Uint64())
}

// newVaultKey makes up another key of a vault. It is in the same vault, since a
// key elsewhere may well change more than key_id.
func newVaultKey(w *world, o *object) map[string]any {
	host := "https://" + w.token + "-new.vault.azure.net/"
	if o != nil {
		if name, named := o.sent["name"].(string); named {
			host = name
		}
	}
	return map[string]any{"key_id": w.keyID(host)}
}
