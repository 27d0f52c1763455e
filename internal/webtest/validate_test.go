package webtest

import (
	"fmt"
	"strings"
	"testing"
)

// told is a test that keeps what it was told.
type told struct {
	testing.TB
	errors []string
}

func (t *told) Errorf(format string, args ...any) {
	t.errors = append(t.errors, fmt.Sprintf(format, args...))
}
func (t *told) Helper() {}

// What judges are for: each finds what is wrong with a document of its kind.
func TestValidateFinds(t *testing.T) {
	const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x:1</id><title>T</title><updated>2026-11-12T14:24:00Z</updated>%s</feed>`
	const entry = `<entry><id>urn:x:2</id><title>E</title><updated>2026-11-12T14:24:00Z</updated><link href="https://a.example/"/>%s</entry>`
	const rss = `<rss version="2.0"><channel><title>T</title><link>https://a.example/</link><description/>%s</channel></rss>`
	const sitemap = `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>%s</url></urlset>`
	for _, tc := range []struct{ name, document, want string }{
		{"/sound.atom", fmt.Sprintf(atom, fmt.Sprintf(entry, `<author><name>N</name></author>`)), ""},
		{"/source-signs.atom", fmt.Sprintf(atom, fmt.Sprintf(entry, `<source><author><name>N</name></author></source>`)), ""},
		{"/nobody-signs.atom", fmt.Sprintf(atom, fmt.Sprintf(entry, ``)), "atom.rng"},
		{"/bad-date.atom", fmt.Sprintf(atom, `<entry><id>urn:x:2</id><title>E</title><updated>yesterday</updated><link href="https://a.example/"/><author><name>N</name></author></entry>`), "atom.rng"},
		{"/broken.atom", `<feed xmlns="http://www.w3.org/2005/Atom"><id>`, "others find wrong"},
		{"/sound.rss", fmt.Sprintf(rss, `<item><title>E</title><pubDate>Thu, 12 Nov 2026 14:24:00 +0000</pubDate></item>`), ""},
		{"/bad-date.rss", fmt.Sprintf(rss, `<item><title>E</title><pubDate>2026-11-12</pubDate></item>`), "rss.rng"},
		{"/bad-author.rss", fmt.Sprintf(rss, `<item><title>E</title><author>A. Writer</author></item>`), "rss.rng"},
		{"/sound.json", `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1","content_text":"c"}]}`, ""},
		{"/no-content.json", `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1"}]}`, "others find wrong"},
		{"/unknown.json", `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[],"extra":1}`, "others find wrong"},
		{"/sound.xml", fmt.Sprintf(sitemap, `<loc>https://a.example/</loc><lastmod>2026-11-12</lastmod>`), ""},
		{"/relative.xml", fmt.Sprintf(sitemap, `<loc>/story/1</loc>`), "sitemap.rng"},
		{"/no-text.opml", `<opml version="2.0"><head><title/><dateCreated>Thu, 12 Nov 2026 14:24:00 GMT</dateCreated></head><body><outline/></body></opml>`, "opml.rng"},
	} {
		rec := &told{TB: t}
		Validate(rec, map[string][]byte{tc.name: []byte(tc.document)})
		all := strings.Join(rec.errors, "\n")
		if tc.want == "" && all != "" || !strings.Contains(all, tc.want) {
			t.Errorf("%s: found %q, want %q", tc.name, all, tc.want)
		}
	}
}
