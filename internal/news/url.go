package news

import (
	"net/url"
	"strings"
)

// PublicURL returns address without the user and password that stand before its host
// (RFC 3986 §3.2.1): what may be shown, logged and given out. Feeds for subscribers are
// configured with them, and they are nobody else's business. The rest of the address
// stays byte by byte.
func PublicURL(address string) string {
	scheme, rest, ok := strings.Cut(address, "//")
	if !ok || !strings.Contains(rest, "@") {
		return address
	}
	end := strings.IndexAny(rest, "/?#")
	if _, err := url.Parse(strings.TrimSpace(address)); err != nil {
		end = -1 // who knows where a password ends that has a slash in it: nothing of it stays
	}
	authority, tail := rest, ""
	if end >= 0 {
		authority, tail = rest[:end], rest[end:]
	}
	return scheme + "//" + authority[strings.LastIndexByte(authority, '@')+1:] + tail
}
