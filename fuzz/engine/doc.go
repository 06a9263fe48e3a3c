// Package engine plays properties against a target: a fixed number of cases in a run,
// or those that show something new for as long as a campaign may last. It makes what
// fails small, puts it together with what one defect shows in other ways, and plays it
// again. It is for those who wonder why a case was played, or why it was made smaller.
//
// rapid keeps the seed and the number of checks in flags of the process. Workers
// therefore draw case k with Generator.Example(k), which is the first draw of a check
// with seed k, and only a search for a smaller case goes through rapid.Check, one at a
// time (draw.go, search.go).
//
// Why not a lane for each worker but one for each few SVMs: what a target makes on an
// SVM may depend on what was made there before, its uuids for one. Which cases run on
// which SVM, and in which order, depends on the seed alone, so that the same seed sends
// the same bytes with any number of workers.
package engine
