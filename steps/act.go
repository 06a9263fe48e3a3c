package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file are Whens: one act each, whose ending is kept for the
// Thens. Only an answer that did not come is an error.

// did keeps the ending of the act.
func (w *world) did(e oracle.Ending, err error) error {
	if e.Exchange != nil {
		w.last, w.answer = e, e.Exchange
	}
	return err
}

func (w *world) send(ctx context.Context, r wire.Request) error { return w.did(w.call(ctx, r)) }

func (w *world) creates(ctx context.Context, name string) error {
	return w.createsBody(ctx, name, w.body(name, w.svm()), "")
}

func (w *world) createsBody(ctx context.Context, name string, body map[string]any, query string) error {
	_, e, err := w.create(ctx, name, w.svm(), body, query)
	return w.did(e, err)
}

func (w *world) createsWithCertificate(ctx context.Context, name string) error {
	body, err := w.bodyWithCertificate(name)
	if err != nil {
		return err
	}
	return w.createsBody(ctx, name, body, "")
}

func (w *world) createsWith(ctx context.Context, name string, table *godog.Table) error {
	return w.createsOver(ctx, name, w.body(name, w.svm()), table, "")
}

// createsOver puts a table over a body; (nothing) leaves a property out.
func (w *world) createsOver(ctx context.Context, name string, body map[string]any, table *godog.Table, query string) error {
	var rest godog.Table
	for _, row := range table.Rows {
		if len(row.Cells) == 2 && row.Cells[1].Value == "(nothing)" {
			drop(body, row.Cells[0].Value)
			continue
		}
		rest.Rows = append(rest.Rows, row)
	}
	over, err := w.properties(&rest)
	if err != nil {
		return err
	}
	if err := w.documented(over); err != nil {
		return err
	}
	return w.createsBody(ctx, name, merge(body, over), query)
}

// createsWithout leaves out a property; "credentials" stands for all of them.
func (w *world) createsWithout(ctx context.Context, name, property string) error {
	body := w.body(name, w.svm())
	if property == "credentials" {
		property = "client_secret" // the only one that a complete body has
	}
	drop(body, property)
	return w.createsBody(ctx, name, body, "")
}

func (w *world) createsReturning(ctx context.Context, name string) error {
	return w.createsBody(ctx, name, w.body(name, w.svm()), "?return_records=true")
}

func (w *world) createsWithQuery(ctx context.Context, name, query string) error {
	return w.createsBody(ctx, name, w.body(name, w.svm()), "?"+query)
}

// createsForUUID names the SVM by its uuid alone.
func (w *world) createsForUUID(ctx context.Context, name string) error {
	if w.svm().UUID == "" {
		return w.skipped(&oracle.Skip{Applies: true, Reason: fmt.Sprintf("the uuid of the SVM %q is not known", w.svm().Name)})
	}
	body := w.body(name, w.svm())
	body["svm"] = map[string]any{"uuid": w.svm().UUID}
	return w.createsBody(ctx, name, body, "")
}

func (w *world) createsWaiting(ctx context.Context, name, seconds string) error {
	body := w.body(name, w.svm())
	return w.createsBy(ctx, name, body, patient(wire.Request{Path: vaultsPath + "?return_timeout=" + seconds, Body: wire.JSON(body)}))
}

func (w *world) createsInactive(ctx context.Context, name string) error {
	return w.createsBody(ctx, name, w.inactiveBody(name), "?create_inactive=true")
}

func (w *world) createsInactiveWith(ctx context.Context, name string, table *godog.Table) error {
	return w.createsOver(ctx, name, w.inactiveBody(name), table, "?create_inactive=true")
}

func (w *world) createsForUnknownSVM(ctx context.Context, name string) error {
	return w.createsBody(ctx, name, w.body(name, SVM{Name: w.token + "-no-such-svm"}), "")
}

func (w *world) createsDotted(ctx context.Context, name string) error {
	body := w.body(name, w.svm())
	delete(body, "svm")
	body["svm.name"] = w.svm().Name
	return w.createsBody(ctx, name, body, "")
}

func (w *world) reads(ctx context.Context, name string) error { return w.readsFields(ctx, "", name) }

