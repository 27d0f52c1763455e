package prose

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// What an article shows from elsewhere stays in its place; advertisements and what counts
// readers do not, nor what stands outside of the article.
func TestEmbeds(t *testing.T) {
	const before = "<p>The council of Velm rejected the draft on Monday after nine hours of debate, with seven votes against it.</p>"
	const after = "<p>The harbour pilots had asked to be heard, and were not; their speaker called the vote a mistake that would cost.</p>"
	for _, tt := range []struct {
		embed string
		kept  bool
	}{
		{`<iframe src="https://www.youtube.com/embed/it" title="The debate"></iframe>`, true},
		{`<div><iframe src="https://www.youtube.com/embed/it"></iframe></div>`, true},
		{`<p><span><iframe src="https://maps.example/it" title="The river"></iframe></span></p>`, true},
		{`<figure><iframe src="https://www.youtube.com/embed/it"></iframe><figcaption>The hall.</figcaption></figure>`, true},
		{`<iframe src="about:blank" data-src="https://player.vimeo.com/it"></iframe>`, true},
		{`<video src="/it.mp4"></video>`, true},
		{`<video><source src="/it.mp4"></video>`, true},
		{`<audio src="/it.mp3"></audio>`, true},
		{`<iframe src="https://maps.example/it"></iframe>`, false},
		{`<iframe src="https://maps.example/it" title="count" width=1 height=1></iframe>`, false},
		{`<iframe src="https://maps.example/it" title="The river" style="display: none"></iframe>`, false},
		{`<iframe class="ad-slot" src="https://player.shop.example/it"></iframe>`, false},
		{`<iframe src="https://x.doubleclick.example/it" title="Shoes"></iframe>`, false},
		{`<iframe src="https://player.shop.example/it" title="3rd party ad content"></iframe>`, false},
		{`<video class="advertisement" src="/it.mp4"></video>`, false},
		{`<video></video>`, false},
		{`<aside><iframe src="https://www.youtube.com/embed/it" title="Elsewhere"></iframe></aside>`, false},
	} {
		doc, err := html.Parse(strings.NewReader("<article><h1>No</h1>" + before + tt.embed + after + "</article>"))
		if err != nil {
			t.Fatal(err)
		}
		got := Find(doc, Known{Titles: []string{"No"}}).HTML
		if kept := strings.Contains(got, "/it"); kept != tt.kept || !strings.Contains(got, after) {
			t.Errorf("%s: kept %v, in %s", tt.embed, kept, got)
		}
	}
}
