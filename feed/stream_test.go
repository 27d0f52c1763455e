package feed_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"parallax/feed"
)

var streamMB = flag.Int("stream-mb", 64, "size of the documents that TestReadStream reads, in megabytes")

// A generated document is made while it is read, and held nowhere.
type generated struct {
	head, tail string
	item       func(n int) string
	size       int // bytes, about

	n, made int
	rest    []byte
	peak    uint64 // of HeapAlloc, sampled
	sampled int
}

func (g *generated) Read(b []byte) (int, error) {
	if len(g.rest) == 0 {
		switch {
		case g.made == 0:
			g.rest = []byte(g.head)
		case g.made < g.size:
			g.n++
			g.rest = []byte(g.item(g.n))
		case g.tail != "":
			g.rest, g.tail = []byte(g.tail), ""
		default:
			return 0, io.EOF
		}
		g.made += len(g.rest)
	}
	n := copy(b, g.rest)
	g.rest = g.rest[n:]
	if g.made-g.sampled > 4<<20 {
		g.sampled = g.made
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		g.peak = max(g.peak, m.HeapAlloc)
	}
	return n, nil
}

// A stream of any length is read whole, in memory that does not grow with it:
// go test ./feed -run ReadStream -stream-mb 1024 -v says how much.
func TestReadStream(t *testing.T) {
	if testing.Short() {
		t.Skip("reads much")
	}
	words := strings.Repeat("The ferry runs again, the bridge stays closed. ", 40)
	markup := strings.ReplaceAll("<p>"+words+"</p><a href=\"/x?a=1&amp;b=2\">x</a>", "<", "&lt;")
	const when = "2026-11-02T07:15:00Z"
	for _, g := range []struct {
		format feed.Format
		generated
	}{
		{feed.RSS20, generated{
			head: `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title>`,
			item: func(n int) string {
				return fmt.Sprintf("<item><title>Item %d</title><link>https://ost.example/%d</link><guid isPermaLink='false'>g%d</guid><dc:creator>Writer %d</dc:creator>"+
					"<pubDate>Mon, 02 Nov 2026 08:15:00 +0100</pubDate><category>c%d</category><description>%s</description></item>\n", n, n, n, n, n, markup)
			},
			tail: "</channel></rss>",
		}},
		{feed.Atom10, generated{
			head: `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>`,
			item: func(n int) string {
				return fmt.Sprintf("<entry><id>urn:x:%d</id><title>Item %d</title><link href='/%d'/><updated>%s</updated><author><name>Writer %d</name></author>"+
					"<content type='html'>%s</content></entry>\n", n, n, n, when, n, markup)
			},
			tail: "</feed>",
		}},
		{feed.JSON11, generated{
			head: `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[`,
			item: func(n int) string {
				return fmt.Sprintf(`{"id":"%d","url":"https://ost.example/%d","title":"Item %d","date_published":"%s","tags":["c%d"],"content_html":"<p>%s</p>"},`+"\n",
					n, n, n, when, n, words)
			},
			tail: "null]}",
		}},
	} {
		t.Run(string(g.format), func(t *testing.T) {
			runtime.GC()
			g.size = *streamMB << 20
			start := time.Now()
			f, entries, err := feed.Read(&g.generated, feed.Options{URL: "https://ost.example/feed"})
			if err != nil || f.Title.Body != "T" || f.Format != g.format {
				t.Fatal(f, err)
			}
			n := 0
			for e, err := range entries {
				if n++; err != nil || e.Title.Body != fmt.Sprintf("Item %d", n) {
					t.Fatal(e, err)
				}
			}
			if n != g.n {
				t.Errorf("%d entries, want %d; %v", n, g.n, f.Problems)
			}
			took := time.Since(start)
			t.Logf("%d MB, %d entries, heap %.1f MB at most, %.0f MB/s with the making", g.made>>20, n, float64(g.peak)/(1<<20), float64(g.made)/(1<<20)/took.Seconds())
			if g.peak > 32<<20 {
				t.Errorf("the heap grew to %d MB", g.peak>>20)
			}
		})
	}
}

// The error of a reader arrives after the entries that came before it; a limit that is
// named holds for streams, too.
func TestReadEnds(t *testing.T) {
	rss := "<rss version='2.0'><channel><item><title>A</title></item>"
	for name, tt := range map[string]struct {
		r       io.Reader
		limits  feed.Limits
		entries int
		err     error
	}{
		"error": {io.MultiReader(strings.NewReader(rss), &broken{}), feed.Limits{}, 1, io.ErrUnexpectedEOF},
		"limit": {strings.NewReader(rss + strings.Repeat("<item><title>B</title></item>", 10)), feed.Limits{Entries: 3}, 3, nil},
		"none":  {bytes.NewReader([]byte(rss + strings.Repeat("<item/>", feed.DefaultEntries))), feed.Limits{}, feed.DefaultEntries + 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, entries, err := feed.Read(tt.r, feed.Options{Limits: tt.limits})
			if err != nil {
				t.Fatal(err)
			}
			var last error
			n := 0
			for e, err := range entries {
				if last = err; e != nil {
					n++
				}
			}
			if n != tt.entries || !errors.Is(last, tt.err) {
				t.Errorf("%d entries, then %v", n, last)
			}
		})
	}
}

type broken struct{}

func (*broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
