package boilerplate

import (
	"fmt"
	"html"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
	"parallax/internal/sanitize"
)

var start = time.Date(2026, 11, 4, 6, 0, 0, 0, time.UTC)

// titles have no word in common.
var titles = []string{
	"Council rejects water agreement", "Ferry company halves winter timetable", "School bus route tendered again",
	"Grain prices hardly move", "Museum opens northern wing", "Storm damages harbour wall", "Chess club wins league",
	"Doctors call for night clinic", "Railway bridge closes Sunday", "Librarians strike over pay", "New mayor sworn in",
	"Orchestra plays forgotten symphony", "Beavers return to upper valley", "Brewery sold to cooperative",
	"Court hears fishing dispute", "Teachers praise smaller classes", "Bakery celebrates a century", "Volcano ash grounds planes",
	"Village votes against quarry", "Swimmers demand cleaner lake",
}

// article is the nth of an outlet: three paragraphs of its own and whatever blocks are added.
func article(n int, blocks ...string) *news.Article {
	a := &news.Article{
		ID: fmt.Sprint("a", n), Title: titles[n%len(titles)], Language: "en", FirstSeen: start.Add(time.Duration(n) * 7 * time.Hour),
		HTML: fmt.Sprintf("<p>Beginning %d: what happened is told here.</p><p>Middle %d: why it happened is told here.</p><p>Ending %d: what comes next is told here.</p>", n, n, n),
	}
	for _, b := range blocks {
		a.HTML += "<p>" + html.EscapeString(b) + "</p>"
	}
	return written(a)
}

func written(a *news.Article) *news.Article {
	a.HTML = sanitize.HTML(a.HTML, "")
	a.Text = sanitize.Text(a.HTML)
	return a
}

func TestMark(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"Follow us on the Square!", "follow us — on the square", true},
		{"Follow us on the Square", "Follow us on the Circle", false},
		{"Updated 3 May 2026, 10:12 CET", "Updated 21 June 2026, 9:05 GMT", true},
		{"© 2025 Harbour Times, all rights reserved", "© 2026 Harbour Times, all rights reserved", true},
		{"12 were killed", "13 were killed", false},
		{"The index rose 3.25 percent", "The index rose 4.10 percent", false},
		{"Следите за нами", "СЛЕДИТЕ ЗА НАМИ.", true},
	} {
		if same := mark(tt.a) == mark(tt.b); same != tt.same || mark(tt.a) == 0 {
			t.Errorf("%q and %q: same %t, want %t", tt.a, tt.b, same, tt.same)
		}
	}
	for _, none := range []string{"", "***", "3 May 2026", "10:12", strings.Repeat("long ", maxBlock)} {
		if mark(none) != 0 {
			t.Errorf("%.20q has a mark", none)
		}
	}
}

