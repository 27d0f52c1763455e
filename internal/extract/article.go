package extract

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"parallax/internal/extract/boilerplate"
	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/sanitize"
	"parallax/internal/words"
)

const (
	// fullText is from how many characters on a feed's text can be the whole article: what
	// feeds give as a summary is shorter nearly always.
	fullText = 1000
	// minText is how few characters are no article, whatever page they are from.
	minText = 200
	// minLead is how few characters tell nothing beyond the title.
	minLead = 30
)

// A body is a text with what is known of it.
type body struct {
	html, text string
	size       int // in characters of an alphabet
	end        ending
	full       bool         // is the whole article, as far as can be told of a feed's text
	apart      []news.Apart // what stood in it
}

// newBody cleans a text: of what is not safe, of stubs, and of the headline before it.
func newBody(dirty, base string, titles ...string) body {
	heads := make([]string, len(titles))
	for i, t := range titles {
		heads[i] = words.Folded(t)
	}
	heads = slices.DeleteFunc(heads, func(h string) bool { return h == "" })
	clean, end, apart := trim(sanitize.HTML(dirty, base), heads...)
	b := body{html: clean, text: running(clean), end: end, apart: apart}
	b.strip(nil)
	b.measure()
	return b
}

// running returns the text of clean HTML without pictures and what stands under them, for
// they are beside the text; unless there is nothing else.
func running(clean string) string {
	rest := clean
	var without strings.Builder
	for {
		before, figure, ok := strings.Cut(rest, "<figure")
		without.WriteString(before)
		if !ok {
			break
		}
		depth := 1
		for depth > 0 {
			end := strings.Index(figure, "</figure>")
			if end < 0 {
				return sanitize.Text(clean) // unreachable: clean HTML closes its elements
			}
			depth += strings.Count(figure[:end], "<figure") - 1
			figure = figure[end+len("</figure>"):]
		}
		rest = figure
	}
	text := sanitize.Text(withoutReadings(without.String()))
	if text == "" {
		text = sanitize.Text(withoutReadings(clean))
	}
	// A text is read in lines of any length: what was never to be parted is a word with spaces.
	return strings.ReplaceAll(text, "\u00a0", " ")
}

var (
	// ruby is a word with its reading above it, and reading the latter.
	ruby    = regexp.MustCompile(`(?s)<ruby[ >].*?</ruby>`)
	reading = regexp.MustCompile(`(?s)<rt[ >].*?</rt>`)
)

// withoutReadings takes the readings of words out of clean HTML, but those that have brackets for
// a line of text: without them a word would be said twice.
func withoutReadings(clean string) string {
	if !strings.Contains(clean, "<rt") {
		return clean
	}
	return ruby.ReplaceAllStringFunc(clean, func(r string) string {
		if strings.Contains(r, "<rp") {
			return r
		}
		return reading.ReplaceAllString(r, "")
	})
}

// A feedBody is what the feed itself gives: the longer of content and summary, for feeds
// put the whole text in either; and the text of the summary by itself.
type feedBody struct {
	body

	summary string
}

func feedText(it *news.Item, known *boilerplate.Set) feedBody {
	content := newBody(it.Content, it.Link, it.Title).without(known)
	summary := newBody(it.Summary, it.Link, it.Title).without(known)
	longer := content
	if summary.size > content.size {
		longer = summary
	}
	return feedBody{longer, summary.text}
}

// size counts characters; one of a script of syllables or words counts for three, as it
// takes three letters to say as much.
func size(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r >= wordless && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			n += 2
		}
	}
	return n
}

// Article makes the Article of an Item and of its page, which may be nil; why says then
// why there is none. It decides by the rule in the package comment.
func Article(it *news.Item, source *news.Source, page *Page, why string) *news.Article {
	return article(it, feedText(it, nil), source, page, why)
}

