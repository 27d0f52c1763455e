package feed_test

import (
	"html"
	"testing"

	"parallax/feed"
)

func TestTwiceEncoded(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"donâ€™t", "don’t"},
		{"don\u00e2\u0080\u0099t", "don’t"}, // of ISO 8859-1
		{"VelmÂ\u00a0Ã–st", "Velm\u00a0Öst"},
		{"ÐœÐ¾Ñ\u0081Ñ‚", "Мост"},
		{"é\u00a0…", ""},
		{"CAFÉ®", ""},
		{"l’été – à “Velm” Â", ""},
		{"NÃO", ""},
		{"Ångström «CAFÉ»", ""},
		{"Ã", ""},
		{"日本Ã©", ""},
	} {
		if c.want == "" {
			c.want = c.text
		}
		doc := `<rss version="2.0"><channel><title>` + html.EscapeString(c.text) + `</title></channel></rss>`
		f, err := feed.Parse([]byte(doc), feed.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if f.Title.Body != c.want {
			t.Errorf("%q = %q, want %q", c.text, f.Title.Body, c.want)
		}
	}
}
