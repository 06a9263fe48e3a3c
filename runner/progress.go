package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fuzz/engine"
	"ontap-conformance/runner/leaks"
	"ontap-conformance/runner/report"
)

// progress tells whoever waits how far a run is: on a terminal in one line that
// is written again and again, elsewhere in a line from time to time. It is
// safe for concurrent use.
type progress struct {
	w        io.Writer
	terminal bool
	total    int
	stop     chan struct{}
	done     sync.WaitGroup

	mu                            sync.Mutex
	ended, failed, flaky, errored int
	last                          time.Time // of the line on the terminal
}

const (
	lineEvery   = 10 * time.Second       // in a log
	redrawEvery = 100 * time.Millisecond // on a terminal, where more is only flicker
)

// newProgress starts to tell; finish ends it.
func newProgress(w io.Writer, total int) *progress {
	p := &progress{w: w, total: total, stop: make(chan struct{})}
	p.terminal = isTerminal(w)
	if !p.terminal {
		p.done.Go(p.tick)
	}
	return p
}

func (p *progress) tick() {
	t := time.NewTicker(lineEvery)
	defer t.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-t.C:
			p.mu.Lock()
			fmt.Fprintln(p.w, p.line())
			p.mu.Unlock()
		}
	}
}

// add counts an outcome.
func (p *progress) add(o *oracle.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended++
	switch o.Status {
	case oracle.Failed:
		p.failed++
	case oracle.Flaky:
		p.flaky++
	case oracle.Errored:
		p.errored++
	}
	if p.terminal && time.Since(p.last) >= redrawEvery {
		p.last = time.Now()
		fmt.Fprintf(p.w, "\r\x1b[K%s", p.line())
	}
}

func (p *progress) line() string {
	s := fmt.Sprintf("%d of %s", p.ended, report.Counted(p.total, "outcome"))
	if p.failed > 0 {
		s += fmt.Sprintf(", %d failed", p.failed)
	}
	if p.flaky > 0 {
		s += fmt.Sprintf(", %d flaky", p.flaky)
	}
	if p.errored > 0 {
		s += fmt.Sprintf(", %d errored", p.errored)
	}
	return s
}

// finish wipes the line of a terminal, so that the report begins at the margin.
func (p *progress) finish() {
	close(p.stop)
	p.done.Wait()
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// huntProgress tells how far a hunt is, as progress does for a run.
type huntProgress struct {
	w        io.Writer
	terminal bool
	start    time.Time

	mu   sync.Mutex
	last time.Time
}

func newHuntProgress(w io.Writer) *huntProgress {
	p := &huntProgress{w: w, start: time.Now(), last: time.Now()}
	p.terminal = isTerminal(w)
	return p
}

// tell tells of a round, if it is time to.
func (p *huntProgress) tell(t engine.Tally) {
	p.mu.Lock()
	defer p.mu.Unlock()
	every := lineEvery
	if p.terminal {
		every = redrawEvery
	}
	if time.Since(p.last) < every {
		return
	}
	p.last = time.Now()
	line := fmt.Sprintf("%s: %d requests, %d cases, %d combinations, %s", time.Since(p.start).Round(time.Second), t.Requests, t.Cases, t.Points, report.Counted(t.Findings, "finding"))
	if p.terminal {
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
		return
	}
	fmt.Fprintln(p.w, line)
}

// wipe makes room for another line on a terminal.
func (p *huntProgress) wipe() {
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

func (p *huntProgress) finish() { p.wipe() }

// isTerminal reports whether what is written to w is seen at once.
func isTerminal(w io.Writer) bool {
	if kept, is := w.(*leaks.Stream); is {
		w = kept.Writer
	}
	f, is := w.(*os.File)
	return is && term.IsTerminal(int(f.Fd()))
}
