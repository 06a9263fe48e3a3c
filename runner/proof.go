package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/term"

	"ontap-conformance/features"
	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/files"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz"
	"ontap-conformance/runner/canary"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/report"
)

// A proof looks through all that a command writes for the secrets that the target was sent. What
// holds one is not written, or removed again. It is safe for concurrent use.
type proof struct {
	known *wire.Known
	ours  func() []byte       // what we print whatever a target says; nil where the credentials are no words
	said  map[string]*printed // what was printed, by where

	tells  bool   // whether the command ends with what came of it
	ledger string // a file that is written to the end; empty for none

	mu     sync.Mutex
	search *canary.Search
	sent   int            // secrets that search looks for, with those forgotten
	files  map[string]int // that were looked through, by their names: for how many secrets
	found  []report.Leak
	given  []canary.Canary // credentials that were looked for among our own words
	words  []string        // kinds of those that are there

	redactor *wire.Redactor // of what was known when it was needed last; nil until then
	redacts  int            // how many secrets it knows, with those forgotten
}

// newProof is the proof of a command that asks a target.
func (a *app) newProof(known *wire.Known) *proof {
	return &proof{known: known, ours: a.ours, said: a.said, files: map[string]int{}}
}

// ownProof is the proof of a command that asks no target: nothing is secret to it but the
// credentials of the environment.
func (a *app) ownProof() *proof {
	known := new(wire.Known)
	for _, name := range []string{flags.EnvPassword, flags.EnvToken} {
		value, _ := flags.Getenv(a.env, name)
		known.Ask(wire.Credentials{Password: wire.NewSecret(name, value)})
	}
	return a.newProof(known)
}

// canaries is a search for all that was sent until now.
func (p *proof) canaries() *canary.Search {
	sent := p.known.Sent()
	if n := len(sent) + p.known.Forgotten(); p.search == nil || n != p.sent {
		p.sent = n
		p.lookAmongOurs(sent)
		var all []canary.Canary
		for _, s := range sent {
			if !slices.Contains(p.words, s.As) {
				all = append(all, canary.Canary{Kind: s.As, Value: s.Reveal()})
			}
		}
		p.search = canary.New(all)
	}
	return p.search
}

// lookAmongOurs finds out which kinds of credentials are words of what we print: a password may be
// what a catalogue or a command line has. Credentials that were looked for already are not again.
func (p *proof) lookAmongOurs(sent []wire.Sent) {
	var given []canary.Canary
	for _, s := range sent {
		if s.As == flags.EnvPassword || s.As == flags.EnvToken {
			given = append(given, canary.Canary{Kind: s.As, Value: s.Reveal()})
		}
	}
	if p.ours == nil || slices.Equal(given, p.given) {
		return
	}
	p.given, p.words = given, canary.New(given).Find(p.ours())
}

// redact takes out of a text what was sent until now.
func (p *proof) redact(s string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.known.Secrets(-1)
	if n := len(known) + p.known.Forgotten(); p.redactor == nil || n != p.redacts {
		p.redactor, p.redacts = wire.NewRedactor(known, nil), n
	}
	return p.redactor.Redact(s)
}

// look looks through what is to be written, or was printed; the error says what must not be
// there.
func (p *proof) look(name string, text []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	kinds := p.canaries().Find(text)
	if len(kinds) == 0 {
		return nil
	}
	for _, kind := range kinds {
		if leak := (report.Leak{Where: name, Secret: kind}); !slices.Contains(p.found, leak) {
			p.found = append(p.found, leak)
		}
	}
	return &leaked{name, kinds}
}

// file is look for a file, which counts.
func (p *proof) file(name string, text []byte) error {
	err := p.look(name, text)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files[name] = p.sent
	return err
}

// leaked is the error of what holds secrets.
type leaked struct {
	name  string
	kinds []string
}

func (e *leaked) Error() string {
	return fmt.Sprintf("%s holds what is secret: %s", e.name, strings.Join(e.kinds, ", "))
}

// prove ends a command that asked a target: it looks through what was printed and at what was
// written before the last secret was sent, and tells what came of it. Any secret makes the
// command inconclusive.
func (a *app) prove(code int) int {
	if a.proof == nil {
		return code
	}
	if err := errors.Join(a.proof.streams(), a.proof.again()); err != nil {
		code = a.exitCode(err)
	}
	if a.proof.tells {
		fmt.Fprintln(a.stderr, a.proof)
	}
	return code
}

// again looks through the ledger, and once more through the files that were looked through
// when not everything had been sent.
func (p *proof) again() error {
	var errs []error
	if p.ledger != "" {
		errs = append(errs, p.written(p.ledger))
	}
	p.mu.Lock()
	p.canaries()
	files, sent := maps.Clone(p.files), p.sent
	p.mu.Unlock()
	for name, then := range files {
		if then != sent {
			errs = append(errs, p.written(name))
		}
	}
	return errors.Join(errs...)
}

