package compare

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parallax/internal/news"
)

var start = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// river is a dispute of two invented parties.
var river = news.Lens{ID: "river", Title: "The river dispute", When: []string{"Ester river", "Norrland"}, Sides: []news.Side{
	{ID: "north", Title: "Norrland"}, {ID: "south", Title: "Sudermark"}, {ID: "others", Title: "Elsewhere"},
}}

func source(id, side string) *news.Source {
	return &news.Source{ID: id, Name: "The " + id, Sides: map[string]string{"river": side}}
}

func article(id, source string, minute int, root string) *news.Article {
	return &news.Article{ID: id, SourceID: source, StoryID: "story", Language: "en", WireRoot: root, FirstSeen: start.Add(time.Duration(minute) * time.Minute)}
}

func TestCompare(t *testing.T) {
	retired := source("north-old", "north")
	retired.Retired = start
	sources := []*news.Source{
		source("north-b", "north"), source("north-a", "north"), source("north-c", "north"), retired,
		source("south-a", "south"), source("south-b", "south"),
		source("nowhere", ""), source("mislabelled", "west"),
	}
	for _, test := range []struct {
		name     string
		articles []*news.Article
		want     []news.Coverage
	}{
		{"nobody has it", nil, []news.Coverage{
			{SideID: "north", Silent: []string{"north-a", "north-b", "north-c"}},
			{SideID: "south", Silent: []string{"south-a", "south-b"}},
			{SideID: news.Unplaced, Silent: []string{"mislabelled", "nowhere"}},
		}},
		{"two sides, a copy across them, an outlet that is not there", []*news.Article{
			article("s1", "south-a", 30, ""),
			article("n2", "north-b", 20, ""),
			article("s2", "south-b", 25, "n1"),
			article("n1", "north-a", 10, ""),
			article("n3", "north-b", 40, ""),
			article("old", "north-old", 50, ""),
			article("x", "unknown", 1, ""),
			article("u", "nowhere", 2, ""),
		}, []news.Coverage{
			{SideID: "north", Outlets: []string{"north-a", "north-b", "north-old"}, Silent: []string{"north-c"}, Articles: []string{"n1", "n2", "n3", "old"}, Head: "n1"},
			{SideID: "south", Outlets: []string{"south-b", "south-a"}, Articles: []string{"s1"}, Copies: map[string]string{"s2": "n1"}, Head: "s1"},
			{SideID: news.Unplaced, Outlets: []string{"nowhere"}, Silent: []string{"mislabelled"}, Articles: []string{"u"}, Head: "u"},
		}},
		{"copies whose original is elsewhere: the earliest stands for it", []*news.Article{
			article("n1", "north-a", 20, "agency"),
			article("s1", "south-a", 10, "agency"),
			article("n2", "north-b", 30, "n1"),
		}, []news.Coverage{
			{SideID: "north", Outlets: []string{"north-a", "north-b"}, Silent: []string{"north-c"}, Copies: map[string]string{"n1": "s1", "n2": "s1"}, Head: "n1"},
			{SideID: "south", Outlets: []string{"south-a"}, Silent: []string{"south-b"}, Articles: []string{"s1"}, Head: "s1"},
			{SideID: news.Unplaced, Silent: []string{"mislabelled", "nowhere"}},
		}},
		{"an original that came after its copy", []*news.Article{
			article("n1", "north-a", 10, "s1"),
			article("s1", "south-a", 20, ""),
		}, []news.Coverage{
			{SideID: "north", Outlets: []string{"north-a"}, Silent: []string{"north-b", "north-c"}, Copies: map[string]string{"n1": "s1"}, Head: "n1"},
			{SideID: "south", Outlets: []string{"south-a"}, Silent: []string{"south-b"}, Articles: []string{"s1"}, Head: "s1"},
			{SideID: news.Unplaced, Silent: []string{"mislabelled", "nowhere"}},
		}},
		{"copies of one another", []*news.Article{
			article("n1", "north-a", 20, "s1"),
			article("s1", "south-a", 20, "n1"),
		}, []news.Coverage{
			{SideID: "north", Outlets: []string{"north-a"}, Silent: []string{"north-b", "north-c"}, Articles: []string{"n1"}, Head: "n1"},
			{SideID: "south", Outlets: []string{"south-a"}, Silent: []string{"south-b"}, Copies: map[string]string{"s1": "n1"}, Head: "s1"},
			{SideID: news.Unplaced, Silent: []string{"mislabelled", "nowhere"}},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Compare(&river, sources, test.articles)
			if diff := cmp.Diff(test.want, got.Sides); diff != "" {
				t.Errorf("Compare mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSymmetry: relabelled and reordered sides give the same Comparison, relabelled
// and reordered; the order of sources and articles changes nothing.
func TestSymmetry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "sides")
		lens := news.Lens{ID: "l"}
		for i := range n {
			lens.Sides = append(lens.Sides, news.Side{ID: fmt.Sprint("side", i)})
		}
		var sources []*news.Source
		for i := range rapid.IntRange(0, 12).Draw(t, "sources") {
			s := &news.Source{ID: fmt.Sprint("source", i), Name: rapid.StringMatching("[ab]{1,2}").Draw(t, "name"), Sides: map[string]string{}}
			if side := rapid.IntRange(-1, n-1).Draw(t, "side"); side >= 0 {
				s.Sides["l"] = lens.Sides[side].ID
			}
			if rapid.IntRange(0, 4).Draw(t, "retired") == 0 {
				s.Retired = start
			}
			sources = append(sources, s)
		}
		var articles []*news.Article
		for i := range rapid.IntRange(0, 15).Draw(t, "articles") {
			a := article(fmt.Sprint("a", i), fmt.Sprint("source", rapid.IntRange(0, 13).Draw(t, "of")), rapid.IntRange(0, 5).Draw(t, "minute"), "")
			if rapid.Bool().Draw(t, "copy") {
				a.WireRoot = fmt.Sprint("a", rapid.IntRange(0, 17).Draw(t, "root"))
			}
			articles = append(articles, a)
		}
		got := Compare(&lens, sources, articles)
		everything(t, got, sources, articles)

		// The sides change names and places.
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)) //nolint:gosec // not for secrets
		renamed := map[string]string{}
		for i, j := range r.Perm(n) {
			renamed[lens.Sides[i].ID] = fmt.Sprint("other", j)
		}
		mirror := news.Lens{ID: "l"}
		for _, i := range r.Perm(n) {
			mirror.Sides = append(mirror.Sides, news.Side{ID: renamed[lens.Sides[i].ID]})
		}
		var moved []*news.Source
		for _, s := range sources {
			m := *s
			m.Sides = map[string]string{}
			if side, ok := s.Sides["l"]; ok {
				m.Sides["l"] = renamed[side]
			}
			moved = append(moved, &m)
		}
		r.Shuffle(len(moved), func(i, j int) { moved[i], moved[j] = moved[j], moved[i] })
		shuffled := slices.Clone(articles)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		mirrored := Compare(&mirror, moved, shuffled)

		var want []news.Coverage
		for _, s := range append(slices.Clone(mirror.Sides), news.Side{ID: news.Unplaced}) {
			for _, c := range got.Sides {
				if c.SideID == s.ID || renamed[c.SideID] == s.ID {
					c.SideID = s.ID
					want = append(want, c)
				}
			}
		}
		if diff := cmp.Diff(want, mirrored.Sides); diff != "" {
			t.Fatalf("sides are not treated alike (-mirrored +got):\n%s", diff)
		}
	})
}

