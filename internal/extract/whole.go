package extract

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"parallax/internal/news"
	"parallax/internal/sanitize"
)

const (
	// maxFollowing is how many pages after the first are asked for: articles have seldom more
	// than five.
	maxFollowing = 9
	// maxNext is how many links to one of them are tried.
	maxNext = 3
	// maxVersions is how many other versions of a page are asked for.
	maxVersions = 2
	// maxWhole is up to which length pages are put together, in bytes: more is not shown.
	maxWhole = sanitize.MaxHTML
	// wholeTime is how long the further pages of an article may take altogether: a site that is
	// slow must not hold up those that come after it.
	wholeTime = time.Minute
)

// A Getter gets another page of the site and reads it.
type Getter func(ctx context.Context, url string) (*Page, error)

// Whole returns the page with the whole of its article: with what another version of it shows,
// or with the pages that follow, where it links any. What was added, why, and what was not to be had, its
// reasons say. A page that links nothing of that kind, or needs it not, is returned as it is.
//
// Another version is asked for if the site's rule names a page that holds the whole
// (single_page_link); and, unless the page says that it is for subscribers, that for print and
// the AMP version if the page lacks text: it is cut, shows nothing, or has less than size characters. It is taken
// if it has most of the page's text, or its headline or address where the page has next to none, and more.
//
// Otherwise pages that follow are added as the site's rule (next_page_link) or the page
// (rel=next) links them; the latter only if their address is that of the page and a number that
// counts pages, and they name no other address, day or headline for theirs, for most sites link the
// next article so.
//
// All of them are of the page's site. The page is never lost: the error tells which of its
// parts failed, for who wants to try again.
func (p *Page) Whole(ctx context.Context, it *news.Item, size int, get Getter) (*Page, error) {
	if len(p.links.single) == 0 && len(p.links.next) == 0 && p.links.follows.url == "" && !p.lacks(size) {
		return p, nil
	}
	all, cancel := context.WithTimeout(ctx, wholeTime)
	defer cancel()
	w := assembly{Page: p, item: it, get: get, seen: map[string]bool{normalise(p.URL): true}}
	w.asked(p.Canonical)
	w.version(all, size)
	if len(w.whole) == 0 && p.article().size > 0 {
		w.following(all)
	}
	if w.err != nil && ctx.Err() == nil && all.Err() != nil {
		w.err = &pageError{fmt.Sprintf("the further pages took longer than %s", wholeTime)}
	}
	return w.Page, w.err
}

// lacks reports whether the page shows too little of its article.
func (p *Page) lacks(size int) bool {
	found := p.article().size
	return p.Blocked != "" || found < minText || found < size || p.Cut()
}

// An assembly is a page that is being made whole.
type assembly struct {
	*Page

	item *news.Item
	get  Getter
	seen map[string]bool // the addresses that were asked for, normalised
	err  error
}

// asked reports whether an address was asked for, and remembers it.
func (w *assembly) asked(address string) bool {
	if address == "" {
		return true
	}
	key := normalise(address)
	was := w.seen[key]
	w.seen[key] = true
	return was
}

// add says in the reasons of the page what was added or is missing.
func (w *assembly) add(to *[]string, format string, args ...any) {
	*to = append(slices.Clip(*to), fmt.Sprintf(format, args...))
	w.because("pages", strings.Join(slices.Concat(w.whole, w.lost), "; "))
}

// page gets a further page, if it is of the site and was not asked for, and says why it is none
// that can be used; other says why one that was had is of another article.
func (w *assembly) page(ctx context.Context, address string, other func(*Page) string) (p *Page, why string) {
	if w.asked(address) {
		return nil, ""
	}
	switch {
	case !sameSite(address, w.URL):
		return nil, "is elsewhere"
	case frontPage(address):
		return nil, "is the front page"
	}
	p, err := w.get(ctx, address)
	switch {
	case err != nil:
		if w.err == nil {
			w.err = err
		}
		return nil, "was not to be had: " + reason(err)
	case !sameSite(p.URL, w.URL):
		return nil, "is elsewhere"
	case p.Blocked != "":
		return nil, "is none: " + p.Blocked
	case p.body.size == 0:
		return nil, "shows no text"
	}
	if why = other(p); why != "" {
		return nil, why
	}
	return p, ""
}

