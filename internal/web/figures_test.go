package web

import (
	"testing"

	"parallax/internal/news"
)

// The number that is meant is marked, and no other that reads like it.
func TestMarkNumber(t *testing.T) {
	const text = "In 2012 a fire\nkilled 12 people; 12 more fled."
	a := &news.Article{ID: "a", Revision: 1, Text: text}
	by := cited{Words: words{Text: "In 2012 a fire killed 12 people; 12 more fled."}, article: a, passage: news.Passage{ArticleID: "a", Revision: 1, From: 0, To: len(text)}}
	for from, want := range map[int]string{22: "In 2012 a fire killed [12] people; 12 more fled.", 33: "In 2012 a fire killed 12 people; [12] more fled."} {
		got := ""
		for _, s := range markNumber(by, news.Passage{ArticleID: "a", Revision: 1, From: from, To: from + 2}) {
			if s.Mark {
				got += "[" + s.Text + "]"
			} else {
				got += s.Text
			}
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	cut := by
	cut.Words.Text = "In 2012 a …"
	if got := markNumber(cut, news.Passage{ArticleID: "a", Revision: 1, From: 22, To: 24}); len(got) != 1 {
		t.Errorf("a number that was cut off is marked: %+v", got)
	}
}