// everything checks that each article of a known source and each source is in c once.
func everything(t *rapid.T, c *news.Comparison, sources []*news.Source, articles []*news.Article) {
	isSource := map[string]bool{}
	want := 0
	for _, s := range sources {
		isSource[s.ID] = true
	}
	roots := map[string]bool{}
	for _, a := range articles {
		if isSource[a.SourceID] {
			want++
		}
	}
	seen := map[string]bool{}
	for _, side := range c.Sides {
		for _, id := range side.Articles {
			seen[id], roots[id] = true, true
		}
		for id := range side.Copies {
			seen[id] = true
		}
	}
	for _, side := range c.Sides {
		for id, root := range side.Copies {
			if !roots[root] {
				t.Fatalf("%s is a copy of %s, which is no article of any side", id, root)
			}
		}
	}
	if len(seen) != want {
		t.Fatalf("%d articles shown of %d", len(seen), want)
	}
}

// memory is a Store.
type memory struct {
	waiting  []*news.Story
	articles map[string][]*news.Article
	broken   string // the id of a story that cannot be kept
	saved    map[string]*news.Story
	compared map[string][]*news.Comparison
	texts    map[string]string // by article
	found    map[string]*news.Findings

	counted     time.Time
	uncountable error
}

func (m *memory) Uncompared(_ context.Context, limit int) ([]*news.Story, error) {
	return slices.Clone(m.waiting[:min(limit, len(m.waiting))]), nil
}

