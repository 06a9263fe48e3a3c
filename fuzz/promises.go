package fuzz

import (
	"regexp"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
)

// A role is what a requirement says, told by its sentence: resources make the
// same promises under IDs of their own, and a resource that is added makes those
// whose sentences it repeats. Nothing is claimed about a resource that does not.
type role struct{ sentence *regexp.Regexp }

func says(pattern string) role { return role{regexp.MustCompile(pattern)} }

// The roles.
var (
	creates        = says(`^A complete request (with a client secret )?creates |configure an external key manager for a data SVM\.$|can be installed as a client certificate\.$`)
	createsByCert  = says(`^A complete request with a PKCS#12 certificate`)
	readsBack      = says(`can be read back|shows the type that it was installed as\.$`)
	lacking        = says(`^A creation without .* is refused\.$`)
	second         = says(`^A second (configuration for one|key manager for the same) SVM is refused\.$`)
	postsReadOnly  = says(`^A read-only field in a creation is refused\.$`)
	neverSet       = says(`^A read-only field is never set by a creation\.$`)
	postsPatchOnly = says(`which can only be changed, are refused in a creation\.$`)
	changes        = says(`^A property that was changed has its new value\.$`)
	changesAlone   = says(`can be changed without new credentials\.$`)
	changesSecret  = says(`^(A client secret|The credentials) can be changed\.$`)
	changesCert    = says(`^A client certificate can be changed\.$`)
	namesKind      = says(`^After a change of the credentials authentication_method names the new kind\.$`)
	unknownSVM     = says(`^A creation for an SVM that does not exist is refused with a status of the 400s\.$`)
	startsOrNot    = says(`is started, or refused with \d+ `)
	keyless        = says(`^Rekeying the external key without a key_id is refused\.$`)
	severalAtOnce  = says(`^Several properties can be changed at once\.$`)
	keepsTheRest   = says(`^A change leaves every property alone that it does not name\.$`)
	twice          = says(`^The same change can be made twice and has the same effect\.$`)
	patchesFixed   = says(`^A create-only property is refused in a change\.$`)
	patchesRead    = says(`^A read-only property is refused in a change\.$`)
	fixed          = says(`^A create-only or read-only property never changes by a change\.$`)
	othersAlone    = says(`^A change of one configuration leaves those of other SVMs as they were\.$`)
	inactive       = says(`^create_inactive with a configuration\.name creates a configuration that is not enabled`)
	nameTaken      = says(`^A second configuration of one name on one SVM is refused\.$`)
	deletedAlone   = says(`^A deletion leaves the other configurations of the SVM alone\.$`)
	unreadable     = says(`that was deleted can no longer be read\.$`)
	unlisted       = says(`that was deleted is not in the collection\.$`)
	unaskable      = says(`^Whatever is asked of .* that was deleted is refused\.$`)
	again          = says(`^After a deletion .* can be given (a configuration|an external key manager) again\.$`)
	readable       = says(`that (the collection lists|exists) can be read by its uuid\.$`)
	malformed      = says(`^A GET of something that is no uuid is answered with 400 or 404\.$`)
	showsText      = says(`^A reading of all fields shows the certificate that was installed\.$`)
	named          = says(`^The advanced properties are returned when they are named\.$`)
	readsUnknown   = says(`^A GET of a uuid that does not exist is refused with a status of the 400s\.$`)
	readsGone      = says(`^A GET of a uuid that does not exist is answered with \d+`)
	readsCoded     = says(`^A GET of a uuid that does not exist is refused with code `)
	changesGone    = says(`^A change of a uuid that does not exist is answered with \d+`)
	deletesGone    = says(`^A deletion of a uuid that does not exist is answered with \d+`)
	changesUnknown = says(`^A change of a uuid that does not exist is refused\.$`)
	deletesUnknown = says(`^A deletion of a uuid that does not exist is refused\.$`)
	actsOnUnknown  = says(`^(Rekeying|Restoring) .* of a uuid that does not exist is refused\.$`)
	rekeyed        = says(`^After the external key was rekeyed key_id is the new key\.$`)
	rekeysOnly     = says(`^Rekeying the external key changes nothing but key_id\.$`)
	rekeyStarts    = says(`^Rekeying the external key is started\.$`)
)

// of returns the requirements of a resource that say so in a release.
func (r role) of(resource *contract.Resource, release contract.Release) []contract.ID {
	return r.about(resource, release, "")
}

// about returns those that say so of a field. A sentence that names some fields
// is about them alone; one that names none is about all.
func (r role) about(resource *contract.Resource, release contract.Release, field string) []contract.ID {
	var ids []contract.ID
	for _, q := range resource.Requirements {
		if q.Row == nil && q.Untested == "" && q.Covers(release) && r.sentence.MatchString(q.Text) && (field == "" || speaksOf(q.Text, resource, field)) {
			ids = append(ids, q.ID)
		}
	}
	return ids
}

var wordPattern = regexp.MustCompile(`[a-z_0-9]+`)

// speaksOf reports whether a sentence is about a field: it has the field's name,
// that of the object that holds it or of the group that it belongs to ("the
// proxy"), or it names no field at all.
func speaksOf(sentence string, resource *contract.Resource, field string) bool {
	sentence, _, _ = strings.Cut(sentence, " other than ")
	words := wordPattern.FindAllString(sentence, -1)
	top, _, _ := strings.Cut(field, ".")
	group, _, grouped := strings.Cut(field, "_")
	if slices.Contains(words, field) || slices.Contains(words, top) || grouped && slices.Contains(words, group) && !isField(resource, group) {
		return true
	}
	return !slices.ContainsFunc(words, func(w string) bool { return isField(resource, w) || isGroup(resource, w) })
}

// isField reports whether a word is the name of a field that sentences mean by
// it; "name" and "configuration" are words of their own.
func isField(resource *contract.Resource, word string) bool {
	return slices.ContainsFunc(resource.Fields, func(f *contract.Field) bool { return f.Name == word }) &&
		word != "configuration" && word != "state" && word != "enabled"
}

func isGroup(resource *contract.Resource, word string) bool {
	n := 0
	for _, f := range resource.Fields {
		if strings.HasPrefix(f.Name, word+"_") {
			n++
		}
	}
	return n > 1
}
