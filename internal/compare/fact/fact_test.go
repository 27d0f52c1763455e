package fact

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parallax/internal/news"
	"parallax/internal/reading"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func find(accounts []reading.Account) []news.Fact { return Find(reading.Of(accounts)) }

// account returns an Account of an outlet "ID.example", which its own owner has.
func account(id, language, text string) reading.Account {
	return reading.Account{
		Article: &news.Article{ID: id, SourceID: id, Language: language, Text: text, Revision: 1, FirstSeen: noon},
		Owner:   "owner of " + id,
	}
}

// said returns the sentences of facts, each with the Article that it stands in.
func saidIn(t *testing.T, facts []news.Fact, accounts []reading.Account) (list []string) {
	t.Helper()
	for _, f := range facts {
		var b strings.Builder
		for i, p := range f.Passages {
			for _, a := range accounts {
				if words, ok := p.In(a.Article); ok {
					if i == 0 {
						b.WriteString(words)
					}
					b.WriteString(" | " + a.Article.ID)
				}
			}
		}
		if len(f.Near) > 0 {
			b.WriteString(" | near: " + strings.Join(f.Near, " "))
		}
		list = append(list, b.String())
	}
	return list
}

// filler is what the articles of a story say each for itself, so that words have a rarity.
var filler = []string{
	"Fishermen on the quay spoke of little else during breakfast.",
	"A brass band had rehearsed for the anniversary of the lighthouse.",
	"Schools in the hills remained closed because buses could not run.",
	"Insurance companies expect many claims from owners of greenhouses.",
}

func TestFind(t *testing.T) {
	for _, tt := range []struct {
		name string
		a, b string
		same bool
	}{
		{"other words around it", "The port of Velmora was closed on Monday after the storm damaged two cranes.", "After the storm damaged two cranes on Monday, the port of Velmora was closed until further notice, officials said.", true},
		{"a quotation", "“We will rebuild every crane in the harbour,” Mayor Anna Dorn said.", "“We will rebuild every crane in the harbour,” Dorn told reporters on Tuesday.", true},
		{"another number", "The storm damaged two cranes in the port of Velmora on Monday.", "The storm damaged three cranes in the port of Velmora on Monday.", false},
		{"another name", "The storm damaged the cranes in the port of Velmora on Monday.", "The storm damaged the cranes in the port of Olm on Monday.", false},
		{"a denial", "The council of Velmora has closed the port to tankers.", "The council of Velmora has not closed the port to tankers.", false},
		{"a condition", "The council of Velmora closed the port to tankers.", "The council of Velmora could close the port to tankers.", false},
		{"opposites", "Shares of Velmora Shipping rose sharply after the storm.", "Shares of Velmora Shipping fell sharply after the storm.", false},
		{"who won", "Keldmark has won before the sea tribunal at Port Ansel.", "A clear victory for Lorvane: the sea tribunal at Port Ansel has ruled that Keldmark must announce every release of water from the Orrin Dam at least six hours ahead.", false},
		{"where it is and where it goes", "A repair ship lies at Port Ansel.", "The repair ship can leave Port Ansel tonight, as soon as Lorvane signs the permit.", false},
		{"before and after", "Thirteen other Keldish ships had been brought in by pilots in the night.", "Thirteen Keldish ships are safe because Lorvanian pilots went out last night although they are on strike.", false},
		{"a question", "Was the patrol boat K-12 lying still in the fog when it collided with the ferry Marlen?", "The patrol boat K-12 was lying still in the fog when it collided with the ferry Marlen.", false},
		{"one word of many", "The port of Velmora was closed on Monday evening after the storm damaged two cranes and flooded the lower quay, the harbour master announced.", "The port of Velmora was closed on Monday evening after the storm damaged two cranes and flooded the lower quay, the harbour master declared.", true},
		{"one that leans on what stood before", "He closed the port of Velmora to tankers after the storm.", "He closed the port of Velmora to tankers after the storm.", false},
	} {
		accounts := []reading.Account{
			account("a", "en", filler[0]+"\n\n"+tt.a+"\n\n"+filler[1]),
			account("b", "en", filler[2]+"\n\n"+tt.b+"\n\n"+filler[3]),
		}
		got := saidIn(t, find(accounts), accounts)
		if tt.same != (len(got) == 1) {
			t.Errorf("%s: facts %q", tt.name, got)
		}
	}
}

