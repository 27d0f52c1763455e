package feed

import "strings"

// A Podcast is what a feed or an entry says as a podcast, in the elements of
// http://www.itunes.com/dtds/podcast-1.0.dtd and https://podcastindex.org/namespace/1.0.
type Podcast struct {
	// Of a feed.
	GUID       string // of the podcast, wherever its feed is
	Type       string // "episodic" or "serial"
	Medium     string // "podcast", "music", "newsletter", ...
	NewFeedURL string // where the feed has moved
	Locked     bool   // other platforms may not import it
	LockedBy   string // who to ask, an email address
	Funding    []Link // where to support it

	// Of an entry.
	Season      string // a number
	SeasonName  string
	Episode     string // a number
	EpisodeName string // how to show it: "Ch.3"
	EpisodeType string // "full", "trailer" or "bonus"
	Transcripts []Link // Rel "captions" where it has the times
	Chapters    []Link // the file with the chapters

	// Of either.
	People  []Credit
	License string // SPDX identifier, "cc-by-4.0"
}

// podcastOf returns the Podcast of what an element belongs to; nil if there is nothing.
func (p *parser) podcastOf(owner place) *Podcast {
	var at **Podcast
	switch f := p.feedOf(owner); {
	case owner == inEntry && p.entry != nil:
		at = &p.entry.Podcast
	case f != nil:
		at = &f.Podcast
	default:
		return nil
	}
	if *at == nil {
		*at = &Podcast{}
	}
	return *at
}

// feedOf returns the feed that an element belongs to, nil if it belongs to none.
func (p *parser) feedOf(owner place) *Feed {
	switch owner {
	case inFeed:
		return p.feed
	case inSource:
		return p.source
	}
	return nil
}

func (p *parser) podcastLeaf(f *frame, text string) {
	link := func(key string) Link {
		return Link{URL: f.resolve(f.attrs.get(key)), Type: f.attrs.get("type"), Language: languageTag(f.attrs.get("language")), Rel: f.attrs.get("rel")}
	}
	switch f.key {
	case "podcast:location":
		p.podcastLocation(f, text)
		return
	case "itunes:complete":
		if t := p.feedOf(f.owner); t != nil {
			t.Ended = strings.EqualFold(text, "yes")
		}
		return
	case "podcast:source":
		if x := p.alternate; p.entry != nil && f.owner == inEntry {
			if x.URL = f.resolve(f.attrs.get("uri")); x.URL != "" {
				if t := f.attrs.get("contenttype"); t != "" {
					x.Type = t
				}
				keep(&p.tally, &p.entry.Enclosures, x)
			}
		}
		return
	case "itunes:type", "itunes:new-feed-url", "itunes:season", "itunes:episode", "itunes:episodetype",
		"podcast:guid", "podcast:medium", "podcast:locked", "podcast:funding", "podcast:season", "podcast:episode",
		"podcast:transcript", "podcast:chapters", "podcast:person", "podcast:license":
	default:
		return
	}
	locked := strings.EqualFold(text, "yes") || strings.EqualFold(text, "true")
	if text == "" && len(f.attrs) == 0 || f.key == "podcast:locked" && !locked && f.attrs.get("owner") == "" {
		return
	}
	c := p.podcastOf(f.owner)
	if c == nil {
		return
	}
	switch f.key {
	case "itunes:type":
		c.Type = strings.ToLower(text)
	case "itunes:new-feed-url":
		c.NewFeedURL = f.resolve(text)
	case "itunes:season", "podcast:season":
		if c.Season == "" {
			c.Season = text
		}
		if name := f.attrs.get("name"); name != "" {
			c.SeasonName = name
		}
	case "itunes:episode", "podcast:episode":
		if c.Episode == "" {
			c.Episode = text
		}
		if name := f.attrs.get("display"); name != "" {
			c.EpisodeName = name
		}
	case "itunes:episodetype":
		c.EpisodeType = strings.ToLower(text)
	case "podcast:guid":
		c.GUID = text
	case "podcast:medium":
		c.Medium = text
	case "podcast:locked":
		c.Locked, c.LockedBy = locked, f.attrs.get("owner")
	case "podcast:funding":
		l := link("url")
		if l.Title = collapse(text); l.URL != "" {
			keep(&p.tally, &c.Funding, l)
		}
	case "podcast:transcript":
		if l := link("url"); l.URL != "" {
			keep(&p.tally, &c.Transcripts, l)
		}
	case "podcast:chapters":
		if l := link("url"); l.URL != "" {
			keep(&p.tally, &c.Chapters, l)
		}
	case "podcast:person":
		if text != "" {
			keep(&p.tally, &c.People, Credit{
				Name: collapse(text), Role: f.attrs.get("role"), Scheme: f.attrs.get("group"),
				URL: f.resolve(f.attrs.get("href")), Image: f.resolve(f.attrs.get("img")),
			})
		}
	case "podcast:license":
		c.License = text
		if url := f.resolve(f.attrs.get("url")); url != "" {
			if c := p.common(f.owner); c != nil && *c.license == "" {
				*c.license = url
			}
		}
	}
}

// openAlternate starts a podcast:alternateEnclosure: the same in another format, at
// each of its sources.
func (p *parser) openAlternate(f *frame) {
	p.alternate = Enclosure{Type: f.attrs.get("type"), Length: f.attrs.get("length"), Title: f.attrs.get("title")}
}
