package cluster

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A Feature is something that is measured of a document and a story, or of two stories.
type Feature struct {
	Name  string
	Means string
}

// The features of a document and a story. "Best" is the closest document of the story.
// The size of a story is none: in collections of triples it would say by itself that
// a fourth report is of another event.
const (
	fStory = iota
	fClosest
	fBest
	fTitle
	fMine
	fTheir
	fText
	fNumbers
	fSeries
	fAge
	fOld
	fGap
	fUndated
	fUndatedBest
	fShortBest
	fNoText
	fNoTextTitle
	fElsewhere
	fCrowd
	fMargin
	fRank
	fBreadth
	fHabit
	nJoin
)

// JoinFeatures are the features of a document and a story, by index.
var JoinFeatures = []Feature{
	fStory:       {"story", "cosine to the sum of the story"},
	fClosest:     {"closest", "mean cosine to its closest documents"},
	fBest:        {"best", "cosine to the best of them"},
	fTitle:       {"title", "cosine of the titles of this and the best"},
	fMine:        {"mine", "share of the weight of this title that is found in the best, title and text"},
	fTheir:       {"their", "share of its title that is found in this one"},
	fText:        {"text", "cosine to the best of what stands in neither title"},
	fNumbers:     {"numbers", "1 if both have numbers and share none"},
	fSeries:      {"series", "1 if one outlet tells the same of another name, or of another number later; not learned"},
	fAge:         {"age", "days from the first document"},
	fOld:         {"old", "days of age beyond the first"},
	fGap:         {"gap", "time from the nearest document in units of 6 hours, at most 1; not learned"},
	fUndated:     {"undated", "1 if the time of one is not known, then the three above are 0"},
	fUndatedBest: {"undatedbest", "cosine to the best document, if undated"},
	fShortBest:   {"shortbest", "cosine to the best document times 1/sqrt(words of this one)"},
	fNoText:      {"notext", "1 if one of them has only a title"},
	fNoTextTitle: {"notexttitle", "cosine of the titles, if notext"},
	fElsewhere:   {"elsewhere", "likeness to a story of another time, as a share of that to this one: how common such likeness is"},
	fCrowd:       {"crowd", "likeness to the fourth of the other stories, as a share of that to this one: how many it resembles"},
	fMargin:      {"margin", "likeness to this story less that to the most like of the others"},
	fRank:        {"rank", "1 if no other story is more like it"},
	fBreadth:     {"breadth", "log of 1 + how many words carry the likeness to the best: one rare name is little"},
	fHabit:       {"habit", "if the best is of the same outlet: which share of its other reports in the window holds what both share, as if there were ten more that do not"},
}

// The features of two stories. There are few: what was learned of more from some collections was
// wrong in the others.
const (
	mMean = iota
	mInner
	mBoth
	mShared
	mAge
	mOld
	mGap
	nMerge
)

// MergeFeatures are the features of two stories, by index.
var MergeFeatures = []Feature{
	mMean:   {"mean", "mean cosine of documents of one and of the other"},
	mInner:  {"inner", "mean cosine of documents within one of them, that in which it is lower"},
	mBoth:   {"both", "1 if both are single reports, then the one above is 0"},
	mShared: {"shared", "share of the reports of the window, in this language, that stand in stories of five or more, squared, by the reports of the smaller"},
	mAge:    {"age", "days between their first documents; not learned"},
	mOld:    {"old", "days of age beyond the first; not learned"},
	mGap:    {"gap", "least time between their documents in units of 6 hours, at most 1; not learned"},
}

// The features of two stories of which at least one is large. The more is told of an event, the less alike it is; so a
// likeness says little by itself, and much beside that of the reports of a story to each other.
const (
	lMean = iota
	lRatio
	lShare
	lOne
	lTwo
	lLoose
	lAge
	lOld
	lGap
	nLarge
)

// LargeFeatures are the features of two stories of which the larger has largeVoices reports or more, by index.
var LargeFeatures = []Feature{
	lMean:  MergeFeatures[mMean],
	lRatio: {"ratio", "the same as a share of that of documents within the larger (of equals, that in which it is higher), at most 2"},
	lShare: {"share", "share of the reports of the window, in this language, that stand in stories of five or more"},
	lOne:   {"one", "1 if the smaller is a single report"},
	lTwo:   {"two", "1 if the smaller has six reports or more, too"},
	lLoose: {"loose", "then the mean as a share of that within one of them, that in which it is lower, at most 2; else 0"},
	lAge:   MergeFeatures[mAge],
	lOld:   MergeFeatures[mOld],
	lGap:   MergeFeatures[mGap],
}

const (
	// largeVoices is from how many reports on a story is large.
	largeVoices = 6
	// leastInner bounds shares of a likeness that is next to nothing, and mostShare all.
	leastInner, mostShare = .02, 2

	gapUnit = 6 * time.Hour
	// seriesGap is how long after another report the same headline of the same outlet with
	// another number is of another day's event, and not a count that rose.
	seriesGap = 12 * time.Hour
	oddsBound = 4
	crowdth   = 4
)

