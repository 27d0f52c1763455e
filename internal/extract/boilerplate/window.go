package boilerplate

import (
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parallax/internal/lang"
	"parallax/internal/news"
)

const (
	// lately is how many articles of a Source the window has: enough to tell a habit from a
	// chance, few enough to forget one within days.
	lately = 50
	// head, tail and middle are of how many blocks of an article the window has marks: what
	// recurs stands at the edges, or is short.
	head, tail, middle = 4, 10, 10
	// short is how long a block of the middle can be, in bytes, to be looked at.
	short = 400
	// titleWords is how many words of its title tell what an article is about.
	titleWords = 10

	// A block is boilerplate if it stands in edgeArticles of the window and edgeShare percent
	// of it, within edge blocks of the beginning or end; elsewhere it takes more.
	edge                        = 3
	edgeArticles, edgeShare     = 5, 30
	middleArticles, middleShare = 8, 50
	// days is on how many days these articles appeared, unless the block is in nearly all
	// articles (always percent) and these are many: one event makes many articles in a day.
	days, always, many = 2, 80, 10
	// topic is the percentage of these articles whose titles share a word from which on they
	// are of one topic, if less than half as many of the others have it: a paragraph that is
	// repeated whenever a war is reported is not boilerplate.
	topic = 50

	version = 1
)

// An entry is what the window has of an article.
type entry struct {
	article uint32
	day     uint16 // since 1970
	title   []uint32
	blocks  []uint32 // marks of what does not stand at an edge
	edges   []uint32
}

// A window is the last articles of a Source, the latest at the end.
type window []entry

// decode returns the window that encode wrote, an empty one of what it did not.
func decode(data []byte) (w window) {
	if len(data) == 0 || data[0] != version {
		return nil
	}
	data = data[1:]
	bad := false
	number := func() (v uint32) {
		if bad = bad || len(data) < 4; bad {
			return 0
		}
		v, data = binary.LittleEndian.Uint32(data), data[4:]
		return v
	}
	list := func() []uint32 {
		if bad = bad || len(data) == 0 || len(data) < 1+4*int(data[0]); bad {
			return nil
		}
		l := make([]uint32, data[0])
		data = data[1:]
		for i := range l {
			l[i] = number()
		}
		return l
	}
	for len(data) > 0 && !bad && len(w) < lately {
		e := entry{article: number()}
		e.day = uint16(number()) //nolint:gosec // as encode wrote it
		e.title, e.blocks, e.edges = list(), list(), list()
		w = append(w, e)
	}
	if bad {
		return nil
	}
	return w
}

// encode writes the window: a version, and of each article its number and day, then three
// lists of numbers, each after its length in a byte; numbers are of 32 bits, the lowest first.
func (w window) encode() []byte {
	data := []byte{version}
	for _, e := range w {
		data = binary.LittleEndian.AppendUint32(data, e.article)
		data = binary.LittleEndian.AppendUint32(data, uint32(e.day))
		for _, l := range [][]uint32{e.title, e.blocks, e.edges} {
			data = append(data, byte(len(l))) //nolint:gosec // at most 24
			for _, v := range l {
				data = binary.LittleEndian.AppendUint32(data, v)
			}
		}
	}
	return data
}

// lines yields the blocks of a text.
func lines(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for l := range strings.SplitSeq(text, "\n") {
			if l != "" && !yield(l) {
				return
			}
		}
	}
}

// sampled are the blocks of an article that the window knows: their texts by their marks, in it.
type sampled map[uint32]string

// sample makes the entry of an article; ok is false if it has one block or none.
func sample(a *news.Article) (e entry, known sampled, ok bool) {
	var blocks []string
	for l := range lines(a.Text) {
		blocks = append(blocks, l)
	}
	// What is set apart by its words alone is learned too, so that it is told of the Source.
	for _, apart := range a.Apart {
		if apart.Kind == news.ApartNotice {
			blocks = append(blocks, apart.Text)
		}
	}
	if len(blocks) < 2 {
		return e, nil, false
	}
	known = make(sampled, min(len(blocks), head+middle+tail))
	between := 0
	for i, b := range blocks {
		left := len(blocks) - 1 - i
		if i >= head && left >= tail {
			if between == middle || len(b) > short {
				continue
			}
			between++
		}
		m := uint32(mark(b)) //nolint:gosec // the lower half will do among so few
		if _, twice := known[m]; m == 0 || twice {
			continue
		}
		known[m] = b
		if i < edge || left < edge {
			e.edges = append(e.edges, m)
		} else {
			e.blocks = append(e.blocks, m)
		}
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(a.ID)) // a hash.Hash never fails
	e.article = h.Sum32()
	e.day = uint16(a.When().Unix() / int64(24*time.Hour/time.Second)) //nolint:gosec // until 2149
	for _, t := range lang.Tokens(a.Title, a.Language) {
		if len(e.title) == titleWords || utf8.RuneCountInString(t.Word) < 3 && t.Word[0] < utf8.RuneSelf {
			continue
		}
		h.Reset()
		_, _ = h.Write([]byte(t.Word))
		if !slices.Contains(e.title, h.Sum32()) {
			e.title = append(e.title, h.Sum32())
		}
	}
	return e, known, true
}

// add puts an entry at the end of the window, in the place of what it had of the article.
func (w window) add(e entry) window {
	w = slices.DeleteFunc(w, func(old entry) bool { return old.article == e.article })
	if w = append(w, e); len(w) > lately {
		w = w[len(w)-lately:]
	}
	return w
}

// habits returns which of marks recur so that they are boilerplate.
func (w window) habits(known sampled) (found []uint32) {
	if len(w) < edgeArticles {
		return nil
	}
	all, edges := make(map[uint32]int, len(known)), make(map[uint32]int, len(known))
	for _, e := range w {
		for _, m := range e.blocks {
			if _, ok := known[m]; ok {
				all[m]++
			}
		}
		for _, m := range e.edges {
			if _, ok := known[m]; ok {
				all[m]++
				edges[m]++
			}
		}
	}
	for m := range known {
		n := all[m]
		if share := 100 * n / len(w); n >= middleArticles && share >= middleShare ||
			n >= edgeArticles && share >= edgeShare && 4*edges[m] >= 3*n {
			if w.diverse(m) {
				found = append(found, m)
			}
		}
	}
	slices.Sort(found)
	return found
}

// diverse reports whether the articles with a block are of several days and topics.
func (w window) diverse(m uint32) bool {
	with, without := 0, 0
	on := map[uint16]bool{}
	here, there := map[uint32]int{}, map[uint32]int{} // how many titles have a word
	for _, e := range w {
		titles := there
		if slices.Contains(e.blocks, m) || slices.Contains(e.edges, m) {
			titles = here
			on[e.day] = true
			with++
		} else {
			without++
		}
		for _, t := range e.title {
			titles[t]++
		}
	}
	if len(on) < days && (with < many || 100*with < always*len(w)) {
		return false
	}
	for t, n := range here {
		if 100*n >= topic*with && without > 0 && 2*there[t]*with < n*without {
			return false
		}
	}
	return true
}
