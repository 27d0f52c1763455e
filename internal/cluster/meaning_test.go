package cluster

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parallax/internal/news"
)

// invent gives each of docs an embedding of an invented model, whose texts all share a direction, so
// that unrelated ones have cosines of some .7; those of one event share another.
func invent(docs []Doc, event map[string]int, model string) {
	direction := func(seed uint64, n int) []float64 {
		r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // not for secrets
		v := make([]float64, n)
		for i := range v {
			v[i] = r.NormFloat64()
		}
		return v
	}
	const length = 384
	common := direction(1, length)
	for i := range docs {
		own, shared := direction(uint64(1000+i), length), direction(uint64(100_000+event[docs[i].ID]), length) //nolint:gosec // small
		e := &news.Embedding{Model: model, Vector: make([]int8, length)}
		for k := range e.Vector {
			e.Vector[k] = int8(min(max(16*(2*common[k]+shared[k]+own[k]/2), -127), 127))
		}
		docs[i].Embedding = e
	}
}

func decisions(o Options, docs []Doc) []Decision {
	c := NewClusterer(o)
	list := make([]Decision, len(docs))
	for i, d := range docs {
		list[i] = c.Add(d)
	}
	return list
}

// TestNoMeaning: where no document has an embedding, what an embedding counts changes nothing, to
// the byte; nor do embeddings that cannot be compared.
func TestNoMeaning(t *testing.T) {
	docs, event := events(11, 60, 6)
	want := decisions(Options{}, docs)
	loud := &Meaning{Version: "loud", Bias: 50, Weight: -90}
	if diff := cmp.Diff(want, decisions(Options{Meaning: loud}, docs)); diff != "" {
		t.Errorf("without embeddings (-without +with weights for them):\n%s", diff)
	}

	few := slices.Clone(docs)
	invent(few[:leastReference-1], event, "m")
	if diff := cmp.Diff(want, decisions(Options{Meaning: loud}, few)); diff != "" {
		t.Errorf("embeddings of too few (-without +with):\n%s", diff)
	}
	apart := slices.Clone(docs)
	for i := range apart {
		invent(apart[i:i+1], event, fmt.Sprint("model ", i))
	}
	if diff := cmp.Diff(want, decisions(Options{Meaning: loud}, apart)); diff != "" {
		t.Errorf("embeddings of as many models (-without +with):\n%s", diff)
	}
	same := slices.Clone(docs)
	for i := range same {
		same[i].Embedding = &news.Embedding{Model: "m", Vector: []int8{1, 2, 3}}
	}
	if diff := cmp.Diff(want, decisions(Options{Meaning: loud}, same)); diff != "" {
		t.Errorf("a model to which all is one (-without +with):\n%s", diff)
	}
	none := slices.Clone(docs)
	for i := range none {
		none[i].Embedding = &news.Embedding{Model: "m", Vector: make([]int8, 3)}
	}
	if diff := cmp.Diff(want, decisions(Options{Meaning: loud}, none)); diff != "" {
		t.Errorf("embeddings without a direction (-without +with):\n%s", diff)
	}
}

