package lang

import (
	"slices"
	"strings"
	"testing"
)

func TestDetect(t *testing.T) {
	for _, tt := range []struct{ text, hint, want string }{
		{"The council rejected the water agreement on Monday, officials said.", "", "en"},
		{"The council rejected the water agreement on Monday, officials said.", "en-GB", "en"},
		{"Der Rat hat das Abkommen über die Verteilung des Wassers am Montag abgelehnt, teilte die Regierung mit.", "", "de"},
		{"Der Rat hat das Abkommen über die Verteilung des Wassers am Montag abgelehnt, teilte die Regierung mit.", "en-US", "de"},
		{"Le conseil a rejeté lundi l’accord sur le partage des eaux, ont déclaré des responsables.", "en", "fr"},
		{"Совет отклонил соглашение о распределении воды, сообщили власти.", "en", "ru"},
		{"Рада відхилила угоду про розподіл води, повідомили в уряді у понеділок.", "", "uk"},
		{"Савет адхіліў пагадненне аб размеркаванні вады, паведамілі ўлады.", "ru", "be"},
		{"Кеңес су бөлу туралы келісімді қабылдамады", "kk", "kk"},
		{"Савет је одбацио споразум о расподели воде, саопштиле су власти.", "sr", "sr"},
		{"رفض المجلس اتفاق المياه يوم الاثنين بحسب مسؤولين", "", "ar"},
		{"理事会は月曜日に水に関する協定を拒否した", "", "ja"},
		{"理事会否决了水协议", "en", "zh"},
		{"理事会否决了水协议", "zh-Hant", "zh"},
		{"政府は水道協定拒否", "", "ja"},
		{"Bakke", "nb-NO", "no"},
		{"Rådet avviste vannavtalen mandag, sier tjenestemenn i regjeringen.", "nb", "no"},
		{"El consell va rebutjar l’acord sobre el repartiment de l’aigua dilluns.", "ca", "ca"},
		{"Вода", "sr-Latn", "sr"},
		{"شورا روز دوشنبه توافق آب را رد کرد و گفت که گفت\u200cوگوها ادامه دارد", "ar", "fa"},
		{"The council said on Monday that it would not sign the agreement, for it is not what the farmers had asked for.", "de", "en"},
		{"Vote: 19 to 12", "de", "de"},
		{"O conselho disse na segunda-feira que não vai assinar o acordo, porque não é o que os agricultores pediram.", "es", "pt"},
		{"Rådet sade på måndagen att det inte skriver under avtalet, för att det inte är vad bönderna har bett om.", "no", "sv"},
		{"Hội đồng cho biết sẽ không ký thỏa thuận này vì đó là điều không được người dân ủng hộ", "", "vi"},
		{"12 : 7", "de", "de"},
		{"12 : 7", "", "und"},
		{"", "xx-invalid-", "und"},
		{"Ok", "", "und"},
		{"Norrland: 3", "sv", "sv"},
		{"הממשלה דחתה את ההסכם ביום שני", "", "he"},
		{"สภาปฏิเสธข้อตกลงเรื่องน้ำ", "", "th"},
		{"Η κυβέρνηση απέρριψε τη συμφωνία", "en", "el"},
	} {
		if got := Detect(tt.text, tt.hint); got != tt.want {
			t.Errorf("Detect(%q, %q) = %q, want %q", tt.text, tt.hint, got, tt.want)
		}
	}
}

