package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"ontap-conformance/features"
	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/oracle"
	"ontap-conformance/fixtures/wire"
	"ontap-conformance/fuzz/property"
	"ontap-conformance/runner/flags"
	"ontap-conformance/runner/leaks"
	"ontap-conformance/runner/report"
)

// scan makes the scanner of a command that asks a target, which keeps what it was sent in known.
func (a *app) scan(known *wire.Known) {
	a.scanner = leaks.New(known, a.streams, flags.EnvPassword, flags.EnvToken)
	a.scanner.Ours = a.ours
}

// scanOwn makes the scanner of a command that asks no target: nothing is secret to it but the
// credentials of the environment.
func (a *app) scanOwn() {
	known := new(wire.Known)
	for _, name := range []string{flags.EnvPassword, flags.EnvToken} {
		value, _ := flags.Getenv(a.env, name)
		known.Ask(wire.Credentials{Password: wire.NewSecret(name, value)})
	}
	a.scan(known)
}

// prove ends a command that wrote something: it looks through what was printed, and at what was
// written before the last secret was sent, and tells what came of it. Any secret makes the
// command inconclusive.
func (a *app) prove(code int) int {
	if a.scanner == nil {
		return code
	}
	if err := errors.Join(a.scanner.Streams(), a.scanner.Again()); err != nil {
		code = a.exitCode(err)
	}
	if a.scanner.Tells {
		fmt.Fprintln(a.stderr, a.scanner)
	}
	return code
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
	r := report.New(report.Facts{Tool: tool().Tool, Contract: c, Release: contract.Newest(),
		Results: oracle.Sum(c, oracle.Scope{Release: contract.Newest(), Level: contract.May}, nil)})
	for _, f := range report.Renderings {
		f.Write(&b, r) // to memory, which does not fail
	}
	names, _ := fs.Glob(features.FS, "*/*.feature") // the pattern is good
	for _, name := range names {
		text, _ := features.FS.ReadFile(name) // it is embedded
		b.Write(text)
	}
	for _, d := range property.Descriptions(c) {
		fmt.Fprintln(&b, d.Name)
	}
	return b.Bytes()
}
