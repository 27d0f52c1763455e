package shingle

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parallax/internal/lang"
	"parallax/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// agency is an invented text, as an agency sent it.
const agency = `VELMORA, 3 November. The regional council of Norrland rejected the draft water agreement on Monday evening, with nineteen votes to twelve, after a debate that lasted nine hours.

The draft would have fixed how much of the river's flow each side of the border may draw off between May and September. Farmers in twelve villages had warned that the quotas left them without irrigation in dry years.

"We do not refuse to talk, we refuse to sign a paper that our own engineers have not seen," said council chair Ina Dalby. Her party had asked for the measurements of the upper gauge to be published before the vote.

The government of Sudermark called the decision regrettable. A spokesman for its ministry of agriculture, Tor Halven, said that the offer of a joint gauge at Kesten bridge remained on the table and that technical talks would continue as planned next week.

Traders in the port of Velmora said that grain prices had hardly moved. The river carries about a third of the region's freight in autumn, when the locks are open around the clock.

Observers of the river commission, which both sides founded forty years ago, are to report on the level of the reservoirs before the end of the month. The commission has no power to decide, but its figures have been accepted by the courts of both sides.`

// rewritten is another outlet's own report of the same event.
const rewritten = `After nine hours of debate the council of Norrland has said no to the water agreement. Nineteen members voted against the draft on Monday, twelve for it.

Council chair Ina Dalby said her side was not against talks as such. "We do not refuse to talk, we refuse to sign a paper that our own engineers have not seen," she told reporters.

In Sudermark the vote was met with regret. Tor Halven of the ministry of agriculture pointed to a standing offer, a gauge at Kesten bridge run by both sides together, and promised that the experts would meet next week in any case.

For the villages along the lower river the question is a practical one. Without a settlement the old rule of 1986 applies, which lets each side draw as much as its pumps can lift.

The river commission will present its reservoir figures at the end of the month. Grain prices in Velmora did not react.`

const flash = "The regional council of Norrland rejected the draft water agreement on Monday evening, with nineteen votes to twelve, after a debate that lasted nine hours."

// results and prices are written by forms.
func results(state, town, winner, loser string) (title, text string) {
	return winner + " wins in " + state, fmt.Sprintf(`%[3]s has won the seat of %[1]s in the senate, as the commission for elections announced on Tuesday night after nearly all votes had been counted.

The turnout was higher than four years ago, said the commission, whose members had met in the afternoon to settle complaints about long lines before polling stations. In %[2]s the stations stayed open for an hour longer than planned.

%[4]s conceded before midnight and thanked all who had helped in a campaign that was the most expensive in the history of the senate. Both parties had sent their leaders for the last rallies.

The new senate meets for the first time in January. It has to decide on the budget, on the law on fisheries and on the reform of the courts, which were put off before the elections. Whether there will be a majority for any of these nobody dares to say yet.

The results become final when the commission has published them in its journal, which is expected within three weeks. Until then complaints can be brought before the court in the capital.`, state, town, winner, loser)
}

func prices(day string, wheat, barley, oil, euro float64) (title, text string) {
	return "Prices of " + day, fmt.Sprintf(`On the exchange of Velmora the following prices were paid on %[1]s: wheat %.2[2]f crowns a ton, barley %.2[3]f crowns a ton, heating oil %.2[4]f crowns a barrel, each for delivery within the month. One euro cost %.2[5]f crowns.

All prices are those of the last trade of the day as the exchange reports them, without tax and freight. The exchange is open from Monday to Friday; it is closed on holidays of both sides of the river.

Wheat and barley are traded by the ton and must be brought to one of the stores in the port, where they are weighed and looked at by sworn inspectors. Oil is traded by the barrel and stays in the tanks of the harbour company until somebody comes for it. Who buys has to pay before noon of the next day of trade. The exchange was founded by merchants of both banks, who wanted to know in the evening what their goods had been worth in the morning, and its list has hung at the door of the customs house since then. Complaints about a price are heard by three merchants whom the members elect for a year.`, day, wheat, barley, oil, euro)
}

