package quote

import (
	"cmp"
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed data/*.txt
var tables embed.FS

// A speech is how a language says who said something: the lines of data/<tag>.txt.
type speech struct {
	lists map[string]map[string]bool // by key and word
	words map[string][]string        // the same, the longest first
	// phrases are those of a key, as words.
	phrases map[string][][]string
	flags   map[string]bool // what is true of the language as a whole
	// bodies are the stems of those who speak without a name, works those of what has a title in marks;
	// owners the pronouns by their possessives.
	bodies map[string]bool
	works  map[string]bool
	owners map[string]string
}

// has reports whether word is in the list of a key.
func (s *speech) has(key, word string) bool { return s.lists[key][word] }

// phrased are the keys whose values are phrases, parted by "|"; of all others they are words.
const phrased = " according according-own cites notices "

var speeches = sync.OnceValue(func() map[string]*speech {
	all := map[string]*speech{}
	files, err := fs.Glob(tables, "data/*.txt")
	if err != nil {
		panic(err) // unreachable: the pattern is well formed
	}
	for _, name := range files {
		data, err := tables.ReadFile(name)
		if err != nil {
			panic(err) // unreachable: it is in the program
		}
		all[strings.TrimSuffix(path.Base(name), ".txt")] = read(string(data))
	}
	return all
})

func read(table string) *speech {
	s := &speech{lists: map[string]map[string]bool{}, words: map[string][]string{}, phrases: map[string][][]string{}, flags: map[string]bool{}, bodies: map[string]bool{}, works: map[string]bool{}, owners: map[string]string{}}
	for line := range strings.Lines(table) {
		key, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case !ok || key == "#":
		case key == "flags":
			for f := range strings.FieldsSeq(rest) {
				s.flags[f] = true
			}
		case strings.Contains(phrased, " "+key+" "):
			for p := range strings.SplitSeq(rest, "|") {
				s.phrases[key] = append(s.phrases[key], strings.Fields(lower(p)))
			}
		default:
			if s.lists[key] == nil {
				s.lists[key] = map[string]bool{}
			}
			for w := range strings.FieldsSeq(rest) {
				w = lower(w) // as the words of texts are
				if !s.lists[key][w] {
					s.lists[key][w] = true
					s.words[key] = append(s.words[key], w)
				}
			}
		}
	}
	for _, list := range s.words {
		slices.SortFunc(list, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	}
	for w := range s.lists["bodies"] {
		s.bodies[s.key(w)] = true
	}
	for w := range s.lists["works"] {
		s.works[s.key(w)] = true
	}
	for pair := range s.lists["owners"] {
		own, who, _ := strings.Cut(pair, "=")
		s.owners[own] = who
	}
	return s
}

// unknown is a language of which only the marks are known: its quotes are found, their speakers not.
var unknown = read("")

func speechOf(base string) *speech {
	if s := speeches()[base]; s != nil {
		return s
	}
	return unknown
}