// version takes another version of the page that has more of its text.
func (w *assembly) version(ctx context.Context, size int) {
	type candidate struct {
		link
		what string
	}
	var list []candidate
	for _, l := range w.links.single {
		list = append(list, candidate{l, "the page with the whole text"})
	}
	if w.lacks(size) && !w.Paid {
		list = append(list, candidate{w.links.print, "the version for print"}, candidate{w.links.amp, "the AMP version"})
	}
	first, tries := w.Page, 0
	for _, c := range list {
		if tries == maxVersions || ctx.Err() != nil || w.Page != first && !w.lacks(size) {
			return
		}
		if !c.rule && (!sameSite(c.url, w.URL) || frontPage(c.url)) {
			continue // copies for AMP lie with others often
		}
		before, failed := w.Page, w.err
		v, why := w.page(ctx, c.url, w.otherThan)
		if v != nil || why != "" {
			tries++
		}
		switch {
		case v == nil && why != "":
			w.add(&w.lost, "%s (%s) %s", c.what, c.why, why)
			if !c.rule {
				w.err = failed // it may hold no more than the page
			}
		case v == nil:
		case v.body.size > before.article().size:
			w.Page = before.as(v)
			w.add(&w.whole, "%s (%s) shows more", c.what, c.why)
		}
	}
}

// as returns p with the text of another version, and where p is none, with all that it says.
func (p *Page) as(v *Page) *Page {
	w := *p
	if p.Blocked != "" {
		w = *v
		w.URL, w.Canonical, w.links, w.whole, w.lost = p.URL, cmp.Or(p.Canonical, v.Canonical), p.links, p.whole, p.lost
		w.Terms = append(slices.Clip(p.Terms), v.Terms...)
	}
	w.body, w.told = v.body, v.told
	if p.via.Copied() {
		w.via = p.via
	} else {
		w.via = v.via
	}
	for _, field := range []string{"text", "rule"} {
		if v.Why[field] != "" {
			w.because(field, v.Why[field])
		}
	}
	return &w
}

// following adds the pages that follow.
func (w *assembly) following(ctx context.Context) {
	first, whole, last := w.URL, w.body, w.Page
	added := 0
	var why string
	for n := 2; n <= 1+maxFollowing; n++ {
		next := last.links.next
		if f := last.links.follows; f.url != "" {
			if yes, _ := follows(first, f.url, n); yes {
				next = append(slices.Clip(next), f)
			}
		}
		v, by := w.next(ctx, next, n)
		if v == nil {
			break
		}
		if len(w.body.html)+len(v.body.html) > maxWhole {
			w.add(&w.lost, "page %d is more than is read of an article", n)
			break
		}
		joined := *w.Page
		joined.body = w.body.and(v.body, whole)
		if !joined.via.Copied() {
			joined.via = v.via
		}
		w.Page, last, why = &joined, v, by
		added++
	}
	switch {
	case added == 1:
		w.add(&w.whole, "with the page that follows (%s)", why)
	case added > 1:
		w.add(&w.whole, "with the %d pages that follow (%s)", added, why)
	}
}

// next gets the n-th page: the first of those that are linked that can be used. Why one before it
// was passed over is told.
func (w *assembly) next(ctx context.Context, links []link, n int) (p *Page, by string) {
	tries := 0
	for _, l := range links {
		if w.seen[normalise(l.url)] {
			continue
		}
		if tries++; tries > maxNext {
			break
		}
		v, not := w.page(ctx, l.url, func(p *Page) string { return w.notOf(p, l, n) })
		switch {
		case v == nil:
			w.add(&w.lost, "page %d (%s) %s", n, l.why, not)
			if w.err != nil && !settled(w.err) {
				return nil, "" // it may be there the next time, and is to stand before what follows it
			}
		case strings.Contains(w.body.text, v.body.text):
			// The last page links itself, or the first.
		default:
			return v, l.why
		}
	}
	return nil, ""
}

// and returns b with what follows it, of which first is the first page. What the further page
// repeats before and after its text, as those who wrote it or a standfirst, stands there once.
func (b body) and(c, first body) body {
	page := slices.Collect(strings.Lines(strings.TrimSpace(c.html) + "\n"))
	for _, before := range []body{first, b} {
		page = withoutRepeated(page, slices.Collect(strings.Lines(strings.TrimSpace(before.html)+"\n")))
	}
	b.html = sanitize.HTML(strings.TrimSpace(b.html)+"\n"+strings.Join(page, ""), "")
	b.text, b.end, b.apart = running(b.html), c.end, slices.Concat(b.apart, c.apart)
	b.measure()
	return b
}

