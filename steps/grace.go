package steps

import (
	"context"
	"time"
)

// GraceTime is what may still be spent on removing what was made after an interrupt:
// whoever interrupts does not wait, and what is left stands in the ledger.
const GraceTime = time.Second

// Grace returns a context for removing what was made, which outlives ctx: it ends
// after limit, and GraceTime after ctx. cancel must be called.
func Grace(ctx context.Context, limit time.Duration) (fresh context.Context, cancel func()) {
	if ctx.Err() != nil {
		limit = min(limit, GraceTime)
	}
	fresh, end := context.WithTimeout(context.WithoutCancel(ctx), limit)
	forget := context.AfterFunc(ctx, func() { time.AfterFunc(GraceTime, end) })
	return fresh, func() { forget(); end() }
}
