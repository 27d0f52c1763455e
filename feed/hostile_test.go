package feed_test

import (
	"bytes"
	"strings"
	"testing"

	"parallax/feed"
)

// Documents made to cost more than they are long end all the same, in time that a
// test suite does not notice; with quadratic time each would take minutes.
func TestHostile(t *testing.T) {
	const size = 1 << 18
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for name, body := range map[string]string{
		"open comments":     fill("<!-- "),
		"open instructions": fill("<? "),
		"open declarations": fill("<!A '"),
		"open subsets":      fill("<!DOCTYPE a [<b>"),
		"open quotes":       fill(`<a b="`) + "'",
		"open single":       fill("<a b='"),
		"open tags":         fill("<a "),
		"ampersands":        fill("&"),
		"references":        fill("&amp"),
		"bare in title":     "<title>" + strings.Repeat("&", 4*size),
		"cut references":    "<title>" + strings.Repeat("&#x", size),
		"tags in sections":  "<title>" + strings.Repeat("<![CDATA[<a]]>", size/4),
		"less-thans":        fill("<"),
		"nesting":           fill("<a>"),
		"nested items":      fill("<item>"),
		"nested namespaces": fill(`<a xmlns:b="http://b.example">`),
		"markup in title":   "<title>" + fill("<b>"),
		"divs in title":     "<title>" + fill("<div></b>"),
		"end tags":          fill("</a>"),
		"attributes":        "<a " + fill(" b='c'") + ">",
		"names":             fill("<é1><é2></é3>"),
		"entries":           fill("<item/>"),
		"base":              fill(`<a xml:base="b/">`),
		"dates":             fill("<item><pubDate>1 1 1 1 1 1 1</pubDate></item>"),
		"links":             fill("<item><link>/\n/</link></item>"),
		"persons":           fill("<author>a@b (c)</author>"),
		"one person":        "<item><author>" + fill("a@b <") + "</author></item>",
		"hours":             "<skipHours>" + fill("<hour>1</hour>") + "</skipHours>",
	} {
		t.Run(name, func(t *testing.T) {
			doc := []byte("<rss version='2.0'><channel>" + body)
			if _, err := feed.Parse(doc, feed.Options{URL: "https://ost.example/"}); err != nil {
				t.Error(err)
			}
			if _, entries, err := feed.Read(bytes.NewReader(doc), feed.Options{}); err == nil {
				for range entries { //nolint:errcheck // only that it ends
				}
			}
		})
	}
}
