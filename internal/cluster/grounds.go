package cluster

import (
	"cmp"
	"math"
	"slices"

	"parallax/internal/news"
)

const (
	// weighedMeasures is how many features the grounds of a decision hold of each story, those
	// that added or took away most; the others are said to be small.
	weighedMeasures = 7
	// leastAdds is what a feature must add to the log-odds to be told: less changes a
	// probability by no more than a hundredth.
	leastAdds = .05
)

// grounds are what was measured of d, whose words are in v, and of two of the found stories:
// the chosen one, or none where chosen is -1, and the best of the others.
func (c *Clusterer) grounds(d *doc, v *vector, found []candidate, chosen int) *news.Grounds {
	m := c.opts.Model
	g := &news.Grounds{Model: m.Version, Least: m.Join.Least, Bias: rounded(m.Join.Bias, 100)}
	refused := 0
	if chosen == 0 {
		refused = 1
	}
	if chosen >= 0 {
		g.Chosen = c.weigh(d, v, &found[chosen])
	}
	if refused < len(found) {
		g.Refused = c.weigh(d, v, &found[refused])
		if f := &found[refused]; f.score >= c.least(f.story) && c.locked(f.story) {
			g.Locked = f.story.id
		}
	}
	return g
}

func (c *Clusterer) weigh(d *doc, v *vector, f *candidate) *news.Weighed {
	w := &news.Weighed{
		StoryID: f.story.id, ArticleID: c.scratch.hits[f.hit].closest[0].doc.id, Score: rounded(f.score, 1000),
		Words: c.shared(d, v, f.story), Measures: make([]news.Measure, 0, weighedMeasures),
	}
	if least := c.least(f.story); least != c.opts.Model.Join.Least {
		w.Least = least
	}
	var list [nJoin + 1]news.Measure
	n := 0
	for i, weight := range c.opts.Model.Join.Weights {
		if adds := weight * f.x[i]; math.Abs(adds) >= leastAdds {
			list[n] = news.Measure{Name: JoinFeatures[i].Name, Value: rounded(f.x[i], 1000), Adds: rounded(adds, 100)}
			n++
		}
	}
	if adds := c.opts.Meaning.adds(f.meaning); f.meant && math.Abs(adds) >= leastAdds {
		list[n] = news.Measure{Name: MeaningFeature.Name, Value: rounded(f.meaning, 1000), Adds: rounded(adds, 100)}
		n++
	}
	slices.SortStableFunc(list[:n], func(a, b news.Measure) int { return cmp.Compare(math.Abs(b.Adds), math.Abs(a.Adds)) })
	w.Measures = append(w.Measures, list[:min(n, weighedMeasures)]...)
	for _, m := range list[min(n, weighedMeasures):n] {
		if m.Name == MeaningFeature.Name { // it is of another machine, and always told
			w.Measures = append(w.Measures, m)
		}
	}
	return w
}

// rounded keeps what a reader of the number needs, for millions are kept.
func rounded(x, to float64) float64 { return math.Round(x*to) / to }