func article(it *news.Item, feed feedBody, source *news.Source, page *Page, why string) *news.Article {
	a := &news.Article{
		ID: ArticleID(it), SourceID: it.SourceID, ItemID: it.ID, GUID: it.GUID, URL: withoutTracking(it.Link),
		Authors: names(it.Authors), Published: it.Published, Updated: it.Updated, FirstSeen: it.FirstSeen, Revision: 1,
		Via: it.Via,
	}
	chosen := feed.body
	switch {
	case feed.full:
		a.Basis = fmt.Sprintf(news.BasisFeed+"content: %s (%d characters)", news.BasisWhole, feed.size)
	case page == nil:
		a.Basis = fromFeed(feed.body, why)
	default:
		if why = page.unfit(it, feed.body); why != "" {
			a.Basis = fromFeed(feed.body, why)
			if !page.about(it) {
				page = nil // then its byline is not the article's either
			}
			break
		}
		chosen = page.body
		a.Basis = fmt.Sprintf("page: the feed gives only %d characters, the page %d", feed.size, page.body.size)
		if page.told {
			a.Basis += " in its metadata"
		}
		a.Basis += page.by()
		if page.Cut() {
			a.Basis += "; " + news.BasisBeginning
		}
	}
	a.Text, a.HTML, a.Apart = chosen.text, chosen.html, bounded(chosen.apart)

	hints := []string{it.Language}
	if page != nil {
		if page.via.Copied() {
			a.Via = page.via
		}
		page.fill(a, it)
		hints = []string{page.Language, it.Language}
	}
	a.Authors = a.Authors[:min(len(a.Authors), maxAuthors)]
	if len(source.Languages) > 0 {
		hints = append(hints, source.Languages[0])
	}
	a.Title = title(it, page, a.Text)
	a.Lead = lead(feed.summary, page, a)
	hint := ""
	for _, h := range hints {
		if hint = h; hint != "" {
			break
		}
	}
	a.Language = lang.Detect(a.Title+"\n"+a.Lead+"\n"+a.Text, hint)
	return a
}

// articleOf is Article, and survives its panic: the parsers beneath it, foreign ones among
// them, meet what strangers wrote, and one Item must not end the program. Where they fail
// over the page the feed's text is taken, where they fail over that too, the headline. The
// error, for the log, says what panicked; the Article is nil only if nothing could be made.
func articleOf(it *news.Item, feed feedBody, source *news.Source, page *Page, why string) (*news.Article, error) {
	return attempt(it, page, why, func(page *Page, why string) *news.Article { return article(it, feed, source, page, why) })
}

func attempt(it *news.Item, page *Page, why string, of func(*Page, string) *news.Article) (*news.Article, error) {
	a, failure := safely(func() *news.Article { return of(page, why) })
	if failure == nil {
		return a, nil
	}
	if page != nil {
		if a, err := safely(func() *news.Article { return of(nil, "the page could not be read: "+failure.Error()) }); err == nil {
			return a, failure
		}
	}
	a, err := safely(func() *news.Article {
		return &news.Article{
			ID: ArticleID(it), SourceID: it.SourceID, ItemID: it.ID, GUID: it.GUID, URL: it.Link,
			Title: words.Line(it.Title), Basis: "title: neither the page nor the feed's text could be read: " + failure.Error(),
			Language: "und", Published: it.Published, Updated: it.Updated, FirstSeen: it.FirstSeen, Revision: 1,
			Via: it.Via,
		}
	})
	return a, errors.Join(failure, err)
}

// safely calls f and returns its panic as an error.
func safely[T any](f func() T) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f(), nil
}

func fromFeed(feed body, why string) string {
	what := news.BasisFeed + "summary"
	switch {
	case feed.size == 0:
		what = "title"
	case feed.size >= fullText/2:
		what = news.BasisFeed + "content"
	}
	if why == "" {
		return what
	}
	return what + ": " + why
}

// title prefers what the feed says, for that is the headline that the outlet sends out.
func title(it *news.Item, page *Page, text string) string {
	if t := words.Line(it.Title); t != "" {
		return t
	}
	if page != nil && page.Title != "" {
		return page.Title
	}
	return news.Cut(text, 100)
}

// lead returns the outlet's own summary, else the first sentences of the text.
func lead(summary string, page *Page, a *news.Article) string {
	candidates := []string{summary}
	if page != nil {
		candidates = append(candidates, page.Description)
	}
	for _, c := range candidates {
		if c = words.Line(c); size(c) >= minLead && !strings.EqualFold(c, a.Title) {
			return news.Cut(c, news.ExcerptRunes)
		}
	}
	first := ""
	for p := range strings.SplitSeq(a.Text, "\n\n") {
		if p = words.Line(p); strings.EqualFold(p, a.Title) {
			continue
		}
		if first = strings.TrimSpace(first + " " + p); size(first) >= 2*minLead {
			break
		}
	}
	if first == "" {
		first = words.Line(candidates[0])
	}
	return news.Cut(first, news.ExcerptRunes)
}
