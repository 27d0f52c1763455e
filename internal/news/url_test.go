package news

import "testing"

func TestPublicURL(t *testing.T) {
	for in, want := range map[string]string{
		"":                                    "",
		"https://ost.example/rss?a=b%2f#c":    "https://ost.example/rss?a=b%2f#c",
		"https://bob:hunter2@ost.example/rss": "https://ost.example/rss",
		"http://bob@ost.example:81":           "http://ost.example:81",
		"http://bob:@ost.example?q=x@y":       "http://ost.example?q=x@y",
		"https://ost.example/@bob":            "https://ost.example/@bob",
		"https://ost.example/a//b@c":          "https://ost.example/a//b@c",
		" http://bob:hunter2@ost.example/":    " http://ost.example/",
		"http://bob:hun@ter2@ost.example/":    "http://ost.example/",
		"http://bob:hun/ter2@ost.example/":    "http://ost.example/",
		"http://bob:hunter2@ost example/":     "http://ost example/",
		"//bob:hunter2@ost.example/rss":       "//ost.example/rss",
		"mailto:bob@ost.example":              "mailto:bob@ost.example",
		"tag:ost.example,2026:1":              "tag:ost.example,2026:1",
	} {
		if got := PublicURL(in); got != want {
			t.Errorf("PublicURL(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHost(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://harbour.example/rss":       "harbour.example",
		"http://harbour.example:80/":        "harbour.example",
		"https://WWW.Harbour.example.:443/": "harbour.example",
		"https://feeds.harbour.example/":    "feeds.harbour.example",
		"https://harbour.example:8443/":     "harbour.example:8443",
		"http://www.example/":               "www.example",
		"http://www/":                       "www",
		"http://[2001:db8::1]/":             "2001:db8::1",
		"http://%zz/":                       "http://%zz/",
	} {
		if got := Host(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
