package steps

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

const vaultsPath = "/api/security/azure-key-vaults"

// markedPath lists the vaults with the fields that carries looks at.
const markedPath = vaultsPath + "?fields=name,client_id,tenant_id"

// A vault is an Azure Key Vault configuration that a scenario speaks of.
type vault struct {
	name  string // that the scenario gives it
	svm   SVM
	entry ledger.Entry
	uuid  string         // "" until the target has told it
	sent  map[string]any // the body of its creation, nested
	was   map[string]any // as it was last read on purpose
	late  bool           // its creation was not answered to the end: it may be made any time
	lost  error          // why nobody knows where it is, though the target says that it made it; else nil
}

func (v *vault) path() string { return vaultPath(v.uuid) }

// vaultPath is the path of the vault with that uuid.
func vaultPath(uuid string) string { return vaultsPath + "/" + url.PathEscape(uuid) }

// anyVault reports whether the scenario has a vault that is so.
func (w *world) anyVault(is func(*vault) bool) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(w.vaults)), is)
}

// vault returns the vault that a scenario calls name.
func (w *world) vault(name string) (*vault, error) {
	if v := w.vaults[name]; v != nil {
		if v.lost != nil {
			return v, fmt.Errorf("%v", v.lost) // not %w: only a Then may find it
		}
		return v, nil
	}
	return nil, fmt.Errorf("the scenario has no vault %q: a step before this one has to create it", name)
}

// body is a complete creation: all that is required, and nothing else. Each
// value names the run's own token, by which the object can be found again.
func (w *world) body(name string, svm SVM) map[string]any {
	host := fmt.Sprintf("https://%s-%s.vault.azure.net/", w.token, name)
	return map[string]any{
		"svm":           map[string]any{"name": svm.Name},
		"client_id":     "client-" + w.token + "-" + name,
		"tenant_id":     "tenant-" + w.token + "-" + name,
		"name":          host,
		"key_id":        w.keyID(host),
		"client_secret": w.secret("AKV_CLIENT_SECRET"),
	}
}

// keyID makes up the identifier of a key in a vault.
func (w *world) keyID(host string) string {
	return fmt.Sprintf("%skeys/key1/%016x%016x", host, w.dice.Uint64(), w.dice.Uint64())
}

// create writes down what is about to be made, makes it, and finds out where
// it is. A refusal is an ending like any other.
func (w *world) create(ctx context.Context, name string, svm SVM, body map[string]any, query string) (*vault, oracle.Ending, error) {
	v := &vault{name: name, svm: svm, sent: body}
	w.vaults[name] = v
	var err error
	if v.entry, err = w.intend(ctx, svm); err != nil {
		return v, oracle.Ending{}, err
	}
	e, err := w.call(ctx, wire.Request{Method: http.MethodPost, Path: vaultsPath + query, Body: wire.JSON(body)})
	switch {
	case err != nil:
		v.late = true
		return v, e, err
	case e.Failed():
		return v, e, w.occupied(ctx, e)
	}
	return v, e, w.locate(ctx, v, e)
}

// intend writes down what is about to be made. After an interrupt nothing is.
func (w *world) intend(ctx context.Context, svm SVM) (ledger.Entry, error) {
	if err := ctx.Err(); err != nil {
		return ledger.Entry{}, err
	}
	return w.suite.Ledger.Intend(akv, svm.Name, w.token)
}

// occupied tells a second configuration that the scenario asked for from one
// that an earlier scenario could not get rid of. The latter is no finding of
// this scenario; but if its deletion was answered with success, it is one all
// the same.
func (w *world) occupied(ctx context.Context, e oracle.Ending) error {
	if e.Code() != "65537500" || w.anyVault(func(v *vault) bool { return v.uuid != "" }) {
		return nil
	}
	records, err := list(ctx, w.suite.guarded.NewSession(), markedPath+",svm")
	if err != nil {
		return nil // the refusal stands
	}
	for _, r := range records {
		if svm, _ := oracle.Lookup(r, "svm.name"); svm != w.svm().Name {
			continue
		}
		if mark := w.suite.markOf(r); mark != "" && mark != w.token {
			return w.leftover(r, mark)
		}
	}
	return nil
}

// leftover says that an SVM still has what an earlier scenario made.
func (w *world) leftover(record map[string]any, mark string) error {
	removed := !slices.ContainsFunc(w.suite.Ledger.Left(), func(e ledger.Entry) bool { return e.Mark == mark })
	if removed {
		w.verdicts["AKV-DELETE-02"]++
		w.found = append(w.found, oracle.Finding{Requirement: "AKV-DELETE-02",
			Err: oracle.Differs("vaults of the collection", "none that was deleted with success", record["uuid"])})
	}
	return fmt.Errorf("the SVM %q still has what an earlier scenario made and could not remove", w.svm().Name)
}

