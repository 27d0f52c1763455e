package boilerplate

import (
	_ "embed" // the table of words
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed data/notices.txt
var noticeTable string

// A cue is a phrase of the table.
type cue struct{ kind, phrase string }

// cues are the phrases by their first byte, and prepositions the words of the kind of.
var cues, prepositions = func() (by [256][]cue, of []string) {
	for line := range strings.Lines(noticeTable) {
		kind, phrase, ok := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case !ok || strings.HasPrefix(line, "#"):
		case kind == "of":
			of = append(of, phrase)
		default:
			by[phrase[0]] = append(by[phrase[0]], cue{kind, phrase})
		}
	}
	return by, of
}()

const (
	// minNotice is how short a notice can be, in bytes.
	minNotice = 25
	// soon is how far from the text that speaks of itself its origin is named, and later who
	// does not stand behind it, in bytes: "This story by Runa Sved of the Harbour Times was
	// first published".
	soon, later = 60, 200
)

// Notice reports whether a block is what a page says of the text that it shows: it speaks
// of the text or the page, and then says that it is somebody else's or who does not stand
// behind it.
func Notice(block string) bool {
	if len(block) < minNotice || len(block) > maxBlock {
		return false
	}
	block = strings.ReplaceAll(strings.ToLower(block), "’", "'")
	text, page := -1, -1 // where the last of them ended
	for i := range len(block) {
		// Phrases begin with a word; where no space parts words, anywhere.
		if c := block[i]; i > 0 && c < wordless && (block[i-1] >= 'a' && block[i-1] <= 'z' || block[i-1] >= utf8.RuneSelf) {
			continue
		}
		for _, c := range cues[block[i]] {
			if !strings.HasPrefix(block[i:], c.phrase) {
				continue
			}
			switch end := i + len(c.phrase); c.kind {
			case "alone":
				if speaks(block[:i]) {
					return true
				}
			case "text":
				if speaks(block[:i]) {
					text = end
				}
			case "page":
				if speaks(block[:i]) {
					page = end
				}
			case "republished":
				if text >= 0 && within(block, text, i, soon, ".!?;:,") {
					return true
				}
			case "disclaimed":
				if text >= 0 && within(block, text, i, later, ".!?;") || page >= 0 && within(block, page, i, later, ".!?;") {
					return true
				}
			}
		}
	}
	return false
}

// within reports whether at most limit bytes, and none of what parts, stand between two
// phrases of a block; they may share words.
func within(block string, end, start, limit int, parts string) bool {
	return start <= end || start-end <= limit && !strings.ContainsAny(block[end:start], parts)
}

// speaks reports whether what follows before speaks for itself: it begins a sentence, or
// follows a preposition, and is not quoted.
func speaks(before string) bool {
	before = strings.TrimRightFunc(before, func(r rune) bool { return unicode.IsSpace(r) || r == '*' || r == '(' || r == '[' })
	if before == "" {
		return true
	}
	if strings.ContainsAny(before, "“„«\"「") {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	return last >= 0x2E80 || strings.ContainsRune(".!?:;–—-|", last) ||
		slices.Contains(prepositions, before[strings.LastIndexByte(before, ' ')+1:])
}

// wordless is the first byte from which on a letter is of a script without spaces.
const wordless = 0xE3
