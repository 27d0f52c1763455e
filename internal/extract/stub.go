package extract

import (
	_ "embed" // the tables of phrases
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"parallax/internal/news"
	"parallax/internal/sanitize"
	"parallax/internal/words"
)

//go:embed data/stubs.txt
var stubTable string

// A phrase is a row of the table of stubs, folded: the words between its wildcards.
type phrase struct {
	end   ending // what a text ends with that ends with it
	shape shape
	words []string
}

// An ending says how a text ends.
type ending int

const (
	whole    ending = iota
	promises        // with a link that promises more: a feed's text is not whole then, a page's is
	breaks          // within a sentence, or at a paywall
)

// A shape says what, besides its words, makes a stub of a block that begins as one and goes
// on: "Read also how it began", a link, is one; "Read also what it does not say" is text.
type shape int

const (
	leads  shape = iota // it is a link, or names it after a colon, or ends the text and is no sentence
	origin              // it holds a link, or ends the text
	offer               // nothing: no article begins a paragraph so
)

var stubs = func() (list []phrase) {
	for kind, p := range rows(stubTable) {
		list = append(list, phrase{
			end:   map[string]ending{"more": promises, "paid": breaks}[kind],
			shape: map[string]shape{"paid": origin, "origin": origin, "offer": offer}[kind],
			words: strings.Split(p, "*"),
		})
	}
	return list
}()

// rows yields the rows of a table: a kind and a folded phrase, * standing for any words.
func rows(table string) func(yield func(kind, phrase string) bool) {
	return func(yield func(kind, phrase string) bool) {
		for line := range strings.Lines(table) {
			line = strings.TrimSpace(line)
			kind, text, ok := strings.Cut(line, " ")
			if !ok || strings.HasPrefix(line, "#") {
				continue
			}
			parts := strings.Split(text, "*")
			for i := range parts {
				parts[i] = words.Folded(parts[i])
			}
			if !yield(kind, strings.Join(parts, "*")) {
				return
			}
		}
	}
}

// matches reports whether the whole of s, folded, is the phrase.
func (p phrase) matches(s string) bool {
	s, ok := strings.CutPrefix(s, p.words[0])
	if !ok {
		return false
	}
	for i, w := range p.words[1:] {
		if before, _ := utf8.DecodeLastRuneInString(p.words[i]); s != "" && s[0] != ' ' && before < wordless {
			return false // within a word
		}
		if i == len(p.words)-2 { // the last
			return w == "" || strings.HasSuffix(s, w)
		}
		at := strings.Index(s, w)
		if at < 0 {
			return false
		}
		s = s[at+len(w):]
	}
	return s == ""
}

// wordless is the first letter of the scripts that put no spaces between words.
const wordless = 0x2E80

// links returns the share of links in n, whose text is given.
func links(n *html.Node, text string) float64 {
	if n.DataAtom == atom.A {
		return 1
	}
	linked := 0
	for d := range n.Descendants() {
		if d.DataAtom == atom.A {
			linked += len(words.Of(d))
		}
	}
	return float64(linked) / float64(max(len(text), 1))
}

// stub reports whether the block n with its text is a stub, and how what it is at the end of
// ends; last says that it ends the text.
func stub(n *html.Node, text string, last bool) (is bool, end ending) {
	text = strings.TrimSpace(text)
	const longest = 300 // in bytes; a paragraph of that length says something
	if text == "" || len(text) > longest {
		return false, whole
	}
	f := words.Folded(text)
	if f == "" {
		if strings.ContainsAny(text, "…[") {
			return true, breaks
		}
		return strings.ContainsAny(text, ">»→") || last && n.DataAtom == atom.P && strings.Trim(text, marks) == "", whole
	}
	if last && announcesOnly(text) {
		return true, whole
	}
	for _, p := range stubs {
		if p.matches(f) && (f == p.words[0] || p.shaped(n, text, last)) {
			return true, p.end
		}
	}
	return false, whole
}

// announcesOnly reports whether a text is short and ends with a colon: at the end of a text it
// stands over what was not taken for it.
func announcesOnly(text string) bool {
	const longest = 60
	return utf8.RuneCountInString(text) <= longest && (strings.HasSuffix(text, ":") || strings.HasSuffix(text, "："))
}

// shaped reports whether a text with the words of p is a stub.
func (p phrase) shaped(n *html.Node, text string, last bool) bool {
	if len(p.words) == 1 || p.words[len(p.words)-1] != "" {
		return true
	}
	const mostly = 0.5
	switch p.shape {
	case leads:
		return p.announces(text) || last && !isSentence(text) || links(n, text) >= mostly
	case origin:
		return last || links(n, text) > 0
	}
	return true
}

// announces reports whether what stands for the wildcard is parted from the words before it,
// as in "See also: the harbour in winter".
func (p phrase) announces(text string) bool {
	i := strings.IndexAny(text, ":：|>»→–—\n")
	return i >= 0 && words.Folded(text[:i]) == p.words[0]
}

// isSentence reports whether text ends as sentences do, be it in quotes.
func isSentence(text string) bool {
	text = strings.TrimRight(text, " \u00a0\"'”’“»«›)]」』）")
	r, _ := utf8.DecodeLastRuneInString(text)
	return strings.ContainsRune(".!?。！？।؟۔።։", r)
}

