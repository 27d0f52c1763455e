// Package charset finds out in which encoding a document is, by what is said of it and by
// its bytes, and gives it as UTF-8. No bytes lose a document: what cannot be decoded is
// read as windows-1252 or replaced.
package charset

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

// A Charset is how the bytes of a document are to be read.
type Charset struct {
	Name     string            // "utf-8", "windows-1251", ...
	enc      encoding.Encoding // nil for UTF-8
	Skip     int               // bytes of the byte order mark
	valid    bool              // all of the document is UTF-8 as it stands
	Problems []string          // what is wrong with it
}

// Sniffed is how much of a document decides about its encoding.
const Sniffed = 64 << 10

// Detect finds out the encoding of a document from its head: byte order mark, then
// HTTP header, then XML declaration (RFC 7303 §3), each believed only if the bytes
// bear it out; then UTF-8 if it is that, else windows-1252.
func Detect(head []byte, whole bool, contentType string) Charset {
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		return Charset{Name: "utf-8", Skip: 3, valid: whole && utf8.Valid(head[3:])}
	case bytes.HasPrefix(head, []byte{0xff, 0xfe, 0, 0}):
		return Charset{Name: "utf-32le", enc: utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), Skip: 4}
	case bytes.HasPrefix(head, []byte{0, 0, 0xfe, 0xff}):
		return Charset{Name: "utf-32be", enc: utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), Skip: 4}
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return Charset{Name: "utf-16le", enc: utf16(unicode.LittleEndian), Skip: 2}
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return Charset{Name: "utf-16be", enc: utf16(unicode.BigEndian), Skip: 2}
	case bytes.HasPrefix(head, []byte{0, 0, 0, '<'}):
		return Charset{Name: "utf-32be", enc: utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)}
	case bytes.HasPrefix(head, []byte{'<', 0, 0, 0}):
		return Charset{Name: "utf-32le", enc: utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)}
	case bytes.HasPrefix(head, []byte{0, '<'}):
		return Charset{Name: "utf-16be", enc: utf16(unicode.BigEndian)}
	case bytes.HasPrefix(head, []byte{'<', 0}):
		return Charset{Name: "utf-16le", enc: utf16(unicode.LittleEndian)}
	case bytes.HasPrefix(head, []byte{0x4c, 0x6f, 0xa7, 0x94}): // "<?xm" in EBCDIC
		name := declaredEBCDIC(head)
		enc, err := byName(name)
		if err != nil {
			enc = charmap.CodePage037 // in letters and digits all of them are the same
		}
		return Charset{Name: name, enc: enc}
	}
	isUTF8 := validHead(head, whole)
	var problems []string
	saids := []string{charsetOf(contentType), declared(head)}
	if saids[0] == "" && whole && isUTF8 && defaultASCII(contentType, saids[1]) && ASCII(head) == len(head) {
		return Charset{Name: "us-ascii", valid: true}
	}
	for _, said := range saids {
		name := label(said)
		if name == "" {
			continue
		}
		switch name {
		case "utf8", "unicode", "utf":
			name = "utf-8"
		}
		if strings.HasPrefix(name, "utf-16") || strings.HasPrefix(name, "utf-32") || name == "ucs-2" || name == "iso-10646-ucs-2" {
			// A declaration that could be read as single bytes is not in UTF-16.
			problems = append(problems, "declared as "+name+", which it is not")
			continue
		}
		enc, err := byName(name)
		if err != nil {
			problems = append(problems, "unknown encoding "+brief(name))
			continue
		}
		if name == "utf-8" {
			if isUTF8 {
				return Charset{Name: "utf-8", valid: whole, Problems: problems}
			}
			problems = append(problems, "declared as utf-8, which not all of it is")
			continue
		}
		if name == "us-ascii" || name == "ascii" {
			if ASCII(head) == len(head) {
				return Charset{Name: "us-ascii", valid: whole, Problems: problems}
			}
			problems = append(problems, "declared as us-ascii, which not all of it is")
			if isUTF8 {
				continue // a default that nobody chose
			}
		}
		if strings.HasPrefix(name, "gb") && strings.Contains(name, "2312") {
			name = "gb18030" // which has all of it and more
			if enc, err = byName(name); err != nil {
				continue // unreachable: the package has it
			}
		}
		if isUTF8 && multibyte(head) && (enc == charmap.Windows1252 || enc == charmap.ISO8859_1) {
			// No text in a western encoding happens to be UTF-8 in each of its letters.
			problems = append(problems, "declared as "+name+", but it is utf-8")
			continue
		}
		if undecodable(enc, head) {
			problems = append(problems, "declared as "+name+", which not all of it is")
			continue
		}
		return Charset{Name: name, enc: enc, Problems: problems}
	}
	if isUTF8 {
		return Charset{Name: "utf-8", valid: whole, Problems: problems}
	}
	// Nothing fits as a whole. What was declared reads most of it, if it was not UTF-8.
	for _, said := range saids {
		name := label(said)
		if enc, err := byName(name); err == nil && name != "utf-8" && name != "utf8" && !strings.HasPrefix(name, "utf-") {
			return Charset{Name: name, enc: enc, Problems: problems}
		}
	}
	name := "windows-1252"
	if multibyte(head) {
		name = "utf-8"
	}
	return Charset{Name: name, Problems: append(problems, "bytes that are no utf-8 are read as windows-1252")}
}

