package words

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestFolded(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{" — ", ""},
		{"Read  MORE…", "read more"},
		{"Editor’s “Picks”", "editor's picks"},
		{"'Read also' of the pilots'", "read also of the pilots"},
		{"l''article", "l article"},
		{"ÉTÉ 2026:\n(Ёлка)", "été 2026 ёлка"},
		{"hindī हिन्दी", "hindī हिन्दी"},
		{"Hafen\u00adrundfahrt", "hafenrundfahrt"},
		{"続きを読む", "続きを読む"},
	} {
		if got := Folded(tt.in); got != tt.want {
			t.Errorf("Folded(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestOf(t *testing.T) {
	doc, err := html.Parse(strings.NewReader("<p>One <b>two</b>\n three<!-- four --></p>"))
	if err != nil {
		t.Fatal(err)
	}
	if got := Of(doc); got != "One two\n three" {
		t.Errorf("Of = %q", got)
	}
	if got := Line(Of(doc)); got != "One two three" {
		t.Errorf("Line = %q", got)
	}
}

func FuzzFolded(f *testing.F) {
	f.Add("Editor’s “Picks”, 'tis so")
	f.Fuzz(func(t *testing.T, s string) {
		if once := Folded(s); Folded(once) != once {
			t.Errorf("Folded(%q) = %q, then %q", s, once, Folded(once))
		}
	})
}

func TestNearest(t *testing.T) {
	t.Parallel()
	candidates := []string{"body", "author", "date", "dates"}
	for _, c := range []struct {
		word string
		most int
		want string
	}{
		{"bodi", 2, "body"},
		{"athor", 2, "author"},
		{"dat", 1, "date"},
		{"date", 0, "date"},
		{"dates", 2, "dates"},
		{"datess", 2, "dates"},
		{"abode", 1, ""},
		{"", 3, ""},
		{"", 4, "body"},
		{strings.Repeat("body", 30), 200, ""},
	} {
		if got := Nearest(c.word, candidates, c.most); got != c.want {
			t.Errorf("Nearest(%q, %d) = %q, want %q", c.word, c.most, got, c.want)
		}
	}
}
