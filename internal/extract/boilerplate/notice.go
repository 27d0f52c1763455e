package boilerplate

import (
	_ "embed" // the table of words
	"strings"
	"unicode/utf8"
)

//go:embed data/notices.txt
var noticeTable string

// A cue is a phrase of the table.
type cue struct{ kind, phrase string }

// cues are the phrases by their first byte.
var cues = func() (by [256][]cue) {
	for line := range strings.Lines(noticeTable) {
		kind, phrase, ok := strings.Cut(strings.TrimSpace(line), " ")
		if ok && !strings.HasPrefix(line, "#") {
			by[phrase[0]] = append(by[phrase[0]], cue{kind, phrase})
		}
	}
	return by
}()

// minNotice is how short a notice can be, in bytes.
const minNotice = 25

// Notice reports whether a block is what a page says of the text that it shows: it speaks
// of the text or the page, and says that it is somebody else's or who does not stand behind it.
func Notice(block string) bool {
	if len(block) < minNotice || len(block) > maxBlock {
		return false
	}
	block = strings.ReplaceAll(strings.ToLower(block), "’", "'")
	here, foreign := false, false
	for i := range len(block) {
		// Phrases begin with a word; where no space parts words, anywhere.
		if c := block[i]; i > 0 && c < wordless && (block[i-1] >= 'a' && block[i-1] <= 'z' || block[i-1] >= utf8.RuneSelf) {
			continue
		}
		for _, c := range cues[block[i]] {
			if strings.HasPrefix(block[i:], c.phrase) {
				here = here || c.kind == "here"
				foreign = foreign || c.kind != "here"
			}
		}
		if here && foreign {
			return true
		}
	}
	return false
}

// wordless is the first byte from which on a letter is of a script without spaces.
const wordless = 0xE3
