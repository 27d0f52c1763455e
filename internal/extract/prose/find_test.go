package prose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// Three paragraphs of an invented article, and what is around them in the pages below.
const (
	one   = "<p>The council of Velm put off its vote on the new quay by a month on Thursday evening, for it wants to hear the harbour pilots first.</p>"
	two   = "<p>The quay is to be eighty metres long and would close the northern entrance, through which the ferry comes in when the wind is from the west.</p>"
	three = "<p>Pilots had learnt of the plan from the newspaper, as their speaker said, and had asked for a hearing in a letter of two pages last week.</p>"
	text  = "The council|The quay|Pilots had"
	menu  = `<ul><li><a href="/">Home page</a></li><li><a href="/sport">Sport and games</a></li><li><a href="/weather">The weather</a></li></ul>`
)

// lines returns the first two words of every line of text that was found, and of a picture
// that something was told of.
func lines(t *testing.T, page string, k Known) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	found, err := html.Parse(strings.NewReader(Find(doc, k).HTML))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for n := range found.Descendants() {
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
			words := strings.Fields(n.Data)
			list = append(list, strings.Join(words[:min(2, len(words))], " "))
		}
	}
	return strings.Join(list, "|")
}

func TestFind(t *testing.T) {
	teaser := func(n string) string {
		return `<div class="item"><h3><a href="/` + n + `">Ferry to Oxholm sails again after the storm</a></h3><p>After a week of storm the ferry between Velm and Oxholm took up its service on Friday morning.</p></div>`
	}
	witness := "The council of Velm put off its vote on the new quay by a month on Thursday evening, for it wants to hear the harbour pilots first. " +
		"The quay is to be eighty metres long and would close the northern entrance, through which the ferry comes in when the wind is from the west. " +
		"Pilots had learnt of the plan from the newspaper, as their speaker said, and had asked for a hearing in a letter of two pages last week."
	for _, tt := range []struct {
		name, body string
		known      Known
		want       string
	}{
		{name: "nothing else", body: one + two + three, want: text},
		{name: "menu and foot", body: menu + "<div>" + one + two + three + "</div><footer><p>The Lantern is published by the Lantern Press of Velm, all rights reserved.</p></footer>", want: text},
		{name: "lines parted by br", body: "<div>" + strings.NewReplacer("<p>", "", "</p>", "<br><br>").Replace(one+two+three) + "</div>", want: text},
		{name: "chunks", body: "<div><div class=chunk><div>" + one + "</div></div><div class=ad>Advertisement</div><div class=chunk><div>" + two + three + "</div></div></div>", want: text},
		{name: "paragraphs behind a paywall", body: "<div>" + strings.ReplaceAll(one+two+three, "<p>", "<p class=paywall>") + "</div>", want: text},
		{name: "all in a form", body: "<form>" + one + two + three + "</form>", want: text},
		{name: "all in what sounds like a wall", body: `<div class="article modal-enabled">` + one + "</div><div>" + menu + "</div>", want: "The council"},
		{name: "hidden", body: one + two + `<div style="display: none"><p>What nobody is to read but machines, which read it all the more.</p></div>` + three, want: text},
		{name: "newsletter", body: one + `<div class="box newsletter-signup"><p>Get the news of the harbour every morning at six, before anybody else does.</p></div>` + two + three, want: text},
		{name: "a box that says so", body: one + two + `<div class=x><h4>Read also:</h4><p>Ferry to Oxholm sails again after a week of storm.</p></div>` + three, want: text},
		{name: "an advertisement's label over the text", body: one + "<div><div><p>Advertisement</p></div>" + two + "</div>" + three, want: text},
		{name: "a text in many boxes of one class", body: `<div class="widget text">` + one + two + "</div><div class=ad>Advertisement</div><div class=\"widget text\">" + three + one + "</div>", want: text + "|The council"},
		{name: "headings of a class of boxes", body: one + "<h2 class=widget-title>Eighty metres</h2>" + two + three, want: "The council|Eighty metres|The quay|Pilots had"},
		{name: "the heading of a box", body: one + two + three + "<aside><h2>The weather</h2><p>Rain is to fall on the harbour until Friday.</p></aside>", want: text},
		{name: "what stands around the text's element", body: "<div>" + one + two + three + "</div><div>All that is shown here belongs to the Lantern Press of Velm.</div>", want: text},
		{name: "a modifier is no name", body: `<article><div class="header hasCaption"><h1>Vote put off</h1></div><div class="with-sidebar">` + one + two + three + "</div></article>", known: Known{Titles: []string{"Vote put off"}}, want: text},
		{
			name: "standfirst in three paragraphs", body: "<h1>Vote put off</h1><div class=preamble><p>The harbour pilots are to be heard before anybody decides.</p><p>They had asked for that in a letter of two pages.</p></div><div class=player><h3>Vote put off</h3></div><div>" + one + two + three + "</div>",
			known: Known{Titles: []string{"Vote put off"}}, want: "Vote put|The harbour|They had|" + text,
		},
		{
			name: "standfirst below a headline with its kicker", body: "<div><h2>Harbour: Vote on the quay is put off</h2></div><div><p>The harbour pilots are to be heard before anybody in Velm decides.</p></div><div>" + one + two + three + "</div>",
			known: Known{Titles: []string{"Vote on the quay is put off"}}, want: "The harbour|" + text,
		},
		{
			name: "a lead that the witness leaves out", body: "<div><p>Velm. Who has not been heard cannot have agreed, say the pilots of the harbour.</p>" + one + two + three + "</div>",
			known: Known{Witness: witness}, want: "Velm. Who|" + text,
		},
		{name: "comments", body: "<div>" + one + two + three + "</div><div id=comments>" + strings.Repeat("<p>They should have asked the pilots first, as nobody ever does in this town.</p>", 9) + "</div>", want: text},
		{name: "teasers", body: "<div>" + one + two + three + "</div><div>" + teaser("1") + teaser("2") + teaser("3") + "</div>", want: text},
		{name: "cards that are links", body: "<div>" + one + two + three + "</div><div>" + strings.Repeat(`<a href="/x"><div><p>After a week of storm the ferry between Velm and Oxholm took up its service on Friday morning.</p></div></a>`, 6) + "</div>", want: text},
		{
			name: "the next article below", body: "<main><article><h1>Vote put off</h1>" + one + two + three + "</article><article><h1>Ferry sails</h1>" + strings.Repeat("<p>After a week of storm the ferry between Velm and Oxholm took up its service on Friday.</p>", 9) + "</article></main>",
			known: Known{Titles: []string{"Vote put off"}}, want: "Vote put|" + text,
		},
		{
			name: "standfirst", body: "<header><h1>Vote put off</h1><div>The harbour pilots are to be heard before the council of Velm decides.</div><div>By Runa Sved</div></header><div class=body>" + one + two + three + "</div>",
			known: Known{Titles: []string{"Vote put off"}, Description: "The harbour pilots are to be heard before the council of Velm decides."}, want: "The harbour|" + text,
		},
		{name: "headings", body: one + "<h2>Eighty metres</h2>" + two + "<h2>A letter</h2>" + three + "<h2>More</h2>", want: "The council|Eighty metres|The quay|A letter|Pilots had"},
		{name: "list and table", body: one + "<ul><li>Eighty metres</li><li>Four cranes</li></ul><table><tr><td>Cost</td><td>12 m</td></tr></table>" + two + three, want: "The council|Eighty metres|Four cranes|Cost|12 m|The quay|Pilots had"},
		{name: "caption", body: one + "<figure><img src=a.jpg><figcaption>The quay of Velm in autumn</figcaption></figure>" + two + three, want: "The council|The quay|The quay|Pilots had"},
		{name: "a picture without figure", body: one + `<div class="image-box"><img src=a.jpg><p>The quay of Velm as it is to be in the year after next.</p></div>` + two + three, want: "The council|The quay|The quay|Pilots had"},
		{name: "a post from elsewhere", body: one + `<blockquote class="twitter-tweet"><p>Nobody has asked the pilots of this harbour.</p></blockquote>` + two + three, want: "The council|Nobody has|The quay|Pilots had"},
		{
			name: "standfirst in a box", body: "<h1>Vote put off</h1><div class=teaser>The harbour pilots are to be heard before the council of Velm decides.</div><div class=body>" + one + two + three + "</div>",
			known: Known{Titles: []string{"Vote put off"}, Description: "The harbour pilots are to be heard before the council of Velm decides."}, want: "The harbour|" + text,
		},
		{name: "credit", body: one + "<div>Photo: Lantern Press, all that was taken on Thursday</div>" + two + three, want: text},
		{name: "a link of a line", body: one + `<p><a href="/ferry">Ferry to Oxholm sails again</a></p>` + two + three, want: text},
		{name: "whose a quotation is", body: one + "<blockquote>Nobody has asked the pilots of this harbour.<footer>Nils Aas, keeper</footer></blockquote>" + two + three + "<blockquote><p>Nobody will ask them either, all of us say.</p><footer>Runa Sved</footer></blockquote><footer>Lantern Press of Velm</footer>", want: "The council|Nobody has|Nils Aas,|The quay|Pilots had|Nobody will|Runa Sved"},
		{name: "whose a quotation is that is left out", body: one + two + three + `<blockquote><a href="/x">All that we know of the harbour</a><footer>Runa Sved</footer></blockquote>`, want: text},
		{name: "what somebody said, as a link", body: one + `<p>He said: <a href="/x">we never asked for anybody to come and hear us</a>.</p>` + two + `<p>“I regret <a href="/x">what I said to the paper of the harbour</a>,” he wrote.</p>` + three, want: "The council|He said:|we never|.|The quay|“I regret|what I|,” he|Pilots had"},
		{name: "a sentence that is a link, up to its stop, in boxes", body: "<div class=x>" + strings.NewReplacer("<p>", "<div class=b><div>", "</p>", "</div></div>").Replace(one+`<p><a href="/x">The letter was not the last one</a><span>.</span></p>`+two+`<p><a href="/x">Nor was the hearing the last one</a>.</p>`+three) + "</div>", want: "The council|The letter|.|The quay|Nor was|.|Pilots had"},
		{name: "a last sentence whose second half is a link", body: one + two + three + `<p>He had asked the council for an answer in March, <a href="/x">but it never sat on the day that it had named for it</a>.</p>`, want: text + "|He had|but it|."},
		{name: "links of a line that end as sentences do", body: one + `<p><a href="/x">Ferry to Oxholm sails again.</a></p><p>Ferry: <a href="/x">Is it late again this winter?</a></p>` + two + three + `<p>New! <a href="/x">Click here to have all the news of the harbour sent to you every morning!</a></p>`, want: text},
		{name: "a sentence of another box", body: one + `<div class=promo-line><span>Ask <a href="/x">who is the pilot of the harbour in winter</a>.</span></div>` + two + three, want: text},
		{
			name: "a witness", body: "<div>" + one + two + "<p>This paragraph is in the page but in nothing that the outlet itself gives for the text of its article.</p>" + three + "</div>",
			known: Known{Witness: witness}, want: text,
		},
		{name: "a post of a blog", body: `<div class="post type-post hentry tag-sponsor category-comments">` + one + two + three + "</div>", want: text},
		{name: "empty", body: "", want: ""},
	} {
		if got := lines(t, "<body>"+tt.body, tt.known); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A sentence that is mostly a link and is left out is told.
func TestBesideLinks(t *testing.T) {
	doc, err := html.Parse(strings.NewReader("<body>" + one + two + three + `<p>Ask <a href="/x">who is the pilot of the harbour in winter</a>.</p>`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Ask who is the pilot of the harbour in winter."}
	if diff := cmp.Diff(want, Find(doc, Known{}).Beside); diff != "" {
		t.Error(diff)
	}
}

// What a page hides is read where it shows next to nothing and hides an article; what it hides
// within that stays hidden.
func TestHidden(t *testing.T) {
	const (
		wait    = "<p>Wait a little while the page is made ready.</p>"
		inside  = `<div hidden><p>Whoever reads on agrees that all of this is told to each of our partners for ten years.</p></div>`
		article = "<article>" + one + two + inside + three + "</article>"
		brief   = "<main><p>The ferry to Oxholm is to sail again on Friday, as the harbour master told us in the morning, be it late.</p></main>"
	)
	for _, tt := range []struct {
		name, body, want string
	}{
		{"until a script runs", wait + "<div data-role=page hidden>" + article + "</div>", text},
		{"by its style", `<div style="display: none"><div>` + article + "</div></div>" + wait, text},
		{"from what reads aloud", `<div aria-hidden="true">` + article + "</div>", text},
		{"the article itself", "<article hidden>" + one + two + three + "</article>", text},
		{"a wall that holds no article", brief + "<div hidden>" + strings.Repeat(one+two+three, 3) + "</div>", "The ferry"},
		{"a hidden article below a shown one", one + two + three + "<div hidden>" + strings.Repeat(article, 3) + "</div>", text},
		{"a little below a brief report", brief + "<div hidden><article>" + one + "</article></div>", "The ferry"},
	} {
		if got := lines(t, "<body>"+tt.body, Known{}); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	doc, err := html.Parse(strings.NewReader("<body><div hidden>" + article + "</div>"))
	if err != nil {
		t.Fatal(err)
	}
	if why := Find(doc, Known{}).Why; !strings.Contains(why, "hides") {
		t.Errorf("why: %s", why)
	}
}

// A line or two in a box with a picture stand under it; sentences, headings and what the page says
// of itself are text.
func TestCaptioned(t *testing.T) {
	const headline, description = "Pilots of Velm fear the winter", "Who is at sea in the morning cannot see the new quay, say pilots"
	for in, want := range map[string]bool{
		`<div><div><img src=a.jpg></div><p>The quay of Velm on 28 April</p></div>`:                true,
		`<div><img src=b.jpg><div>Pilots (left) in the harbour of Velm</div><div>EPA</div></div>`: true,
		`<div><img src=a.jpg><p>The quay of Velm was built in April.</p></div>`:                   false,
		`<div><img src=a.jpg><h3>The quay of Velm on 28 April</h3></div>`:                         false,
		`<div><p>The quay of Velm on 28 April, as it was</p><img src=a.jpg></div>`:                false,
		`<div><img src=a.jpg><p>One quay</p><p>Two quays</p><p>Three quays</p></div>`:             false,
		`<div><img src=a.jpg><p>` + headline + `</p></div>`:                                       false,
		`<div><img src=a.jpg><p>` + description + `</p></div>`:                                    false,
	} {
		doc, err := html.Parse(strings.NewReader("<body>" + one + in + two + three))
		if err != nil {
			t.Fatal(err)
		}
		found := Find(doc, Known{Titles: []string{headline}, Description: description}).HTML
		if got := strings.Contains(found, "<figure><div>"); got != want {
			t.Errorf("%s: %s", in, found)
		}
	}
}

// The language and the direction of a text are kept, be they those of an element that is
// not.
func TestDirection(t *testing.T) {
	doc, err := html.Parse(strings.NewReader(`<body dir=rtl lang=ar><section class=x>` + one + two + three))
	if err != nil {
		t.Fatal(err)
	}
	if got := Find(doc, Known{}).HTML; !strings.HasPrefix(got, `<div dir="rtl" lang="ar">`) || strings.Contains(got, "class") {
		t.Errorf("found %s", got)
	}
}

func TestClasses(t *testing.T) {
	for _, tt := range []struct {
		val  string
		want hint
	}{
		{"articleBody", body},
		{"article-body", body},
		{"article__body", body},
		{"article body", 0},
		{"c-article-body--large", body},
		{"relatedArticles", aside},
		{"hasSidebar", 0},
		{"article-header has-caption", 0},
		{"hidden", aside},
		{"hidden md:block", 0},
		{"onetrust-banner-sdk", wall | aside},
		{"post-12 type-post hentry category-comments", body},
		{"", 0},
		{strings.Repeat("x", 1000) + " comments", 0},
	} {
		tr := tree{hints: map[string]hint{}}
		if got := tr.classes(tt.val); got != tt.want {
			t.Errorf("classes(%.20q) = %b, want %b", tt.val, got, tt.want)
		}
	}
}

// Every row of the table of boxes must hit what it says.
func TestPhrases(t *testing.T) {
	for _, p := range []phrases{boxPhrases, offerPhrases} {
		if len(p.whole) < 15 {
			t.Errorf("%d phrases", len(p.whole))
		}
		for w := range p.whole {
			if _, ok := p.match(w); !ok {
				t.Errorf("%q does not match itself", w)
			}
		}
		for b := range p.begin {
			if n, ok := p.match(b + " one two"); !ok || n != len(b) {
				t.Errorf("%q matches wrongly", b)
			}
		}
	}
	for w := range creditPhrases.whole {
		if !isCredit(w+": Runa Sved") || isCredit(w) {
			t.Errorf("%q is no credit", w)
		}
	}
	for w := range linePhrases.whole {
		if !isLine(w) {
			t.Errorf("%q is no label", w)
		}
	}
	if _, ok := boxPhrases.match("read more books"); ok {
		t.Error("a sentence is taken for the title of a box")
	}
}

func TestCredits(t *testing.T) {
	for line, want := range map[string]bool{
		"Photo: Lantern Press":         true,
		"(Foto Lantern Press)":         true,
		"Photo by Runa Sved":           true,
		"Foto: © Runa Sved":            true,
		"Fotos © Runa Sved":            true,
		"Photo (c) Runa Sved":          true,
		"Bildquelle: Lantern Press":    true,
		"Copyright 2026 Lantern Press": true,
		"Photos show the weir":         false,
		"Photos by the thousand":       false,
		"Credit crunch in the valley":  false,
		"Copyright law and the weir":   false,
		"Picture of a valley":          false,
		"Image problems of the mayor":  false,
		"Quelle des Ärgers im Tal":     false,
		"Quelle der Unruhe: das Wehr":  false,
		"Bilder einer Überschwemmung":  false,
		"Fotos aus dem Tal":            false,
		"Source of the river found":    false,
	} {
		if got := isCredit(line); got != want {
			t.Errorf("isCredit(%q) = %t", line, got)
		}
	}
}

// What begins as the title of a box or a credit does and goes on as an article does is the
// article's.
func TestBoxesLeaveProse(t *testing.T) {
	for _, said := range []string{
		"<h2>Photos show the weir</h2>", "<h2>Credit crunch in the valley</h2>", "<h2>Copyright law and the harbour</h2>",
		"<h2>Picture of a valley</h2>", "<h2>Quelle des Ärgers</h2>", "<h2>More from the valley</h2>", "<h2>Weitere Artikel des Vertrags</h2>",
		"<p>More from the valley came in by boat on the next day.</p>",
		"<p>Get the latest version of the plan, the council had asked.</p>",
		"<p>Follow us on foot, he said, and led the way to the quay.</p>",
		"<p>Mehr aus dem Tal kam am nächsten Tag mit dem Boot an.</p>",
		"<p>Lesen Sie auch das Kleingedruckte, riet ihnen der Richter.</p>",
		"<p>Weitere Artikel des Vertrags betreffen das Wehr und den Hafen.</p>",
		"<p>An dieser Stelle finden Sie die Reste des alten Hafens von Velm.</p>",
		"<p>Подписывайтесь под письмом, просил их лоцман на причале.</p>",
	} {
		doc, err := html.Parse(strings.NewReader("<body><div>" + one + said + two + three + "</div>"))
		if err != nil {
			t.Fatal(err)
		}
		if found := Find(doc, Known{}); !strings.Contains(found.HTML, said) || found.Beside != nil {
			t.Errorf("%s is lost; beside: %q", said, found.Beside)
		}
	}
}

// What was left out of the article's element is told.
func TestBeside(t *testing.T) {
	page := "<body><div>" + one + `<div class=x><h4>Read also:</h4><p>Ferry to Oxholm sails again.</p></div>` + two + "<div>Photo: Lantern Press</div>" +
		`<div class="newsletter"><p>Get the news of the harbour every morning at six, before anybody else does.</p></div><div class=share><a href="/">Share</a></div>` + three + "</div>"
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Read also: Ferry to Oxholm sails again.", "Photo: Lantern Press", "Get the news of the harbour every morning at six, before anybody else does."}
	if diff := cmp.Diff(want, Find(doc, Known{}).Beside); diff != "" {
		t.Errorf("beside (-want +got):\n%s", diff)
	}
}

func TestShare(t *testing.T) {
	const said = "one two three four five six seven eight"
	for _, tt := range []struct {
		of, has string
		want    float64
	}{
		{said, said, 1}, {said + " " + said, said + " one two three", 1}, {said, "", 0}, {"", said, 0}, {said, "one two three four five six", 0.6},
	} {
		if got := Share(tt.of, tt.has); got != tt.want {
			t.Errorf("Share(%q, %q) = %v, want %v", tt.of, tt.has, got, tt.want)
		}
	}
}

// Whatever a page is, something is found of it without a panic, and looking again finds
// the same.
func FuzzFind(f *testing.F) {
	f.Add(one+two+three, "The quay", "")
	f.Add("<a><div><span><p>x", "", "The council of Velm")
	f.Add("<table><td>"+menu+"<svg><p>"+one, "", "")
	f.Fuzz(func(t *testing.T, page, title, witness string) {
		doc, err := html.Parse(strings.NewReader(page))
		if err != nil {
			return
		}
		k := Known{Titles: []string{title}, Description: title, Witness: witness}
		if a, b := Find(doc, k), Find(doc, k); !cmp.Equal(a, b) {
			t.Errorf("found %v, then %v", a, b)
		}
	})
}
