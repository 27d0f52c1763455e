package extract

import (
	"context"
	"fmt"
	"mime"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"parallax/internal/extract/prose"
	"parallax/internal/extract/siterule"
	"parallax/internal/fetch"
	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/sanitize"
	"parallax/internal/terms"
	"parallax/internal/words"
)

const (
	// maxPage is how much of a page is read, in bytes: more than the longest live report,
	// and read in a quarter of a second.
	maxPage = 4 << 20
	// maxTime is how long extraction from one page may take; the slowest of a thousand
	// real pages took a fifth of a second.
	maxTime = 10 * time.Second
)

// A Page is what an article page says.
type Page struct {
	URL         string // that answered
	Title       string
	Description string
	Authors     []string
	Published   time.Time // in the zone in which the page gives it
	Modified    time.Time
	Canonical   string
	Language    string      // that the page declares
	Paid        bool        // says that it is for subscribers
	Blocked     string      // why this is not the article's page at all
	Terms       []news.Term // what the page says of its use
	// Why says of each field, by its name in lower case, what it was taken from.
	Why map[string]string

	via  news.Via
	body body
	told bool // by the metadata: the text is not shown

	links       onward
	whole, lost []string // what was added to the page, and what was not to be had
}

// Text returns the article's text, its paragraphs parted by blank lines; "" if the page
// is none or was kept from us.
func (p *Page) Text() string { return p.article().text }

// HTML returns the article as safe HTML.
func (p *Page) HTML() string { return p.article().html }

// Cut reports whether the page shows only the beginning of the article.
func (p *Page) Cut() bool { return !p.told && (p.Paid || p.article().end == breaks) }

func (p *Page) article() body {
	if p.Blocked != "" {
		return body{}
	}
	return p.body
}

// A pageError says why a page will not become readable by asking again.
type pageError struct{ why string }

func (e *pageError) Error() string { return e.why }

// A reader reads pages, no more at a time than there are processors, each in a bounded
// time. The extractors cannot be stopped: one that takes too long keeps its place until
// it ends, so that pages that attack cannot pile up.
type reader struct {
	slots chan struct{}
	parse func(page []byte, pageURL, contentType string) (*Page, error)
}

func newReader(rules *siterule.Set) *reader {
	return &reader{slots: make(chan struct{}, runtime.GOMAXPROCS(0)), parse: func(page []byte, pageURL, contentType string) (*Page, error) {
		return ReadPageBy(rules, page, pageURL, contentType)
	}}
}

