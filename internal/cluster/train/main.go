// Command train learns the weights by which package cluster decides, from labelled
// collections, and writes them as its data/model.txt:
//
//	go run ./internal/cluster/train -data ../shared/data/clusters -out internal/cluster/data/model.txt
//
// The same collections give the same file, to the byte. The collections are what
// shared/data/README.md describes; their texts belong to the outlets, and nothing of them is in
// the file but the figures.
//
// # How it learns
//
// A Clusterer places each collection, in its order, and what it measured of a labelled
// document and each story that it compared it with becomes a row; its answer is the share of
// the labelled documents of the story that tell of the same event. So negatives are what the
// clusterer truly has to tell apart, the hard ones, and positives include stories that it
// made badly. Pairs of stories likewise: all of them teach Merge, those of which one is large
// teach Large, too, and of collections that come at once (see largeEvents) Large alone learns.
// From the rows logistic regressions learn weights, with those the collections are placed again,
// and its rows are added; the first time, with a rule written by hand. Each collection weighs the
// same, however large, but for those that are more like a hub: see the weights below.
//
// The figures that it prints last, "left out", are those to believe: each collection placed
// with weights learned from the others.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"parallax/internal/cluster"
)

const (
	// version names the model; it stands in the evidence of each decision.
	version = "5"
	// rounds is how often the collections are placed and learned from: after the third, rows
	// bring nothing new.
	rounds     = 3
	leastJoin  = .5
	leastAlone = .55
	leastMerge = .6
	leastLarge = .5
	// learningMerge is the least probability of Merge and of Large while rows are made: a wrong merge spoils all rows after it.
	learningMerge = .65

	// mostYes and mostNo are how many stories of its event, and of others, a document is an
	// example with, those that were most probable: what matters is whether it joins the best, and
	// none of the most alike. All two dozen that are looked at taught how little fragments are alike.
	mostYes, mostNo = 1, 2
	// yesWeight is what an example of its event weighs beside one of others. It moves the balance between what
	// is missed and what is mixed, for all stories alike; docs/clustering.md has what it does.
	yesWeight = 1.1

	streamName, foldedName = "allsides_stream", "folded"
	// foldedWeight is what the folded stream weighs among the collections: it is the one that
	// is as dense as the news of a day is.
	foldedWeight = 4
	// headlinesWeight is what the labelled streams weigh a second time, without their texts.
	headlinesWeight = .5
	// pairsWeight is what they weigh with them: their times are honest.
	pairsWeight = 2
	// worldWeight is what the invented world weighs, the only one that is a hub's.
	worldWeight = 4
)

// collections are learned from, but for the stream, which has the documents of the folded one.
var collections = []string{
	"groundnews_2025", "groundnews_2026", "allsides_roundups_2021", "basil_triples",
	"uci_newsagg_2014", "tgcontest", "semeval22t8", "newswcl50", streamName,
}

// largeEvents are collections in which hundreds of reports tell of one event. They are placed a second time, as if all
// had come at once, for a hub of which the feeds have no dates is filled so on its first day; then
// what is wrong makes stories of hundreds that tell of a dozen events.
var largeEvents = []string{"groundnews_2025", "groundnews_2026", "uci_newsagg_2014"}

// The weights of features that cannot be learned here. The collections hold too few series.
// Their times of day are mostly made up, or sorted by story, so that a gap of minutes
// would seem to prove that two reports are of one event; in a hub all reports come within
// minutes of some other. And of two stories that a document is like, those of two days
// would seem to be one more often than those of a day, for what a collection has of the
// same day is sorted out by its editors.
var (
	joinByHand  = map[string]float64{"series": -12, "gap": -1}
	mergeByHand = map[string]float64{"gap": -1, "age": -1, "old": -1}
)

var seriesAt = index("series")

func index(name string) int {
	return slices.IndexFunc(cluster.JoinFeatures, func(f cluster.Feature) bool { return f.Name == name })
}

// start is the rule that makes the first rows.
const start = `version 0
join
least .5
alone .5
bias -3.6
story 7.5
closest 7.5
age -1
old -1
gap -1
series -12
merge
least .5
bias -4.5
mean 15
age -1
old -1
large
least .5
bias -3
mean 5
ratio 5
age -1
old -1
gap -1
`