const (
	// edge is among how many blocks at the beginning and at the end of a page stands what its
	// next one repeats: a picture may come before it.
	edge = 4
	// minRepeated is from how many bytes of HTML on what two pages say at their edges is
	// repeated: each may end with an answer of a word or two.
	minRepeated = 40
)

// withoutRepeated returns the blocks of a page without those at its edges that stand at the edges
// of one before it, in a row.
func withoutRepeated(page, before []string) []string {
	page = page[repeated(page, before, false):]
	slices.Reverse(page)
	slices.Reverse(before)
	page = page[repeated(page, before, false):]
	slices.Reverse(page)
	slices.Reverse(before)
	return page[repeated(page, before, true):]
}

// repeated returns how many blocks at the beginning of page stand in a row at the beginning of
// before; or, if last, at its end.
func repeated(page, before []string, last bool) (longest int) {
	starts := make([]int, 0, edge)
	for i := range min(edge, len(before)) {
		if last {
			i = len(before) - 1 - i
		}
		starts = append(starts, i)
	}
	for _, start := range starts {
		n, size := 0, 0
		for n < len(page) && start+n < len(before) && page[n] == before[start+n] && aBlock(page[n]) {
			size += len(page[n])
			n++
		}
		if size >= minRepeated && (!last || start+n == len(before)) {
			longest = max(longest, n)
		}
	}
	return longest
}

// aBlock reports whether a line of clean HTML is a whole block that can be left out.
func aBlock(line string) bool {
	line = strings.TrimSpace(line)
	for _, tag := range []string{"p", "h2", "h3", "h4", "figure"} {
		if strings.HasPrefix(line, "<"+tag+">") && strings.HasSuffix(line, "</"+tag+">") {
			return strings.Count(line, "<"+tag+">") == strings.Count(line, "</"+tag+">")
		}
	}
	return false
}

var (
	// extension is how the address of a page may end.
	extension = regexp.MustCompile(`\.(s?html?|php|aspx?)$`)
	// firstPage is how that of a first page may end.
	firstPage = regexp.MustCompile(`[/_.,-](page[/_-]?)?1$`)
	// numbered is what comes after the address of an article in that of one of its pages.
	numbered = regexp.MustCompile(`^[/_.,-]*(?:(page|pagina|seite|part|teil|p|s)[/_=.,-]*)?([0-9]{1,2})$`)
	// monthly is how an address ends after which a number is a day.
	monthly = regexp.MustCompile(`/(19|20)[0-9]{2}(/[0-9]{1,2})?$`)
	// pageKey is what in a query counts pages; other keys count articles.
	pageKey = regexp.MustCompile(`(?i)^(page|pages|paged|page_?n(o|r|um|umber)|current_?page|p|pg|pagina|seite|side|sida|sivu|strana|strona|part|partie|teil|parte)$`)
)

// follows reports whether next is the address of the n-th page of the article at first: the same,
// with a number that counts pages, from 1 or from 0; and whether it says that it counts pages. A
// bare number may also be that of the next article of a series.
func follows(first, next string, n int) (yes, named bool) {
	a, errA := url.Parse(first)
	b, errB := url.Parse(next)
	if errA != nil || errB != nil || strings.TrimPrefix(a.Host, "www.") != strings.TrimPrefix(b.Host, "www.") {
		return false, false
	}
	counts := func(s string) bool {
		i, err := strconv.Atoi(s)
		return err == nil && i > 0 && (i == n || i == n-1)
	}
	stem := func(u *url.URL) string { return extension.ReplaceAllString(strings.TrimRight(u.Path, "/"), "") }
	from, to := stem(a), stem(b)
	if from == "" {
		return false, false
	}
	if from == to {
		differ := ""
		old := a.Query()
		for key, values := range b.Query() {
			if slices.Equal(old[key], values) {
				continue
			}
			if differ != "" || len(values) != 1 || !counts(values[0]) || !pageKey.MatchString(key) {
				return false, false
			}
			differ = key
		}
		return differ != "", true
	}
	for _, from := range []string{from, firstPage.ReplaceAllString(from, "")} {
		if rest, ok := strings.CutPrefix(to, from); ok && from != "" {
			if m := numbered.FindStringSubmatch(rest); m != nil && counts(m[2]) && (m[1] != "" || !monthly.MatchString(from)) {
				return true, m[1] != ""
			}
		}
	}
	return false, false
}
