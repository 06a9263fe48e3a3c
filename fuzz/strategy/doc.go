// Package strategy draws what properties send: fields, values, faults, pairs, queries
// and changes, from the contract alone. It is for those who look for what a case is
// made of.
//
// Generators are pure. They send nothing and know no target, so that a case is drawn
// whole before anything is sent: rapid then replays and shrinks it without surprises,
// and it can be written down as data that no later version of rapid or of ours can
// spoil. What can be listed is a deck, which cases go through by their number; only
// the rest is left to the draw.
package strategy
