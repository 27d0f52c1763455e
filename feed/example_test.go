package feed_test

import (
	"fmt"
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
