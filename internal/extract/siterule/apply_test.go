package siterule

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func parsed(page string) *html.Node {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil
	}
	return doc
}

func rendered(nodes ...*html.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		if err := html.Render(&b, n); err != nil {
			return err.Error()
		}
		b.WriteByte('\n')
	}
	return strings.TrimSpace(b.String())
}

const page = `<html><head><title>Ferry to sail at night | Harbour Times</title><meta name=author content="Runa Sved"></head><body class="promo">
<h1 id=h>Ferry to sail
 at night</h1><p class=by><a rel=author>Runa Sved</a><a rel=author>Olle Bakk</a></p><time datetime="2026-11-04">4 November</time>
<div id=story class="text main"><p>One ferry <b>sails</b>.</p><p class="promo-box">Buy now.</p><span><i>Two</i> sail.</span><img src="/ads/a.gif"><img src="/b.gif" data-late="/b.jpg"></div>
<div class="more"><p>Three sail.</p></div><div class="pager"><a class=all href="/ferry?all=1">All</a><a class=next href="/ferry/2"><b>2</b></a></div></body></html>`

func TestApply(t *testing.T) {
	t.Parallel()
	const story = `<div id="story" class="text main">`
	for _, tt := range []struct{ name, rule, want string }{
		{"what there is", "title: //h2\ntitle: //h1\nauthor: //a[@rel='author']\ndate: //time/@datetime\nbody: //div[@class='more']", `title Ferry to sail at night (a.txt:2 title: //h1)
authors Runa Sved, Olle Bakk (a.txt:3 author: //a[@rel='author'])
date 2026-11-04 (a.txt:4 date: //time/@datetime)
body <div class="more"><p>Three sail.</p></div> (a.txt:5 body: //div[@class='more'])`},
		{"texts", "title: substring-before(//title, ' | ')\nauthor: //meta[@name='author']/@content\nbody: string(//b)", `title Ferry to sail at night (a.txt:1 title: substring-before(//title, ' | '))
authors Runa Sved (a.txt:2 author: //meta[@name='author']/@content)
body sails (a.txt:3 body: string(//b))`},
		{"the first body that finds anything", "body: //div[@class='empty']\nbody: //p[@class='none'] | //hr\nbody: .more", `body <div class="more"><p>Three sail.</p></div> (a.txt:3 body: .more)`},
		{"several elements, none within another", "body: //div[@class='more'] | //div[@class='more']/p | //h1", `body <h1 id="h">Ferry to sail
 at night</h1>
<div class="more"><p>Three sail.</p></div> (a.txt:1 body: //div[@class='more'] | //div[@class='more']/p | //h1)`},
		{"what is stripped", "body: #story\nstrip: //div[@id='story']/span\nstrip_attr: //img/@data-late\nstrip_id_or_class: promo\nstrip_image_src: /ads/", `body ` + story + `<p>One ferry <b>sails</b>.</p><img src="/b.gif"/></div> (a.txt:1 body: #story)
stripped 4`},
		{"what is mended", "body: #story\nstrip: //p[@class] | //img[1]\ndissolve: //span | //span/i\nwrap_in(blockquote): //div[@id='story']/p\nsrc_lazy_load_attr: data-late", `body ` + story + `<blockquote><p>One ferry <b>sails</b>.</p></blockquote>Two sail.<img data-late="/b.jpg" src="/b.jpg"/></div> (a.txt:1 body: #story)
stripped 3`},
		{"links", "single_page_link: //a[@class='all']/@href\nnext_page_link: //a[@class='next']/b\nnext_page_link: concat('/', 'x')", `single /ferry?all=1 (a.txt:1 single_page_link: //a[@class='all']/@href)
next /ferry/2 (a.txt:2 next_page_link: //a[@class='next']/b)
next /x (a.txt:3 next_page_link: concat('/', 'x'))`},
		{"on conditions", "single_page_link: //a[@class='all']\nif_page_contains: //video\nnext_page_link: //a[@class='next']\nif_page_contains: //div[@class='pager']\nstrip_id_or_class: promo\nif_page_contains: //video", `next /ferry/2 (a.txt:3 next_page_link: //a[@class='next'])`},
		{"an advertisement", "native_ad_clue: //video\nnative_ad_clue: //p[contains(., 'Buy')]", `advertisement a.txt:2 native_ad_clue: //p[contains(., 'Buy')]`},
		{"no body line", "strip: //p", "stripped 4"},
		{"nothing of the page itself", "strip: //* | //text()\nstrip_id_or_class: promo", "stripped 39"},
		{"too long", "title: //h1\nbody: //*[count(//*[count(//*) > count(//p)]) > 0][.//*[.//*[.//*[.//*]]]]" + strings.Repeat(" | //*[count(//*[count(//*[count(//*) > 1]) > 1]) > 1]", 70), "title Ferry to sail at night (a.txt:1 title: //h1)\nerror the expressions take too long in this page"},
	} {
		r, problems := Parse("a.txt", tt.rule)
		doc := parsed(page)
		before := rendered(doc)
		f := r.Apply(doc)
		if diff := cmp.Diff(tt.want, shown(f)); diff != "" || len(problems) > 0 {
			t.Errorf("%s: %v (-want +got):\n%s", tt.name, problems, diff)
		}
		if f.Err != nil && rendered(doc) != before {
			t.Errorf("%s: the page is not as it was", tt.name)
		}
	}
}

