package reading

import (
	_ "embed" // the words
	"strings"
	"sync"
	"unicode/utf8"

	"parallax/internal/lang"
)

//go:embed data/cues.txt
var cueTable string

// A Cue is a set of what a word does to a sentence.
type Cue uint8

// The cues.
const (
	Denies Cue = 1 << iota
	LeavesOpen
	LeansBack // begins a sentence that needs the one before
)

// A pole is one end of a pair of opposites: the bit of the pair, and which end.
type pole struct {
	pair uint8
	end  uint8
}

// cues are those of one language.
type cues struct {
	words  map[string]Cue
	poles  map[string][]pole
	paired []pairedCue
}

// A pairedCue is one of a script without spaces: it is looked for in the text.
type pairedCue struct {
	word string
	cue  Cue
}

// maxPairs is how many pairs of opposites a language may have: a bit stands for each.
const maxPairs = 64

var allCues = sync.OnceValue(func() map[string]*cues {
	all := map[string]*cues{}
	kinds := map[string]Cue{"not": Denies, "maybe": LeavesOpen, "opener": LeansBack}
	pairs := map[string]uint8{}
	for line := range strings.Lines(cueTable) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[0] == "#" {
			continue
		}
		tag := fields[0]
		c := all[tag]
		if c == nil {
			c = &cues{words: map[string]Cue{}, poles: map[string][]pole{}}
			all[tag] = c
		}
		if fields[1] == "opposite" && pairs[tag] < maxPairs {
			end := uint8(0)
			for _, w := range fields[2:] {
				if w == "|" {
					end = 1
					continue
				}
				w = folded(w, tag)
				c.poles[w] = append(c.poles[w], pole{pairs[tag], end})
			}
			pairs[tag]++
			continue
		}
		for _, w := range fields[2:] {
			if r, _ := utf8.DecodeRuneInString(w); r >= FirstPaired {
				c.paired = append(c.paired, pairedCue{w, kinds[fields[1]]})
				continue
			}
			c.words[folded(w, tag)] |= kinds[fields[1]]
		}
	}
	return all
})

// FirstPaired is where the scripts begin that write no spaces: see package lang.
const FirstPaired = 0x0E00

// folded returns a word as the tokens of a text have it.
func folded(word, tag string) string {
	for _, t := range lang.SegmentTokens(nil, word, false, tag) {
		return t.Word
	}
	return word
}

var noCues = &cues{}

func cuesOf(language string) *cues {
	if c := allCues()[language]; c != nil {
		return c
	}
	return noCues
}
