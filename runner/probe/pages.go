package probe

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"ontap-conformance/fixtures/oracle"
)

// Bounds of a collection that is read before a run. A target that has more has
// no end.
const (
	maxPages = 1000
	maxBytes = 64 << 20 // of all pages
)

// A refusal is the error of a collection that was asked for and answered, but
// not with all of its records.
type refusal struct {
	path   string
	status int    // of the answer to path, or of the last page that could be read
	code   string // of its error; empty for none
	why    string // empty when the status says it
}

func (e *refusal) Error() string {
	if e.why != "" {
		return fmt.Sprintf("GET %s: %s", e.path, e.why)
	}
	return fmt.Sprintf("GET %s answered %d", e.path, e.status)
}

// records reads all pages of a collection, or fails: a part of them would be
// taken for the whole. The error is a *refusal unless no answer came.
func (p *prober) records(ctx context.Context, path string) ([]map[string]any, error) {
	var all []map[string]any
	bytes, seen := 0, map[string]bool{}
	for next := path; next != ""; {
		seen[next] = true
		r, err := p.get(ctx, next)
		if err != nil {
			return nil, err
		}
		if !r.OK() && next != path { // the collection is there, whatever its next page says
			return nil, &refusal{path: path, status: http.StatusOK, why: fmt.Sprintf("the next page, %s, answered %d", next, r.Status)}
		}
		if !r.OK() {
			return nil, &refusal{path: path, status: r.Status, code: codeOf(r)}
		}
		page, err := oracle.ListOf(r)
		if err = cmp.Or(err, oracle.Whole(r)); err != nil {
			return nil, &refusal{path: path, status: r.Status, why: err.Error()}
		}
		bytes += len(r.Body)
		all = append(all, page...)
		next = strings.TrimPrefix(oracle.NextPage(r), p.in.Target.BaseURL)
		if why := unfollowed(next, seen, bytes); why != "" {
			return nil, &refusal{path: path, status: r.Status, why: why}
		}
	}
	return all, nil
}

// unfollowed says why the link to a next page is not followed; "" means that it
// is, or that there is none.
func unfollowed(next string, seen map[string]bool, bytes int) string {
	switch {
	case next == "":
		return ""
	case !strings.HasPrefix(next, "/api/"):
		return fmt.Sprintf("the link to the next page leads elsewhere, to %q", next)
	case seen[next]:
		return "the links to the next page lead in a circle"
	case len(seen) >= maxPages:
		return fmt.Sprintf("there are more than %d pages", maxPages)
	case bytes > maxBytes:
		return fmt.Sprintf("the pages are longer than %d MiB", maxBytes>>20)
	}
	return ""
}
