package feed

import "strings"

// startRoot looks for the element that makes the document a feed.
func (p *parser) startRoot(f *frame) bool {
	if p.first == "" || p.first == "netscape" {
		if f.name.local == "html" {
			p.html = true
		}
	}
	netscape := p.first == "netscape"
	if !netscape {
		if p.first == "" {
			p.first = f.name.raw
		}
	}
	switch f.name.local {
	case "rss":
		p.root = rootRSS
		switch v := strings.TrimSpace(p.rawAttr("version")); {
		case v == "0.91" && netscape:
			p.feed.Format = RSS091N
		case v == "0.91":
			p.feed.Format = RSS091
		case v == "0.90" || v == "0.9":
			p.feed.Format = RSS090
		case v == "0.92":
			p.feed.Format = RSS092
		case v == "0.93":
			p.feed.Format = RSS093
		case v == "0.94":
			p.feed.Format = RSS094
		case strings.HasPrefix(v, "2"):
			p.feed.Format = RSS20
		default:
			p.feed.Format = RSS
			p.problem(p.lex.off, "an RSS document without a known version")
		}
		f.place = inDocument
	case "rdf":
		p.root, p.feed.Format = rootRSS, RSS10
		if strings.Contains(strings.ToLower(p.rawAttr("xmlns")), "rdf/simple/0.9") {
			p.feed.Format = RSS090
		}
		f.place = inDocument
	case "feed":
		if p.html {
			return false
		}
		p.root, p.feed.Format = rootAtom, Atom
		ns := strings.ToLower(p.rawAttr("xmlns"))
		if f.name.prefix != "" {
			ns = strings.ToLower(p.rawAttr("xmlns:" + f.name.prefix))
		}
		switch v := p.rawAttr("version"); {
		case strings.Contains(ns, "www.w3.org/2005/atom"):
			p.feed.Format = Atom10
		case strings.HasPrefix(ns, "http://purl.org/atom/ns"), v == "0.3":
			p.feed.Format = Atom03
		case v == "1.0":
			p.feed.Format = Atom10
		}
		f.place = inFeed
		p.feed.Language = f.lang
		f.attrs = p.keepAttrs()
	case "channel":
		if p.html {
			return false
		}
		p.root, p.feed.Format = rootRSS, RSS
		for i := range p.lex.attrs {
			if n := p.nameOf(p.lex.attrs[i].name).local; n == "href" || n == "self" || n == "base" || n == "lastmod" {
				p.root, p.feed.Format = rootCDF, CDF
			}
		}
		f.attrs = p.keepAttrs()
		f.place = p.openChannel(f)
	case "entry": // a document of its own (RFC 4287 §2)
		if f.key != "atom:entry" || p.first != f.name.raw {
			return false
		}
		p.root, p.feed.Format = rootAtom, Atom10
		f.attrs = p.keepAttrs()
		f.place = p.openEntry(f)
		return true
	default:
		return false
	}
	if p.root == rootRSS && f.lang != "" {
		p.feed.Language = f.lang
	}
	f.key = f.name.local
	return true
}