func TestFindInOtherLanguages(t *testing.T) {
	for _, tt := range []struct{ tag, a, b string }{
		{"ru", "Порт Вельморы закрыли в понедельник после шторма, который повредил два крана.", "В понедельник порт Вельморы закрыли после шторма: он повредил два крана, сообщили власти."},
		{"de", "Der Hafen von Velmora wurde am Montag gesperrt, nachdem der Sturm zwei Kräne beschädigt hatte.", "Nachdem der Sturm zwei Kräne beschädigt hatte, wurde der Hafen von Velmora am Montag gesperrt."},
		{"zh", "韦尔莫拉港口在暴风雨损坏两台起重机后于星期一关闭。", "市政府说，韦尔莫拉港口在暴风雨损坏两台起重机后于星期一关闭。"},
		{"ar", "أغلق ميناء فيلمورا يوم الاثنين بعد أن ألحقت العاصفة أضرارا برافعتين.", "قال المجلس إن ميناء فيلمورا أغلق يوم الاثنين بعد أن ألحقت العاصفة أضرارا برافعتين."},
	} {
		accounts := []reading.Account{account("a", tt.tag, tt.a), account("b", tt.tag, tt.b)}
		if got := saidIn(t, find(accounts), accounts); len(got) != 1 {
			t.Errorf("%s: facts %q", tt.tag, got)
		}
	}
}

const shared = "The port of Velmora was closed on Monday after the storm damaged two cranes."

func TestOwnersAndCopies(t *testing.T) {
	one := []reading.Account{account("a", "en", shared+"\n\n"+filler[0]), account("b", "en", shared+"\n\n"+filler[1])}
	one[1].Owner = one[0].Owner
	if got := find(one); len(got) != 0 {
		t.Errorf("one owner alone: %v", got)
	}
	copies := []reading.Account{account("a", "en", shared+"\n\n"+filler[0]), account("b", "en", shared+"\n\n"+filler[0])}
	copies[1].Original = "a"
	if got := find(copies); len(got) != 0 {
		t.Errorf("one text alone: %v", got)
	}
	// A copy is no voice of its own, but what it says, its side says.
	copies = append(copies, account("c", "en", filler[1]+"\n\n"+shared))
	if got, want := saidIn(t, find(copies), copies), []string{shared + " | a | b | c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNear(t *testing.T) {
	accounts := []reading.Account{
		account("a", "en", shared+"\n\n"+filler[0]),
		account("b", "en", filler[1]+"\n\n"+shared),
		account("close", "en", filler[2]+"\n\nTwo cranes broke in the storm and the port is shut, they said in Velmora."),
		account("headline", "en", filler[2]),
		account("away", "en", filler[2]+"\n\n"+filler[3]),
		account("other", "de", "Der Hafen ruht."),
		account("part", "en", filler[3]),
	}
	accounts[3].Article.Title = "Storm damaged two cranes, port of Velmora closed"
	accounts[6].Part = true
	for i := range 130 { // more than are read
		accounts = append(accounts, account(fmt.Sprintf("late%03d", i), "en", filler[3]))
		accounts[len(accounts)-1].Article.FirstSeen = noon.Add(time.Hour)
	}
	facts := find(accounts)
	if len(facts) != 1 {
		t.Fatalf("facts %q", saidIn(t, facts, accounts))
	}
	first := slices.IndexFunc(facts[0].Near, func(id string) bool { return strings.HasPrefix(id, "late") })
	if got := facts[0].Near[first:]; got[0] != "late113" || !slices.Contains(got, "late129") {
		t.Errorf("of accounts that nobody read, absent is said to be what stands in all but %q", got)
	}
	facts[0].Near = slices.DeleteFunc(facts[0].Near, func(id string) bool { return strings.HasPrefix(id, "late") })
	got := saidIn(t, facts, accounts)
	if want := []string{shared + " | a | b | near: close headline other part"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// world draws accounts that repeat, shorten and change one another's sentences.
func world(t *rapid.T) []reading.Account {
	words := strings.Fields("port Velmora Olm storm crane closed council 12 40 not Monday tanker harbour mayor Dorn said ships damaged opened two fishermen quay")
	sentence := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(words), 4, 14), func(w []string) string {
		return "The " + strings.Join(w, " ") + "."
	})
	pool := rapid.SliceOfN(sentence, 3, 12).Draw(t, "sentences")
	var accounts []reading.Account
	for i := range rapid.IntRange(0, 8).Draw(t, "articles") {
		a := account(fmt.Sprint("a", i), rapid.SampledFrom([]string{"en", "en", "en-GB", "de"}).Draw(t, "language"),
			strings.Join(rapid.SliceOfN(rapid.SampledFrom(pool), 1, 8).Draw(t, "text"), "\n\n"))
		a.Owner = rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "owner")
		if i > 0 && rapid.IntRange(0, 4).Draw(t, "copy") == 0 {
			a.Original = accounts[0].Article.ID
		}
		a.Article.FirstSeen = noon.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "hour")) * time.Hour)
		accounts = append(accounts, a)
	}
	return accounts
}

