package feed_test

import (
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"parallax/feed"
)

// What a document says of its encoding, in the names that publishers use.
func TestEncodings(t *testing.T) {
	for _, c := range []struct {
		name, text string
		enc        encoding.Encoding
	}{
		{"iso-8859-5", "Новости дня", charmap.ISO8859_5},
		{"win-1251", "Новости дня", charmap.Windows1251},
		{"koi8", "Новости дня", charmap.KOI8R},
		{"x-mac-cyrillic", "Новости дня", charmap.MacintoshCyrillic},
		{"mac-roman", "café señor", charmap.Macintosh},
		{"cp437", "café señor", charmap.CodePage437},
		{"cp858", "café 5 €", charmap.CodePage858},
		{"cp037", "café señor", charmap.CodePage037},
		{"cp500", "cafe", charmap.CodePage037}, // of another EBCDIC, letters can be read
		{"cp932", "新聞の一面", japanese.ShiftJIS},
		{"euc-jp", "新聞の一面", japanese.EUCJP},
		{"iso-2022-jp", "新聞の一面", japanese.ISO2022JP},
		{"ms949", "오늘의 뉴스", korean.EUCKR},
		{"gb2312", "今日新闻", simplifiedchinese.GBK},
		{"hz-gb-2312", "今日新闻", simplifiedchinese.HZGB2312},
		{"cp950", "今日新聞", traditionalchinese.Big5},
		{"utf-16", "Дня ☂", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		{"utf-16", "Дня ☂", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
		{"utf-32", "Дня ☂", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
		{"utf-8", "Дня ☂", unicode.UTF8BOM},
		{"utf-16", "Дня ☂", encoding.Nop}, // a lie
	} {
		doc := `<?xml version="1.0" encoding="` + c.name + `"?><rss version="2.0"><channel><title>` + c.text + `</title></channel></rss>`
		data, err := c.enc.NewEncoder().Bytes([]byte(doc))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		for _, contentType := range []string{"", "text/xml", "application/rss+xml; charset=none"} {
			f, err := feed.Parse(data, feed.Options{ContentType: contentType})
			if err != nil {
				t.Errorf("%s as %q: %v", c.name, contentType, err)
			} else if f.Title.Body != c.text {
				t.Errorf("%s as %q: %q, want %q (%s)", c.name, contentType, f.Title.Body, c.text, f.Encoding)
			}
		}
	}
}
