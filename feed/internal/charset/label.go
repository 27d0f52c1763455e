package charset

import (
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// label returns the name by which an encoding is known to WHATWG or IANA, in lower
// case, for one that it has in Windows, Python, Java or iconv, or is misspelt as:
// "cp949", "mac_cyrillic", "ISO8859_1", "win-1251".
func label(said string) string {
	name := strings.ToLower(strings.TrimSpace(said))
	if name == "" {
		return ""
	}
	if _, err := htmlindex.Get(name); err == nil {
		return name
	}
	if _, err := ianaName(name); err == nil {
		return name
	}
	bare := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == ' ' || r == '.' {
			return -1
		}
		return r
	}, name)
	if l, ok := labels[bare]; ok {
		return l
	}
	for _, kin := range []struct{ prefix, whole string }{
		{"windows", "windows-"}, {"win", "windows-"}, {"cp", "windows-"}, {"cp", "ibm"}, {"iso8859", "iso-8859-"}, {"8859", "iso-8859-"}, {"iso", "iso-8859-"},
	} {
		if number, ok := strings.CutPrefix(bare, kin.prefix); ok && number != "" {
			if _, err := htmlindex.Get(kin.whole + number); err == nil {
				return kin.whole + number
			}
		}
	}
	return name
}

// labels are other names of encodings, without what joins their parts.
var labels = map[string]string{
	"utf8sig": "utf-8", "xutf8": "utf-8", "utf8mb4": "utf-8",
	"latin1": "iso-8859-1", "latin2": "iso-8859-2", "latin9": "iso-8859-15", "ansi": "windows-1252",
	"maccyrillic": "x-mac-cyrillic", "macroman": "macintosh",
	"koi8": "koi8-r", "koi8r": "koi8-r", "koi8u": "koi8-u",
	"cp932": "shift_jis", "ms932": "shift_jis", "sjis": "shift_jis", "shiftjis": "shift_jis", "eucjp": "euc-jp", "iso2022jp": "iso-2022-jp",
	"cp949": "euc-kr", "ms949": "euc-kr", "uhc": "euc-kr", "euckr": "euc-kr",
	"hz": "hz-gb-2312", "cp936": "gbk", "ms936": "gbk", "euccn": "gbk", "cp950": "big5", "ms950": "big5", "big5hkscs": "big5", "euctw": "big5",
	"cp874": "windows-874", "tis620": "windows-874",
}