func TestNotice(t *testing.T) {
	for block, want := range map[string]bool{
		"This article was originally published in the Harbour Times.":                                     true,
		"The views expressed in this article do not necessarily reflect those of the Harbour Times.":      true,
		"Мнение автора может не совпадать с позицией редакции.":                                           true,
		"Dieser Beitrag ist zuerst erschienen bei der Hafenzeitung.":                                      true,
		"The minister did not endorse the draft.":                                                         false,
		"The letter was first published on Monday by the news agency, which is funded by the state.":      false,
		"This article of the treaty, said Halven, forbids any dam above the bridge, whatever the season.": false,
		"Republished.": false,
		"This story by Runa Sved of the Harbour Times was first published by the Lantern.":                   true,
		"An earlier version of this article was first published in the Lantern.":                             true,
		"Editor’s note: This commentary originally appeared in the Lantern and is shown as it was.":          true,
		"The information provided by this news source is included here not as an endorsement of its owners.": true,
		"Publication of this text does not imply endorsement by the Harbour Times.":                          true,
		"Este artículo fue publicado originalmente en otro sitio del puerto de Velm.":                        true,
		"Les opinions exprimées dans ce texte n’engagent que leur auteur, non la rédaction.":                 true,
		"本文转载自港口时报，不代表本站立场。":                                                                                 true,
		"The council refused to endorse this site for the new harbour of Velm.":                              false,
		"Republished with permission of the Lantern.":                                                        true,
		"Her diary was republished with permission of the heirs last year.":                                  false,
		"This site is not responsible for the flood, the inquiry found.":                                     false,
		"This story, first published by the Lantern in May, was false, the court found.":                     false,
		"This site, which the Lantern originally published a map of, is to be cleared.":                      false,
		"This site was to be fenced. A map of it was originally published by the Lantern.":                   false,
		"The mayor said this story was first published to harm her before the vote.":                         false,
		"“This site does not endorse anybody,” its owner told the court of Velm.":                            false,
		"The pilots do not endorse this article of the treaty, their speaker said.":                          false,
		"A law on republishing was not endorsed: this article of it went too far for most.":                  false,
		"Dieser Artikel des Vertrags sei überholt, sagte sie; das Gutachten war ursprünglich geheim.":        false,
		"Перепечатанная в тот же день, эта статья закона вызвала споры в совете.":                            false,
	} {
		if got := Notice(block); got != want {
			t.Errorf("Notice(%q) = %t", block, got)
		}
	}
}

// learned shows articles to a learner and returns what it takes out by then.
func learned(articles ...*news.Article) (texts []string) {
	l := NewLearner(&news.Boilerplate{})
	for _, a := range articles {
		l.See(a, a.FirstSeen)
		b, _ := l.State()
		l = NewLearner(b) // as after a restart
	}
	b, _ := l.State()
	for _, k := range b.Blocks {
		texts = append(texts, k.Kind+": "+k.Text)
	}
	return texts
}

