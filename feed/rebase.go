package feed

import "strings"

// rebase makes the relative URLs in an HTML fragment absolute. Of all else it changes
// no byte, and where there is nothing to do it returns s itself.
//
// It reads tags as browsers do (HTML §13.2.5), but knows of no tree: what is no tag,
// or inside of a comment or a script, is passed over.
func rebase(s, baseURL string) string {
	r := rebaser{s: s, url: baseURL}
	for i := strings.IndexByte(s, '<'); i >= 0 && i+1 < len(s); {
		i = r.markup(i)
		next := strings.IndexByte(s[i:], '<')
		if next < 0 {
			break
		}
		i += next
	}
	if r.out == nil {
		return s
	}
	return string(append(r.out, s[r.done:]...))
}

type rebaser struct {
	s, url string
	base   *base
	out    []byte
	done   int // up to where s is in out
}

// rawText are the elements in which there are no tags.
var rawText = set("script style textarea title xmp iframe noembed noframes")

// markup passes over what the < at i starts. It returns where to go on.
func (r *rebaser) markup(i int) int {
	s := r.s
	if strings.HasPrefix(s[i:], "<!--") {
		if end := strings.Index(s[i+4:], "-->"); end >= 0 {
			return i + 4 + end + 3
		}
		return len(s)
	}
	if !isLetter(s[i+1]) {
		return i + 1
	}
	start := i + 1
	for i = start; i < len(s) && !isSpace(s[i]) && s[i] != '/' && s[i] != '>'; i++ {
	}
	tag := strings.ToLower(s[start:i])
	for i < len(s) && s[i] != '>' {
		if isSpace(s[i]) || s[i] == '/' {
			i++
			continue
		}
		start = i
		for i++; i < len(s) && !isSpace(s[i]) && s[i] != '/' && s[i] != '>' && s[i] != '='; i++ {
		}
		name := s[start:i]
		for i < len(s) && isSpace(s[i]) {
			i++
		}
		if i == len(s) || s[i] != '=' {
			continue
		}
		for i++; i < len(s) && isSpace(s[i]); i++ {
		}
		if i == len(s) {
			return i
		}
		start = i
		if quote := s[i]; quote == '"' || quote == '\'' {
			end := strings.IndexByte(s[i+1:], quote)
			if end < 0 {
				return len(s)
			}
			i += end + 2
			r.attr(tag, name, start, i, quote)
			continue
		}
		for i < len(s) && !isSpace(s[i]) && s[i] != '>' {
			i++
		}
		r.attr(tag, name, start, i, 0)
	}
	if rawText[tag] {
		for i < len(s) {
			end := strings.Index(s[i:], "</")
			if end < 0 {
				return len(s)
			}
			if i += end; len(s)-i > 2+len(tag) && strings.EqualFold(s[i+2:i+2+len(tag)], tag) {
				return i + 2
			}
			i += 2
		}
	}
	return i
}

// attr looks at an attribute whose value, with its quotes, is s[start:end].
func (r *rebaser) attr(tag, name string, start, end int, quote byte) {
	kind := urlAttrs[name]
	if kind == noURL {
		if name = strings.ToLower(name); urlAttrs[name] == noURL {
			return
		}
		kind = urlAttrs[name]
	}
	if name == "data" && tag != "object" {
		return
	}
	value := r.s[start:end]
	if quote != 0 {
		value = value[1 : len(value)-1]
	}
	if strings.IndexByte(value, '&') >= 0 {
		value = string(new(entities).append(nil, []byte(value)))
	}
	next := value
	if kind == listOfURLs {
		next = r.list(value)
	} else if ref := strings.TrimSpace(value); ref != "" && (ref[0] != '#' || tag == "a" || tag == "area") {
		next = r.resolve(ref)
		if next == ref {
			return // white space around it is no reason to touch it
		}
	}
	if next == value {
		return
	}
	r.out = append(r.out, r.s[r.done:start]...)
	if quote == '\'' {
		r.out = append(r.out, quote)
		r.out = escape(r.out, []byte(next), quote, "&#39;")
	} else {
		quote = '"'
		r.out = append(r.out, quote)
		r.out = escapeAttr(r.out, []byte(next))
	}
	r.out = append(r.out, quote)
	r.done = end
}

func (r *rebaser) resolve(ref string) string {
	if absolute(ref) {
		return ref
	}
	if r.base == nil {
		r.base = splitBase(r.url)
	}
	return r.base.resolve(squeeze(ref))
}

// list resolves the URLs of a srcset: "a.jpg 1x, b.jpg 2x" (HTML §4.8.4.2).
func (r *rebaser) list(value string) string {
	var out []byte
	done := 0
	for i := 0; i < len(value); {
		for i < len(value) && (isSpace(value[i]) || value[i] == ',') {
			i++
		}
		start := i
		for i < len(value) && !isSpace(value[i]) {
			i++
		}
		ref := strings.TrimRight(value[start:i], ",")
		if next := r.resolve(ref); ref != "" && next != ref {
			out = append(out, value[done:start]...)
			out = append(out, next...)
			done = start + len(ref)
		}
		if len(ref) < i-start {
			continue // no description of its size follows
		}
		for deep := 0; i < len(value) && (value[i] != ',' || deep > 0); i++ {
			switch value[i] {
			case '(':
				deep++
			case ')':
				deep--
			}
		}
	}
	if out == nil {
		return value
	}
	return string(append(out, value[done:]...))
}

// What an attribute holds.
const (
	noURL = iota
	oneURL
	listOfURLs
)

// urlAttrs are the attributes of HTML, past and present, that hold URLs.
var urlAttrs = func() map[string]uint8 {
	m := map[string]uint8{"srcset": listOfURLs, "imagesrcset": listOfURLs}
	for name := range set("href src cite poster data longdesc action formaction background codebase classid usemap profile " +
		"lowsrc dynsrc xlink:href") {
		m[name] = oneURL
	}
	return m
}()
