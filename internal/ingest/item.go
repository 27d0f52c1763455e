package ingest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parallax/feed"
	"parallax/internal/news"
	"parallax/internal/terms"
)

// What an Item may hold, in bytes. What is longer is cut, and said to be.
const (
	maxTitle    = 2 << 10
	maxSummary  = 128 << 10
	maxContent  = 2 << 20 // the longest reports, with their markup
	maxURL      = 4 << 10
	maxKey      = 512
	maxGUID     = 2 << 10
	maxName     = 200 // of an author or a category
	maxNames    = 20  // of each
	maxLanguage = 35  // BCP 47 §4.4.1
	maxError    = 2 << 10

	maxItems    = 5000 // of one document, and what feed is told to read: the largest archives seen have 2,000
	maxProblems = 20
)

// Items turns the entries of a parsed document into Items, as of now: those that may be
// new or changed. What says word for word what it said in the last document is left out;
// f.Entries tells, and is set to what the next document is to be held against. What cannot
// be kept is told among the problems, with those of the document.
func Items(f *news.Feed, doc *feed.Feed, base string, now time.Time) ([]*news.Item, []string) {
	var problems []string
	for _, p := range doc.Problems {
		problems = append(problems, text(p.What, maxName))
	}
	b := builder{feed: f, language: doc.Language, base: base, now: now, shared: readShared(f.SharedGUIDs)}
	shared := b.shared.learn(doc.Entries)
	f.SharedGUIDs = b.shared.String()
	seen := map[string]bool{}
	last := readPrints(f.Entries)
	var items []*news.Item
	var prints []byte
	var empty, twice, over int
	for n, e := range doc.Entries {
		if n < maxPrints {
			p := b.print(e)
			prints = append(prints, p[:]...)
			if last[p] {
				continue
			}
		}
		if len(items) == maxItems {
			over++
			continue
		}
		item := b.item(e)
		switch {
		case item == nil:
			empty++
		case seen[item.ID]:
			twice++
		default:
			seen[item.ID] = true
			items = append(items, item)
		}
	}
	f.Entries = ""
	if empty+twice+over+b.cut+shared == 0 {
		// Where entries depend on one another, or something is to be told of each document,
		// all are looked at every time.
		f.Entries = writePrints(prints)
	}
	for _, c := range []struct {
		n    int
		what string
	}{
		{empty, "entries with neither title nor text nor link were left out"},
		{twice, "entries that repeat another one were left out"},
		{over, fmt.Sprintf("entries after the first %d were left out", maxItems)},
		{b.cut, "texts were too long and were cut"},
		{shared, "guids stand for several entries each; their links tell them apart"},
	} {
		if c.n > 0 {
			problems = append(problems, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	if n := len(problems); n > maxProblems {
		problems = append(problems[:maxProblems-1:maxProblems-1], fmt.Sprintf("and %d more", n-maxProblems+1))
	}
	return items, problems
}

type builder struct {
	feed     *news.Feed
	language string
	base     string
	now      time.Time
	shared   *sharedGUIDs
	cut      int // how many texts were cut
	buf      []byte
}

// item returns the Item of an entry, or nil if there is nothing in it.
func (b *builder) item(e *feed.Entry) *news.Item {
	i := &news.Item{
		FeedID:    b.feed.ID,
		SourceID:  b.feed.SourceID,
		GUID:      b.bound(e.ID, maxGUID),
		Link:      b.url(e.Link),
		Title:     b.bound(strings.Join(strings.Fields(e.Title.String()), " "), maxTitle),
		Summary:   b.bound(e.Summary.HTML(), maxSummary),
		Content:   b.bound(e.Content.HTML(), maxContent),
		Language:  language(cmp.Or(e.Language, b.language)),
		Published: e.Published,
		Updated:   e.Updated,
		Image:     b.image(e),
		Terms:     terms.InEntry(e, b.base),
		FirstSeen: b.now,
		LastSeen:  b.now,
		Revision:  1,
	}
	if i.Link == "" && e.IDIsLink && strings.HasPrefix(strings.ToLower(strings.TrimSpace(e.ID)), "http") {
		i.Link = b.url(e.ID)
	}
	if i.Title == "" && blank(i.Summary) && blank(i.Content) && i.Link == "" {
		return nil
	}
	for _, p := range e.Authors {
		i.Authors = add(i.Authors, cmp.Or(p.Name, p.Email, p.URL))
	}
	for _, c := range e.Categories {
		i.Category = add(i.Category, cmp.Or(c.Label, c.Term))
	}
	i.Key = b.key(e, i)
	i.ID = news.ID("item", i.FeedID, i.Key)
	i.Hash = Hash(i)
	return i
}

// key returns what makes the entry the same at the next poll.
func (b *builder) key(e *feed.Entry, i *news.Item) string {
	id := clean(e.ID)
	key := id
	switch {
	case id != "" && b.shared.has(e.ID):
		key = id + " " + i.Link
	case id != "":
	case i.Link != "":
		key = i.Link
	case i.Title != "":
		key = i.Title
		if !i.Published.IsZero() {
			key += " " + i.Published.UTC().Format(time.RFC3339)
		}
	default: // text alone: what it says is all there is
		key = "text " + Hash(i)
	}
	if len(key) > maxKey {
		sum := sha256.Sum256([]byte(key))
		return "sha256 " + hex.EncodeToString(sum[:])
	}
	return key
}

// image returns the URL of the picture that stands for the entry.
func (b *builder) image(e *feed.Entry) string {
	if e.Image != nil && e.Image.URL != "" {
		return b.url(e.Image.URL)
	}
	for _, m := range e.Media {
		if m.Medium == "image" || strings.HasPrefix(m.Type, "image/") {
			return b.url(m.URL)
		}
	}
	for _, t := range e.Thumbnails {
		if t.URL != "" {
			return b.url(t.URL)
		}
	}
	for _, c := range e.Enclosures {
		if strings.HasPrefix(c.Type, "image/") {
			return b.url(c.URL)
		}
	}
	return ""
}

// url returns an absolute http or https URL, or "".
func (b *builder) url(s string) string {
	s = strings.TrimSpace(clean(s))
	if s == "" || len(s) > maxURL {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	if !u.IsAbs() {
		home, err := url.Parse(b.base)
		if err != nil {
			return ""
		}
		u = home.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	u.User = nil // it is published
	return u.String()
}

func (b *builder) bound(s string, limit int) string {
	out := text(s, limit)
	if len(s) > limit {
		b.cut++
	}
	return out
}

// text returns s as a database can keep it, and at most limit bytes of it.
func text(s string, limit int) string {
	s = clean(s)
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// clean makes s valid UTF-8 without NUL, which PostgreSQL does not keep.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return s
}

// validator returns an ETag or a Last-Modified as it is to be sent back, or "" if it is
// not worth remembering.
func validator(s string) string {
	const most = 1 << 10
	if len(s) > most || clean(s) != s {
		return ""
	}
	return s
}

// add appends a name, bounded, unless it is there or there are enough.
func add(names []string, name string) []string {
	name = text(strings.Join(strings.Fields(name), " "), maxName)
	if name == "" || len(names) >= maxNames || slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

// language returns a language tag as said if it can be one.
func language(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	if len(s) < 2 || len(s) > maxLanguage {
		return ""
	}
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '-' {
			return ""
		}
	}
	return s
}

// blank reports whether there is neither text nor a picture in markup.
func blank(markup string) bool {
	if markup == "" {
		return true
	}
	w := squeezer{w: io.Discard}
	w.markup(markup)
	return !w.some
}

// Hash returns the fingerprint of what the outlet said in i. It changes when words,
// links or pictures do, and not with dates (some feeds say "now" at every request), nor
// with white space, markup, or the queries of URLs (signatures, counters, campaigns).
func Hash(i *news.Item) string {
	h := sha256.New()
	w := squeezer{w: h}
	for _, part := range []func(){
		func() { w.text(i.Title) },
		func() { w.raw(bare(i.Link)) },
		func() { w.markup(i.Summary) },
		func() { w.markup(i.Content) },
		func() { w.raw(strings.Join(i.Authors, "\x1f")) },
	} {
		part()
		w.end()
	}
	w.flush()
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// bare returns a URL without query and fragment, except where the query is what names
// the page (?p=123, ?id=123).
func bare(s string) string {
	path, query, ok := strings.Cut(s, "?")
	if !ok {
		path, _, _ = strings.Cut(s, "#")
		return path
	}
	query, _, _ = strings.Cut(query, "#")
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		switch strings.ToLower(key) {
		case "p", "id", "article", "newsid", "story", "page_id", "v":
			kept = append(kept, pair)
		}
	}
	if len(kept) == 0 {
		return path
	}
	return path + "?" + strings.Join(kept, "&")
}
