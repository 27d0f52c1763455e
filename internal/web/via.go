package web

import (
	"net/url"
	"strings"

	"parallax/internal/news"
)

// viaWords tells readers by which kind of route something was read. Of proxies and
// resolvers it gives no address: readers gain nothing by it, and who wants to cut the hub
// off would. Mirrors, archives and other hubs are public, and may alter what they serve:
// they are named.
func viaWords(route string) string {
	kind, rest, _ := strings.Cut(route, ":")
	switch kind {
	case "", "direct":
		return "directly"
	case "direct-http1":
		return "directly, over HTTP/1.1"
	case "doh":
		return "directly, the name looked up at another resolver"
	case "ech":
		return "directly, with the outlet’s name encrypted"
	case "http", "https":
		return "through a proxy"
	case "socks5", "socks5h":
		return "through a SOCKS proxy, such as Tor"
	case "mirror":
		return "from the mirror " + news.PublicURL(rest)
	case "archive":
		return "from a web archive, " + news.PublicURL(rest)
	case "peer":
		return "from another hub, " + news.PublicURL(rest)
	}
	return "by another route"
}

// withoutProxies takes the addresses of proxies and resolvers among routes out of an error.
func withoutProxies(text string, routes []string) string {
	for _, r := range routes {
		if kind, _, _ := strings.Cut(r, ":"); kind == "mirror" || kind == "archive" || kind == "peer" {
			continue
		}
		u, err := url.Parse(strings.TrimPrefix(strings.TrimPrefix(r, "doh:"), "ech:"))
		if err != nil || u.Host == "" {
			continue
		}
		for _, address := range []string{u.Scheme + "://" + u.Host + u.Path, u.Host, u.Hostname()} {
			text = strings.ReplaceAll(text, address, "(the route)")
		}
	}
	return text
}
