package feed

import (
	"strconv"
	"strings"
	"time"
)

// entryLeaf handles what only entries have.
func (p *parser) entryLeaf(f *frame, value []byte) {
	e, r := p.entry, &p.er
	text := p.str(value)
	switch f.key {
	case "guid":
		if text != "" && better(&r.id, 4) {
			e.ID = text
			e.IDIsLink = !strings.EqualFold(strings.TrimSpace(f.attrs.get("ispermalink")), "false")
		}
	case "dc:identifier":
		if text != "" && better(&r.id, 2) {
			e.ID = text
		}
	case "description":
		p.summary(f.html(text), 5)
	case "atom:summary":
		p.summary(p.atomText(f, text), 6)
	case "abstract", "dc:description", "dcterms:abstract":
		p.summary(p.rssText(f, text), 4)
	case "itunes:summary":
		p.summary(p.rssText(f, text), 3)
	case "media:description", "itunes:subtitle":
		p.summary(p.rssText(f, text), 2)
	case "content:encoded":
		p.content(f.html(text), 5)
	case "xhtml:body", "body", "fullitem", "xhtml:div":
		p.content(f.html(text), 4)
	case "atom:content":
		if src := f.attrs.get("src"); src != "" {
			keep(&p.tally, &e.Enclosures, Enclosure{URL: f.resolve(src), Type: f.attrs.get("type")})
			return
		}
		p.content(p.atomText(f, text), 5)
	case "content":
		p.content(p.rssText(f, text), 3)
	case "enclosure":
		x := Enclosure{URL: f.resolve(f.attrs.get("url")), Type: strings.TrimSpace(f.attrs.get("type")), Length: strings.TrimSpace(f.attrs.get("length"))}
		if x.URL == "" {
			x.URL = f.resolve(f.attrs.get("href"))
		}
		if x.URL != "" {
			keep(&p.tally, &e.Enclosures, x)
			keep(&p.tally, &e.Links, Link{URL: x.URL, Rel: "enclosure", Type: x.Type, Length: x.Length})
		}
	case "source":
		e.Source = &Feed{Title: guessText(text), Self: f.resolve(f.attrs.get("url"))}
		if e.Source.Title.IsZero() && e.Source.Self == "" {
			e.Source = nil
		}
	case "dc:source":
		if e.Source == nil && text != "" {
			e.Source = &Feed{Title: guessText(text)}
			if absolute(text) {
				e.Source = &Feed{Link: resolve(nil, text)}
			}
		}
	case "comments":
		if e.Comments == "" {
			e.Comments = f.resolve(text)
		}
	case "wfw:commentrss":
		e.CommentsFeed = f.resolve(text)
	case "slash:comments", "thr:total":
		if n, err := strconv.Atoi(text); err == nil && n >= 0 {
			e.CommentCount = n
		}
	case "feedburner:origlink":
		if link := f.resolve(text); link != "" && better(&r.link, 6) {
			e.Link = link
			keep(&p.tally, &e.Links, Link{URL: link, Rel: "alternate"})
		}
	case "expirationdate":
		if t, ok := p.date(text); ok {
			e.Expired = t
		}
	case "itunes:duration":
		e.Duration = text
	case "media:credit":
		// Others made the picture (Media RSS, media:credit), not the text.
		if strings.EqualFold(f.attrs.get("role"), "author") {
			p.addPerson(p.common(inEntry), personOf(text), 1)
		}
	case "px:note":
		keep(&p.tally, &e.Notes, Note{Name: f.attrs.get("name"), Text: text, URL: f.resolve(f.attrs.get("href"))})
	default:
		p.rareLeaf(f, value)
	}
}

func (p *parser) summary(t Text, rank uint8) {
	if t.IsZero() || !better(&p.er.summary, rank) {
		return
	}
	p.entry.Summary = t
}

func (p *parser) content(t Text, rank uint8) {
	if t.IsZero() || !better(&p.er.content, rank) {
		return
	}
	p.entry.Content = t
}

// feedLeaf handles what only feeds have.
func (p *parser) feedLeaf(t *Feed, r *ranks, f *frame, value []byte) {
	text := p.str(value)
	describe := func(d Text, rank uint8) {
		if !d.IsZero() && better(&r.summary, rank) {
			t.Description = d
		}
	}
	switch f.key {
	case "description":
		describe(f.html(text), 5)
	case "atom:subtitle", "atom:tagline":
		describe(p.atomText(f, text), 5)
	case "dc:description", "abstract", "dcterms:abstract":
		describe(p.rssText(f, text), 4)
	case "itunes:summary":
		describe(p.rssText(f, text), 3)
	case "itunes:subtitle", "media:description":
		describe(p.rssText(f, text), 2)
	case "atom:info", "info":
		t.Info = p.atomText(f, text)
	case "guid", "dc:identifier":
		if better(&r.id, 2) {
			t.ID = text
		}
	case "generator", "atom:generator":
		t.Generator = Generator{Name: text, URL: f.attrs.get("uri"), Version: f.attrs.get("version")}
		if t.Generator.URL == "" {
			t.Generator.URL = f.attrs.get("url")
		}
		t.Generator.URL = f.resolve(t.Generator.URL)
	case "admin:generatoragent":
		if t.Generator == (Generator{}) {
			t.Generator.URL = f.resolve(f.attrs.get("resource"))
			t.Generator.Name = t.Generator.URL
		}
	case "atom:icon":
		t.Icon = f.resolve(text)
	case "atom:logo":
		t.Logo = f.resolve(text)
	case "logo":
		if href := f.resolve(f.attrs.get("href")); strings.EqualFold(f.attrs.get("style"), "icon") {
			t.Icon = href
		} else if href != "" {
			t.Logo = href
		}
	case "docs":
		t.Docs = f.resolve(text)
	case "ttl":
		if n, err := strconv.Atoi(text); err == nil && n > 0 && n < 1<<20 {
			t.TTL = time.Duration(n) * time.Minute
		}
	case "sy:updateperiod":
		if d := periods[strings.ToLower(text)]; d > 0 {
			t.UpdatePeriod = d
			p.divide(t)
		}
	case "sy:updatefrequency":
		if n, err := strconv.Atoi(text); err == nil && n > 0 && n < 1<<20 {
			p.frequency = n
			p.divide(t)
		}
	case "skiphours", "skipdays":
		p.skip(t, f.key, text)
	default:
		p.rareLeaf(f, value)
	}
}

var periods = map[string]time.Duration{
	"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour,
	"monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
}

// divide makes the period what the frequency says: so many updates in it.
func (p *parser) divide(t *Feed) {
	if p.frequency > 1 && t.UpdatePeriod > 0 {
		t.UpdatePeriod /= time.Duration(p.frequency)
		p.frequency = 0
	}
}

// skip reads the hours and days in which a publisher says that nothing new comes.
func (p *parser) skip(t *Feed, key, text string) {
	for word := range strings.FieldsSeq(text) {
		if key == "skiphours" {
			// Hour 24 is what some take midnight for.
			if n, err := strconv.Atoi(word); err == nil && n >= 0 && n <= 24 && len(t.SkipHours) < 24 {
				t.SkipHours = append(t.SkipHours, n%24)
			}
			continue
		}
		for day := time.Sunday; day <= time.Saturday; day++ {
			if strings.EqualFold(word, day.String()) && len(t.SkipDays) < 7 {
				t.SkipDays = append(t.SkipDays, day)
			}
		}
	}
}