// markOf returns the mark of the run that a record carries, or "".
func (s *Suite) markOf(record map[string]any) string {
	for mark := range s.Ledger.Marks() {
		if carries(record, mark) {
			return mark
		}
	}
	return ""
}

// locate finds the uuid of what was made. Whatever an answer says, an object is
// ours only if it was not there before the run and carries the mark that we
// gave it: its uuid goes into the ledger, and with that it may be deleted.
func (w *world) locate(ctx context.Context, v *vault, e oracle.Ending) error {
	uuid := e.Resource()
	if ours, err := w.isOurs(ctx, uuid, v.entry.Mark); err != nil {
		return err
	} else if !ours {
		found, err := w.strays(ctx, w.session, v.entry)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			v.lost = oracle.Differs(fmt.Sprintf("the %q that was created", v.name), "to be where the answer says, or in the list", "neither")
			return nil // that it said so at all may be what a Then is about
		}
		uuid = found[0]
	}
	v.uuid = uuid
	var err error
	v.entry, err = w.suite.Ledger.Created(v.entry, v.path())
	return err
}

// isOurs reads what an answer names, and reports whether it carries the mark.
// After a 202 that named no job it may take a while to be there.
func (w *world) isOurs(ctx context.Context, uuid, mark string) (bool, error) {
	if w.suite.isForeign(uuid) {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, w.suite.jobTimeout())
	defer cancel()
	for n := 0; ; n++ {
		x, err := w.session.Do(ctx, wire.Request{Method: http.MethodGet, Path: vaultPath(uuid)})
		if err != nil {
			return false, err
		}
		if x.Response.OK() {
			return carries(x.Response.Object(), mark), nil
		}
		if !w.untold || pause(ctx, n) != nil {
			return false, nil
		}
	}
}

// strays returns the uuids of the objects on the target that carry the mark of
// a ledger entry and are not known to the scenario yet.
func (w *world) strays(ctx context.Context, s *wire.Session, entry ledger.Entry) ([]string, error) {
	return w.suite.strays(ctx, s, entry, func(uuid string) bool {
		return w.anyVault(func(v *vault) bool { return v.uuid == uuid })
	})
}

func (s *Suite) strays(ctx context.Context, session *wire.Session, entry ledger.Entry, known func(uuid string) bool) ([]string, error) {
	records, err := list(ctx, session, markedPath+"&svm.name="+url.QueryEscape(entry.SVM))
	if err != nil {
		return nil, fmt.Errorf("looking for what the run may have made: %v", err) // not %w: no verdict
	}
	var found []string
	for _, r := range records {
		uuid, _ := r["uuid"].(string)
		if uuid != "" && !s.isForeign(uuid) && !known(uuid) && carries(r, entry.Mark) {
			found = append(found, uuid)
		}
	}
	return found, nil
}

// carries reports whether a record shows the mark in one of the fields that a
// creation of ours puts it into.
func carries(record map[string]any, mark string) bool {
	for _, field := range []string{"name", "client_id", "tenant_id"} {
		if s, ok := record[field].(string); ok && mark != "" && strings.Contains(s, mark) {
			return true
		}
	}
	return false
}

// read reads a vault by its uuid.
func (w *world) read(ctx context.Context, v *vault) (map[string]any, error) {
	e, err := w.call(ctx, wire.Request{Method: http.MethodGet, Path: v.path()})
	if err != nil {
		return nil, err
	}
	if err := oracle.ExpectStatus(e.Exchange, http.StatusOK); err != nil {
		return nil, err
	}
	return e.Exchange.Response.Object(), nil
}

// patch changes a vault.
func (w *world) patch(ctx context.Context, path string, body map[string]any) (oracle.Ending, error) {
	return w.call(ctx, wire.Request{Method: http.MethodPatch, Path: path, Body: wire.JSON(body)})
}

// cleanUp ends the lab's conditions and removes what the scenario created and
// did not delete. It goes on after every error and after an interrupt, and
// what it does is no test: what stays behind stays in the ledger.
func (w *world) cleanUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.suite.cleanUpTime(ctx))
	defer cancel()
	for _, a := range w.lab {
		w.suite.Lab.TearDown(ctx, a.condition, a.params) // the next SetUp would tell
	}
	janitor := w.suite.guarded.NewSession()
	for _, name := range slices.Sorted(maps.Keys(w.vaults)) {
		if v := w.vaults[name]; v.entry.ID != 0 {
			w.suite.remove(ctx, janitor, v.entry, func(uuid string) bool {
				return w.anyVault(func(o *vault) bool { return o != v && o.uuid == uuid })
			})
			if v.late { // it stays in the ledger, for CleanUp to look again at the end
				w.suite.Ledger.Intend(akv, v.svm.Name, w.token)
			}
		}
	}
}