func (w *world) readsFields(ctx context.Context, fields, name string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	path := v.path()
	if fields != "" {
		asked := w.released(fields)
		if asked == "" {
			return w.skipped(&oracle.Skip{Reason: "ONTAP " + w.suite.Judge.Release().String() + " does not have " + fields})
		}
		path += "?fields=" + url.QueryEscape(asked)
	}
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: path})
}

// released leaves out the fields of other releases, which a target may refuse.
func (w *world) released(fields string) string {
	resource := w.suite.Judge.Contract().Resource(akv)
	return strings.Join(slices.DeleteFunc(strings.Split(fields, ","), func(name string) bool {
		return w.undocumented(name) && resource.Field(name, contract.Newest()) != nil
	}), ",")
}

// followsLocation reads what the Location of the creation of a vault leads to.
// Only one that is absent is left to others.
func (w *world) followsLocation(ctx context.Context, name string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	for _, e := range w.endings {
		location := e.Exchange.Response.Header.Get("Location")
		if e.Exchange.Request.Method != http.MethodPost || location == "" {
			continue
		}
		if path := leadsTo(e.Exchange); path != "" {
			return w.send(ctx, wire.Request{Method: http.MethodGet, Path: path})
		}
		return w.verifyBy(e.Exchange, w.promises(false), oracle.Differs("Location", "one that leads below /api", location))
	}
	return w.skipped(&oracle.Skip{Applies: true, Reason: fmt.Sprintf("the creation of %q carried no Location", v.name)})
}

// leadsTo returns the path below /api that the Location of an answer leads to,
// or "". Without a slash in front it goes on from the path of the request.
func leadsTo(x *wire.Exchange) string {
	if path := oracle.Location(x.Response); path != "" {
		return path
	}
	from, err := url.Parse(x.Request.Path)
	if err != nil {
		return ""
	}
	to, err := from.Parse(x.Response.Header.Get("Location"))
	if err != nil || to.Host != "" || !strings.HasPrefix(to.Path, "/api/") {
		return ""
	}
	return to.EscapedPath()
}

func (w *world) readsUnknown(ctx context.Context) error {
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: vaultPath(w.uuid())})
}

func (w *world) changes(ctx context.Context, name string, table *godog.Table) error {
	body, err := w.properties(table)
	if err != nil {
		return err
	}
	if err := w.documented(body); err != nil {
		return err
	}
	return w.changesBody(ctx, name, body)
}

func (w *world) changesBody(ctx context.Context, name string, body map[string]any) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	return w.did(w.patch(ctx, v.path(), body))
}

// changesAgain sends the last change of a vault once more.
func (w *world) changesAgain(ctx context.Context, name string) error {
	history := w.session.History()
	for i := len(history) - 1; i >= 0; i-- {
		if history[i].Request.Method == http.MethodPatch {
			return w.send(ctx, history[i].Request)
		}
	}
	return fmt.Errorf("the vault %q was not changed before", name)
}

func (w *world) givesSecret(ctx context.Context, name string) error {
	return w.changesBody(ctx, name, map[string]any{"client_secret": w.secret("AKV_NEW_SECRET")})
}

func (w *world) givesSecretWaiting(ctx context.Context, name, seconds string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	body := map[string]any{"client_secret": w.secret("AKV_NEW_SECRET")}
	return w.send(ctx, patient(wire.Request{Method: http.MethodPatch, Path: v.path() + "?return_timeout=" + seconds, Body: wire.JSON(body)}))
}

// patient gives a request that may wait for its job the time to do so.
func patient(r wire.Request) wire.Request {
	if seconds, err := strconv.Atoi(r.Query().Get("return_timeout")); err == nil && seconds > 0 {
		r.Extra = time.Duration(seconds) * time.Second
	}
	return r
}

func (w *world) givesCertificate(ctx context.Context, name string) error {
	certificate, err := w.certificate()
	if err != nil {
		return err
	}
	return w.changesBody(ctx, name, map[string]any{"client_certificate": certificate})
}

func (w *world) changesUnknown(ctx context.Context) error {
	return w.did(w.patch(ctx, vaultsPath+"/"+w.uuid(), map[string]any{"client_secret": w.secret("AKV_NEW_SECRET")}))
}

