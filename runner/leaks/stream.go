package leaks

import (
	"io"
	"slices"
	"sync"
)

// A Stream keeps what is written to a stream, so that it can be looked through.
type Stream struct {
	io.Writer
	mu   sync.Mutex // also of the writer
	text []byte
	seen int // bytes of text that were looked through
	lost int // bytes that are no longer kept and were not
}

// maxPrinted bounds what is kept of a stream, in bytes: more than a hunt of days tells. Of more, the
// last half stays.
const maxPrinted = 32 << 20

func (w *Stream) Write(b []byte) (int, error) {
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
func (w *Stream) news() (text []byte, lost int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text = slices.Clone(w.text[max(0, w.seen-maxAcross):])
	w.seen = len(w.text)
	return text, w.lost
}

// maxAcross is how much of a secret may have been looked through when the rest of it comes, in bytes.
const maxAcross = 16 << 10
