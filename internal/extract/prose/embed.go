package prose

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// smallest is from which width and height on a frame shows something; those that count readers
// are a pixel.
const smallest = 50

// isEmbed reports whether n shows something from elsewhere, a video or a post, and no
// advertisement and nothing that only counts readers: a frame says what it shows by its title,
// or by the place where videos are.
func isEmbed(n *html.Node) bool {
	if n.Type != html.ElementNode || n.Namespace != "" || hidden(n) {
		return false
	}
	switch n.DataAtom {
	case atom.Video, atom.Audio:
		return source(n) != "" && !advertises(n)
	case atom.Iframe:
		return source(n) != "" && !advertises(n) && !tiny(n) && (value(n, "title") != "" || shows(source(n)))
	}
	return false
}

// source returns what an element embeds, as the sanitiser finds it.
func source(n *html.Node) string {
	if src := value(n, "src"); src != "" && !strings.HasPrefix(src, "about:") {
		return src
	}
	for c := n.FirstChild; c != nil && n.DataAtom != atom.Iframe; c = c.NextSibling {
		if src := value(c, "src"); c.DataAtom == atom.Source && src != "" {
			return src
		}
	}
	return value(n, "data-src")
}

func value(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

// players are parts of the addresses of players and posts; ads are those of advertisements and
// of what counts readers, words of classes, ids and titles among them.
var (
	players = []string{
		"youtube.com/embed", "youtube-nocookie.com/embed", "player.vimeo.com/", "dailymotion.com/embed", "/embed/", "/embed?", "/player", "player.", "embed.",
		"soundcloud.com/player", "platform.twitter.com/embed", "facebook.com/plugins/video", "facebook.com/plugins/post", "datawrapper.dwcdn.net",
	}
	ads = []string{
		"doubleclick.", "googlesyndication.", "googletagmanager.", "adservice.", "adserver", "/ads/", "//ads.", "adnxs.", "taboola", "outbrain", "criteo",
		"scorecardresearch", "facebook.com/tr", "recaptcha", "plugins/like", "google_ads", "advertise", "advertisi", "3rd party ad", "sponsor", "tracking", "pixel",
	}
)

func shows(src string) bool {
	src = strings.ToLower(src)
	for _, p := range players {
		if strings.Contains(src, p) {
			return true
		}
	}
	return false
}

func advertises(n *html.Node) bool {
	var names strings.Builder
	for _, key := range []string{"class", "id", "name", "title"} {
		v := value(n, key)
		names.WriteString(" " + strings.ToLower(v[:min(len(v), maxClasses)]))
	}
	called := names.String()
	for w := range strings.FieldsFuncSeq(called, func(r rune) bool { return r < 'a' || r > 'z' }) {
		if w == "ad" || w == "ads" || w == "advert" {
			return true
		}
	}
	all := called + " " + strings.ToLower(source(n))
	for _, w := range ads {
		if strings.Contains(all, w) {
			return true
		}
	}
	return false
}

func tiny(n *html.Node) bool {
	for _, key := range []string{"width", "height"} {
		if v, err := strconv.Atoi(strings.TrimSuffix(value(n, key), "px")); err == nil && v < smallest {
			return true
		}
	}
	return false
}

// embed adds what an element shows as a run of its own, which is a picture as others are: it
// stands in the article where its neighbours do, and counts for nothing.
func (t *tree) embed(n *html.Node, parent int) {
	in := &t.boxes[parent]
	t.boxes = append(t.boxes, box{
		node: n, last: n, tag: atom.Img, parent: parent, end: len(t.boxes) + 1,
		picture: true, listed: in.listed, structured: in.structured,
	})
}