func (w *world) deletes(ctx context.Context, name string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	// The ledger keeps it until the clean-up has seen that it is gone.
	return w.send(ctx, wire.Request{Method: http.MethodDelete, Path: v.path()})
}

func (w *world) deletesUnknown(ctx context.Context) error {
	return w.send(ctx, wire.Request{Method: http.MethodDelete, Path: vaultPath(w.uuid())})
}

// actions are the operations that start work on a vault, by the words for them.
var actions = map[string]string{
	"rekeys the internal key": "/rekey-internal",
	"rekeys the external key": "/rekey-external",
	"restores the keys":       "/restore",
}

func (w *world) acts(ctx context.Context, what, name string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	return w.act(ctx, v.path(), what, "")
}

func (w *world) actsWaiting(ctx context.Context, what, name, seconds string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	return w.act(ctx, v.path(), what, "?return_timeout="+seconds)
}

func (w *world) actsOnUnknown(ctx context.Context, what string) error {
	return w.act(ctx, vaultsPath+"/"+w.uuid(), what, "")
}

func (w *world) act(ctx context.Context, path, what, query string) error {
	r := patient(wire.Request{Method: http.MethodPost, Path: path + actions[what] + query})
	if err := w.offered(r); err != nil {
		return err
	}
	if what == "rekeys the external key" {
		r.Body = wire.JSON(map[string]any{"key_id": w.newKey(path)})
	}
	return w.send(ctx, r)
}

// offered skips the scenario when the release does not have the operation.
func (w *world) offered(r wire.Request) error {
	if o := w.suite.Judge.Contract().Route(r.APIPath()).Operation(r.Method); !o.Covers(w.suite.Judge.Release()) {
		return w.skipped(&oracle.Skip{Reason: fmt.Sprintf("%s exists in %s only", o, o.Span)})
	}
	return nil
}

// newKey makes up another key of the vault at a path. It is in the same vault,
// since a key elsewhere may well change more than key_id.
func (w *world) newKey(path string) string {
	for _, v := range w.vaults {
		if host, named := v.sent["name"].(string); named && v.path() == path {
			key := w.keyID(host)
			v.sent = merge(v.sent, map[string]any{"key_id": key})
			return key
		}
	}
	return w.keyID("https://" + w.token + "-new.vault.azure.net/")
}

func (w *world) rekeysWithoutKey(ctx context.Context, name string) error {
	v, err := w.vault(name)
	if err != nil {
		return err
	}
	r := wire.Request{Method: http.MethodPost, Path: v.path() + "/rekey-external", Body: wire.JSON(map[string]any{})}
	if err := w.offered(r); err != nil {
		return err
	}
	return w.send(ctx, r)
}

const jobsPath = "/api/cluster/jobs"

// jobPath is the path of the job with that uuid.
func jobPath(uuid string) string { return jobsPath + "/" + url.PathEscape(uuid) }

func (w *world) readsUnknownJob(ctx context.Context) error {
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: jobPath(w.uuid())})
}

func (w *world) job() string {
	for i := len(w.endings) - 1; i >= 0; i-- {
		if uuid := oracle.JobOf(w.endings[i].Exchange.Response); uuid != "" {
			return uuid
		}
	}
	return ""
}

// readsJobAgain reads a job that has ended. Targets keep such a job for a
// while (JOBS-9.18, overview), and no document says for how long at least.
func (w *world) readsJobAgain(ctx context.Context) error {
	err := w.send(ctx, wire.Request{Method: http.MethodGet, Path: jobPath(w.job())})
	if err == nil && w.answer.Response.Status == http.StatusNotFound {
		return w.skipped(&oracle.Skip{Applies: true, Reason: "the target has already forgotten the job, which has ended"})
	}
	return err
}

func (w *world) listsJob(ctx context.Context) error {
	var err error
	w.listed, err = w.pages(ctx, jobsPath+"?uuid="+url.QueryEscape(w.job()))
	return err
}

func (w *world) createsJob(ctx context.Context) error {
	return w.send(ctx, wire.Request{Method: http.MethodPost, Path: jobsPath, Body: wire.JSON(map[string]any{})})
}
