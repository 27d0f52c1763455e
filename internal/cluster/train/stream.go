package main

import (
	"cmp"
	"crypto/sha256"
	_ "embed" // the labels
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/mail"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"parallax/internal/cluster"
	"parallax/internal/lang"
)

// streamPairsName is the collection that was labelled in real feeds: the only real one with
// honest times of day, and with what else was told in the same hours.
const streamPairsName = "stream_pairs"

// streamHeadlinesName is the same without the texts: a hub has outlets that send headlines only.
const streamHeadlinesName = "stream_headlines"

// streamDaysName is the collection of whole days: each item of them is labelled, and most stand
// alone, as in a hub.
const streamDaysName = "stream_days"

var (
	//go:embed testdata/stream/labels.tsv
	streamLabels string

	//go:embed testdata/stream/days.tsv
	streamDays string
)

// A window is a part of a stream of which some items are labelled.
type window struct {
	folder   string
	from, to time.Time
}

// parseLabels reads testdata/stream/labels.tsv: the windows, and the story of each labelled item.
// One that stands alone has a story of its own.
func parseLabels(text string) (windows []window, story map[string]string, err error) {
	story = map[string]string{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		f := strings.Split(strings.TrimSpace(line), "\t")
		switch {
		case len(f) == 5 && f[0] == "# window":
			w := window{folder: f[2]}
			var begin, end error
			w.from, begin = time.Parse(time.RFC3339, f[3])
			w.to, end = time.Parse(time.RFC3339, f[4])
			if err := errors.Join(begin, end); err != nil {
				return nil, nil, fmt.Errorf("labels of streams, line %d: %w", n, err)
			}
			windows = append(windows, w)
		case strings.HasPrefix(line, "#") || f[0] == "":
		case len(f) != 2 || story[f[0]] != "":
			return nil, nil, fmt.Errorf("labels of streams, line %d: not an id, a tab and a story, or labelled before", n)
		case f[1] == "-":
			story[f[0]] = "alone " + f[0]
		default:
			story[f[0]] = f[1]
		}
	}
	return windows, story, nil
}

// streamSet returns the collection of that name which labels make of the streams in dir.
func streamSet(dir, name, labels string) (*set, error) {
	windows, story, err := parseLabels(labels)
	if err != nil {
		return nil, err
	}
	s := &set{name: name, story: story, saga: map[string]string{}}
	for _, name := range story {
		if at := strings.LastIndexByte(name, '/'); strings.Count(name, "/") == 2 {
			s.saga[name] = name[:at]
		}
	}
	known := map[string]bool{}
	for _, w := range windows {
		if err := eachLine(filepath.Join(dir, w.folder, "items.jsonl.gz"), func(line []byte) error {
			var i item
			if err := json.Unmarshal(line, &i); err != nil {
				return err
			}
			d, ok := i.doc()
			// An item that stands in two feeds of an outlet is one.
			twice := d.Source + "\n" + d.Title
			if !ok || known[d.ID] || known[twice] {
				return nil
			}
			known[d.ID], known[twice] = true, true
			if !d.At.Before(w.from) && d.At.Before(w.to) {
				s.docs = append(s.docs, d)
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(s.docs, func(a, b cluster.Doc) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	found := 0
	for i := range s.docs {
		if story[s.docs[i].ID] != "" {
			found++
		}
		s.docs[i].Prepare()
	}
	if found != len(story) {
		return nil, fmt.Errorf("of %d labelled items of streams, %d are in %s", len(story), found, dir)
	}
	return s, nil
}

// headlines returns s without the texts.
func (s *set) headlines(name string) *set {
	h := *s
	h.name = name
	h.docs = slices.Clone(s.docs)
	for i := range h.docs {
		d := &h.docs[i]
		d.Text = ""
		d.Prepare()
	}
	return &h
}

// An item is a line of a stream.
type item struct {
	URL, Link, Outlet, Feed string
	Published, Pub          string
	Summary                 string
	Desc, Titles            [][2]string
	FirstSeen               time.Time `json:"first_seen"`
}

// doc returns what clustering reads of i as it was first seen. Its time is what the outlet says,
// unless that is unreadable, of another century, or later than when it was seen.
func (i *item) doc() (d cluster.Doc, ok bool) {
	if len(i.Titles) == 0 {
		return d, false
	}
	d.Title, d.Text, d.Source = plain(i.Titles[0][1]), plain(i.Summary), i.Outlet+i.Feed
	if d.Text == "" && len(i.Desc) > 0 {
		d.Text = plain(i.Desc[0][1])
	}
	hash := sha256.Sum256([]byte(i.URL + i.Link + "\n" + d.Title))
	d.ID = hex.EncodeToString(hash[:6])
	said := i.Published + i.Pub
	at, err := time.Parse(time.RFC3339, said)
	if err != nil {
		at, err = mail.ParseDate(said)
	}
	if err != nil || at.Year() < 2000 || at.After(i.FirstSeen) {
		at = i.FirstSeen
	}
	d.At = at.UTC().Truncate(time.Second)
	d.Language = lang.Detect(d.Title+"\n"+d.Text, "")
	return d, d.Title != ""
}

var markup = regexp.MustCompile(`(?s)<[^>]*>`)

// plain returns a line of text without markup.
func plain(s string) string {
	return strings.Join(strings.Fields(html.UnescapeString(markup.ReplaceAllString(s, " "))), " ")
}