func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		accounts := world(t)
		facts := find(accounts)
		seed := rapid.Uint64().Draw(t, "seed")
		turned := slices.Clone(accounts)
		shuffle := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // drawn by rapid
		shuffle.Shuffle(len(turned), func(i, j int) { turned[i], turned[j] = turned[j], turned[i] })
		if diff := cmp.Diff(facts, find(turned)); diff != "" {
			t.Fatalf("the order of articles matters:\n%s", diff)
		}
		byID := map[string]*reading.Account{}
		for i := range accounts {
			byID[accounts[i].Article.ID] = &accounts[i]
		}
		for _, f := range facts {
			owners, texts, seen := map[string]bool{}, map[string]bool{}, map[string]bool{}
			for _, p := range f.Passages {
				a := byID[p.ArticleID]
				if _, ok := p.In(a.Article); !ok || seen[p.ArticleID] || slices.Contains(f.Near, p.ArticleID) {
					t.Fatalf("passage %+v of %+v", p, f)
				}
				seen[p.ArticleID], owners[a.Owner] = true, true
				if a.Original == "" {
					texts[a.Article.ID] = true
				} else {
					texts[a.Original] = true
				}
			}
			if len(owners) < 2 || len(texts) < 2 {
				t.Fatalf("%+v is of owners %v and texts %v", f, owners, texts)
			}
		}
	})
}

// big returns a story of so many articles of realistic length, which share a third of what they say.
func big(n int) []reading.Account {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same story each time
	var vocabulary []string
	for range 3000 {
		w := ""
		for range 2 + r.IntN(3) {
			w += string("bdfgklmnprstvz"[r.IntN(14)]) + string("aeiou"[r.IntN(5)])
		}
		if r.IntN(6) == 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		vocabulary = append(vocabulary, w)
	}
	small := strings.Fields("the of to and in a that for on with was said is by at it as from has were")
	sentence := func() string {
		var b strings.Builder
		b.WriteString("The")
		for i := range 16 + r.IntN(14) {
			b.WriteByte(' ')
			switch {
			case i%2 == 0:
				b.WriteString(small[r.IntN(len(small))])
			case r.IntN(30) == 0:
				fmt.Fprint(&b, r.IntN(5000))
			default:
				b.WriteString(vocabulary[int(float64(len(vocabulary))*r.Float64()*r.Float64()*r.Float64())])
			}
		}
		return b.String() + "."
	}
	var pool []string
	for range 60 {
		pool = append(pool, sentence())
	}
	var accounts []reading.Account
	for i := range n {
		var text []string
		for range 28 {
			if r.IntN(3) == 0 {
				text = append(text, pool[r.IntN(len(pool))])
			} else {
				text = append(text, sentence())
			}
		}
		accounts = append(accounts, account(fmt.Sprint("a", i), "en", strings.Join(text, "\n\n")))
	}
	return accounts
}

func BenchmarkFind60(b *testing.B) {
	accounts := big(60)
	size := 0
	for _, a := range accounts {
		size += len(a.Article.Text)
	}
	b.SetBytes(int64(size))
	b.ReportMetric(float64(len(find(accounts))), "facts")
	for b.Loop() {
		find(accounts)
	}
}

// Who counts the same in words is not said to be silent about it.
func TestNearByNumber(t *testing.T) {
	const said = "The budget of Velmora passed with 102 votes to 47 on Tuesday evening."
	accounts := []reading.Account{
		account("a", "en", said+"\n\n"+filler[0]),
		account("b", "en", filler[1]+"\n\n"+said),
		account("words", "en", filler[2]+"\n\nOne hundred and two members were for it and forty-seven against."),
		account("away", "en", filler[2]+"\n\n"+filler[3]),
	}
	facts := find(accounts)
	if len(facts) != 1 || !slices.Equal(facts[0].Near, []string{"words"}) {
		t.Errorf("facts %q, near %q", saidIn(t, facts, accounts), facts[0].Near)
	}
}

// What stands where no sentence is read is not said to be absent: in a very long one, in capitals, in a
// caption.
func TestNearRest(t *testing.T) {
	const said = "Two cranes broke in the storm that closed the port of Velmora on Tuesday."
	for name, text := range map[string]string{
		"long":     "Because " + strings.Repeat("it was late and ", 90) + strings.ToLower(said[:1]) + said[1:],
		"capitals": strings.ToUpper(said),
		"caption":  strings.TrimSuffix(said, ".") + " (Reuters Photo/Anna Vale).",
	} {
		facts := find([]reading.Account{
			account("a", "en", said+"\n\n"+filler[0]), account("b", "en", filler[1]+"\n\n"+said),
			account("c", "en", filler[2]+"\n\n"+text),
		})
		if len(facts) == 0 || !slices.Contains(facts[0].Near, "c") && len(facts[0].Passages) < 3 {
			t.Errorf("%s: facts %+v", name, facts)
		}
	}
}

// BenchmarkHostile is of accounts that an outlet wrote so that much is compared: tables of numbers.
func BenchmarkHostile(b *testing.B) {
	var accounts []reading.Account
	for i := range 40 {
		var text strings.Builder
		for n := range 60 {
			text.WriteString("Table")
			for k := range 60 {
				fmt.Fprintf(&text, " %d", 10+(i*7+n*13+k*31)%89)
			}
			text.WriteString(" of Velmora.\n\n")
		}
		accounts = append(accounts, account(fmt.Sprint("a", i), "en", text.String()))
	}
	for b.Loop() {
		find(accounts)
	}
}
