package number

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func told(sentence, tag string) (list []string) {
	kinds := []string{"", "percent", "money", "year", "time", "label"}
	bounds := []string{"", ">=", "<=", "~"}
	for _, n := range Find(sentence, tag) {
		if n.Kind == Year || n.Kind == Time || n.Kind == Label {
			list = append(list, kinds[n.Kind])
			continue
		}
		s := bounds[n.Bound] + fmt.Sprint(int64(n.Low*1000)/1000)
		if f := n.Low - float64(int64(n.Low)); f > 0 {
			s = bounds[n.Bound] + fmt.Sprint(n.Low)
		}
		if n.High > n.Low {
			s += "-" + fmt.Sprint(int64(n.High))
		}
		list = append(list, strings.TrimSpace(s+" "+n.Unit))
	}
	return list
}

func TestFind(t *testing.T) {
	for _, tt := range []struct{ tag, in, want string }{
		{"en", "At least 12 people died and 1,204 were hurt.", ">=12|1204"},
		{"en", "In bold 𝟭𝟮 died, in double strokes 𝟘𝟙𝟚 were hurt.", "12|12"},
		{"en", "Between 10 and 20 ships, 3-5 boats.", "10-20|3-5"},
		{"en", "Twenty-five men, two hundred thousand women and two hundred and five children.", "25|200000|205"},
		{"en", "It cost $3.5 million, or €40m, 5 percent more than in 2019.", "3500000 USD|40000000 EUR|5 %|year"},
		{"en", "On May 3 at 5 p.m. the 34-year-old, aged 34, waited 10 days.", "time|time|time|time|time"},
		{"en", "They won 3-1, the 20th time, with an F-16 of the G7.", "label|label|label|label"},
		{"en", "More than 300 of about 5,000 fled; as many as 40 stayed, 100 or more came.", ">=300|~5000|<=40|>=100"},
		{"en", "Call 0123456789 or 555-1234-99.", "label|label|label"},
		{"en", "10 to 20 million people", "10000000-20000000"},
		{"de", "Mindestens 1.204 Menschen starben am 3. Oktober, 3,5 Millionen Euro fehlen.", ">=1204|time|3500000 EUR"},
		{"fr", "Au moins 10 000 personnes, près de 3,5 millions d'euros, 12 %.", ">=10000|~3500000|12 %"},
		{"es", "Al menos 20 muertos y 1.500 heridos en dos días.", ">=20|1500|time"},
		{"ru", "Погибли не менее 25 человек, более 1,5 тыс. пострадали; ущерб 3 млрд рублей. Трое детей.", ">=25|>=1500|3000000000 RUB|3"},
		{"ru", "В 2014 году 45-летний мужчина", "time|time"},
		{"uk", "Щонайменше 12 людей загинули, понад 10 тис. виїхали.", ">=12|>=10000"},
		{"ar", "قتل ما لا يقل عن ١٢ شخصا وأصيب نحو ٣٠", ">=12|~30"},
		{"ar", "مقتل ثلاثة جنود", "3"},
		{"zh", "至少12人死亡，300多人受伤，损失3.5亿元。", ">=12|>=300|350000000 CNY"},
		{"zh", "三十五人死亡，两百五十万人受影响，2024年5月3日", "35|2500000|time|time|time"},
		{"pl", "Zginęło co najmniej 12 osób, 3 tys. rannych", ">=12|3000"},
		{"tr", "en az 12 kişi öldü", ">=12"},
		{"en", "It rose from 40 to 45, and US$5 is S$7.", "40|45|5 USD|7 SGD"},
		{"en", "It weighs 1.2.3 and 10.20.30.40", "label|label"},
	} {
		want := strings.Split(tt.want, "|")
		if diff := cmp.Diff(want, told(tt.in, tt.tag)); diff != "" {
			t.Errorf("%s %q: mismatch (-want +got):\n%s", tt.tag, tt.in, diff)
		}
	}
}

// Numbers stand in order, share no byte, and hold whole characters.
func TestSpans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SampledFrom([]string{
			"12", "1,204", "3.5", "million", "two", "hundred", "and", "-", "–", "to", "between", "$", "%", "May", "2019", ".", "тыс", "万", "三", "十", "٣",
			" ", " ", "\u00a0", "people", "F-", "й", "0", ":", "st", "\xff",
		})
		s := strings.Join(rapid.SliceOfN(words, 0, 12).Draw(t, "words"), "")
		tag := rapid.SampledFrom([]string{"", "en", "de", "ru", "zh", "ar"}).Draw(t, "tag")
		at := 0
		for _, n := range Find(s, tag) {
			if n.From < at || n.To <= n.From || n.To > len(s) || n.High < n.Low {
				t.Fatalf("%q: %+v after %d", s, n, at)
			}
			if !utf8.RuneStart(s[n.From]) || n.To < len(s) && utf8.ValidString(s) && !utf8.RuneStart(s[n.To]) {
				t.Fatalf("%q: %+v cuts a character", s, n)
			}
			at = n.To
		}
	})
}

func BenchmarkFind(b *testing.B) {
	s := "The port of Olm was shut on Monday, the council said, after at least 12 people had died there since May 3, and Mr. Dorn left."
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Find(s, "en")
	}
}
