package lang

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
)

// segments returns what each yields, runs marked.
func segments(text string) (list []string) {
	each(text, func(s string, run bool) bool {
		if run {
			s = "run " + s
		}
		list = append(list, s)
		return true
	})
	return list
}

// slowSegments is each as it says that it works, without what it knows of ASCII.
func slowSegments(text string) (list []string) {
	run := ""
	flush := func() {
		if run != "" {
			list = append(list, "run "+run)
		}
		run = ""
	}
	for it := words.FromString(text); it.Next(); {
		w := it.Value()
		first, _ := utf8.DecodeRuneInString(w)
		if isPaired(first) {
			run += w
			continue
		}
		if run != "" {
			flush()
		}
		if unicode.IsLetter(first) || unicode.IsNumber(first) {
			list = append(list, w)
		}
	}
	flush()
	return list
}

// TestEach: words are where Unicode has them, whatever stands beside them.
func TestEach(t *testing.T) {
	// Every character of ASCII in every neighbourhood, and marks, letters of other scripts,
	// and signs that join.
	between := []string{"\u0301", "é", "\u200d", "’", "水", "_", " ", "\r\n", "א", "ア"}
	for c := range utf8.RuneSelf {
		between = append(between, string(rune(c)))
	}
	for _, a := range between {
		for _, b := range between {
			for _, text := range []string{a + b, "x" + a + b + "y", "1" + a + b + "2", "x" + a + b + "2", "水" + a + b + "水", "don" + a + b} {
				if got, want := segments(text), slowSegments(text); !slices.Equal(got, want) {
					t.Fatalf("segments of %q: %q, want %q", text, got, want)
				}
			}
		}
	}
}

func FuzzEach(f *testing.F) {
	f.Add("The minister's 12,500.75 crowns; U.S. and today.norrland.example, \"l’eau\"")
	f.Add("2026年の a_b  c\r\n\tפ\"ט 'x' ...1,2,,3")
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?")
		if got, want := segments(text), slowSegments(text); !slices.Equal(got, want) {
			t.Fatalf("segments of %q: %q, want %q", text, got, want)
		}
	})
}
