package cluster

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestChoose: the stories that are looked at are those whose documents share most, as is seen
// when all are looked at; so are their closest documents.
func TestChoose(t *testing.T) {
	docs, _ := events(8, 120, 3)
	c := NewClusterer(Options{})
	place(c, docs)
	type chosen struct {
		Story   string
		Score   float64
		Closest string
	}
	crowded, older := 0, 0
	for i, d := range docs {
		at := d.At.Add(time.Duration(i%5) * 24 * time.Hour) // of several days the stories are far
		nd := &doc{id: fmt.Sprint("n", i), at: at.UnixMilli(), undated: i%7 == 0}
		c.terms.intern(nd, vectorOf(d))
		c.lookUp(nd)

		var want []chosen
		wantFar := 0.0
		for s := range strandsOf(c) {
			var near []*doc
			for _, m := range s.members {
				if !m.mute && c.scratch.docs[m.slot] > 0 {
					near = append(near, m)
				}
			}
			if len(near) == 0 {
				continue
			}
			slices.SortFunc(near, func(a, b *doc) int {
				return cmp.Or(cmp.Compare(c.scratch.docs[b.slot], c.scratch.docs[a.slot]), cmp.Compare(a.ordinal, b.ordinal))
			})
			score, age := c.scratch.docs[near[0].slot], 0.0
			if !nd.undated {
				age = days(nd.at - s.times[0])
			}
			if age > otherDays {
				wantFar = max(wantFar, score)
			}
			if age > farDays {
				continue
			}
			closest := ""
			for _, m := range near[:min(len(near), closestDocs)] {
				closest += m.id + " "
			}
			want = append(want, chosen{s.id, score / (1 + age*age/4), closest})
		}
		byScore := func(a, b chosen) int {
			return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(c.stories[a.Story].ordinal(), c.stories[b.Story].ordinal()))
		}
		slices.SortFunc(want, byScore)
		if len(want) > maxCandidates {
			want = want[:maxCandidates]
			crowded++
		}
		if wantFar > 0 {
			older++
		}

		far := c.choose(nd)
		c.gatherHits(nd)
		var got []chosen
		for _, f := range c.scratch.found {
			closest, h := "", c.scratch.hits[f.hit]
			for _, p := range h.closest[:h.n] {
				closest += p.doc.id + " "
			}
			got = append(got, chosen{f.story.id, f.score, closest})
		}
		slices.SortFunc(got, byScore)
		if diff := gocmp.Diff(want, got); diff != "" || far != wantFar {
			t.Fatalf("document %d: far %v, want %v; chosen (-want +got):\n%s", i, far, wantFar, diff)
		}
	}
	if crowded == 0 || older == 0 {
		t.Fatalf("%d documents found more stories than are looked at, %d found stories of other days", crowded, older)
	}
}

// TestReader: what a reader remembers of other documents changes nothing.
func TestReader(t *testing.T) {
	texts := []string{
		"Talks on talk of the talking: 12,500 talks, don't talk of news.example.org", "Übersetzung der ÜBERSETZUNGEN über",
		"河川協定が結ばれた Talks", "Vláda vládě vládou 2026", "a.b news.example.org's antidisestablishmentarianisms",
	}
	for _, language := range []string{"en", "de", "ja", "cs", "und"} {
		for i, text := range texts {
			d := Doc{Language: language, Title: texts[(i+1)%len(texts)], Text: text}
			want := (&Doc{Language: language, Title: d.Title, Text: d.Text}).fresh()
			for range 2 {
				if diff := gocmp.Diff(want, vectorOf(d).terms, gocmp.AllowUnexported(vectorTerm{})); diff != "" {
					t.Errorf("%s %q (-fresh +remembered):\n%s", language, text, diff)
				}
			}
		}
	}
	for i := range 2 * idleReaders {
		vectorOf(Doc{Language: fmt.Sprintf("q%c", 'a'+i%26), Title: "one"})
	}
	if n := len(readers.idle); n > idleReaders {
		t.Errorf("%d readers are kept", n)
	}
}

// fresh returns the vector as one makes it who has read nothing before.
func (d *Doc) fresh() []vectorTerm {
	readers.Lock()
	idle := readers.idle
	readers.idle = nil
	readers.Unlock()
	terms := vectorOf(*d).terms
	readers.Lock()
	readers.idle = idle
	readers.Unlock()
	return terms
}

// TestCommon: how common a word is, is counted in stories: what twenty reports of one event say weighs
// more than what as many say of as many events.
func TestCommon(t *testing.T) {
	c := NewClusterer(Options{})
	for i := range 40 {
		of, story := "weir", fmt.Sprint("alone", i)
		if i < 20 {
			of, story = "pilots", "strike"
		}
		c.Restore(Doc{ID: fmt.Sprint(i), Language: "xx", Title: of + " bracot" + fmt.Sprint(i), At: start}, story)
	}
	weigh := func(word string) float64 {
		for i, e := range c.terms.all {
			if e.key == key("xx", word) {
				return c.terms.idf(uint32(i))
			}
		}
		t.Fatalf("no term is %q", word)
		return 0
	}
	if one, many := weigh("pilots"), weigh("weir"); one < 2*many {
		t.Errorf("a word of one large story weighs %.2f, one of as many small ones %.2f", one, many)
	}
}
