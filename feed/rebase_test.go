package feed_test

import (
	"strings"
	"testing"

	"parallax/feed"
)

func TestTextHTML(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{`<a href="x">`, `<a href="https://ost.example/a/b/x">`},
		{`<a href=x>`, `<a href="https://ost.example/a/b/x">`},
		{`<a href='x?a=1&amp;b="2"'>`, `<a href='https://ost.example/a/b/x?a=1&amp;b="2"'>`},
		{`<a href="x?a=1&copy=2">`, `<a href="https://ost.example/a/b/x?a=1&amp;copy=2">`},
		{`<A Class=k HREF = "../x"  rel=next>`, `<A Class=k HREF = "https://ost.example/a/x"  rel=next>`},
		{`<a href=" x ">`, `<a href="https://ost.example/a/b/x">`},
		{`<a href="/x y/ä">`, `<a href="https://ost.example/x y/ä">`},
		{`<a href="//bilder.example/x">`, `<a href="https://bilder.example/x">`},
		{`<a href="?p=2">`, `<a href="https://ost.example/a/b/c?p=2">`},
		{`<a href="#n1">`, `<a href="https://ost.example/a/b/c?q#n1">`},
		{`<a href="../../../x/./y/..">`, `<a href="https://ost.example/x/">`},
		{`<a href="&#47;x">`, `<a href="https://ost.example/x">`},
		{`<img/src="x"/>`, `<img/src="https://ost.example/a/b/x"/>`},
		{`<img srcset="a.jpg 1x, /b,c.jpg 2x,d.jpg">`, `<img srcset="https://ost.example/a/b/a.jpg 1x, https://ost.example/b,c.jpg 2x,https://ost.example/a/b/d.jpg">`},
		{`<video poster=p src=v><object data=d></object><blockquote cite=c>`, `<video poster="https://ost.example/a/b/p" src="https://ost.example/a/b/v">` +
			`<object data="https://ost.example/a/b/d"></object><blockquote cite="https://ost.example/a/b/c">`},
		{`<p>a</p><a href="x">b</a> c`, `<p>a</p><a href="https://ost.example/a/b/x">b</a> c`},
		// nothing of this is changed
		{`<a href=" https://nord.example/ " title='b' / >`, ""},
		{`<a href="mailto:a@ost.example"><a href="javascript:x()"><img src=data:image/png,x>`, ""},
		{`<a href=""><a href><img src=" ">`, ""},
		{`<svg><use xlink:href="#a"/></svg><img usemap="#m">`, ""},
		{`<!-- <a href="x"> --><p title="<a href='x'>" data="x">`, ""},
		{`<script>"<a href='x'>"</script><style><a href="x"></style>`, ""},
		{`a < b <a`, ""},
		{`<a href="x`, ""},
		{`<a href=`, ""},
		{`<`, ""},
		{``, ""},
		{`plain &amp; simple`, ""},
	} {
		text := feed.Text{Body: c.body, Type: feed.HTML, Base: "https://ost.example/a/b/c?q"}
		want := c.want
		if want == "" {
			want = c.body
		}
		got := text.HTML()
		if got != want {
			t.Errorf("HTML(%s)\n= %s\nwant %s", c.body, got, want)
		}
		text.Body = got
		if again := text.HTML(); again != got {
			t.Errorf("HTML(%s) twice = %s", c.body, again)
		}
		if got := feed.HTMLText(c.body).HTML(); got != c.body {
			t.Errorf("HTML(%s) without a base = %s", c.body, got)
		}
	}
	if got := (feed.Text{Body: `<a href="x">`, Base: "https://ost.example/"}).HTML(); got != `&lt;a href="x"&gt;` {
		t.Errorf("HTML of plain text = %s", got)
	}
}

// What was made absolute stays as it is, and a document is read in linear time.
func FuzzTextHTML(f *testing.F) {
	f.Add(`<a href="x?a=1&amp;b" title=y><img srcset="a 1x, b 2x">`, "https://ost.example/a/b?c")
	f.Add(`<script><a href=x></script ><!-- -->`, "file:///a/../b")
	f.Add(strings.Repeat("<a href=", 9), "http://ost.example")
	f.Add(`<i srcset="b, c 2x">`, "https://ost.example/a & b/c")
	f.Fuzz(func(t *testing.T, body, base string) {
		feeds, err := feed.Parse([]byte(`<rss version="2.0"><channel><item><description>&lt;p></description></item></channel></rss>`), feed.Options{URL: base})
		if err != nil {
			t.Fatal(err)
		}
		text := feed.Text{Body: body, Type: feed.HTML, Base: feeds.Entries[0].Summary.Base}
		once := text.HTML()
		text.Body = once
		if twice := text.HTML(); twice != once {
			t.Errorf("%q with %q: once %q, twice %q", body, text.Base, once, twice)
		}
	})
}
