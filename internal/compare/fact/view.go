package fact

import (
	"slices"

	"parallax/internal/news"
)

// A Divided is what the sides of a Lens say of a Story.
type Divided struct {
	Shared []news.Fact            // by all sides
	Alone  map[string][]news.Fact // by one side alone: its id -> what only it says
}

// Divide tells which of facts all sides report and which one alone does. Articles are those of
// the Story, sideOf gives the side of the outlet of each, or news.Unplaced.
//
// All sides report what every side that has an Article here says, Unplaced aside, if there are two at
// least. One side alone reports what no Article of another side, or of an outlet that is
// unplaced, says or comes near to, where another side has an Article here.
func Divide(facts []news.Fact, articles []string, sideOf func(articleID string) string) Divided {
	var sides []string
	for _, a := range articles {
		if s := sideOf(a); s != news.Unplaced && !slices.Contains(sides, s) {
			sides = append(sides, s)
		}
	}
	d := Divided{Alone: map[string][]news.Fact{}}
	if len(sides) < 2 {
		return d
	}
	for _, f := range facts {
		var say []string
		for _, p := range f.Passages {
			if s := sideOf(p.ArticleID); !slices.Contains(say, s) {
				say = append(say, s)
			}
		}
		placed := len(say)
		if slices.Contains(say, news.Unplaced) {
			placed--
		}
		switch {
		case placed == len(sides):
			d.Shared = append(d.Shared, f)
		case len(say) == 1 && placed == 1 && !slices.ContainsFunc(f.Near, func(id string) bool { return sideOf(id) != say[0] }):
			d.Alone[say[0]] = append(d.Alone[say[0]], f)
		}
	}
	return d
}
