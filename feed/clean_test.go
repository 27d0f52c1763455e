package feed

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Looking at a word at a time finds what looking at a character at a time does; what was
// cleaned is clean.
func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"", "plain\n\ttext", "\r\n", "a\x00b", "Straße", "новости", "ニュース\uffff", "\ufffe", "\xef\xbf", "\xef\xbf\xef", "\xc0\x80",
		"\xed\xa0\x80", "🗞", "caf\xe9", "\x7f\x80", "\x1f", "\ufeff", "\x1f\x20\x1f ", "\n\x20\n ",
	} {
		f.Add([]byte(s), uint8(0))
		f.Add([]byte(s), uint8(29))
	}
	f.Fuzz(func(t *testing.T, b []byte, before uint8) {
		b = append([]byte(strings.Repeat("x", int(before%64))), b...)
		b = append(b, "and what follows"...)
		want := len(b)
		for i, r := range string(b) {
			if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
				want = i
				break
			}
		}
		if got := dirt(b); got != want {
			t.Errorf("%q: dirt at %d, want %d", b, got, want)
		}
		if done := cleanBytes(append([]byte(nil), b...), nil); utf8.Valid(b) && dirt(done) < len(done) || want == len(b) && string(done) != string(b) {
			t.Errorf("%q is cleaned to %q", b, done)
		}
	})
}