// Every language in the table of small words is told by them, and none by those of another.
func TestSmallWords(t *testing.T) {
	if len(smallTags) < 30 || len(smallTags) > 64 {
		t.Fatalf("%d languages", len(smallTags))
	}
	for line := range strings.Lines(wordTable) {
		tag, list, _ := strings.Cut(line, " ")
		if tag == "#" {
			continue
		}
		words := strings.Fields(list)
		if base(tag) != tag || len(words) < 25 {
			t.Errorf("%s: %d words", tag, len(words))
		}
		for _, w := range words {
			if len(w) > maxSmall {
				t.Errorf("%s: %q is long", tag, w)
			}
		}
		for _, declared := range []string{tag, Und} {
			if got := bySmallWords(list, declared); got != tag && (got != "" || declared != Und) {
				t.Errorf("%s, declared %s: %q", tag, declared, got)
			}
		}
	}
	if counts, words := countSmall("L’eau, " + strings.Repeat("x", 1000) + " AND ÉTÉ 12 l'eau"); words != 5 || counts[slices.Index(smallTags, "en")] != 1 || counts[slices.Index(smallTags, "fr")] != 1 {
		t.Errorf("%d words, %v", words, counts)
	}
}

func BenchmarkDetectDeclared(b *testing.B) {
	texts := map[string]string{
		"declared": strings.Repeat("The council rejected the water agreement on Monday, officials said, for the farmers had not been asked. ", 20),
		"headline": "Norrland rejects the water agreement after nine hours of debate",
	}
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Detect(text, "en")
			}
		})
	}
}

func TestNames(t *testing.T) {
	for _, tt := range []struct{ f, in, want string }{
		{"dir", "ar-EG", "rtl"},
		{"dir", "fa", "rtl"},
		{"dir", "he", "rtl"},
		{"dir", "en", "ltr"},
		{"dir", "und", "ltr"},
		{"dir", "", "ltr"},
		{"dir", "az-Arab", "rtl"},
		{"dir", "ckb", "rtl"},
		{"dir", "ur", "rtl"},
		{"dir", "not a tag", "ltr"},
		{"country", "NO", "Norway"},
		{"country", "no", "Norway"},
		{"country", "XQ", "XQ"},
		{"country", "", ""},
		{"language", "en-GB", "English"},
		{"language", "nb", "Norwegian"},
		{"language", "und", "Unknown language"},
		{"language", "zh-Hant", "Chinese"},
	} {
		f := map[string]func(string) string{"dir": Dir, "country": CountryName, "language": LanguageName}[tt.f]
		if got := f(tt.in); got != tt.want {
			t.Errorf("%s(%q) = %q, want %q", tt.f, tt.in, got, tt.want)
		}
	}
}

// Headlines whose language nobody says.
func TestDetectHeadline(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"Norrland rejects the water agreement after nine hours of debate", "en"},
		{"Ferry strike enters third week", "en"},
		{"Bakan: Su anlaşması yarın imzalanacak", "tr"},
		{"Parlament lehnt das Wasserabkommen ab", "de"},
		{"El consejo rechaza el acuerdo del agua", "es"},
		{"Le conseil rejette l’accord sur l’eau", "fr"},
		{"Rada odrzuca umowę wodną po dziewięciu godzinach", "pl"},
		{"Совет отклонил соглашение о воде", "ru"},
		{"Рада відхилила угоду про воду", "uk"},
		{"Президент подписал закон о паромах", "ru"},
		{"Zyx", Und},
		{"Quux Foo 12", Und},
	} {
		if got := Detect(tt.text, ""); got != tt.want {
			t.Errorf("Detect(%q) = %s, want %s", tt.text, got, tt.want)
		}
	}
	// A short text that looks like a language that news are seldom in is what it is declared to be.
	if got := byCommonWords("the council of the water and the ferry", "en"); got == "en" {
		t.Error("a language that is out of the question was found")
	}
	if got := byCommonWords(strings.Repeat("the ", 1000)); got != "en" {
		t.Errorf("byCommonWords of a thousand the = %q", got)
	}
}

func TestCommonTable(t *testing.T) {
	tags := map[string]bool{}
	for line := range strings.Lines(commonTable) {
		tag, list, ok := strings.Cut(line, " ")
		if !ok || tag == "#" {
			continue
		}
		tags[tag] = true
		if n := len(strings.Fields(list)); base(tag) != tag || n < 1000 || n > 2000 {
			t.Errorf("%s: %d words", tag, n)
		}
	}
	if len(tags) < 30 {
		t.Errorf("common words of %d languages", len(tags))
	}
}
