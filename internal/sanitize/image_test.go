package sanitize

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func TestImages(t *testing.T) {
	t.Parallel()
	clean := HTML(`<figure><a href="/gallery?a=1&b"><img src="/a.jpg?x=1&y=2" alt='The "old" bridge' width=800 height=600></a><figcaption>The bridge. Photo: N. N.</figcaption></figure>
		<p>Text, <img src="/b.png" alt="a map"> text, <a href="/x">a link</a>.</p><p><img src="/a.jpg?x=1&y=2" alt="again"><img src="/p.gif" width=1 height=1></p>`, base)
	want := []Image{
		{URL: "https://today.norrland.example/a.jpg?x=1&y=2", Alt: `The "old" bridge`, Width: 800, Height: 600},
		{URL: "https://today.norrland.example/b.png", Alt: "a map"},
	}
	if diff := cmp.Diff(want, Images(clean)); diff != "" {
		t.Errorf("Images mismatch (-want +got):\n%s", diff)
	}
	got := string(Trust(clean, func(i Image) (Picture, bool) {
		return Picture{URL: "/picture/7?x&y", Width: 400, Height: 300}, strings.HasSuffix(i.URL, "y=2")
	}))
	for _, part := range []string{
		`<a href="https://today.norrland.example/gallery?a=1&amp;b" rel="noopener nofollow ugc"><img src="/picture/7?x&amp;y" alt="The &#34;old&#34; bridge" width="400" height="300" loading="lazy" decoding="async"></a>`,
		"<figcaption>The bridge. Photo: N. N.</figcaption>",
		`<a href="https://today.norrland.example/b.png" rel="noopener nofollow ugc">[a map]</a>`,
		`alt="again"`,
	} {
		if !strings.Contains(got, part) {
			t.Errorf("shown without %s:\n%s", part, got)
		}
	}
	if strings.Contains(got, "data-") {
		t.Errorf("what is for the hub is shown to readers: %s", got)
	}
	checkShown(t, clean)
}

// checkShown sees to it that clean HTML, shown with every picture or with none, has nothing that
// is not the hub's own.
func checkShown(t *testing.T, clean string) {
	t.Helper()
	if plain := string(Trust(clean, nil)); strings.Contains(plain, "<img") || len(Images(clean)) == 0 && plain != clean {
		t.Errorf("shown without pictures %q is %q", clean, plain)
	}
	all := Shown(clean, func(Image) (Picture, bool) { return Picture{"/picture/1", 9, 9}, true })
	doc, err := html.Parse(strings.NewReader(all))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "src" && a.Val != "/picture/1" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "data-") {
				t.Errorf("shown with pictures %q is %q", clean, all)
			}
		}
	}
	if len(Images(clean)) > strings.Count(all, "<img ") {
		t.Errorf("pictures are missing from %q", all)
	}
}
