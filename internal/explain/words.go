package explain

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"parallax/internal/cluster"
	"parallax/internal/news"
)

// A Section is a part of an Explanation in words.
type Section struct {
	Title string
	Lines []Line
}

// A Line is a sentence or two, in pieces.
type Line struct {
	Pieces []Piece
	// Measure is set for a line that says what was measured; Adds is what that added to the
	// log-odds.
	Measure bool
	Adds    float64
}

// A Piece is text, or the name of an Article or a Story.
type Piece struct {
	Text     string
	Article  string // id, if it names one
	Story    string
	Language string // of a headline
}

func line(pieces ...any) Line {
	var l Line
	for _, p := range pieces {
		switch p := p.(type) {
		case string:
			l.Pieces = append(l.Pieces, Piece{Text: p})
		case Piece:
			l.Pieces = append(l.Pieces, p)
		}
	}
	return l
}

// Sections say it in words, for anybody.
func (x *Explanation) Sections() []Section {
	if x.Story == nil || len(x.Events) == 0 {
		return []Section{{"Where it stands", []Line{line("It is in no story yet: it waits to be placed.")}}}
	}
	var sections []Section
	if lines := x.editor(); len(lines) > 0 {
		sections = append(sections, Section{"What the editor decided", lines})
	}
	first := "Why it stands there"
	if x.moved() {
		first = "Why it was put where it stood first"
	}
	sections = append(sections, Section{first, x.placed()})
	if lines := x.refused(); len(lines) > 0 {
		sections = append(sections, Section{"The next best story, which it did not join", lines})
	}
	if lines := x.later(); len(lines) > 0 {
		sections = append(sections, Section{"What happened since", lines})
	}
	return sections
}

// moved reports whether it was moved from one story to another.
func (x *Explanation) moved() bool {
	return slices.ContainsFunc(x.Events, func(e news.Event) bool { return e.Kind == news.EventMoved })
}

