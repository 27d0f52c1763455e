package feed

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
)

// A jsonMore is what an entry says and JSON Feed has no word for, as members of
// _parallax: each field under its name in lower case, words apart by _, and the same
// inside of it; what is zero is left out.
type jsonMore struct {
	License      string
	Terms        *Terms
	Created      time.Time
	Expired      time.Time
	Publisher    *Person
	Contributors []Person
	Comments     string
	CommentsFeed string
	CommentCount int
	Thread       *Thread
	Place        *Place
	Podcast      *Podcast
	DC           *DC
	Media        []Media
	Thumbnails   []Thumbnail
	Block        bool
	Explicit     string
}

// A jsonFeedMore is the same of a feed.
type jsonFeedMore struct {
	ID           string
	License      string
	Terms        *Terms
	Published    time.Time
	Updated      time.Time
	Created      time.Time
	Publisher    *Person
	Contributors []Person
	Categories   []Category
	Generator    Generator
	Place        *Place
	Podcast      *Podcast
	DC           *DC
	Complete     bool
	Archive      bool
	Block        bool
	Explicit     string
	Deleted      []Deleted
}

func moreOf(e *Entry) jsonMore {
	return jsonMore{
		License: e.License, Terms: e.Terms, Created: e.Created, Expired: e.Expired, Publisher: e.Publisher, Contributors: e.Contributors,
		Comments: e.Comments, CommentsFeed: e.CommentsFeed, CommentCount: max(0, e.CommentCount), Thread: e.Thread, Place: e.Place,
		Podcast: e.Podcast, DC: e.DC, Media: e.Media, Thumbnails: e.Thumbnails, Block: e.Block, Explicit: e.Explicit,
	}
}

// give sets what the entry does not say otherwise.
func (m *jsonMore) give(e *Entry) {
	e.License, e.Terms, e.Created, e.Expired, e.Publisher, e.Contributors = m.License, m.Terms, m.Created, m.Expired, m.Publisher, m.Contributors
	e.Comments, e.CommentsFeed, e.CommentCount, e.Thread, e.Place = m.Comments, m.CommentsFeed, m.CommentCount, m.Thread, m.Place
	e.Podcast, e.DC, e.Media, e.Thumbnails, e.Block, e.Explicit = m.Podcast, m.DC, m.Media, m.Thumbnails, m.Block, m.Explicit
}

func feedMoreOf(f *Feed) jsonFeedMore {
	m := jsonFeedMore{
		License: f.License, Terms: f.Terms, Published: f.Published, Updated: f.Updated, Created: f.Created, Publisher: f.Publisher,
		Contributors: f.Contributors, Categories: f.Categories, Generator: f.Generator, Place: f.Place, Podcast: f.Podcast, DC: f.DC,
		Complete: f.Complete, Archive: f.Archive, Block: f.Block, Explicit: f.Explicit, Deleted: f.Deleted,
	}
	if tidy(f.ID) != tidy(f.Self) {
		m.ID = f.ID
	}
	return m
}

func (m *jsonFeedMore) give(f *Feed) {
	f.License, f.Terms, f.Published, f.Updated, f.Created, f.Publisher = m.License, m.Terms, m.Published, m.Updated, m.Created, m.Publisher
	f.Contributors, f.Categories, f.Generator, f.Place, f.Podcast, f.DC = m.Contributors, m.Categories, m.Generator, m.Place, m.Podcast, m.DC
	f.Complete, f.Archive, f.Block, f.Explicit, f.Deleted = m.Complete, m.Archive, m.Block, m.Explicit, m.Deleted
	if m.ID != "" {
		f.ID = m.ID
	}
}

// said returns what v says as members of an object, nil if it says nothing.
func said(v any) map[string]any {
	if reflect.ValueOf(v).IsZero() {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil // unreachable but for times of a year of five digits
	}
	var tree any
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if dec.Decode(&tree) != nil {
		return nil // unreachable: it was written a moment ago
	}
	m, _ := saidOf(tree).(map[string]any)
	return m
}

// saidOf leaves out of a value what is zero, and spells its names as JSON Feed does.
func saidOf(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, one := range v {
			if one = saidOf(one); one != nil {
				out[snake(name)] = one
			}
		}
		if len(out) > 0 {
			return out
		}
	case []any:
		var out []any
		for _, one := range v {
			said := saidOf(one)
			if _, ok := one.(map[string]any); ok && said == nil {
				said = map[string]any{} // a point may be zero, and still counts
			}
			if said != nil {
				out = append(out, said)
			}
		}
		if out != nil {
			return out
		}
	case string:
		if v = tidy(v); v != "" && v != "0001-01-01T00:00:00Z" {
			return v
		}
	case json.Number:
		if v != "0" {
			return v
		}
	case bool:
		if v {
			return v
		}
	}
	return nil
}

// snake writes "NewFeedURL" as "new_feed_url".
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 && (name[i-1] >= 'a' || i+1 < len(name) && name[i+1] >= 'a') {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// more reads what said wrote, within the limit AllParts. What is of another type is
// passed over.
func (p *jsonParser) more(raw jsonValue, to any) {
	values := bytes.Count(raw, []byte{','}) + bytes.Count(raw, []byte{'['}) + bytes.Count(raw, []byte{'{'})
	if !p.tally.take(values) {
		return
	}
	var tree any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if dec.Decode(&tree) != nil {
		return
	}
	b, err := json.Marshal(camel(tree))
	if err != nil {
		return // unreachable: it was read a moment ago
	}
	// What does not fit is an error, after which all that does is there.
	_ = json.Unmarshal(b, to)
}

// camel takes the _ out of names: to encoding/json, letter case makes no difference.
func camel(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) { // two may become one
			out[strings.ReplaceAll(name, "_", "")] = camel(v[name])
		}
		return out
	case []any:
		for i := range v {
			v[i] = camel(v[i])
		}
	}
	return v
}
