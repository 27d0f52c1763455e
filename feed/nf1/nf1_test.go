package nf1_test

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"parallax/feed"
	"parallax/feed/nf1"
)

func TestFailed(t *testing.T) {
	raw, err := json.Marshal(nf1.Failed(errors.New("no feed")))
	if err != nil || string(raw) != `{"error":"no feed"}` {
		t.Errorf("Failed = %s, %v", raw, err)
	}
}

func ExampleFrom() {
	doc := `<rss version="2.0"><channel><title>Ostmark Courier</title><ttl>60</ttl>
		<item><title>Ice on the Velm</title><link>/2026/ice</link><pubDate>Mon, 2 Nov 2026 08:15 +0100</pubDate></item>
		</channel></rss>`
	f, err := feed.Parse([]byte(doc), feed.Options{URL: "https://ost.example/feed"})
	if err != nil {
		return
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", " ")
	_ = out.Encode(nf1.From(f, nf1.Cleaner{}))
	// Output:
	// {
	//  "version": "rss20",
	//  "encoding": "utf-8",
	//  "feed": {
	//   "title": "Ostmark Courier",
	//   "ttl": 60
	//  },
	//  "entries": [
	//   {
	//    "title": "Ice on the Velm",
	//    "link": "https://ost.example/2026/ice",
	//    "published": "2026-11-02T07:15:00Z",
	//    "links": [
	//     {
	//      "href": "https://ost.example/2026/ice",
	//      "rel": "alternate"
	//     }
	//    ]
	//   }
	//  ]
	// }
}
