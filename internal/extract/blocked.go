package extract

import (
	_ "embed" // the table of block pages
	"strings"

	"parallax/internal/words"
)

//go:embed data/blocked.txt
var blockedTable string

// shortPage is under how many characters the whole of a page, or what was found in it,
// can be a block page: real articles that merely mention one are longer.
const shortPage = 1500

// blocked says why a page is no article, or "": a challenge, a page that is missing or is for
// browsers that run scripts. Its title says so, or its text does and is short.
func blocked(title, all, found string) string {
	t := words.Folded(title)
	head := ""
	if size(all) < shortPage || size(found) < minText {
		head = words.Folded(all[:min(len(all), 4*shortPage)])
	}
	if size(found) < shortPage/2 {
		head += " " + words.Folded(found)
	}
	for _, b := range blocks {
		if b.inTitle && (t == b.words || strings.HasPrefix(t, b.words+" ") && size(found) < minText) ||
			!b.inTitle && strings.Contains(head, b.words) {
			return b.why
		}
	}
	return ""
}

// A block is a row of the table of block pages.
type block struct {
	words   string // folded
	inTitle bool
	why     string
}

var blocks = func() (list []block) {
	for kind, p := range rows(blockedTable) {
		kind, inTitle := strings.CutPrefix(kind, "title-")
		list = append(list, block{words: p, inTitle: inTitle, why: blockedReasons[kind]})
	}
	return list
}()

var blockedReasons = map[string]string{
	"challenge": "the page is a challenge that asks for a browser",
	"consent":   "the page is a consent wall",
	"denied":    "the page says that access is denied",
	"script":    "the page shows nothing without scripts",
	"missing":   "the page says that there is no such article",
}
