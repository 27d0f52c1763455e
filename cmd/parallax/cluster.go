package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"parallax/internal/cluster"
	"parallax/internal/lang"
)

type clusterCmd struct {
	Why bool `help:"Say of each document why it stands where it stands, and as which language it was read."`
}

// Help implements kong's detailed help.
func (clusterCmd) Help() string {
	return `Puts documents that tell of one event into one story, as a hub does with its articles.
It reads one document a line from standard input, in the order of their time:
{"id", "title", "text", "published", "lang", "url", "source"}; only id and a title or a
text must be there. When the input ends it prints one line for each, {"id", "story"}, in
the same order: two documents of one story have the same there. In which order those of one
minute come does not matter. Documents of two languages share a story only where names,
numbers and places say so together; --why adds "why" to each line, and "lang", the
language as which a document was read.

Example:
  parallax cluster --why < articles.jsonl`
}

// A clusterDoc is a line of the input.
type clusterDoc struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Text      string `json:"text"`
	Published string `json:"published"`
	Language  string `json:"lang"`
	Source    string `json:"source"`
}

// A membership is a line of the output.
type membership struct {
	ID    string `json:"id"`
	Story string `json:"story"`
	Why   string `json:"why,omitempty"`
	Lang  string `json:"lang,omitempty"` // the language as which it was read
	line  int    // of the input
}

// Run implements the command. A line that cannot be read is told and passed over.
func (c clusterCmd) Run(e *env) error {
	var (
		in       = bufio.NewReaderSize(os.Stdin, maxDocument)
		list     []membership
		at       = map[string]int{}   // where in list a document stands
		members  = map[string][]int{} // likewise those of each story, if it is asked why
		engine   = cluster.NewClusterer(cluster.Options{})
		standing cluster.Standing
		minute   cluster.Minute
		wrong    int
	)
	place := func(docs []cluster.Doc) {
		for _, d := range docs {
			made := engine.Add(d)
			standing.Take(d.ID, made)
			if c.Why {
				tell(list, at, members, &d, &made)
			}
		}
	}
	for n := 1; ; n++ {
		raw, err := await(e.ctx, func() ([]byte, error) { return jobLine(in) })
		if errors.Is(err, io.EOF) && len(raw) == 0 {
			break
		}
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if raw = bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\ufeff"))); len(raw) == 0 && err == nil {
			continue
		}
		var d cluster.Doc
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			err = fmt.Errorf("more than %d bytes", maxDocument)
		default:
			d, err = docOf(raw)
		}
		if i, known := at[d.ID]; err == nil && known {
			err = fmt.Errorf("the id %q was there before, in line %d", d.ID, list[i].line)
		}
		if err != nil {
			wrong++
			_, _ = fmt.Fprintf(e.err, "parallax: standard input, line %d: %v\n", n, err)
			continue
		}
		at[d.ID] = len(list)
		list = append(list, membership{ID: d.ID, Lang: d.Language, line: n})
		place(minute.Take(d))
	}
	place(minute.Rest())
	out := bufio.NewWriter(e.out)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for _, p := range list {
		p.Story = standing.Of(p.ID)
		if !c.Why {
			p.Why, p.Lang = "", ""
		}
		if err := lines.Encode(p); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if wrong > 0 {
		return hinted{fmt.Errorf("%d of %d lines could not be read", wrong, wrong+len(list)), `a line is {"id": "...", "title": "...", "text": "...", "published": "2026-11-02T06:00:00Z", "lang": "en"}`}
	}
	return nil
}

// tell keeps why documents stand where they stand, as of a decision. The documents of a story that became
// part of another are told why it did.
func tell(list []membership, at map[string]int, members map[string][]int, d *cluster.Doc, made *cluster.Decision) {
	own := at[d.ID]
	list[own].Why = made.Why
	if made.Founded { // what merged afterwards may be the story that it founded
		members[made.StoryID] = []int{own}
	}
	for _, m := range made.Merges {
		for _, i := range members[m.From] {
			list[i].Why += fmt.Sprintf("; then its story became part of another, shown by %s: %s", d.ID, m.Why)
		}
		members[m.Into] = append(members[m.Into], members[m.From]...)
		delete(members, m.From)
	}
	to := made.StoryID
	for _, m := range made.Moves {
		i := at[m.ArticleID]
		list[i].Why += "; then: " + m.Why
		if i == own {
			to = m.To
			continue
		}
		members[m.From] = slices.DeleteFunc(members[m.From], func(j int) bool { return j == i })
		into := m.To
		for _, merged := range made.Merges { // these are told first
			if merged.From == into {
				into = merged.Into
			}
		}
		members[into] = append(members[into], i)
	}
	if !made.Founded { // then nothing moved
		members[to] = append(members[to], own)
	}
}

// docOf reads a line of the input.
func docOf(raw []byte) (cluster.Doc, error) {
	var l clusterDoc
	err := json.Unmarshal(raw, &l)
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && kind.Field != "" {
		return cluster.Doc{}, fmt.Errorf("no document: %s is of type %s and must be a string", kind.Field, kind.Value)
	} else if ok {
		return cluster.Doc{}, fmt.Errorf("no document: the line is of type %s and must be an object", kind.Value)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return cluster.Doc{}, fmt.Errorf("no document: it is no JSON from character %d on: %w", syntax.Offset, err)
	}
	if err != nil {
		return cluster.Doc{}, fmt.Errorf("no document: %w", err)
	}
	d := cluster.Doc{ID: l.ID, Title: l.Title, Text: l.Text, Source: l.Source}
	switch {
	case l.ID == "":
		return d, errors.New("the document has no id")
	case l.Title == "" && l.Text == "":
		return d, fmt.Errorf("%s has neither title nor text", l.ID)
	}
	if l.Published != "" {
		at, err := time.Parse(time.RFC3339, l.Published)
		if err != nil {
			at, err = time.Parse(time.DateOnly, l.Published)
			at = at.Add(12 * time.Hour) // the middle of the day is the nearest to all of it
		}
		if err != nil {
			return d, fmt.Errorf("%s: published is no time of RFC 3339, and no day: %q", l.ID, l.Published)
		}
		d.At = at
	}
	d.Language = lang.Detect(l.Title+"\n"+l.Text, l.Language)
	return d, nil
}
