package cluster

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parallax/internal/news"
)

// dam tells of one event in three languages.
func dam() (en, de, ru Doc) {
	en = Doc{
		ID: "en", Language: "en", Title: "Orrin Dam opened: 4,120 flee as the Sarn floods Velmora", At: start,
		Text: "Keldmark opened the gates of Orrin Dam above Brennholm on Tuesday. The Sarn rose by 310 centimetres in Velmora, and 4,120 people left their homes. Mayor Hanne Solvik spoke of negligence.",
	}
	de = Doc{
		ID: "de", Language: "de", Title: "Talsperre Orrin geöffnet: 4.120 Menschen fliehen vor der Sarn aus Velmora", At: start.Add(time.Hour),
		Text: "Keldmark öffnete am Dienstag die Tore der Talsperre Orrin oberhalb von Brennholm. In Velmora stieg die Sarn um 310 Zentimeter, 4.120 Menschen verließen ihre Häuser. Bürgermeisterin Hanne Solvik sprach von Fahrlässigkeit.",
	}
	ru = Doc{
		ID: "ru", Language: "ru", Title: "Плотина Оррин открыта: 4120 человек бегут из Вельморы от Сарна", At: start.Add(2 * time.Hour),
		Text: "Кельдмарк во вторник открыл ворота плотины Оррин выше Бреннхольма. Сарн поднялся в Вельморе на 310 сантиметров, 4120 человек покинули дома. Мэр Ханне Сольвик говорит о халатности.",
	}
	return en, de, ru
}

// after returns d as another outlet has it, hours later.
func after(d Doc, hours int) Doc {
	d.ID += fmt.Sprint("+", hours)
	d.At = d.At.Add(time.Duration(hours) * time.Hour)
	return d
}

// TestMeet: what is told of one event in several languages is one story, that of the first report, whichever
// language it is in; and what comes later finds the reports in its own.
func TestMeet(t *testing.T) {
	en, de, ru := dam()
	other := Doc{
		ID: "other", Language: "de", Title: "Vierer um Jorun Askeld gewinnt die 104. Regatta",
		Text: "Vor 3.200 Zuschauern siegte auf der Sarn ein Boot, das noch im Herbst niemand hatte bauen wollen.",
	}
	for _, first := range [][]Doc{{en, de, ru}, {ru, en, de}, {de, ru, en}} {
		c := NewClusterer(Options{})
		stories := map[string]string{}
		docs := append(slices.Clone(first), other, after(en, 3), after(de, 4), after(ru, 5))
		for i := range docs {
			docs[i].At = start.Add(time.Duration(i) * time.Hour)
			dec := c.Add(docs[i])
			apply(stories, docs[i].ID, dec)
			if dec.Founded != (i < 4) {
				t.Errorf("%s: %+v", docs[i].ID, dec)
			}
			for _, m := range dec.Merges {
				if m.Into != news.ID("story", first[0].ID) || m.Score < .9 || m.Model != news.ModelAcross || m.Witness != docs[i].ID {
					t.Errorf("%s: %+v", docs[i].ID, m)
				}
				if !strings.Contains(m.Why, "310") {
					t.Errorf("the reason names no number that both tell: %s", m.Why)
				}
				// They go when the witness is withdrawn: no other's words are among them.
				_, named, _ := strings.Cut(m.Why, ": ")
				named, _, _ = strings.Cut(named, "; ")
				for w := range strings.SplitSeq(named, ", ") {
					if w = strings.Trim(w, "\u2068\u2069"); !strings.Contains(docs[i].Title+docs[i].Text, w) {
						t.Errorf("%q is no word of %s: %s", w, docs[i].ID, m.Why)
					}
				}
			}
		}
		want := []string{"de de+4 en en+3 ru ru+5", "other"}
		if diff := cmp.Diff(want, groups(stories)); diff != "" {
			t.Errorf("%s first (-want +got):\n%s", first[0].ID, diff)
		}
		if head := c.Head(news.ID("story", first[0].ID)); head != first[0].ID {
			t.Errorf("of two reports in each language the head is %s, want the first", head)
		}
	}
}

// TestTags: a language that has several tags is one.
func TestTags(t *testing.T) {
	en, _, _ := dam()
	for _, tags := range [][2]string{{"nb", "no"}, {"nn-NO", "nb-NO"}, {"iw", "he"}} {
		c := NewClusterer(Options{})
		first, second := en, after(en, 1)
		first.Language, second.Language = tags[0], tags[1]
		c.Add(first)
		if dec := c.Add(second); dec.Founded {
			t.Errorf("%s and %s: %+v", tags[0], tags[1], dec)
		}
	}
}

// TestUndated: what has no time is not surely of the same event as anything in another language.
func TestUndated(t *testing.T) {
	en, de, _ := dam()
	en.At = time.Time{}
	c := NewClusterer(Options{})
	c.Add(en)
	if dec := c.Add(de); len(dec.Merges) > 0 {
		t.Errorf("%+v", dec.Merges)
	}
}

