package webtest

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// CheckLite checks that a page is whole, and asks for nothing besides itself.
func CheckLite(tb testing.TB, path string, header http.Header, body string) {
	tb.Helper()
	if !strings.HasSuffix(body, "The end of this page.</footer>\n</html>\n") {
		tb.Errorf("%s does not say that it ends", path)
	}
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		tb.Fatalf("%s: %v", path, err)
	}
	count, labels, language := map[string]int{}, 0, ""
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		for _, a := range n.Attr {
			switch {
			case n.Data == "html" && a.Key == "lang":
				language = a.Val
			case n.Data == "nav" && a.Key == "aria-label":
				labels++
			}
			if a.Key == "src" || n.Data == "link" && a.Key == "rel" && a.Val != "canonical" && a.Val != "icon" {
				tb.Errorf("%s asks for more than itself: <%s %s=%q>", path, n.Data, a.Key, a.Val)
			}
		}
	}
	if count["h1"] != 1 || count["main"] != 1 || count["title"] != 1 || count["style"] != 1 || count["img"]+count["script"]+count["svg"] > 0 || count["nav"] != labels || language == "" {
		tb.Errorf("%s has other elements than a lite page, or lacks a label or its language: %v", path, count)
	}
	if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "style-src 'sha256-") || !strings.Contains(csp, "default-src 'none'") {
		tb.Errorf("%s: Content-Security-Policy is %q", path, csp)
	}
}
