package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ontap-conformance/fixtures/testbed"
	"ontap-conformance/fixtures/wire"
)

// tellableWait is how long must have been waited in all for it to be told.
const tellableWait = 10 * time.Second

// over is why the target was not asked to the end: the time was up, it was away for too long, it
// no longer took the credentials, or another cluster answered in its place. It is nil if it was.
func over(ctx context.Context, h *wire.Health) error {
	if cause := context.Cause(ctx); errors.Is(cause, testbed.ErrTimeIsUp) {
		return cause
	}
	return h.Err()
}

// tellHealth says why the target was not asked to the end, what was waited for, and what went
// wrong by the way.
func (a *app) tellHealth(h *wire.Health, ended error) {
	if ended != nil {
		a.warn("%v", ended)
	}
	var total time.Duration
	var each []string
	for _, w := range h.Waits() {
		total += w.Total
		each = append(each, fmt.Sprintf("%s %s (%d times)", w.Reason, w.Total.Round(time.Millisecond), w.Times))
	}
	if total >= tellableWait {
		a.note("waited for %s, all lanes together: %s", total.Round(time.Second), strings.Join(each, ", "))
	}
	if incidents := h.Incidents(); len(incidents) > 0 {
		a.note("by the way: %s", strings.Join(incidents, "; "))
	}
}
