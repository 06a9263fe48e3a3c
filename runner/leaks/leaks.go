// Package leaks looks through all that a command writes for the secrets that the target
// was sent: files before they are there, and what was printed at the end.
//
// Its reader is who adds something that a command writes. It finds secrets by runner/canary,
// also in disguise, and says what it found; what the exit code is then, the command says.
package leaks

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"ontap-conformance/fixtures/files"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/runner/canary"
	"ontap-conformance/runner/report"
)

// A Scanner looks through all that a command writes for the secrets that the target was sent. What
// holds one is not written, or removed again. It is safe for concurrent use.
type Scanner struct {
	Tells  bool          // whether the command ends with what came of it
	Ledger string        // a file that is written to the end; empty for none
	Ours   func() []byte // what we print whatever a target says; nil where the credentials are no words

	known       *wire.Known
	streams     map[string]*Stream // what was printed, by where
	credentials []string           // the names of those that may be words of ours

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

// New returns the scanner of a command that asks a target, which keeps what it was sent in known.
// credentials are the names under which it keeps what may also be words of ours.
func New(known *wire.Known, streams map[string]*Stream, credentials ...string) *Scanner {
	return &Scanner{known: known, streams: streams, credentials: credentials, files: map[string]int{}}
}

// canaries is a search for all that was sent until now.
func (sc *Scanner) canaries() *canary.Search {
	sent := sc.known.Sent()
	if n := len(sent) + sc.known.Forgotten(); sc.search == nil || n != sc.sent {
		sc.sent = n
		sc.lookAmongOurs(sent)
		var all []canary.Canary
		for _, s := range sent {
			if !slices.Contains(sc.words, s.As) {
				all = append(all, canary.Canary{Kind: s.As, Value: s.Reveal()})
			}
		}
		sc.search = canary.New(all)
	}
	return sc.search
}

// lookAmongOurs finds out which kinds of credentials are words of what we print: a password may be
// what a catalogue or a command line has. Credentials that were looked for already are not again.
func (sc *Scanner) lookAmongOurs(sent []wire.Sent) {
	var given []canary.Canary
	for _, s := range sent {
		if slices.Contains(sc.credentials, s.As) {
			given = append(given, canary.Canary{Kind: s.As, Value: s.Reveal()})
		}
	}
	if sc.Ours == nil || slices.Equal(given, sc.given) {
		return
	}
	sc.given, sc.words = given, canary.New(given).Find(sc.Ours())
}

// Redact takes out of a text what was sent until now.
func (sc *Scanner) Redact(s string) string {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	known := sc.known.Secrets(-1)
	if n := len(known) + sc.known.Forgotten(); sc.redactor == nil || n != sc.redacts {
		sc.redactor, sc.redacts = wire.NewRedactor(known, nil), n
	}
	return sc.redactor.Redact(s)
}

// look looks through what is to be written, or was printed; the error says what must not be
// there.
func (sc *Scanner) look(name string, text []byte) error {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	kinds := sc.canaries().Find(text)
	if len(kinds) == 0 {
		return nil
	}
	for _, kind := range kinds {
		if leak := (report.Leak{Where: name, Secret: kind}); !slices.Contains(sc.found, leak) {
			sc.found = append(sc.found, leak)
		}
	}
	return &leaked{name, kinds}
}

// File looks through what is to be written to a file, which counts.
func (sc *Scanner) File(name string, text []byte) error {
	err := sc.look(name, text)
	sc.mu.Lock()
	defer sc.mu.Unlock()
	sc.files[name] = sc.sent
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

// Again looks through the ledger, and once more through the files that were looked through
// when not everything had been sent.
func (sc *Scanner) Again() error {
	var errs []error
	if sc.Ledger != "" {
		errs = append(errs, sc.Written(sc.Ledger))
	}
	sc.mu.Lock()
	sc.canaries()
	files, sent := maps.Clone(sc.files), sc.sent
	sc.mu.Unlock()
	for name, then := range files {
		if then != sent {
			errs = append(errs, sc.Written(name))
		}
	}
	return errors.Join(errs...)
}

// Written looks through a file that was written already. It is removed if it holds a secret, but
// for the ledger, without which nobody can remove what was made. One that is not there holds
// nothing.
func (sc *Scanner) Written(name string) error {
	text, err := files.Read(name, files.MaxRecord)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("looking through what was written: %w", err)
	}
	err = sc.File(name, text)
	if err == nil {
		return nil
	}
	if name == sc.Ledger {
		return fmt.Errorf("%w; it stays, since nothing else knows what may be left", err)
	}
	return errors.Join(fmt.Errorf("%w; it was removed", err), os.Remove(name))
}

// Record is what a report says of the search, with so many files still to come.
func (sc *Scanner) Record(more int) *report.Secrets {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	kinds := sc.canaries().Kinds()
	return &report.Secrets{Canaries: append([]string{}, kinds...), Values: len(sc.known.Sent()), Forgotten: sc.known.Forgotten(),
		Files: len(sc.files) + more, Found: append([]report.Leak{}, sc.found...)}
}

// String is the line that a command ends with.
func (sc *Scanner) String() string {
	r := sc.Record(0)
	found := map[string]bool{}
	for _, leak := range r.Found {
		found[leak.Secret] = true
	}
	s := fmt.Sprintf("secrets: %d of %d canaries in %s and what was printed", len(found), len(r.Canaries), report.Counted(r.Files, "file"))
	if r.Forgotten > 0 {
		s += fmt.Sprintf(" (of the last %d values of %d)", r.Values, r.Values+r.Forgotten)
	}
	sc.mu.Lock()
	defer sc.mu.Unlock()
	for _, kind := range sc.words {
		s += fmt.Sprintf("; %s is none, since our own words have it", kind)
	}
	return s
}

// Streams looks through what was printed.
func (sc *Scanner) Streams() error {
	var errs []error
	for name, w := range sc.streams {
		text, lost := w.news()
		errs = append(errs, sc.look(name, text))
		if lost > 0 {
			errs = append(errs, fmt.Errorf("%d bytes of %s were not looked through: there was too much of it", lost, name))
		}
	}
	return errors.Join(errs...)
}

// Render writes a report to a file.
func (sc *Scanner) Render(name string, r *report.Report, write report.Writer) error {
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return sc.Write(name, b.Bytes())
}

// Write writes a file, which is whole or not there. It must not hold a secret.
func (sc *Scanner) Write(name string, text []byte) error {
	if err := sc.File(name, text); err != nil {
		return fmt.Errorf("%w; it is not written", err)
	}
	if err := replaceFile(name, text); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// Show prints a report.
func (sc *Scanner) Show(w io.Writer, r *report.Report, write report.Writer) error {
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		return err
	}
	if err := sc.look("the report", b.Bytes()); err != nil {
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
