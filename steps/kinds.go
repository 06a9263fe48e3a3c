package steps

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
)

// A kind is one sort of object that scenarios create. Everything that steps
// need to know of a resource beyond its catalogue file stands in its kind.
type kind struct {
	noun      string // as features say it, for example "vault"
	plural    string
	resource  string      // in the catalogue
	key       string      // the field that identifies one; "" means uuid
	part      string      // the end of the path of its collection below that of what it is a part of; "" for what stands alone
	stands    []string    // resources that it stands on, in the catalogue
	marked    []string    // the fields that a creation puts the mark of the run into
	singleton bool        // whether the cluster has one of it, which belongs to no SVM
	nameless  bool        // whether it carries no mark: it is ours if there was none before
	seat      bool        // whether it takes the one place of an SVM's key manager
	occupied  []string    // codes of a creation for an SVM whose place is taken
	readable  contract.ID // the promise that what exists can be read by its uuid; empty for what has none
	unlisted  contract.ID // the promise that what was deleted is not listed
	beside    contract.ID // the promise of create_inactive; empty where there is none

	// body is a complete creation: all that is required, and nothing else. Each
	// of the marked fields holds the token of the scenario.
	body func(w *world, name string, svm SVM) map[string]any
	// credentials is a change that gives an object new ones, which every object
	// of the kind takes. It is nil where nothing can be changed.
	credentials func(w *world) map[string]any
	// visible is a change that can be read afterwards. It is nil where nothing
	// can be changed.
	visible func(w *world) map[string]any
	// newKey is the body of a rekey of the external key; the object is nil when
	// there is none. It is nil where there is no such operation.
	newKey func(w *world, o *object) map[string]any
}

// kinds is every kind. No noun may be the end of another that features write
// before the same words: the longest is tried first.
// What others stand on comes before them.
var kinds = []*kind{clientCertificate, caCertificate, vaults, awsKMS, onboard, external, clusterExternal, keyServer, authKey}

func (k *kind) singular() string { return k.noun }

// path is that of the collection.
func (k *kind) path(c *contract.Catalogue) string { return "/api" + c.Resource(k.resource).Path }

// markedPath lists the objects of a kind with the fields that carries looks at,
// as far as the release has them.
func (s *Suite) markedPath(k *kind) string {
	r := s.Judge.Contract().Resource(k.resource)
	fields := slices.DeleteFunc(append(slices.Clone(k.marked), "svm"), func(name string) bool {
		return r.Field(name, s.Judge.Release()) == nil
	})
	return k.path(s.Judge.Contract()) + "?fields=" + strings.Join(fields, ",")
}

// scope is the SVM that what is made for svm belongs to; the zero SVM means the
// cluster itself.
func (k *kind) scope(svm SVM) SVM {
	if k.singleton {
		return SVM{}
	}
	return svm
}

// ofSVM narrows a list to what an SVM may have of a kind; an SVM without a name
// is the cluster itself.
func (k *kind) ofSVM(svm string) string {
	if svm == "" {
		return ""
	}
	return "&svm.name=" + url.QueryEscape(svm)
}

// carries reports whether a record shows the mark in one of the fields that a
// creation of ours puts it into.
func (k *kind) carries(record map[string]any, mark string) bool {
	if k.nameless {
		enabled, _ := oracle.Lookup(record, "onboard.enabled")
		return mark != "" && enabled == true
	}
	return mark != "" && slices.ContainsFunc(k.marked, func(field string) bool {
		v, _ := oracle.Lookup(record, field)
		return holds(v, mark)
	})
}

// holds reports whether v is a text with the mark in it, or a list of such.
func holds(v any, mark string) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, mark)
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return holds(e, mark) })
	}
	return false
}

// kindCalled returns the kind of a noun or a plural. The vocabulary lets no
// other word through.
func kindCalled(word string) *kind {
	i := slices.IndexFunc(kinds, func(k *kind) bool { return k.noun == word || k.plural == word })
	return kinds[i]
}

// kindOf returns the kind that a ledger names by its noun, as those of today do,
// or by its resource; nil when there is none.
func kindOf(filed string) *kind {
	i := slices.IndexFunc(kinds, func(k *kind) bool { return k.noun == filed || k.resource == filed })
	if i < 0 {
		return nil
	}
	return kinds[i]
}

// id returns what identifies a record of the kind, or "".
func (k *kind) id(record map[string]any) string {
	id, _ := record[cmp.Or(k.key, "uuid")].(string)
	return id
}

// words lists a word of kinds as a regular expression has it.
func words(kinds []*kind, of func(*kind) string) string {
	var all []string
	for _, k := range kinds {
		all = append(all, of(k))
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return strings.Join(all, "|")
}

// The parts of phrases that stand for objects.
var (
	nouns   = words(kinds, (*kind).singular)
	wholes  = words(slices.DeleteFunc(slices.Clone(kinds), func(k *kind) bool { return k.part != "" }), (*kind).singular)
	plurals = words(kinds, func(k *kind) string { return k.plural })

	theObject = `the (?:` + nouns + `) "([^"]*)"`                         // one that the scenario has
	aNew      = `the (` + wholes + `) "([^"]*)"`                          // one that is to be made
	inactive  = `the inactive (` + wholes + `) "([^"]*)"`                 // one that is to be made beside the active one
	unknown   = `(?:a|an) (` + wholes + `) that does not exist`           // one that nobody ever made
	spoken    = regexp.MustCompile(`\b(` + plurals + `|` + nouns + `)\b`) // any of them
)

// spokenOf returns the kinds that a step speaks of, values in quotes left out,
// and those whose paths it names.
func spokenOf(c *contract.Catalogue, step string) []*kind {
	var all []*kind
	for _, k := range kinds {
		if k.part == "" && strings.Contains(step, k.path(c)) {
			all = append(all, k)
		}
	}
	for _, word := range spoken.FindAllString(quoted.ReplaceAllString(step, ""), -1) {
		if k := kindCalled(word); !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}

// at is the path of the object of a collection with that key.
func at(collection, key string) string { return collection + "/" + url.PathEscape(key) }
