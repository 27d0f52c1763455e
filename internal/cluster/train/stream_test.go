package main

import (
	"math"
	"testing"
	"time"

	"parallax/internal/cluster"
)

func TestParseLabels(t *testing.T) {
	windows, story, err := parseLabels("# A comment.\n# window\ta\tb/c\t2026-08-12T18:00:00Z\t2026-08-15T00:00:00Z\n\n01\ta/x\n02\ta/x\n03\t-\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(windows) != 1 || windows[0].folder != "b/c" || windows[0].to.Sub(windows[0].from) != 54*time.Hour {
		t.Errorf("windows = %v", windows)
	}
	if len(story) != 3 || story["01"] != story["02"] || story["03"] == "" || story["03"] == story["01"] {
		t.Errorf("stories = %v", story)
	}
	for _, wrong := range []string{"01\ta\n01\tb\n", "01\n", "# window\ta\tb\tnow\tthen\n"} {
		if _, _, err := parseLabels(wrong); err == nil {
			t.Errorf("parseLabels(%q) found no error", wrong)
		}
	}
}

// The labels that are committed say something of every window.
func TestLabels(t *testing.T) {
	for name, labels := range map[string]string{streamPairsName: streamLabels, streamDaysName: streamDays} {
		windows, story, err := parseLabels(labels)
		if err != nil {
			t.Fatal(err)
		}
		size := map[string]int{}
		for _, s := range story {
			size[s]++
		}
		several := 0
		for _, n := range size {
			if n > 1 {
				several++
			}
		}
		if len(windows) < 3 || several < 100 || len(size)-several < 300 {
			t.Errorf("%s: %d windows, %d stories of several items, %d items alone", name, len(windows), several, len(size)-several)
		}
	}
}

func TestItem(t *testing.T) {
	seen := time.Date(2026, 8, 13, 9, 0, 0, 0, time.UTC)
	i := item{
		Link: "https://quay.example/1", Feed: "quay", Pub: "Thu, 13 Aug 2026 08:00:00 +0200", FirstSeen: seen,
		Titles: [][2]string{{"", "<b>Ferry</b> &amp; bridge  reopen"}, {"", "Another"}}, Desc: [][2]string{{"", "Text."}},
	}
	d, ok := i.doc()
	if !ok || d.Title != "Ferry & bridge reopen" || d.Text != "Text." || d.Source != "quay" || len(d.ID) != 12 {
		t.Errorf("doc = %+v, %v", d, ok)
	}
	if want := time.Date(2026, 8, 13, 6, 0, 0, 0, time.UTC); !d.At.Equal(want) {
		t.Errorf("time = %v, want %v", d.At, want)
	}
	for _, pub := range []string{"", "yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 14 Aug 2026 08:00:00 GMT"} {
		i.Pub = pub
		if d, _ := i.doc(); !d.At.Equal(seen) {
			t.Errorf("published %q: time = %v, want when it was seen", pub, d.At)
		}
	}
	if _, ok := (&item{}).doc(); ok {
		t.Error("an item without a title makes a document")
	}
}

// Stories of one saga are neither right nor wrong together.
func TestSaga(t *testing.T) {
	s := &set{
		story: map[string]string{"a": "w/fire/starts", "b": "w/fire/ends", "c": "w/vote", "d": "w/fire/starts"},
		saga:  map[string]string{"w/fire/starts": "w/fire", "w/fire/ends": "w/fire"},
	}
	if share, n := s.same("a", []string{"b", "c", "d"}); share != .5 || n != 2 {
		t.Errorf("same = %v of %d, want .5 of 2", share, n)
	}
	if r := s.score(map[string]string{"a": "1", "b": "1", "c": "2", "d": "1"}); r.precision != 1 || r.recall != 1 {
		t.Errorf("the saga in one story: precision %v, recall %v", r.precision, r.recall)
	}
	// With the vote among them, a and d have two of three right, b one of two, c one of four.
	want := (2./3 + 2./3 + 1./2 + 1./4) / 4
	if r := s.score(map[string]string{"a": "1", "b": "1", "c": "1", "d": "1"}); math.Abs(r.precision-want) > 1e-9 {
		t.Errorf("all in one story: precision %v, want %v", r.precision, want)
	}
}

func TestHeadlines(t *testing.T) {
	s := &set{name: "a", docs: []cluster.Doc{{ID: "1", Title: "Ferry", Text: "The ferry sails."}}, story: map[string]string{"1": "x"}}
	h := s.headlines("b")
	if h.name != "b" || h.docs[0].Text != "" || h.docs[0].Title != "Ferry" || h.story["1"] != "x" {
		t.Errorf("headlines = %+v", h)
	}
	if s.docs[0].Text == "" {
		t.Error("the collection itself lost its texts")
	}
}
