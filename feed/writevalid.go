package feed

import (
	"net/url"
	"strconv"
	"strings"
)

// safeURL escapes what may not stand in a URL (RFC 3986 §2, RFC 3987 §2.2), and takes
// nothing else as what it is not.
func safeURL(s string) string {
	i := 0
	for i < len(s) && plainInURL[s[i]] {
		i++
	}
	if i == len(s) {
		return s
	}
	host := 0 // up to where [ and ] may stand
	if start := strings.Index(s, "//"); start == 0 || start > 0 && s[start-1] == ':' && absolute(s) && strings.IndexByte(s, ':') == start-1 {
		host = start + 2
		if end := strings.IndexAny(s[host:], "/?#"); end >= 0 {
			host += end
		} else {
			host = len(s)
		}
	}
	var b strings.Builder
	fragment := false
	for i, c := range []byte(s) {
		ok := plainInURL[c]
		switch c {
		case '%':
			ok = i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])
		case '[', ']':
			ok = i < host
		case '#':
			ok = !fragment
			fragment = true
		default:
			ok = ok || c >= 0x80
		}
		if ok {
			b.WriteByte(c)
			continue
		}
		const hex = "0123456789ABCDEF"
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

// plainInURL are the characters that may stand anywhere in a URL.
var plainInURL = func() (t [256]bool) {
	for c := byte('!'); c < 0x7f; c++ {
		t[c] = strings.IndexByte(`"<>\^{|}`+"`%[]#", c) < 0
	}
	return t
}()

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// webURL returns a URL that a browser can open, or nothing.
func webURL(s string) string {
	if u, err := url.Parse(s); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return s
	}
	return ""
}

// language returns a language tag if it looks like one (RFC 5646 §2.1), or nothing.
func language(tag string) string {
	tag = languageTag(tidy(tag))
	for i, part := range strings.Split(tag, "-") {
		if len(part) == 0 || len(part) > 8 {
			return ""
		}
		for _, c := range []byte(part) {
			if !isLetter(c) && (i == 0 || c < '0' || c > '9') {
				return ""
			}
		}
	}
	return tag
}

// mime returns a media type if it looks like one (RFC 6838 §4.2), or nothing.
func mime(t string) string {
	t = tidy(t)
	kind, _, _ := strings.Cut(t, ";")
	major, minor, ok := strings.Cut(strings.TrimSpace(kind), "/")
	for _, part := range []string{major, minor} {
		ok = ok && part != "" && strings.IndexFunc(part, func(r rune) bool {
			return (r|0x20 < 'a' || r|0x20 > 'z') && !strings.ContainsRune("0123456789!#$&-^_.+", r)
		}) < 0
	}
	return when(ok, t)
}

// count returns what is a whole number, as one is written, or nothing.
func count(s string) string {
	n, err := strconv.ParseInt(tidy(s), 10, 64)
	return when(err == nil && n >= 0, strconv.FormatInt(n, 10))
}

// upTo returns a number if it is one from 1 to most, or nothing.
func upTo(s string, most int) string {
	n, err := strconv.Atoi(tidy(s))
	return when(err == nil && n >= 1 && n <= most, strconv.Itoa(n))
}

// email returns an address if it can be one (RFC 4287 §3.2.3), or nothing.
func email(s string) string {
	s = tidy(s)
	at := strings.IndexByte(s, '@')
	return when(at > 0 && at < len(s)-1 && !strings.ContainsAny(s, " \n\t"), s)
}

// rel returns a relation that is a name or a URI (RFC 4287 §4.2.7.2), or nothing.
func rel(s string) string {
	s = relation(tidy(s))
	if absolute(s) {
		return when(s == safeURL(s), s)
	}
	for i, c := range []byte(s) {
		if !isLetter(c) && (i == 0 || strings.IndexByte("0123456789-._", c) < 0) {
			return ""
		}
	}
	return s
}

// iri returns an id that is one (RFC 4287 §4.2.6): what a publisher of RSS gave as a
// guid need not be.
func iri(id string) string {
	id = tidy(id)
	if absolute(id) && id == safeURL(id) {
		return id
	}
	return "urn:guid:" + url.PathEscape(id)
}

// unique returns an id that no entry before had: readers take two with one id for one.
// Of several with the same, the first keeps it, the others have their link, or the id
// and a number.
func (w *xmlWriter) unique(id, link string) string {
	if w.ids == nil {
		w.ids = map[string]bool{}
	}
	was := id
	if w.ids[id] && link != "" {
		id = link
	}
	for n := 2; w.ids[id]; n++ {
		if strings.Contains(was, "#") {
			id = was + "-" + strconv.Itoa(n)
		} else {
			id = was + "#" + strconv.Itoa(n)
		}
	}
	w.ids[id] = true
	return id
}

// alternates are links to the same in another form, each of a type and language that
// the ones before have not (RFC 4287 §4.1.1), the first of them the link.
func (w *xmlWriter) alternates(link string, links []Link) (out []Link) {
	if link == "" {
		return nil
	}
	form := func(l Link) [2]string {
		return [2]string{strings.ToLower(mime(l.Type)), strings.ToLower(language(l.Language))}
	}
	first := Link{URL: link}
	for _, l := range links {
		if w.url(l.URL) == link && rel(l.Rel) == "alternate" {
			first = l
			break
		}
	}
	out = append(out, first)
	seen := map[[2]string]bool{form(first): !w.rss} // the link of RSS has no form to say
	for _, l := range links {
		if url := w.url(l.URL); url != "" && url != link && rel(l.Rel) == "alternate" && !seen[form(l)] {
			seen[form(l)] = true
			out = append(out, l)
		}
	}
	return out
}