func TestCopies(t *testing.T) {
	paragraphs := strings.Split(agency, "\n\n")
	ohio, ohioText := results("Ostrand", "Melby", "Karin Moe", "Jon Vik")
	iowa, iowaText := results("Vestrand", "Lunde", "Erik Aas", "Siri Foss")
	monday, mondayText := prices("3 November", 212.50, 187.25, 64.10, 11.42)
	tuesday, tuesdayText := prices("4 November", 214.75, 186.00, 63.85, 11.39)
	day := ""
	for hour := range 60 {
		day += fmt.Sprintf("\n\nAt %d minutes past the hour train %d left platform %d for the coast with %d passengers, and nobody saw the driver.", hour, 7*hour, 3*hour, 11*hour)
	}
	for _, tt := range []struct {
		name            string
		earlier, later  [2]string
		copied          bool
		least, greatest int // of 100 words
	}{
		{"the same", [2]string{"", agency}, [2]string{"No to the draft", agency}, true, 100, 100},
		{"house style", [2]string{"", agency}, [2]string{"", strings.NewReplacer(`"`, "“", "'", "’", "-", "–", ". ", ".  ", "Ina", "INA").Replace(agency)}, true, 100, 100},
		{"shortened to two paragraphs of six", [2]string{"", agency}, [2]string{"", strings.Join(paragraphs[:2], "\n\n")}, true, 100, 100},
		{"a paragraph and a header more", [2]string{"", agency}, [2]string{"", "From our own reporters and agencies\n\n" + paragraphs[0] + "\n\nIn Melby, where the drums of the protest could be heard until the evening, shops closed early.\n\n" + strings.Join(paragraphs[1:], "\n\n")}, true, 85, 95},
		{"words of the house", [2]string{"", agency}, [2]string{"", strings.NewReplacer("Monday evening", "Monday", "hardly moved", "barely changed", "regrettable", "a pity").Replace(agency)}, true, 90, 99},
		{"rewritten", [2]string{"Council rejects water agreement", agency}, [2]string{"Norrland says no", rewritten}, false, 0, 0},
		{"a flash, as the summary of a feed", [2]string{"", flash}, [2]string{"", flash}, true, 100, 100},
		{"the report that has the flash", [2]string{"", agency}, [2]string{"", flash}, true, 100, 100},
		{"the report that was written after the flash", [2]string{"", flash}, [2]string{"", agency}, false, 0, 0},
		{"a paragraph before the flash", [2]string{"", flash}, [2]string{"", "Velmora. It was a long evening for all who had come.\n\n" + flash}, true, 60, 80},
		{"a paragraph of a page that holds all of the day", [2]string{"", agency + day}, [2]string{"", flash}, false, 0, 0},
		{"too short to tell", [2]string{"", "The council of Norrland rejected the draft on Monday."}, [2]string{"", "The council of Norrland rejected the draft on Monday."}, false, 0, 0},
		{"results of two states", [2]string{ohio, ohioText}, [2]string{iowa, iowaText}, false, 0, 0},
		{"results of one state", [2]string{ohio, ohioText}, [2]string{"Senate: Moe takes Ostrand", ohioText}, true, 100, 100},
		{"prices of two days", [2]string{monday, mondayText}, [2]string{tuesday, tuesdayText}, false, 0, 0},
		{"Chinese", [2]string{"", chinese}, [2]string{"", strings.NewReplacer("，", ",", "。", ". ").Replace(chinese)}, true, 100, 100},
		{"Chinese, shortened", [2]string{"", chinese}, [2]string{"", chinese[:len(chinese)*2/3/3*3]}, true, 95, 100},
		{"Chinese, another", [2]string{"", chinese}, [2]string{"", chineseOther}, false, 0, 0},
		{"Japanese", [2]string{"", japanese}, [2]string{"", "【ベルモラ】" + japanese}, true, 90, 99},
		{"Thai", [2]string{"", thai}, [2]string{"", strings.ReplaceAll(thai, " ", "")}, true, 80, 100},
		{"nothing", [2]string{"", ""}, [2]string{"", ""}, false, 0, 0},
	} {
		earlier, later := Of(tt.earlier[0], tt.earlier[1]), Of(tt.later[0], tt.later[1])
		share, copied := Copies(later, earlier)
		if copied != tt.copied || share < tt.least || share > tt.greatest {
			t.Errorf("%s: copied %v, share %d, want %v and %d to %d (%d of %d and %d runs are shared)", tt.name, copied, share,
				tt.copied, tt.least, tt.greatest, common(later.set, earlier.set), len(later.set), len(earlier.set))
		}
		if copied && !slices.ContainsFunc(later.Sample(), func(h int32) bool { return slices.Contains(earlier.Sample(), h) }) {
			t.Errorf("%s: the samples have nothing in common", tt.name)
		}
	}
}