// written is file for one that was written already, which is removed if it holds a secret: but
// for the ledger, without which nobody can remove what was made. One that is not there holds
// nothing.
func (p *proof) written(name string) error {
	text, err := files.Read(name, files.MaxRecord)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("looking through what was written: %w", err)
	}
	err = p.file(name, text)
	if err == nil {
		return nil
	}
	if name == p.ledger {
		return fmt.Errorf("%w; it stays, since nothing else knows what may be left", err)
	}
	return errors.Join(fmt.Errorf("%w; it was removed", err), os.Remove(name))
}

// record is what a report says of a proof, with so many files still to come.
func (p *proof) record(more int) *report.Secrets {
	p.mu.Lock()
	defer p.mu.Unlock()
	kinds := p.canaries().Kinds()
	return &report.Secrets{Canaries: append([]string{}, kinds...), Values: len(p.known.Sent()), Forgotten: p.known.Forgotten(),
		Files: len(p.files) + more, Found: append([]report.Leak{}, p.found...)}
}

// String is the line that a command ends with.
func (p *proof) String() string {
	r := p.record(0)
	found := map[string]bool{}
	for _, leak := range r.Found {
		found[leak.Secret] = true
	}
	s := fmt.Sprintf("secrets: %d of %d canaries in %s and what was printed", len(found), len(r.Canaries), report.Counted(r.Files, "file"))
	if r.Forgotten > 0 {
		s += fmt.Sprintf(" (of the last %d values of %d)", r.Values, r.Values+r.Forgotten)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, kind := range p.words {
		s += fmt.Sprintf("; %s is none, since our own words have it", kind)
	}
	return s
}

// streams looks through what was printed.
func (p *proof) streams() error {
	var errs []error
	for name, w := range p.said {
		text, lost := w.news()
		errs = append(errs, p.look(name, text))
		if lost > 0 {
			errs = append(errs, fmt.Errorf("%d bytes of %s were not looked through: there was too much of it", lost, name))
		}
	}
	return errors.Join(errs...)
}

// render writes a report to a file.
func (p *proof) render(name string, r *report.Report, write report.Writer) error {
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return p.write(name, b.Bytes())
}

// write writes a file, which is whole or not there. It must not hold a secret.
func (p *proof) write(name string, text []byte) error {
	if err := p.file(name, text); err != nil {
		return fmt.Errorf("%w; it is not written", err)
	}
	if err := replaceFile(name, text); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// show prints a report.
func (p *proof) show(w io.Writer, r *report.Report, write report.Writer) error {
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		return err
	}
	if err := p.look("the report", b.Bytes()); err != nil {
		return fmt.Errorf("%w; it is not printed", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// replaceFile writes a file by way of another one.
func replaceFile(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// printed keeps what is written to a stream, so that it can be looked through.
type printed struct {
	io.Writer
	mu   sync.Mutex // also of the writer
	text []byte
	seen int // bytes of text that were looked through
	lost int // bytes that are no longer kept and were not
}

// maxPrinted bounds what is kept of a stream, in bytes: more than a hunt of days tells. Of more, the
// last half stays.
const maxPrinted = 32 << 20

func (w *printed) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, b...)
	if len(w.text) > maxPrinted {
		over := len(w.text) - maxPrinted/2
		w.text = slices.Delete(w.text, 0, over)
		w.lost, w.seen = w.lost+max(0, over-w.seen), max(0, w.seen-over)
	}
	return w.Writer.Write(b)
}

// news returns what was written since it was called last, with a little of what was before, and
// how many bytes nobody looked through.
func (w *printed) news() (text []byte, lost int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text = slices.Clone(w.text[max(0, w.seen-maxAcross):])
	w.seen = len(w.text)
	return text, w.lost
}

// maxAcross is how much of a secret may have been looked through when the rest of it comes, in bytes.
const maxAcross = 16 << 10

// isTerminal reports whether what is written to w is seen at once.
func isTerminal(w io.Writer) bool {
	if kept, is := w.(*printed); is {
		w = kept.Writer
	}
	f, is := w.(*os.File)
	return is && term.IsTerminal(int(f.Fd()))
}

// ours is what we print whatever a target says: the report of a run in which nothing happened,
// the features, the names of properties, and the command itself.
func (a *app) ours() []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, a.args)
	c, err := a.load()
	if err != nil {
		return b.Bytes()
	}
	r := report.New(report.Record{Tool: tool().Tool, Contract: c, Release: contract.Newest(),
		Results: oracle.Sum(c, oracle.Scope{Release: contract.Newest(), Level: contract.May}, nil)})
	for _, f := range report.Renderings {
		f.Write(&b, r) // to memory, which does not fail
	}
	names, _ := fs.Glob(features.FS, "*/*.feature") // the pattern is good
	for _, name := range names {
		text, _ := features.FS.ReadFile(name) // it is embedded
		b.Write(text)
	}
	for _, d := range fuzz.Descriptions(c) {
		fmt.Fprintln(&b, d.Name)
	}
	return b.Bytes()
}