func (m *memory) ArticlesOf(context.Context, []string, time.Time) (map[string][]*news.Article, error) {
	return m.articles, nil
}

func (m *memory) CountOutput(_ context.Context, now time.Time) error {
	m.counted = now
	return m.uncountable
}

var errDisk = errors.New("disk full")

func (m *memory) ReadTexts(_ context.Context, articles []*news.Article) error {
	for _, a := range articles {
		a.Text = m.texts[a.ID]
	}
	return nil
}

func (m *memory) SaveComparisons(_ context.Context, s *news.Story, cs []*news.Comparison, f *news.Findings, _ time.Time) error {
	if s.ID == m.broken {
		return errDisk
	}
	m.saved[s.ID], m.compared[s.ID], m.found[s.ID] = s, cs, f
	m.waiting = slices.DeleteFunc(m.waiting, func(w *news.Story) bool { return w.ID == s.ID })
	return nil
}

func TestStage(t *testing.T) {
	store := &memory{
		waiting: []*news.Story{{ID: "bad", HeadID: "b"}, {ID: "two", HeadID: "gone"}, {ID: "empty", HeadID: "x", Last: start}},
		articles: map[string][]*news.Article{
			"bad": {article("b", "north-a", 0, "")},
			"two": {article("n", "north-a", 5, ""), article("s", "south-a", 60, "")},
		},
		broken: "bad", saved: map[string]*news.Story{}, compared: map[string][]*news.Comparison{}, found: map[string]*news.Findings{},
		texts: map[string]string{
			"n": "The ferry Marisol ran aground off Oxholm in thick fog on Friday morning. All 212 passengers were taken ashore by lifeboats before noon.",
			"s": "All 212 passengers of the Marisol were taken ashore by lifeboats before noon. The harbour office had warned of fog.",
		},
	}
	withdrawn := source("withdrawn", "others")
	withdrawn.Carriage.Until = start
	sources := []*news.Source{source("north-a", "north"), source("south-a", "south"), source("south-b", "south"), withdrawn}
	for _, s := range sources {
		s.ReadSince, s.LastRead = start.Add(-time.Hour), start
	}
	// Who cannot be read is not silent.
	down, asleep := source("south-down", "south"), source("south-asleep", "south")
	asleep.ReadSince, asleep.LastRead = start.Add(-72*time.Hour), start.Add(-25*time.Hour)
	// Nor is who writes in another language, which no Story of this one can hold.
	foreign := source("south-foreign", "south")
	foreign.ReadSince, foreign.LastRead, foreign.Languages = start, start, []string{"de-AT"}
	sources = append(sources, down, asleep, foreign)
	lenses := append([]news.Lens{river}, news.BuiltInLenses(sources, func(c string) string { return c }, func(c string) string { return c })...)
	now := start.Add(time.Hour)
	stage := New(Config{
		Store:  store,
		Lenses: func(context.Context) ([]news.Lens, []*news.Source, error) { return lenses, sources, nil },
		Now:    func() time.Time { return now },
	})
	if err := stage.Run(t.Context()); !errors.Is(err, errDisk) {
		t.Errorf("Run: %v, want the error of the story that could not be kept", err)
	}
	want := &news.Story{
		ID: "two", HeadID: "n", First: start.Add(5 * time.Minute), Last: start.Add(time.Hour),
		Articles: 2, Outlets: 2, Rank: news.Rank(2, 2, start.Add(time.Hour)),
	}
	if diff := cmp.Diff(want, store.saved["two"]); diff != "" {
		t.Errorf("story mismatch (-want +got):\n%s", diff)
	}
	wantFirst := &news.Comparison{StoryID: "two", LensID: "river", Sides: []news.Coverage{
		{SideID: "north", Outlets: []string{"north-a"}, Articles: []string{"n"}, Head: "n"},
		{SideID: "south", Outlets: []string{"south-a"}, Silent: []string{"south-b"}, Articles: []string{"s"}, Head: "s"},
	}}
	if diff := cmp.Diff(wantFirst, store.compared["two"][0]); diff != "" {
		t.Errorf("comparison mismatch (-want +got):\n%s", diff)
	}
	// What both say is found, and nothing where nothing is to be compared.
	if f := store.found["two"]; f == nil || len(f.Facts) != 1 || len(f.Facts[0].Passages) != 2 {
		t.Errorf("findings: %+v", f)
	}
	if f := store.found["empty"]; f != nil {
		t.Errorf("findings of a story without accounts: %+v", f)
	}
	if n := len(store.compared["two"]); n != len(lenses) {
		t.Errorf("%d comparisons for %d lenses", n, len(lenses))
	}
	if s := store.saved["empty"]; s == nil || s.Articles != 0 || len(store.compared["empty"]) != 0 {
		t.Errorf("a story without carried articles: %+v", s)
	}
	store.broken = ""
	if err := stage.Run(t.Context()); err != nil || len(store.waiting) != 0 {
		t.Errorf("the next run: %v, %d waiting", err, len(store.waiting))
	}
	store.uncountable = errDisk
	if err := stage.Run(t.Context()); !errors.Is(err, errDisk) || !store.counted.Equal(now) {
		t.Errorf("what outlets told cannot be counted: %v, tried at %s", err, store.counted)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := stage.Run(canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

// Only who was read while the Story was live, from its first Article to its last, can be
// silent about it.
func TestReadWhileLive(t *testing.T) {
	articles := []*news.Article{article("first", "teller", 0, ""), article("last", "teller", 60, "")}
	first, last := articles[0].When(), articles[1].When()
	for _, test := range []struct {
		name         string
		since, until time.Time
		want         bool
	}{
		{"never read", time.Time{}, time.Time{}, false},
		{"all the time", first.Add(-time.Hour), last.Add(time.Hour), true},
		{"first read a month later", last.AddDate(0, 1, 0), last.AddDate(0, 2, 0), false},
		{"first read just after the last article", last.Add(time.Millisecond), last.Add(time.Hour), false},
		{"first read with the last article", last, last, true},
		{"last read a day before", first.AddDate(0, -1, 0), first.Add(-24 * time.Hour), true},
		{"last read longer before", first.AddDate(0, -1, 0), first.Add(-24*time.Hour - time.Millisecond), false},
	} {
		other := source("other", "north")
		other.ReadSince, other.LastRead = test.since, test.until
		teller := source("teller", "south") // has Articles, so it matters not when it was read
		got := slices.Contains(read([]*news.Source{other, teller}, articles), other)
		if got != test.want {
			t.Errorf("%s: can be silent: %t, want %t", test.name, got, test.want)
		}
		if !slices.Contains(read([]*news.Source{other, teller}, articles), teller) {
			t.Errorf("%s: who has articles is left out", test.name)
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	var sources []*news.Source
	for i := range 200 {
		sources = append(sources, source(fmt.Sprint("s", i), river.Sides[i%3].ID))
	}
	var articles []*news.Article
	for i := range 60 {
		articles = append(articles, article(fmt.Sprint("a", i), fmt.Sprint("s", i*3), i, ""))
	}
	for b.Loop() {
		Compare(&river, sources, articles)
	}
}
