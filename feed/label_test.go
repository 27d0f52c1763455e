package feed_test

import (
	"testing"

	"golang.org/x/text/encoding/htmlindex"

	"parallax/feed"
)

// An encoding is known by the names that Windows, Python, Java and iconv have for it.
func TestEncodingNames(t *testing.T) {
	const title = "Мост открыт"
	for want, names := range map[string][]string{
		"windows-1251":   {"windows-1251", "cp1251", "CP-1251", "win-1251", "Windows1251", "windows_1251"},
		"x-mac-cyrillic": {"x-mac-cyrillic", "MacCyrillic", "mac_cyrillic"},
		"koi8-r":         {"KOI8-R", "koi8r"},
		"iso-8859-5":     {"ISO-8859-5", "ISO8859_5", "8859-5", "iso 8859-5"},
	} {
		for _, name := range names {
			enc, err := htmlindex.Get(want)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := enc.NewEncoder().String(`<?xml version="1.0" encoding="` + name + `"?><rss version="2.0"><channel><title>` + title + `</title></channel></rss>`)
			if err != nil {
				t.Fatal(err)
			}
			f, err := feed.Parse([]byte(raw), feed.Options{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got := f.Title.String(); got != title || len(f.Problems) > 0 {
				t.Errorf("%s, which is %s: title %q, want %q; %v", name, want, got, title, f.Problems)
			}
		}
	}
	for want, names := range map[string][]string{
		"euc-kr": {"cp949", "ms949", "UHC", "euc_kr"}, "shift_jis": {"cp932", "MS932", "Shift-JIS"}, "euc-jp": {"eucJP", "euc_jp"}, "gbk": {"cp936", "EUC-CN"}, "big5": {"cp950", "Big5-HKSCS"},
	} {
		for _, name := range names {
			enc, err := htmlindex.Get(want)
			if err != nil {
				t.Fatal(err)
			}
			const title = "大橋"
			raw, err := enc.NewEncoder().String(`<?xml version="1.0" encoding="` + name + `"?><rss version="2.0"><channel><title>` + title + `</title></channel></rss>`)
			if err != nil {
				t.Fatal(err)
			}
			if f, err := feed.Parse([]byte(raw), feed.Options{}); err != nil || f.Title.String() != title || len(f.Problems) > 0 {
				t.Errorf("%s, which is %s: %+v, %v", name, want, f, err)
			}
		}
	}
}
