package news

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// An Article is the cleaned text and metadata that an Item points to. Two Items of
// one Source with the same link, e.g. from its front-page and its world feed, are one
// Article.
type Article struct {
	ID       string `json:"id"` // ID("article", SourceID, link without fragment and tracking parameters, or the guid)
	SourceID string `json:"source"`
	ItemID   string `json:"item"` // the Item it was first made from
	GUID     string `json:"guid"` // of that Item, as its feed said it
	URL      string `json:"url"`  // permalink of the original; canonical where the page names one on its own site
	Title    string `json:"title"`
	Lead     string `json:"lead"` // plain text: the outlet's own summary, else the first sentences
	// Text is the whole text that the hub has, plain, paragraphs parted by a blank line.
	// It is for search, clustering and comparison; readers get what the Carriage allows.
	Text string `json:"text,omitempty"`
	// HTML is the text, sanitised.
	HTML string `json:"html,omitempty"`
	// Terms are what the outlet says of its use: in the feed's entry, and on the page if that was read.
	Terms []Term `json:"terms,omitempty"`
	// Pictures are the URLs of the images in it that the hub is to have copies of. Only what
	// makes an Article fills it in.
	Pictures []string `json:"-"`
	// Apart is what stood in the text and is not of it.
	Apart []Apart `json:"apart,omitempty"`
	// Basis says what the text was taken from and why: "page", "feed content", "feed
	// summary", with a reason in words.
	Basis     string    `json:"basis,omitempty"`
	Authors   []string  `json:"authors,omitempty"`
	Language  string    `json:"language"`            // BCP 47; "und" when it cannot be told
	Published time.Time `json:"published,omitzero"`  // as the source said; zero when it did not
	Updated   time.Time `json:"updated,omitzero"`    // as the source said
	FirstSeen time.Time `json:"first_seen,omitzero"` // by this hub
	Revision  int       `json:"revision"`            // 1, 2, ...
	Via       Via       `json:"via,omitzero"`        // of the present revision

	// Shingles are hashes of some runs of words of Text, by which its copies are found; none where
	// it is too short to have any. Only what makes or cleans an Article fills them in.
	Shingles []int32 `json:"-"`
	// WireRoot is the Article of which this is a copy, or ""; WireShare is how many of 100
	// words of Text stand in it, in runs of five and more, 0 where nobody looked.
	WireRoot  string `json:"wire_root,omitempty"`
	WireShare int    `json:"wire_share,omitempty"`

	// Embedding is the one by which it was placed; nil where there was none, and where nobody
	// asked for it.
	Embedding *Embedding `json:"-"`

	StoryID string `json:"story,omitempty"`
	Seq     int64  `json:"-"` // place in the order in which articles were clustered
	// Purged is when its text was deleted because its carriage had ended, or when it was taken
	// down; what is left is the tombstone that keeps it from being imported again.
	Purged time.Time `json:"-"`
}

// When returns the time by which the Article is ordered: as published, but never
// later than it was first seen (outlets date articles into the future), and first
// seen where the outlet gives no date or one that is more than 30 days off.
func (a *Article) When() time.Time {
	const credible = 30 * 24 * time.Hour
	if a.Published.IsZero() || a.Published.After(a.FirstSeen) || a.FirstSeen.Sub(a.Published) > credible {
		return a.FirstSeen
	}
	return a.Published
}

// What a Basis says of how much of the text there is.
const (
	BasisWhole     = "it is the whole text"              // of the feed's content
	BasisNoMore    = "the page has no more than these"   // so many characters as the feed gives
	BasisBeginning = "the page shows only the beginning" // the rest is for subscribers
	BasisFeed      = "feed "                             // it begins so where the text is the feed's
)

// Partial reports whether the hub has no Text, or may have only a part of what the outlet published:
// the summary of a feed, or what a page shows to everybody. Of what is not in it one cannot say
// that the outlet did not report it.
func (a *Article) Partial() bool {
	switch {
	case a.Text == "" || strings.HasSuffix(a.Basis, BasisBeginning):
		return true
	case strings.HasPrefix(a.Basis, BasisFeed):
		return !strings.Contains(a.Basis, BasisWhole) && !strings.Contains(a.Basis, BasisNoMore)
	}
	return false
}

// An Extraction is an Article and which revision of which Item it was made of.
type Extraction struct {
	ItemID       string
	ItemRevision int
	Article      *Article
	Copies       []WireCopy // Articles, saved before, that are copies of it
}

// A WireCopy is an Article that is a copy of another, and how much of it: see WireShare.
type WireCopy struct {
	ID    string
	Share int
}

// A Revision is an earlier or the present version of what an outlet said.
type Revision struct {
	N        int
	SeenAt   time.Time
	Title    string
	Lead     string
	Text     string
	HTML     string
	Updated  time.Time // as the source said
	Withheld bool      // its text was purged when its carriage ended
	Via      Via
}

// Cut shortens text to at most limit runes, the ellipsis that marks what was left out
// included: at the end of a sentence if one ends in the second half, else at a word
// there, else (a script without spaces, a very long word) anywhere.
func Cut(text string, limit int) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	const mark = " …"
	room := max(limit-utf8.RuneCountInString(mark), 1)
	var sentence, word, end int // byte offsets at which to cut
	var ended bool              // what was read last ends a sentence, closing quotes aside
	n := 0
	for i, r := range text {
		if n > room/2 && n <= room {
			switch {
			case unicode.IsSpace(r) && ended:
				sentence = i
			case unicode.IsSpace(r):
				word = i
			}
			if n < room && strings.ContainsRune("。！？", r) {
				sentence = i + utf8.RuneLen(r)
			}
		}
		if n == room {
			end = i
			break
		}
		ended = strings.ContainsRune(".!?…।۔؟", r) || ended && strings.ContainsRune("»”’\"')", r)
		n++
	}
	switch {
	case sentence > 0:
		return text[:sentence] + mark
	case word > 0:
		return text[:word] + mark
	}
	return text[:end] + "…"
}
