package feed

import (
	"math"
	"strconv"
)

// Limits bound what a document may cost. A zero field means the default. What goes
// beyond a limit is left out and reported as a Problem; the rest is read.
type Limits struct {
	Depth    int // elements within one another
	Attrs    int // attributes of one element
	Tag      int // bytes of one tag
	Text     int // bytes of text of one element, or of one value of a JSON Feed, an item for one
	Entities int // bytes that a document's own entities may expand to
	Entries  int // entries of one document; what stands behind the last is not read. Read has no default
	Parts    int // links of one entry or of the feed itself; as many categories, authors, and so on
	AllParts int // of all entries together. Read has no default
	Deleted  int // deleted entries that are told
	Problems int // problems reported; of further ones only that a limit was reached
}

// The default limits: an order of magnitude above what honest feeds need.
const (
	DefaultDepth    = 256
	DefaultAttrs    = 256
	DefaultTag      = 1 << 20  // data: URLs in img tags are this long
	DefaultText     = 16 << 20 // the longest articles with embedded pictures
	DefaultEntities = 1 << 20
	DefaultEntries  = 10_000 // the largest archives seen have 2,000; news feeds 20 to 500
	DefaultParts    = 200    // categories; of anything else a few
	DefaultAllParts = 200_000
	DefaultDeleted  = 10_000
	DefaultProblems = 100
)

// endless lifts what bounds a document as a whole, unless it is said.
func (l Limits) endless() Limits {
	for _, field := range []*int{&l.Entries, &l.AllParts} {
		if *field <= 0 {
			*field = math.MaxInt
		}
	}
	return l
}

func (l Limits) withDefaults() Limits {
	for _, f := range []struct {
		field *int
		value int
	}{
		{&l.Depth, DefaultDepth},
		{&l.Attrs, DefaultAttrs},
		{&l.Tag, DefaultTag},
		{&l.Text, DefaultText},
		{&l.Entities, DefaultEntities},
		{&l.Entries, DefaultEntries},
		{&l.Parts, DefaultParts},
		{&l.AllParts, DefaultAllParts},
		{&l.Deleted, DefaultDeleted},
		{&l.Problems, DefaultProblems},
	} {
		if *f.field <= 0 {
			*f.field = f.value
		}
	}
	return l
}

// A tally counts the parts of a document's entries: what an element of a few bytes
// becomes takes a hundred times as much.
type tally struct {
	limits Limits
	parts  int
	over   bool              // told already
	tell   func(what string) // reports a Problem
}

// keep appends a part to a list of an entry or of the feed, unless there are enough.
func keep[T any](t *tally, list *[]T, part T) {
	if len(*list) >= t.limits.Parts || t.parts >= t.limits.AllParts {
		if !t.over {
			t.over = true
			t.tell("more links, categories, authors or the like than the limits Parts and AllParts")
		}
		return
	}
	t.parts++
	if *list == nil {
		*list = make([]T, 0, 2) // most that have one have another
	}
	*list = append(*list, part)
}

// take counts n parts that come as one, and says whether they may.
func (t *tally) take(n int) bool {
	if n > t.limits.AllParts-t.parts {
		if !t.over {
			t.over = true
			t.tell("more links, categories, authors or the like than the limits Parts and AllParts")
		}
		return false
	}
	t.parts += n
	return true
}

func tooMany(entries int) string {
	return "more than " + strconv.Itoa(entries) + " entries (limit Entries); the rest is not read"
}
