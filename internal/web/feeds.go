package web

import (
	"net/http"
	"strings"
)

// feedsOnPage keeps a page below its weight.
const feedsOnPage = 40

// A feedsPage lists every feed that the hub gives out.
type feedsPage struct {
	frame
	All     []alternate
	Told    []alternate // stories
	Edits   []alternate
	Topics  []feedLine
	Lenses  []feedGroup
	Sources []feedLine
	More    string // address of the next page of outlets
	API     bool   // there is one
	Mail    bool   // likewise a digest by e-mail
}

type feedGroup struct {
	Title string
	Lines []feedLine
}

type feedLine struct {
	Title string
	Href  string
	Side  *side
	Feeds []alternate
}

func (s *site) feeds(w http.ResponseWriter, r *http.Request) error {
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	p := &feedsPage{frame: s.frame(r, "Feeds"), API: s.programs != nil, Mail: s.Mail != nil}
	p.All = p.Alternates
	p.Told, p.Edits = alternates("/stories", "", "Stories"), alternates("/edits/feed", "", "Edits")
	for _, t := range s.topics() {
		p.Topics = append(p.Topics, feedLine{t.Title, topicHref(t), nil, alternates(topicHref(t)+"/feed", "", t.Title)})
	}
	for i := range h.lenses {
		l := &h.lenses[i]
		g := feedGroup{Title: l.Title}
		for j, sd := range l.Sides {
			v := sideOf(l, sd, j)
			g.Lines = append(g.Lines, feedLine{v.Title, v.Href, &v, alternates(v.Href+"/feed", "", v.Title)})
		}
		spots := blindspotsHref(l)
		g.Lines = append(g.Lines, feedLine{"Blindspots of these sides", spots, nil, alternates(spots+"/feed", "", "Blindspots: "+l.Title)})
		p.Lenses = append(p.Lenses, g)
	}
	carried := h.carriedNow()
	from, to, next, err := leaf(r, len(carried), feedsOnPage)
	if err != nil {
		return err
	}
	p.More, p.Next = next, next
	for _, src := range carried[from:to] {
		o := outletOf(src)
		p.Sources = append(p.Sources, feedLine{o.Name, o.Href, nil, alternates(o.Href+"/feed", "", o.Name)})
	}
	return s.render(w, r, "feeds", p)
}

// Spoken is what a link to it is called where it reads as Short: it begins with that, for who
// speaks to a browser says what is seen (WCAG 2.5.3).
func (a alternate) Spoken() string {
	return a.Short() + ": " + strings.TrimSuffix(a.Title, " ("+a.Short()+")")
}

// Short is the name of the format alone: "RSS", "Atom", "JSON".
func (a alternate) Short() string {
	for _, f := range formats {
		if f.mediaType == a.Type {
			return f.title
		}
	}
	return a.Type
}
