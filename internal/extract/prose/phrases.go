package prose

import (
	_ "embed" // the table of boxes
	"strings"
	"unicode"
	"unicode/utf8"

	"parallax/internal/words"
)

//go:embed data/boxes.txt
var boxTable string

// maxPhrase is from how many characters on a line is no title of a box, and maxTitle from
// how many on it is none that goes on with words of its own.
const (
	maxPhrase = 90
	maxTitle  = 60
)

// phrases are the rows of a kind, folded.
type phrases struct {
	whole map[string]bool
	begin map[string]bool // the words before a wildcard
	most  int             // words of the longest of them
}

var boxPhrases, offerPhrases, creditPhrases, linePhrases = read("box"), read("offer"), read("credit"), read("line")

func read(kind string) phrases {
	p := phrases{whole: map[string]bool{}, begin: map[string]bool{}}
	for line := range strings.Lines(boxTable) {
		k, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		if k != kind {
			continue
		}
		head, wild := strings.CutSuffix(text, "*")
		head = words.Folded(head)
		p.whole[head] = true
		if wild {
			p.begin[head] = true
			p.most = max(p.most, len(strings.Fields(head)))
		}
	}
	return p
}

// match reports whether folded text is one of the phrases, and how many bytes of it are the
// words of the phrase.
func (p phrases) match(text string) (end int, ok bool) {
	if text == "" {
		return 0, false
	}
	if p.whole[text] {
		return len(text), true
	}
	n := 0
	for i, r := range text {
		if r == ' ' {
			if n++; n > p.most {
				return 0, false
			}
			if p.begin[text[:i]] {
				return i, true
			}
		}
	}
	return 0, false
}

// titled reports whether the run at i, whose folded text is given, is the title of a box, or
// one by itself.
func (t *tree) titled(i int, text string) bool {
	if _, ok := offerPhrases.match(text); ok {
		return true
	}
	n, ok := boxPhrases.match(text)
	switch b := &t.boxes[i]; {
	case !ok:
		return false
	case n == len(text), b.density() >= mostlyLinks:
		return true
	case b.chars <= maxTitle && strings.HasSuffix(b.words(), ":"):
		return true
	case announces(b.words(), text[:n]):
		return true
	default:
		return b.chars <= maxTitle && !b.sentence && t.linksFollow(i)
	}
}

// announces reports whether text parts what it begins with from the rest, as in "Read also:
// the quay of Velm".
func announces(text, with string) bool {
	i := strings.IndexAny(text, ":：>»→–—")
	return i >= 0 && words.Folded(text[:i]) == with
}

// linksFollow reports whether the next line after the run at i is a link.
func (t *tree) linksFollow(i int) bool {
	for c := i + 1; c < len(t.boxes); c++ {
		if b := &t.boxes[c]; b.isRun() && b.chars > 0 {
			return b.density() >= mostlyLinks
		}
	}
	return false
}

// isCredit reports whether a short line says who took a picture, or owns something.
func isCredit(text string) bool {
	text, closed := strings.CutSuffix(text, ")")
	text, opened := strings.CutPrefix(text, "(")
	if at := strings.IndexAny(text, ":：©"); at >= 0 && creditPhrases.whole[words.Folded(text[:at])] {
		return true
	}
	f := words.Folded(text)
	for i, r := range f {
		if r != ' ' || !creditPhrases.whole[f[:i]] {
			continue
		}
		next := f[i+1:]
		if opened && closed || strings.HasPrefix(next, "c ") || len(next) >= 4 && (next[:2] == "19" || next[:2] == "20") && f[:i] == "copyright" {
			return true
		}
		// "Photo by Runa Sved", but not "Photos by the thousand"
		if by := strings.LastIndexByte(f[:i], ' '); by > 0 && hasName(text, strings.Count(f[:i], " ")+1) {
			switch f[by+1 : i] {
			case "by", "von", "из":
				return true
			}
		}
	}
	return false
}

// hasName reports whether the word after the first n has a capital letter.
func hasName(text string, n int) bool {
	list := strings.Fields(text)
	if len(list) <= n {
		return false
	}
	r, _ := utf8.DecodeRuneInString(list[n])
	return unicode.IsUpper(r)
}

// isLine reports whether folded text is a label by itself: "picture 3 of 10".
func isLine(text string) bool {
	if len(text) > maxTitle {
		return false
	}
	list := strings.Fields(text)
	for i, w := range list {
		if strings.Trim(w, "0123456789") == "" {
			list[i] = "0"
		}
	}
	return linePhrases.whole[strings.Join(list, " ")]
}
