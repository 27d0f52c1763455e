package cluster

import (
	"cmp"
	"slices"
	"time"

	"parallax/internal/cluster/across"
)

// minuteDocs is how many documents of one minute are held back at most, ten times
// what all the world's news has in one: of more, the order of the parts matters.
const minuteDocs = 20_000

// A Minute holds documents back until one of another minute comes, and gives them out in the order
// of their times and ids: then the order in which they came within the minute does not matter.
// It is for streams that are placed when they end. A hub does not wait: it places together what
// waits together, in the same order.
type Minute struct{ docs []Doc }

// Take holds d, and returns what can be placed before it. Documents without a time are
// not held, but returned as they came.
func (m *Minute) Take(d Doc) (ready []Doc) {
	if len(m.docs) > 0 && (!minuteOf(d).Equal(minuteOf(m.docs[0])) || len(m.docs) == minuteDocs) {
		ready = m.Rest()
	}
	if d.At.IsZero() {
		return append(ready, d)
	}
	d.Prepare()
	d.Title, d.Text = across.Cut(d.Title), across.Cut(d.Text) // all else is prepared
	m.docs = append(m.docs, d)
	return ready
}

// Rest returns what is held.
func (m *Minute) Rest() []Doc {
	docs := m.docs
	slices.SortFunc(docs, func(a, b Doc) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	m.docs = nil
	return docs
}

func minuteOf(d Doc) time.Time { return d.At.Truncate(time.Minute) }
