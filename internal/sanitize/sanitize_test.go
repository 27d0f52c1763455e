package sanitize

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

const base = "https://today.norrland.example/news/river?id=7"

func TestHTML(t *testing.T) {
	const (
		rel   = ` rel="noopener nofollow ugc"`
		image = ` data-image="https://today.norrland.example/a.jpg"`
		link  = `<a href="https://today.norrland.example/a.jpg"` + rel + image
	)
	for _, tt := range []struct{ name, in, want string }{
		{"paragraphs", "<p>One.</p><p>Two.</p>", "<p>One.</p>\n<p>Two.</p>"},
		{"bare text", "One & two", "<p>One &amp; two</p>"},
		{"line breaks", "One.<br><br>Two.<br/>Still two.<br> <br>", "<p>One.</p>\n<p>Two.<br>Still two.</p>"},
		{"divs", "<div>One.<div>Two.</div>Three.</div>", "<p>One.</p>\n<p>Two.</p>\n<p>Three.</p>"},
		{"attributes", `<p id=x class=y style="color:red" onclick="x()" lang=sv dir=RTL>Å</p>`, `<p lang="sv" dir="rtl">Å</p>`},
		{"inherited", `<div dir="rtl" lang="ar"><p>نص</p>نص<ul><li>بند</li></ul></div>`, "<p lang=\"ar\" dir=\"rtl\">نص</p>\n<p lang=\"ar\" dir=\"rtl\">نص</p>\n<ul lang=\"ar\" dir=\"rtl\"><li>بند</li></ul>"},
		{"foreign run", `<p>The <span lang="fr">Conseil</span></p>`, `<p>The <bdi lang="fr">Conseil</bdi></p>`},
		{"link", `<p><a href="/x?utm_source=feed&a=1#top" target=_blank title=t>x</a></p>`, `<p><a href="https://today.norrland.example/x?a=1#top"` + rel + `>x</a></p>`},
		{"relative link", `<a href="more">x</a>`, `<p><a href="https://today.norrland.example/news/more"` + rel + `>x</a></p>`},
		{"mail", `<a href="MAILTO:desk@norrland.example">x</a>`, `<p><a href="mailto:desk@norrland.example"` + rel + `>x</a></p>`},
		{"user info", `<a href="https://norrland.example@evil.example/">x</a>`, `<p><a href="https://evil.example/"` + rel + `>x</a></p>`},
		{"script link", `<a href="javascript:x()">x</a>`, `<p>x</p>`},
		{"link around boxes", `<a href="/x"><h3>Title</h3><p>Lead</p></a>`, "<h3>Title</h3>\n<p>Lead</p>"},
		{"heading", `<h1><div><b>Title</b></div></h1>`, "<h2><b>Title</b></h2>"},
		{"image", `<p><img src="/a.jpg" alt="A bridge &quot;over&quot; it"></p>`, `<p>` + link + `>[A bridge &#34;over&#34; it]</a></p>`},
		{"image with a size", `<img src="/a.jpg" alt="A bridge" width=800px height=600 onload=x()>`, `<p>` + link + ` data-size="800x600">[A bridge]</a></p>`},
		{"image with half a size", `<img src="/a.jpg" alt="A bridge" width=800 height=auto>`, `<p>` + link + `>[A bridge]</a></p>`},
		{"image with a title", `<img src="/a.jpg" alt="" title="A bridge">`, `<p>` + link + `>[A bridge]</a></p>`},
		{"image of which only copies are named", `<img srcset="/s.jpg 300w, /a.jpg 900w" alt="A bridge">`, `<p>` + link + `>[A bridge]</a></p>`},
		{"large image without words", `<img src="/a.jpg" width=640 height=480>`, `<p>` + link + ` data-size="640x480">[today.norrland.example]</a></p>`},
		{"image and words in a link", `<a href="/x"><img src="/a.jpg" alt="A bridge"> The river</a>`, `<p><a href="https://today.norrland.example/x"` + rel + `>[A bridge] The river</a></p>`},
		{"space around an image in a link", "<p>x<a href=/a.jpg>\n <img src=/a.jpg alt='A bridge'>\n</a>", "<p>x" + link + ">[A bridge]</a></p>"},
		{"two images in a link", `<a href="/x"><img src="/a.jpg" alt="A"><img src="/b.jpg" alt="B"></a>`, `<p><a href="https://today.norrland.example/x"` + rel + `>[A][B]</a></p>`},
		{"false image", `<a href="/x" data-image="/a.jpg">Words</a> <a href="/x" data-image="javascript:x()">[Words]</a>`, `<p><a href="https://today.norrland.example/x"` + rel + `>Words</a> <a href="https://today.norrland.example/x"` + rel + `>[Words]</a></p>`},
		{"image without words", `<p>x<img src="/a.jpg"></p>`, `<p>x</p>`},
		{"pixel", `<p>x<img src="/a.gif" alt=stat width=1 height=1></p>`, `<p>x</p>`},
		{"image in link", `<a href="/x"><img src="/a.jpg" alt="A bridge"></a>`, `<p><a href="https://today.norrland.example/x"` + rel + image + `>[A bridge]</a></p>`},
		{"lazy image", `<img src="data:image/gif;base64,R0" data-src="/a.jpg" alt="A bridge">`, `<p>` + link + `>[A bridge]</a></p>`},
		{"figure", `<figure><img src="/a.jpg" alt="A bridge"><figcaption>The bridge. Photo: N. N.</figcaption></figure>`, "<figure><p>" + link + ">[A bridge]</a></p>\n<figcaption>The bridge. Photo: N. N.</figcaption></figure>"},
		{"figure without words", `<figure><a href="/a.jpg"><picture><source srcset="/b.webp"><img src="/a.jpg"></picture></a><figcaption>The bridge.</figcaption></figure>`, "<figure><p>" + link + ">[today.norrland.example]</a></p>\n<figcaption>The bridge.</figcaption></figure>"},
		{"frame", `<iframe src="https://video.example/embed/1"></iframe>`, `<p><a href="https://video.example/embed/1"` + rel + `>[video.example]</a></p>`},
		{"video", `<video poster=p.jpg title="The flood"><source src="/v.mp4">no video</video>`, `<p><a href="https://today.norrland.example/v.mp4"` + rel + `>[The flood]</a></p>`},
		{"list", `<ul><li>a<li>b<p>c</p>text</ul>`, "<ul><li>a</li>\n<li><p>b</p>\n<p>c</p>\n<p>text</p></li></ul>"},
		{"ordered", `<ol start=3 reversed type=i><li value=5>a</ol>`, `<ol start="3" reversed="reversed"><li value="5">a</li></ol>`},
		{"terms", `<dl><dt>a<dd>b<div><dt>c<dd>d</div></dl>`, "<dl><dt>a</dt>\n<dd><p>b</p></dd>\n<dt>c</dt>\n<dd>d</dd></dl>"},
		{"table", `<table border=1><caption>C</caption><tr><th scope=COL colspan=2>h<td><tr><td>a<td rowspan=0>b</table>`, "<table><caption>C</caption>\n<tbody><tr><th scope=\"col\" colspan=\"2\">h</th>\n<td></td></tr>\n<tr><td>a</td>\n<td>b</td></tr></tbody></table>"},
		{"quote", `<blockquote cite="/q" class="twitter"><p>x</p></blockquote>`, "<blockquote cite=\"https://today.norrland.example/q\"><p>x</p></blockquote>"},
		{"time", `<time datetime="2026-11-03T10:00:00+01:00" pubdate>3 Nov</time>`, `<p><time datetime="2026-11-03T10:00:00+01:00">3 Nov</time></p>`},
		{"pre", "<pre>\n\n a\n  b</pre>", "<pre>\n\n a\n  b</pre>"},
		{"form", `<form action=/x><p>Text</p><input name=a><button>Go</button><select><option>o</select></form>`, `<p>Text</p>`},
		{"hidden", `<p>x<span style="display: none">machine</span></p><div hidden>y</div>`, `<p>x</p>`},
		{"comment", `a<!-- b --><![CDATA[c]]>`, `<p>a</p>`},
		{"empty", `<p> </p><div><b></b></div><ul></ul>`, ``},
		{"control", "a\x00b\x0bc&#1;d&#xFDD0;", "<p>abcd</p>"},
		{"rule", "a<hr>b", "<p>a</p>\n<hr>\n<p>b</p>"},
		{"misnested", "<b><p>a</b>b<i>c</p>d", "<p><b>a</b>b<i>c</i></p>\n<p><i>d</i></p>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := HTML(tt.in, base)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("HTML(%q) mismatch (-want +got):\n%s", tt.in, diff)
			}
			safe(t, got)
			if again := HTML(got, ""); again != got {
				t.Errorf("cleaned twice it differs:\n%q\n%q", got, again)
			}
		})
	}
}

