package feed

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// inspect says of any bytes what the slower ways say.
func FuzzInspect(f *testing.F) {
	for _, s := range []string{
		"", "plain\n\ttext", "\r\n", "a\x00b", "Straße", "новости", "ニュース\uffff", "\ufffe", "\xef\xbf", "\xc0\x80", "\xed\xa0\x80",
		"\xf4\x90\x80\x80", "🗞", "\xe2\x82", "caf\xe9", "\x7f\x80", "\x1f", "\ufeff",
	} {
		f.Add([]byte(s), uint8(0))
		f.Add([]byte(s), uint8(29))
	}
	f.Fuzz(func(t *testing.T, b []byte, before uint8) {
		b = append([]byte(strings.Repeat("x", int(before%64))), b...)
		b = append(b, "and what follows, long enough for a word or two"...)
		for _, b := range [][]byte{b, b[:len(b)-40]} {
			isUTF8, isClean := inspect(b)
			if isUTF8 != utf8.Valid(b) {
				t.Errorf("%q: UTF-8 %v", b, isUTF8)
			}
			if isUTF8 && isClean != (string(cleanBytes(append([]byte(nil), b...), nil)) == string(b)) {
				t.Errorf("%q: clean %v", b, isClean)
			}
			if isClean != clean(b) {
				t.Errorf("%q: clean %v by inspect, not by clean", b, isClean)
			}
		}
	})
}

// Both forms that are read directly give what the general way gives.
func FuzzCommonDate(f *testing.F) {
	for _, s := range []string{
		"Mon, 02 Nov 2026 08:15:00 +0100", "Mon, 02 Nov 2026 08:15:00 GMT", "2026-11-02T08:15:00Z", "2026-11-02T08:15:00.25+05:30",
		"Sun, 29 Feb 2026 00:00:00 GMT", "2026-02-30T00:00:00Z", "Mon, 31 Apr 2026 23:59:60 -1900", "0000-01-01T00:00:00Z", "2026-11-02T24:00:00Z",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		direct, ok := commonDate(s)
		if !ok {
			return
		}
		general, note, ok := generalDate(s)
		if !ok || note != "" || !direct.Equal(general) {
			t.Errorf("%q is %v, in general %v (%s, %v)", s, direct, general, note, ok)
		}
	})
}
