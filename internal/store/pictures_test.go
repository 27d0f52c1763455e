package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parallax/internal/news"
)

// A picture is due once an article has it, shown while one that has it is carried, and gone when
// it is old, when there are too many, and with the last article.
func TestPictures(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		a := source("aurora")
		a.Carriage.Keep = 100 * time.Hour
		w.apply(start, a, source("beacon"))
		const one, two, three = "https://aurora.example/1.jpg", "https://aurora.example/2.jpg", "https://aurora.example/3.jpg"
		illustrated := func(key, text string, pictures ...string) *news.Article {
			it := item("aurora", key, text, start)
			w.save(start, "aurora", it)
			made := article(it, key, text)
			made.Pictures = pictures
			w.must(w.SaveArticle(ctx, it.ID, 1, made, start))
			return made
		}
		first := illustrated("1", "text", one, two)
		second := illustrated("2", "text", two, three)
		due := func(now time.Time) (urls string) {
			list, err := w.DuePictures(ctx, now, 10)
			w.must(err)
			var all []string
			for _, p := range list {
				all = append(all, strings.TrimPrefix(p.URL, "https://aurora.example/"))
			}
			return strings.Join(all, " ")
		}
		if got := len(strings.Fields(due(start))); got != 3 || due(start.Add(-time.Second)) != "" {
			t.Fatalf("due: %d pictures", got)
		}
		list, err := w.DuePictures(ctx, start, 10)
		w.must(err)
		for i, p := range list {
			p.Type, p.Data, p.Width, p.Height, p.Due = "image/jpeg", []byte("\xff\xd8"+p.URL), 800, 600, time.Time{}
			p.Fetched = start.Add(time.Duration(i+1) * time.Hour)
			w.must(w.SavePicture(ctx, p))
		}
		expect(t, "due when all are there", due(start.Add(time.Hour)), "")
		shown := func(a *news.Article) int {
			list, err := w.Pictures(ctx, a.ID)
			w.must(err)
			return len(list)
		}
		expect(t, "pictures of the first", shown(first), 2)
		got, err := w.Picture(ctx, list[0].ID, start)
		w.must(err)
		if diff := cmp.Diff(list[0], got, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Errorf("picture (-want +got):\n%s", diff)
		}
		if _, err := w.Picture(ctx, list[0].ID, start.Add(a.Carriage.Keep)); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("picture of what is not carried any more: %v", err)
		}
		if _, err := w.Picture(ctx, "none", start); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("no picture: %v", err)
		}

		// Too many: the oldest go, and are not asked for again.
		w.must(w.ForgetPictures(ctx, start, int64(2*len(list[0].Data))))
		expect(t, "pictures when one too many", shown(first)+shown(second), 4-shared(list[0].URL, two))
		if _, err := w.Picture(ctx, list[0].ID, start); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("the oldest picture: %v", err)
		}
		// Old.
		w.must(w.ForgetPictures(ctx, list[1].Fetched, 1<<30))
		if _, err := w.Picture(ctx, list[2].ID, start); err != nil {
			t.Errorf("the newest picture: %v", err)
		}
		expect(t, "due after some were forgotten", due(start.Add(100*time.Hour-1)), "")
		// Withdrawn.
		_, err = w.Withdraw(ctx, start.Add(a.Carriage.Keep), 0)
		w.must(err)
		w.must(w.ForgetPictures(ctx, start, 1<<30))
		late := *list[2]
		w.must(w.SavePicture(ctx, &late)) // one that was being fetched meanwhile
		if _, err := w.Picture(ctx, list[2].ID, start); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("a picture of what was withdrawn: %v", err)
		}
	})
}

// shared is how many articles of TestPictures have one.
func shared(url, both string) int {
	if url == both {
		return 2
	}
	return 1
}