func TestDeep(t *testing.T) {
	for _, tt := range []struct{ name, in string }{
		{"div", strings.Repeat("<div>", 100_000) + "the text"},
		{"b", strings.Repeat("<b>", 100_000) + "the text"},
		{"table", strings.Repeat("<table><tr><td>", 30_000) + "the text"},
		{"500", strings.Repeat("<blockquote>", 500) + "the text" + strings.Repeat("</blockquote>", 500)},
	} {
		got := HTML(tt.in, base)
		if !strings.Contains(got, "the text") {
			t.Errorf("%s: the text is lost: %.100q", tt.name, got)
		}
		safe(t, got)
	}
}

func TestText(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"<p>One &amp;\n two.</p> <p>Three<br>four</p>", "One & two.\n\nThree\nfour"},
		{"plain < text & more", "plain < text & more"},
		{"<ul><li>a</li><li>b</li></ul>c", "a\n\nb\n\nc"},
		{"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\n\nc"},
		{"a<script>x()</script><style>y</style>b<noscript><p>n</p></noscript>", "ab"},
		{"<p>wor<b>d</b> <i>x</i></p>", "word x"},
		{"", ""},
		{"<pre>a\n  b</pre>", "a\nb"},
		{`<p>a <a href="x" data-image="y">[A bridge]</a> b <a href="x">c</a></p>`, "a b c"},
	} {
		if diff := cmp.Diff(tt.want, Text(tt.in)); diff != "" {
			t.Errorf("Text(%q) mismatch (-want +got):\n%s", tt.in, diff)
		}
	}
}

