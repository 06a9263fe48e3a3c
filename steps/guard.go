package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// guard holds back every write to what the run did not create. It stands
// between all steps and the target, so that no step, new or wrong, and no
// answer that lies about what it made, can make us touch somebody's keys.
func (s *Suite) guard(r wire.Request) error {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if s.Mode == ReadOnly {
		return errors.New("the mode is read-only")
	}
	path := strings.TrimSuffix(r.APIPath(), "/")
	route := s.Judge.Contract().Route(path)
	uuid, named := route.Params["uuid"]
	switch {
	case route.Resource == nil:
		return errors.New("the catalogue does not know the path")
	case !named && r.Method == http.MethodPost:
		return nil // a creation: the ledger has it already
	case !named:
		return errors.New("a whole collection is never written to")
	}
	if _, made := s.fictional.Load(uuid); made {
		return nil // nothing is there, and nothing of anybody's can be
	}
	if !s.Ledger.Owns("/api" + route.Resource.Path + "/" + uuid) {
		return fmt.Errorf("%s is not in the ledger of this run", uuid)
	}
	return nil
}

// existing returns the uuids of the vaults that are on the target before the
// run creates any: whatever an answer says, they are not ours.
func (s *Suite) existing(ctx context.Context) (map[string]bool, error) {
	found := map[string]bool{}
	if s.Absent["azure-key-vaults"] != "" || s.Mode == ReadOnly {
		return found, nil
	}
	session := s.guarded.NewSession()
	records, err := list(ctx, session, markedPath)
	if miss := new(oracle.Mismatch); errors.As(err, &miss) {
		return nil, nil // its lists are broken: locate then looks at each record
	}
	if err != nil {
		return nil, fmt.Errorf("finding out what exists before the run: %w", err)
	}
	for _, r := range records {
		ours := slices.ContainsFunc(slices.Collect(maps.Keys(s.Ledger.Marks())), func(mark string) bool { return carries(r, mark) })
		if uuid, ok := r["uuid"].(string); ok && !ours { // ours: of the run whose ledger we were given
			found[strings.ToLower(uuid)] = true
		}
	}
	return found, nil
}

// plain is what a uuid of ours may look like: a target that calls an object "*"
// or ".." must not make us delete others with it.
var plain = regexp.MustCompile(`^[0-9A-Za-z_-]{1,128}$`)

// isForeign reports whether a uuid existed before the run, or is none that we
// could use.
func (s *Suite) isForeign(uuid string) bool {
	return s.foreign[strings.ToLower(uuid)] || !plain.MatchString(uuid)
}

// noCredentials is why authentication cannot be tested.
var noCredentials = &oracle.Skip{Applies: true, Reason: "the run has no credentials, so nothing shows whether they are needed"}
