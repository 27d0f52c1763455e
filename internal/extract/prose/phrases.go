package prose

import (
	_ "embed" // the table of boxes
	"strings"
)

//go:embed data/boxes.txt
var boxTable string

// maxPhrase is from how many characters on a line is no title of a box.
const maxPhrase = 90

type phrases struct {
	whole map[string]bool
	begin map[string]bool // the words before a wildcard
	most  int             // words of the longest of them
}

var boxPhrases, creditPhrases = read("box"), read("credit")

func read(kind string) phrases {
	p := phrases{whole: map[string]bool{}, begin: map[string]bool{}}
	for line := range strings.Lines(boxTable) {
		k, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		if k != kind {
			continue
		}
		head, wild := strings.CutSuffix(text, "*")
		head = folded(head)
		if !wild {
			p.whole[head] = true
			continue
		}
		p.begin[head] = true
		p.most = max(p.most, len(strings.Fields(head)))
	}
	return p
}

// match reports whether folded text is one of the phrases.
func (p phrases) match(text string) bool {
	if text == "" {
		return false
	}
	if p.whole[text] {
		return true
	}
	words := 0
	for i, r := range text {
		if r == ' ' {
			if words++; words > p.most {
				return false
			}
			if p.begin[text[:i]] {
				return true
			}
		}
	}
	return false
}
