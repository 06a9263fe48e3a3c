// Package features holds the promises in the operator's words: one folder a
// resource, one file a behaviour. It has no code: what the words mean is in
// package steps.
package features

import "embed"

// FS is every feature file.
//
//go:embed */*.feature
var FS embed.FS
