package engine

import (
	_ "embed"
	"strconv"
	"strings"
)

// killTable is what "make kills" measured, of every so many mutants: mutant, the requirement that it breaks,
// seed, and the requests that it took to blame it, 0 for one that lived.
//
//go:embed kills.tsv
var killTable string

// Killed returns how many of the mutants that requests can reveal were found
// within a number of requests when that was last measured, and of how many. It
// says what a hunt of that length is worth, and nothing of any target.
func Killed(requests int) (killed, all int) {
	for i, line := range strings.Split(strings.TrimSpace(killTable), "\n") {
		columns := strings.Split(line, "\t")
		if i == 0 || len(columns) < 4 {
			continue
		}
		all++
		if n, err := strconv.Atoi(columns[3]); err == nil && n > 0 && n <= requests {
			killed++
		}
	}
	return killed, all
}
