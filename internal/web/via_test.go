package web

import "testing"

func TestViaWords(t *testing.T) {
	t.Parallel()
	for route, want := range map[string]string{
		"":                                     "directly",
		"direct":                               "directly",
		"direct-http1":                         "directly, over HTTP/1.1",
		"doh:https://192.0.2.53/dns-query":     "directly, the name looked up at another resolver",
		"ech:https://resolver.example/query":   "directly, with the outlet’s name encrypted",
		"http://proxy.example:3128":            "through a proxy",
		"socks5h://192.0.2.7:9050":             "through a SOCKS proxy, such as Tor",
		"mirror:https://copy.example/nt":       "from the mirror https://copy.example/nt",
		"archive:https://archive.example/web/": "from a web archive, https://archive.example/web/",
		"peer:https://hub.example/feed.atom":   "from another hub, https://hub.example/feed.atom",
		"pigeon:loft":                          "by another route",
	} {
		if got := viaWords(route); got != want {
			t.Errorf("%s: %q, want %q", route, got, want)
		}
	}
}

func TestWithoutProxies(t *testing.T) {
	t.Parallel()
	routes := []string{
		"direct", "doh:https://resolver.example/dns-query", "socks5h://192.0.2.7:9050", "http://user:pw@proxy.example:3128",
		"mirror:https://copy.example", "archive:https://archive.example/web/", "peer:https://hub.example/feed.atom",
	}
	for text, want := range map[string]string{
		"connection refused": "connection refused",
		"socks connect tcp 192.0.2.7:9050->harbour.example:443: unknown error host unreachable": "socks connect tcp (the route)->harbour.example:443: unknown error host unreachable",
		"lookup harbour.example on https://resolver.example/dns-query: no such host":            "lookup harbour.example on (the route): no such host",
		"dial tcp: lookup proxy.example: no such host":                                          "dial tcp: lookup (the route): no such host",
		"redirect to https://archive.example/web/1 from https://hub.example":                    "redirect to https://archive.example/web/1 from https://hub.example",
		"redirect to https://copy.example/a":                                                    "redirect to https://copy.example/a",
	} {
		if got := withoutProxies(text, routes); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
