package explain

import (
	"testing"

	"parallax/internal/cluster"
	"parallax/internal/news"
)

// TestPhrases: what was measured is said as one would say it, and nothing that decides a join lacks words.
func TestPhrases(t *testing.T) {
	for _, c := range []struct {
		name  string
		value float64
		want  string
	}{
		{"margin", .31, "more like it than the next story, by 0.31 of 1"},
		{"margin", -.31, "less like it than another story, by 0.31 of 1"},
		{"home", 1.1, "what it shares with the closest account stands in about 2 more reports of that outlet"},
		{"unheard of", 2, "unheard of: 2.00"},
	} {
		if got := phrase(news.Measure{Name: c.name, Value: c.value}); got != c.want {
			t.Errorf("%s of %g is %q, want %q", c.name, c.value, got, c.want)
		}
	}
	for _, f := range cluster.JoinFeatures {
		if phrases[f.Name] == nil {
			t.Errorf("%s has no words", f.Name)
		}
	}
}

func TestByHand(t *testing.T) {
	hand, machine := news.Event{Editor: true}, news.Event{}
	for want, merges := range map[string][]news.Event{
		"":                                    {machine, machine},
		", as an editor decided":              {hand, hand},
		", as an editor decided of 1 of them": {machine, hand, machine},
	} {
		if got := ByHand(merges); got != want {
			t.Errorf("%v: %q, want %q", merges, got, want)
		}
	}
}
