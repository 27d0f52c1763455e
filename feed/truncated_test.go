package feed_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parallax/feed"
)

// Wherever a document is cut, it is told, and an entry that is not told to be cut is as it
// was.
func TestTruncated(t *testing.T) {
	for name, doc := range map[string]string{
		"rss": `<?xml version="1.0"?><rss version="2.0"><channel><title>Ost</title><link>https://ost.example/</link>` +
			`<item><guid>1</guid><title>One &amp; only</title><description><![CDATA[<p>First</p>]]></description><category>a</category></item>
<item><guid>2</guid><title>Two</title><description>&lt;p&gt;Second</description><enclosure url="https://ost.example/2.mp3"/></item><!-- more -->
<item><guid>3</guid><title>Three</title><pubDate>Mon, 02 Nov 2026 09:00:00 GMT</pubDate></item>
</channel></rss>`,
		"rdf": `<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
			`<channel rdf:about="https://ost.example/"><title>Ost</title><link>https://ost.example/</link></channel>` +
			`<item rdf:about="https://ost.example/1"><title>One</title><link>https://ost.example/1</link></item>
<item rdf:about="https://ost.example/2"><title>Two</title><link>https://ost.example/2</link></item></rdf:RDF>`,
		"atom": `<feed xmlns="http://www.w3.org/2005/Atom"><title>Ost</title><id>https://ost.example/</id>` +
			`<entry><id>1</id><title>One</title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>First</p></div></content></entry>
<entry><id>2</id><title>Two</title><summary>Second</summary><source><id>w</id><title>West</title></source><updated>2026-11-02T09:00:00Z</updated></entry>
</feed>`,
		"json": `{"version": "https://jsonfeed.org/version/1.1", "title": "Ost", "items": [
{"id": "1", "title": "One", "tags": ["a", "b"]}, {"id": "2", "content_html": "<p>\"Second\"</p>"},
{"id": "3", "date_published": "2026-11-02T09:00:00Z"}], "language": "de"}`,
	} {
		whole, err := feed.Parse([]byte(doc), feed.Options{})
		if err != nil || whole.Truncated || len(whole.Problems) > 0 {
			t.Fatalf("%s: %+v, %v", name, whole, err)
		}
		last := max(strings.LastIndex(doc, "</channel>\n"), strings.LastIndex(doc, "</rdf"), strings.LastIndex(doc, "</feed"), strings.LastIndex(doc, "}"))
		found := 0
		for n := range len(doc) {
			cut := doc[:n]
			f, err := feed.Parse([]byte(cut), feed.Options{})
			if err != nil {
				continue
			}
			found++
			if n <= last && !f.Truncated { // after that nothing is lost
				t.Errorf("%s: not truncated, but it ends with %q", name, tail(cut))
			}
			if len(f.Entries) > len(whole.Entries) {
				t.Errorf("%s: %d entries, but it ends with %q", name, len(f.Entries), tail(cut))
				continue
			}
			for i, e := range f.Entries {
				if !e.Truncated {
					if diff := cmp.Diff(whole.Entries[i], e); diff != "" {
						t.Errorf("%s ends with %q: an entry is another (-want +got):\n%s", name, tail(cut), diff)
					}
				} else if i < len(f.Entries)-1 || !f.Truncated {
					t.Errorf("%s ends with %q: entry %d is cut", name, tail(cut), i)
				}
			}
			s, entries, err := feed.Read(strings.NewReader(cut), feed.Options{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			var all []*feed.Entry
			for e, err := range entries {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				all = append(all, e)
			}
			if diff := cmp.Diff(f.Entries, all); diff != "" || s.Truncated != f.Truncated {
				t.Errorf("%s ends with %q: read as a stream it is another (-parsed +read):\n%s", name, tail(cut), diff)
			}
		}
		if found < 100 {
			t.Errorf("%s: only %d of its beginnings are a feed", name, found)
		}
	}
}

// A feed that leaves elements open where others show that they have ended, or that is cut
// only by what its reader does not want, is whole.
func TestNotTruncated(t *testing.T) {
	for _, doc := range []string{
		`<rss><channel><title>Ost<item><title>One<item><title>Two</channel></rss>`,
		`<rss><channel><title>Ost</title><item><title>One</title></item></channel>`,
		`<rss><channel><title>Ost</title><item><title>One</title></item></channel></rss><!-- made by`,
		`<feed xmlns="http://www.w3.org/2005/Atom"><title>Ost<entry><title>One</feed>`,
		`<rss><channel><item><title>1</title></item><item><title>2</title></item><item><title>3</title></item>`, // beyond the limit
		`{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"}]} {"and more`,
	} {
		f, err := feed.Parse([]byte(doc), feed.Options{Limits: feed.Limits{Entries: 2}})
		if err != nil || f.Truncated || len(f.Entries) == 0 {
			t.Errorf("%q: %+v, %v", doc, f, err)
			continue
		}
		for _, e := range f.Entries {
			if e.Truncated {
				t.Errorf("%q: %+v is truncated", doc, e)
			}
		}
	}
}

func tail(s string) string { return s[max(0, len(s)-30):] }
