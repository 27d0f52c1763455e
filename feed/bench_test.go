package feed_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"parallax/feed"
)

// parsers are those that are measured side by side, ours first. They return how many
// entries there are, -1 where there is no feed.
var parsers = []struct {
	name  string
	parse func([]byte) int
}{
	{"parallax", func(data []byte) int {
		f, err := feed.Parse(data, feed.Options{})
		if err != nil {
			return -1
		}
		return len(f.Entries)
	}},
	{"gofeed", func(data []byte) int { return gofeedEntries(gofeed.NewParser(), data) }},
	// As it is, gofeed parses the HTML of each item that names no image, to find one.
	// We do not: what a parser is asked for is the same without.
	{"gofeed-noimages", func(data []byte) int {
		p := gofeed.NewParser()
		p.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
		return gofeedEntries(p, data)
	}},
}

func gofeedEntries(p *gofeed.Parser, data []byte) int {
	f, err := p.Parse(bytes.NewReader(data))
	if err != nil {
		return -1
	}
	return len(f.Items)
}

// BenchmarkParse measures ours and gofeed in one run, for benchstat:
//
//	go test ./feed -run '^$' -bench Parse -count 6 | go tool -modfile=tools/go.mod benchstat -col /parser -
func BenchmarkParse(b *testing.B) {
	for _, corpus := range []struct {
		name string
		docs func(testing.TB) [][]byte
	}{
		{"real", readByAll},
		{"rss_1000", func(testing.TB) [][]byte { return [][]byte{inventedRSS(1000)} }},
		{"atom_1000", func(testing.TB) [][]byte { return [][]byte{inventedAtom(1000)} }},
		{"json_1000", func(testing.TB) [][]byte { return [][]byte{inventedJSON(1000)} }},
	} {
		b.Run("corpus="+corpus.name, func(b *testing.B) {
			docs := corpus.docs(b)
			var size int64
			for _, data := range docs {
				size += int64(len(data))
			}
			for _, parser := range parsers {
				b.Run("parser="+parser.name, func(b *testing.B) {
					b.SetBytes(size)
					b.ReportAllocs()
					var before, after runtime.MemStats
					runtime.ReadMemStats(&before)
					entries := 0
					for b.Loop() {
						for _, data := range docs {
							entries += parser.parse(data)
						}
					}
					runtime.ReadMemStats(&after)
					b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(entries), "allocs/entry")
				})
			}
		})
	}
}

// readByAll returns the recorded feeds that every parser reads: who gives up early
// is not to seem fast.
func readByAll(tb testing.TB) [][]byte {
	tb.Helper()
	var docs [][]byte
	for _, data := range recorded(tb) {
		read := true
		for _, parser := range parsers {
			read = read && parser.parse(data) >= 0
		}
		if read {
			docs = append(docs, data)
		}
	}
	return docs
}

// The invented documents say the same in three formats. Their text is of the scripts
// of recorded feeds, about as often: what a parser does per byte depends on them.
func TestInvented(t *testing.T) {
	for name, data := range map[string][]byte{"rss": inventedRSS(20), "atom": inventedAtom(20), "json": inventedJSON(20)} {
		for _, parser := range parsers {
			if got := parser.parse(data); got != 20 {
				t.Errorf("%s: %s finds %d entries, not 20", name, parser.name, got)
			}
		}
		f, err := feed.Parse(data, feed.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Problems) > 0 {
			t.Errorf("%s: %v", name, f.Problems)
		}
		for i, e := range f.Entries {
			want := invent(i)
			if got := e.Title.String(); got != want.title {
				t.Errorf("%s: title %q, want %q", name, got, want.title)
			}
			if e.Link != want.link || !e.Published.Equal(want.at) || len(e.Authors) != 1 || len(e.Categories) != 2 || e.Content.Body != want.content {
				t.Errorf("%s: entry %d reads %+v", name, i, e)
			}
		}
	}
}

type invention struct {
	title, link, summary, content, author string
	at                                    time.Time
	tags                                  [2]string
}

var inventedWords = [][]string{
	strings.Fields("The council of Norrland has voted to open the harbour bridge again after engineers found no fault in its cables & piers, said the ministry's spokeswoman on Tuesday"),
	strings.Fields("The council of Norrland has voted to open the harbour bridge again after engineers found no fault in its cables & piers, said the ministry's spokeswoman on Tuesday"),
	strings.Fields("Der Rat von Nordmark hat beschlossen, die Brücke über den Strom für Züge zu öffnen; Gutachter fanden keine Mängel außer einer undichten Schweißnaht, hieß es gestern"),
	strings.Fields("Совет Заречья решил снова открыть мост через гавань после того, как инженеры не нашли изъянов в тросах и опорах, сообщила во вторник представительница ведомства"),
	strings.Fields("北浜市議会は 港の橋を 再び 開く ことを 決めた。 技師らは ケーブルと 橋脚に 欠陥は なかったと 説明し、 火曜日に 報道官が 発表した。"),
}

