package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"

	"parallax/internal/fetch"
	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/sanitize"
)

const (
	// maxPage is how much of a page is read, in bytes: pages beyond are lists or attacks,
	// and extractors need seconds for them.
	maxPage = 1 << 20
	// maxTime is how long extraction from one page may take; the slowest of a thousand
	// real pages took a fifth of a second.
	maxTime = 10 * time.Second
	// enough is from how many characters on the first extractor's word is taken.
	enough = 250
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
	Language    string // that the page declares
	Paid        bool   // says that it is for subscribers
	Blocked     string // why this is not the article's page at all
	Engine      string // which extractor found the text
	// Why says of each field, by its name in lower case, what it was taken from.
	Why map[string]string

	via  news.Via
	body body
}

// Text returns the article's text, its paragraphs parted by blank lines; "" if the page
// is none or was kept from us.
func (p *Page) Text() string { return p.article().text }

// HTML returns the article as safe HTML.
func (p *Page) HTML() string { return p.article().html }

// Cut reports whether the page shows only the beginning of the article.
func (p *Page) Cut() bool { return p.Paid || p.article().end == breaks }

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

func newReader() *reader {
	return &reader{slots: make(chan struct{}, runtime.GOMAXPROCS(0)), parse: ReadPage}
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

// ReadPage finds the article in a page. The contentType is the header's, or "".
func ReadPage(page []byte, pageURL, contentType string) (*Page, error) {
	if media, _, err := mime.ParseMediaType(contentType); err == nil && !strings.Contains(media, "html") &&
		media != "text/plain" && media != "application/octet-stream" && media != "application/xml" {
		return nil, &pageError{"the link leads to " + media + ", not to a page"}
	}
	if len(page) > maxPage {
		page = page[:maxPage]
	}
	text := decode(page, contentType)
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return nil, &pageError{"the page cannot be parsed: " + err.Error()}
	}
	u, err := url.Parse(pageURL)
	if err != nil {
		return nil, &pageError{"its URL cannot be parsed"}
	}
	m := metadata(doc, pageURL)
	p := &Page{
		URL: pageURL, Title: m.title, Description: m.description, Authors: m.authors, Published: m.published,
		Modified: m.modified, Canonical: m.canonical, Language: m.language, Paid: m.paid, Why: m.from,
	}
	p.find(doc, u, m)
	if p.Blocked = blocked(m.rawTitle, sanitize.Text(text), p.body.text); p.Blocked != "" {
		delete(p.Why, "text")
	}
	return p, nil
}

// find takes the text that the extractors find: trafilatura's, unless it is short and
// readability's or the one in the page's own metadata is longer.
func (p *Page) find(doc *html.Node, u *url.URL, m meta) {
	try := func(name string, extract func() (string, error)) {
		defer func() {
			if recover() != nil { // one extractor's failure leaves the other's result
				return
			}
		}()
		dirty, err := extract()
		if err != nil {
			return
		}
		if b := newBody(dirty, u.String(), m.title, m.rawTitle); b.size > p.body.size {
			p.body, p.Engine = b, name
			p.Why["text"] = fmt.Sprintf("%s: %d characters", name, b.size)
		}
	}
	try("trafilatura", func() (string, error) {
		r, err := trafilatura.ExtractDocument(doc, trafilatura.Options{
			OriginalURL: u, ExcludeComments: true, IncludeLinks: true, HtmlDateMode: trafilatura.Disabled,
		})
		if err != nil {
			return "", fmt.Errorf("trafilatura: %w", err)
		}
		return render(r.ContentNode)
	})
	if p.body.size >= enough && size(m.articleBody) < 2*p.body.size {
		return
	}
	try("readability", func() (string, error) {
		r, err := readability.FromDocument(doc, u)
		if err != nil {
			return "", fmt.Errorf("readability: %w", err)
		}
		return render(r.Node)
	})
	try("metadata", func() (string, error) {
		if strings.Contains(m.articleBody, "</") {
			return m.articleBody, nil
		}
		return "<p>" + strings.ReplaceAll(html.EscapeString(m.articleBody), "\n", "</p><p>") + "</p>", nil
	})
}

func render(n *html.Node) (string, error) {
	if n == nil {
		return "", errors.New("nothing found")
	}
	var b bytes.Buffer
	if err := html.Render(&b, n); err != nil {
		return "", fmt.Errorf("render: %w", err)
	}
	return b.String(), nil
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
	case !related(it, p):
		return "the page's text has none of the words of the headline"
	}
	return ""
}

// related reports whether the page has a word of the Item's title or summary: of those
// that are long enough to mean something, one in five. Where the feed is in another
// language than the page nothing can be told.
func related(it *news.Item, p *Page) bool {
	said := it.Title + " " + sanitize.Text(it.Summary)
	tag := lang.Detect(p.body.text, p.Language)
	if lang.Detect(said, tag) != tag {
		return true
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
	return all < 4 || found*5 >= all
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
