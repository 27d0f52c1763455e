package declare

import (
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"parallax/internal/news"
	"parallax/internal/sanitize"
)

// The limits of what one document may say. What an outlet says of itself goes out beside each of
// its articles.
const (
	maxValue    = 300  // runes of a text; more is cut, with a mark
	maxURL      = 1000 // bytes of an address; a longer one is refused
	maxHost     = 253  // of a domain name (RFC 1035 §2.3.4)
	maxPerField = 12   // claims that one document makes about one field
	maxSaid     = 8192 // bytes of all claims of one document; what all outlets say is read often
	maxProblems = 10   // flaws of one document that are kept
)

// clean makes plain text of what stands in a document: no markup, no control characters, none that
// turn the direction of what stands around them (UAX #9) or that nobody sees, white space as
// single spaces. What is longer than limit runes is cut. Cleaning twice changes nothing.
func clean(s string, limit int) string {
	const most = 1 << 16 // bytes that are looked at: more of one value is no text for people
	if len(s) > most {
		s = s[:most]
	}
	s = visible(strings.ToValidUTF8(s, "\uFFFD"))
	// "&amp;lt;" is not unusual where one program quotes what another has quoted; what is quoted
	// ever more often is no text.
	for round := 0; strings.ContainsAny(s, "<&"); round++ {
		text := visible(sanitize.Text(s))
		if text == s {
			break
		}
		if s = text; round == 8 {
			return ""
		}
	}
	// What is left of them could be markup for who reads it next.
	s = strings.NewReplacer("<", "‹", ">", "›").Replace(s)
	if s = news.Cut(s, limit); strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) < 0 {
		return "" // joiners, dashes and the like say nothing
	}
	return s
}

// visible drops the characters that nobody sees, or that move others.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\u200c' || r == '\u200d': // joiners belong to the spelling of Persian and Hindi
			return r
		case unicode.In(r, unicode.C, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, s)
}

// address resolves what a document says is a URL against its own: of http or https, with a host
// name in ASCII and no password; "" where it is none. The number of a machine is no name: a link
// to one might lead into the network of whoever follows it.
func address(ref, base string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > maxURL || strings.ContainsFunc(ref, func(r rune) bool { return r <= ' ' || unicode.In(r, unicode.C, unicode.Z) }) {
		return ""
	}
	from, err := url.Parse(base)
	if err != nil {
		return ""
	}
	u, err := from.Parse(ref)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" {
		return ""
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil || host == "" || len(host) > maxHost {
		return ""
	}
	if u.Host != from.Host && domain(host) == "" {
		return ""
	}
	if p := u.Port(); p != "" {
		host += ":" + p
	}
	u.Host, u.User = host, nil
	var b strings.Builder
	for _, c := range []byte(u.String()) {
		if c > '~' || strings.IndexByte("<>\"'\\^`{|}", c) >= 0 { // what a query may hold as it came (RFC 3986 §2)
			_, _ = fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	if b.Len() > maxURL {
		return ""
	}
	return b.String()
}

// absolute is address for a document in which every URL names its host.
func absolute(ref, base string) string {
	if i := strings.Index(ref, "://"); i <= 0 {
		return ""
	}
	return address(ref, base)
}

// domain returns a domain name in lower case and ASCII, "" where it is none.
func domain(s string) string {
	s = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(s)), ".")
	if s == "" || len(s) > maxHost || !strings.Contains(s, ".") || strings.ContainsAny(s, " /:@?#%\\") {
		return ""
	}
	host, err := idna.Lookup.ToASCII(s)
	if err != nil || len(host) > maxHost || strings.Trim(host, "0123456789.") == "" {
		return ""
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 {
			return ""
		}
	}
	return host
}

// mailbox returns an e-mail address, "" where it is none.
func mailbox(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= len("mailto:") && strings.EqualFold(s[:len("mailto:")], "mailto:") {
		s, _, _ = strings.Cut(s[len("mailto:"):], "?")
	}
	const most = 254 // RFC 5321 §4.5.3.1, with the erratum
	if len(s) > most || strings.ContainsAny(s, " <>\"(),;:\\") {
		return ""
	}
	a, err := mail.ParseAddress(s)
	if err != nil || domain(a.Address[strings.LastIndexByte(a.Address, '@')+1:]) == "" || clean(a.Address, maxValue) != a.Address {
		return ""
	}
	return a.Address
}

// telephone returns a number as it is written, "" where it is none.
func telephone(s string) string {
	s = clean(strings.TrimPrefix(strings.TrimSpace(s), "tel:"), 40)
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-–/(). extEXT", r):
			return ""
		}
	}
	if digits < 3 {
		return ""
	}
	return s
}