// trim takes stubs off clean HTML: "Read more", "The post ... appeared first on ...",
// newsletter offers, as trailing blocks, as a trailing link, and between paragraphs where
// they are a block of their own; and a headline that repeats one of titles (folded) off
// the beginning. It reports how the text ended, and which stubs it took off, in order.
func trim(clean string, titles ...string) (trimmed string, end ending, stubs []news.Apart) {
	if clean == "" {
		return "", whole, nil
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(clean), body)
	if err != nil { // unreachable: sanitised HTML is not deep
		return clean, whole, nil
	}
	nodes = slices.DeleteFunc(nodes, func(n *html.Node) bool { return n.Type != html.ElementNode })
	changed := false
	for i := range slices.Backward(nodes) {
		last := i == len(nodes)-1
		text := strings.TrimSpace(words.Of(nodes[i]))
		is, how := stub(nodes[i], text, last)
		switch {
		case is:
			nodes, changed = slices.Delete(nodes, i, i+1), true
			stubs = append(stubs, apart(text))
			if last {
				end = max(end, how)
			}
		case last && trimEnd(nodes[i], &changed, &stubs):
			end = max(end, promises)
			if strings.TrimSpace(words.Of(nodes[i])) == "" {
				nodes = slices.Delete(nodes, i, i+1)
			}
		}
		if last && i < len(nodes) && breaksOff(words.Of(nodes[i])) {
			end = breaks
		}
	}
	nodes, repeated := withoutTitles(nodes, titles)
	changed = changed || repeated
	if !changed {
		return clean, end, nil
	}
	slices.Reverse(stubs)
	stubs = slices.DeleteFunc(stubs, func(a news.Apart) bool { return a.Text == "" })
	var b strings.Builder
	for _, n := range nodes {
		if err := html.Render(&b, n); err != nil { // unreachable: a Builder does not fail
			return clean, end, nil
		}
		b.WriteByte('\n')
	}
	return sanitize.HTML(b.String(), ""), end, stubs
}

// withoutTitles takes headlines off the beginning of a text, pictures and what stands over a
// headline aside: a day, a kicker.
func withoutTitles(nodes []*html.Node, titles []string) (rest []*html.Node, changed bool) {
	const (
		first  = 4  // blocks: a headline is repeated for each kind of screen at most
		kicker = 60 // characters that stand over a headline
	)
	if len(titles) == 0 {
		return nodes, false
	}
	var opening []*html.Node
	for _, n := range nodes {
		if opening = blocksOf(n, opening, first); len(opening) == first {
			break
		}
	}
	for _, b := range opening {
		text := words.Of(b)
		if !slices.Contains(titles, words.Folded(text)) {
			if utf8.RuneCountInString(strings.TrimSpace(text)) > kicker || isSentence(text) {
				break
			}
			continue
		}
		changed = true
		if b.Parent != nil {
			b.Parent.RemoveChild(b)
		} else {
			nodes = slices.DeleteFunc(nodes, func(n *html.Node) bool { return n == b })
		}
	}
	return nodes, changed
}

// blocksOf appends the blocks in n that hold words, up to so many in all.
func blocksOf(n *html.Node, list []*html.Node, most int) []*html.Node {
	if n.DataAtom == atom.Figure || len(list) == most {
		return list
	}
	block := false
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Div, atom.Ul, atom.Ol, atom.Li, atom.Blockquote, atom.Figure:
			block = true
			list = blocksOf(c, list, most)
		}
	}
	if !block && len(list) < most && strings.TrimSpace(words.Of(n)) != "" {
		return append(list, n)
	}
	return list
}

// marks stand around and after a link to the rest of a text.
const marks = " .…[]()>»→|"

// trimEnd takes a trailing "Read more" link off a block, with the marks after it, and says when it
// changed anything. Marks that end a text are its own.
func trimEnd(n *html.Node, changed *bool, stubs *[]news.Apart) bool {
	for c := n.LastChild; c != nil; c = c.PrevSibling {
		t := words.Of(c)
		if c.Type == html.TextNode {
			if strings.Trim(t, marks) != "" {
				return false
			}
			continue
		}
		if is, _ := stub(c, t, true); is && parted(n, c) {
			before := c.PrevSibling
			removeFrom(n, c)
			*changed = true
			*stubs = append(*stubs, apart(t))
			if before != nil && before.Type == html.TextNode {
				before.Data = strings.TrimRight(before.Data, " [(|>→»")
			}
			return true
		}
		if strings.TrimSpace(t) == "" {
			continue
		}
		if c.DataAtom == atom.A || !trimEnd(c, changed, stubs) {
			return false
		}
		if c.NextSibling != nil {
			removeFrom(n, c.NextSibling)
		}
		return true
	}
	return false
}

// removeFrom removes c and what follows it from n.
func removeFrom(n, c *html.Node) {
	for c != nil {
		next := c.NextSibling
		n.RemoveChild(c)
		c = next
	}
}

// parted reports whether c, at the end of a block, is parted from what stands before it: a
// link by its capital letter, other text by the end of a sentence. In "there is still more" the
// last word is text, however it is set.
func parted(n, c *html.Node) bool {
	var b strings.Builder
	for s := n.FirstChild; s != c; s = s.NextSibling {
		b.WriteString(words.Of(s))
	}
	before := strings.TrimSpace(b.String())
	last, _ := utf8.DecodeLastRuneInString(before)
	if before == "" || isSentence(before) || strings.ContainsRune("…[(|>→»:–—-", last) {
		return true
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimSpace(words.Of(c)))
	return c.DataAtom == atom.A && !unicode.IsLower(first)
}

// breaksOff reports whether text ends where its writer did not end it.
func breaksOff(text string) bool {
	text = strings.TrimRightFunc(text, unicode.IsSpace)
	for _, end := range []string{"…", "...", "[…]", "[...]", "(…)", "(...)"} {
		if strings.HasSuffix(text, end) {
			return true
		}
	}
	return false
}
