package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"parallax/internal/cluster"
	"parallax/internal/lang"
)

// A set is a labelled collection.
type set struct {
	name  string
	docs  []cluster.Doc
	story map[string]string // of the labelled documents
	side  map[string]string // of these
	// saga says of stories that one goes on from the other: whether their documents belong
	// together is for readers to say, and counts for nothing. nil: of none.
	saga  map[string]string
	pairs map[[2]string]bool // or pairs of documents, and whether they tell of one event

	partner map[string]map[string]bool // pairs by either document
}

// maxLine is more than the longest document of the collections has.
const maxLine = 16 << 20

// read returns the set in dir.
func read(dir string) (*set, error) {
	s := &set{
		name: filepath.Base(dir), story: map[string]string{}, side: map[string]string{},
		pairs: map[[2]string]bool{}, partner: map[string]map[string]bool{},
	}
	err := eachLine(filepath.Join(dir, "docs.jsonl.gz"), func(line []byte) error {
		var d struct{ ID, Title, Text, Published, Lang, Source string }
		if err := json.Unmarshal(line, &d); err != nil {
			return err
		}
		at, err := moment(d.Published)
		if err != nil {
			return err
		}
		doc := cluster.Doc{
			ID: d.ID, Title: d.Title, Text: d.Text, At: at, Source: d.Source,
			Language: lang.Detect(d.Title+"\n"+d.Text, d.Lang),
		}
		doc.Prepare()
		s.docs = append(s.docs, doc)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = eachLine(filepath.Join(dir, "gold.jsonl"), func(line []byte) error {
		var g struct{ ID, Story, Side string }
		err := json.Unmarshal(line, &g)
		s.story[g.ID], s.side[g.ID] = g.Story, g.Side
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	err = eachLine(filepath.Join(dir, "pairs.jsonl"), func(line []byte) error {
		var p struct {
			A, B string
			Same bool
		}
		err := json.Unmarshal(line, &p)
		s.pairs[[2]string{p.A, p.B}] = p.Same
		for _, two := range [][2]string{{p.A, p.B}, {p.B, p.A}} {
			if s.partner[two[0]] == nil {
				s.partner[two[0]] = map[string]bool{}
			}
			s.partner[two[0]][two[1]] = p.Same
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return s, nil
}

// folded returns s with the dates of a file of lines "id TAB date", documents in their order.
func (s *set) folded(path string) (*set, error) {
	dates := map[string]time.Time{}
	err := eachLine(path, func(line []byte) error {
		id, date, _ := strings.Cut(strings.TrimSpace(string(line)), "\t")
		at, err := moment(date)
		dates[id] = at
		return err
	})
	if err != nil {
		return nil, err
	}
	f := *s
	f.name = foldedName
	f.docs = slices.Clone(s.docs)
	for i := range f.docs {
		f.docs[i].At = dates[f.docs[i].ID]
	}
	slices.SortStableFunc(f.docs, func(a, b cluster.Doc) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	return &f, nil
}

// atOnce is what the name of a collection ends with that came at once.
const atOnce = "_at_once"

// atOnce returns s as if one had come each second, in an order that has nothing to do with what they tell.
func (s *set) atOnce() *set {
	o := *s
	o.name += atOnce
	o.docs = slices.Clone(s.docs)
	key := func(d cluster.Doc) string { h := sha256.Sum256([]byte(d.ID)); return string(h[:]) }
	slices.SortFunc(o.docs, func(a, b cluster.Doc) int { return strings.Compare(key(a), key(b)) })
	begin := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	for i := range o.docs {
		o.docs[i].At = begin.Add(time.Duration(i) * time.Second)
	}
	return &o
}

// moment reads a time of RFC 3339, or a day, which counts as its noon; "" is the zero time.
func moment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at, nil
	}
	at, err := time.Parse(time.DateOnly, s)
	return at.Add(12 * time.Hour), err
}

// eachLine calls yield for each line of a file, which may be compressed.
func eachLine(path string, yield func([]byte) error) error {
	f, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		if err := yield(lines.Bytes()); err != nil {
			return fmt.Errorf("%s, line %d: %w", path, n, err)
		}
	}
	return lines.Err()
}

// same returns which share of the members whose answer is known tell of the event of id, and
// how many these are.
func (s *set) same(id string, members []string) (share float64, known int) {
	yes := 0
	gold := s.story[id]
	for _, m := range members {
		var is, ok bool
		if gold != "" {
			other := s.story[m]
			is, ok = other == gold, other != "" && (other == gold || !s.oneSaga(other, gold))
		} else {
			is, ok = s.partner[id][m]
		}
		if ok {
			known++
		}
		if ok && is {
			yes++
		}
	}
	if known == 0 {
		return 0, 0
	}
	return float64(yes) / float64(known), known
}

// oneSaga reports whether one of two stories goes on from the other.
func (s *set) oneSaga(a, b string) bool { return s.saga[a] != "" && s.saga[a] == s.saga[b] }
