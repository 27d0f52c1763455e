package charset

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDetect(t *testing.T) {
	const xml = `<?xml version="1.0" encoding="`
	for _, c := range []struct{ doc, contentType, name, text string }{
		{"\xef\xbb\xbf<a>é</a>", "text/xml; charset=koi8-r", "utf-8", "<a>é</a>"}, // the mark goes before all
		{"\xff\xfe<\x00a\x00>\x00", "", "utf-16le", "<a>"},
		{"\x00<\x00a\x00>", "", "utf-16be", "<a>"},
		{"\x00\x00\xfe\xff\x00\x00\x00<\x00\x00\x00a", "", "utf-32be", "<a"},
		{xml + "windows-1251\"?>\xcf\xe0\xf0\xee\xec", "", "windows-1251", xml + "windows-1251\"?>Паром"},
		{xml + "windows-1251\"?>\xd0\xc1\xd2\xcf\xcd", "text/xml; charset=koi8-r", "koi8-r", xml + "windows-1251\"?>паром"},
		{xml + "utf-8\"?>caf\xe9", "", "windows-1252", xml + "utf-8\"?>café"},
		{xml + "utf-8\"?>паром caf\xe9", "", "utf-8", xml + "utf-8\"?>паром café"}, // only what is none is read otherwise
		{xml + "utf-16\"?><a>é</a>", "", "utf-8", xml + "utf-16\"?><a>é</a>"},
		{xml + "mac_cyrillic\"?>\x8f\xe0\xf0\xee\xec", "", "", xml + "mac_cyrillic\"?>Паром"},
		{xml + "gb2312\"?>\xc4\xe3\xba\xc3", "", "gb18030", xml + "gb2312\"?>你好"},
		{xml + "iso-8859-1\"?>Fähre", "", "utf-8", xml + "iso-8859-1\"?>Fähre"},
		{xml + "no-such\"?>é", "", "utf-8", xml + "no-such\"?>é"},
		{"<a>b</a>", "text/xml", "us-ascii", "<a>b</a>"},
		{"<a>\x93b\x94</a>", "", "windows-1252", "<a>“b”</a>"},
		{"", "", "utf-8", ""},
	} {
		cs := Detect([]byte(c.doc), true, c.contentType)
		if c.name != "" && cs.Name != c.name {
			t.Errorf("%q (%s) is in %s, want %s", c.doc, c.contentType, cs.Name, c.name)
		}
		if got := string(cs.Decode(new([]byte), []byte(c.doc))); got != c.text {
			t.Errorf("%q (%s) is %q, want %q", c.doc, c.contentType, got, c.text)
		}
	}
}

// Whatever the bytes and what is said of them: what comes out is UTF-8, and a stream gives
// what the whole gives, into room that was used before, too.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"", "utf-8", "utf-16", "windows-1251", "koi8-r", "gb2312", "big5", "shift_jis", "euc-kr", "iso-2022-jp", "ibm037", "us-ascii", "x"} {
		f.Add([]byte("<a>Fähre паром 船\xe9\x80\x00</a>"), name)
		f.Add([]byte("\xff\xfe<\x00\x3d\xd8"), name)
	}
	room := []byte(strings.Repeat("x", 100))
	f.Fuzz(func(t *testing.T, doc []byte, name string) {
		cs := Detect(doc, true, "text/xml; charset="+name)
		before := bytes.Clone(doc)
		whole := bytes.Clone(cs.Decode(&room, doc))
		if !bytes.Equal(before, doc) {
			t.Fatal("the document was changed")
		}
		if !utf8.Valid(whole) {
			t.Errorf("%q as %s is %q", doc, cs.Name, whole)
		}
		streamed, err := io.ReadAll(cs.Reader(bytes.NewReader(doc[cs.Skip:])))
		if err == nil && !bytes.Equal(whole, streamed) {
			t.Errorf("%q as %s is %q, as a stream %q", doc, cs.Name, whole, streamed)
		}
	})
}
