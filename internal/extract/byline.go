package extract

import (
	_ "embed" // the words of bylines
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"parallax/internal/sanitize"
	"parallax/internal/words"
)

//go:embed data/bylines.txt
var bylineTable string

// bylines are what stands before names, the longest first, nobody what stands instead, and
// personal what is in the addresses of those who write.
var bylines, nobody, personal = func() (by []string, none map[string]bool, paths []string) {
	none = map[string]bool{}
	for line := range strings.Lines(bylineTable) {
		switch kind, phrase, _ := strings.Cut(strings.TrimSpace(line), " "); kind {
		case "by":
			by = append(by, phrase)
		case "nobody":
			none[phrase] = true
		case "path":
			paths = append(paths, phrase)
		}
	}
	slices.SortFunc(by, func(a, b string) int { return len(b) - len(a) })
	return by, none, paths
}()

const (
	// maxAuthors and maxName bound what bylines may hold.
	maxAuthors, maxName = 20, 100
	// maxNames is how many bytes of names are no byline any more.
	maxNames = 4 << 10
	// maxByline is from how many characters on an element that is marked as a byline holds
	// more than one.
	maxByline = 80
)

// names cleans a byline: no "By", no addresses, nobody twice, each for himself.
func names(list []string) (clean []string) {
	for _, s := range list {
		if len(s) > maxNames || len(clean) >= maxAuthors {
			continue
		}
		if strings.ContainsAny(s, "<&") {
			s = sanitize.Text(s)
		}
		for _, n := range persons(withoutBy(words.Line(s))) {
			n = strings.Trim(n, " ,;|~")
			if !strings.ContainsFunc(n, unicode.IsLetter) || n[0] == '(' || nobody[strings.ToLower(n)] || nobody[strings.ToLower(before(n, " "))+" *"] || isAddress(n) || utf8.RuneCountInString(n) > maxName ||
				slices.ContainsFunc(clean, func(other string) bool { return squeezed(other) == squeezed(n) }) {
				continue
			}
			clean = append(clean, n)
		}
	}
	return clean
}

// isAddress reports whether a name is where to write to, or to look.
func isAddress(n string) bool {
	return strings.Contains(n, "://") || strings.HasPrefix(n, "@") || !strings.Contains(n, " ") && (strings.Contains(n, "@") || strings.Contains(n, ".") && strings.Contains(n, "/"))
}

// withoutBy returns a byline without the words before the names.
func withoutBy(s string) string {
	for _, by := range bylines {
		if len(s) <= len(by) || !strings.EqualFold(s[:len(by)], by) {
			continue
		}
		if rest := strings.TrimLeft(s[len(by):], ":"); rest[:min(1, len(rest))] == " " || len(rest) < len(s)-len(by) {
			if rest = strings.TrimSpace(rest); rest != "" {
				return withoutBy(rest)
			}
		}
	}
	return s
}

// ands are what stands between the last two of several names.
var ands = strings.NewReplacer(" and ", ", ", " und ", ", ", " et ", ", ", " y ", ", ", " & ", ", ")

// persons parts a list of names, if it is one: of two or three words each, all with capital
// letters, as ministries and companies seldom are.
func persons(s string) []string {
	parts := strings.Split(ands.Replace(s), ", ")
	if slices.ContainsFunc(parts, func(p string) bool { return !isPerson(p) }) {
		return []string{s}
	}
	return parts
}

// isPerson reports whether a name is of two or three words, all with capital letters.
func isPerson(s string) bool {
	list := strings.Fields(s)
	return len(list) >= 2 && len(list) <= 3 &&
		!slices.ContainsFunc(list, func(w string) bool { r, _ := utf8.DecodeRuneInString(w); return !unicode.IsUpper(r) })
}

// isByline reports whether classes mark who wrote an article.
func isByline(class string) bool {
	for c := range strings.FieldsSeq(class) {
		switch strings.ToLower(c) {
		case "byline", "author", "author-name", "author__name", "byline__name", "byline-name", "article-author", "article__author":
			return true
		}
	}
	return false
}

// maxBylineNodes is how many elements and texts of a byline are looked at.
const maxBylineNodes = 100

// bylineIn reads who wrote an article from an element that says it: the names that are
// marked in it, or linked, else its text up to the day or the hour.
func bylineIn(n *html.Node) []string {
	var marked, linked []string
	var text strings.Builder
	var pieces []string
	seen, over := 0, false
	for d := range n.Descendants() {
		if seen++; seen > maxBylineNodes {
			return nil
		}
		switch {
		case d.Type == html.TextNode:
			// Where a number stands the names are over.
			if over = over || hasNumber(d.Data); !over {
				t := withoutBy(words.Line(d.Data))
				if l := strings.ToLower(t); t != "" && !nobody[l] && !slices.Contains(bylines, l) {
					pieces = append(pieces, t)
				}
				if text.WriteString(d.Data + " "); text.Len() > 8*maxByline {
					return nil
				}
			}
		case d.Type != html.ElementNode:
		case attribute(d, "itemprop") == "name":
			marked = append(marked, first(attribute(d, "content"), beginning(d, maxByline)))
		case d.DataAtom == atom.A && toPerson(d):
			linked = append(linked, beginning(d, maxByline))
		}
	}
	if len(marked) > 0 {
		return marked
	}
	linked = slices.DeleteFunc(linked, func(s string) bool { return !isName(s) })
	if len(linked) > 0 {
		return linked
	}
	if len(pieces) > 1 && !slices.ContainsFunc(pieces, func(s string) bool { return !isPerson(s) }) {
		return pieces
	}
	if s := words.Line(text.String()); s != "" && utf8.RuneCountInString(s) <= maxByline && !strings.HasSuffix(s, "…") && !strings.HasSuffix(s, "...") {
		for _, end := range []string{"|", "•", "·", "»", " / "} {
			s = before(s, end)
		}
		return []string{s}
	}
	return nil
}

// toPerson reports whether a link leads to what somebody wrote, or is.
func toPerson(a *html.Node) bool {
	if strings.Contains(attribute(a, "rel"), "author") {
		return true
	}
	href := strings.ToLower(attribute(a, "href"))
	return slices.ContainsFunc(personal, func(part string) bool { return strings.Contains(href, part) })
}

// hasNumber reports whether a word of text begins with a digit.
func hasNumber(text string) bool {
	for w := range strings.FieldsSeq(text) {
		if r, _ := utf8.DecodeRuneInString(w); unicode.IsDigit(r) {
			return true
		}
	}
	return false
}

// isName reports whether a linked text can be somebody's name.
func isName(s string) bool {
	s = withoutBy(s)
	list := strings.Fields(s)
	if len(list) == 0 || len(list) > 5 || len(s) > maxByline || strings.ContainsFunc(s, unicode.IsDigit) || strings.ContainsAny(s, "@:/»") {
		return false
	}
	for _, w := range []string{list[0], list[len(list)-1]} { // "Ursula of the Quay", but not "All that I wrote"
		if r, _ := utf8.DecodeRuneInString(w); !unicode.IsLetter(r) || unicode.IsLower(r) {
			return false
		}
	}
	return true
}