// measure fills in what is measured of d, laid out as q, and the found stories.
func (c *Clusterer) measure(d *doc, q side, found []candidate, far float64) {
	sc := &c.scratch
	for i := range found {
		f := &found[i]
		h := &sc.hits[f.hit]
		var best overlap
		var with *doc
		mean := 0.0
		x := &f.x
		for _, p := range h.closest[:h.n] {
			o := c.compare(q, p.doc)
			mean += o.cos / float64(h.n)
			if d.source != 0 && d.source == p.doc.source && o.series(d, p.doc) {
				x[fSeries] = 1
			}
			if with == nil || o.cos > best.cos {
				best, with = o, p.doc
			}
		}
		x[fClosest], x[fBest], x[fTitle] = mean, best.cos, best.title
		x[fBreadth] = math.Log1p(best.breadth)
		if d.source != 0 && d.source == with.source {
			x[fHabit] = c.habit(d, with)
		}
		x[fMine], x[fTheir], x[fText] = best.mine, best.their, best.text
		if f.story.vec != nil {
			x[fStory] = c.cosineStory(f.story)
		} else {
			x[fStory] = best.cos
		}
		if best.conflict {
			x[fNumbers] = 1
		}
		x[fShortBest] = best.cos / math.Sqrt(float64(max(q.terms, 1)))
		if best.noText {
			x[fNoText], x[fNoTextTitle] = 1, best.title
		}
		if h.closest[0].score > 0 {
			x[fElsewhere] = min(far/h.closest[0].score, 1)
		}
		if d.undated || len(f.story.times) == 0 {
			x[fUndated], x[fUndatedBest] = 1, best.cos
		} else {
			age, gap := days(d.at-f.story.times[0]), nearest(f.story.times, d.at)
			x[fAge], x[fOld] = age, max(age-1, 0)
			x[fGap] = min(float64(gap)/float64(gapUnit.Milliseconds()), 1)
			f.gap = gap
		}
		f.likeness = (x[fStory] + best.cos) / 2
	}
	for i := range found {
		f := &found[i]
		f.x[fCrowd] = crowd(found, i)
		most := 0.0
		for j := range found {
			if j != i {
				most = max(most, found[j].likeness)
			}
		}
		f.x[fMargin] = f.likeness - most
		if f.likeness >= most {
			f.x[fRank] = 1
		}
		f.odds = c.opts.Model.Join.logit(f.x[:])
		if f.meaning, f.meant = c.alike(d, &sc.hits[f.hit]); f.meant {
			f.odds += c.opts.Meaning.adds(f.meaning)
		}
		f.score = logistic(f.odds)
	}
}

// crowd returns how like the crowdth of the other stories is, as a share of story i.
func crowd(found []candidate, i int) float64 {
	var top [crowdth]float64 // the highest first
	for j := range found {
		v := found[j].likeness
		if j == i || v <= top[crowdth-1] {
			continue
		}
		at := crowdth - 1
		for at > 0 && top[at-1] < v {
			top[at] = top[at-1]
			at--
		}
		top[at] = v
	}
	if top[crowdth-1] == 0 {
		return 0
	}
	return min(top[crowdth-1]/max(found[i].likeness, 1e-9), 1)
}

func days(ms int64) float64 {
	return math.Abs(float64(ms)) / float64((24 * time.Hour).Milliseconds())
}

// evidence says in words what was measured of a document and a story.
func (c *Clusterer) evidence(f *candidate) string {
	x := &f.x
	var w strings.Builder
	fmt.Fprintf(&w, "%.2f (likeness %.2f", f.score, f.likeness)
	if told := (x[fMine] + x[fTheir]) / 2; told >= .01 {
		fmt.Fprintf(&w, ", %.0f%% of the headline told", 100*told)
	}
	if x[fUndated] == 0 {
		fmt.Fprintf(&w, ", %s after the first", span(x[fAge]))
		if gap := days(f.gap); gap < x[fAge]-1./24 {
			fmt.Fprintf(&w, ", %s from the nearest", span(gap))
		}
	}
	if x[fNumbers] == 1 {
		w.WriteString(", other numbers")
	}
	if x[fSeries] == 1 {
		w.WriteString(", a series of the outlet")
	}
	if x[fElsewhere] > .5 {
		fmt.Fprintf(&w, ", other days are %.0f%% as like", 100*x[fElsewhere])
	}
	fmt.Fprintf(&w, "; model %s", c.opts.Model.Version)
	if f.meant {
		fmt.Fprintf(&w, "; meaning %.1f above the usual, model %s", f.meaning, c.opts.Meaning.Version)
	}
	w.WriteByte(')')
	return w.String()
}

// span says days in words.
func span(d float64) string {
	switch h := d * 24; {
	case h < 1:
		return fmt.Sprintf("%.0f min", h*60)
	case h < 48:
		return fmt.Sprintf("%.0f h", h)
	}
	return fmt.Sprintf("%.0f days", d)
}
