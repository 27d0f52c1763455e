package news

import (
	"math"
	"time"
)

// A Story is the Articles about one event. Its ID never breaks: a merge leaves a
// redirect.
type Story struct {
	ID       string
	HeadID   string    // the Article whose headline stands for the Story: the most central one
	First    time.Time // when its first Article was published or seen
	Last     time.Time // and its last
	Told     time.Time // when the hub found it to be told by two Sources; zero: it is not
	Articles int       // how many, wire copies included
	Outlets  int       // how many distinct Sources
	Rank     float64   // see Rank
	// MergedInto is the Story that took it up, or "".
	MergedInto string
	// Changes counts what happened to the Story. A comparison carries the count that it
	// was made from, so that a change meanwhile is not taken for compared.
	Changes int64
}

// A Headed is a Story with the Article whose headline stands for it.
type Headed struct {
	Story *Story
	Head  *Article
}

// rankHalfDay is by how much a Story must be fresher to outrank one of twice the breadth: half
// a day.
const rankHalfDay = 12 * time.Hour

// Rank orders the front page. It rises with the number of distinct owners whose outlets tell the Story,
// and of distinct sides of the widest lens, and time does the rest: fresh is when the
// last of these owners first told it, and a Story half a day fresher ranks as high as one with
// twice the owners or twice the sides. Volume has no part in it: who has told a Story moves it no more,
// whether with further articles or with further outlets. It needs no recomputation as time passes.
func Rank(owners, sides int, fresh time.Time) float64 {
	return math.Log2(float64(max(owners, 1))) + math.Log2(float64(max(sides, 1))) +
		float64(fresh.Unix())/rankHalfDay.Seconds()
}

// A Placement says that an Article belongs to a Story.
type Placement struct {
	ArticleID string
	StoryID   string
	Seq       int64   // order of placement, ascending over the life of the hub
	Score     float64 // similarity at which it joined, 0..1; 0 when it founded the Story
	Why       string  // in words, e.g. "harbour, strike, Velmora; 0.41"
	Grounds   *Grounds
	// What the Article was when it was placed. It may be edited later; a clusterer that
	// is rebuilt must see what the first one saw.
	Revision int
	At       time.Time // its When
	Language string
	WireRoot string
	// Embedding is nil where there was none; it will have none ever after.
	Embedding *Embedding
}

// A Merge says that Story From became part of Story Into.
type Merge struct {
	From, Into string
	Score      float64 // the probability that the two are one
	Why        string  // in words
	Model      string  // its version, or ModelAcross
	Witness    string  // the Article that showed it, or ""
}

// ModelAcross is the Model of a Merge of Stories in two languages: what both name was compared, and no model
// that was learned.
const ModelAcross = "across languages"

// A Move says that an Article which stood in Story From stands in Story To now. The
// Article keeps its place in the order of Placements: only its Story is another.
type Move struct {
	ArticleID string
	// From and To are other Stories. To may be new; the id of a new one was never given
	// before, not even to a Story that merged: a redirect would lead its Article back.
	From, To string
	Seq      int64 // that of the Placement which showed it
	Score    float64
	Why      string // in words
}

// A Clustering is the outcome of one batch of the cluster stage, kept in one
// transaction or not at all. Merges happened after the Placements of the same batch, as
// far as can be told afterwards, and Moves after the Merges: ids that merged meanwhile
// lead to where they merged.
type Clustering struct {
	// Decisions is the Hand.Decisions with which it was made.
	Decisions  int64
	Placements []Placement
	Merges     []Merge
	Moves      []Move
	Heads      map[string]string // Story ID -> Article ID, for every Story that changed
}

// A Comparison is a Story seen through a Lens. It names Articles and Sources by id
// only, so that what is withdrawn vanishes from it with them.
type Comparison struct {
	StoryID string     `json:"story"`
	LensID  string     `json:"lens"`
	Sides   []Coverage `json:"sides"` // every Side of the Lens that has Sources, in its order
}

// Told returns how many Sides of c have an outlet that tells the Story; Unplaced is none.
func (c *Comparison) Told() int {
	n := 0
	for _, s := range c.Sides {
		if s.SideID != Unplaced && len(s.Outlets) > 0 {
			n++
		}
	}
	return n
}

// Coverage is what one Side has about a Story.
type Coverage struct {
	SideID string `json:"side"`
	// Outlets are the Sources of this Side with an Article in the Story, in the order in
	// which they had it.
	Outlets []string `json:"outlets,omitempty"`
	// Silent are the Sources of this Side that the hub read while the Story was live and
	// that had nothing on it: ReadSince was not after the last Article of the Story, and
	// LastRead not more than a day before its first. Those that write in none of the
	// Story's languages are not among them.
	Silent []string `json:"silent,omitempty"`
	// Articles of this Side, first seen first; copies of wire text come with their root
	// among Copies instead.
	Articles []string `json:"articles,omitempty"`
	// Copies are Articles that repeat another Article's text: id -> id of the root.
	Copies map[string]string `json:"copies,omitempty"`
	// Head is the most central of Articles: its words are most often those of the others. Where
	// the Side has only copies it is the first of them.
	Head string `json:"head,omitempty"`
	// Words are typical of this Side within the Story, the most typical first, language by language.
	Words []TypicalTerm `json:"words,omitempty"`
}

// Counts says how much a hub holds.
type Counts struct {
	Sources, Feeds, FeedsFailing      int
	Items, Articles, Stories          int
	StoriesTwoSides                   int // stories in which two sides of some Lens have an Article
	Unextracted, Unplaced, Uncompared int // work that waits
}
