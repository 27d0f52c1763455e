package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"parallax/internal/news"
	"parallax/internal/sanitize"
)

// Lite pages are for lines that are cut: some censors let a connection have 16 KB and no
// more (https://github.com/net4people/bbs/issues/490). Each is one file, which asks for
// nothing besides, and with its header at most liteWire bytes, compressed or not. What does
// not fit stands on the next part; nothing is cut silently.

const (
	// liteWire is what a lite page and its header take at most, in bytes. A TLS handshake with
	// a chain of certificates takes 3 to 5 KB more.
	liteWire = 10 << 10
	// liteHeader is left for the header.
	liteHeader = 1100
	// liteTitle, liteParagraph are the longest title and paragraph, in bytes of HTML; a longer
	// paragraph is parted, a longer title ends with an ellipsis.
	liteTitle     = 600
	liteParagraph = 2400
	// liteName is the longest name where several stand beside each other, in bytes of HTML.
	liteName = 160
	// liteSides is how many sides the head of a story names.
	liteSides = 40
	// liteStories is how many stories the lite front page has at most.
	liteStories = 30
)

// litePolicyOf allows the style of lite pages, and an icon that is empty so that none is asked
// for, and nothing else.
func litePolicyOf(page []byte) string {
	_, rest, _ := bytes.Cut(page, []byte("<style>"))
	style, _, _ := bytes.Cut(rest, []byte("</style>"))
	sum := sha256.Sum256(style)
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// A litePart is what the head and the foot of one part of a page say.
type litePart struct {
	Heading, HubName string
	Headline         words
	Full             string // address of the full page
	First            string // of the first part
	Part, Parts      int
	Previous, Next   string
	Before           int // number of the part before
	NextText         string
}

// A litePiece is what is not parted: under the heading of its section, if it has one.
type litePiece struct {
	section string
	html    []byte
}

// A liteWriter makes pieces; the first error stays.
type liteWriter struct {
	s       *site
	pieces  []litePiece
	section string
	err     error
}

// add adds a piece made by a template of lite.html.
func (w *liteWriter) add(template string, data any) {
	b, err := w.s.lite(template, data)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.pieces = append(w.pieces, litePiece{w.section, b})
}

// lite executes a template of lite.html.
func (s *site) lite(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := s.pages["lite"].ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("make %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// pack divides pieces into parts of at most room bytes, headings included. A piece that is
// larger has a part of its own: none is, of what is bounded above.
func (s *site) pack(pieces []litePiece, room int) ([][]byte, error) {
	var parts [][]byte
	var part bytes.Buffer
	section := ""
	for _, p := range pieces {
		heading := []byte(nil)
		if p.section != "" {
			var err error
			if heading, err = s.lite("lite-h2", p.section); err != nil {
				return nil, err
			}
		}
		need := len(p.html)
		if p.section != section {
			need += len(heading)
		}
		if part.Len() > 0 && part.Len()+need > room {
			parts = append(parts, bytes.Clone(part.Bytes()))
			part.Reset()
			section = ""
		}
		if p.section != section {
			part.Write(heading)
		}
		section = p.section
		part.Write(p.html)
	}
	return append(parts, part.Bytes()), nil
}

// sendLite answers with the part of a page that ?p= asks for.
func (s *site) sendLite(w http.ResponseWriter, r *http.Request, page litePart, pieces []litePiece) error {
	n, err := litePartOf(r)
	if err != nil {
		return err
	}
	at := func(n int) string {
		q := url.Values{}
		if lens := r.URL.Query().Get("lens"); lens != "" {
			q.Set("lens", lens)
		}
		if n > 1 {
			q.Set("p", strconv.Itoa(n))
		}
		if len(q) == 0 {
			return r.URL.EscapedPath()
		}
		return r.URL.EscapedPath() + "?" + q.Encode()
	}
	page.HubName, page.First = s.HubName, at(1)
	page.Headline.Text = liteCut(page.Headline.Text, liteTitle)
	page.Heading = page.Headline.Text + " · " + s.HubName
	// What the head and the foot take at most is not left for the rest.
	widest := page
	widest.Part, widest.Parts, widest.Before, widest.Previous, widest.Next = 999, 999, 999, at(999), at(999)
	widest.NextText = "Part 999 of 999"
	frame, err := s.liteFrame(widest, nil)
	if err != nil {
		return err
	}
	parts, err := s.pack(pieces, liteWire-liteHeader-len(frame))
	if err != nil {
		return err
	}
	if n > len(parts) {
		return notFound("There is no such part of this page", fmt.Sprintf("It has %s.", plural(len(parts), "part", "parts")))
	}
	page.Part, page.Parts = n, len(parts)
	if n > 1 {
		page.Previous, page.Before = at(n-1), n-1
	}
	if n < len(parts) {
		page.Next, page.NextText = at(n+1), fmt.Sprintf("Part %d of %d", n+1, len(parts))
	}
	body, err := s.liteFrame(page, parts[n-1])
	if err != nil {
		return err
	}
	return s.sendLitePart(w, r, body)
}

func (s *site) sendLitePart(w http.ResponseWriter, r *http.Request, body []byte) error {
	w.Header().Set("Content-Security-Policy", litePolicyOf(body))
	s.send(w, r, "text/html; charset=utf-8", body)
	return nil
}

// liteFrame puts the head and the foot around what stands between.
func (s *site) liteFrame(page litePart, between []byte) ([]byte, error) {
	head, err := s.lite("lite-head", page)
	if err != nil {
		return nil, err
	}
	foot, err := s.lite("lite-foot", page)
	if err != nil {
		return nil, err
	}
	return bytes.Join([][]byte{head, between, foot}, nil), nil
}

// litePartOf reads which part is asked for.
func litePartOf(r *http.Request) (int, error) {
	text := r.URL.Query().Get("p")
	if text == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, badRequest("There is no such part of this page", "Parts have the numbers 1, 2, 3 and so on.")
	}
	return n, nil
}

// liteFit returns how many bytes of a text take at most so many as HTML, in which some
// characters are written in five.
func liteFit(text string, most int) int {
	for i, r := range text {
		size := utf8.RuneLen(r)
		if strings.ContainsRune("\"'&<>+", r) {
			size = len("&#39;")
		}
		if most -= size; most < 0 {
			return i
		}
	}
	return len(text)
}

// liteCut cuts a text to so many bytes of HTML, between two letters, and marks that.
func liteCut(text string, most int) string {
	end := liteFit(text, most)
	if end == len(text) {
		return text
	}
	if space := strings.LastIndexByte(text[:end], ' '); space > end/2 {
		end = space
	}
	return text[:end] + " …"
}

// liteStory is a story in at most 10 KB: who tells it, one account of each side, then what
// they share and where they differ, then the others.
func (s *site) liteStory(w http.ResponseWriter, r *http.Request) error {
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	st, err := s.findStory(r, h)
	if err != nil {
		return err
	}
	if st.MergedInto != "" {
		http.Redirect(w, r, "/story/"+st.MergedInto+"/lite"+chosenLens(r), http.StatusPermanentRedirect)
		return nil
	}
	seen, err := s.see(r, h, st)
	if err != nil {
		return err
	}
	p := s.storyPage(r, seen)
	lw := &liteWriter{s: s}
	p.Headline.Text = liteCut(p.Headline.Text, liteTitle)
	p.Outlet = liteOutlet(p.Outlet)
	p.Bar.Sides = p.Bar.Sides[:min(len(p.Bar.Sides), liteSides)]
	lw.add("lite-story", p)
	for i := range p.Columns {
		c := &p.Columns[i]
		lw.section = c.Side.Title
		lw.add("lite-side", c)
		if len(c.Articles) > 0 {
			lw.account(c.Articles[0])
		}
		lw.gone(c.Gone)
	}
	lw.section = "Withdrawn"
	lw.gone(p.Gone)
	lw.section = "Reported on several sides"
	for _, f := range p.Shared {
		lw.add("lite-shared", f)
	}
	lw.section = "Numbers at odds"
	for _, f := range p.Conflict {
		lw.add("lite-figure", f)
	}
	lw.section = "Who said what"
	for _, q := range p.Quotes {
		q.Words.Text = liteCut(q.Words.Text, liteParagraph)
		lw.add("lite-quote", q)
	}
	for _, c := range p.Columns {
		lw.section = "Reported by " + c.Side.Title + " only"
		for _, f := range c.Alone {
			lw.add("lite-alone", f)
		}
	}
	for _, c := range p.Columns {
		lw.section = c.Side.Title + ": further accounts"
		for i, a := range c.Articles {
			if i > 0 {
				lw.account(a)
			}
		}
		for _, a := range c.More {
			a.Title.Text, a.Outlet = liteCut(a.Title.Text, liteTitle), liteOutlet(a.Outlet)
			lw.add("lite-further", a)
		}
	}
	lw.section = ""
	lw.add("lite-left", "On the full page, besides: when each side told it, as a picture; words typical of a side; what outlets changed since; stories before and after.")
	if lw.err != nil {
		return lw.err
	}
	return s.sendLite(w, r, litePart{Headline: p.Headline, Full: "/story/" + st.ID + chosenLens(r)}, lw.pieces)
}

func (w *liteWriter) account(a telledArticle) {
	a.Title.Text, a.Lead.Text = liteCut(a.Title.Text, liteTitle), liteCut(a.Lead.Text, liteParagraph)
	a.Outlet = liteOutlet(a.Outlet)
	w.add("lite-account", a)
}

func (w *liteWriter) gone(list []goneLine) {
	for _, g := range list {
		g.Outlet, g.Why = liteOutlet(g.Outlet), liteCut(g.Why, liteParagraph)
		w.add("lite-gone", g)
	}
}

// liteOutlet is an outlet whose name and lines are no longer than titles.
func liteOutlet(o outlet) outlet {
	o.Name, o.Line, o.Short = liteCut(o.Name, liteTitle), liteCut(o.Line, liteTitle), liteCut(o.Short, liteTitle)
	return o
}

// liteArticle is an article in parts of at most 10 KB, as far as its carriage allows.
func (s *site) liteArticle(w http.ResponseWriter, r *http.Request) error {
	p, a, err := s.articlePage(w, r)
	if err != nil || p == nil {
		return err
	}
	lw := &liteWriter{s: s}
	p.Headline.Text, p.Carriage, p.Byline = liteCut(p.Headline.Text, liteTitle), liteCut(p.Carriage, liteTitle), liteCut(p.Byline, liteTitle)
	p.Outlet = liteOutlet(p.Outlet)
	lw.add("lite-article", p)
	text := strings.Join(p.Excerpt, "\n\n")
	if p.HTML != "" {
		text = sanitize.Text(p.HTML)
	}
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		for paragraph = strings.TrimSpace(paragraph); paragraph != ""; {
			var first string
			first, paragraph = partParagraph(paragraph, liteParagraph)
			lw.addText(first, p.Dir)
		}
	}
	switch {
	case p.HTML != "":
		lw.add("lite-left", "The text alone: pictures, links and tables as such are on the full page.")
	case len(p.Excerpt) > 0:
		lw.add("lite-left", "This is an excerpt. The whole article is at "+p.Outlet.Name+".")
	default:
		lw.add("lite-left", "The hub shows the headline only.")
	}
	for _, n := range p.Notices {
		lw.add("lite-left", "The page adds: “"+liteCut(n.Text, liteParagraph)+"”")
	}
	if lw.err != nil {
		return lw.err
	}
	return s.sendLite(w, r, litePart{Headline: p.Headline, Full: "/article/" + a.ID}, lw.pieces)
}

// addText adds a paragraph of foreign text.
func (w *liteWriter) addText(text string, dir words) { w.add("lite-p", words{text, dir.Lang, dir.Dir}) }

// partParagraph parts the first piece of at most so many bytes of HTML from a paragraph, behind a
// sentence if there is one, else behind a word.
func partParagraph(text string, most int) (first, rest string) {
	end := liteFit(text, most)
	if end == len(text) {
		return text, ""
	}
	for _, mark := range []string{". ", "! ", "? ", "。", "؟ ", "। ", "\n", " "} {
		if i := strings.LastIndex(text[:end], mark); i > end/2 {
			end = i + len(mark)
			break
		}
	}
	return strings.TrimSpace(text[:end]), strings.TrimSpace(text[end:])
}

// liteFront is the stories of the day in at most 10 KB, and the way to the others.
func (s *site) liteFront(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	h, err := s.hub(ctx)
	if err != nil {
		return err
	}
	lens, err := h.chosen(r)
	if err != nil {
		return err
	}
	q := news.StoryQuery{Now: h.now, Limit: liteStories, After: r.URL.Query().Get("after"), MinOutlets: 2}
	page := litePart{Headline: words{s.HubName, "", ""}, Full: "/", Part: 1, Parts: 1, HubName: s.HubName, Heading: s.HubName}
	lw := &liteWriter{s: s}
	lw.add("lite-front", "Stories, the widest told first")
	widest := page
	widest.Next, widest.NextText = "/lite?"+url.Values{"after": {strings.Repeat("x", 64)}, "lens": {lens.ID}}.Encode(), "Further stories"
	frame, err := s.liteFrame(widest, lw.pieces[0].html)
	if err != nil {
		return err
	}
	room := liteWire - liteHeader - len(frame)
	for { // as many as fit; the store gives the cursor behind exactly these
		stories, next, err := s.Store.Stories(ctx, q)
		if err != nil {
			return fmt.Errorf("list stories: %w", err)
		}
		briefs, err := s.briefs(ctx, h, lens, stories)
		if err != nil {
			return err
		}
		size, fits := 0, 0
		lw.pieces = lw.pieces[:1]
		for _, b := range briefs {
			b.Title.Text, b.Outlet = liteCut(b.Title.Text, liteTitle), liteOutlet(b.Outlet)
			b.Lead.Text = news.Cut(b.Lead.Text, briefLead)
			b.Bar.Sides = b.Bar.Sides[:min(len(b.Bar.Sides), liteSides/4)]
			lw.add("lite-brief", b)
			if size += len(lw.pieces[len(lw.pieces)-1].html); size > room {
				break
			}
			fits++
		}
		if lw.err != nil {
			return lw.err
		}
		if fits < len(briefs) && fits > 0 {
			q.Limit = fits
			continue
		}
		if next != "" {
			keep := url.Values{"after": {next}}
			if id := r.URL.Query().Get("lens"); id != "" {
				keep.Set("lens", id)
			}
			page.Next, page.NextText = "/lite?"+keep.Encode(), "Further stories"
		}
		var between bytes.Buffer
		for _, p := range lw.pieces {
			between.Write(p.html)
		}
		body, err := s.liteFrame(page, between.Bytes())
		if err != nil {
			return err
		}
		return s.sendLitePart(w, r, body)
	}
}
