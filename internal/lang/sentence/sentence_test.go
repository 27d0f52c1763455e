package sentence

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func pieces(text, tag string) (list []string) {
	Pieces(text, tag, func(s Span, _ bool) bool {
		list = append(list, text[s.From:s.To])
		return true
	})
	return list
}

func TestPieces(t *testing.T) {
	for _, tt := range []struct{ name, tag, in string }{ // "|" stands where a piece is to end
		{"two", "en", "The harbour is shut. | Ships wait outside."},
		{"titles and initials", "en", "Mr. Dorn met Dr. J. K. Vale in St. Olm. | They left at 5 p.m. | The talks go on."},
		{"letters with stops", "en", "The U.S. Navy sailed from the U.S. | The crew cheered."},
		{"decimals", "en", "It rose 3.5 percent to 1.204.000 marks. | It fell."},
		{"a quote that ends after the stop", "en", "“We shall stay.” | The mayor left."},
		{"a question that goes on", "en", "“Why now?” she asked. | Nobody knew!"},
		{"German closing quotes", "de", "„Wir bleiben.“ | Das sagte er."},
		{"German ordinals", "de", "Am 3. Oktober 2025 begann es. | Es endete 2026. | Dann kam z.B. Regen."},
		{"Guillemets", "fr", "« Nous restons. » | M. Dorn est parti."},
		{"Russian", "ru", "В г. Ольм живут 3 тыс. человек. | А. В. Дорн уехал."},
		{"Chinese", "zh", "港口关闭。|“我们留下。”|他说了！|为什么？"},
		{"Japanese", "ja", "港が閉鎖された。|船は外で待つ。"},
		{"Arabic", "ar", "أغلق الميناء. | هل تنتظر السفن؟ | نعم تنتظر السفن."},
		{"Urdu", "ur", "بندرگاہ بند ہے۔ | جہاز باہر انتظار کر رہے ہیں۔"},
		{"Hindi", "hi", "बंदरगाह बंद है। | जहाज बाहर हैं।"},
		{"lines", "en", "Harbour shut\n\n|The port of Olm is shut.\n|Ships wait"},
		{"joined paragraphs", "en", "The port is shut.|Ships wait outside."},
		{"host names", "en", "It stands on olm.example and in Node.js files."},
		{"dots", "en", "He said ... nothing. | And then … | He left."},
		{"brackets", "en", "(It was late.) | She went."},
		{"no text", "en", " \n "},
	} {
		var want []string
		for p := range strings.SplitSeq(tt.in, "|") {
			if p = strings.TrimSpace(p); p != "" {
				want = append(want, p)
			}
		}
		in := strings.ReplaceAll(strings.ReplaceAll(tt.in, " | ", " "), "|", "")
		if diff := cmp.Diff(want, pieces(in, tt.tag)); diff != "" {
			t.Errorf("%s: mismatch (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestThai(t *testing.T) {
	clause := strings.Repeat("ท่าเรือปิด", 12)
	if got := pieces(clause+" "+clause+" "+clause, "th"); len(got) != 3 || got[0] != clause {
		t.Errorf("%d pieces, want 3", len(got))
	}
}

func TestOf(t *testing.T) {
	text := strings.Join([]string{
		"Harbour shut", "By Anna Vale", "The port of Olm was shut on Monday, the council said.", "Read more: the port in pictures and numbers.",
		"Ships wait off Olm on Monday. (AP Photo/Anna Vale)", "No.", "UPDATE FOR ALL OUR READERS OF TODAY.",
		"Nobody was hurt in the storm that came over the island on the evening before", "港口星期一关闭，市议会说。", "更多精彩内容请点击这里查看。",
	}, "\n\n")
	want := []string{
		"The port of Olm was shut on Monday, the council said.", "Ships wait off Olm on Monday.",
		"Nobody was hurt in the storm that came over the island on the evening before", "港口星期一关闭，市议会说。",
	}
	var got []string
	for _, s := range Of(text, "en", 99) {
		got = append(got, text[s.From:s.To])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
	if n := len(Of(text, "en", 2)); n != 2 {
		t.Errorf("%d sentences, want the first 2", n)
	}
}

// Sentences stand in order, share no byte, hold whole characters, and lose nothing but space.
func TestSpans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.String(),
			rapid.StringOfN(rapid.RuneFrom([]rune(" .!?…\n\"'“”«»()。？؟۔aBй3ทة\uFFFD")), 0, 60, -1),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		).Draw(t, "text")
		tag := rapid.SampledFrom([]string{"", "en", "de", "ru", "zh", "th", "ar"}).Draw(t, "tag")
		at := 0
		Pieces(text, tag, func(s Span, _ bool) bool {
			if s.From < at || s.To <= s.From || s.To > len(text) {
				t.Fatalf("%+v after %d of %d bytes", s, at, len(text))
			}
			if lost := strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(text[at:s.From], "\uFFFD", ""), "")); lost != "" {
				t.Fatalf("lost %q", lost)
			}
			first, _ := utf8.DecodeRuneInString(text[s.From:])
			if first == utf8.RuneError || s.To < len(text) && utf8.ValidString(text) && !utf8.RuneStart(text[s.To]) {
				t.Fatalf("%+v cuts a character of %q", s, text)
			}
			at = s.To
			return true
		})
		all := Of(text, tag, 1000)
		few := Of(text, tag, 1)
		if len(few) > 1 || len(few) == 1 && few[0] != all[0] {
			t.Fatalf("the first of %v is %v", all, few)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	text := strings.Repeat("The port of Olm was shut on Monday, the council said, and Mr. Dorn of the U.S. Navy left at 5 p.m. for 3.5 days.\n\n", 50)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Of(text, "en", 1000)
	}
}

// BenchmarkStops cuts a text of nothing but stops and letters.
func BenchmarkStops(b *testing.B) {
	text := strings.Repeat("a.AA", 15_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Of(text, "en", 60)
	}
}
