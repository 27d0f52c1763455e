package extract

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parallax/internal/extract/boilerplate"
	"parallax/internal/extract/shingle"
	"parallax/internal/news"
)

// wire is an invented agency text, as the agency sent it.
const wire = `VELMORA, 3 November. The regional council of Norrland rejected the draft water agreement on Monday evening, with nineteen votes to twelve, after a debate that lasted nine hours.

The draft would have fixed how much of the river's flow each side of the border may draw off between May and September. Farmers in twelve villages had warned that the quotas left them without irrigation in dry years.

"We do not refuse to talk, we refuse to sign a paper that our own engineers have not seen," said council chair Ina Dalby. Her party had asked for the measurements of the upper gauge to be published before the vote.

The government of Sudermark called the decision regrettable. A spokesman for its ministry of agriculture, Tor Halven, said that the offer of a joint gauge at Kesten bridge remained on the table and that technical talks would continue as planned next week.

Traders in the port of Velmora said that grain prices had hardly moved. The river carries about a third of the region's freight in autumn, when the locks are open around the clock.

Observers of the river commission, which both sides founded forty years ago, are to report on the level of the reservoirs before the end of the month. The commission has no power to decide, but its figures have been accepted by the courts of both sides.`

// other is another outlet's own report of the same event.
const other = `After nine hours of debate the council of Norrland has said no to the water agreement. Nineteen members voted against the draft on Monday, twelve for it.

Council chair Ina Dalby said her side was not against talks as such. What was missing, she told reporters, were the figures of the upper gauge; nobody could sign quotas that the engineers of Norrland had never checked.

In Sudermark the vote was met with regret. Tor Halven of the ministry of agriculture pointed to a standing offer, a gauge at Kesten bridge run by both sides together, and promised that the experts would meet next week in any case.

For the villages along the lower river the question is a practical one. Without a settlement the old rule of 1986 applies, which lets each side draw as much as its pumps can lift. In dry summers that has led to quarrels at night between neighbours who otherwise share a church and a fire brigade.

The river commission will present its reservoir figures at the end of the month. Grain prices in Velmora did not react.`