func (r *reader) read(ctx context.Context, resp *fetch.Response) (*Page, error) {
	type result struct {
		page *Page
		err  error
	}
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	results := make(chan result, 1)
	go func() {
		var res result
		defer func() {
			// The extractors are foreign code that meets what strangers wrote.
			if p := recover(); p != nil {
				res = result{err: &pageError{fmt.Sprintf("the extractor failed: %v", p)}}
			}
			<-r.slots
			results <- res
		}()
		res.page, res.err = r.parse(resp.Body, resp.URL, resp.Header.Get("Content-Type"))
	}()
	timer := time.NewTimer(maxTime)
	defer timer.Stop()
	select {
	case res := <-results:
		return res.page, res.err
	case <-timer.C:
		return nil, &pageError{fmt.Sprintf("the page could not be read within %s", maxTime)}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// ReadPage finds the article in a page, by the rules that come with the program. The contentType
// is the header's, or "".
func ReadPage(page []byte, pageURL, contentType string) (*Page, error) {
	return ReadPageBy(nil, page, pageURL, contentType)
}

// ReadPageBy is ReadPage by rules for sites, which go before those that come with the program.
func ReadPageBy(rules *siterule.Set, page []byte, pageURL, contentType string) (*Page, error) {
	if media, _, err := mime.ParseMediaType(contentType); err == nil && !strings.Contains(media, "html") &&
		media != "text/plain" && media != "application/octet-stream" && media != "application/xml" {
		return nil, &pageError{"the link leads to " + media + ", not to a page"}
	}
	if len(page) > maxPage {
		page = page[:maxPage]
	}
	text := decode(page, contentType)
	if what := noText(page, text); what != "" {
		return nil, &pageError{"this is no page but " + what}
	}
	if isCode(text) {
		return nil, &pageError{"this is no page but a style sheet, a script or data: it holds no markup, and no prose"}
	}
	rule := siterule.For(news.Host(pageURL), rules, sites())
	if rule != nil {
		text = rule.Rewrite(text)
	}
	if !sanitize.AffordablePage(text) {
		return nil, &pageError{"the page cannot be parsed: it asks for more work than any honest page does"}
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return nil, &pageError{"the page cannot be parsed: " + err.Error()}
	}
	said := terms.InPage(doc, news.PublicURL(pageURL))
	if rule != nil && rule.DistrustsLinkedData() {
		withoutLinkedData(doc)
	}
	m := metadata(doc, pageURL)
	ruled := ruleFor(rule, doc)
	m.heed(ruled)
	p := &Page{
		URL: pageURL, Title: m.title, Description: m.description, Authors: m.authors, Published: m.published,
		Modified: m.modified, Canonical: m.canonical, Language: m.language, Paid: m.paid, Why: m.from, Terms: said,
		links: linksIn(doc, ruled, pageURL),
	}
	known := prose.Known{Titles: m.titles, Description: m.description, Witness: m.articleBody}
	found := ruled.choose(prose.Find(doc, known), known, &m, pageURL)
	p.find(found, m)
	if p.Blocked = blocked(m.rawTitle, found.Page, p.body.text); p.Blocked == "" {
		p.Blocked = walled(doc, m.titles, first(p.body.text, found.Page))
	}
	if p.Blocked != "" {
		delete(p.Why, "text")
	}
	return p, nil
}

// shown is how much of the text in its metadata a page shows that shows all of it: some
// have it twice there, or with what was to be left out.
const shown = 0.8

// find takes the text that stands in the page, or the one in the page's metadata if that
// is much longer: some pages show the beginning and hold the whole.
func (p *Page) find(found prose.Found, m meta) {
	p.body = newBody(found.HTML, p.URL, m.titles...)
	why := found.Why
	for _, text := range found.Beside {
		p.body.apart = append(p.body.apart, news.Apart{Kind: news.ApartBox, Text: text})
	}
	if size(m.articleBody)*2 > p.body.size*3 && prose.Share(m.articleBody, p.body.text) < shown {
		all := paragraphs(m.articleBody)
		if !strings.Contains(words.Folded(m.articleBody), words.Folded(found.Lead)) {
			all = paragraphs(found.Lead) + all
		}
		if b := newBody(all, p.URL, m.titles...); b.size*2 > p.body.size*3 {
			p.body, why, p.told = b, linked+"articleBody, for the page shows less", true
		}
	}
	if p.body.size > 0 {
		p.Why["text"] = fmt.Sprintf("%s: %d characters", why, p.body.size)
	}
}

// paragraphs makes HTML of text that may be HTML already.
func paragraphs(text string) string {
	if strings.Contains(text, "</") {
		return text
	}
	return "<p>" + strings.ReplaceAll(html.EscapeString(text), "\n", "</p><p>") + "</p>"
}

// about reports whether the page is the Item's article, be it too little of it.
func (p *Page) about(it *news.Item) bool {
	return p.Blocked == "" && (!frontPage(p.URL) || frontPage(it.Link)) && related(it, p)
}

// unfit says why the page is not to be taken for the Item's article, or "".
func (p *Page) unfit(it *news.Item, feed body) string {
	switch {
	case p.Blocked != "":
		return p.Blocked
	case p.body.size == 0:
		return "no article was found in the page"
	case frontPage(p.URL) && !frontPage(it.Link):
		return "the link leads to the front page now"
	case p.body.size < minText && feed.size > 0:
		return fmt.Sprintf("the page's text is too short (%d characters)", p.body.size)
	case p.body.size < feed.size:
		return fmt.Sprintf("the page has less (%d characters) than the feed (%d)", p.body.size, feed.size)
	case p.body.size == feed.size:
		return fmt.Sprintf(news.BasisNoMore+" %d characters", feed.size)
	case !related(it, p):
		return "the page's text has none of the words of the headline"
	}
	return ""
}

// related reports whether the page has a word of the Item's title or summary: of those
// that are long enough to mean something, one in five. Where there are few, or the feed is in
// another language than the page, nothing can be told.
func related(it *news.Item, p *Page) bool {
	yes, told := relation(it, p)
	return yes || !told
}

// relation is related, and reports whether anything can be told.
func relation(it *news.Item, p *Page) (yes, told bool) {
	said := it.Title + " " + sanitize.Text(it.Summary)
	tag := lang.Detect(p.body.text, p.Language)
	if lang.Detect(said, tag) != tag {
		return false, false
	}
	has := map[string]bool{}
	for _, t := range lang.Tokens(p.Title+" "+p.Description+" "+p.body.text, tag) {
		has[t.Text] = true
	}
	found, all := 0, 0
	for _, t := range lang.Tokens(said, tag) {
		if utf8.RuneCountInString(t.Word) < 4 && utf8.RuneLen([]rune(t.Word)[0]) < 3 {
			continue
		}
		all++
		if has[t.Text] {
			found++
		}
	}
	return found*5 >= all, all >= 4
}

// fill adds to a what the feed did not say and the page does.
func (p *Page) fill(a *news.Article, it *news.Item) {
	if p.Canonical != "" && sameSite(p.Canonical, it.Link) && !frontPage(p.Canonical) {
		a.URL = withoutTracking(p.Canonical)
	}
	if len(a.Authors) == 0 {
		a.Authors = names(p.Authors)
	}
	if a.Published.IsZero() {
		a.Published = p.Published.UTC()
	}
	if a.Updated.IsZero() && p.Modified.After(a.Published) {
		a.Updated = p.Modified.UTC()
	}
}
