package webtest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parallax/internal/news"
)

// Output counts what the outlets told, of every story that two or more tell.
func (w *World) Output(context.Context) (*news.Output, error) {
	o := &news.Output{Last: map[string]time.Time{}}
	type key struct {
		day              int64
		source, language string
	}
	stories := map[key]int{}
	for _, id := range w.storyIDs() {
		told := map[key]bool{}
		st := w.story(id, Now)
		for _, a := range w.of(id, Now) {
			if st.Outlets > 1 {
				told[key{news.DayOf(st.First), a.SourceID, a.Language}] = true
				told[key{news.DayOf(st.First), "", a.Language}] = true
			}
			if a.When().After(o.Last[a.SourceID]) {
				o.Last[a.SourceID] = a.When()
			}
		}
		for k := range told {
			stories[k]++
		}
	}
	for k, n := range stories {
		o.Days = append(o.Days, news.OutputDay{Day: k.day, SourceID: k.source, Language: k.language, Stories: n})
	}
	return o, w.Err
}

// Hush adds outlets and what they told in the weeks before, all sides alike; and three
// stories: the ferry port that no outlet of Sudermark has, the bridge that none of Norrland
// has, and the harvest, which all have.
func (w *World) Hush() {
	sides := []string{"north", "south", "elsewhere"}
	countries := []string{"NO", "SE", "CH"}
	var added [3][]string
	for i, names := range [3][]string{
		{"Norrland Gazette", "Velmora Echo", "Upper Halda Mail"},
		{"Sudermark Gazette", "Pell Echo", "Lower Halda Mail"},
		{"Lakes Gazette", "Pass Echo", "Valley Mail", "World Gazette", "Evening Globe"},
	} {
		for j, name := range names {
			id := fmt.Sprintf("%s-%d", sides[i], j)
			w.SourceList = append(w.SourceList, &news.Source{
				ID: id, Name: name, Home: "https://" + id + ".example/", Country: countries[i], Languages: []string{"en"}, FeedsRead: 1,
				FeedURLs: []string{"https://" + id + ".example/feed.xml"}, Sides: map[string]string{"river": sides[i]},
			})
			added[i] = append(added[i], id)
		}
	}
	added[0] = append(added[0], "norrland-today", "fjord-post", "nordwire")
	added[1] = append(added[1], "sudermark-voice", "plain-dealer", "southern-star")
	added[2] = append(added[2], "meridian")
	// Each takes part in every second story or so, whichever side it stands on.
	for story := range 30 {
		for _, side := range added {
			for j, id := range side {
				if (story*7+j*5)%11 < 5 {
					w.tell(fmt.Sprintf("earlier%d", story), id, 30+float64(story)*9, fmt.Sprintf("What happened on day %d", story), "It is told in a few words.")
				}
			}
		}
	}
	report := func(story, title string, hours float64, sides ...[]string) {
		for i, id := range slices.Concat(sides...) {
			w.tell(story, id, hours-float64(i)/4, title, "The accounts agree on what happened, and when.")
		}
	}
	north, south := slices.Concat(added[0][:2], added[0][3:]), slices.Concat(added[1][:2], added[1][3:])
	report("port", "Ferry port of Pell was closed for a day after a leak of fuel", 20, north, added[2])
	report("bridge", "Bridge at Velmora was opened a year late and without railings", 19, south, added[2])
	report("harvest", "Harvest of winter wheat is the best in ten years", 18, north, south, added[2])
	for _, id := range slices.Concat(added[0], added[1], added[2]) {
		if id != "north-2" && id != "south-2" { // have published nothing since
			w.tell("single-"+id, id, 3, "Weather for tomorrow", "")
		}
	}
}

// SideOf returns the side of a source in the lens of the World.
func (w *World) SideOf(sourceID string) string {
	s, err := w.Source(context.Background(), sourceID)
	if err != nil {
		return ""
	}
	return w.Lenses()[0].SideOf(s)
}
