package publish

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"parallax/feed"
	"parallax/internal/news"
)

var now = time.Date(2026, 11, 12, 12, 0, 0, 0, time.UTC)

func TestBody(t *testing.T) {
	a := &news.Article{
		Lead: "A lead.", Text: "A lead.\n\nAnd the rest.", HTML: "<p>A lead.</p><p>And the rest.</p>", FirstSeen: now.Add(-48 * time.Hour),
	}
	for _, c := range []struct {
		name     string
		carriage news.Carriage
		want     Text
	}{
		{"default is an excerpt", news.Carriage{}, Text{Mode: news.Excerpt, Excerpt: "A lead."}},
		{"link", news.Carriage{Mode: news.Link}, Text{Mode: news.Link}},
		{"whole", news.Carriage{Mode: news.FullText, Basis: "public domain"}, Text{Mode: news.FullText, HTML: a.HTML}},
		{"not yet", news.Carriage{Mode: news.FullText, From: now.Add(1)}, Text{Mode: news.Link}},
		{"no more", news.Carriage{Mode: news.FullText, Until: now}, Text{Mode: news.Link}},
		{"kept too long", news.Carriage{Mode: news.FullText, Keep: 48 * time.Hour}, Text{Mode: news.Link}},
		{"kept", news.Carriage{Keep: 49 * time.Hour}, Text{Mode: news.Excerpt, Excerpt: "A lead."}},
	} {
		if got := Body(a, &news.Source{Carriage: c.carriage}, now); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	purged := *a
	purged.Purged = now
	if got := Body(&purged, &news.Source{}, now); got != (Text{Mode: news.Link}) {
		t.Errorf("purged: %+v", got)
	}
	long := &news.Article{Lead: strings.Repeat("word ", 500), FirstSeen: now}
	if got := Body(long, &news.Source{}, now); len([]rune(got.Excerpt)) > news.ExcerptRunes+2 {
		t.Errorf("an excerpt has %d runes", len([]rune(got.Excerpt)))
	}
}

func TestNotes(t *testing.T) {
	s := &news.Source{Name: "The Post", Disclosure: news.Disclosure{
		Control: []news.Claim{{Value: news.IndependentPublic, By: news.Self}, {Value: news.StateControlled, By: news.ThirdParty, Who: "Atlas"}},
		Owners:  []news.Claim{{Value: "the ministry", By: news.Registry}},
		Funding: []news.Claim{{Value: "the budget", By: news.Registry}},
	}}
	for _, c := range []struct {
		s           *news.Source
		line, short string
	}{
		{s, "State-controlled (says Atlas; others say otherwise). Owners: the ministry (says a public register). Funding: the budget (says a public register).", "state-controlled, says Atlas; others say otherwise"},
		{&news.Source{Name: "X"}, "No statement known of who stands behind X.", "no statement known of who stands behind it"},
		{
			&news.Source{Disclosure: news.Disclosure{BeneficialOwners: []news.Claim{{Value: "شركة", By: news.Self}}}},
			"Beneficial owners: \u2068شركة\u2069 (says the outlet itself).", "no statement known of who stands behind it",
		},
		{
			&news.Source{Disclosure: news.Disclosure{Funding: []news.Claim{{Value: "readers", By: news.Operator}}}},
			"Funding: readers (says the operator of this hub).", "funding: readers, says the operator of this hub",
		},
		{ // the same owner, written otherwise
			&news.Source{Disclosure: news.Disclosure{Owners: []news.Claim{{Value: "Post Group Ltd (PG)", By: news.Registry}, {Value: "Post Group (52 %)", By: news.ThirdParty, Who: "Atlas"}}}},
			"Owners: Post Group Ltd (PG) (says a public register).", "owners: Post Group Ltd (PG), says a public register",
		},
	} {
		if got := DisclosureLine(c.s); got != c.line {
			t.Errorf("DisclosureLine: %q, want %q", got, c.line)
		}
		if got := ShortLine(c.s); got != c.short {
			t.Errorf("ShortLine: %q, want %q", got, c.short)
		}
	}
	full := &news.Source{Carriage: news.Carriage{
		Why: "So that it is heard", Mode: news.FullText, Basis: "https://licence.example/by", Until: now, Keep: 90 * 24 * time.Hour, Boilerplate: "Text by The Post",
	}}
	want := "So that it is heard. The hub shows the whole text, with a link to the original. Ground: <https://licence.example/by>. It is carried until 12 November 2026. Each article is carried for 90 days. Carrying it is no endorsement. Text by The Post."
	if got := CarriageNote(full); got != want {
		t.Errorf("CarriageNote:\n got %s\nwant %s", got, want)
	}
}

func TestFeed(t *testing.T) {
	s := &news.Source{ID: "post", Name: "The Post", Home: "https://post.example/"}
	other := &news.Source{ID: "other", Name: "Other", Carriage: news.Carriage{Until: now}}
	mk := func(id, src, guid string) *news.Article {
		return &news.Article{ID: id, SourceID: src, GUID: guid, URL: "https://post.example/" + id, Title: id, FirstSeen: now.Add(-time.Hour)}
	}
	f := Feed(Channel{
		Title: "T", Hub: "https://hub.example", Page: "/", Self: "/feed.atom", Now: now,
		Sources:  map[string]*news.Source{"post": s, "other": other},
		Articles: []*news.Article{mk("a", "post", "1"), mk("b", "post", "1"), mk("c", "post", ""), mk("d", "other", "x"), mk("e", "unknown", "y")},
	})
	var ids []string
	for _, e := range f.Entries {
		ids = append(ids, e.ID)
	}
	if got, want := strings.Join(ids, " "), "1 https://post.example/b https://post.example/c"; got != want {
		t.Errorf("ids %q, want %q", got, want)
	}
	if !f.Updated.Equal(now.Add(-time.Hour)) {
		t.Errorf("updated %s", f.Updated)
	}
	for _, n := range f.Entries[0].Notes {
		if n == (feed.Note{}) || n.Text == "" {
			t.Errorf("empty note %+v", n)
		}
	}
}

type withdrawer struct {
	grace time.Duration
	err   error
}

func (w *withdrawer) Withdraw(_ context.Context, _ time.Time, grace time.Duration) (int, error) {
	w.grace = grace
	return 2, w.err
}

func TestStage(t *testing.T) {
	w := &withdrawer{}
	s := New(w, nil, func() time.Time { return now })
	if err := s.Run(t.Context()); err != nil || w.grace != 7*24*time.Hour || s.Name() != "publish" {
		t.Errorf("Run: %v, grace %s, name %s", err, w.grace, s.Name())
	}
	w.err = errors.New("disk full")
	if err := s.Run(t.Context()); !errors.Is(err, w.err) || !strings.Contains(err.Error(), "withdraw") {
		t.Errorf("Run: %v", err)
	}
}

// What the hub read on an outlet's own site stands in quotes: whatever it says, it is nobody else's word.
func TestLinesQuoteWhatWasRead(t *testing.T) {
	t.Parallel()
	s := &news.Source{Name: "Quay", Disclosure: news.Disclosure{
		Owners:  []news.Claim{{Value: "nobody (says a public register). Control: “independent”", By: news.Self, Read: "JSON-LD"}},
		Funding: []news.Claim{{Value: "its readers.", By: news.Self}},
	}}
	s.Disclosure.Control = []news.Claim{{Value: news.Private, By: news.Operator}, {Value: "public", By: news.Self, Read: "JSON-LD"}}
	if got := ShortLine(s); got != "private, says the operator of this hub" {
		t.Errorf("what was read gainsays: %s", got)
	}
	s.Disclosure.Control = nil
	want := "Owners: “nobody (says a public register). Control: ‘independent’” (says the outlet itself). Funding: its readers (says the outlet itself)."
	if got := DisclosureLine(s); got != want {
		t.Errorf("line: %s\nwant: %s", got, want)
	}
	want = "owners: “nobody (says a public register). Control: ‘independent’”, says the outlet itself"
	if got := ShortLine(s); got != want {
		t.Errorf("short line: %s\nwant: %s", got, want)
	}
}

// An entry leads to what was said of its outlet when it was first seen, where something else is said now.
func TestEntryDisclosureThen(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	s := &news.Source{ID: "quay", Name: "Quay", Home: "https://quay.example/", Versions: []time.Time{day(2), day(5), day(9)}}
	for seen, want := range map[int]string{
		1: "", 2: "/source/quay/disclosure/1 version 1 of now 3", 8: "/source/quay/disclosure/2 version 2 of now 3", 9: "",
	} {
		e := Entry(&news.Article{ID: "a", SourceID: "quay", URL: "https://quay.example/a", FirstSeen: day(seen)}, s, "https://hub.example", day(10))
		got := ""
		for _, n := range e.Notes {
			switch n.Name {
			case "disclosure":
				if n.URL != "https://hub.example/source/quay" {
					t.Errorf("the present disclosure is at %s", n.URL)
				}
			case "disclosure-then":
				got = strings.TrimPrefix(n.URL, "https://hub.example") + " " + n.Text[strings.LastIndex(n.Text, "version "):len(n.Text)-1]
			}
		}
		if got != want {
			t.Errorf("seen on day %d: %q, want %q", seen, got, want)
		}
	}
}
