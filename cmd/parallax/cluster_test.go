package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/cluster"
	"parallax/internal/news"
)

// TestTell: of a document whose story became part of another, or that was moved, it is told why it stands where it
// stands in the end.
func TestTell(t *testing.T) {
	list := make([]membership, 4)
	at := map[string]int{"a": 0, "b": 1, "c": 2, "d": 3}
	members := map[string][]int{}
	for i, made := range []cluster.Decision{
		{StoryID: "one", Why: "first report"},
		{StoryID: "two", Why: "first report"},
		{StoryID: "one", Why: "fog", Merges: []news.Merge{{From: "two", Into: "one", Why: "alike"}}},
		{StoryID: "one", Why: "ferry", Moves: []news.Move{
			{ArticleID: "b", From: "one", To: "three", Why: "grown apart"}, {ArticleID: "d", From: "one", To: "three", Why: "grown apart"},
		}},
	} {
		tell(list, at, members, &cluster.Doc{ID: string("abcd"[i])}, &made)
	}
	want := []membership{
		{Why: "first report"},
		{Why: "first report; then its story became part of another, shown by c: alike; then: grown apart"},
		{Why: "fog"},
		{Why: "ferry; then: grown apart"},
	}
	if diff := cmp.Diff(want, list, cmp.AllowUnexported(membership{})); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string][]int{"one": {0, 2}, "three": {1, 3}}, members); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}
