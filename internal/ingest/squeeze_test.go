package ingest

import (
	"strings"
	"testing"
)

func TestSqueezer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ markup, want string }{
		{"", ""},
		{" \n ", ""},
		{"one  two\n\tthree ", "one two three"},
		{"a\u00a0b\u200bc\ufeffd\u2003e", "a b c d e"},
		{"größer als\x01 das", "größer als\x01 das"},
		{"<p>one</p><p>two</p>", "one two"},
		{"one<br>two<!-- three -->four", "one two four"},
		{"in<b>side</b> out", "in side out"},
		{"fish &amp; chips &#8211; hot", "fish & chips – hot"},
		{`see <a href="https://h.example/x?utm_source=feed#top">here</a>`, "see https://h.example/x here"},
		{`<img src="https://h.example/pic.jpg?sig=1" alt="x">`, "https://h.example/pic.jpg"},
		{`<img src="https://count.example/1.gif" width="1" height="1">`, ""},
		{`<a href="/p" width="1">x</a>`, "/p x"},
	} {
		var b strings.Builder
		w := squeezer{w: &b}
		w.markup(c.markup)
		w.flush()
		if got := b.String(); got != c.want {
			t.Errorf("%q: got %q, want %q", c.markup, got, c.want)
		}
	}
}