// defaultASCII says whether a document is in US-ASCII for want of a charset in the HTTP
// header (RFC 3023 §3.1). Publishers do not mean it, so it counts only if the document
// is, and was not said to be in an encoding that has 7 bits, too.
func defaultASCII(contentType, declared string) bool {
	t, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	if !strings.HasPrefix(t, "text/") || !strings.Contains(t, "xml") {
		return false
	}
	declared = strings.ToLower(declared)
	return !strings.HasPrefix(declared, "iso-2022") && !strings.HasPrefix(declared, "hz") && !strings.HasPrefix(declared, "utf-7") &&
		!strings.HasPrefix(declared, "csiso2022")
}

// byName finds an encoding by one of its names. ISO 8859-1 is read as windows-1252,
// which has all of it and more (WHATWG Encoding).
func byName(name string) (encoding.Encoding, error) {
	switch name {
	case "hz", "hz-gb-2312": // the WHATWG gave it up
		return simplifiedchinese.HZGB2312, nil
	case "cp858", "ibm00858":
		return charmap.CodePage858, nil
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return ianaName(name)
	}
	return enc, nil
}

func ianaName(name string) (encoding.Encoding, error) {
	enc, err := ianaindex.IANA.Encoding(name)
	if err == nil && enc == nil {
		return nil, fmt.Errorf("no decoder for %s", brief(name))
	}
	return enc, err
}

func utf16(e unicode.Endianness) encoding.Encoding { return unicode.UTF16(e, unicode.IgnoreBOM) }

// charsetOf returns the charset of a Content-Type, however sloppily it is written.
func charsetOf(contentType string) string {
	_, name, _ := strings.Cut(strings.ToLower(contentType), "charset")
	name, ok := strings.CutPrefix(strings.TrimSpace(name), "=")
	if !ok {
		return ""
	}
	name, _, _ = strings.Cut(name, ";")
	return strings.Trim(name, " \t\"'")
}

// declared returns the encoding that the XML declaration names.
func declared(head []byte) string {
	head = head[:min(len(head), 1024)]
	start := bytes.Index(head, []byte("<?xml"))
	if start < 0 {
		return ""
	}
	decl := head[start:]
	if end := bytes.IndexByte(decl, '>'); end >= 0 {
		decl = decl[:end]
	}
	i := bytes.Index(decl, []byte("encoding"))
	if i < 0 {
		return ""
	}
	decl = bytes.TrimLeft(decl[i+len("encoding"):], " \t\r\n=")
	if len(decl) == 0 || decl[0] != '"' && decl[0] != '\'' {
		return ""
	}
	end := bytes.IndexByte(decl[1:], decl[0])
	if end < 0 {
		return ""
	}
	return string(decl[1 : 1+end])
}

// declaredEBCDIC reads the declaration of a document in EBCDIC.
func declaredEBCDIC(head []byte) string {
	enc, err := ianaName("ibm037")
	if err != nil {
		return "" // unreachable: the package has it
	}
	out, err := enc.NewDecoder().Bytes(head[:min(len(head), 256)])
	if err != nil {
		return ""
	}
	if name := declared(out); name != "" {
		return strings.ToLower(name)
	}
	return "ibm037"
}

// validHead says whether head is UTF-8; unless it is the whole document, its last
// character may be cut.
func validHead(head []byte, whole bool) bool {
	for i := 1; !whole && i < utf8.UTFMax && i <= len(head); i++ {
		if utf8.RuneStart(head[len(head)-i]) {
			if !utf8.FullRune(head[len(head)-i:]) {
				head = head[:len(head)-i]
			}
			break
		}
	}
	return utf8.Valid(head)
}

