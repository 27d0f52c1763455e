package cluster

import (
	"fmt"
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
				if m.Into != news.ID("story", first[0].ID) || m.Score < sureSame || m.Model != news.ModelAcross || m.Witness != docs[i].ID {
					t.Errorf("%s: %+v", docs[i].ID, m)
				}
				if !strings.Contains(m.Why, "310") {
					t.Errorf("the reason names no number that both tell: %s", m.Why)
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
		voices, docs int32 // all, and those of the language
		want         bool
	}{{2, 2, true}, {fewVoices, fewVoices, true}, {5000, 5000, false}, {5000, 4998, false}, {5000, 4995, true}, {50_000, 49_960, false}, {50_000, 49_950, true}} {
		c := NewClusterer(Options{})
		c.terms.intern(&doc{}, &vector{language: "en"})
		c.voices, c.terms.languages[0].docs = n.voices, n.docs
		if got := c.mixed(&doc{}); got != n.want {
			t.Errorf("%d of %d in the language: %v", n.docs, n.voices, got)
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
