package steps

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// The steps of this file are Thens about lists.

func everyPageSizeGivesAll(w *world, noun string) error {
	return everyPageSizeGives(w, allNames(w, w.kind(noun)), false)
}

func everyPageSizeGivesInOrder(w *world, _, names string) error {
	return everyPageSizeGives(w, split(names), true)
}

func everyPageSizeGives(w *world, want []string, sorted bool) error {
	for _, p := range w.paged {
		if err := oracle.ExpectRecords("records of the list in pages of "+p.size, p.names, want, sorted); err != nil {
			return w.judge(err)
		}
	}
	return w.judge(nil)
}

func eachFilterLists(w *world) error {
	for _, f := range w.tried {
		if err := oracle.ExpectRecords("records of the list with "+f.filter, f.got, f.want, false); err != nil {
			return w.judge(err)
		}
	}
	return w.judge(nil)
}

func areListed(ctx context.Context, w *world, _, names string) error {
	return expectListed(ctx, w, names, false)
}

func areListedInOrder(ctx context.Context, w *world, _, names string) error {
	return expectListed(ctx, w, names, true)
}

// expectListed asks again by a filter of all SVMs before it believes what is
// wrong with its list.
func expectListed(ctx context.Context, w *world, names string, sorted bool) error {
	for looks := 1; ; looks++ {
		err := oracle.ExpectStatus(w.last.Exchange, http.StatusOK)
		if err == nil {
			err = oracle.ExpectRecords("records of the list", namesOf(w, w.listed), split(names), sorted)
		}
		if err == nil || len(w.tried) == 0 || looks == maxLooks {
			return w.judge(err)
		}
		if err := listsOwn(ctx, w, w.tried[0].path); err != nil {
			return err
		}
	}
}

// listedHave wants fields of every record of the list, of which there is one at
// least.
func listedHave(w *world, _, names string) error {
	if err := oracle.ExpectStatus(w.last.Exchange, http.StatusOK); err != nil {
		return w.judge(err)
	}
	if len(w.listed) == 0 {
		return w.judge(oracle.Differs("records of the list", "some", "none"))
	}
	for _, r := range w.listed {
		for _, name := range split(names) {
			if err := oracle.ExpectSet(r, name); err != nil && !undocumented(w, resourceOf(w), name) {
				return w.judge(err)
			}
		}
	}
	return w.judge(nil)
}

// answerHasFieldsOfReading compares which fields a list with fields=* and a
// reading of the record itself return.
func answerHasFieldsOfReading(ctx context.Context, w *world, name string) error {
	o, err := w.Objects.Get(name)
	if err != nil {
		return err
	}
	return afterReading(ctx, w, name, func(record map[string]any) error {
		if len(w.listed) != 1 {
			return oracle.Differs("records of the list", 1, len(w.listed))
		}
		one, all := strings.Join(topLevel(w, o.Kind, record), ", "), strings.Join(topLevel(w, o.Kind, w.listed[0]), ", ")
		if one != all {
			return oracle.Differs("fields of the record with fields=*", one, all)
		}
		return nil
	})
}

// topLevel lists the members of a record that say something and that the documents name, links
// left out.
func topLevel(w *world, k *contract.ObjectKind, record map[string]any) []string {
	var names []string
	for name, v := range record {
		known := slices.ContainsFunc(fieldsOf(w, k), func(f *contract.Field) bool {
			top, _, _ := strings.Cut(f.Name, ".")
			return top == name || slices.Contains(f.Aliases, name)
		})
		if name != "_links" && v != nil && known {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func countOnly(w *world, n int) error {
	if err := oracle.ExpectStatus(w.answer, http.StatusOK); err != nil {
		return w.judge(err)
	}
	body := w.answer.Response.Object()
	if n > 0 && oracle.NextPage(w.answer.Response) != "" {
		return &oracle.Skip{Applies: true, Reason: "the count goes on on a next page, and what it then counts is in no document"}
	}
	if err := oracle.ExpectField(body, "num_records", n); err != nil {
		return w.judge(err)
	}
	if len(w.listed) > 0 {
		return w.judge(oracle.Differs("records that were counted, or filtered by what nothing has", "none", len(w.listed)))
	}
	return w.judge(nil)
}

func jobIsListed(w *world) error {
	if err := oracle.ExpectStatus(w.last.Exchange, http.StatusOK); err != nil {
		return w.judge(err)
	}
	var uuids []string
	for _, r := range w.listed {
		uuid, _ := r["uuid"].(string)
		uuids = append(uuids, uuid)
	}
	return w.judge(oracle.ExpectRecords("jobs of the list", uuids, []string{w.Calls.Job()}, false))
}
