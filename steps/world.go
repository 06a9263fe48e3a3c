package steps

import (
	"encoding/hex"
	"errors"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/ledger"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
)

// A world is what one scenario knows. It belongs to one goroutine.
type world struct {
	suite        *Suite
	scenario     *Scenario
	session      *wire.Session
	svms         []SVM // that the scenario has to itself
	dice         *rand.Rand
	token        string // in the names of everything that the scenario creates
	objects      map[string]*object
	made         []*object          // in the order of their creation
	conditions   []ledger.Condition // that the lab was asked for, and did not refuse
	last         oracle.Ending      // of the When
	answer       *wire.Exchange     // of the When, before any job was followed
	listed       []map[string]any   // the records that the When listed, over all pages
	unseen       *wire.Request      // the last change, where its answer was lost and a reading showed that it was made; else nil
	stood        []map[string]any   // what every cluster has, as a Given listed it
	paged        []page             // what the When listed, for each size of page
	tried        []tried            // filters, with what they listed
	endings      []oracle.Ending
	sole         *census         // of the collection that was last found to hold nothing but what the run created; nil for none
	worked       int             // objects that a call on several said that it worked on
	jobs         map[string]bool // of its own calls, by uuid, that it may ask something of
	certificates int             // that the scenario has asked for
	passphrases  int             // that the scenario has made up
	verdicts     map[contract.ID]int
	found        []oracle.Finding
	shown        []string // codes that the answer to the When showed in a property
	cleaning     int      // requests that removed what the scenario made
	untold       bool     // a 202 named no job, so that nothing says when it is done

	sides []*wire.Session       // of other clients, which act for the scenario too
	heard map[*wire.Session]int // exchanges that the rights of the user were learned from
	lack  *right                // the first that the scenario wanted and the role of the user does not have; nil for none
}

func newWorld(s *Suite, sc *Scenario, svms []SVM) *world {
	h := fnv.New64a()
	io.WriteString(h, sc.identity())
	w := &world{
		suite: s, scenario: sc, svms: svms, jobs: map[string]bool{},
		dice:    rand.New(rand.NewPCG(s.Seed, h.Sum64())),
		token:   s.mark(h.Sum64()),
		objects: map[string]*object{}, verdicts: map[contract.ID]int{},
	}
	target := *s.guarded
	target.Guard = w.guard
	target.Again = func(x *wire.Exchange) bool { return w.again(oracle.Ending{Exchange: x}) }
	w.session = target.NewSession()
	return w
}

// verify notes what a step found out about requirements: err is nil, a
// mismatch, or something else, in which case nothing was found out.
func (w *world) verify(ids []contract.ID, err error) error {
	return w.verifyBy(w.evidence(), ids, err)
}

// evidence is the exchange that a Then has just looked at: the last one, but
// for the polls of a job, which follow what they belong to.
func (w *world) evidence() *wire.Exchange {
	history := w.session.History()
	for i := len(history) - 1; i >= 0; i-- {
		if history[i] == w.answer || !strings.HasPrefix(history[i].Request.Path, jobsPath) {
			return history[i]
		}
	}
	return w.answer
}

// lastOf is the last exchange of a method; nil when there was none.
func (w *world) lastOf(method string) *wire.Exchange {
	for _, x := range slices.Backward(w.session.History()) {
		if x.Request.Method == method {
			return x
		}
	}
	return nil
}

func (w *world) verifyBy(x *wire.Exchange, ids []contract.ID, err error) error {
	if err != nil && !oracle.IsMismatch(err) {
		return err
	}
	for _, id := range ids {
		w.looked(id, err, x)
	}
	return err
}

// looked notes that a requirement was looked at: err is nil if it was kept, and x is nil where
// several exchanges together show it. What the role of the user hides was not looked at.
func (w *world) looked(id contract.ID, err error, x *wire.Exchange) {
	if w.lacking() != nil {
		return
	}
	w.verdicts[id]++
	if err != nil {
		w.found = append(w.found, oracle.Finding{Requirement: id, Err: err, Exchange: x, After: max(1, len(w.session.History()))})
	}
}

// promises returns the requirements of the scenario that apply to the release:
// those of error codes, or all the others.
func (w *world) promises(codes bool) []contract.ID {
	var ids []contract.ID
	for _, id := range w.scenario.Requirements {
		q := w.suite.Judge.Contract().Requirement(id)
		if (q.Row != nil) == codes && q.Covers(w.suite.Judge.Release()) {
			ids = append(ids, id)
		}
	}
	return ids
}

// judge attributes what a Then found to the promises of the scenario.
func (w *world) judge(err error) error { return w.verify(w.promises(false), err) }

// conclude judges every exchange and settles the outcome.
func (w *world) conclude(o *oracle.Outcome, err error) {
	history := w.session.History()
	err = w.unlessLacking(err)
	o.Verdicts, o.Found = w.verdicts, w.found
	o.Add(w.suite.Judge.Judge(history, w.session.Sent()))
	err = w.unlessInFront(o, err)
	o.Requests = len(history) + len(w.session.Unanswered()) + w.cleaning
	o.Secrets = w.session.Secrets()
	if !w.suite.Unobserved {
		o.Operations, o.Codes = w.coverage()
		o.Seen = w.suite.Judge.Observe(history)
	}
	o.Conclude(err)
	if o.Status == oracle.Passed && len(w.verdicts) == 0 {
		o.Conclude(errors.New("nothing was looked at"))
	}
	if o.Status > oracle.Passed || w.scenario.turn > 1 {
		o.Evidence = history
	}
}

// coverage returns which operations answered what, and with which codes.
func (w *world) coverage() (map[oracle.Answered]int, map[oracle.Provoked]bool) {
	answered, provoked := map[oracle.Answered]int{}, map[oracle.Provoked]bool{}
	c := w.suite.Judge.Contract()
	for _, x := range w.session.History() {
		if o := c.Route(x.Request.APIPath()).Operation(x.Request.Method); o != nil {
			answered[oracle.Answered{Operation: o.String(), Status: x.Response.Status}]++
		}
	}
	for _, e := range w.endings {
		codes := e.Codes()
		if e.Exchange == w.answer {
			codes = append(codes, w.shown...)
		}
		if o := c.Route(e.Exchange.Request.APIPath()).Operation(e.Exchange.Request.Method); o != nil {
			for _, code := range codes {
				provoked[oracle.Provoked{Operation: o.String(), Code: code}] = true
			}
		}
	}
	return answered, provoked
}

// svm returns the SVM that the scenario has, the first of several, or the admin
// SVM when it is about the cluster.
func (w *world) svm() SVM {
	if len(w.svms) == 0 {
		return w.suite.Admin
	}
	return w.svms[0]
}

// uuid makes up a uuid that nothing has.
func (w *world) uuid() string {
	b := make([]byte, 16)
	reader{w.dice}.Read(b)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	x := hex.EncodeToString(b)
	u := x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
	w.suite.fictional.Store(u, true)
	return u
}

// secret makes up a secret value.
func (w *world) secret(name string) wire.Secret {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	var b strings.Builder
	for range 24 {
		b.WriteByte(letters[w.dice.IntN(len(letters))])
	}
	return wire.NewSecret(name, b.String())
}
