package digest

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", "\n"},
		{"short", "  The weir \n is open ", "The weir is open\n"},
		{"72 columns", strings.Repeat("a", 36) + " " + strings.Repeat("b", 35), strings.Repeat("a", 36) + " " + strings.Repeat("b", 35) + "\n"},
		{"73 columns", strings.Repeat("a", 36) + " " + strings.Repeat("b", 36), strings.Repeat("a", 36) + "\n" + strings.Repeat("b", 36) + "\n"},
		{"an address stays whole", "see https://hub.example/" + strings.Repeat("a", 80), "see\nhttps://hub.example/" + strings.Repeat("a", 80) + "\n"},
		{"Chinese", strings.Repeat("水闸开了。", 8), strings.Repeat("水闸开了。", 7) + "水\n闸开了。\n"},
		{"marks have no width", strings.Repeat("e\u0301", 72), strings.Repeat("e\u0301", 64) + strings.Repeat("e\u0301", 8) + "\n"},
	} {
		if got := wrap(tt.in, "", ""); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
	if got, want := headline("فتحت بوابة السد", "ar"), rlm+"فتحت بوابة السد\n"; got != want {
		t.Errorf("from right to left: %q, want %q", got, want)
	}
}

// FuzzWrap: no line but that of an address is wider than it may be, and nothing is lost.
func FuzzWrap(f *testing.F) {
	f.Add("The weir is open, say the dam's keepers.", "  ")
	f.Add("水闸开了「夜里」没有警告 https://hub.example/story/1", "    ")
	f.Add("\u202eevil\u2066 e\u0301\u0301", "")
	f.Fuzz(func(t *testing.T, text, indent string) {
		if strings.Trim(indent, " ") != "" || len(indent) > 8 {
			return
		}
		text = plain(text)
		got := wrap(text, indent, indent)
		if strings.ContainsAny(text, "\u202e\u2066\r\n") {
			t.Errorf("%q turns what follows", text)
		}
		for line := range strings.Lines(got) {
			if line = strings.TrimSuffix(line, "\n"); cells(line) > columns && !strings.Contains(line, "://") {
				t.Errorf("%d columns: %q", cells(line), line)
			}
		}
		if squeeze(got) != squeeze(text) {
			t.Errorf("%q became %q", text, got)
		}
	})
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
