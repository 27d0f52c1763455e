package extract

import (
	_ "embed" // the table of walls
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"parallax/internal/words"
)

//go:embed data/walls.txt
var wallTable string

const (
	// longestWall is how many characters a wall has at most: those that ask for consent list
	// what for.
	longestWall = 4000
	// mostly is the share of a text in paragraphs that a wall has from which on it is one, and
	// partly the same for two paragraphs and more where the page has another sign of that wall:
	// its headline, or a form.
	mostly, partly = 0.6, 0.35
	// longestNotice is how many characters a page has at most that has nothing but a notice at
	// its foot or one for some browsers: a sentence or two.
	longestNotice = 600
)

// A wallRow is a row of the table of walls: a folded phrase, its parts in their order.
type wallRow struct {
	kind  string
	parts []string
}

var wallHeads, wallRows = func() (heads map[string]string, list []wallRow) {
	heads = map[string]string{}
	for kind, p := range rows(wallTable) {
		if kind, head := strings.CutPrefix(kind, "head-"); head {
			heads[p] = kind
			continue
		}
		list = append(list, wallRow{kind, strings.Split(p, "*")})
	}
	return heads, list
}()

var wallReasons = map[string]string{
	"consent": "the page is a consent wall",
	"login":   "the page asks readers to log in",
	"offer":   "the page is an offer to subscribe",
	"browser": "the page asks for another browser",
	"cookies": "the page asks for a browser that takes cookies",
	"moved":   "the page only leads on to another",
	"foot":    "the page shows nothing but the notice at its foot",
}

// notices are the kinds of walls that are a sentence or two.
var notices = map[string]bool{"browser": true, "cookies": true, "moved": true, "foot": true}

// occurs reports whether the phrase is in a folded text.
func (r wallRow) occurs(text string) bool {
	const near = 60 // bytes for which a wildcard may stand
	text = " " + text + " "
	first := r.word(0)
	for at := strings.Index(text, first); at >= 0; {
		rest, ok := text[at+len(first):], true
		for i := range r.parts[1:] {
			w := r.word(i + 1)
			next := strings.Index(rest[:min(len(rest), near+len(w))], w)
			if ok = next >= 0; !ok {
				break
			}
			rest = rest[next+len(w):]
		}
		if ok {
			return true
		}
		next := strings.Index(text[at+1:], first)
		if next < 0 {
			return false
		}
		at += 1 + next
	}
	return false
}

// word returns the i-th part of the phrase as it stands between other words; what a wildcard
// follows may be the beginning of one.
func (r wallRow) word(i int) string {
	switch p := r.parts[i]; {
	case p == "":
		return ""
	case i == len(r.parts)-1:
		return " " + p + " "
	default:
		return " " + p
	}
}

// walled says which wall a page is, or "". It is one if most of its text, and that is short,
// stands in paragraphs that are a wall's, or a part of it where the page also has the headline
// of that wall or its form. One phrase makes none: articles are about walls, too.
func walled(doc *html.Node, titles []string, text string) string {
	all := size(text)
	if all == 0 || all > longestWall {
		return ""
	}
	has, paragraphs := map[string]int{}, map[string]int{}
	signs := map[string]bool{}
	for _, t := range titles {
		signs[wallHeads[words.Folded(t)]] = true
	}
	for p := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' }) {
		f := words.Folded(p)
		seen := map[string]bool{}
		if k := wallHeads[f]; k != "" {
			signs[k], seen[k] = true, true
		}
		for _, r := range wallRows {
			if !seen[r.kind] && r.occurs(f) {
				seen[r.kind] = true
			}
		}
		for k := range seen {
			has[k] += size(p)
			paragraphs[k]++
		}
	}
	if len(has) == 0 {
		return ""
	}
	asksPassword, manager := furnished(doc)
	signs["login"] = signs["login"] || asksPassword
	signs["consent"] = signs["consent"] || manager
	best := ""
	for _, k := range []string{"consent", "login", "offer", "browser", "cookies", "moved", "foot"} {
		least := mostly
		if signs[k] && paragraphs[k] > 1 {
			least = partly
		}
		if float64(has[k]) >= least*float64(all) && has[k] > has[best] && (!notices[k] || all <= longestNotice) {
			best = k
		}
	}
	return wallReasons[best]
}

// managers are names by which the programs that ask for consent mark what they add to pages.
var managers = []string{
	"onetrust", "didomi", "usercentrics", "cookiebot", "quantcast-choice", "qc-cmp2", "sp_message_container", "trustarc", "truste-consent",
	"fc-consent-root", "iubenda-cs", "cmpbox", "cmpwrapper", "borlabs-cookie", "klaro", "axeptio", "sirdata-cmp", "tcf-consent",
}

// furnished reports whether a page asks for a password, and whether a program that asks for
// consent has marked elements of it.
func furnished(doc *html.Node) (password, manager bool) {
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.DataAtom == atom.Input && strings.EqualFold(attribute(n, "type"), "password") {
			password = true
		}
		for _, a := range n.Attr {
			if manager || a.Key != "id" && a.Key != "class" {
				continue
			}
			v := strings.ToLower(a.Val[:min(len(a.Val), maxHeadline)])
			for _, m := range managers {
				manager = manager || strings.Contains(v, m)
			}
		}
	}
	return password, manager
}
