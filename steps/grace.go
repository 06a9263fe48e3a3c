package steps

import (
	"context"
	"errors"
	"time"
)

// GraceTime is what may still be spent on removing what was made after an interrupt:
// whoever interrupts does not wait, and what is left stands in the ledger.
const GraceTime = time.Second

// Grace returns a context for removing what was made, which outlives ctx: it ends
// after limit, and GraceTime after ctx, unless that ends with ErrTimeIsUp. cancel must be called.
func Grace(ctx context.Context, limit time.Duration) (fresh context.Context, cancel func()) {
	if interrupted(ctx) {
		limit = min(limit, GraceTime)
	}
	fresh, end := context.WithTimeout(context.WithoutCancel(ctx), limit)
	forget := context.AfterFunc(ctx, func() {
		if interrupted(ctx) {
			time.AfterFunc(GraceTime, end)
		}
	})
	return fresh, func() { forget(); end() }
}

// ErrTimeIsUp is the cause with which the context of a run ends whose time is up. Nobody waits at
// a terminal then, so that there is as much time for cleaning up as ever.
var ErrTimeIsUp = errors.New("the time of the run is up (--max-time)")

// interrupted reports whether a context has ended because somebody wants the run to end at once.
func interrupted(ctx context.Context) bool {
	return ctx.Err() != nil && !errors.Is(context.Cause(ctx), ErrTimeIsUp)
}