func invent(i int) invention {
	words := inventedWords[i%len(inventedWords)]
	phrase := func(from, n int) string {
		var b strings.Builder
		for k := range n {
			if k > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(words[(from+k*k)%len(words)])
		}
		return b.String()
	}
	v := invention{
		title:   fmt.Sprintf("%s (%d)", phrase(i, 9), i),
		link:    fmt.Sprintf("https://norrland.example/news/2026/%d/bridge?from=feed&n=%d", i%12+1, i),
		summary: phrase(i+3, 30),
		author:  []string{"Ada Lund", "Jürgen Groß", "Ольга Зарецкая", "浜田 直"}[i%4],
		at:      time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC).Add(time.Duration(i) * 17 * time.Minute),
		tags:    [2]string{"Harbour & bridges", fmt.Sprintf("Region %d", i%21)},
	}
	var b strings.Builder
	for k := range 4 {
		fmt.Fprintf(&b, "<p>%s. <a href=\"%s\">%s</a></p>", html.EscapeString(phrase(i+k, 40)), html.EscapeString(v.link), html.EscapeString(phrase(k, 3)))
		if k == 1 {
			fmt.Fprintf(&b, `<figure><img src="https://img.norrland.example/%d.jpg" alt=""></figure>`, i)
		}
	}
	v.content = b.String()
	return v
}

func inventedRSS(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Norrland Today</title><link>https://norrland.example/</link><description>News of the coast</description><language>en</language>
`)
	for i := range n {
		v := invent(i)
		fmt.Fprintf(&b, `<item>
  <title>%s</title>
  <link>%s</link>
  <guid isPermaLink="false">norrland-%d</guid>
  <pubDate>%s</pubDate>
  <dc:creator><![CDATA[%s]]></dc:creator>
  <category>%s</category>
  <category>%s</category>
  <description>%s</description>
  <content:encoded><![CDATA[%s]]></content:encoded>
  <media:content url="https://img.norrland.example/%d.jpg" medium="image" width="1200" height="800"/>
</item>
`, html.EscapeString(v.title), html.EscapeString(v.link), i, v.at.Format(time.RFC1123Z), v.author,
			html.EscapeString(v.tags[0]), v.tags[1], html.EscapeString("<p>"+html.EscapeString(v.summary)+"</p>"), v.content, i)
	}
	b.WriteString("</channel></rss>\n")
	return b.Bytes()
}

func inventedAtom(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>Norrland Today</title><id>tag:norrland.example,2026:feed</id><link href="https://norrland.example/"/><updated>2026-03-13T00:00:00Z</updated>
`)
	for i := range n {
		v := invent(i)
		fmt.Fprintf(&b, `<entry>
  <title>%s</title>
  <link rel="alternate" type="text/html" href="%s"/>
  <id>tag:norrland.example,2026:%d</id>
  <published>%s</published>
  <updated>%s</updated>
  <author><name>%s</name></author>
  <category term="%s"/>
  <category term="%s"/>
  <summary>%s</summary>
  <content type="html">%s</content>
</entry>
`, html.EscapeString(v.title), html.EscapeString(v.link), i, v.at.Format(time.RFC3339), v.at.Add(time.Hour).Format(time.RFC3339), v.author,
			html.EscapeString(v.tags[0]), v.tags[1], html.EscapeString(v.summary), html.EscapeString(v.content))
	}
	b.WriteString("</feed>\n")
	return b.Bytes()
}

func inventedJSON(n int) []byte {
	type m = map[string]any
	items := make([]m, 0, n)
	for i := range n {
		v := invent(i)
		items = append(items, m{
			"id": fmt.Sprintf("norrland-%d", i), "url": v.link, "title": v.title, "summary": v.summary, "content_html": v.content,
			"date_published": v.at.Format(time.RFC3339), "authors": []m{{"name": v.author}}, "tags": v.tags[:],
			"image": fmt.Sprintf("https://img.norrland.example/%d.jpg", i),
		})
	}
	data, err := json.MarshalIndent(m{
		"version": "https://jsonfeed.org/version/1.1", "title": "Norrland Today", "home_page_url": "https://norrland.example/", "items": items,
	}, "", "  ")
	if err != nil {
		panic(err) // unreachable: maps, strings and lists
	}
	return data
}
