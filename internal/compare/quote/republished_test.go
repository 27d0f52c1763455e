package quote

import (
	"os"
	"strings"
	"testing"

	"parallax/internal/news"
	"parallax/internal/testkit"
)

// The text from which this project grew: a minister's words, a president's, and those of the site
// that republished it. It is not in the repository: places in it are bytes.
func TestRepublished(t *testing.T) {
	data, err := os.ReadFile(testkit.Data(t, "seed/republished.txt"))
	if err != nil {
		t.Fatal(err)
	}
	a := &news.Article{ID: "seed", Revision: 1, Language: "en", Text: string(data)}
	quotes := Of(a)
	shape(t, a, quotes)
	who := map[string][]string{ // whose names may stand there, by last word
		"minister": {"minister", "lavrov", "diplomat"}, "president": {"zelensky"}, "site": {"hub"},
	}
	found := map[string]int{}
	for _, want := range []struct {
		from int
		kind news.QuoteKind
		who  string
	}{
		{0, news.QuoteReported, "minister"},
		{104, news.QuoteReported, "minister"},
		{395, news.QuoteDirect, "minister"},
		{542, news.QuoteDirect, "minister"},
		{804, news.QuoteDirect, "president"},
		{943, news.QuoteDirect, "president"},
		{1059, news.QuoteDirect, "president"},
		{1125, news.QuoteReported, "minister"},
		{1443, news.QuoteReported, "president"},
		{1608, news.QuoteDirect, "minister"},
		{1748, news.QuoteDirect, "minister"},
		{1997, news.QuoteReported, "minister"},
		{2144, news.QuoteReported, "minister"},
		{2231, news.QuoteReported, "minister"},
		{2573, news.QuoteNotice, "site"},
		{3135, news.QuoteNotice, "site"},
	} {
		ok := false
		for _, q := range quotes {
			s := q.Sayings[0]
			if s.Words[0].From != want.from || q.Kind != want.kind {
				continue
			}
			ok = true
			words := strings.Fields(strings.ToLower(s.Speaker))
			if len(words) == 0 {
				t.Errorf("words at %d are nobody's, want the %s's", want.from, want.who)
				continue
			}
			right := false
			for _, name := range who[want.who] {
				right = right || words[len(words)-1] == name
			}
			if !right {
				t.Errorf("words at %d are %q's, want the %s's", want.from, s.Speaker, want.who)
			}
			found[want.who]++
		}
		if !ok {
			t.Errorf("words at %d are not found", want.from)
		}
	}
	sum := 0
	for _, n := range found {
		sum += n
	}
	if sum != len(quotes) {
		t.Errorf("%d quotes, want %d", len(quotes), sum)
	}
}