// TestMeaning: what embeddings say is heard, told in the reason, and kept with the grounds.
func TestMeaning(t *testing.T) {
	docs, event := events(11, 60, 6)
	invent(docs, event, "m")
	pairs := func(list []Decision) (right, wrong int) {
		of := map[string]string{}
		into := map[string]string{}
		for i, d := range list {
			of[docs[i].ID] = d.StoryID
			for _, m := range d.Merges {
				into[m.From] = m.Into
			}
			for _, m := range d.Moves {
				of[m.ArticleID] = m.To
			}
		}
		end := func(id string) string {
			s := of[id]
			for into[s] != "" {
				s = into[s]
			}
			return s
		}
		for i, a := range docs {
			for _, b := range docs[:i] {
				if end(a.ID) != end(b.ID) {
					continue
				}
				if event[a.ID] == event[b.ID] {
					right++
				} else {
					wrong++
				}
			}
		}
		return right, wrong
	}
	// A model that wants much of words, so that much is left for meaning to say.
	m := *DefaultModel()
	m.Join.Bias -= 8
	m.Merge.Bias -= 8
	m.Large.Bias -= 8
	deaf := decisions(Options{Model: &m, Meaning: &Meaning{Version: "deaf"}}, docs)
	before, _ := pairs(deaf)
	after, wrong := pairs(decisions(Options{Model: &m, Meaning: &Meaning{"sure", -8, 2}}, docs))
	if after < before+before/4 || wrong > after/20 {
		t.Errorf("%d pairs together that belong so, and %d that do not; without embeddings %d", after, wrong, before)
	}
	heard := decisions(Options{}, docs)
	told, most := 0, 0.0
	for _, d := range heard {
		if d.Grounds == nil || d.Grounds.Chosen == nil {
			continue
		}
		sum := 0
		for _, x := range d.Grounds.Chosen.Measures {
			if x.Name != MeaningFeature.Name {
				continue
			}
			sum++
			most = max(most, math.Abs(x.Adds))
			if want := rounded(DefaultMeaning().adds(x.Value), 100); math.Abs(x.Adds-want) > .011 {
				t.Errorf("a likeness of %v adds %v, want %v", x.Value, x.Adds, want)
			}
			if !strings.Contains(d.Why, "; meaning ") || !strings.Contains(d.Why, "model by-hand)") {
				t.Errorf("the reason does not tell of meaning: %s", d.Why)
			}
		}
		told += sum
	}
	if told < len(docs)/3 || most > 1.6 {
		t.Errorf("told of %d, at most %v is added", told, most)
	}
}

// TestReference: what is usual between unrelated documents is a function of the documents of
// the window, whatever came and went before.
func TestReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs, event := events(3, 30, 6)
		invent(docs, event, "m")
		n := rapid.IntRange(1, len(docs)).Draw(t, "documents")
		window := rapid.SampledFrom([]time.Duration{2 * time.Hour, 12 * time.Hour, 30 * time.Hour}).Draw(t, "window")
		for i := range docs[:n] {
			if rapid.IntRange(0, 9).Draw(t, "without") == 0 {
				docs[i].Embedding = nil
			}
		}
		through := NewClusterer(Options{Window: window})
		for _, d := range docs[:n] {
			through.Add(d)
		}
		anew := NewClusterer(Options{Window: window})
		for _, d := range docs[:n] { // only what is still there
			if through.docs[d.ID] != nil {
				anew.Restore(d, through.docs[d.ID].story.id)
			}
		}
		if len(anew.docs) != len(through.docs) || len(anew.spaces) != len(through.spaces) {
			t.Fatalf("%d documents and %d models, want %d and %d", len(anew.docs), len(anew.spaces), len(through.docs), len(through.spaces))
		}
		for key, s := range through.spaces {
			a := anew.spaces[key]
			s.measure()
			a.measure()
			if s.usual != a.usual || s.unit != a.unit || s.live != a.live || len(s.refs) != min(s.live, reference) {
				t.Fatalf("usual %v, unit %v of %d (%d looked at), want %v, %v of %d", a.usual, a.unit, a.live, len(a.refs), s.usual, s.unit, s.live)
			}
		}
	})
}

// A moody Embedder knows the embeddings of texts, and gives none while it is away.
type moody struct {
	of    map[string]*news.Embedding
	calls int
	asked int
	away  func(call int) bool
}

func (m *moody) Embed(_ context.Context, texts []string) []*news.Embedding {
	m.calls++
	list := make([]*news.Embedding, len(texts))
	for i, t := range texts {
		if t == "" {
			continue
		}
		m.asked++
		if !m.away(m.calls) {
			list[i] = m.of[t]
		}
	}
	return list
}

