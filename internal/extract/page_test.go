package extract

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/net/html"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"parallax/internal/sanitize"
)

func TestDecode(t *testing.T) {
	const cyrillic = "<p>Совет отклонил соглашение о распределении воды, сообщили власти региона в понедельник вечером.</p>"
	for _, tt := range []struct {
		name, text, contentType, meta string
		in                            encoding.Encoding
	}{
		{"utf-8", cyrillic, "text/html", "", encoding.Nop},
		{"header", cyrillic, "text/html; charset=windows-1251", "", charmap.Windows1251},
		{"meta", cyrillic, "text/html", `<meta charset="koi8-r">`, charmap.KOI8R},
		{"neither", cyrillic, "", "", charmap.Windows1251},
		{"header lies", cyrillic, "text/html; charset=iso-8859-1", "", encoding.Nop},
		{"byte order mark", cyrillic, "text/html; charset=iso-8859-1", "", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		{"shift-jis", "<p>理事会は月曜日に水に関する協定を拒否した。</p>", "", "", japanese.ShiftJIS},
	} {
		b, err := tt.in.NewEncoder().String(tt.meta + tt.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := decode([]byte(b), tt.contentType); got != tt.meta+tt.text {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
	if got := decode([]byte("<p>Rådet sade nej\xc3"), ""); got != "<p>Rådet sade nej" {
		t.Errorf("cut off within a character: %q", got)
	}
}

func TestMetadata(t *testing.T) {
	at := time.Date(2026, 11, 3, 20, 40, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, head string
		want       meta
	}{
		{
			"linked data", `<script type="application/ld+json">[{"@type":"NewsArticle","headline":"No &amp; no","author":{"name":"Runa Sved"},
			"datePublished":"2026-11-03T21:40:00+0100","inLanguage":"en","mainEntityOfPage":{"@id":"https://a.example/x"}}]</script>`,
			meta{title: "No & no", authors: []string{"Runa Sved"}, published: at, language: "en", canonical: "https://a.example/x"},
		},
		{
			"line feed in a string", "<script type='application/ld+json'>{\"@type\":\"Article\",\"headline\":\"No\nand no\"}</script>",
			meta{title: "No and no"},
		},
		{
			"open graph", `<meta property="og:title" content="No"><meta property="article:published_time" content="2026-11-03T20:40:00Z"><meta property="og:locale" content="sv_SE"><meta name=author content="https://a.example/u">`,
			meta{title: "No", published: at, language: "sv-SE"},
		},
		{"title only", `<title>Council says no to the draft | Norrland Today</title>`, meta{title: "Council says no to the draft", rawTitle: "Council says no to the draft | Norrland Today"}},
		{"foreign canonical", `<link rel=canonical href="https://b.example/x">`, meta{}},
		{"canonical", `<link rel=canonical href="/y">`, meta{canonical: "https://a.example/y"}},
		{"paid", `<script type="application/ld+json">{"@graph":[{"@type":"ReportageNewsArticle","headline":"No","isAccessibleForFree":"False"}]}</script>`, meta{title: "No", paid: true}},
		{
			"microdata", `</head><h1 itemprop=headline>No</h1><span itemprop=author><b>Runa</b> Sved</span><time itemprop=datePublished datetime="2026-11-03T20:40Z">`,
			meta{title: "No", authors: []string{"Runa Sved"}, published: at},
		},
		{
			"nothing but the page", `</head><time datetime="2026-11-02">yesterday's</time><h1>No</h1><p class="big Byline">By Runa Sved</p><time datetime="2026-11-03T20:40Z">today</time>`,
			meta{authors: []string{"Runa Sved"}, published: at},
		},
		{
			"more than the headline", `<title>No | Politics | Norrland Today</title></head><h1>No</h1>`,
			meta{title: "No", rawTitle: "No | Politics | Norrland Today"},
		},
		{
			"the outlet and who wrote it", `<meta property="og:site_name" content="Norrland Today"><meta name=author content="Runa Sved and Olle Bakk"><script type="application/ld+json">
			{"@type":"NewsArticle","headline":"No","author":{"name":"Norrland today"}}</script>`,
			meta{title: "No", authors: []string{"Runa Sved", "Olle Bakk"}},
		},
		{
			"the outlet alone", `<meta property="og:site_name" content="Norrland Today"><meta property="og:title" content="No"><meta name=author content="Norrland Today">`,
			meta{title: "No"},
		},
		{
			"the outlet by its host", `<meta name=author content="Norrland Today GmbH (www.a.example), Velm"><meta property="og:title" content="No">`,
			meta{title: "No"},
		},
		{
			"given and family names", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"No","author":[{"@type":"Person","familyName":"Sved","givenName":"Runa"},{"name":"Olle O&#039;Bakk"}]}</script>`,
			meta{title: "No", authors: []string{"Runa Sved", "Olle O'Bakk"}},
		},
		{
			"an author by its id", `<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","headline":"No","author":{"@id":"https://a.example/#p1"}},{"@type":"Person","@id":"https://a.example/#p1","name":"Runa Sved"}]}</script>`,
			meta{title: "No", authors: []string{"Runa Sved"}},
		},
		{
			"a check of facts", `<script type="application/ld+json">{"@type":"ClaimReview","name":"No","datePublished":"2026-11-03T20:40:00Z","author":{"name":"Runa Sved"},"itemReviewed":{"@type":"Claim","datePublished":"2026-10-01","author":{"name":"Olle Bakk"}}}</script>`,
			meta{title: "No", authors: []string{"Runa Sved"}, published: at},
		},
		{
			"a check of facts beside an article", `<script type="application/ld+json">[{"@type":"ClaimReview","name":"The claim","author":{"name":"Olle Bakk"}},{"@type":"NewsArticle","headline":"No","author":{"name":"Runa Sved"}}]</script>`,
			meta{title: "No", authors: []string{"Runa Sved"}},
		},
		{
			"a headline for machines", `<meta property="og:title" content="Council says no to the draft"><script type="application/ld+json">{"@type":"NewsArticle","headline":"widget7"}</script>`,
			meta{title: "Council says no to the draft"},
		},
		{
			"the day in the title", `<title>Council says no to the draft – NT – 11/25/2026</title><meta property="og:site_name" content="NT">`,
			meta{title: "Council says no to the draft", rawTitle: "Council says no to the draft – NT – 11/25/2026", published: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)},
		},
		{
			"the site before the title", `<meta property="og:title" content="Norrland Today | Council says no to the draft"><meta property="og:site_name" content="Norrland Today">`,
			meta{title: "Council says no to the draft"},
		},
		{
			"the links of a byline", `</head><h1>No</h1><div class=byline>By <a href="/authors/r">Runa Sved</a> and <a href="/authors/o">Olle Bakk</a> in <a href="/v">Velm</a>, 3 November 2026</div>`,
			meta{authors: []string{"Runa Sved", "Olle Bakk"}},
		},
		{
			"a byline and the day", `<link rel=author href="/humans.txt"></head><h1>No</h1><div class=byline><span>Author</span><span>Runa Sved</span><span>Updated on 3 November 2026</span></div>`,
			meta{authors: []string{"Runa Sved"}},
		},
		{
			"a kicker", `<meta property="og:title" content="Council: It says no"></head><h1>It says no</h1>`,
			meta{title: "Council: It says no"},
		},
		{
			"a byline of elements", `</head><h1>No</h1><div class=byline><span>By</span> <span>Runa Sved</span><span>Olle Bakk</span></div>`,
			meta{authors: []string{"Runa Sved", "Olle Bakk"}},
		},
		{
			"who took the picture", `</head><h1>No</h1><div class=author>Photo: Runa Sved</div><div class=byline>Olle Bakk</div>`,
			meta{authors: []string{"Olle Bakk"}},
		},
		{"a title without spaces", `<title>委员会否决了水协议-北方今日</title>`, meta{title: "委员会否决了水协议", rawTitle: "委员会否决了水协议-北方今日"}},
		{"nonsense", `<script type="application/ld+json">{"@type":</script><meta property="article:published_time" content="yesterday">`, meta{}},
		{"deep", `<script type="application/ld+json">` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `</script>`, meta{}},
	} {
		doc, err := html.Parse(strings.NewReader("<html><head>" + tt.head))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, metadata(doc, "https://a.example/x?a=1"), cmp.AllowUnexported(meta{}), cmpopts.IgnoreFields(meta{}, "from", "titles")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// A headline that is repeated before the text is none of it, wherever it stands.
func TestTrimTitle(t *testing.T) {
	const picture = `<figure><p><a href="https://a.example/p.jpg" data-image="https://a.example/p.jpg">[a.example]</a></p></figure>`
	for _, tt := range []struct{ in, want string }{
		{"<h1>The weir holds</h1><p>One.</p>", "<p>One.</p>"},
		{"<h1>The weir holds …</h1><h2>The weir <b>holds</b></h2><p>One.</p>", "<p>One.</p>"},
		{"<div><div><h1>The weir holds</h1><p>One.</p></div></div>", "<p>One.</p>"},
		{"<ul><li><h2>The weir holds</h2></li></ul><p>One.</p>", "<p>One.</p>"},
		{picture + "<h1>The weir holds</h1><p>One.</p>", picture + "<p>One.</p>"},
		{"<p>25/11/2026 9:00</p><h1>The weir holds</h1><p>One.</p>", "<p>25/11/2026 9:00</p><p>One.</p>"},
		{"<p>The weir holds, says the miller.</p><p>One.</p>", "<p>The weir holds, says the miller.</p><p>One.</p>"},
		{"<p>One.</p><p>The weir holds</p><p>Two.</p>", "<p>One.</p><p>The weir holds</p><p>Two.</p>"},
	} {
		got, _, _ := trim(sanitize.HTML(tt.in, ""), "the weir holds")
		if got, want := strings.Join(strings.Fields(sanitize.Text(got)), " "), strings.Join(strings.Fields(sanitize.Text(tt.want)), " "); got != want {
			t.Errorf("trim(%q) = %q, want %q", tt.in, got, want)
		}
		if strings.Contains(got, "<li>") || strings.Contains(tt.in, picture) != strings.Contains(got, "<figure>") {
			t.Errorf("trim(%q) = %q", tt.in, got)
		}
	}
}

func TestTrim(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		end      ending
	}{
		{"<p>One.</p><p>Read more</p>", "<p>One.</p>", promises},
		{"<p>One.</p><p>Read more</p><p>Two.</p>", "<p>One.</p>\n<p>Two.</p>", whole},
		{"<p>He reads more books than others.</p>", "<p>He reads more books than others.</p>", whole},
		{`<p>One. <a href="https://a.example/">Read more »</a></p>`, "<p>One.</p>", promises},
		{`<p>One. [<a href="https://a.example/">…</a>]</p>`, "<p>One.</p>", promises},
		{`<p>One. (<b><a href="https://a.example/">Read more</a></b>.)</p>`, "<p>One.</p>", promises},
		{"<p>One.</p><p>.</p>", "<p>One.</p>", whole},
		{"<p>One …</p>", "<p>One …</p>", breaks},
		{"<p>One.</p><p>The post One appeared first on Norrland Today.</p>", "<p>One.</p>", whole},
		{"<p>One.</p><p>Weiterlesen →</p>", "<p>One.</p>", promises},
		{"<p>One.</p><p>Читать далее</p>", "<p>One.</p>", promises},
		{"<p>One.</p><p>Subscribe to continue reading this article.</p>", "<p>One.</p>", breaks},
		{"<p>Read more books, the minister told the pupils.</p>", "<p>Read more books, the minister told the pupils.</p>", whole},
		{"<p>The report was first published on Monday.</p>", "<p>The report was first published on Monday.</p>", whole},
		{"<p>Read more</p>", "", promises},
		{`<p>One.</p><p><a href="https://a.example/">Read more: the weir holds!</a></p><p>Two.</p>`, "<p>One.</p>\n<p>Two.</p>", whole},
		{"<p>One.</p><p>See also: The weir holds.</p><p>Two.</p>", "<p>One.</p>\n<p>Two.</p>", whole},
		{"<p>One.</p><p>Lire aussi – Le barrage tient</p><p>Two.</p>", "<p>One.</p>\n<p>Two.</p>", whole},
		{`<p>One.</p><p>Read also <a href="https://a.example/">The weir holds</a></p><p>Two.</p>`, "<p>One.</p>\n<p>Two.</p>", whole},
		{"<p>One.</p><p>Sign up for our newsletter, and miss nothing.</p><p>Two.</p>", "<p>One.</p>\n<p>Two.</p>", whole},
		{"<p>One.</p><p>Follow us on Telegram and X.</p>", "<p>One.</p>", whole},
		{"<p>One. <b>Read more</b></p>", "<p>One.</p>", promises},
		{"<p>One.</p><p>More of this from elsewhere:</p>", "<p>One.</p>", whole},
		{"<p>The pilots asked for this:</p><p>One.</p>", "<p>The pilots asked for this:</p>\n<p>One.</p>", whole},
		{"", "", whole},
	} {
		if got, end, _ := trim(sanitize.HTML(tt.in, "")); got != tt.want || end != tt.end {
			t.Errorf("trim(%q) = %q, %d, want %q, %d", tt.in, got, end, tt.want, tt.end)
		}
	}
}

// What begins as a stub does and goes on as an article does is the article's, wherever it
// stands.
func TestTrimLeavesSentences(t *testing.T) {
	for _, said := range []string{
		"Share this with your family, she said.",
		"Share this story with your children, the teacher asked of them.",
		"See also, in the annex, what the engineers of the weir had to say.",
		"Follow us on foot, he said, and led the way along the dam.",
		"Follow us on X-ray days, the nurse called after them.",
		"Read also what the letter does not say, the judge advised.",
		"Read moreover what stands between the lines.",
		"“Read more books this winter.”",
		"Keep reading, the librarian told her pupils, and they did.",
		"See more of the valley from the tower: that was the plan.",
		"Story continues below the fold, the editor had written on it.",
		"This article is for subscribers of a faith that has none.",
		"The post office of Velm appeared first on the maps of the crown.",
		"Lesen Sie auch das Kleingedruckte, riet der Richter.",
		"Lire aussi entre les lignes, voilà le conseil du juge.",
		"Lea también lo que no está escrito, aconsejó el juez.",
		"Читайте также между строк, посоветовал судья.",
		"Baca juga apa yang tidak tertulis, kata hakim itu.",
		`There is <b>more</b>`,
		`(The story is <b>told in the paper on Monday evening</b>.)`,
		`Whoever wants to come is asked to tell <a href="https://a.example/">the harbour master</a>.`,
		`The pilots had asked for <em>four cranes (not three)</em><br/>`,
		`He wanted to see <a href="https://a.example/">more</a>`,
	} {
		for _, in := range []string{"<p>One.</p><p>" + said + "</p><p>Two.</p>", "<p>One.</p><p>" + said + "</p>"} {
			clean := sanitize.HTML(in, "")
			if strings.HasSuffix(in, said+"</p>") && (strings.HasPrefix(said, "The post") || strings.HasPrefix(said, "This article")) {
				continue // the last words of a feed's text
			}
			if got, _, apart := trim(clean); got != clean {
				t.Errorf("trim(%q) = %q, set apart %v", in, got, apart)
			}
		}
	}
}

// Every row of the tables must have a reason and hit what it says.
func TestTables(t *testing.T) {
	if len(stubs) < 100 || len(blocks) < 40 {
		t.Errorf("%d stubs and %d blocks", len(stubs), len(blocks))
	}
	for _, p := range stubs {
		if is, _ := stub(&html.Node{Type: html.TextNode}, strings.Join(p.words, " one two "), true); !is {
			t.Errorf("stub %q does not match itself", p.words)
		}
	}
	for _, b := range blocks {
		title, text := "", "<p>"+b.words+"</p>"
		if b.inTitle {
			title, text = b.words, ""
		}
		if b.why == "" || blocked(title, text, "") == "" {
			t.Errorf("block %+v is not recognised", b)
		}
		if got := blocked("Council says no", wire+b.words, wire); got != "" && size(wire) > shortPage {
			t.Errorf("an article that mentions %q is taken for blocked", b.words)
		}
	}
}

// The text is the one in the page, without its pictures; but the one in its metadata where
// the page shows much less, below the standfirst that the page shows.
func TestText(t *testing.T) {
	const lead = "The harbour pilots are to be heard before the council of Velm decides on the quay."
	told := `<html lang=en><meta name=description content="` + lead + `"><script type="application/ld+json">{"@type":"NewsArticle","headline":"No","articleBody":` + strconv.Quote(wire) + `}</script><h1>No</h1><p>` + lead + `</p>`
	shown := strings.Replace(asPage(wire), "</p>", `</p><figure><img src="/a.jpg" alt="A quay"><figcaption>The quay of Velm</figcaption></figure>`, 1)
	twice := `<script type="application/ld+json">{"@type":"NewsArticle","headline":"No","articleBody":` + strconv.Quote(wire+" "+wire) + `}</script>`
	for _, tt := range []struct{ name, page, want string }{
		{"in the page", shown, wire},
		{"twice in the metadata", twice + asPage(wire), wire},
		{"in the metadata", told, lead + "\n\n" + wire},
		{"in both", told + asPage(wire), lead + "\n\n" + wire},
	} {
		p, err := ReadPage([]byte(tt.page), "https://a.example/x", "")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, p.Text()); diff != "" || p.Cut() {
			t.Errorf("%s: cut %v, %s (-want +got):\n%s", tt.name, p.Cut(), p.Why["text"], diff)
		}
	}
	if p, err := ReadPage([]byte(shown), "https://a.example/x", ""); err != nil || !strings.Contains(p.HTML(), "<figcaption>The quay of Velm</figcaption>") {
		t.Errorf("%v: the picture is lost: %s", err, p.HTML())
	}
}

// What stands under pictures is beside the text, however figures lie in one another; and so is
// how words are read, unless brackets part it from them.
func TestRunning(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"<p>One.</p><figure><img src=/a.jpg><figcaption>Two</figcaption></figure><p>Three.</p>", "One.\n\nThree."},
		{"<p>One.</p><figure><figure dir=rtl><img src=/a.jpg><figcaption>Two</figcaption></figure><figcaption>Both</figcaption></figure><p>Three.</p>", "One.\n\nThree."},
		{"<figure lang=en><img src=/a.jpg><figcaption>Two</figcaption></figure>", "Two"},
		{"<p><ruby>港<rt>みなと</rt>町<rt lang=ja>まち</rt></ruby>の船。</p><p>Two.</p>", "港町の船。\n\nTwo."},
		{"<p><ruby>港<rp>（</rp><rt>みなと</rt><rp>）</rp></ruby>の<ruby>船<rt>ふね</ruby>。</p>", "港（みなと）の船。"},
	} {
		clean := sanitize.HTML(tt.in, "https://a.example/")
		if got := running(clean); got != tt.want {
			t.Errorf("running(%q) = %q, want %q", clean, got, tt.want)
		}
	}
}