func shown(f Found) string {
	var b strings.Builder
	tell := func(what string, v Value) {
		if v.Text != "" {
			fmt.Fprintf(&b, "%s %s (%s)\n", what, v.Text, v.Why)
		}
	}
	tell("title", f.Title)
	tell("authors", Value{strings.Join(f.Authors, ", "), f.AuthorsWhy})
	tell("date", f.Date)
	for _, l := range f.SinglePage {
		tell("single", l)
	}
	for _, l := range f.NextPage {
		tell("next", l)
	}
	tell("body", Value{rendered(f.Body...), f.BodyWhy})
	if f.Advertisement != "" {
		b.WriteString("advertisement " + f.Advertisement + "\n")
	}
	if f.Stripped > 0 {
		fmt.Fprintf(&b, "stripped %d\n", f.Stripped)
	}
	if f.Err != nil {
		b.WriteString("error " + f.Err.Error() + "\n")
	}
	return strings.TrimSpace(b.String())
}

// A rule whose body lines find nothing leaves the page as it was, whatever its other lines did.
func TestFallBack(t *testing.T) {
	t.Parallel()
	r, problems := Parse("a.txt", `strip: //p | //p/b | //img/@src | //a/@* | //text()[contains(., 'sail')]
strip_id_or_class: text
dissolve: //span | //div | //i
wrap_in(p): //b | //i | //h1
src_lazy_load_attr: data-late
body: //video`)
	doc := parsed(page)
	before := rendered(doc)
	if f := r.Apply(doc); len(problems) > 0 || len(f.Body) > 0 || f.Stripped > 0 {
		t.Errorf("%v: %s", problems, shown(f))
	}
	if diff := cmp.Diff(before, rendered(doc)); diff != "" {
		t.Errorf("the page (-before +after):\n%s", diff)
	}
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	r, _ := Parse("a.txt", "replace_string(<noscript>): <div>\nfind_string: <b>\nreplace_string: <i>\nreplace_string(<i>): <em>\nreplace_string(gone):\nreplace_string(x): "+strings.Repeat("y", 3000))
	if got := r.Rewrite("<noscript><b>a</b>gone"); got != "<div><em>a</b>" {
		t.Errorf("rewritten: %s", got)
	}
	bomb := strings.Repeat("x", 100_000)
	if got := r.Rewrite(bomb); got != bomb {
		t.Errorf("a page of %d bytes becomes one of %d", len(bomb), len(got))
	}
}

// A rule that would wrap every element again and again is not followed, and one that names many
// things costs steps; a condition is asked once, however many elements it is about.
func TestRulesOwnWork(t *testing.T) {
	t.Parallel()
	many := "<body>" + strings.Repeat("<p class=headline>One ferry sails.</p>", 2500)
	rule := func(text string) *Rule {
		r, problems := Parse("a.txt", text)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return r
	}
	doc := parsed(many)
	before := rendered(doc)
	if f := rule(strings.Repeat("wrap_in(div): //*\n", 8) + "body: //body").Apply(doc); f.Err == nil || !strings.Contains(f.Err.Error(), "more than 100") || len(f.Body) > 0 {
		t.Errorf("wraps: %v, %d nodes", f.Err, len(f.Body))
	}
	if rendered(doc) != before {
		t.Error("a page in which a rule failed is changed")
	}
	words := ""
	for n := range 900 {
		words += fmt.Sprintf("strip_id_or_class: word%d\n", n)
	}
	long := "<body>" + strings.Repeat("<p class='"+strings.Repeat("x ", 5000)+"'>One</p>", 400)
	if f := rule(words + "body: //body").Apply(parsed(long)); f.Err == nil {
		t.Error("900 words in four megabytes of classes cost nothing")
	}
	if f := rule("strip_id_or_class: line\nif_page_contains: //p[position() = last()]\nbody: //body").Apply(parsed(many + "<p>Two sail.")); f.Err != nil || f.Stripped != 2500 || len(f.Body) != 1 {
		t.Errorf("a condition: %v, %d stripped, %d nodes", f.Err, f.Stripped, len(f.Body))
	}
}
