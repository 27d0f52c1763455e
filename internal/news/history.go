package news

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"
)

// Grounds are what was measured when an Article was placed.
type Grounds struct {
	Model string  `json:"model"` // its version
	Least float64 `json:"least"` // the probability from which on an Article joins, but see Weighed
	// Bias is the log-odds before anything is measured; to it the Measures add.
	Bias   float64  `json:"bias"`
	Chosen *Weighed `json:"chosen,omitempty"` // the Story that the Article joined
	// Refused is the next most probable Story, of those that were compared.
	Refused *Weighed `json:"refused,omitempty"`
	// Locked is the most probable Story, where that one was locked by the editor.
	Locked string `json:"locked,omitempty"`
}

// Weighed is one Story as an Article was compared with it.
type Weighed struct {
	StoryID   string  `json:"story"`
	ArticleID string  `json:"article"` // of the Story, the closest
	Score     float64 `json:"score"`   // the probability that the two belong together
	// Least is the probability from which on an Article joins this one, where that is another than
	// of most; else 0.
	Least float64 `json:"least,omitempty"`
	// Words are those that weigh most in what both share.
	Words []string `json:"words,omitempty"`
	// Measures are those that weighed most, the heaviest first.
	Measures []Measure `json:"measures"`
}

// LeastOf returns the probability from which on the Article joins the Story of w, one of the two.
func (g *Grounds) LeastOf(w *Weighed) float64 { return cmp.Or(w.Least, g.Least) }

// A Measure is one feature of a comparison: its name, its value, and what that added to the
// log-odds. Its JSON is the list of the three.
type Measure struct {
	Name        string
	Value, Adds float64
}

// MarshalJSON implements json.Marshaler.
func (m Measure) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{m.Name, m.Value, m.Adds})
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *Measure) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	if len(list) != 3 {
		return fmt.Errorf("a measure is a name, a value and what it adds, not %d things", len(list))
	}
	for i, into := range []any{&m.Name, &m.Value, &m.Adds} {
		if err := json.Unmarshal(list[i], into); err != nil {
			return err
		}
	}
	return nil
}

// Kinds of an Event.
const (
	EventPlaced = "placed" // the Article was put into Story To
	EventMoved  = "moved"  // it was moved from Story From into To
	EventMerged = "merged" // its Story From became part of To
)

// An Event is something that happened to where an Article stands.
type Event struct {
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"`
	Editor  bool      `json:"editor,omitempty"` // the editor decided it, not the machine
	From    string    `json:"from,omitempty"`
	To      string    `json:"to"`
	Score   float64   `json:"score,omitempty"`
	Why     string    `json:"why,omitempty"`
	Model   string    `json:"model,omitempty"`   // of a merge
	Witness string    `json:"witness,omitempty"` // of a merge: the Article that showed it
	Grounds *Grounds  `json:"grounds,omitempty"`
}

// A Note is what the editor said of an Article that is pinned, or a Story that is locked.
type Note struct {
	At  time.Time `json:"at"`
	Why string    `json:"why"`
}

// A History is what happened to where an Article stands, the first Event first.
type History struct {
	Events []Event
	Pinned *Note // nil: it is not
	Locked *Note // its Story is
}

// A Record is what happened to a Story.
type Record struct {
	Merges []Event // other Stories that became part of it, the first first
	Locked *Note
	Apart  []string // Stories with which the machine does not merge it
	Pinned []Pin    // of its Articles, those that the editor keeps there
}

// A Pin says of an Article that the editor keeps it where it stands.
type Pin struct {
	ArticleID string
	Note
}

// An Edit is a later version of an Article, as the hub saw it.
type Edit struct {
	ArticleID string    `json:"article"`
	Revision  int       `json:"revision"` // 2, 3, ...
	At        time.Time `json:"at"`       // when the hub first saw it
	Headline  bool      `json:"headline"` // the headline is another than before
	// Was and Now are the headline of the version before and of this one, where it is another.
	Was string `json:"was,omitempty"`
	Now string `json:"now,omitempty"`
}

// A Change is an Edit with its Article. Was and Now are there whether they differ or not.
type Change struct {
	Edit
	Article *Article // as it is now, without its text
	// Via says where this version was read, and WasVia where the one before.
	Via, WasVia Via
}