// TestOneLanguage: who learns is told of what happens within a language only.
func TestOneLanguage(t *testing.T) {
	en, de, _ := dam()
	c := NewClusterer(Options{OneLanguage: true})
	c.Add(en)
	if dec := c.Add(de); len(dec.Merges) > 0 || c.others.Len() > 0 {
		t.Errorf("%+v, %d documents are read for other languages", dec.Merges, c.others.Len())
	}
}

// TestMeetHand: what the editor locked, or told from another story, meets nothing.
func TestMeetHand(t *testing.T) {
	en, de, _ := dam()
	story := func(d Doc) string { return news.ID("story", d.ID) }
	for name, hand := range map[string]*news.Hand{
		"locked": {Locked: map[string]bool{story(en): true}},
		"apart":  {Apart: map[[2]string]bool{news.Pair(story(en), story(de)): true}},
	} {
		c := NewClusterer(Options{})
		c.Obey(hand)
		c.Add(en)
		if dec := c.Add(de); len(dec.Merges) > 0 {
			t.Errorf("%s: %+v", name, dec.Merges)
		}
	}
}

// TestAgree: two stories that are told in the same two languages become one where the reports in both agree,
// whatever is told in one of them.
func TestAgree(t *testing.T) {
	en, de, _ := dam()
	other := Doc{
		ID: "other", Language: "de", Title: "Weniger Hering: Fischereirat empfiehlt Kürzung", At: start,
		Text: "Der Rat der Fischer an der Lirsee rät zu zwölf Prozent weniger Fang.",
	}
	for name, agree := range map[string]bool{"the same in both": true, "another event in one": false} {
		c := NewClusterer(Options{})
		c.Restore(en, "a")
		c.Restore(de, "a")
		c.Restore(after(en, 1), "b")
		theirs := other
		if agree {
			theirs = after(de, 1)
		}
		c.Restore(theirs, "b")
		s, u := c.docs[en.ID].story, c.docs[after(en, 1).ID].story
		if got := c.agree(s, u); got != agree {
			t.Errorf("%s: %v", name, got)
		}
		if c.agree(c.docs[de.ID].story, u) {
			t.Errorf("%s: what is found across languages outweighs what was decided within each", name)
		}
		if !agree {
			continue
		}
		c.merge(u, s)
		if n := len(c.stories); n != 1 || s.voices != 2 || c.docs[de.ID].story.voices != 2 || c.docs[theirs.ID].story != c.docs[de.ID].story {
			t.Errorf("%s: %d stories, %d reports in English, %d in German", name, n, s.voices, c.docs[de.ID].story.voices)
		}
	}
}

// TestMixed: in a large window of one language nothing is read for others.
func TestMixed(t *testing.T) {
	for _, n := range []struct {
		all, own int // documents, and those of the language
		want     bool
	}{{2, 2, true}, {fewDocs, fewDocs, true}, {5000, 5000, false}, {5000, 4998, false}, {5000, 4995, true}, {50_000, 49_960, false}, {50_000, 49_950, true}} {
		c := NewClusterer(Options{})
		c.terms.intern(&doc{}, &vector{language: "en"})
		for i := range n.all {
			c.docs[fmt.Sprint(i)] = nil
		}
		c.spoken = []int32{int32(n.own)} //nolint:gosec // some
		if got := c.mixed(&doc{}); got != n.want {
			t.Errorf("%d of %d in the language: %v", n.own, n.all, got)
		}
	}
}

