package boilerplate

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxBlock is how long a block can be, in bytes: longer ones are articles.
	maxBlock = 3000
	// offset and prime are those of FNV-1a, 64 bits.
	offset, prime = 14695981039346656037, 1099511628211
	// masked stands for what differs from day to day.
	masked = '#'
)

// mark returns what a block is known by: a hash of its words, whatever their case and what
// stands between them. In a block with a year or a time of day, numbers and the words after
// them (the month, the zone) count as the same, so that "Updated 3 May 2026, 10:12 CET" is
// known on the next day; in others numbers count, for "12 were killed" is news. It is 0 for
// what has no other word, or is too long.
func mark(block string) uint64 {
	if len(block) > maxBlock {
		return 0
	}
	dated := isDated(block)
	var hash uint64 = offset
	words, after := 0, false // after a number
	for rest := block; ; {
		word, number, more := nextWord(&rest)
		switch {
		case !more && words == 0:
			return 0
		case !more:
			return max(hash, 1)
		case dated && number:
			if after {
				continue
			}
			word, after = masked, true
		case after:
			after = false // masked with the number
			continue
		default:
			words++
		}
		for range 8 {
			hash = (hash ^ word&0xff) * prime
			word >>= 8
		}
	}
}

// nextWord takes a word off the beginning of s: its hash, and whether it begins with a digit.
func nextWord(s *string) (word uint64, number, ok bool) {
	start := strings.IndexFunc(*s, isLetter)
	if start < 0 {
		return 0, false, false
	}
	word = offset
	for i, r := range (*s)[start:] {
		if !isLetter(r) {
			*s = (*s)[start+i:]
			return word, number, true
		}
		if i == 0 {
			number = unicode.IsDigit(r)
		}
		if r >= utf8.RuneSelf || r >= 'A' && r <= 'Z' {
			r = unicode.ToLower(r)
		}
		word = (word ^ uint64(r)) * prime //nolint:gosec // runes are not negative
	}
	*s = ""
	return word, number, true
}

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

// isDated reports whether a block has a year of ours (1900 to 2099) or a time of day.
func isDated(block string) bool {
	digits := 0
	for i := 0; i <= len(block); i++ {
		if i < len(block) && block[i] >= '0' && block[i] <= '9' {
			digits++
			continue
		}
		if digits == 4 && (block[i-4:i-2] == "19" || block[i-4:i-2] == "20") {
			return true
		}
		if (digits == 1 || digits == 2) && i+2 < len(block) && block[i] == ':' && twoDigits(block[i+1:]) {
			return true
		}
		digits = 0
	}
	return false
}

func twoDigits(s string) bool {
	digit := func(i int) bool { return i < len(s) && s[i] >= '0' && s[i] <= '9' }
	return digit(0) && digit(1) && !digit(2) && s[0] < '6'
}
