package main

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"parallax/internal/cluster"
	"parallax/internal/newsroom"
)

// worldName is the collection that the invented world of package newsroom makes: a small hub of
// one region, where the same few names are in everything and most reports are of other
// events than those of the minutes before. None of the real collections has that.
const worldName = "newsroom"

// world returns the invented world as a collection: the tellings of an event in one language
// are a story.
func world() (*set, error) {
	script, err := newsroom.Load()
	if err != nil {
		return nil, err
	}
	s := &set{name: worldName, story: map[string]string{}, side: map[string]string{}}
	begin := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	for _, e := range script.Events {
		for _, t := range e.Tellings {
			v, id, language := t.Versions[0], e.ID+"/"+t.Outlet.ID, t.Outlet.Languages[0]
			d := cluster.Doc{
				ID: id, Language: language, Title: strings.TrimPrefix(v.Title, newsroom.Nameless),
				Text: strings.Join(v.Paragraphs, "\n\n"), At: begin.Add(v.From), Source: t.Outlet.ID,
			}
			if t.CopyOf != "" {
				d.WireRoot = e.ID + "/" + t.CopyOf
			} else {
				s.story[id] = e.ID + " " + language
			}
			d.Prepare()
			s.docs = append(s.docs, d)
		}
	}
	slices.SortStableFunc(s.docs, func(a, b cluster.Doc) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	return s, nil
}
