package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// The steps of this file read what every cluster has and no scenario makes: itself,
// its nodes, its data SVMs and its jobs. They write nothing.

// builtin is the resource of such things, by the words for it.
func builtin(w *world, word string) *contract.Resource { return w.contract().Object(word).Resource }

// builtinPath is where such things are.
func builtinPath(w *world, word string) string { return testbed.Collection(builtin(w, word)) }

// allFields names every field that a reading returns by default, as the release has
// it: of some of these resources fields=* is said to cost much. Of a job the clients
// ask for all, and no more than two of its fields are sure to be there.
func allFields(w *world, word string) string {
	if builtin(w, word).Jobs {
		return "*"
	}
	var names []string
	for _, f := range builtin(w, word).Fields {
		if f.Covers(w.release()) && f.Type != contract.Object && !strings.HasPrefix(f.Name, "_links") {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ",")
}

func readsCluster(ctx context.Context, w *world) error {
	return readsRecord(ctx, w, w.contract().Cluster(), "")
}

func readsOfCluster(ctx context.Context, w *world, fields string) error {
	return readsRecord(ctx, w, w.contract().Cluster(), fields)
}

// readsSettings reads what the cluster has one record of.
func readsSettings(ctx context.Context, w *world, word string) error {
	return readsRecord(ctx, w, builtin(w, word), "")
}

func readsOfSettings(ctx context.Context, w *world, word, fields string) error {
	return readsRecord(ctx, w, builtin(w, word), fields)
}

// readsRecord reads the one record of a resource; without fields, those of a plain GET.
func readsRecord(ctx context.Context, w *world, r *contract.Resource, fields string) error {
	path := testbed.Collection(r)
	if fields != "" {
		path += "?fields=" + url.QueryEscape(fields)
	}
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: path})
}

// listsBuiltin lists all there are. Of jobs, which may be many and come and go, the
// first page will do.
func listsBuiltin(ctx context.Context, w *world, word string) error {
	if builtin(w, word).Jobs {
		return w.send(ctx, wire.Request{Method: http.MethodGet, Path: builtinPath(w, word) + "?max_records=100&fields=" + url.QueryEscape(allFields(w, word))})
	}
	var err error
	w.listed, err = listsPages(ctx, w, builtinPath(w, word)+"?fields="+url.QueryEscape(allFields(w, word)))
	return err
}

// builtinsWereListed keeps what there is for the When. Where there is none, nothing
// can be found out.
func builtinsWereListed(ctx context.Context, w *world, word string) error {
	fields := "name"
	if builtin(w, word).Jobs {
		fields = "state,start_time"
	}
	records, err := testbed.List(ctx, w.Wire(), builtinPath(w, word)+"?fields="+fields)
	if err == nil && len(records) == 0 {
		return &oracle.Skip{Applies: true, Reason: "the target lists no " + word}
	}
	w.builtin = records
	if builtin(w, word).Jobs { // the oldest is none of the run, where there is any other
		slices.SortStableFunc(w.builtin, func(a, b map[string]any) int { return strings.Compare(begun(a), begun(b)) })
	}
	return testbed.Arranging("a list of the "+word, err)
}

// begun is when a job started, as it says; "" when it does not.
func begun(job map[string]any) string {
	at, _ := job["start_time"].(string)
	return at
}

// firstBuiltin is the first record that was listed, by its field.
func firstBuiltin(w *world, field string) (string, error) {
	text, _ := w.builtin[0][field].(string) // at least one, or the Given would have skipped
	if text == "" {
		return "", fmt.Errorf("the first record of the list has no %s", field)
	}
	return text, nil
}

func readsFirstBuiltin(ctx context.Context, w *world, word string) error {
	uuid, err := firstBuiltin(w, "uuid")
	if err != nil {
		return err
	}
	err = w.send(ctx, wire.Request{Method: http.MethodGet, Path: testbed.At(builtinPath(w, word), uuid) + "?fields=" + url.QueryEscape(allFields(w, word))})
	if err == nil && builtin(w, word).Jobs && w.answer.Response.Status == http.StatusNotFound {
		return forgotten
	}
	return err
}

func readsUnknownBuiltin(ctx context.Context, w *world, word string) error {
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: testbed.At(builtinPath(w, word), w.Source.UUID())})
}

func listsBuiltinByName(ctx context.Context, w *world, word string) error {
	name, err := firstBuiltin(w, "name")
	if err != nil {
		return err
	}
	w.listed, err = listsPages(ctx, w, builtinPath(w, word)+"?name="+url.QueryEscape(name))
	return err
}

// listsBuiltinInPages lists once for each page size; the sizes must agree.
func listsBuiltinInPages(ctx context.Context, w *world, word, sizes string) error {
	for _, size := range split(sizes) {
		records, err := listsPages(ctx, w, builtinPath(w, word)+"?max_records="+url.QueryEscape(size))
		if err != nil {
			return err
		}
		w.paged = append(w.paged, page{size, uuidsOf(records)})
	}
	return nil
}

func uuidsOf(records []map[string]any) []string {
	var uuids []string
	for _, r := range records {
		uuid, _ := r["uuid"].(string)
		uuids = append(uuids, uuid)
	}
	return uuids
}

func everyPageSizeGivesBuiltin(w *world, _ string) error {
	return everyPageSizeGives(w, uuidsOf(w.builtin), false)
}

func eachBuiltinHas(w *world, _, names string) error { return listedHave(w, "", names) }

func answerIsFirstBuiltin(w *world, _ string) error {
	uuid, err := firstBuiltin(w, "uuid")
	if err != nil {
		return err
	}
	if err := oracle.ExpectStatus(w.answer, http.StatusOK); err != nil {
		return w.judge(err)
	}
	return w.judge(oracle.ExpectField(w.answer.Response.Object(), "uuid", uuid))
}

// firstIsListedAlone wants a list by a name to have the records of that name.
func firstIsListedAlone(w *world, _ string) error {
	name, err := firstBuiltin(w, "name")
	if err != nil {
		return err
	}
	if err := oracle.ExpectStatus(w.last.Exchange, http.StatusOK); err != nil {
		return w.judge(err)
	}
	named := slices.DeleteFunc(slices.Clone(w.builtin), func(r map[string]any) bool { return r["name"] != name })
	return w.judge(oracle.ExpectRecords("records of the list by the name "+name, uuidsOf(w.listed), uuidsOf(named), false))
}

// adminIsNotListed looks for the SVM that has the name of the cluster.
func adminIsNotListed(w *world) error {
	admin := w.Bed().Admin.Name
	if admin == "" {
		return &oracle.Skip{Applies: true, Reason: "the target does not tell the name of its admin SVM"}
	}
	for _, r := range w.listed {
		if r["name"] == admin {
			return w.judge(oracle.Differs("data SVMs", "none of the name "+admin, "it"))
		}
	}
	return w.judge(nil)
}
