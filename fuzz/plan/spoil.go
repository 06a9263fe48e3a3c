package plan

import "strings"

// A Spoil is a change of the text of a body, made when the body is complete. Where
// the text is cut it names secrets in place of holding them: nobody could tell a
// part of a secret from other text.
type Spoil struct {
	How  string `json:"how"`            // "all", "cut", "before", "after" or "bytes"
	Text string `json:"text,omitempty"` // what is put there
	At   int    `json:"at,omitempty"`   // percent of the text that is left, for a cut
}

// On returns the spoiled text of a body.
func (s *Spoil) On(body string) string {
	switch s.How {
	case "all":
		return s.Text
	case "cut":
		return strings.ToValidUTF8(body[:len(body)*min(max(s.At, 0), 99)/100], "")
	case "before": // within the object
		return "{" + s.Text + strings.TrimPrefix(body, "{")
	case "after":
		return body + s.Text
	case "bytes": // which are no text in UTF-8, and so in no JSON file either
		return strings.TrimSuffix(body, "}") + `,"x":"` + "\xff\xc0" + `"}`
	}
	return body
}
