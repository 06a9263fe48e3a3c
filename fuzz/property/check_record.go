package property

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/plan"
	"ontap-conformance/fuzz/strategy"
)

// playOptions wants the methods that the catalogue has of a path.
func playOptions(_ context.Context, p *player, c plan.Call, x *wire.Exchange) error {
	want := []string{http.MethodOptions}
	for _, o := range p.m.Catalogue.Route(x.Request.APIPath()).Operations {
		if o.Covers(p.m.Release) {
			want = append(want, o.Method)
		}
	}
	if slices.Contains(want, http.MethodGet) {
		want = append(want, http.MethodHead)
	}
	return oracle.ExpectAllow(x, want...)
}

// playNamedFields wants the fields that are named, the identifier, and no field besides.
func playNamedFields(_ context.Context, p *player, c plan.Call, x *wire.Exchange) error {
	named, record := strings.Split(c.Query[0].Value, ","), x.Response.Object()
	if err := oracle.ExpectStatus(x, http.StatusOK); err != nil {
		return p.session.Verify(x, []contract.ID{"API-FIELDS-01"}, err)
	}
	err := sameID(record, p.object.UUID)
	if err := p.session.Verify(x, []contract.ID{"API-FIELDS-06"}, err); err != nil {
		return err
	}
	err = nil
	tops := map[string]bool{}
	for _, field := range named {
		top, _, _ := strings.Cut(field, ".")
		tops[top] = true
		if want, set := oracle.Lookup(p.record, field); set && want != nil && err == nil {
			err = oracle.ExpectSet(record, field)
		}
	}
	if err := p.session.Verify(x, []contract.ID{"API-FIELDS-01"}, err); err != nil {
		return err
	}
	err = nil
	for _, f := range p.m.Shown {
		top, _, _ := strings.Cut(f.Name, ".")
		if identifies(f.Name) || tops[top] || err != nil {
			continue
		}
		err = oracle.ExpectUnset(record, f.Name)
	}
	return p.session.Verify(x, []contract.ID{"API-FIELDS-02"}, err)
}

// identifies reports whether a field may count as an identifier, which a reading
// may bring unasked.
func identifies(field string) bool {
	last := field[strings.LastIndex(field, ".")+1:]
	return last == "uuid" || last == "name" || last == "scope"
}

func sameID(record map[string]any, uuid string) error {
	if got, _ := record["uuid"].(string); !strings.EqualFold(got, uuid) {
		return oracle.Differs("uuid", uuid, fmt.Sprint(record["uuid"]))
	}
	return nil
}

// playObjectField wants the members of an object that a whole reading shows.
func playObjectField(_ context.Context, p *player, c plan.Call, x *wire.Exchange) error {
	if err := oracle.ExpectStatus(x, http.StatusOK); err != nil {
		return err
	}
	return showsMembers(p.m, x.Response.Object(), p.record, c.Query[0].Value)
}

// showsMembers wants a record to show the members of an object that a whole reading shows, as
// far as the documents name them.
func showsMembers(m *strategy.Model, record, whole map[string]any, object string) error {
	members := flat(whole, object)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if m.Field(name) == nil {
			continue
		}
		if err := sameValue(record, name, members[name]); err != nil {
			return err
		}
	}
	return nil
}

// playMembers wants members of the SVM to be there, or with a ! in front not to be.
func playMembers(members ...string) func(context.Context, *player, plan.Call, *wire.Exchange) error {
	return func(_ context.Context, p *player, _ plan.Call, x *wire.Exchange) error {
		if p.m.Field("svm.name") == nil || p.m.Field("svm.uuid") == nil {
			return nil
		}
		err := oracle.ExpectStatus(x, http.StatusOK)
		for _, name := range members {
			if absent, out := strings.CutPrefix(name, "!"); out && err == nil {
				err = oracle.ExpectUnset(x.Response.Object(), absent)
			} else if err == nil {
				err = oracle.ExpectSet(x.Response.Object(), name)
			}
		}
		return err
	}
}

// flat lists the members of an object of a record by dotted name, links left out.
func flat(record map[string]any, object string) map[string]any {
	all := map[string]any{}
	in, _ := record[object].(map[string]any)
	for name, v := range in {
		if _, nested := v.(map[string]any); !nested && v != nil {
			all[object+"."+name] = v
		}
	}
	return all
}

// playAdvancedAlone wants the advanced properties.
func playAdvancedAlone(_ context.Context, p *player, _ plan.Call, x *wire.Exchange) error {
	if isOfState(p, x) {
		return nil
	}
	return p.session.Verify(x, p.m.Of("advanced-is-returned-when-named"), showsAdvanced(p, x))
}

// isOfState reports whether a reading failed by the state of the target, which advanced
// properties are about.
func isOfState(p *player, x *wire.Exchange) bool {
	return x.Response.Status >= 500 || testbed.Prevented(p.m.Catalogue, oracle.CallResult{Exchange: x}) != nil
}

func showsAdvanced(p *player, x *wire.Exchange) error {
	err := oracle.ExpectStatus(x, http.StatusOK)
	for _, name := range p.m.Advanced() {
		if err == nil {
			err = oracle.ExpectSet(x.Response.Object(), name)
		}
	}
	return err
}

// playAdvanced wants the advanced properties, beside those that a plain reading shows.
func playAdvanced(_ context.Context, p *player, _ plan.Call, x *wire.Exchange) error {
	if isOfState(p, x) {
		return nil
	}
	err := showsAdvanced(p, x)
	if err := p.session.Verify(x, p.m.Of("advanced-is-returned-when-named"), err); err != nil {
		return err
	}
	rest := oracle.ExpectStatus(x, http.StatusOK)
	if rest == nil {
		rest = showsRest(p, x.Response.Object(), p.record)
	}
	if err == nil {
		err = rest
	}
	if err := p.session.Verify(x, []contract.ID{"API-FIELDS-05"}, err); err != nil {
		return err
	}
	if err := p.session.Verify(x, []contract.ID{"API-FIELDS-12"}, rest); err != nil {
		return err
	}
	return p.session.Verify(x, p.m.Of("certificate-text-is-shown"), oracle.ExpectSet(x.Response.Object(), "public_certificate"))
}

func playEmpty(_ context.Context, _ *player, _ plan.Call, x *wire.Exchange) error { return isEmpty(x) }

// isEmpty wants a list of nothing.
func isEmpty(x *wire.Exchange) error {
	if err := oracle.ExpectStatus(x, http.StatusOK); err != nil {
		return err
	}
	if records, _ := x.Response.Object()["records"].([]any); len(records) > 0 {
		return oracle.Differs("records", "none", len(records))
	}
	return oracle.ExpectField(x.Response.Object(), "num_records", 0)
}

// showsRest wants a record to have every field that another has and that is set.
func showsRest(p *player, record, other map[string]any) error {
	for _, f := range p.m.Shown {
		if v, set := oracle.Lookup(other, f.Name); set && v != nil {
			if err := oracle.ExpectSet(record, f.Name); err != nil {
				return err
			}
		}
	}
	return nil
}
