package web_test

import (
	"strings"
	"testing"

	"parallax/internal/webtest"
)

// A word that one account alone still has, for the other was edited, is typical of no side.
func TestWordsGone(t *testing.T) {
	w := webtest.New()
	both := []string{">Velmora</a>", ">farmers</a>"}
	edited := w.Words["river south"][0].Passages[0].ArticleID
	for _, want := range []bool{true, false} {
		page := string(read(t, get(t, serve(t, w), "/story/weir?lens=river")))
		if !strings.Contains(page, both[0]) || strings.Contains(page, both[1]) != want {
			t.Errorf("the words of the north are there: %t, of the south: %t, want %t", strings.Contains(page, both[0]), strings.Contains(page, both[1]), want)
		}
		if data := string(read(t, get(t, serve(t, w), "/story/weir.json?lens=river"))); strings.Contains(data, `"text":"farmers"`) != want {
			t.Errorf("as data, the words of the south are there: %t, want %t", !want, want)
		}
		w.ByID[edited].Revision++
	}
}
