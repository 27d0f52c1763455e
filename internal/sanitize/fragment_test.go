package sanitize

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func TestFragment(t *testing.T) {
	for dirty, want := range map[string]string{
		"plain":              "plain",
		"fish & chips":       "fish & chips",
		`<p class="a">b</p>`: `<p class="a">b</p>`,
		`<img src="/a.jpg" alt="ferry" width="9" onload="x()">`:  `<img src="/a.jpg" alt="ferry" width="9">`,
		`<img src="data:image/png;base64,AA==">`:                 `<img src="data:image/png;base64,AA==">`,
		`<a href="data:image/png;base64,AA==">x</a>`:             `<a>x</a>`,
		`<img src="data:image/svg+xml,<svg/>">`:                  `<img>`,
		`<a href=" java&#10;script:x()">x</a>`:                   `<a>x</a>`,
		`<a href="JavaScript:x()">x</a>`:                         `<a>x</a>`,
		`<a href="a:b/c">x</a><a href="a/b:c">y</a>`:             `<a>x</a><a href="a/b:c">y</a>`,
		`<img srcset="a.jpg 1x, javascript:x() 2x">`:             `<img>`,
		`<img srcset="a.jpg 1x, b.jpg 2x">`:                      `<img srcset="a.jpg 1x, b.jpg 2x">`,
		`<b style="position:fixed" id="a" name="b">x</b>`:        `<b>x</b>`,
		`a<script>b</script>c<style>d</style>e`:                  `ace`,
		`a<iframe src="x"> b`:                                    `a b`,
		`a<iframe><script>x</script><b>c</b></iframe>d`:          `a<b>c</b>d`,
		`<noscript><img src="a.jpg"></noscript>`:                 `<img src="a.jpg">`,
		`<form action="x">a<input name="b"></form>`:              `a`,
		`<object data="x">inside</object><embed src="x">`:        `inside`,
		`<svg><script>x</script></svg>a<math><mi>b</mi></math>`:  `<svg xmlns="http://www.w3.org/2000/svg"></svg>a<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>b</mi></math>`,
		`<!-- a -->b<?php c ?>`:                                  `b`,
		"<pre>\n\na</pre>":                                       "<pre>\n\na</pre>",
		`<unknown>a</unknown>`:                                   `a`,
		`<base href="x"><meta><link rel="stylesheet" href="x">a`: `a`,
		`<p>a<img src="/c.gif" width=1 height=1>b</p>`:           `<p>ab</p>`,
		`<a href="/x?utm_source=feed&amp;a=1#top">x</a>`:         `<a href="/x?a=1#top">x</a>`,
		`<a href="?fbclid=1">x</a>`:                              `<a href="">x</a>`,
		`<a href="/x?a=%20&amp;b">x</a>`:                         `<a href="/x?a=%20&amp;b">x</a>`,
		`<p>a</p></div>b`:                                        `<p>a</p>b`,
		`<p title="a<b">c</p>`:                                   `<p title="a&lt;b">c</p>`,
		`<p dir="rtl" lang="ar"><bdi>a</bdi></p>`:                `<p dir="rtl" lang="ar"><bdi>a</bdi></p>`,
		strings.Repeat("<div>", 600) + "deep":                    `<p>deep</p>`,
	} {
		if got := Fragment(dirty); got != want {
			t.Errorf("Fragment(%.80q) = %q, want %q", dirty, got, want)
		}
	}
}

// kindOfHarm says what in a fragment could run, load a document or take input, "" if
// nothing. It looks at the tree that a browser would make of it.
func kindOfHarm(t *testing.T, clean string) string {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(clean), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return err.Error()
	}
	var look func(n *html.Node) string
	look = func(n *html.Node) string {
		if n.Type == html.CommentNode {
			return "a comment"
		}
		if n.Type == html.ElementNode {
			switch n.Data {
			case "script", "style", "iframe", "object", "embed", "applet", "frame", "frameset", "form", "input", "button", "textarea", "select",
				"meta", "link", "base", "template", "foreignObject", "use", "animate", "set", "image", "mglyph", "annotation-xml", "maction", "noscript", "xmp", "plaintext", "noembed", "noframes", "isindex", "marquee":
				return "<" + n.Data + ">"
			}
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "id" || a.Key == "name" || a.Key == "srcdoc" || strings.Contains(a.Key, "action") {
				return a.Key
			}
			bare := strings.ToLower(strings.Map(func(r rune) rune {
				if r <= ' ' {
					return -1
				}
				return r
			}, a.Val))
			if (linked[a.Key] || a.Namespace == "xlink") && (strings.HasPrefix(bare, "javascript:") || strings.HasPrefix(bare, "vbscript:") ||
				strings.HasPrefix(bare, "data:") && (n.Data != "img" || strings.HasPrefix(bare, "data:image/svg") || !strings.HasPrefix(bare, "data:image/"))) {
				return a.Key + "=" + a.Val
			}
			for candidate := range strings.SplitSeq(bare, ",") {
				if a.Key == "srcset" && (strings.HasPrefix(candidate, "javascript:") || strings.HasPrefix(candidate, "vbscript:")) {
					return a.Key + "=" + a.Val
				}
			}
		}
		for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
			if harm := look(ch); harm != "" {
				return harm
			}
		}
		return ""
	}
	for _, n := range nodes {
		if harm := look(n); harm != "" {
			return harm
		}
	}
	return ""
}

func checkFragment(t *testing.T, dirty string) {
	t.Helper()
	clean := Fragment(dirty)
	if strings.Contains(strings.ToLower(clean), "<body") || strings.Contains(strings.ToLower(clean), "<html") {
		t.Errorf("Fragment(%q) = %q", dirty, clean)
	}
	if harm := kindOfHarm(t, clean); harm != "" {
		t.Errorf("Fragment(%q) = %q, which has %s", dirty, clean, harm)
	}
	if again := Fragment(clean); again != clean {
		t.Errorf("Fragment(%q) = %q, cleaned again %q", dirty, clean, again)
	}
}

func TestFragmentPayloads(t *testing.T) {
	for _, s := range payloads {
		checkFragment(t, s)
		checkFragment(t, "<p>before "+s+" after</p>")
		checkFragment(t, s[:len(s)/2])
		checkFragment(t, "<iframe>"+s+"</iframe><noscript>"+s)
	}
}

func FuzzFragment(f *testing.F) {
	for _, s := range flat(told()) {
		f.Add(s)
	}
	f.Add(`<img srcset="a 1, b#script:c, d 2x">`)
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 1<<14 {
			checkFragment(t, s)
		}
	})
}
