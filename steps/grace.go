package steps

import (
	"context"
	"errors"
	"time"
)

// GraceTime is how long objects may still be removed after an interrupt. It is short, since
// whoever interrupts does not want to wait. What is left stays in the ledger.
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

// ErrTimeIsUp is the cause of a context that ends because the time of the run is up. Unlike an
// interrupt it leaves the whole usual time for cleaning up.
var ErrTimeIsUp = errors.New("the time of the run is up (--max-time)")

// interrupted reports whether a context has ended because somebody wants the run to end at once.
func interrupted(ctx context.Context) bool {
	return ctx.Err() != nil && !errors.Is(context.Cause(ctx), ErrTimeIsUp)
}
