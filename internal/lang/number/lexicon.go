package number

import (
	_ "embed" // the words
	"strconv"
	"strings"
	"sync"

	"parallax/internal/lang"
)

//go:embed data/numbers.txt
var table string

// An entry is what a form may be in a language.
type entry struct {
	role  role
	value float64 // of a number or scale
	unit  string  // of money
	rest  []string
}

type role uint8

const (
	value role = iota
	scale
	least
	most
	about
	leastAfter
	aboutAfter
	from
	to
	source
	month
	span
	age
	label
	percent
	money
)

var roles = map[string]role{
	"least": least, "most": most, "about": about, "least+": leastAfter, "about+": aboutAfter, "from": from, "to": to, "source": source,
	"month": month, "time": span, "age": age, "label": label, "percent": percent,
}

// A lexicon is the entries of a language, by their first word.
type lexicon struct {
	entries map[string][]entry
	comma   bool // the decimal mark is a comma
}

var lexicons = sync.OnceValue(func() map[string]*lexicon {
	all := map[string]*lexicon{"": {entries: map[string][]entry{}}}
	for line := range strings.Lines(table) {
		tag, _, ok := strings.Cut(line, " ")
		if ok && tag != "#" && tag != "*" && all[tag] == nil {
			all[tag] = &lexicon{entries: map[string][]entry{}, comma: !strings.Contains(" en zh ja ko he th ", " "+tag+" ")}
		}
	}
	for line := range strings.Lines(table) {
		tag, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		kind, forms, ok := strings.Cut(rest, " ")
		if !ok || tag == "#" || all[tag] == nil && tag != "*" {
			continue
		}
		e := entry{}
		if r, ok := roles[kind]; ok {
			e.role = r
		} else if v, err := strconv.ParseFloat(kind, 64); err == nil {
			e.role, e.value = value, v
		} else if v, err := strconv.ParseFloat(strings.TrimPrefix(kind, "x"), 64); err == nil {
			e.role, e.value = scale, v
		} else {
			e.role, e.unit = money, kind
		}
		for form := range strings.SplitSeq(forms, ";") {
			words := strings.Fields(form)
			if len(words) == 0 {
				continue
			}
			entry := e
			entry.rest = words[1:]
			for t, l := range all {
				if tag == "*" || t == tag {
					l.entries[words[0]] = append(l.entries[words[0]], entry)
				}
			}
		}
	}
	return all
})

func lexiconOf(tag string) *lexicon {
	if l := lexicons()[lang.Base(tag)]; l != nil {
		return l
	}
	return lexicons()[""]
}