func main() {
	data := flag.String("data", "../shared/data/clusters", "folder of the collections")
	score := flag.String("score", "", "file of a model: print what it reaches and how long it takes, and learn nothing")
	out := flag.String("out", "", "file to write the model to; it is printed if there is none")
	flag.Parse()
	if err := run(*data, *out, *score); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(data, out, score string) error {
	var sets []*set
	for _, name := range collections {
		s, err := read(filepath.Join(data, name))
		if err != nil {
			return err
		}
		sets = append(sets, s)
		if slices.Contains(largeEvents, name) {
			sets = append(sets, s.atOnce())
		}
		if name == streamName {
			f, err := s.folded(filepath.Join(data, name, "dense_dates.tsv.gz"))
			if err != nil {
				return err
			}
			sets = append(sets, f)
		}
	}
	streams := filepath.Join(data, "..", "stream")
	p, err := streamSet(streams, streamPairsName, streamLabels)
	if err != nil {
		return err
	}
	days, err := streamSet(streams, streamDaysName, streamDays)
	if err != nil {
		return err
	}
	sets = append(sets, p, p.headlines(streamHeadlinesName), days)
	w, err := world()
	if err != nil {
		return err
	}
	sets = append(sets, w)
	if score != "" {
		return scoreAll(sets, score)
	}
	model, err := cluster.ParseModel(start)
	if err != nil {
		return err
	}
	rows := make([]learned, len(sets))
	for n := range rounds {
		for i, s := range sets {
			if s.name != streamName {
				s.place(model, &rows[i])
			}
		}
		if model, err = learn(sets, rows, ""); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "round %d\n", n+1)
	}
	if model, err = shipped(model); err != nil {
		return err
	}
	var text strings.Builder
	text.WriteString(head)
	fmt.Fprintf(&text, "#\n# %-24s %-26s %s\n", "", "with these weights", "left out")
	for _, s := range sets {
		all := s.score(s.place(model, nil))
		without, err := learn(sets, rows, s.name)
		if err == nil {
			without, err = shipped(without)
		}
		if err != nil {
			return err
		}
		left := s.score(s.place(without, nil))
		line := fmt.Sprintf("# %-24s %-26s %s", s.name, all, left)
		text.WriteString(strings.TrimRight(line, " ") + "\n")
		fmt.Fprintln(os.Stderr, line)
	}
	text.WriteString("\n")
	if _, err := model.WriteTo(&text); err != nil {
		return err
	}
	if out == "" {
		_, err = io.WriteString(os.Stdout, text.String())
		return err
	}
	return os.WriteFile(out, []byte(text.String()), 0o644) //nolint:gosec // for everybody to read
}

const head = `# The weights by which package cluster decides whether a document belongs to a story ("join") and
# whether two stories are one ("merge", and "large" where one of them has six reports or more): the
# log-odds are the bias and each feature times its weight. Learned by internal/cluster/train; do not edit, learn again.
#
# What they reach: F (precision/recall), BCubed where stories are labelled, of pairs where
# pairs are, and the share of stories of which two sides stand together and nothing else with
# them. "Left out": with weights learned from the other collections only.
`

// String is for the table of figures.
func (r result) String() string {
	s := fmt.Sprintf("%.3f (%.3f/%.3f)", r.f, r.precision, r.recall)
	if r.both >= 0 {
		s += fmt.Sprintf(" %.3f", r.both)
	}
	return s
}

// A learned is what a collection has to teach.
type learned struct{ join, merge, large []row }

