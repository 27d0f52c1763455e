package extract

import (
	"strings"
	"testing"

	"parallax/internal/news"
)

// titled is a page with a headline.
func titled(title, head, text string) string {
	return "<html lang=en><head><title>" + title + "</title>" + head + "</head><body><article><p>" + strings.ReplaceAll(text, "\n\n", "<p>") + "</article>"
}

// The text of another article never takes the place of a page's own, be its headline of few words.
func TestVersionIsOfThePage(t *testing.T) {
	t.Parallel()
	const title = "Ferry sails to Velm"
	amp := "<link rel=amphtml href=/amp/>"
	own := third + " …"
	for _, tt := range []struct {
		name, page, amp string
		taken           bool
	}{
		{"the front page for AMP", titled(title, amp, own), titled("AMP news", "", wire), false},
		{"another article of the same headline", titled(title, amp, own), titled(title, "", wire), false},
		{"the same text and more", titled(title, amp, own), titled("A ferry", "", third+"\n\n"+wire), true},
		{"most of the text, and more", titled(title, amp, "To the point. "+own), titled("A ferry", "", third+"\n\n"+wire), true},
		{"another headline over nothing", titled(title, amp, ""), titled("AMP news", "", wire), false},
		{"the headline over nothing", titled(title, amp, ""), titled(title+" | AMP", "", wire), true},
		{"another headline over a line", titled(title, amp, "Please wait."), titled("AMP news", "", wire), false},
		{"the address of the page", titled(title, amp, ""), titled("AMP news", "<link rel=canonical href=/i>", wire), true},
		{"another address", titled(title, amp, ""), titled("AMP news", "<link rel=canonical href=/>", wire), false},
		{"a challenge and what its feed calls it", titled("Just a moment...", amp, "Checking your browser"), titled(title, "", wire), true},
		{"a challenge and another article", titled("Just a moment...", amp, "Checking your browser"), titled("AMP news", "", wire), false},
	} {
		p, err := ReadPage([]byte(tt.page), site+"i", "")
		if err != nil {
			t.Fatal(err)
		}
		w := wholeOf(t, p, &news.Item{Title: title, Link: site + "i"}, nil, map[string]string{site + "amp/": tt.amp})
		if got := strings.Contains(w.Text(), "Observers of the river commission"); got != tt.taken {
			t.Errorf("%s: taken %v: %v", tt.name, got, w.Why)
		}
	}
}

// The next article of a series is no page of the one before it.
func TestNextArticleIsNoPage(t *testing.T) {
	t.Parallel()
	const series, saying = "Morning briefing", "Council of Norrland rejects the water agreement"
	day := func(of string) string {
		return `<meta property="article:published_time" content="` + of + `T06:00:00+01:00">`
	}
	canonical := func(to string) string { return "<link rel=canonical href=" + to + ">" }
	for _, tt := range []struct {
		name, first, next   string // addresses
		title, second       string
		head, seconds, lost string
	}{
		{"the next of a series", "briefing", "briefing-2", series, series, "", "", "may be another article: only a number in its address says that it follows"},
		{"the next in a folder", "briefing", "briefing/2", series, series, "", "", "may be another article: only a number in its address says that it follows"},
		{"a page of the same address", "briefing", "briefing-2", series, series, "", canonical("/briefing"), ""},
		{"a page of the same headline", "water", "water/2", saying, saying + " – page 2", "", "", ""},
		{"a page with an address of its own", "water", "water/2", saying, saying, canonical("/water"), canonical("/water/2"), ""},
		{"another day", "water", "water-2", saying, saying, day("2026-11-03"), day("2026-11-04"), "is another article: its date, 2026-11-04"},
		{"a numbered page of another day", "briefing", "briefing?page=2", series, series, day("2026-11-03"), day("2026-11-04"), "is another article: its date, 2026-11-04"},
		{"a numbered page", "briefing", "briefing?page=2", series, series, day("2026-11-03"), day("2026-11-03"), ""},
		{"another headline", "briefing", "briefing/page/2", series, "Evening news", "", "", "is another article: its headline"},
		{"another address", "water", "water/page/2", saying, saying, "", canonical("/council"), "is another article: its canonical address"},
	} {
		p, err := ReadPage([]byte(titled(tt.title, tt.head+"<link rel=next href=/"+tt.next+">", wire)), site+tt.first, "")
		if err != nil {
			t.Fatal(err)
		}
		w := wholeOf(t, p, &news.Item{Title: tt.title, Link: site + tt.first}, nil, map[string]string{site + tt.next: titled(tt.second, tt.seconds, other)})
		if got := strings.Contains(w.Text(), "Grain prices in Velmora did not react"); got != (tt.lost == "") || !strings.HasSuffix(w.Why["pages"], tt.lost) {
			t.Errorf("%s: added %v: %s", tt.name, got, w.Why["pages"])
		}
	}
}
