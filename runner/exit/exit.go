// Package exit has the exit codes of the command, and errors that carry one.
//
// Its reader is who writes a subcommand. It prints nothing: the command prints an
// error where it ends. It imports nothing of ours, so that any part of the runner
// can say how the command ends.
package exit

import "fmt"

// The exit codes, which scripts rely on.
const (
	Conformant    = 0
	NonConformant = 1
	Misuse        = 2 // wrong usage or configuration
	Inconclusive  = 3
	Interrupted   = 130 // by a signal, as shells have it
)

// An Error ends the command with a code other than 0.
type Error struct {
	Code int
	Err  error // nil when everything has been said
}

func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit %d", e.Code)
	}
	return e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// With returns an Error that has nothing more to say.
func With(code int) error { return &Error{Code: code} }

// Misusedf returns the error of wrong usage or configuration.
func Misusedf(format string, args ...any) error {
	return &Error{Misuse, fmt.Errorf(format, args...)}
}

// Inconclusivef returns the error of a command that could not find out.
func Inconclusivef(format string, args ...any) error {
	return &Error{Inconclusive, fmt.Errorf(format, args...)}
}

// Interruptedf returns the error of a command that a signal ended.
func Interruptedf(format string, args ...any) error {
	return &Error{Interrupted, fmt.Errorf(format, args...)}
}