// place places the documents of s, and adds to rows, unless these are nil, what was measured.
func (s *set) place(model *cluster.Model, rows *learned) map[string]string {
	options := cluster.Options{Model: model, OneLanguage: true}
	if rows != nil {
		options.OnJoin = func(id string, measured []cluster.Measured) {
			yes, no := 0, 0
			for _, m := range measured {
				if m.Features[seriesAt] == 1 {
					continue // decided by hand
				}
				if answer, n := s.same(id, m.Members); n > 0 {
					if answer >= .5 {
						yes++
					} else {
						no++
					}
					if answer >= .5 && yes > mostYes || answer < .5 && no > mostNo {
						continue
					}
					weight := 1.0
					if answer >= .5 {
						weight = yesWeight
					}
					rows.join = append(rows.join, row{m.Features, answer, weight})
				}
			}
		}
		options.OnMerge = func(m cluster.Merging) {
			yes, all := 0.0, 0.0
			for _, id := range m.Members {
				answer, n := s.same(id, m.Others)
				yes += answer * float64(n)
				all += float64(n)
			}
			if all > 0 {
				// A wrong merge of large stories does more harm.
				answer := yes / all
				// Of large stories too, although these are decided by Large: there is more to see in them.
				rows.merge = append(rows.merge, row{m.Features, answer, math.Sqrt(all)})
				if m.Large != nil {
					rows.large = append(rows.large, row{m.Large, answer, math.Sqrt(all)})
				}
			}
		}
	}
	c := cluster.NewClusterer(options)
	var standing cluster.Standing
	for _, d := range s.docs {
		standing.Take(d.ID, c.Add(d))
	}
	of := map[string]string{}
	for _, d := range s.docs {
		of[d.ID] = standing.Of(d.ID)
	}
	return of
}

// twins are collections of the same documents, but for those that came at once: who leaves out one leaves out the other too.
var twins = map[string]string{
	foldedName: streamName, streamPairsName: streamHeadlinesName, streamHeadlinesName: streamPairsName,
}

// twin returns the name of the collection that has the documents of the named one, or "".
func twin(name string) string {
	if once, ok := strings.CutSuffix(name, atOnce); ok {
		return once
	}
	if slices.Contains(largeEvents, name) {
		return name + atOnce
	}
	return twins[name]
}

// learn returns the model of all collections but the named one and its twin.
func learn(sets []*set, rows []learned, without string) (*cluster.Model, error) {
	var all learned
	for i, s := range sets {
		weight := 1.0
		switch {
		case s.name == streamName || s.name == without || without != "" && twin(s.name) == without:
			continue
		case s.name == streamPairsName, s.name == streamDaysName:
			weight = pairsWeight
		case s.name == foldedName:
			weight = foldedWeight
		case s.name == streamHeadlinesName:
			weight = headlinesWeight
		case s.name == worldName:
			weight = worldWeight
		}
		all.large = append(all.large, level(rows[i].large, weight)...)
		if strings.HasSuffix(s.name, atOnce) {
			continue // its times are nobody's: what they would teach of joining is not so
		}
		all.join = append(all.join, level(rows[i].join, weight)...)
		all.merge = append(all.merge, level(rows[i].merge, weight)...)
	}
	if len(all.join) == 0 || len(all.merge) == 0 || len(all.large) == 0 {
		return nil, errors.New("nothing to learn from")
	}
	m := &cluster.Model{
		Version: version,
		Join:    fit(all.join, cluster.JoinFeatures, joinByHand),
		Merge:   fit(all.merge, cluster.MergeFeatures, mergeByHand),
		Large:   fit(all.large, cluster.LargeFeatures, mergeByHand),
	}
	m.Join.Least, m.Alone, m.Merge.Least, m.Large.Least = leastJoin, leastJoin, learningMerge, learningMerge
	return rounded(m)
}

// shipped returns m with the thresholds that a hub needs.
func shipped(m *cluster.Model) (*cluster.Model, error) {
	m.Join.Least, m.Alone, m.Merge.Least, m.Large.Least = leastJoin, leastAlone, leastMerge, leastLarge
	return rounded(m)
}

// rounded returns m as it will be read.
func rounded(m *cluster.Model) (*cluster.Model, error) {
	var text bytes.Buffer
	if _, err := m.WriteTo(&text); err != nil {
		return nil, err
	}
	return cluster.ParseModel(text.String())
}

// scoreAll prints what the model in a file reaches.
func scoreAll(sets []*set, file string) error {
	text, err := os.ReadFile(file) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	model, err := cluster.ParseModel(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, s := range sets {
		start := time.Now()
		of := s.place(model, nil)
		_, _ = fmt.Fprintf(os.Stdout, "%-24s %-28s %.1fs\n", s.name, s.score(of), time.Since(start).Seconds())
	}
	return nil
}
