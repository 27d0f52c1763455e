package figure

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parallax/internal/lang/number"
	"parallax/internal/news"
	"parallax/internal/reading"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// account returns what an outlet, which its own owner has, said so many hours after noon.
func account(id, language string, hour int, text string) reading.Account {
	return reading.Account{
		Article: &news.Article{ID: id, SourceID: id, Language: language, Text: text, Revision: 1, FirstSeen: noon.Add(time.Duration(hour) * time.Hour)},
		Owner:   "owner of " + id,
	}
}

func find(accounts []reading.Account) []news.Figure { return Find(reading.Of(accounts)) }

// said returns figures as a line each: verdict, what is counted, the numbers as they stand.
func said(figures []news.Figure, accounts []reading.Account) (list []string) {
	for _, f := range figures {
		line := strings.TrimSpace(f.Verdict + " " + f.Counted + f.Unit)
		for _, c := range f.Counts {
			for _, a := range accounts {
				if words, ok := c.Number.In(a.Article); ok {
					line += " | " + words
				}
			}
		}
		list = append(list, line)
	}
	return list
}

func TestFind(t *testing.T) {
	for _, tt := range []struct {
		name  string
		hours [3]int
		texts [3]string // the last may be missing
		want  string    // "" for none
	}{
		{"at odds", [3]int{0, 0}, [3]string{
			"The storm killed 12 people in the port of Velmora on Monday, the council said.",
			"The storm killed 40 people in the port of Velmora on Monday, the harbour master said.",
		}, "conflict killed | 12 | 40"},
		{"at least", [3]int{0, 0}, [3]string{
			"The storm killed at least 10 people in the port of Velmora on Monday.",
			"The storm killed 12 people in the port of Velmora on Monday.",
		}, ""},
		{"rounded", [3]int{0, 0}, [3]string{
			"About 5,000 passengers were stranded in the port of Velmora on Monday.",
			"The council said 4,985 passengers were stranded in the port of Velmora on Monday.",
		}, ""},
		{"a toll that grows", [3]int{0, 5, 9}, [3]string{
			"The storm killed 12 people in the port of Velmora on Monday.",
			"The storm killed 15 people in the port of Velmora on Monday.",
			"The storm killed 19 people in the port of Velmora on Monday.",
		}, "update killed | 12 | 15 | 19"},
		{"one that is behind", [3]int{0, 5, 9}, [3]string{
			"The storm killed 12 people in the port of Velmora on Monday.",
			"The storm killed 15 people in the port of Velmora on Monday.",
			"The storm killed 12 people in the port of Velmora on Monday.",
		}, "update killed | 12 | 15 | 12"},
		{"up and down", [3]int{0, 5, 9}, [3]string{
			"The storm killed 12 people in the port of Velmora on Monday.",
			"The storm killed 19 people in the port of Velmora on Monday.",
			"The storm killed 15 people in the port of Velmora on Monday.",
		}, "conflict killed | 12 | 19 | 15"},
		{"others are counted", [3]int{0, 0}, [3]string{
			"The storm killed 12 people in the port of Velmora on Monday.",
			"The storm injured 40 people in the port of Velmora on Monday.",
		}, ""},
		{"another day", [3]int{0, 0}, [3]string{
			"The storm killed 12 people in the port of Velmora on Monday.",
			"The storm killed 40 people in the port of Velmora on Tuesday.",
		}, ""},
		{"since long", [3]int{0, 0}, [3]string{
			"The storm killed 12 people in the port of Velmora.",
			"Storms killed 40 people in the port of Velmora since 2019.",
		}, ""},
		{"on top of others", [3]int{0, 0}, [3]string{
			"The storm killed 12 people in the port of Velmora on Monday.",
			"The storm killed two more people in the port of Velmora on Monday.",
		}, ""},
		{"who has both numbers", [3]int{0, 0}, [3]string{
			"The storm killed 12 people in the port of Velmora on Monday.",
			"The storm killed 40 people in the port of Velmora on Monday. In its harbour alone died 12.",
		}, ""},
		{"money", [3]int{0, 0}, [3]string{
			"The council of Velmora will spend $3 million to rebuild the cranes in the port.",
			"The council of Velmora will spend $8 million to rebuild the cranes in the port.",
		}, "conflict USD | $3 million | $8 million"},
		{"in other words", [3]int{0, 0, 3}, [3]string{
			"About 210 people left their homes for the night.",
			"The mayor spoke of 340 people who had to leave their homes, and of damage to two cranes.",
			"Between 210 and 340 people had to leave their homes, depending on who counts.",
		}, "conflict displaced | 210 | 340 | 210 and 340"},
		{"here and there", [3]int{0, 0, 0}, [3]string{
			"In Lorvane, 21 people were hurt by falling trees.",
			"In Keldmark, 25 people were hurt by falling walls.",
			"At least 46 people were hurt.",
		}, ""},
		{"a part of an event", [3]int{0, 0}, [3]string{
			"The first storm killed 12 people in the port of Velmora on Monday.",
			"The storm killed 20 people in the port of Velmora on Monday.",
		}, ""},
		{"how far it went", [3]int{0, 0}, [3]string{
			"The number of people killed in the port of Velmora rose by eight, the council said.",
			"The number of people killed in the port of Velmora rose to twelve, the council said.",
		}, ""},
		{"a lead", [3]int{0, 0}, [3]string{
			"Anna Dorn led the vote in the port of Velmora by just under 2,000 votes.",
			"Anna Dorn led the vote in the port of Velmora with 15,040 votes.",
		}, ""},
		{"where a storm is", [3]int{0, 0}, [3]string{
			"The storm was 280 miles from the port of Velmora on Monday.",
			"The storm was 435 miles from the port of Velmora on Monday.",
		}, ""},
		{"hours apart", [3]int{0, 9}, [3]string{
			"The storm killed 12 people in the port of Velmora on Monday.",
			"The storm killed 15 people in the port of Velmora on Monday.",
		}, "update killed | 12 | 15"},
		{"dates, ages and ordinals", [3]int{0, 0}, [3]string{
			"Mayor Anna Dorn, 45, closed the port of Velmora for the 3rd time on May 4.",
			"Mayor Anna Dorn, 46, closed the port of Velmora for the 5th time on May 9.",
		}, ""},
	} {
		var accounts []reading.Account
		for i, text := range tt.texts {
			if text != "" {
				accounts = append(accounts, account(fmt.Sprint("a", i), "en", tt.hours[i], text))
			}
		}
		var want []string
		if tt.want != "" {
			want = []string{tt.want}
		}
		if diff := cmp.Diff(want, said(find(accounts), accounts)); diff != "" {
			t.Errorf("%s: mismatch (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestFindInOtherLanguages(t *testing.T) {
	for _, tt := range []struct{ tag, a, b, want string }{
		{"de", "Bei dem Sturm im Hafen von Velmora starben 12 Menschen.", "Bei dem Sturm im Hafen von Velmora starben 40 Menschen.", "conflict killed | 12 | 40"},
		{"fr", "La tempête a tué 12 personnes dans le port de Velmora.", "La tempête a tué 40 personnes dans le port de Velmora.", "conflict killed | 12 | 40"},
		{"es", "La tormenta en el puerto de Velmora dejó 12 muertos.", "La tormenta en el puerto de Velmora dejó 40 muertos.", "conflict killed | 12 | 40"},
		{"ru", "В порту Вельморы во время шторма погибли 12 человек.", "В порту Вельморы во время шторма погибли 40 человек.", "conflict killed | 12 | 40"},
		{"uk", "У порту Вельмори під час шторму загинули 12 людей.", "У порту Вельмори під час шторму загинули 40 людей.", "conflict killed | 12 | 40"},
		{"ar", "قتل 12 شخصا في ميناء فيلمورا خلال العاصفة.", "قتل 40 شخصا في ميناء فيلمورا خلال العاصفة.", "conflict killed | 12 | 40"},
		{"zh", "暴风雨在韦尔莫拉港口造成12人死亡。", "暴风雨在韦尔莫拉港口造成40人死亡。", "conflict killed | 12 | 40"},
	} {
		accounts := []reading.Account{account("a", tt.tag, 0, tt.a), account("b", tt.tag, 0, tt.b)}
		if got := said(find(accounts), accounts); !slices.Equal(got, []string{tt.want}) {
			t.Errorf("%s: got %q, want %q", tt.tag, got, tt.want)
		}
	}
}

func TestOneVoice(t *testing.T) {
	accounts := []reading.Account{
		account("a", "en", 0, "The storm killed 12 people in the port of Velmora on Monday."),
		account("b", "en", 0, "The storm killed 40 people in the port of Velmora on Monday."),
	}
	accounts[1].Owner = accounts[0].Owner
	if got := find(accounts); len(got) > 0 {
		t.Errorf("one owner alone is at odds with itself: %+v", got)
	}
	accounts[1].Owner, accounts[1].Original = "another", "a"
	if got := find(accounts); len(got) > 0 {
		t.Errorf("a copy is at odds with its text: %+v", got)
	}
}

func TestCompatible(t *testing.T) {
	exact := func(x float64) number.Number { return number.Number{Low: x, High: x} }
	bound := func(x float64, b number.Bound) number.Number { return number.Number{Low: x, High: x, Bound: b} }
	for _, tt := range []struct {
		a, b number.Number
		want bool
	}{
		{exact(12), exact(12), true},
		{exact(12), exact(13), false},
		{exact(10), exact(13), false},
		{exact(20), exact(18), false},
		{exact(5000), exact(4985), true},
		{exact(5000), exact(4400), false},
		{exact(1.2e9), exact(1.23e9), true},
		{exact(1.2e9), exact(1.4e9), false},
		{exact(9), exact(9.4), true},
		{exact(9), exact(9.6), false},
		{exact(150), exact(150e9), true},
		{number.Number{Low: 10, High: 20}, exact(15), true},
		{number.Number{Low: 10, High: 20}, exact(25), false},
		{bound(10, number.Least), exact(400), true},
		{bound(10, number.Least), exact(9), false},
		{bound(10, number.Least), bound(20, number.Least), true},
		{bound(10, number.Most), exact(9), true},
		{bound(10, number.Most), exact(12), false},
		{bound(100, number.About), exact(110), true},
		{bound(100, number.About), exact(150), false},
	} {
		if got := compatible(&tt.a, &tt.b); got != tt.want || compatible(&tt.b, &tt.a) != got {
			t.Errorf("compatible(%+v, %+v) = %v", tt.a, tt.b, got)
		}
	}
}

// The order of the articles does not matter, every count names words, and two owners stand in each.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := strings.Fields("12 40 two people killed injured at least port Velmora storm Monday $3 million 5% sailors the of in and more 2019")
		sentence := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(words), 4, 14), func(w []string) string { return "The " + strings.Join(w, " ") + "." })
		pool := rapid.SliceOfN(sentence, 2, 8).Draw(t, "sentences")
		var accounts []reading.Account
		for i := range rapid.IntRange(0, 6).Draw(t, "articles") {
			a := account(fmt.Sprint("a", i), rapid.SampledFrom([]string{"en", "en", "de"}).Draw(t, "language"), rapid.IntRange(0, 3).Draw(t, "hour"),
				strings.Join(rapid.SliceOfN(rapid.SampledFrom(pool), 1, 5).Draw(t, "text"), "\n\n"))
			a.Owner = rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "owner")
			accounts = append(accounts, a)
		}
		figures := find(accounts)
		turned := slices.Clone(accounts)
		slices.Reverse(turned)
		seed := rapid.Uint64().Draw(t, "seed")
		shuffle := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // drawn by rapid
		shuffle.Shuffle(len(turned), func(i, j int) { turned[i], turned[j] = turned[j], turned[i] })
		if diff := cmp.Diff(figures, find(turned)); diff != "" {
			t.Fatalf("the order of articles matters:\n%s", diff)
		}
		for _, f := range figures {
			owners := map[string]bool{}
			for _, c := range f.Counts {
				for _, a := range accounts {
					if a.Article.ID != c.Number.ArticleID {
						continue
					}
					owners[a.Owner] = true
					if _, ok := c.Number.In(a.Article); !ok || c.Number.From < c.Sentence.From || c.Number.To > c.Sentence.To || c.Low > c.High {
						t.Fatalf("count %+v", c)
					}
				}
			}
			if len(owners) < 2 || f.Verdict == "" {
				t.Fatalf("figure %+v of %v", f, owners)
			}
		}
	})
}

// read60 is a story of 60 articles of realistic length that count a lot.
func read60() *reading.Reading {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same story each time
	var accounts []reading.Account
	for i := range 60 {
		var text []string
		for k := range 28 {
			text = append(text, fmt.Sprintf("The storm killed %d people and injured %d others in street %d of Velmora, where the council will spend $%d million on cranes and quays.",
				r.IntN(30), r.IntN(90), r.IntN(40)+k, r.IntN(9)+1))
		}
		accounts = append(accounts, account(fmt.Sprint("a", i), "en", i/6, strings.Join(text, "\n\n")))
	}
	return reading.Of(accounts)
}

func BenchmarkFind60(b *testing.B) {
	all := read60()
	b.ReportMetric(float64(len(Find(all))), "figures")
	for b.Loop() {
		Find(all)
	}
}
