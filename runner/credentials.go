package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"ontap-conformance/fixtures/files"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/flags"
)

// credentials finds out who asks. The password comes from a file, the
// environment or a prompt, and is a wire.Secret at once.
func (a *app) credentials(ctx context.Context, f *endpointFlags) (wire.Credentials, error) {
	if f.clientKey != "" {
		a.warnOfReaders("--client-key", f.clientKey)
	}
	if f.tokenFile != "" {
		if f.user != "" || f.passwordFile != "" {
			return wire.Credentials{}, exit.Misusedf("--token-file stands in place of --user and its password")
		}
		token, err := a.secretFile(ctx, "--token-file", f.tokenFile, flags.EnvToken)
		return wire.Credentials{Token: token}, err
	}
	if f.user == "" {
		if f.passwordFile != "" {
			return wire.Credentials{}, exit.Misusedf("--password-file needs --user")
		}
		return wire.Credentials{}, nil
	}
	if strings.Contains(f.user, ":") {
		return wire.Credentials{}, exit.Misusedf("--user: no name has a colon, and no password belongs onto the command line")
	}
	password, err := a.password(ctx, f.passwordFile, "Password for "+f.user+": ")
	return wire.Credentials{User: f.user, Password: password}, err
}

// renewal reads the credentials again from their file; it is nil if they are from none.
func (f *endpointFlags) renewal(ctx context.Context) func() (wire.Credentials, error) {
	switch {
	case f.tokenFile != "":
		return func() (wire.Credentials, error) {
			token, err := secretIn(ctx, "--token-file", f.tokenFile, flags.EnvToken)
			return wire.Credentials{Token: token}, err
		}
	case f.passwordFile != "":
		return func() (wire.Credentials, error) {
			password, err := secretIn(ctx, "--password-file", f.passwordFile, flags.EnvPassword)
			return wire.Credentials{User: f.user, Password: password}, err
		}
	}
	return nil
}

// password reads the password from the file, the environment or a prompt.
func (a *app) password(ctx context.Context, file, prompt string) (wire.Secret, error) {
	if file != "" {
		return a.secretFile(ctx, "--password-file", file, flags.EnvPassword)
	}
	if v, ok := flags.Getenv(a.env, flags.EnvPassword); ok && v != "" {
		return wire.NewSecret(flags.EnvPassword, v), nil
	}
	in, ok := a.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return wire.Secret{}, exit.Misusedf("%w", errNoPassword)
	}
	fmt.Fprint(a.stderr, prompt)
	typed, err := typedIn(ctx, int(in.Fd()))
	fmt.Fprintln(a.stderr)
	switch {
	case ctx.Err() != nil:
		return wire.Secret{}, exit.With(exit.Interrupted)
	case err != nil:
		return wire.Secret{}, exit.Misusedf("reading the password: %w", err)
	case len(typed) == 0:
		return wire.Secret{}, exit.Misusedf("%w", errNoPassword)
	}
	return wire.NewSecret(flags.EnvPassword, string(typed)), nil
}

// typedIn reads a line from a terminal without showing it. When ctx ends, the
// terminal shows again what is typed: whoever interrupts a prompt must not be
// left with a shell that seems dead.
func typedIn(ctx context.Context, terminal int) ([]byte, error) {
	before, err := term.GetState(terminal)
	if err != nil {
		return nil, err
	}
	type line struct {
		text []byte
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(terminal)
		read <- line{text, err}
	}()
	select {
	case l := <-read:
		return l.text, l.err
	case <-ctx.Done():
		return nil, term.Restore(terminal, before)
	}
}

// secretFile is secretIn that warns of a file that others can read.
func (a *app) secretFile(ctx context.Context, flag, name, variable string) (wire.Secret, error) {
	secret, err := secretIn(ctx, flag, name, variable)
	if err == nil {
		a.warnOfReaders(flag, name)
	}
	return secret, err
}

// secretIn reads a secret from the first line of a file, or of a pipe.
func secretIn(ctx context.Context, flag, name, variable string) (wire.Secret, error) {
	text, err := files.ReadAny(ctx, name, files.MaxSecret)
	if ctx.Err() != nil {
		return wire.Secret{}, exit.With(exit.Interrupted)
	}
	if err != nil {
		return wire.Secret{}, exit.Misusedf("%s: %w", flag, err)
	}
	value, rest, _ := strings.Cut(strings.TrimRight(string(text), "\r\n"), "\n")
	switch {
	case value == "":
		return wire.Secret{}, exit.Misusedf("%s: %s is empty", flag, name)
	case rest != "":
		return wire.Secret{}, exit.Misusedf("%s: %s has more than one line", flag, name)
	}
	return wire.NewSecret(variable, value), nil
}

// warnOfReaders tells the user that others can read a secret.
func (a *app) warnOfReaders(flag, name string) {
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		a.warn("%s: %s can be read by others (mode %04o); chmod 600 mends it", flag, name, info.Mode().Perm())
	}
}