// multibyte says whether b holds characters of UTF-8 beyond ASCII.
func multibyte(b []byte) bool {
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		if r != utf8.RuneError {
			return true
		}
		b = b[n:]
	}
	return false
}

// undecodable says whether enc cannot read some of head.
func undecodable(enc encoding.Encoding, head []byte) bool {
	head = head[:min(len(head), Sniffed)]
	if cm, ok := enc.(*charmap.Charmap); ok {
		return singleByte(cm).lacks(head)
	}
	out, err := enc.NewDecoder().Bytes(head)
	if err != nil {
		return true
	}
	// The last character may be cut.
	if n := len(out); n > 8 {
		out = out[:n-8]
	}
	return bytes.ContainsRune(out, utf8.RuneError)
}

// Decode returns the whole document as UTF-8: as it is where it is that, else in room,
// which grows where it has to.
func (c Charset) Decode(room *[]byte, data []byte) []byte {
	data = data[c.Skip:]
	if c.enc == nil {
		if c.valid || utf8.Valid(data) {
			return data
		}
		out, _, err := transform.Append(repair{}, (*room)[:0], data)
		if err != nil {
			return bytes.ToValidUTF8(data, []byte("\ufffd")) // unreachable: repair takes all bytes
		}
		*room = out
		return out
	}
	if cm, ok := c.enc.(*charmap.Charmap); ok {
		*room = singleByte(cm).decode(*room, data)
		return *room
	}
	out, _, err := transform.Append(c.enc.NewDecoder(), (*room)[:0], data)
	if err != nil {
		// Keep what was decoded; the rest is read byte by byte.
		return bytes.ToValidUTF8(out, []byte("\ufffd"))
	}
	*room = out
	return out
}

// Reader returns the document as a stream of UTF-8.
func (c Charset) Reader(r io.Reader) io.Reader {
	if c.enc == nil {
		return transform.NewReader(r, repair{})
	}
	return transform.NewReader(r, c.enc.NewDecoder())
}

// repair is a transformer that takes UTF-8 as it is, and reads each byte that is
// none as windows-1252.
type repair struct{ transform.NopResetter }

func (repair) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		if src[nSrc] < utf8.RuneSelf {
			n := ASCII(src[nSrc:])
			n = copy(dst[nDst:], src[nSrc:nSrc+n])
			if n == 0 {
				return nDst, nSrc, transform.ErrShortDst
			}
			nDst, nSrc = nDst+n, nSrc+n
			continue
		}
		r, size := utf8.DecodeRune(src[nSrc:])
		if r == utf8.RuneError && size == 1 {
			if !atEOF && !utf8.FullRune(src[nSrc:]) {
				return nDst, nSrc, transform.ErrShortSrc
			}
			if r = rune(src[nSrc]); r < 0xa0 {
				r = Windows1252[r-0x80]
			}
		}
		if nDst+utf8.RuneLen(r) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc += size
	}
	return nDst, nSrc, nil
}

// ASCII returns how many bytes of ASCII b starts with.
func ASCII(b []byte) int {
	i := 0
	for i+8 <= len(b) && binary.LittleEndian.Uint64(b[i:])&highBits == 0 {
		i += 8
	}
	for i < len(b) && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// brief cuts a name that is none of an encoding, to repeat it in a message.
func brief(name string) string {
	const most = 60
	if len(name) > most {
		return strings.ToValidUTF8(name[:most], "") + "..."
	}
	return name
}

// Repaired returns b as UTF-8: what is none is read as windows-1252.
func Repaired(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	out, _, err := transform.Bytes(repair{}, b)
	if err != nil {
		return nil // unreachable: repair takes all bytes
	}
	return out
}

// Windows1252 is what windows-1252 has at 0x80 to 0x9f.
var Windows1252 = [32]rune{
	'\u20ac', '\u0081', '\u201a', '\u0192', '\u201e', '\u2026', '\u2020', '\u2021',
	'\u02c6', '\u2030', '\u0160', '\u2039', '\u0152', '\u008d', '\u017d', '\u008f',
	'\u0090', '\u2018', '\u2019', '\u201c', '\u201d', '\u2022', '\u2013', '\u2014',
	'\u02dc', '\u2122', '\u0161', '\u203a', '\u0153', '\u009d', '\u017e', '\u0178',
}
