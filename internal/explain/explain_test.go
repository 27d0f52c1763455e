package explain_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/explain"
	"parallax/internal/news"
)

var update = flag.Bool("update", false, "rewrite the expected texts")

var start = time.Date(2026, 11, 2, 6, 0, 0, 0, time.UTC)

// A shelf is a Store.
type shelf struct {
	articles  map[string]*news.Article
	stories   map[string]*news.Story
	histories map[string]*news.History
	records   map[string]*news.Record
}

func get[T any](m map[string]*T, id string) (*T, error) {
	if v := m[id]; v != nil {
		return v, nil
	}
	return nil, news.ErrNotFound
}

func (s *shelf) Article(_ context.Context, id string) (*news.Article, error) {
	return get(s.articles, id)
}

func (s *shelf) Source(_ context.Context, id string) (*news.Source, error) {
	return &news.Source{ID: id, Name: "The " + id}, nil
}

func (s *shelf) Story(_ context.Context, id string, _ time.Time) (*news.Story, error) {
	return get(s.stories, id)
}

func (s *shelf) HistoryOf(_ context.Context, id string) (*news.History, error) {
	if h := s.histories[id]; h != nil {
		return h, nil
	}
	return new(news.History), nil
}

func (s *shelf) RecordOf(_ context.Context, id string) (*news.Record, error) {
	if r := s.records[id]; r != nil {
		return r, nil
	}
	return new(news.Record), nil
}

// TestWords: what was decided of an article is said in words, as testdata/ID.txt has it.
func TestWords(t *testing.T) {
	article := func(id, title, story string) *news.Article {
		return &news.Article{
			ID: id, SourceID: "north", URL: "https://user:pass@north.example/" + id, Title: title, Language: "en",
			Published: start, FirstSeen: start, StoryID: story,
		}
	}
	s := &shelf{
		articles: map[string]*news.Article{
			"joined": article("joined", "Ferry aground", "s1"), "head": article("head", "Fog over Oxholm", "s1"),
			"other": article("other", "Fog in Velm", "s2"), "waits": article("waits", "Late news", ""),
			"copy": article("copy", "Fog over Oxholm", "s1"), "single": article("single", "Fog lifts", "s1"), "locked": article("locked", "Fog again", "s2"),
			"alone": article("alone", "Lamps lit", "s3"), "old": article("old", "Ice", "s1"), "gone": article("gone", "", "s1"),
			"secret": article("secret", "Not to be shown", "s2"), "nebel": article("nebel", "Nebel über Oxholm", "s1"),
		},
		stories: map[string]*news.Story{
			"s0": {ID: "s0", MergedInto: "s1"}, "s1": {ID: "s1", HeadID: "head", Articles: 4, Outlets: 1},
			"s2": {ID: "s2", HeadID: "other", Articles: 2, Outlets: 2}, "s3": {ID: "s3", HeadID: "secret", Articles: 1, Outlets: 1},
		},
		records: map[string]*news.Record{"s1": {
			Merges: []news.Event{{Kind: news.EventMerged, From: "s0", To: "s1", At: start.Add(time.Hour), Witness: "other"}},
			Locked: &news.Note{At: start.Add(2 * time.Hour), Why: "Being looked into."}, Apart: []string{"s2"},
		}},
	}
	s.articles["nebel"].Language = "de"
	s.articles["copy"].WireRoot, s.articles["copy"].WireShare = "head", 91
	weighed := func(story, article string, score float64) *news.Weighed {
		return &news.Weighed{
			StoryID: story, ArticleID: article, Score: score, Words: []string{"fog", "ferry"},
			Measures: []news.Measure{{Name: "story", Value: .5, Adds: 4}, {Name: "crowd", Value: .25, Adds: -1}, {Name: "meaning", Value: 5.5, Adds: .6}, {Name: "of another model", Value: 1, Adds: .5}},
		}
	}
	of := func(w *news.Weighed) *news.Weighed { // a single report
		w.Least = .6
		return w
	}
	placed := func(to, why string, g *news.Grounds) news.Event {
		e := news.Event{Kind: news.EventPlaced, At: start, To: to, Why: why, Grounds: g}
		if g != nil && g.Chosen != nil {
			e.Score = g.Chosen.Score
		}
		return e
	}
	s.histories = map[string]*news.History{
		"joined": {Events: []news.Event{
			placed("s0", "fog; 0.81", &news.Grounds{Model: "1", Least: .7, Bias: -2, Chosen: weighed("s0", "head", .81), Refused: weighed("s2", "other", .2)}),
			{Kind: news.EventMerged, At: start.Add(time.Hour), From: "s0", To: "s1", Score: .92, Why: "fog; 0.92", Model: "1", Witness: "other"},
			{Kind: news.EventMoved, At: start.Add(2 * time.Hour), From: "s1", To: "s2", Score: .1, Why: "unlike the others"},
			{Kind: news.EventMoved, At: start.Add(3 * time.Hour), Editor: true, From: "s2", To: "s1", Why: "It is that ferry."},
		}, Pinned: &news.Note{At: start.Add(3 * time.Hour), Why: "It is that ferry."}},
		"locked": {Events: []news.Event{
			placed("s2", "first report", &news.Grounds{Model: "1", Least: .7, Bias: -2, Refused: weighed("s1", "nowhere", .995), Locked: "s1"}),
		}},
		"single": {Events: []news.Event{
			placed("s1", "fog; 0.72", &news.Grounds{Model: "1", Least: .5, Bias: -2, Chosen: of(weighed("s1", "head", .72)), Refused: of(weighed("s2", "other", .58))}),
		}},
		"nebel": {Events: []news.Event{
			placed("s0", "first report", nil),
			{
				Kind: news.EventMerged, At: start, From: "s0", To: "s1", Score: .98, Why: "the same event in two languages: Fähre = ferry, Oxholm, 410; at the same time; 0.98",
				Model: news.ModelAcross, Witness: "nebel",
			},
		}},
		"copy":  {Events: []news.Event{placed("s1", "copy of head", nil)}},
		"alone": {Events: []news.Event{placed("s3", "first report; came more than 7 days late", nil)}},
		"old":   {Events: []news.Event{placed("s1", "ice; 0.71", nil)}},
		"gone":  {Events: []news.Event{placed("s1", "", nil)}},
	}
	show := func(a *news.Article, _ *news.Source) bool { return a.ID != "secret" }
	for id := range s.histories {
		t.Run(id, func(t *testing.T) { check(t, s, id, show) })
	}
	t.Run("waits", func(t *testing.T) { check(t, s, "waits", show) })
}

func check(t *testing.T, s *shelf, id string, show func(*news.Article, *news.Source) bool) {
	t.Helper()
	x, err := explain.Of(t.Context(), s, id, start, show)
	if err != nil {
		t.Fatal(err)
	}
	got := x.Text(func(path string) string { return "https://hub.example" + path })
	file := filepath.Join("testdata", id+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("explanation of %s (-want +got):\n%s", id, diff)
	}
	// The JSON says the same to who reads it back.
	data, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	var back explain.Explanation
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(x.Events, back.Events); diff != "" {
		t.Errorf("events after JSON (-want +got):\n%s", diff)
	}
}
