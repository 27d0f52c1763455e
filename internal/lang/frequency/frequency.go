// Package frequency knows of some 40 languages in which share of news texts each of their
// most frequent stems stands. A language comes in; a table goes out.
//
// Format of data/df-TAG.tsv: lines "stem TAB documents", most frequent first; "#" begins a
// comment; the line "# documents TAB n" says of how many.
package frequency

import (
	"embed"
	"strconv"
	"strings"
	"sync"
)

// Rare is the share of documents that hold a stem which a table does not list.
const Rare = .0005

//go:embed data
var data embed.FS

// A Table says in which share of documents of a language a stem occurs.
type Table map[string]float32

var tables struct {
	sync.Mutex // guards read
	read       map[string]Table
}

// Of returns the table of a language, or nil.
func Of(language string) Table {
	tables.Lock()
	defer tables.Unlock()
	t, ok := tables.read[language]
	if ok {
		return t
	}
	if tables.read == nil {
		tables.read = map[string]Table{}
	}
	if text, err := data.ReadFile("data/df-" + language + ".tsv"); err == nil {
		t = parse(string(text))
	}
	tables.read[language] = t
	return t
}

func parse(text string) Table {
	t, n := Table{}, 1.0
	for line := range strings.Lines(text) {
		stem, count, _ := strings.Cut(strings.TrimSpace(line), "\t")
		docs, err := strconv.ParseFloat(count, 32)
		switch {
		case err != nil || docs <= 0: // a comment
		case stem == "# documents":
			n = docs
		default:
			t[stem] = float32(min(docs/n, 1))
		}
	}
	return t
}

// Share returns in which share of documents a stem stands, or guesses it of a language that has
// no table.
func (t Table) Share(stem string) float32 {
	if t != nil {
		if p, ok := t[stem]; ok {
			return p
		}
		return Rare
	}
	letters, alphabetic := 0, false
	for _, r := range stem {
		letters++
		alphabetic = alphabetic || r < 0x0e00 // before Thai: scripts with spaces, short words are functional
	}
	if !alphabetic {
		return .004
	}
	switch letters {
	case 1, 2:
		return .1
	case 3:
		return .03
	case 4:
		return .01
	case 5:
		return .005
	}
	return .002
}
