package feed_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"parallax/feed"
)

func ExampleParse() {
	doc := `<rss version="2.0"><channel><title>Ostmark Courier</title><link>https://ost.example/</link>
		<item><title>Fish & chips</title><link>/2026/fish</link><pubDate>Mon, 2 Nov 2026 08:15 CET</pubDate></item>`
	f, err := feed.Parse([]byte(doc), feed.Options{URL: "https://ost.example/feed"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Format, f.Title)
	for _, e := range f.Entries {
		fmt.Println(e.Title, e.Link, e.Published.Format(time.RFC3339))
	}
	for _, p := range f.Problems {
		fmt.Println("problem:", p.What)
	}
	// Output:
	// rss20 Ostmark Courier
	// Fish & chips https://ost.example/2026/fish 2026-11-02T07:15:00Z
	// problem: a & that starts no reference
	// problem: the document ends inside <channel>
}

func ExampleParse_notFeed() {
	_, err := feed.Parse([]byte("<!DOCTYPE html><html><title>Courier</title>"), feed.Options{})
	fmt.Println(err)
	// Output: no feed: it is an HTML page
}

func ExampleRead() {
	doc := strings.NewReader(`<feed xmlns="http://www.w3.org/2005/Atom"><title>Nord</title>
		<entry><title>One</title></entry><entry><title>Two</title></entry></feed>`)
	f, entries, err := feed.Read(doc, feed.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Title)
	for e, err := range entries {
		if err != nil {
			fmt.Println(err) // the connection was cut
			break
		}
		fmt.Println(e.Title)
	}
	// Output:
	// Nord
	// One
	// Two
}

func ExampleFind() {
	page := `<link rel="alternate" type="application/rss+xml" title="News" href="/feed">`
	for _, l := range feed.Find([]byte(page), "https://ost.example/") {
		fmt.Println(l.Title, l.URL)
	}
	// Output: News https://ost.example/feed
}

func ExampleWriteRSS() {
	f := &feed.Feed{
		Title: feed.PlainText("Both sides"), Link: "https://hub.example/", Description: feed.PlainText("All sources"),
		Entries: []*feed.Entry{{
			ID: "ost-1", Title: feed.PlainText("Ferry runs again"), Link: "https://ost.example/ferry",
			Authors: []feed.Person{{Name: "A. Writer"}}, Published: time.Date(2026, 11, 2, 7, 15, 0, 0, time.UTC),
			Source: &feed.Feed{Title: feed.PlainText("Ostmark Courier"), Self: "https://ost.example/feed"},
			Notes:  []feed.Note{{Name: "disclosure", Text: "Owned by the Government of Ostmark.", URL: "https://hub.example/source/ost"}},
		}},
	}
	if err := feed.WriteRSS(os.Stdout, f); err != nil {
		fmt.Println(err)
	}
	// Output:
	// <?xml version="1.0" encoding="utf-8"?>
	// <rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:px="https://parallax.example/ns/1">
	//   <channel>
	//     <title>Both sides</title>
	//     <link>https://hub.example/</link>
	//     <description>All sources</description>
	//     <item>
	//       <title>Ferry runs again</title>
	//       <link>https://ost.example/ferry</link>
	//       <guid isPermaLink="false">ost-1</guid>
	//       <pubDate>Mon, 02 Nov 2026 07:15:00 +0000</pubDate>
	//       <dc:creator>A. Writer</dc:creator>
	//       <source url="https://ost.example/feed">Ostmark Courier</source>
	//       <px:note name="disclosure" href="https://hub.example/source/ost">Owned by the Government of Ostmark.</px:note>
	//     </item>
	//   </channel>
	// </rss>
}

func ExampleWriteAtom() {
	f := &feed.Feed{
		Title: feed.PlainText("Both sides"), Link: "https://hub.example/", Self: "https://hub.example/feed.atom", Language: "en",
		Entries: []*feed.Entry{{
			ID: "ost-1", Title: feed.PlainText("Ferry runs again"), Link: "https://ost.example/ferry",
			Summary: feed.HTMLText("<p>The <b>ferry</b> is back.</p>"), Published: time.Date(2026, 11, 2, 7, 15, 0, 0, time.UTC),
			Place: &feed.Place{Shape: "point", Lat: 47.8, Lon: 16.1, Name: "The ferry"},
			Terms: &feed.Terms{Licenses: []feed.License{{Prohibits: []feed.Use{{Kind: "usage", Names: []string{"ai-train"}}}}}},
		}},
	}
	if err := feed.WriteAtom(os.Stdout, f); err != nil {
		fmt.Println(err)
	}
	// Output:
	// <?xml version="1.0" encoding="utf-8"?>
	// <feed xmlns="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:px="https://parallax.example/ns/1" xmlns:georss="http://www.georss.org/georss" xmlns:rsl="https://rslstandard.org/rsl" xml:lang="en">
	//   <id>https://hub.example/feed.atom</id>
	//   <title type="text">Both sides</title>
	//   <updated>2026-11-02T07:15:00Z</updated>
	//   <link rel="alternate" href="https://hub.example/"/>
	//   <link rel="self" type="application/atom+xml" href="https://hub.example/feed.atom"/>
	//   <author>
	//     <name>Both sides</name>
	//   </author>
	//   <entry>
	//     <id>urn:guid:ost-1</id>
	//     <title type="text">Ferry runs again</title>
	//     <link rel="alternate" href="https://ost.example/ferry"/>
	//     <published>2026-11-02T07:15:00Z</published>
	//     <updated>2026-11-02T07:15:00Z</updated>
	//     <summary type="html">&lt;p&gt;The &lt;b&gt;ferry&lt;/b&gt; is back.&lt;/p&gt;</summary>
	//     <rsl:content url="https://ost.example/ferry">
	//       <rsl:license>
	//         <rsl:prohibits type="usage">ai-train</rsl:prohibits>
	//       </rsl:license>
	//     </rsl:content>
	//     <georss:point>47.8 16.1</georss:point>
	//     <georss:featureName>The ferry</georss:featureName>
	//   </entry>
	// </feed>
}

func ExampleWriteJSON() {
	f := &feed.Feed{
		Title: feed.PlainText("Both sides"), Link: "https://hub.example/",
		Entries: []*feed.Entry{{
			ID: "ost-1", Title: feed.PlainText("Ferry runs again"), Link: "https://ost.example/ferry",
			Content: feed.HTMLText("<p>The <b>ferry</b> is back.</p>"), Published: time.Date(2026, 11, 2, 7, 15, 0, 0, time.UTC),
			License: "https://creativecommons.org/licenses/by/4.0/",
			Media:   []feed.Media{{URL: "https://ost.example/f.jpg", Medium: "image", Credits: []feed.Credit{{Name: "P. Photographer", Role: "photographer"}}}},
			Source:  &feed.Feed{Title: feed.PlainText("Ostmark Courier"), Self: "https://ost.example/feed"},
		}},
	}
	if err := feed.WriteJSON(os.Stdout, f); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {
	//   "version": "https://jsonfeed.org/version/1.1",
	//   "title": "Both sides",
	//   "home_page_url": "https://hub.example/",
	//   "items": [
	//     {
	//       "id": "ost-1",
	//       "url": "https://ost.example/ferry",
	//       "title": "Ferry runs again",
	//       "content_html": "<p>The <b>ferry</b> is back.</p>",
	//       "date_published": "2026-11-02T07:15:00Z",
	//       "_parallax": {
	//         "license": "https://creativecommons.org/licenses/by/4.0/",
	//         "media": [
	//           {
	//             "credits": [
	//               {
	//                 "name": "P. Photographer",
	//                 "role": "photographer"
	//               }
	//             ],
	//             "medium": "image",
	//             "url": "https://ost.example/f.jpg"
	//           }
	//         ],
	//         "source": {
	//           "title": "Ostmark Courier",
	//           "feed_url": "https://ost.example/feed"
	//         }
	//       }
	//     }
	//   ]
	// }
}

// A document of any length is read in little memory, and only as far as one likes.
func ExampleRead_bounded() {
	endless := &repeated{head: "<rss version='2.0'><channel><title>Archive</title>", again: "<item><title>One of many</title></item>"}
	f, entries, err := feed.Read(io.LimitReader(endless, 1<<30), feed.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Title)
	n := 0
	for e, err := range entries {
		if err != nil {
			fmt.Println(err)
			return
		}
		if n++; n == 50_000 {
			fmt.Println(n, e.Title)
			break // nothing more is read
		}
	}
	// Output:
	// Archive
	// 50000 One of many
}

// A repeated is a reader of a head and then of the same again and again.
type repeated struct{ head, again string }

func (r *repeated) Read(b []byte) (int, error) {
	n := copy(b, r.head)
	if r.head = r.head[n:]; r.head == "" {
		r.head = r.again
	}
	return n, nil
}

// What came with the document over HTTP tells what its bytes are and what its links are
// relative to; limits bound what it may cost.
func ExampleOptions() {
	doc := "<rss version=2.0><channel><language>de</language><title>Nord</title>" +
		"<item><title>F\xe4hre</title><link>faehre</link></item><item><title>Br\xfccke</title><link>/bruecke</link></item><item/></channel></rss>"
	f, err := feed.Parse([]byte(doc), feed.Options{
		URL:         "https://nord.example/feeds/rss.xml",
		ContentType: "text/xml; charset=iso-8859-1",
		Limits:      feed.Limits{Entries: 2},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range f.Entries {
		fmt.Println(e.Title, e.Link)
	}
	for _, p := range f.Problems {
		fmt.Println("problem:", p.What)
	}
	// Output:
	// Fähre https://nord.example/feeds/faehre
	// Brücke https://nord.example/bruecke
	// problem: more than 2 entries (limit Entries); the rest is not read
}