func TestUntracked(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"https://a.example/x?utm_source=rss&id=7&at_medium=RSS", "https://a.example/x?id=7"},
		{"https://a.example/x?fbclid=1", "https://a.example/x"},
		{"https://a.example/x?b=2&a=%20&&UTM_Medium=x", "https://a.example/x?b=2&a=%20"},
		{"https://a.example/x?attic=1", "https://a.example/x?attic=1"},
		{"https://a.example/x", "https://a.example/x"},
	} {
		u, err := url.Parse(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := Untracked(u).String(); got != tt.want {
			t.Errorf("Untracked(%s) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

// safe parses what came out, as a browser would, and fails on anything that is not
// known to be harmless. It has its own tables: one slip must not be in both.
func safe(t *testing.T, clean string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(clean))
	if err != nil {
		t.Fatalf("what came out cannot be parsed: %v", err)
	}
	elements := " html head body p h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote table caption thead tbody tfoot tr th td figure figcaption pre " +
		"a b strong i em code sub sup small abbr time cite q del ins s u mark kbd samp var dfn bdi bdo ruby rt rp br hr wbr "
	attributes := " lang dir href rel title datetime cite colspan rowspan scope start reversed value data-image data-size "
	for n := range doc.Descendants() {
		switch n.Type {
		case html.TextNode:
		case html.ElementNode:
			if !strings.Contains(elements, " "+n.Data+" ") || n.Namespace != "" {
				t.Errorf("element <%s> in namespace %q survived in %q", n.Data, n.Namespace, clean)
			}
			for _, a := range n.Attr {
				if !strings.Contains(attributes, " "+a.Key+" ") {
					t.Errorf("attribute %s of <%s> survived in %q", a.Key, n.Data, clean)
				}
				if a.Key == "href" || a.Key == "cite" || a.Key == "data-image" {
					u, err := url.Parse(a.Val)
					if err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto" {
						t.Errorf("URL %q survived in %q", a.Val, clean)
					}
				}
				if a.Key == "href" && !strings.Contains(clean, "noopener nofollow ugc") {
					t.Errorf("link without rel in %q", clean)
				}
			}
		default:
			t.Errorf("node of type %d survived in %q", n.Type, clean)
		}
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range flat(told()) {
		f.Add(s)
	}
	for _, s := range []string{
		"<table><tr><td><a href=/x><table>", "<a><b></a><p></b>", "<ruby>a<rt>b<rp>c", "<dl><div><dt>a<dd><dl><li>",
		"<li><li>a<p><ul>", "<pre>\n\n</pre>", "<select><p>a", "<h1><ul><h2>", "<p><table><p>a", "<b><i><hr></b>x", "<a href=http://x><a href=http://y>z",
		"<object><p>a<object data=http://x>", "<caption>a<table><caption><p>b<table>", "<span lang=fr><div lang=de>a</span>", "&#13;&#0;&#x80;",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, dirty string) {
		clean := HTML(dirty, base)
		safe(t, clean)
		if again := HTML(clean, ""); again != clean {
			t.Errorf("cleaned twice it differs:\n%q\n%q", clean, again)
		}
		checkShown(t, clean)
		_ = Text(dirty)
	})
}

// bluemonday, told our tables, must find nothing to take away.
func TestAgainstBluemonday(t *testing.T) {
	p := bluemonday.NewPolicy()
	p.AllowElements(strings.Fields("p h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote table caption thead tbody tfoot tr th td figure figcaption pre " +
		"a b strong i em code sub sup small abbr time cite q del ins s u mark kbd samp var dfn bdi bdo ruby rt rp br hr wbr")...)
	p.AllowAttrs("lang", "dir", "title", "datetime", "colspan", "rowspan", "scope", "start", "reversed", "value", "rel", "data-image", "data-size").Globally()
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("cite").OnElements("blockquote", "q", "del", "ins")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	for _, s := range payloads {
		clean := HTML(s, base)
		if diff := cmp.Diff(normal(t, clean), normal(t, p.Sanitize(clean))); diff != "" {
			t.Errorf("bluemonday takes away from HTML(%q) (-ours +bluemonday):\n%s", s, diff)
		}
	}
}

// normal renders HTML in the parser's own way, so that only meaning differs.
func normal(t *testing.T, s string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := html.Render(&b, doc); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func BenchmarkHTML(b *testing.B) {
	page := strings.Repeat(`<div class="x"><p>The council <a href="/x">rejected</a> the <b>agreement</b>.</p></div>`, 50)
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		HTML(page, base)
	}
}