const (
	chinese      = "诺兰地区议会周一晚间经过九个小时的辩论，以十九票对十二票否决了水资源协议草案。草案原本规定了边界两侧在五月至九月期间可以从河中取水的数量。十二个村庄的农民曾警告说，在干旱年份，配额将使他们无法灌溉。"
	chineseOther = "周一，诺兰议会否决了有关水资源的协议。议员们讨论到深夜，十九人反对，十二人赞成。苏德马克政府表示遗憾，并说专家会谈将于下周照常举行，联合测量站的提议仍然有效，粮食价格没有变化。"
	japanese     = "ノルランド地方議会は月曜日の夜、九時間にわたる討論の末、水に関する協定案を十九対十二で否決した。協定案は、国境の両側が五月から九月までに川から取ることのできる水の量を定めるものだった。"
	thai         = "สภาภูมิภาคนอร์ลันด์ลงมติไม่รับร่างข้อตกลงเรื่องน้ำเมื่อค่ำวันจันทร์ ด้วยคะแนนสิบเก้าต่อสิบสองเสียง หลังจากอภิปรายนานเก้าชั่วโมง ร่างดังกล่าวจะกำหนดปริมาณน้ำที่แต่ละฝ่ายสามารถสูบจากแม่น้ำได้ระหว่างเดือนพฤษภาคมถึงกันยายน"
)

// What is a copy of a text is one of what repeats that text word for word, too, and a text
// of 20 words and more is a copy of itself.
func TestCopiesOfTheSame(t *testing.T) {
	word := rapid.SampledFrom(strings.Fields(agency))
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(word, 0, 60).Draw(t, "words")
		text := Of("", strings.Join(words, " "))
		again := Of("Another headline", strings.ToUpper(strings.Join(words, ", ")))
		share, copied := Copies(again, text)
		if want := text.size >= minWords; copied != want || copied && share != 100 {
			t.Errorf("%d words: a copy of itself %v, by %d", text.size, copied, share)
		}
		if !slices.Equal(text.Sample(), again.Sample()) {
			t.Errorf("samples %v and %v", text.Sample(), again.Sample())
		}
		if n := len(text.Sample()); n > maxSample || (n > 0) != (text.size >= minWords) {
			t.Errorf("%d words, a sample of %d", text.size, n)
		}
	})
}

// The words are those of lang, whichever way they are found.
func FuzzWords(f *testing.F) {
	for _, text := range []string{
		agency, chinese, japanese, thai, "", " ", "U.S. prices (5,000) don't _fall_ 25th: O'Neil said; \"no\"…", "a\tb\u00a0c\u2028d e\u0301f", "ﬁne\xff x\xe4 y",
		strings.Repeat("a", 70) + " b", "2025 20.5 1:30 http://a.example/b?c", "İstanbul ISTANBUL ё", "a.b c:d e'f g\u2019s \u200bz",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got, want []word
		each(text, func(w word) { got = append(got, w) })
		for _, w := range lang.Tokens(text, "") {
			want = append(want, word{hash(w.Word), w.Number, isPair(w.Word)})
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %d words, want %d", text, len(got), len(want))
		}
	})
}

func BenchmarkOf(b *testing.B) {
	b.SetBytes(int64(len(agency)))
	for b.Loop() {
		Of("Council rejects water agreement", agency)
	}
}

func BenchmarkCopies(b *testing.B) {
	x, y := Of("", agency), Of("", agency[200:])
	for b.Loop() {
		Copies(y, x)
	}
}
