// Package plan is what the rooms of fuzz hand to each other as plain data: the
// cases that strategies draw, properties play, the engine makes small, findings
// keep and replay plays again.
//
// It has no generators and sends nothing. A case is kept as JSON in the corpus of
// a user for years: members of its types are added, never renamed or given another
// meaning.
package plan

import (
	"encoding/json"
	"slices"
	"strings"

	"ontap-conformance/fixtures/contract"
)

// A Case is a row of calls: what a property drew, what a finding keeps and what
// replay plays again, whatever became of the generators since.
type Case struct {
	Calls []Call `json:"calls"`
}

// String is the case as JSON, for a reader and as a key.
func (c Case) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		return "a case that is no JSON: " + err.Error() // only a value that no generator draws
	}
	return string(text)
}

// Without returns the case without the calls at some indexes. Indexes that it does
// not have are ignored.
func (c Case) Without(indexes map[int]bool) Case {
	var rest []Call
	for i, call := range c.Calls {
		if !indexes[i] {
			rest = append(rest, call)
		}
	}
	return Case{rest}
}

// A Call is one request of a case. Which object it is about is said by its
// operation: all but creations and lists are about the object that was created
// last.
type Call struct {
	Operation string         `json:"operation,omitempty"` // its ID in the catalogue; empty for what no operation describes
	Method    string         `json:"method,omitempty"`    // in place of the operation's
	Path      string         `json:"path,omitempty"`      // in place of the operation's; <uuid> stands for the object
	On        int            `json:"on,omitempty"`        // which of the SVMs a creation is for, from 0
	Unknown   bool           `json:"unknown,omitempty"`   // about an object that does not exist
	Set       map[string]any `json:"set,omitempty"`       // properties by dotted name, put over a complete creation or being all of a change
	Lack      []string       `json:"lack,omitempty"`      // properties that are left out of a complete creation
	Spoil     *Spoil         `json:"spoil,omitempty"`     // what is done to the text of the body; nil for nothing
	Query     []Param        `json:"query,omitempty"`
	Dress
	Client int    `json:"client,omitempty"` // that makes the call, from 1; 0 where there is one only
	Ask    *Ask   `json:"ask,omitempty"`    // a query of a list; nil for none
	Fault  string `json:"fault,omitempty"`  // the kind of what is wrong on purpose; empty when nothing is
	Field  string `json:"field,omitempty"`  // that the fault is about, or what the call is about
}

// A Dress is the headers of a call. Its members are those of the call, in JSON too.
type Dress struct {
	Header map[string]string `json:"header,omitempty"`
	Accept string            `json:"accept,omitempty"`
	As     string            `json:"as,omitempty"` // "nobody" or "somebody" that does not exist; empty for ourselves
}

// In returns the operation of the call in a catalogue; nil for none.
func (c Call) In(all *contract.Catalogue) *contract.Operation {
	if c.Operation == "" {
		return nil
	}
	return all.Operation(c.Operation)
}

// HasParam reports whether the query of the call has a parameter of that name.
func (c Call) HasParam(name string) bool {
	return slices.ContainsFunc(c.Query, func(p Param) bool { return p.Name == name })
}

// And joins the kinds and the fields of two faults of one call.
const And = " and "

// Faults returns the calls that a call with several faults would be with one
// fault each; the call itself if it has one fault or none.
func (c Call) Faults() []Call {
	if !strings.Contains(c.Fault, And) {
		return []Call{c}
	}
	kinds, fields := strings.Split(c.Fault, And), strings.Split(c.Field, And)
	if len(kinds) != len(fields) {
		return []Call{c}
	}
	var all []Call
	for i, kind := range kinds {
		one := c
		one.Fault, one.Field = kind, fields[i]
		all = append(all, one)
	}
	return all
}

// A Param is one parameter of a query.
type Param struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// An Ask is a query of a list whose answer is known from the records.
type Ask struct {
	What   string   `json:"what"` // the kind of the query relation
	Field  string   `json:"field,omitempty"`
	Values []string `json:"values,omitempty"`
}