func TestLearn(t *testing.T) {
	const promo = "Follow us on the Square for more."
	const quote = "“We refuse to sign a paper that our own engineers have not seen,” said Ina Dalby."
	var all, third, sixth, oneDay, oneStory, sameTopic, middle, seldomMiddle, dated, differing []*news.Article
	for n := range 20 {
		all = append(all, article(n, promo))
		with := func(yes bool, block string) *news.Article {
			if yes {
				return article(n, block)
			}
			return article(n)
		}
		third = append(third, with(n%3 == 0, promo))
		sixth = append(sixth, with(n%6 == 0, promo))
		one := with(n%2 == 0, promo)
		one.FirstSeen = start
		oneDay = append(oneDay, one)
		story := with(n < 7, quote)
		if n < 7 {
			story.FirstSeen = start
		}
		oneStory = append(oneStory, story)
		topic := with(n%2 == 0, quote)
		if n%2 == 0 {
			topic.Title = titles[n] + " as the water dispute goes on"
		}
		sameTopic = append(sameTopic, topic)
		between := func(block string) *news.Article {
			a := article(n)
			a.HTML = strings.Replace(a.HTML, "<p>Middle", "<p>One more %[1]d.</p><p>And more %[1]d.</p><p>"+block+"</p><p>Yet more %[1]d.</p><p>Middle", 1)
			a.HTML = strings.ReplaceAll(a.HTML, "%[1]d", fmt.Sprint(n))
			return written(a)
		}
		middle = append(middle, between("Story continues on the next page"))
		if n%3 == 0 {
			seldomMiddle = append(seldomMiddle, between("Story continues on the next page"))
		} else {
			seldomMiddle = append(seldomMiddle, article(n))
		}
		dated = append(dated, article(n, fmt.Sprintf("Updated %d May 2026, 10:%02d CET, by the desk", n+1, n)))
		differing = append(differing, article(n, "Every day is another day number"+strings.Repeat(" again", n)))
	}
	for _, tt := range []struct {
		name     string
		articles []*news.Article
		want     []string
	}{
		{"in all", all, []string{"boilerplate: " + promo}},
		{"in a third", third, []string{"boilerplate: " + promo}},
		{"in a sixth", sixth, nil},
		{"in four", all[:4], nil},
		{"in half, on one day", oneDay, nil},
		{"what a day's story repeats", oneStory, nil},
		{"what a topic repeats", sameTopic, nil},
		{"in the middle of all", middle, []string{"boilerplate: Story continues on the next page"}},
		{"in the middle of a third", seldomMiddle, nil},
		{"with a date", dated, []string{"boilerplate: Updated 5 May 2026, 10:04 CET, by the desk"}},
		{"different each time", differing, nil},
	} {
		got := learned(tt.articles...)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// setOf is a set of what is boilerplate.
func setOf(blocks ...string) *Set {
	b := &news.Boilerplate{}
	for _, t := range blocks {
		b.Blocks = append(b.Blocks, news.Block{Kind: news.ApartBoilerplate, Text: t})
	}
	return NewSet(b)
}

func TestStrip(t *testing.T) {
	set := setOf("Follow us on the Square", "Related", "More from the harbour", "Photo: Runa Sved")
	const text = "The council rejected the draft on Monday evening, with nineteen votes to twelve."
	const body = "<p>" + text + "</p>"
	notice := "This article was originally published in the Harbour Times."
	for _, tt := range []struct {
		name, in, want string
		apart          []string
	}{
		{"a paragraph", body + "<p>Follow <b>us</b> on the Square!</p>", body, []string{"boilerplate Follow us on the Square!"}},
		{"a line", "<p>" + text + "<br>Follow us on the Square</p>", "<p>" + text + "<br></p>", []string{"boilerplate Follow us on the Square"}},
		{"the only entry of a list", body + "<ul><li>Related</li></ul>", body, []string{"boilerplate Related"}},
		{"a heading at the end", body + "<h2>Related</h2>", body, []string{"boilerplate Related"}},
		{"a heading before text", "<p>One.</p><h2>Related</h2>" + body, "<p>One.</p>\n<h2>Related</h2>\n" + body, nil},
		{"a heading before what goes", body + "<h2>Related</h2><p>More from the harbour</p><p>The end.</p>", body + "\n<p>The end.</p>", []string{"boilerplate Related", "boilerplate More from the harbour"}},
		{"twice", body + "<p>Related</p><p>Related</p>", body, []string{"boilerplate Related"}},
		{"a credit", "<figure><img src=\"https://a.example/i.jpg\" alt=\"\"><figcaption>Photo: Runa Sved</figcaption></figure>" + body, "", nil},
		{"a cell", "<table><tr><td>Related</td></tr></table>" + body, "", nil},
		{"within a sentence", "<p>Follow us on the Square, they said.</p>" + body, "", nil},
		{"nothing else", "<p>Follow us on the Square</p><p>Related</p>", "", nil},
		{"hardly anything else", "<p>Follow us on the Square</p><p>The council said no.</p>", "", nil},
		{"a notice", body + "<p>" + notice + "</p>", body, []string{"notice " + notice}},
		{"the words of a notice in the middle", "<p>One.</p><p>Two.</p><p>" + notice + "</p><p>Three.</p><p>Four.</p>" + body, "", nil},
	} {
		clean := sanitize.HTML(tt.in, "")
		got, apart := set.Strip(clean, sanitize.Text(clean))
		if tt.want == "" {
			tt.want = clean
		}
		if diff := cmp.Diff(sanitize.HTML(tt.want, ""), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		var list []string
		for _, a := range apart {
			list = append(list, a.Kind+" "+a.Text)
		}
		if diff := cmp.Diff(tt.apart, list); diff != "" {
			t.Errorf("%s: set apart (-want +got):\n%s", tt.name, diff)
		}
	}
}

// What is remembered is bounded, and what nobody has seen for long goes first.
func TestBounds(t *testing.T) {
	l := NewLearner(&news.Boilerplate{})
	for n := range 3 * maxBlocks {
		l.add(news.Block{Text: fmt.Sprint("block ", strings.Repeat("x", n)), Last: start.Add(time.Duration(n) * time.Hour)}, start.Add(time.Duration(n)*time.Hour))
	}
	b, _ := l.State()
	if len(b.Blocks) != maxBlocks || !b.Blocks[0].Last.Equal(start.Add(2*maxBlocks*time.Hour)) {
		t.Errorf("%d blocks, the first of %s", len(b.Blocks), b.Blocks[0].Last)
	}
	later := start.Add(unseen + 3*maxBlocks*time.Hour)
	l.add(news.Block{Text: "new", Last: later}, later)
	if b, _ := l.State(); len(b.Blocks) != 1 {
		t.Errorf("%d blocks, of which one was seen within %s", len(b.Blocks), unseen)
	}
	var long []string
	for n := range 500 {
		long = append(long, fmt.Sprint("block ", n))
	}
	for n := range 2 * lately {
		l.See(article(n, long...), start)
	}
	b, _ = l.State()
	if limit := 1 + lately*(8+3+4*(titleWords+head+middle+tail)); len(b.Window) > limit || len(decode(b.Window)) != lately {
		t.Errorf("the window has %d bytes of %d, %d articles", len(b.Window), limit, len(decode(b.Window)))
	}
}

func FuzzDecode(f *testing.F) {
	w := window{}
	for n := range 3 {
		e, _, _ := sample(article(n, "Follow us"))
		w = w.add(e)
	}
	f.Add(w.encode())
	f.Add([]byte{version, 1, 2, 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		first := decode(data).encode()
		if again := decode(first).encode(); string(again) != string(first) {
			t.Errorf("%x became %x", first, again)
		}
	})
}

// Whatever the text: what is stripped stays stripped, and is clean.
func FuzzStrip(f *testing.F) {
	f.Add("<p>The council rejected the draft on Monday evening.</p><ul><li>Related<br>x</li></ul><p>Follow us</p>")
	set := setOf("Related", "Follow us", "x")
	f.Fuzz(func(t *testing.T, dirty string) {
		clean := sanitize.HTML(dirty, "")
		once, _ := set.Strip(clean, sanitize.Text(clean))
		if sanitize.HTML(once, "") != once {
			t.Errorf("not clean: %q", once)
		}
	})
}

func BenchmarkLearn(b *testing.B) {
	l := NewLearner(&news.Boilerplate{})
	for n := range lately {
		l.See(article(n, "Follow us on the Square"), start)
	}
	a := article(77, "Follow us on the Square", strings.Repeat("A paragraph of usual length, with some words in it. ", 8))
	for b.Loop() {
		l.See(a, start)
		l.Set().Strip(a.HTML, a.Text)
	}
}

func BenchmarkStripNothing(b *testing.B) {
	set := setOf("Follow us on the Square")
	a := article(77, strings.Repeat("A paragraph of usual length, with some words in it. ", 8), strings.Repeat("Another paragraph of usual length, with some words in it. ", 8))
	for b.Loop() {
		set.Strip(a.HTML, a.Text)
	}
}

// What a hostile outlet sends costs no more than its length: a line that was learned, some
// thousand times in one box. Reading the box again for each would take two gigabytes.
func TestManyBlocks(t *testing.T) {
	set := NewSet(&news.Boilerplate{Blocks: []news.Block{{Kind: news.ApartBoilerplate, Text: "Follow us on our channels"}}})
	text := "<p>" + strings.TrimSpace(strings.Repeat("The ferry sails again. ", 80)) + "</p>"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, apart := set.Strip("<blockquote>"+strings.Repeat("<p>Follow us on our channels</p>", 8000)+"</blockquote>\n"+text, "Follow us on our channels\n\nThe ferry")
	runtime.ReadMemStats(&after)
	if got != text || len(apart) != 1 {
		t.Errorf("left %.100q, apart %v", got, apart)
	}
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 500 {
		t.Errorf("%d MB were used", mb)
	}
}
