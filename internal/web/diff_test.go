package web

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiffWords(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"the same", "the same", "the same"},
		{"Norrland opens weir; villages under water", "Norrland floods villages without warning", "[-Norrland opens weir; villages under water-] [+Norrland floods villages without warning+]"},
		{"about two hundred people", "four hundred people", "[-about two-] [+four+] hundred people"},
		{"a b", "a b c", "a b [+c+]"},
		{"on the lower Sarn a war risk", "on the Sarn", "on the [-lower-] Sarn [-a war risk-]"},
		{"", "new", "[+new+]"},
		{"old", "", "[-old-]"},
		{"水位下降", "水位上升", "水位[-下降-] [+上升+]"},
		{"one  two", "one two", "one two"},
	} {
		var b strings.Builder
		for _, p := range diffWords(c.from, c.to) {
			switch {
			case p.Del:
				b.WriteString("[-" + p.Text + "-]")
			case p.Ins:
				b.WriteString("[+" + p.Text + "+]")
			default:
				b.WriteString(p.Text)
			}
		}
		if got := b.String(); got != c.want {
			t.Errorf("diffWords(%q, %q)\n got %s\nwant %s", c.from, c.to, got, c.want)
		}
	}
}

func TestDiffParagraphs(t *testing.T) {
	got := diffParagraphs("one\n\ntwo words here\n\nthree", "one\n\ntwo words there\n\nthree\n\nfour")
	want := [][]piece{
		{{Text: "two words "}, {Text: "here", Del: true}, {Text: " "}, {Text: "there", Ins: true}},
		{{Text: "four", Ins: true}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("diffParagraphs mismatch (-want +got):\n%s", diff)
	}
}

// Where a stretch was written anew, the old stands before the new, each whole.
func TestDiffRewritten(t *testing.T) {
	got := diffParagraphs("one\n\nthe gates were opened at dawn\n\nnobody was harmed by it", "one\n\nministers deny the report\n\ntwo villages stand under water")
	want := [][]piece{
		{{Text: "the gates were opened at dawn", Del: true}},
		{{Text: "nobody was harmed by it", Del: true}},
		{{Text: "ministers deny the report", Ins: true}},
		{{Text: "two villages stand under water", Ins: true}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("diffParagraphs mismatch (-want +got):\n%s", diff)
	}
}

// Without what was inserted a diff reads as the old text, and without what was deleted
// as the new one, white space aside.
func FuzzDiffWords(f *testing.F) {
	f.Add("a b c", "a x c")
	f.Add("水位下降", "水 位")
	f.Add(" ", "a")
	f.Fuzz(func(t *testing.T, from, to string) {
		if len(from) > 500 || len(to) > 500 {
			return
		}
		var before, after strings.Builder
		for _, p := range diffWords(from, to) {
			if !p.Ins {
				before.WriteString(p.Text)
			}
			if !p.Del {
				after.WriteString(p.Text)
			}
		}
		bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if bare(before.String()) != bare(from) || bare(after.String()) != bare(to) {
			t.Errorf("diffWords(%q, %q) reads %q before and %q after", from, to, before.String(), after.String())
		}
	})
}
