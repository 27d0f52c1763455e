package figure

import (
	_ "embed" // the words
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"parallax/internal/lang"
	"parallax/internal/reading"
)

//go:embed data/counted.txt
var countedTable string

// Kinds of words beside the classes of what is counted.
const (
	toll    = "toll"
	people  = "people"
	skip    = "skip"
	and     = "and"
	of      = "of"
	part    = "part"
	extra   = "extra"
	ratio   = "ratio"
	since   = "since"
	day     = "day"
	month   = "month"
	other   = "other"
	by      = "by"
	leave   = "leave"
	home    = "home"
	measure = "measure"
	// killed is the class of what stands for a toll, displaced of people who leave their homes.
	killed    = "killed"
	displaced = "displaced"
)

// A form is a word and its kind.
type form struct{ word, kind string }

var forms = sync.OnceValue(func() map[string][]form {
	all := map[string][]form{}
	for line := range strings.Lines(countedTable) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[0] == "#" {
			continue
		}
		for _, w := range fields[2:] {
			all[fields[0]] = append(all[fields[0]], form{w, fields[1]})
		}
	}
	return all
})

// A lexicon says which terms of a Tongue are words for what is counted.
type lexicon struct {
	kinds map[int32]string // a class, or the first kind that a word was given
	when  map[int32]string // since, day, month and other, which a word may be besides
	// paired holds the forms of scripts without spaces: they are looked for in the text.
	paired []form
}

func lexiconOf(t *reading.Tongue) *lexicon {
	l := &lexicon{kinds: map[int32]string{}, when: map[int32]string{}}
	roots := lang.HasEndings(t.Language)
	var tokens []lang.Token
	for _, f := range forms()[t.Language] {
		if r, _ := utf8.DecodeRuneInString(f.word); r >= reading.FirstPaired {
			l.paired = append(l.paired, f)
			continue
		}
		tokens = lang.SegmentTokens(tokens[:0], f.word, false, t.Language)
		for _, token := range tokens {
			stem := token.Text
			if roots {
				stem = lang.Root(token)
			}
			id, ok := t.Lookup(stem)
			switch {
			case !ok:
			case f.kind == since || f.kind == day || f.kind == month || f.kind == other:
				l.when[id] = f.kind
			case l.kinds[id] == "":
				l.kinds[id] = f.kind
			}
		}
	}
	slices.SortStableFunc(l.paired, func(a, b form) int { return len(b.word) - len(a.word) })
	return l
}

// isClass reports whether a kind is a class of what is counted.
func isClass(kind string) bool {
	switch kind {
	case "", people, skip, and, of, part, extra, ratio, by, leave, home, measure:
		return false
	}
	return true
}
