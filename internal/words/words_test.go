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
