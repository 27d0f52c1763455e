package feed_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

var relPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]*$`)

// atom checks Atom (RFC 4287), feed paging (RFC 5005) and tombstones (RFC 6721).
func (c *checker) atom(feed *node) {
	if feed.name.Local != "feed" || feed.name.Space != nsAtom {
		c.wrong("no Atom feed: %v", feed)
		return
	}
	c.container(feed, true, "id title updated", "subtitle generator icon logo rights", "author contributor category link entry")
	entries := feed.all(nsAtom, "entry")
	ids := map[string]bool{}
	for _, e := range entries {
		c.atomEntry(e, ids)
	}
	// §4.1.1: an author of the feed, or of each entry.
	if len(feed.all(nsAtom, "author")) == 0 {
		for _, e := range entries {
			if len(e.all(nsAtom, "author")) == 0 {
				c.wrong("an entry without an author, in a feed without one")
			}
		}
	}
	c.deleted(feed)
	// RFC 5005 §3 and §4: one document of each kind.
	for rel := range strings.FieldsSeq("first last previous next prev-archive next-archive current self") {
		n := 0
		for _, l := range feed.all(nsAtom, "link") {
			if l.attr("rel") == rel {
				n++
			}
		}
		if n > 1 {
			c.wrong("%d links rel=%s", n, rel)
		}
	}
	if archive, complete := c.one(feed, nsFH, "archive", false), c.one(feed, nsFH, "complete", false); archive != nil && complete != nil {
		c.wrong("an archive that is complete")
	}
}

// container checks what feeds, entries and sources have in common.
func (c *checker) container(n *node, must bool, one, maybe, any string) {
	known := strings.Fields(one + " " + maybe + " " + any)
	for _, child := range n.nodes {
		if child.name.Space == nsAtom && !slices.Contains(known, child.name.Local) {
			c.wrong("%v has no <%s>", n, child.name.Local)
		}
	}
	for local := range strings.FieldsSeq(one) {
		c.one(n, nsAtom, local, must)
	}
	for local := range strings.FieldsSeq(maybe) {
		c.one(n, nsAtom, local, false)
	}
	forms := map[string]bool{}
	for _, child := range n.nodes {
		if child.name.Space != nsAtom {
			continue
		}
		switch child.name.Local {
		case "id":
			c.absolute(child, child.text)
		case "icon", "logo":
			c.reference(child, child.text)
		case "updated", "published":
			c.rfc3339(child, child.text)
		case "title", "subtitle", "rights", "summary", "content":
			if t := child.attr("type"); t != "" && t != "text" && t != "html" || len(child.nodes) > 0 {
				c.wrong("%v of type %q", child, t)
			}
		case "author", "contributor":
			c.person(child)
		case "category":
			if child.attr("term") == "" {
				c.wrong("a category without a term")
			}
			if scheme, ok := child.has("scheme"); ok {
				c.absolute(child, scheme)
			}
		case "generator":
			if uri, ok := child.has("uri"); ok {
				c.reference(child, uri)
			}
			if strings.TrimSpace(child.text) == "" {
				c.wrong("a generator without a name")
			}
		case "link":
			c.link(child)
			if rel := child.attr("rel"); rel == "" || rel == "alternate" {
				form := strings.ToLower(child.attr("type") + " " + child.attr("hreflang"))
				if forms[form] {
					c.wrong("%v: two alternates of one type and language (%s)", n, form)
				}
				forms[form] = true
			}
		}
	}
}

func (c *checker) atomEntry(e *node, ids map[string]bool) {
	c.container(e, true, "id title updated", "summary content published rights source", "author contributor category link")
	for _, id := range e.all(nsAtom, "id") {
		if ids[id.text] {
			c.wrong("two entries have the id %q", id.text)
		}
		ids[id.text] = true
	}
	alternate := false
	for _, l := range e.all(nsAtom, "link") {
		rel := l.attr("rel")
		alternate = alternate || rel == "" || rel == "alternate"
	}
	if !alternate && len(e.all(nsAtom, "content")) == 0 {
		c.wrong("an entry with neither content nor alternate link") // §4.1.2
	}
	for _, s := range e.all(nsAtom, "source") {
		c.container(s, false, "id title updated", "subtitle generator icon logo rights", "author contributor category link")
	}
	for _, r := range e.all("http://purl.org/syndication/thread/1.0", "in-reply-to") { // RFC 4685 §3
		c.absolute(r, r.attr("ref"))
	}
}

// link checks atom:link (§4.2.7).
func (c *checker) link(l *node) {
	c.reference(l, l.attr("href"))
	if rel, ok := l.has("rel"); ok && !relPattern.MatchString(rel) {
		c.absolute(l, rel)
	}
	if t, ok := l.has("type"); ok {
		c.mime(l, t)
	}
	if lang, ok := l.has("hreflang"); ok {
		c.language(l, lang)
	}
	if n, ok := l.has("length"); ok {
		c.number(l, n, 0, 1<<62)
	}
}

// person checks a person construct (§3.2).
func (c *checker) person(p *node) {
	if name := c.one(p, nsAtom, "name", true); name != nil && strings.TrimSpace(name.text) == "" {
		c.wrong("%v without a name", p)
	}
	if uri := c.one(p, nsAtom, "uri", false); uri != nil {
		c.reference(uri, uri.text)
	}
	if mail := c.one(p, nsAtom, "email", false); mail != nil {
		if at := strings.IndexByte(mail.text, '@'); at < 1 || at == len(mail.text)-1 {
			c.wrong("no address: %q", mail.text)
		}
	}
}

// json checks JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).
func (c *checker) json(doc []byte) {
	var f map[string]any
	if err := json.Unmarshal(doc, &f); err != nil {
		c.wrong("no JSON: %v", err)
		return
	}
	c.members(f, "the feed", "version title items", map[string]string{
		"version": "string", "title": "string", "home_page_url": "url", "feed_url": "url", "description": "string", "user_comment": "string",
		"next_url": "url", "icon": "url", "favicon": "url", "authors": "list", "language": "language", "expired": "bool", "hubs": "list", "items": "list",
	})
	if f["version"] != "https://jsonfeed.org/version/1.1" || f["title"] == "" {
		c.wrong("version %v, title %q", f["version"], f["title"])
	}
	if next, ok := f["next_url"]; ok && next == f["feed_url"] {
		c.wrong("next_url is feed_url")
	}
	c.authors(f)
	hubs, _ := f["hubs"].([]any)
	for _, hub := range hubs {
		c.members(hub, "a hub", "type url", map[string]string{"type": "string", "url": "url"})
	}
	ids := map[any]bool{}
	items, _ := f["items"].([]any)
	for _, item := range items {
		c.members(item, "an item", "id", map[string]string{
			"id": "string", "url": "url", "external_url": "url", "title": "string", "content_html": "string", "content_text": "string",
			"summary": "string", "image": "url", "banner_image": "url", "date_published": "date", "date_modified": "date", "authors": "list",
			"tags": "list", "language": "language", "attachments": "list",
		})
		m, _ := item.(map[string]any)
		if ids[m["id"]] || m["id"] == "" {
			c.wrong("the id %q is empty or of another item", m["id"])
		}
		ids[m["id"]] = true
		if m["content_html"] == nil && m["content_text"] == nil {
			c.wrong("an item without content")
		}
		c.authors(m)
		tags, _ := m["tags"].([]any)
		for _, tag := range tags {
			if _, ok := tag.(string); !ok {
				c.wrong("a tag that is no string: %v", tag)
			}
		}
		files, _ := m["attachments"].([]any)
		for _, file := range files {
			c.members(file, "an attachment", "url mime_type", map[string]string{
				"url": "url", "mime_type": "mime", "title": "string", "size_in_bytes": "number", "duration_in_seconds": "number",
			})
		}
	}
}

func (c *checker) authors(m map[string]any) {
	authors, _ := m["authors"].([]any)
	for _, a := range authors {
		c.members(a, "an author", "", map[string]string{"name": "string", "url": "url", "avatar": "url"})
		if who, _ := a.(map[string]any); len(who) == 0 {
			c.wrong("an author who is nobody")
		}
	}
}

// members checks the members of an object: those it must have, and what each is.
func (c *checker) members(v any, what, must string, kinds map[string]string) {
	m, ok := v.(map[string]any)
	if !ok {
		c.wrong("%s is no object", what)
		return
	}
	for name := range strings.FieldsSeq(must) {
		if _, ok := m[name]; !ok {
			c.wrong("%s has no %s", what, name)
		}
	}
	for name, v := range m {
		kind, ok := kinds[name]
		if !ok {
			if !strings.HasPrefix(name, "_") {
				c.wrong("%s has %s", what, name)
			}
			continue
		}
		s, isString := v.(string)
		where := &node{}
		where.name.Local = name
		switch kind {
		case "list":
			_, ok = v.([]any)
		case "bool":
			_, ok = v.(bool)
		case "number":
			_, ok = v.(float64)
		default:
			ok = isString
		}
		if !ok {
			c.wrong("%s: %s is no %s: %v", what, name, kind, v)
			continue
		}
		switch kind {
		case "url":
			c.reference(where, s)
		case "date":
			c.rfc3339(where, s)
		case "mime":
			c.mime(where, s)
		case "language":
			c.language(where, s)
		}
	}
}
