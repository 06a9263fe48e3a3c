package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// Bounds of a walk over the pages of a list.
const (
	maxPages = 2000
	maxList  = 64 << 20 // bytes of all pages together
)

// A listing is a collection as it was read, page by page.
type listing struct {
	records []map[string]any
	pages   []*wire.Exchange
}

// doubt says why something may be missing from a listing that was read to its end; nil means
// that the listing itself does not say so.
func (l listing) doubt() error {
	for _, x := range l.pages {
		if err := oracle.Whole(x.Response); err != nil {
			return err
		}
	}
	return nil
}

// list returns all records of a collection, page by page. An answer that is no list is a
// mismatch: it does not mean that nothing is there.
func list(ctx context.Context, s *wire.Session, path string) ([]map[string]any, error) {
	l, err := walk(ctx, s, path)
	return l.records, err
}

// walk reads a collection page by page. The next link is followed as it stands, but never to
// another host and never in a circle.
func walk(ctx context.Context, s *wire.Session, path string) (listing, error) {
	return walkBy(ctx, s, wire.Request{Method: http.MethodGet, Path: path})
}

// walkBy is walk by a request that may have headers: each page is asked for with them.
func walkBy(ctx context.Context, s *wire.Session, r wire.Request) (l listing, err error) {
	seen, path := map[string]bool{}, r.Path
	for size := 0; len(seen) < maxPages && size <= maxList; {
		seen[path] = true
		r.Path = path
		x, err := s.Do(ctx, r)
		if err != nil {
			return listing{}, err
		}
		if err := oracle.ExpectStatus(x, http.StatusOK); err != nil {
			if len(seen) > 1 && oracle.IsMismatch(err) { // the list was there, and its link leads nowhere
				return listing{}, oracle.Differs("status of the next page, "+path, http.StatusOK, x.Response.Status)
			}
			return listing{}, err
		}
		records, err := oracle.ListOf(x.Response)
		if err != nil {
			return listing{}, err
		}
		size += len(x.Response.Body)
		l.records, l.pages = append(l.records, records...), append(l.pages, x)
		next := oracle.NextPage(x.Response)
		if next == "" {
			return l, nil
		}
		if u, err := url.Parse(next); err != nil || u.Host != "" || seen[next] {
			return listing{}, oracle.Differs("next link", "a path on this host that was not read yet", next)
		}
		path = next
	}
	return listing{}, fmt.Errorf("a list that does not end within %d pages and %d MiB", maxPages, maxList>>20)
}

// walkAny reads a collection in one form after the other, until one of them is a list that
// shows what identifies each record and does not itself say that something is missing. The
// error says why none of them can be relied on; it is a mismatch unless there was no answer.
func walkAny(ctx context.Context, s *wire.Session, k *kind, paths ...string) (listing, error) {
	var doubts []error
	for _, path := range paths {
		l, err := walk(ctx, s, path)
		if err != nil && !oracle.IsMismatch(err) {
			return listing{}, err
		}
		if err == nil {
			err = l.doubt()
		}
		if err == nil && slices.ContainsFunc(l.records, func(r map[string]any) bool { return k.id(r) == "" }) {
			err = oracle.Differs("records of the list", "to show what identifies them", "some that do not")
		}
		if err == nil {
			return l, nil
		}
		doubts = append(doubts, err)
	}
	return listing{}, errors.Join(doubts...)
}
