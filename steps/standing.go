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
	"ontap-conformance/fixtures/wire"
)

// The steps of this file read what every cluster has and no scenario makes: itself,
// its nodes, its data SVMs and its jobs. They write nothing.

// standing is the resource of each such thing, by the words for it.
var standing = map[string]string{
	"cluster": "cluster", "node": "nodes", "nodes": "nodes", "data SVM": "svms", "data SVMs": "svms", "jobs": "jobs",
}

// The parts of phrases that stand for them.
const (
	standingOne  = `(node|data SVM)`
	standingMany = `(nodes|data SVMs|jobs)`
)

// isStanding reports whether a resource is one that nothing may ever be written to.
func isStanding(resource string) bool {
	return resource == "cluster" || resource == "nodes" || resource == "svms"
}

// standingPath is where such things are.
func standingPath(w *world, word string) string {
	return "/api" + w.contract().Resource(standing[word]).Path
}

// allFields names every field that a reading returns by default, as the release has
// it: of some of these resources fields=* is said to cost much. Of a job the clients
// ask for all, and no more than two of its fields are sure to be there.
func allFields(w *world, word string) string {
	if word == jobsResource {
		return "*"
	}
	var names []string
	for _, f := range w.contract().Resource(standing[word]).Fields {
		if f.Covers(w.suite.Judge.Release()) && f.Type != contract.Object && !strings.HasPrefix(f.Name, "_links") {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ",")
}

func readsCluster(ctx context.Context, w *world) error {
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: standingPath(w, "cluster")})
}

func readsOfCluster(ctx context.Context, w *world, fields string) error {
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: standingPath(w, "cluster") + "?fields=" + url.QueryEscape(fields)})
}

// listsStanding lists all there are. Of jobs, which may be many and come and go, the
// first page will do.
func listsStanding(ctx context.Context, w *world, word string) error {
	if word == jobsResource {
		return w.send(ctx, wire.Request{Method: http.MethodGet, Path: jobsPath + "?max_records=100&fields=" + url.QueryEscape(allFields(w, word))})
	}
	var err error
	w.listed, err = listsPages(ctx, w, standingPath(w, word)+"?fields="+url.QueryEscape(allFields(w, word)))
	return err
}

// standingWereListed keeps what there is for the When. Where there is none, nothing
// can be found out.
func standingWereListed(ctx context.Context, w *world, word string) error {
	fields := "name"
	if word == jobsResource {
		fields = "state,start_time"
	}
	records, err := list(ctx, w.session, standingPath(w, word)+"?fields="+fields)
	if err == nil && len(records) == 0 {
		return &oracle.Skip{Applies: true, Reason: "the target lists no " + word}
	}
	w.stood = records
	if word == jobsResource { // the oldest is none of the run, where there is any other
		slices.SortStableFunc(w.stood, func(a, b map[string]any) int { return strings.Compare(begun(a), begun(b)) })
	}
	return given("a list of the "+word, err)
}

// begun is when a job started, as it says; "" when it does not.
func begun(job map[string]any) string {
	at, _ := job["start_time"].(string)
	return at
}

// firstBuiltin is the first record that was listed, by its field.
func firstBuiltin(w *world, field string) (string, error) {
	text, _ := w.stood[0][field].(string) // at least one, or the Given would have skipped
	if text == "" {
		return "", fmt.Errorf("the first record of the list has no %s", field)
	}
	return text, nil
}

func readsFirstStanding(ctx context.Context, w *world, word string) error {
	uuid, err := firstBuiltin(w, "uuid")
	if err != nil {
		return err
	}
	err = w.send(ctx, wire.Request{Method: http.MethodGet, Path: at(standingPath(w, word), uuid) + "?fields=" + url.QueryEscape(allFields(w, word))})
	if err == nil && word == jobsResource && w.answer.Response.Status == http.StatusNotFound {
		return forgotten
	}
	return err
}

func readsUnknownStanding(ctx context.Context, w *world, word string) error {
	return w.send(ctx, wire.Request{Method: http.MethodGet, Path: at(standingPath(w, word), w.uuid())})
}

func listsStandingByName(ctx context.Context, w *world, word string) error {
	name, err := firstBuiltin(w, "name")
	if err != nil {
		return err
	}
	w.listed, err = listsPages(ctx, w, standingPath(w, word)+"?name="+url.QueryEscape(name))
	return err
}

// listsStandingInPages lists once for each page size; the sizes must agree.
func listsStandingInPages(ctx context.Context, w *world, word, sizes string) error {
	for _, size := range split(sizes) {
		records, err := listsPages(ctx, w, standingPath(w, word)+"?max_records="+url.QueryEscape(size))
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

func everyPageSizeGivesStanding(w *world, _ string) error {
	return everyPageSizeGives(w, uuidsOf(w.stood), false)
}

func eachStandingHas(w *world, _, names string) error { return listedHave(w, "", names) }

func answerIsFirstStanding(w *world, _ string) error {
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
	named := slices.DeleteFunc(slices.Clone(w.stood), func(r map[string]any) bool { return r["name"] != name })
	return w.judge(oracle.ExpectRecords("records of the list by the name "+name, uuidsOf(w.listed), uuidsOf(named), false))
}

// adminIsNotListed looks for the SVM that has the name of the cluster.
func adminIsNotListed(w *world) error {
	admin := w.suite.Admin.Name
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
