package feed_test

import (
	"runtime"
	"strings"
	"testing"

	"parallax/feed"
)

// Small documents, once decompressed large, that become many times as much in memory
// where nothing bounds them.
func TestCost(t *testing.T) {
	const size = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	rss := "<rss version='2.0'><channel><title>t</title>"
	json := `{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[`
	long := `<item xml:base="https://ost.example/` + strings.Repeat("a", 100<<10) + `/">`
	for _, c := range []struct {
		name, body string
		entries    int
		problem    string
	}{
		{"titles", rss + strings.Repeat("<item><title>a", 20_900_000/14), feed.DefaultEntries, "limit Entries"},
		{"entries", rss + fill("<item/>"), feed.DefaultEntries, "limit Entries"},
		{"categories", rss + "<item>" + fill("<category>a</category>"), 1, "limits Parts"},
		{"categories of many", rss + strings.Repeat("<item>"+strings.Repeat("<category>a</category>", 100)+"</item>", 2400), 2400, "limits Parts"},
		{"links", rss + "<item>" + fill("<link>a</link>"), 1, "limits Parts"},
		{"links of the feed", rss + fill("<link>a</link>"), 0, "limits Parts"},
		{"links with a long base", rss + long + fill("<link>a</link>"), 1, "limits Parts"},
		{"authors", rss + "<item>" + fill("<author>a</author><author>b</author><dc:contributor>c</dc:contributor>"), 1, "limits Parts"},
		{"keywords", rss + "<item><itunes:keywords>" + fill("a,"), 1, ""},
		{"enclosures", rss + "<item>" + fill("<enclosure url='a'/>"), 1, "limits Parts"},
		{"media", rss + "<item>" + fill("<media:content url='a'/>"), 1, "limits Parts"},
		{"thumbnails", rss + "<item>" + fill("<media:thumbnail url='a'/>"), 1, "limits Parts"},
		{"media that inherit", rss + strings.Repeat("<item>"+strings.Repeat("<media:content url='a' lang='b'/>", 100)+strings.Repeat("<media:text>a</media:text><media:credit>b</media:credit>", 100)+"</item>", 120), 120, ""},
		{"people", rss + "<item>" + fill("<podcast:person>a</podcast:person>"), 1, "limits Parts"},
		{"alternatives", rss + "<item>" + fill("<podcast:alternateEnclosure><podcast:source uri='a'/></podcast:alternateEnclosure>"), 1, "limits Parts"},
		{"licences", rss + "<item><rsl:content url='/'>" + fill("<rsl:license><rsl:permits>a</rsl:permits></rsl:license>"), 1, "limits Parts"},
		{"uses", rss + "<item><rsl:content url='/'><rsl:license>" + fill("<rsl:permits>a b c</rsl:permits>"), 1, "limits Parts"},
		{"names of uses", rss + "<item><rsl:content url='/'><rsl:license><rsl:permits>" + fill("a "), 1, ""},
		{"points", rss + "<item><georss:line>" + fill("1 "), 1, ""},
		{"shapes", rss + "<item>" + fill("<georss:line>1 2 3 4 5 6</georss:line>"), 1, ""},
		{"replies", rss + "<item>" + fill("<thr:in-reply-to ref='a'/>"), 1, "limits Parts"},
		{"terms of dc", rss + "<item>" + fill("<dcterms:extent>a</dcterms:extent>"), 1, "limits Parts"},
		{"more json", json + `{"id":"1","_parallax":{"media":[` + fill(`{},`) + `{}]}}]}`, 1, "limits Parts"},
		{"hubs", rss + fill("<atom:link rel='hub' href='a'/>"), 0, "limits Parts"},
		{"deleted", rss + fill("<at:deleted-entry ref='a'/>"), 0, "limit Deleted"},
		{"json", json + fill("{},"), feed.DefaultEntries, "limit Entries"},
		{"json, version last", json[:1] + json[strings.Index(json, `"title`):] + strings.TrimSuffix(fill("{},"), ",") +
			`],"version":"https://jsonfeed.org/version/1"}`, feed.DefaultEntries, "limit Entries"},
		{"json tags", json + `{"tags":[` + fill(`"a",`) + `"a"]}]}`, 1, "limits Parts"},
		{"json objects", json + `{"id":"1"},{"x":[` + fill(`{},`) + `{}]}]}`, 2, ""},
		{"json nesting", json + `{"id":"1","x":` + fill(`[`), 1, ""},
		{"json escapes", json + `{"id":"1","title":"` + fill(`\\n`) + `"}]}`, 1, ""},
		{"json quotes", json + `{"id":"1","title":"` + fill(`\",`) + `"}]}`, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := []byte(c.body)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f, err := feed.Parse(data, feed.Options{URL: "https://ost.example/feed"})
			runtime.ReadMemStats(&after)
			if err != nil {
				t.Fatal(err)
			}
			// All there ever was, garbage included, bounds the peak from above.
			if all := (after.TotalAlloc - before.TotalAlloc) >> 20; all > 64 {
				t.Errorf("%d MB were allocated", all)
			}
			if len(f.Entries) != c.entries {
				t.Errorf("%d entries, want %d", len(f.Entries), c.entries)
			}
			told := 0
			for _, p := range f.Problems {
				if c.problem != "" && strings.Contains(p.What, c.problem) {
					told++
				}
			}
			if c.problem != "" && told != 1 {
				t.Errorf("%q is told %d times: %v", c.problem, told, f.Problems)
			}
		})
	}
}
