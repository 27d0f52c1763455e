package web_test

import (
	"strings"
	"testing"

	"parallax/internal/news"
	"parallax/internal/webtest"
)

// Whatever an outlet is called, whatever it writes and however it is disclosed, a lite page is no
// larger than it may be: of each of these characters HTML takes five.
func TestLiteIsBounded(t *testing.T) {
	for _, mark := range []string{`"`, "'", "&", "<", "+", "水"} {
		w := webtest.New()
		long := strings.Repeat(mark, 3000)
		a := w.ByID[article(w, "sudermark-voice", 0)]
		a.Authors = []string{long}
		a.Title, a.Lead, a.HTML, a.Text = long, long, "<p>"+strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(long)+"</p>", long
		src, err := w.Source(t.Context(), a.SourceID)
		if err != nil {
			t.Fatal(err)
		}
		src.Name = long
		src.Disclosure.LegalName = []news.Claim{{Value: long}}
		address := listen(t, serve(t, w))
		for _, path := range []string{"/article/" + a.ID + "/lite", "/story/" + a.StoryID + "/lite", "/lite"} {
			liteParts(t, address, path)
		}
	}
}