// Of each field the page tells what it was taken from; where nothing else says it, the
// date is that of the address, and a date keeps its zone.
func TestWhy(t *testing.T) {
	page := `<html lang=en><head><meta property="og:title" content="No"><meta property="article:modified_time" content="2026-11-03T21:40:00+01:00">` + asPage(wire)
	p, err := ReadPage([]byte(page), "https://a.example/2026/11/03/no", "")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"title": "meta og:title", "published": "the URL", "modified": "meta article:modified_time", "language": "<html lang>"}
	if diff := cmp.Diff(want, p.Why, cmpopts.IgnoreMapEntries(func(k, _ string) bool { return k == "text" })); diff != "" || p.Why["text"] == "" {
		t.Errorf("%s (-want +got):\n%s", p.Why["text"], diff)
	}
	if got := p.Published.Format(time.RFC3339) + " " + p.Modified.Format(time.RFC3339); got != "2026-11-03T00:00:00Z 2026-11-03T21:40:00+01:00" {
		t.Errorf("published and modified %s", got)
	}
}

// Whatever a stranger serves, the page is read without a panic, and what is taken from
// it is clean.
func FuzzReadPage(f *testing.F) {
	f.Add([]byte(asPage(wire)), "text/html")
	f.Add([]byte("<html><script type=application/ld+json>{\"@type\":\"Article\",\"articleBody\":\"x\"}</script>"), "text/html; charset=koi8-r")
	f.Add([]byte("\xff\xfe<\x00p\x00>\x00"), "")
	f.Fuzz(func(t *testing.T, page []byte, contentType string) {
		p, err := ReadPage(page, "https://a.example/x", contentType)
		if err != nil {
			return
		}
		if again := sanitize.HTML(p.body.html, ""); again != p.body.html {
			t.Errorf("the text is not clean: %q, cleaned %q", p.body.html, again)
		}
		if p.Canonical != "" && !sameSite(p.Canonical, "https://a.example/x") {
			t.Errorf("canonical %q is elsewhere", p.Canonical)
		}
	})
}

// A page that a parser would make gigabytes of is not parsed.
func TestPageBomb(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for n := range 450 {
		fmt.Fprintf(&b, "<font x%d>", n)
	}
	b.WriteString(strings.Repeat("<p>a</p>", 30_000))
	var refused *pageError
	if _, err := ReadPage([]byte(b.String()), "https://h.example/", "text/html"); !errors.As(err, &refused) {
		t.Errorf("it was read: %v", err)
	}
}

// Words with which walls begin are words of news, too: a short article of that headline is
// one.
func TestHeadlinesThatSoundLikeWalls(t *testing.T) {
	t.Parallel()
	text := wire[:600]
	for _, title := range []string{
		"Forbidden City reopens after repairs", "Consent law passes in parliament", "Not found guilty, minister returns",
		"Blocked drains flood the old town", "Security check queues grow at airport",
	} {
		if why := blocked(title, text, text); why != "" {
			t.Errorf("%q: %s", title, why)
		}
	}
}
