package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// Ratings of others go with the outlets at their domains, whichever is there first, are replaced
// as a whole, and leave nothing behind.
func TestRatings(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		outlet := func(id, home string, claims ...news.Claim) *news.Source {
			s := source(id)
			s.Home, s.Disclosure.Ratings = home, claims
			return s
		}
		said := func(source string) []news.Claim {
			t.Helper()
			s, err := w.Source(ctx, source)
			w.must(err)
			all, err := w.Sources(ctx)
			w.must(err)
			for _, one := range all {
				if one.ID == source {
					if diff := cmp.Diff(s.Disclosure, one.Disclosure); diff != "" {
						t.Errorf("%s, alone and among all:\n%s", source, diff)
					}
				}
			}
			return s.Disclosure.Ratings
		}
		claim := func(who, value, url, date string) news.Claim {
			return news.Claim{Value: value, By: news.ThirdParty, Who: who, URL: url, Date: date}
		}
		save := func(r news.Ratings, rated int, had int64) {
			t.Helper()
			gotRated, gotHad, err := w.SaveRatings(ctx, r, start.Add(30*time.Minute))
			w.must(err)
			if gotRated != rated || gotHad != had {
				t.Errorf("ratings of %s: %d outlets rated, %d ratings before; want %d, %d", r.By, gotRated, gotHad, rated, had)
			}
		}
		byHand := news.Claim{Value: "worth reading", By: news.Operator}
		w.apply(start, outlet("post", "https://www.post.example/news", byHand), outlet("radio", "https://radio.post.example:8443/"), outlet("tarn", "https://tarn.example/"))

		board := news.Ratings{By: "Press Board", Label: "Accuracy", List: []news.Rating{
			{Domain: "elsewhere.example", Value: "1 of 5"},
			{Domain: "post.example", Value: "4 of 5", URL: "https://board.example/post", Date: "2026-10-01"},
			{Domain: "radio.post.example", Value: "5 of 5"},
		}}
		save(board, 2, 0)
		save(news.Ratings{By: "Reader Union", List: []news.Rating{{Domain: "post.example", Value: "good"}}}, 2, 0)
		post := []news.Claim{byHand, claim("Press Board", "Accuracy: 4 of 5", "https://board.example/post", "2026-10-01"), claim("Reader Union", "good", "", "")}
		radio := []news.Claim{claim("Press Board", "Accuracy: 5 of 5", "", ""), claim("Reader Union", "good", "", "")} // each rater's nearest
		if diff := cmp.Diff(post, said("post")) + cmp.Diff(radio, said("radio")) + cmp.Diff([]news.Claim(nil), said("tarn")); diff != "" {
			t.Errorf("after the import (-want +got):\n%s", diff)
		}
		got, err := w.Ratings(ctx, "Press Board")
		w.must(err)
		if diff := cmp.Diff(board, got); diff != "" {
			t.Errorf("what was kept (-want +got):\n%s", diff)
		}
		// What others say is a part of what is said: there is a version of it from then on.
		versions := func(source string, want ...time.Duration) {
			t.Helper()
			s, err := w.Source(ctx, source)
			w.must(err)
			var got []time.Duration
			for _, at := range s.Versions {
				got = append(got, at.Sub(start))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("versions of what is said of %s (-want +got):\n%s", source, diff)
			}
		}
		versions("post", 0, 30*time.Minute, 30*time.Minute) // for each import
		versions("tarn", 0)
		raters, err := w.Raters(ctx)
		w.must(err)
		if diff := cmp.Diff([]string{"Press Board", "Reader Union"}, raters); diff != "" {
			t.Errorf("raters (-want +got):\n%s", diff)
		}

		// An outlet that comes later, or moves, has what is said of where it is.
		w.apply(start.Add(time.Hour), outlet("post", "https://elsewhere.example/"), outlet("tarn", "https://tarn.example/"), outlet("late", "https://late.post.example/"))
		if diff := cmp.Diff([]news.Claim{claim("Press Board", "Accuracy: 1 of 5", "", "")}, said("post")) +
			cmp.Diff(post[1:], said("late")); diff != "" {
			t.Errorf("after changes of the configuration (-want +got):\n%s", diff)
		}

		// Another import replaces the rater's, and nobody else's; an empty one removes them.
		save(news.Ratings{By: "Press Board", List: []news.Rating{{Domain: "tarn.example", Value: "3"}}}, 1, 3)
		if diff := cmp.Diff([]news.Claim(nil), said("post")) + cmp.Diff([]news.Claim{claim("Press Board", "3", "", "")}, said("tarn")) +
			cmp.Diff(post[2:], said("late")); diff != "" {
			t.Errorf("after another import (-want +got):\n%s", diff)
		}
		save(news.Ratings{By: "Press Board"}, 0, 1)
		save(news.Ratings{By: "Nobody"}, 0, 0)
		if diff := cmp.Diff([]news.Claim(nil), said("tarn")); diff != "" {
			t.Errorf("after the removal (-want +got):\n%s", diff)
		}

		// What cannot be kept changes nothing.
		if _, _, err := w.SaveRatings(ctx, news.Ratings{By: "Reader Union", List: []news.Rating{{Domain: "a.example"}, {Domain: "a.example"}}}, start); err == nil {
			t.Error("a domain was rated twice")
		}
		if diff := cmp.Diff(post[2:], said("late")); diff != "" {
			t.Errorf("after a refused import (-want +got):\n%s", diff)
		}
	})
}