func day(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// story names a story as it was when something happened to it.
func (x *Explanation) story(id string) Piece {
	p := x.now(id)
	if st := x.Stories[id]; st.ID != id && p.Language != "" {
		p.Text = "a story that is part of " + p.Text + " now"
	}
	return p
}

// now names what an id stands for.
func (x *Explanation) now(id string) Piece {
	st, known := x.Stories[id]
	if known && st.Articles == 0 { // its page is gone
		return Piece{Text: "a story of which nothing is carried"}
	}
	if !known || st.Title == "" {
		return Piece{Text: "a story without a headline that can be shown", Story: id}
	}
	return Piece{Text: "“" + st.Title + "”", Story: id, Language: st.Language}
}

func (x *Explanation) article(id string) Piece {
	if id == x.Article.ID {
		return Piece{Text: "this article"}
	}
	a, known := x.Articles[id]
	if !known {
		return Piece{Text: "an article that is no longer carried"}
	}
	return Piece{Text: "“" + a.Title + "” (" + a.Outlet + ")", Article: id, Language: a.Language}
}

// placed says why the article was put where it was put first.
func (x *Explanation) placed() []Line {
	e := x.Events[0]
	g := e.Grounds
	when := "On " + day(e.At)
	var lines []Line
	switch {
	case x.CopyOf != nil && strings.HasPrefix(e.Why, "copy of "):
		of := x.CopyOf
		lines = append(lines, line(when+" it was put beside ", Piece{Text: "“" + of.Title + "” (" + of.Outlet + ")", Article: of.ID, Language: of.Language},
			", of which it is a copy. A copy goes where its original stands, and adds no weight to it."))
		return lines
	case g != nil && g.Chosen != nil:
		what := ""
		if g.Chosen.Least != 0 {
			what = " a single report in its language"
		}
		lines = append(lines, line(when+" it joined ", x.told(e.To), fmt.Sprintf(": the probability that it tells of the same event was %s, and from %s on an article joins%s (model %s).",
			odds(e.Score), odds(g.LeastOf(g.Chosen)), what, g.Model)))
		lines = append(lines, x.common(g.Chosen)...)
		return append(lines, measures(g, g.Chosen)...)
	case g != nil:
		open := ""
		if g.Locked != "" {
			open = "and not locked "
		}
		lines = append(lines, line(fmt.Sprintf("%s it founded a story: of those that were told then %snone reached the probability from which on an article joins (model %s).",
			when, open, g.Model)))
		return lines
	case strings.HasPrefix(e.Why, "first report"):
		return append(lines, line(when+" it founded a story: nothing that was told then in its language shared a telling word with it.", late(e.Why)))
	case e.Why == "":
		return append(lines, line(when+" it was placed. Why is no longer known: the reason was told in its words, and these were withdrawn."))
	}
	return append(lines, line(when+" it was placed: "+e.Why+"."))
}

// told names the story of a placement, "its story" where the article stands there to this day.
func (x *Explanation) told(id string) Piece {
	if x.Story != nil && x.placedAs == x.Story.ID {
		return Piece{Text: "the story in which it stands"}
	}
	return x.story(id)
}

func late(why string) string {
	if _, days, ok := strings.Cut(why, "came "); ok {
		return " It came " + days + "."
	}
	return ""
}

// common says what the article shares with a story.
func (x *Explanation) common(w *news.Weighed) []Line {
	pieces := []any{"The closest account there was ", x.article(w.ArticleID), "."}
	if len(w.Words) > 0 {
		pieces = append(pieces, " The words that weigh most in what both share: "+strings.Join(w.Words, ", ")+".")
	}
	return []Line{line(pieces...)}
}

// refused says which story it did not join.
func (x *Explanation) refused() []Line {
	g := x.Events[0].Grounds
	if g == nil || g.Refused == nil {
		return nil
	}
	w := g.Refused
	var why string
	switch {
	case g.Locked != "" && g.Locked == w.StoryID:
		why = fmt.Sprintf(": with a probability of %s it would have, but the editor had locked that story.", odds(w.Score))
	case w.Score >= g.LeastOf(w):
		why = fmt.Sprintf(": the probability was %s, enough, but that of the other higher.", odds(w.Score))
	default:
		to := ""
		if w.Least != 0 {
			to = " to join a single report in its language"
		}
		why = fmt.Sprintf(": the probability was %s, and %s is needed%s.", odds(w.Score), odds(g.LeastOf(w)), to)
	}
	lines := []Line{line(x.now(w.StoryID), why)}
	if now := x.Stories[w.StoryID]; x.Story != nil && now.ID == x.Story.ID {
		since := " The two have become one since."
		if x.moved() {
			since = " It stands there now."
		}
		lines[0].Pieces = append(lines[0].Pieces, Piece{Text: since})
	}
	lines = append(lines, x.common(w)...)
	return append(lines, measures(g, w)...)
}

// measures say what was measured, and what each added to the log-odds.
func measures(g *news.Grounds, w *news.Weighed) []Line {
	lines := []Line{{Pieces: []Piece{{Text: "to begin with, for few of the stories that could be meant are"}}, Measure: true, Adds: g.Bias}}
	for _, m := range w.Measures {
		lines = append(lines, Line{Pieces: []Piece{{Text: phrase(m)}}, Measure: true, Adds: m.Adds})
	}
	if rest := unsaid(g, w); math.Abs(rest) >= leastUnsaid {
		lines = append(lines, Line{Pieces: []Piece{{Text: "all else that was measured, together"}}, Measure: true, Adds: rest})
	}
	return lines
}

// leastUnsaid is what all measures that are not kept must add together to be told, in log-odds.
const leastUnsaid = .1

// unsaid returns what the measures that are not kept added to the log-odds of w, as far as the probability,
// which is rounded, tells.
func unsaid(g *news.Grounds, w *news.Weighed) float64 {
	if w.Score < .01 || w.Score > .99 {
		return 0
	}
	rest := math.Log(w.Score/(1-w.Score)) - g.Bias
	for _, m := range w.Measures {
		rest -= m.Adds
	}
	return rest
}

// phrases say features in words; what has none here is said as the clusterer says it.
var phrases = map[string]func(v float64) string{
	"story":   func(v float64) string { return fmt.Sprintf("likeness to the story as a whole: %.2f of 1", v) },
	"closest": func(v float64) string { return fmt.Sprintf("likeness to its closest accounts: %.2f of 1", v) },
	"best":    func(v float64) string { return fmt.Sprintf("likeness to the closest account: %.2f of 1", v) },
	"title":   func(v float64) string { return fmt.Sprintf("likeness of the two headlines: %.2f of 1", v) },
	"mine":    func(v float64) string { return fmt.Sprintf("%.0f of 100 of its headline told by the other", 100*v) },
	"their":   func(v float64) string { return fmt.Sprintf("%.0f of 100 of the other's headline told by it", 100*v) },
	"text": func(v float64) string {
		return fmt.Sprintf("likeness of the texts without their headlines: %.2f of 1", v)
	},
	"margin": func(v float64) string {
		if v < 0 {
			return fmt.Sprintf("less like it than another story, by %.2f of 1", -v)
		}
		return fmt.Sprintf("more like it than the next story, by %.2f of 1", v)
	},
	"rank":    func(float64) string { return "no other story is more like it" },
	"breadth": func(v float64) string { return fmt.Sprintf("about %.0f words carry the likeness", math.Expm1(v)) },
	"numbers": func(float64) string { return "both have numbers, and share none" },
	"habit": func(v float64) string {
		return fmt.Sprintf("how usual for that outlet is what it shares with the closest account: %.2f of 1", v)
	},
	"home": func(v float64) string { // of models before 5
		return fmt.Sprintf("what it shares with the closest account stands in about %.0f more reports of that outlet", math.Expm1(v))
	},
	"series": func(float64) string { return "one outlet tells the same of another name, or another day" },
	"age":    func(v float64) string { return fmt.Sprintf("%.1f days after its first report", v) },
	"old":    func(v float64) string { return fmt.Sprintf("%.1f days more than one after its first report", v) },
	"gap": func(v float64) string {
		return fmt.Sprintf("%.1f hours from its nearest report, 6 at most counted", 6*v)
	},
	"elsewhere": func(v float64) string {
		return fmt.Sprintf("a story of another day is %.0f of 100 as like", 100*min(v, 1))
	},
	"crowd": func(v float64) string {
		return fmt.Sprintf("the fourth of the other stories is %.0f of 100 as like", 100*min(v, 1))
	},
	"shortbest": func(v float64) string {
		return fmt.Sprintf("so short a text is easily like another: %.2f, its likeness by its length", v)
	},
	"undated": func(float64) string { return "the time of one of them is not known" },
	"undatedbest": func(v float64) string {
		return fmt.Sprintf("likeness to its closest account, whose time is not known: %.2f of 1", v)
	},
	"notexttitle": func(v float64) string {
		return fmt.Sprintf("likeness of the headlines, which are all there is of one: %.2f of 1", v)
	},
	"meaning": func(v float64) string {
		return fmt.Sprintf("likeness of what both mean, as a language model has it: %.1f of 8 above the usual", v)
	},
	"notext": func(float64) string { return "one of them is a headline alone" },
}

func phrase(m news.Measure) string {
	if p := phrases[m.Name]; p != nil {
		return p(m.Value)
	}
	for _, f := range cluster.JoinFeatures {
		if f.Name == m.Name {
			return fmt.Sprintf("%s: %.2f", f.Means, m.Value)
		}
	}
	return fmt.Sprintf("%s: %.2f", m.Name, m.Value) // of a model that this program does not know
}

// odds says a probability with as many digits as tell it from 0 and 1.
func odds(p float64) string {
	switch {
	case p > .99:
		return "over .99"
	case p < .01:
		return "under .01"
	}
	return strings.TrimPrefix(fmt.Sprintf("%.2f", p), "0")
}

// later says what happened after the article was placed.
func (x *Explanation) later() []Line {
	var lines []Line
	for _, e := range x.Events[1:] {
		when := day(e.At) + ": "
		switch {
		case e.Kind == news.EventMoved && x.Stories[e.From].ID != "" && x.Stories[e.From].ID == x.Stories[e.To].ID:
			who := "it was moved"
			if e.Editor {
				who = "the editor moved it"
			}
			lines = append(lines, line(when+who+" between two stories that are one now, ", x.now(e.To), because(e.Why)))
		case e.Kind == news.EventMoved && e.Editor:
			lines = append(lines, line(when+"the editor moved it from ", x.story(e.From), " to ", x.story(e.To), because(e.Why)))
		case e.Kind == news.EventMoved:
			lines = append(lines, line(when+"it was moved from ", x.story(e.From), " to ", x.story(e.To), because(e.Why)))
		case e.Editor:
			lines = append(lines, line(when+"the editor made its story part of ", x.story(e.To), because(e.Why)))
		case e.Model == news.ModelAcross:
			lines = append(lines, line(when+"its story became part of ", x.story(e.To), ", as ", x.article(e.Witness), " showed", because(e.Why)))
		case e.Witness != "":
			lines = append(lines, line(fmt.Sprintf("%sits story became part of ", when), x.story(e.To), ", because ", x.article(e.Witness),
				fmt.Sprintf(" was like both: the probability that they are one was %s (model %s). ", odds(e.Score), e.Model), e.Why))
		default:
			lines = append(lines, line(when+"its story became part of ", x.story(e.To), because(e.Why)))
		}
	}
	told := map[string]bool{} // stories of which it is said that they became part of it
	for _, e := range x.Events {
		told[e.From] = e.Kind == news.EventMerged
	}
	var rest []news.Event
	for _, e := range x.Story.Merges {
		switch {
		case told[e.From]:
		case e.Model == news.ModelAcross:
			lines = append(lines, line(day(e.At)+": the story took up one in another language, as ", x.article(e.Witness), " showed", because(e.Why)))
		default:
			rest = append(rest, e)
		}
	}
	if n := len(rest); n > 0 {
		text := fmt.Sprintf("The story took up %d other stories, whose addresses lead to it", n)
		if n == 1 {
			text = "The story took up another one, whose address leads to it"
		}
		lines = append(lines, line(text+ByHand(rest)+"."))
	}
	return lines
}

// ByHand says how many of some stories that another took up the editor made part of it, to be said
// after their number: "" if none.
func ByHand(merges []news.Event) string {
	n := 0
	for _, e := range merges {
		if e.Editor {
			n++
		}
	}
	switch {
	case n == 0:
		return ""
	case n == len(merges):
		return ", as an editor decided"
	}
	return fmt.Sprintf(", as an editor decided of %d of them", n)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func because(why string) string {
	if why == "" {
		return "."
	}
	return ": " + strings.TrimRight(why, ".") + "."
}

// editor says what the editor decided, for as long as it holds.
func (x *Explanation) editor() []Line {
	var lines []Line
	if n := x.Pinned; n != nil {
		lines = append(lines, line("Since "+day(n.At)+" the article stays where it stands, as the editor decided", because(n.Why), " Only its whole story may become part of another."))
	}
	if n := x.Story.Locked; n != nil {
		lines = append(lines, line("Since "+day(n.At)+" the story is locked: nothing joins it, leaves it or merges with it but by the editor's hand", because(n.Why)))
	}
	for _, id := range x.Story.Apart {
		lines = append(lines, line("The story is kept apart from ", x.story(id), "."))
	}
	return lines
}

// Text is the whole in plain text, for a terminal; page returns the address of a page of the
// hub.
func (x *Explanation) Text(page func(path string) string) string {
	var w strings.Builder
	a := x.Article
	title := a.Title
	if title == "" {
		title = "An article whose text was withdrawn"
	}
	fmt.Fprintf(&w, "%s\n", title)
	fmt.Fprintf(&w, "  article   %s, by %s, %s\n", a.ID, a.Outlet, day(a.At))
	fmt.Fprintf(&w, "  original  %s\n  page      %s\n", news.PublicURL(a.URL), page("/article/"+a.ID))
	if x.CopyOf != nil {
		fmt.Fprintf(&w, "  copy of   %s: “%s”, by %s", x.CopyOf.ID, x.CopyOf.Title, x.CopyOf.Outlet)
		if x.CopyPart > 0 {
			fmt.Fprintf(&w, "; %d of 100 of its words", x.CopyPart)
		}
		w.WriteString("\n")
	}
	if st := x.Story; st != nil {
		title := "no headline that can be shown"
		if st.Title != "" {
			title = "“" + st.Title + "”"
		}
		fmt.Fprintf(&w, "  story     %s: %s, %s of %s\n  its page  %s\n", st.ID, title, count(st.Articles, "article"), count(st.Outlets, "outlet"), page("/story/"+st.ID))
	}
	for _, s := range x.Sections() {
		fmt.Fprintf(&w, "\n%s\n", s.Title)
		for _, l := range s.Lines {
			w.WriteString("  ")
			if l.Measure {
				fmt.Fprintf(&w, "%+6.2f  ", l.Adds)
			}
			for _, p := range l.Pieces {
				w.WriteString(p.Text)
				if id := p.Article + p.Story; id != "" {
					fmt.Fprintf(&w, " [%s]", id)
				}
			}
			w.WriteString("\n")
		}
	}
	return w.String()
}
