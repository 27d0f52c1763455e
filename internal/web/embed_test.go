package web_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"parallax/internal/webtest"
)

// The card of a story says who tells it and links to it; it asks for nothing and runs nothing,
// and what a headline holds stays text.
func TestOEmbed(t *testing.T) {
	w := webtest.New()
	w.ByID[w.Heads["weir"]].Title = `Gates & <script>alert("dam")</script>`
	h := serve(t, w)
	ask := func(query string) (int, http.Header, string) {
		t.Helper()
		res := get(t, h, "/oembed?"+query)
		return res.StatusCode, res.Header, string(read(t, res))
	}
	page := "url=" + url.QueryEscape("https://hub.example/story/weir")
	status, header, body := ask(page + "&maxwidth=300&maxheight=5000")
	if status != http.StatusOK || header.Get("Content-Type") != "application/json" || header.Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("%d %v %s", status, header, body)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	// oembed.com §2.3.4: required of the type rich.
	for name, want := range map[string]any{"type": "rich", "version": "1.0", "width": 300.0, "height": 200.0, "provider_name": "Both Sides of the River", "provider_url": "https://hub.example/"} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	card, _ := got["html"].(string)
	checkCard(t, card)
	for _, want := range []string{"Gates &amp; &lt;script&gt;", `href="https://hub.example/story/weir"`, "Norrland", "Sudermark"} {
		if !strings.Contains(card, want) {
			t.Errorf("the card lacks %s:\n%s", want, card)
		}
	}

	status, header, body = ask(page + "&format=xml")
	var asXML struct {
		XMLName xml.Name `xml:"oembed"`
		HTML    string   `xml:"html"`
		Width   int      `xml:"width"`
	}
	if err := xml.Unmarshal([]byte(body), &asXML); err != nil || status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/xml") {
		t.Fatalf("%d %v %v %s", status, header, err, body)
	}
	if asXML.HTML != card || asXML.Width != 550 {
		t.Errorf("as XML it is another card, %d wide", asXML.Width)
	}

	// The card divides a story as the page did that its reader copied.
	_, _, body = ask("url=" + url.QueryEscape("https://hub.example/story/weir?lens=country"))
	for _, want := range []string{"/story/weir?lens=country", "Norway"} {
		if !strings.Contains(body, want) {
			t.Errorf("through a lens the card lacks %s: %s", want, body)
		}
	}

	gone := article(w, "old-mill", 0)
	for query, want := range map[string]int{
		page + "&format=yaml": http.StatusNotImplemented,
		page + "&maxwidth=0":  http.StatusBadRequest,
		page + "&maxheight=x": http.StatusBadRequest,
		"":                    http.StatusNotFound,
		"url=" + url.QueryEscape("https://elsewhere.example/story/weir"):             http.StatusNotFound,
		"url=" + url.QueryEscape("https://hub.example.elsewhere.example/story/x"):    http.StatusNotFound,
		"url=" + url.QueryEscape("https://hub.example/about"):                        http.StatusNotFound,
		"url=" + url.QueryEscape("https://hub.example/story/"):                       http.StatusNotFound,
		"url=" + url.QueryEscape("https://hub.example/story/none"):                   http.StatusNotFound,
		"url=" + url.QueryEscape("https://hub.example/article/"+gone):                http.StatusGone,
		"url=" + url.QueryEscape("https://hub.example/story/weirmergedstory"):        http.StatusOK,
		"url=" + url.QueryEscape("https://hub.example/story/weir/lite?lens=country"): http.StatusOK,
		"url=" + url.QueryEscape("https://hub.example/article/"+w.Heads["weir"]):     http.StatusOK,
	} {
		status, header, body := ask(query)
		if status != want {
			t.Errorf("%s: %d, want %d", query, status, want)
		}
		if status != http.StatusOK && header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: the error is %s: %s", query, header.Get("Content-Type"), body)
		}
	}
}

// checkCard checks that a card is plain: no element beyond a few, no attribute that acts.
func checkCard(t *testing.T, card string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(card))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !strings.Contains(" html head body blockquote p a strong ul li ", " "+n.Data+" ") {
			t.Errorf("the card has <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if !strings.Contains(" href cite lang dir ", " "+a.Key+" ") || a.Key == "href" && !strings.HasPrefix(a.Val, "https://hub.example/") {
				t.Errorf("the card has %s=%q", a.Key, a.Val)
			}
		}
	}
}

// Pages of stories and articles say where their cards are, and the cards are there.
func TestCardsAreFound(t *testing.T) {
	w := webtest.New()
	h := serve(t, w)
	for _, page := range []string{"/story/weir", "/article/" + article(w, "al-mirsad", 0), "/article/" + article(w, "harbour-lights", 0)} {
		doc, err := html.Parse(strings.NewReader(string(read(t, get(t, h, page)))))
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for n := range doc.Descendants() {
			attributes := map[string]string{}
			for _, a := range n.Attr {
				attributes[a.Key] = a.Val
			}
			if n.Data == "link" && strings.HasSuffix(attributes["type"], "+oembed") {
				found++
				if res := get(t, h, attributes["href"]); res.StatusCode != http.StatusOK {
					t.Errorf("%s: %s answers %s", page, attributes["href"], res.Status)
				}
			}
		}
		if found != 2 {
			t.Errorf("%s says where %d cards are, want 2", page, found)
		}
	}
}