func TestWireRoot(t *testing.T) {
	at := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	art := func(id, source string, ago time.Duration, root string) *news.Article {
		return &news.Article{ID: id, SourceID: source, FirstSeen: at.Add(-ago), WireRoot: root, Text: wire}
	}
	dated := func(a *news.Article, ago time.Duration) *news.Article {
		a.Published = at.Add(-ago)
		return a
	}
	own := art("own", "s2", time.Hour, "")
	own.Text = other
	part := art("part", "s2", time.Hour, "r")
	part.Text = wire[:strings.LastIndex(wire, "\n\n")]
	whole := func(ids ...string) (list []news.WireCopy) {
		for _, id := range ids {
			list = append(list, news.WireCopy{ID: id, Share: 100})
		}
		return list
	}
	for _, tt := range []struct {
		name   string
		near   []*news.Article
		gone   bool // the texts cannot be read any more
		edited bool
		want   string
		share  int
		copies []news.WireCopy
	}{
		{name: "none"},
		{name: "earliest", near: []*news.Article{art("b", "s2", time.Hour, ""), art("r", "s3", 2*time.Hour, "")}, want: "r", share: 100},
		{name: "earliest of those that have other roots", near: []*news.Article{art("b", "s2", time.Hour, "q"), art("c", "s3", 2*time.Hour, "r")}, want: "r"},
		{name: "root of the copy", near: []*news.Article{art("b", "s2", time.Hour, "r"), art("r", "s3", 2*time.Hour, "")}, want: "r", share: 100},
		{name: "root of the copy, which is gone", near: []*news.Article{part}, want: "r"},
		{name: "seen in the same hour, and dated earlier", near: []*news.Article{dated(art("r", "s2", -time.Minute, ""), time.Hour)}, want: "r", share: 100},
		{name: "seen in another hour, and dated earlier", near: []*news.Article{dated(art("b", "s2", -time.Hour, ""), 2*time.Hour)}, copies: whole("b")},
		{name: "seen in the same hour, and dated later", near: []*news.Article{dated(art("b", "s2", -time.Minute, ""), -time.Second)}, copies: whole("b")},
		{name: "own source", near: []*news.Article{art("b", "s1", time.Hour, "")}},
		{name: "own report", near: []*news.Article{own}},
		{name: "too old", near: []*news.Article{art("b", "s2", 73*time.Hour, "")}},
		{name: "withdrawn meanwhile", near: []*news.Article{art("b", "s2", time.Hour, "")}, gone: true},
		{name: "saved before, though seen later", near: []*news.Article{art("c", "s4", -2*time.Hour, "b"), art("b", "s2", -time.Hour, "")}, copies: whole("b")},
		{name: "between a root and another", near: []*news.Article{art("b", "s2", -time.Hour, ""), art("r", "s3", time.Hour, "")}, want: "r", share: 100, copies: []news.WireCopy{{ID: "b"}}},
		{name: "edited into what others said later", near: []*news.Article{art("b", "s2", -time.Hour, "")}, edited: true},
		{name: "edited into what others said before", near: []*news.Article{art("b", "s2", time.Hour, "")}, edited: true, want: "b", share: 100},
		{name: "its own copy", near: []*news.Article{art("b", "s2", time.Hour, "a")}},
		{name: "same moment", near: []*news.Article{art("c", "s2", 0, ""), art("b", "s3", 0, "")}, copies: whole("b", "c")},
	} {
		a := art("a", "s1", 0, "")
		for _, b := range append(tt.near, a) {
			b.Shingles = shingle.Of(b.Title, b.Text).Sample()
		}
		w := wired{made: made{a, shingle.Of(a.Title, a.Text)}, edited: tt.edited, texts: map[string]*shingle.Text{}}
		w.read = func(_ context.Context, of *news.Article) (*shingle.Text, error) {
			for _, b := range tt.near {
				if b.ID == of.ID && !tt.gone {
					return shingle.Of(b.Title, b.Text), nil
				}
			}
			return new(shingle.Text), nil // it is gone
		}
		if err := w.find(t.Context(), tt.near); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]any{tt.want, tt.share, tt.copies}, []any{w.root, w.share, w.copies}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// A text that stands in a thousand outlets has one root, and none of them is compared
// with all others.
func TestThousandCopies(t *testing.T) {
	m := newMemory()
	for n := range 1000 {
		it := item(fmt.Sprintf("i%03d", n))
		it.SourceID, it.FirstSeen, it.Content = fmt.Sprint("outlet", n), start.Add(time.Duration(n)*time.Second), inParagraphs(wire)
		m.items = append(m.items, it)
	}
	if err := New(Options{Store: m, Now: func() time.Time { return start }}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := m.articles["i000"].ID
	for id, a := range m.articles {
		if (a.WireRoot == first) != (id != "i000") || a.WireRoot != "" && a.WireShare != 100 {
			t.Errorf("%s is a copy of %q by %d %%", id, a.WireRoot, a.WireShare)
		}
	}
	if most := m.read / 1000; len(m.articles) != 1000 || most > maxCompared {
		t.Errorf("%d articles, each compared with %d others", len(m.articles), most)
	}
}

// Be there as many copies as there may: an original that comes late takes over the one that was
// held to be it, although that has a paragraph more and shares less with it than they do.
func TestLateOriginalOfMany(t *testing.T) {
	m := newMemory()
	stage := New(Options{Store: m, Now: func() time.Time { return start }})
	add := func(id string, after time.Duration, text string) {
		it := item(id)
		it.SourceID, it.FirstSeen, it.Content = "outlet of "+id, start.Add(after), inParagraphs(text)
		m.items = append(m.items, it)
		if err := stage.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	add("held", time.Hour, wire+"\n\n"+other[:len(other)/3])
	for n := range 70 {
		add(fmt.Sprintf("copy%02d", n), 2*time.Hour+time.Duration(n)*time.Minute, wire)
	}
	add("late", 0, wire)
	for id, a := range m.articles {
		if (a.WireRoot == m.articles["late"].ID) != (id != "late") {
			t.Errorf("%s is a copy of %q, not of %s", id, a.WireRoot, m.articles["late"].ID)
		}
	}
}

// In whatever order articles come, together or by themselves, and however often the program is
// ended in between: their root is the one that was seen first.
func TestOrderOfArrival(t *testing.T) {
	sentences := strings.Split(strings.ReplaceAll(wire+" "+other, "\n\n", " "), ". ")
	rapid.Check(t, func(t *rapid.T) {
		var arriving []result
		want, content := map[string]string{}, map[string]string{}
		for family := range rapid.IntRange(1, 3).Draw(t, "families") {
			// Of sentences of its own, so that families do not share any.
			text := sentences[7*family : 7*family+7]
			root, seen := "", time.Duration(-1)
			for n := range rapid.IntRange(1, 6).Draw(t, "articles") {
				it := item(fmt.Sprintf("f%dn%d", family, n))
				it.SourceID = fmt.Sprint("outlet", n)
				after := time.Duration(rapid.IntRange(0, 70).Draw(t, "hours"))*time.Hour + time.Duration(10*family+n)*time.Minute
				it.FirstSeen = start.Add(after)
				copied := text[:len(text)-rapid.IntRange(0, 1).Draw(t, "shorter by")]
				content[it.ID] = strings.Join(copied, ". ") + ". " + strings.Repeat("Ours is another sentence. ", rapid.IntRange(0, 1).Draw(t, "more"))
				if seen < 0 || after < seen {
					root, seen = it.ID, after
				}
				arriving = append(arriving, result{Item: it})
			}
			for _, r := range arriving {
				if strings.HasPrefix(r.ID, fmt.Sprintf("f%d", family)) && r.ID != root {
					want[r.ID] = root
				}
			}
		}
		arriving = rapid.Permutation(arriving).Draw(t, "order")
		m := newMemory()
		for len(arriving) > 0 {
			batch := arriving[:rapid.IntRange(1, len(arriving)).Draw(t, "together")]
			for range rapid.IntRange(1, 2).Draw(t, "times") {
				f := &flow{Stage: New(Options{Store: m}), sources: map[string]*news.Source{}, learners: map[string]*boilerplate.Learner{}}
				results := slices.Clone(batch)
				for i, r := range results {
					a := &news.Article{ID: ArticleID(r.Item), SourceID: r.SourceID, ItemID: r.ID, FirstSeen: r.FirstSeen, Text: content[r.ID]}
					results[i].made = outcome{article: a, text: shingle.Of(a.Title, a.Text)}
				}
				for _, err := range f.keep(context.Background(), results) {
					if err != nil {
						t.Fatal(err)
					}
				}
			}
			arriving = arriving[len(batch):]
		}
		got := map[string]string{}
		for id, a := range m.articles {
			if a.WireRoot == "" {
				continue
			}
			for of, b := range m.articles {
				if b.ID == a.WireRoot {
					got[id] = of
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("roots (-want +got):\n%s", diff)
		}
	})
}

func inParagraphs(text string) string {
	return "<p>" + strings.ReplaceAll(text, "\n\n", "</p><p>") + "</p>"
}
