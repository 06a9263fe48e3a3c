package steps

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// nonceLength is how many characters of every mark are the nonce of the run. A mark then has 20,
// which is within the bounds of every field that a mark goes into.
const nonceLength = 8

var nonce = regexp.MustCompile(`^[a-z0-9]{1,8}$`)

// NewNonce makes up a nonce, one of 2^40.
func NewNonce() string { return strings.ToLower(rand.Text()[:nonceLength]) }

// VerifyNonce refuses a text that cannot be a nonce.
func VerifyNonce(text string) error {
	if !nonce.MatchString(text) {
		return fmt.Errorf("want 1 to %d of the characters a-z and 0-9, got %q", nonceLength, text)
	}
	return nil
}

// mark is what everything carries that a scenario creates: the nonce of the run, and what
// follows from the scenario and the seed. All marks are equally long, or one could be a part
// of another, so that a shorter nonce is filled up with zeros.
func (s *Suite) mark(scenario uint64) string {
	const base, digits = 36, 10 // 36^10 > 2^51
	of := strconv.FormatUint((scenario^s.Seed)&(1<<51-1), base)
	return "oc" + s.Nonce + strings.Repeat("0", max(0, nonceLength-len(s.Nonce))) + strings.Repeat("0", digits-len(of)) + of
}

// ownership is what a record says of whose it is.
type ownership int

const (
	notMine ownership = iota // it has no mark of the entry, or belongs to an SVM that the run does not use
	untold                   // it has the mark, and does not say which SVM it belongs to
	mine
)

// whose tells whether a record is what a ledger entry stands for. It goes by what the record
// itself says, never by what was asked for: a filter may have been overlooked, and another run
// may have been given the same nonce.
func (s *Suite) whose(k *kind, record map[string]any, e ledger.Entry) ownership {
	if !k.carries(record, e.Mark) {
		return notMine
	}
	name, uuid := shownText(record, "svm.name"), shownText(record, "svm.uuid")
	switch known := s.svmOf(name, uuid); {
	case name == "" && uuid == "":
		if s.isCluster(e.SVM) {
			return mine // what is the cluster's need not say so
		}
		return untold
	case name != "" && uuid != "" && known.UUID != "" && !strings.EqualFold(known.UUID, uuid):
		return notMine // it is of two SVMs
	case name == "" && known.Name == "":
		if s.svmOf(e.SVM, "").UUID != "" {
			return notMine // it is of an SVM that the run does not know
		}
		return untold
	case name == "":
		name = known.Name
	}
	// A target that made it for another SVM than it was told to has made it all the same.
	if name == e.SVM || s.isCluster(name) && s.isCluster(e.SVM) || s.uses(name) || strings.Contains(name, e.Mark) {
		return mine
	}
	return notMine
}

// shownText is the text that a record shows at a path, or "".
func shownText(record map[string]any, path string) string {
	v, _ := oracle.Lookup(record, path)
	text, _ := v.(string)
	return text
}

// svmOf returns the SVM of a name, or of a uuid when the name is empty, as far as the run
// knows it; else the zero SVM.
func (s *Suite) svmOf(name, uuid string) SVM {
	for _, svm := range append(slices.Clone(s.SVMs), s.Admin) {
		if name != "" && svm.Name == name || name == "" && uuid != "" && strings.EqualFold(svm.UUID, uuid) { // some write uuids in capitals
			return svm
		}
	}
	return SVM{}
}

// isCluster reports whether a name means the cluster itself rather than a data SVM.
func (s *Suite) isCluster(name string) bool { return name == "" || name == s.Admin.Name }

// uses reports whether a data SVM is one of the run: those that it was given, or, where only
// its ledger is left, those that the ledger names.
func (s *Suite) uses(name string) bool {
	if s.isCluster(name) {
		return false
	}
	if len(s.SVMs) > 0 {
		return slices.ContainsFunc(s.SVMs, func(svm SVM) bool { return svm.Name == name })
	}
	for _, e := range s.Ledger.Marks() {
		if e.SVM == name {
			return true
		}
	}
	return false
}

// isOurs reports whether a record of a list is what a ledger entry stands for. A list may have
// mixed up records, so that the object itself is asked; where neither says which SVM it belongs
// to, the mark has to do. The error says that the two contradict each other, that the object was
// there before an earlier run, or that nobody answered.
func (s *Suite) isOurs(ctx context.Context, session *wire.Session, k *kind, record map[string]any, e ledger.Entry) (bool, error) {
	uuid := k.id(record)
	of := s.whose(k, record, e)
	if of != notMine && s.wasThere(uuid) != nil {
		return false, fmt.Errorf("a list shows the mark %q at an object, and %w", e.Mark, s.wasThere(uuid))
	}
	if of == notMine || s.isForeign(uuid) {
		return false, nil
	}
	x, err := session.Do(ctx, wire.Request{Method: http.MethodGet, Path: at(k.path(s.Judge.Contract()), uuid)})
	switch {
	case err != nil:
		return false, err
	case x.Response.OK() && s.whoseAt(k, uuid, x.Response.Object(), e) != notMine:
		return true, nil
	case x.Response.OK() && of == mine && k.isElsewhere(uuid, x.Response.Object()):
		return false, &misread{uuid, k.id(x.Response.Object()), x}
	case x.Response.OK() && of == mine && k.showsMore(x.Response.Object()):
		return false, fmt.Errorf("a list shows the mark %q at %s, and reading that shows something else", e.Mark, uuid)
	}
	return of == mine, nil // there is nothing but the list to go by
}

// whoseAt is whose of what was read at a uuid. A record that names another is of another object.
func (s *Suite) whoseAt(k *kind, uuid string, record map[string]any, e ledger.Entry) ownership {
	if k.isElsewhere(uuid, record) {
		return notMine
	}
	return s.whose(k, record, e)
}

// isElsewhere reports whether a record names another uuid than the one that it was read at.
func (k *kind) isElsewhere(uuid string, record map[string]any) bool {
	id := k.id(record)
	return k.key == "" && id != "" && !strings.EqualFold(id, uuid)
}

// misread is the error of an object that a list shows with our mark, and that a GET of its uuid
// answers with another record: nobody knows whose it is.
type misread struct {
	uuid, other string
	exchange    *wire.Exchange
}

func (e *misread) Error() string {
	return fmt.Sprintf("a list shows the mark of the run at %s, and reading that shows %s", e.uuid, e.other)
}