// TestStageMeaning: an article that was placed without an embedding has none ever after, so that a
// process that is started anew goes on exactly as one that never stopped, whatever the endpoint does.
func TestStageMeaning(t *testing.T) {
	docs, event := events(7, 60, 8)
	invent(docs, event, "m")
	of := map[string]*news.Embedding{}
	copies := 0
	for i := range docs {
		of[EmbeddingText(docs[i])] = docs[i].Embedding
		docs[i].Embedding = nil
		if i%17 == 3 {
			docs[i].WireRoot = docs[i-2].ID
			copies++
		}
	}
	run := func(anew bool) (*memory, *moody) {
		endpoint := &moody{of: of, away: func(call int) bool { return call%4 == 3 }}
		m := newMemory(nil)
		var stage *Stage
		for part := range slices.Chunk(newMemory(docs).articles, 20) {
			if stage == nil || anew {
				stage = New(Config{Store: m, Embedder: endpoint, Now: func() time.Time { return start.Add(30 * 24 * time.Hour) }})
			}
			m.articles = append(m.articles, part...)
			if err := stage.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		return m, endpoint
	}
	through, endpoint := run(false)
	anew, _ := run(true)
	if diff := cmp.Diff(through.stories(), anew.stories()); diff != "" {
		t.Errorf("stories (-one process +one for each batch):\n%s", diff)
	}
	if diff := cmp.Diff(through.why, anew.why); diff != "" {
		t.Errorf("reasons (-one process +one for each batch):\n%s", diff)
	}
	if endpoint.asked != len(docs)-copies {
		t.Errorf("asked for %d embeddings, want %d, none of copies", endpoint.asked, len(docs)-copies)
	}
	with, heard := 0, 0
	for _, a := range through.articles {
		if a.Embedding != nil {
			with++
		}
		if strings.Contains(through.why[a.ID], "; meaning ") {
			heard++
		}
	}
	if with == 0 || with == endpoint.asked || heard == 0 {
		t.Errorf("%d of %d have an embedding, in %d reasons", with, endpoint.asked, heard)
	}

	// Without an endpoint nothing is kept, and nothing else told.
	without := newMemory(docs)
	if err := New(Config{Store: without, Now: func() time.Time { return start.Add(30 * 24 * time.Hour) }}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	away := newMemory(docs)
	if err := New(Config{
		Store: away, Embedder: &moody{away: func(int) bool { return true }}, Now: func() time.Time { return start.Add(30 * 24 * time.Hour) },
	}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(without.stories(), away.stories()) + cmp.Diff(without.why, away.why); diff != "" {
		t.Errorf("an endpoint that is away (-none +away):\n%s", diff)
	}
}

func TestParseMeaning(t *testing.T) {
	m := DefaultMeaning()
	again, err := ParseMeaning(m.String())
	if diff := cmp.Diff(m, again); diff != "" || err != nil {
		t.Errorf("written and read: %v\n%s", err, diff)
	}
	for text, want := range map[string]string{
		"version 1\nbias 1\n":                      "not all of",
		"version 1\nmeaning 1\n":                   "not all of",
		"bias 1\nmeaning 1\n":                      "not all of",
		"version 1\nbias 1\nmeaning NaN\n":         `line 3: "NaN" is no weight`,
		"version 1\nbias x # y\n":                  `line 2: "x" is no weight`,
		"version 1\nbias\n":                        "line 2: not a name and a weight",
		"# all\n\nversion 1\nstory 1\nmeaning 1\n": `line 4: nothing is named "story"`,
	} {
		if _, err := ParseMeaning(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestEmbeddingText(t *testing.T) {
	for _, d := range []Doc{{Title: "Fog", Text: "Thick."}, {Title: "Fog"}, {Text: "Thick."}, {}} {
		want := strings.TrimSpace(d.Title + "\n\n" + d.Text)
		if got := EmbeddingText(d); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := EmbeddingText(Doc{Title: strings.Repeat("雾", 400), Text: strings.Repeat("雾", 4000)}); len(got) > embeddingBytes || strings.ContainsRune(got, '\ufffd') {
		t.Errorf("%d bytes", len(got))
	}
}
