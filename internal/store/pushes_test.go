package store_test

import (
	"testing"

	"parallax/internal/news"
)

func TestTakePushes(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		w.apply(start, source("aurora"))
		tag := func() string {
			f := w.feed("aurora")
			return f.ETag + f.LastModified + f.BodyHash
		}
		save := func() {
			f := w.feed("aurora")
			f.ETag, f.LastModified, f.BodyHash = `"1"`, "Thu, 12 Nov 2026 00:00:00 GMT", "abc"
			_, err := w.SaveFetch(t.Context(), &news.Fetch{Feed: f, At: start})
			w.must(err)
		}
		for _, step := range []struct{ takes, whole bool }{{false, false}, {true, true}, {true, false}, {false, false}, {true, true}} {
			save()
			w.must(w.TakePushes(t.Context(), step.takes))
			if got := tag() == ""; got != step.whole {
				t.Errorf("pushes %v: read whole %v, want %v", step.takes, got, step.whole)
			}
		}
	})
}
