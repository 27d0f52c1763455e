package lang

import (
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
)

// each calls yield for every word of text, and once for every unbroken run of a script
// that is cut into pairs, until it returns false.
func each(text string, yield func(segment string, run bool) bool) {
	it := words.FromString(text)
	from, to := -1, -1 // the run so far
	for at := 0; at < len(text); {
		start := at
		if at = plainEnd(text, start); at > start {
			// A run is of other letters than these.
			if from >= 0 {
				if !yield(text[from:to], true) {
					return
				}
				from = -1
			}
			if isPlain[text[start]]&alnum != 0 && !yield(text[start:at], false) {
				return
			}
			continue
		}
		it.SetText(text[start:])
		it.Next()
		at = start + it.End()
		first, _ := utf8.DecodeRuneInString(text[start:])
		paired := isPaired(first)
		if from >= 0 && !paired {
			if !yield(text[from:to], true) {
				return
			}
			from = -1
		}
		switch {
		case paired && from < 0:
			from, to = start, at
		case paired:
			to = at
		case unicode.IsLetter(first) || unicode.IsNumber(first):
			if !yield(text[start:at], false) {
				return
			}
		}
	}
	if from >= 0 {
		yield(text[from:to], true)
	}
}

// What an ASCII character is to plainEnd. The others are nothing: they may join with what
// follows, or begin a longer one.
const (
	alnum    = 1 << iota // a letter or a digit
	boundary             // has a boundary on either side, unless what is no ASCII follows
	midway               // joins two letters, or two digits, and nothing else
)

var isPlain = func() (kinds [256]uint8) {
	for c := range utf8.RuneSelf {
		switch r := rune(c); {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			kinds[c] = alnum
		case r == '.' || r == ',' || r == ':' || r == ';' || r == '\'':
			kinds[c] = midway
		case r == '_' || r == ' ' || r == '\r': // join with letters, with each other, with \n
		default:
			kinds[c] = boundary
		}
	}
	return kinds
}()

// plainEnd returns where the segment of text ends that begins at start, a boundary, if ASCII
// alone tells, and otherwise start. It knows no rule that words does not; it only is several times
// as fast for most of a text in Latin letters.
func plainEnd(text string, start int) int {
	end := start
	for end < len(text) && isPlain[text[end]]&alnum != 0 {
		end++
	}
	if end == len(text) {
		return end
	}
	next := text[end]
	if end > start {
		switch {
		case isPlain[next]&boundary != 0 || next == ' ' || next == '\r':
			return end
		case isPlain[next]&midway != 0 && end+1 < len(text) && text[end+1] < utf8.RuneSelf && isPlain[text[end+1]]&alnum == 0:
			return end
		}
		return start
	}
	// A space or a sign alone, if it is followed by something that it does not join.
	if end+1 < len(text) && text[end+1] < utf8.RuneSelf &&
		(isPlain[next]&(boundary|midway) != 0 || next == ' ' && text[end+1] != ' ') {
		return end + 1
	}
	return start
}