// TestRebuiltAcross: as TestRebuilt, with events that are told in several languages.
func TestRebuiltAcross(t *testing.T) {
	const window = 24 * time.Hour
	across := 0
	words := map[string][2]string{
		"en": {"The harbour of %s was closed by %s", "People of %s said that %s and %s had counted %s ships"},
		"de": {"Der Hafen von %s wurde von %s gesperrt", "Leute aus %s sagten, dass %s und %s genau %s Schiffe zählten"},
		"ru": {"Порт %s закрыт, это сделал %s", "Люди из %s сказали, что %s и %s насчитали %s судов"},
	}
	syllables := strings.Fields("vel mor dra kin sol tar hel bren gun lis por fan")
	rapid.Check(t, func(t *rapid.T) {
		name := func(label string) string {
			s := ""
			for range 3 {
				s += rapid.SampledFrom(syllables).Draw(t, label)
			}
			return strings.ToUpper(s[:1]) + s[1:]
		}
		var docs []Doc
		for e := range rapid.IntRange(1, 4).Draw(t, "events") {
			place, who, third, number := name("place"), name("who"), name("third"), fmt.Sprint(rapid.IntRange(101, 989).Draw(t, "number"))
			for i := range rapid.IntRange(1, 7).Draw(t, "tellers") {
				tag := rapid.SampledFrom([]string{"en", "de", "ru"}).Draw(t, "language")
				docs = append(docs, Doc{
					ID: fmt.Sprint(e, " ", i), Language: tag, Source: rapid.SampledFrom([]string{"", "a.example", "b.example"}).Draw(t, "source"),
					Title: fmt.Sprintf(words[tag][0], place, who), Text: fmt.Sprintf(words[tag][1], place, who, third, number),
					At: start.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "hour")) * time.Hour),
				})
			}
		}
		slices.SortStableFunc(docs, func(a, b Doc) int { return a.At.Compare(b.At) })
		straight, stopped := NewClusterer(Options{Window: window}), NewClusterer(Options{Window: window})
		stories := map[string]string{}
		for i, d := range docs {
			if rapid.IntRange(0, 3).Draw(t, "stop") == 0 {
				stopped = NewClusterer(Options{Window: window})
				for _, p := range docs[:i] {
					if !p.At.Before(docs[i-1].At.Add(-2 * window)) {
						stopped.Restore(p, stories[p.ID])
					}
				}
			}
			want, got := straight.Add(d), stopped.Add(d)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("document %d, %s (-straight +stopped):\n%s", i, d.ID, diff)
			}
			for _, m := range want.Merges {
				if m.Model == news.ModelAcross {
					across++
				}
			}
			apply(stories, d.ID, want)
			if rapid.IntRange(0, 5).Draw(t, "move") == 0 {
				moved, to := docs[rapid.IntRange(0, i).Draw(t, "moved")].ID, stories[docs[rapid.IntRange(0, i).Draw(t, "to")].ID]
				for _, c := range []*Clusterer{straight, stopped} {
					if m := c.docs[moved]; m != nil && m.story.id != to {
						c.move(m, to)
					}
				}
				stories[moved] = to
			}
			check(t, straight)
		}
	})
	if across == 0 {
		t.Error("no stories in two languages merged")
	}
}

// TestRebuiltLarge: what left the window, of a story that many tell, has no part in what is found across languages, whether it was
// ever there or not.
func TestRebuiltLarge(t *testing.T) {
	const window = 24 * time.Hour
	en, _, ru := dam()
	straight, stopped := NewClusterer(Options{Window: window}), NewClusterer(Options{Window: window})
	restore := func(d Doc, story string, known bool) {
		straight.Restore(d, story)
		if known {
			stopped.Restore(d, story)
		}
	}
	for _, part := range []struct{ n, hour int }{{12, 0}, {38, 20}, {53, 43}} {
		for i := range part.n {
			d := after(en, part.hour)
			d.ID += fmt.Sprint(" ", i)
			restore(d, fmt.Sprint("story ", part.hour), part.hour > 0) // the first are before what is read to rebuild
		}
	}
	for i := range 500 {
		d := Doc{ID: fmt.Sprint("other", i), Language: "en", Title: fmt.Sprint("Choir sings ", i), At: start.Add(47 * time.Hour)}
		restore(d, d.ID, true)
	}
	ru.At = start.Add(49 * time.Hour)
	want, got := straight.Add(ru), stopped.Add(ru)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-straight +stopped:\n%s", diff)
	}
	if len(want.Merges) != 1 {
		t.Errorf("%+v", want.Merges)
	}
}

// BenchmarkLanguages measures a document of a window in as many languages, of events that are told in all of them in the same
// few names: far more is alike across languages than in any news.
func BenchmarkLanguages(b *testing.B) {
	tags := strings.Fields("en de fr es it pl pt nl sv no da fi cs sk hu ro hr sl lt lv")
	syllables := strings.Fields("vel mor dra kin sol tar hel bren gun lis por fan")
	for _, n := range []int{1, 4, 20} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(5, 5)) //nolint:gosec // the same documents every time
			name := func(i int) string {
				s := ""
				for range 3 {
					s += syllables[i%len(syllables)]
					i = i/len(syllables) + 7*i
				}
				return strings.ToUpper(s[:1]) + s[1:]
			}
			var names [60]string
			for i := range names {
				names[i] = name(i)
			}
			doc := func(i int) Doc {
				event, tag := rng.IntN(200), tags[rng.IntN(n)]
				var text strings.Builder
				for k := range 8 {
					fmt.Fprintf(&text, "%s%d and %s, ", tag, rng.IntN(2000), names[(event*7+k*k)%len(names)])
				}
				return Doc{
					ID: fmt.Sprint("d", i), Language: tag, Title: fmt.Sprintf("%s %s%d %s", names[event%60], tag, event, names[(event+13)%60]),
					Text: fmt.Sprintf("%s It was %d.", text.String(), 1000+event), At: start.Add(time.Duration(i) * 20 * time.Second),
				}
			}
			c := NewClusterer(Options{})
			i := 0
			for ; i < 6000; i++ {
				c.Add(doc(i))
			}
			var took []time.Duration
			for b.Loop() {
				d := doc(i)
				begun := time.Now()
				c.Add(d)
				took = append(took, time.Since(begun))
				i++
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}
