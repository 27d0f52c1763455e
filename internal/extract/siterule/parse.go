package siterule

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"parallax/internal/extract/siterule/xpath"
	"parallax/internal/words"
)

const (
	// maxFile is how long a file can be, in bytes, and maxLines how many lines of it are read: of
	// some 2,000 the longest has 12 KB.
	maxFile, maxLines = 64 << 10, 1000
	// maxReplacements is how many texts of a page a rule can replace: each is a search through
	// the whole page.
	maxReplacements = 100
)

// A Problem is what is wrong in a file, and where. The other lines hold.
type Problem struct {
	File string
	Line int // from 1
	What string
	Hint string // may be ""
}

// String tells the problem in a line.
func (p Problem) String() string {
	s := fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.What)
	if p.Hint != "" {
		s += " (hint: " + p.Hint + ")"
	}
	return s
}

// directives are those that the package comment explains.
var directives = map[string]struct {
	lines    func(*Rule) *[]line // what a line is added to
	text     bool                // the value is no expression
	argument bool                // something stands in parentheses
	answer   func(*Rule, answer) // yes or no
	ignored  bool
}{
	"title":              {lines: func(r *Rule) *[]line { return &r.title }},
	"body":               {lines: func(r *Rule) *[]line { return &r.body }},
	"author":             {lines: func(r *Rule) *[]line { return &r.author }},
	"date":               {lines: func(r *Rule) *[]line { return &r.date }},
	"strip":              {lines: func(r *Rule) *[]line { return &r.strip }},
	"strip_attr":         {lines: func(r *Rule) *[]line { return &r.strip }},
	"dissolve":           {lines: func(r *Rule) *[]line { return &r.dissolve }},
	"strip_id_or_class":  {lines: func(r *Rule) *[]line { return &r.stripIDOrClass }, text: true},
	"strip_image_src":    {lines: func(r *Rule) *[]line { return &r.stripImage }, text: true},
	"single_page_link":   {lines: func(r *Rule) *[]line { return &r.singlePage }},
	"next_page_link":     {lines: func(r *Rule) *[]line { return &r.nextPage }},
	"native_ad_clue":     {lines: func(r *Rule) *[]line { return &r.nativeAd }},
	"wrap_in":            {lines: func(r *Rule) *[]line { return &r.wrap }, argument: true},
	"src_lazy_load_attr": {lines: func(r *Rule) *[]line { return &r.lazy }, text: true},

	"prune":                 {answer: func(r *Rule, a answer) { r.noPrune = not(a) }},
	"autodetect_on_failure": {answer: func(r *Rule, a answer) { r.noDetect = not(a) }},
	"skip_json_ld":          {answer: func(r *Rule, a answer) { r.noLD = a }},

	"if_page_contains": {}, "find_string": {}, "replace_string": {}, // see parser.add

	"test_url": {ignored: true}, "test_contains": {ignored: true}, "tidy": {ignored: true}, "parser": {ignored: true},
	"strip_comments": {ignored: true}, "convert_double_br_tags": {ignored: true}, "insert_detected_image": {ignored: true},
	"http_header": {ignored: true}, "requires_login": {ignored: true}, "login_uri": {ignored: true},
	"login_username_field": {ignored: true}, "login_password_field": {ignored: true}, "login_extra_fields": {ignored: true},
	"not_logged_in_xpath": {ignored: true}, "autodetect_next_page": {ignored: true}, "single_page_link_in_feed": {ignored: true},
	"footnotes": {ignored: true}, "move_into": {ignored: true}, "skip_id_or_class": {ignored: true}, "post_strip_attr": {ignored: true},
}

func not(a answer) answer {
	switch a {
	case yes:
		return no
	case no:
		return yes
	}
	return unsaid
}

// A parser reads a file.
type parser struct {
	rule     *Rule
	problems []Problem
	at       int
	last     *line         // the one before, if it is one to which a condition can belong
	finding  []replacement // those that wait for what they are replaced with
	findings []int         // their lines
}

func (p *parser) wrong(at int, hint, format string, args ...any) {
	p.problems = append(p.problems, Problem{File: p.rule.File, Line: at, What: fmt.Sprintf(format, args...), Hint: hint})
}

// Parse reads a file. What is wrong in it is told and left out.
func Parse(file, text string) (*Rule, []Problem) {
	p := parser{rule: &Rule{File: file, ignored: map[string]int{}}}
	text = strings.TrimPrefix(text, "\ufeff")
	cut := len(text) > maxFile
	if cut {
		text = text[:maxFile]
		text = text[:strings.LastIndexByte(text, '\n')+1]
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	for l := range strings.Lines(text) {
		if p.at == maxLines {
			p.wrong(p.at, "", "the file has more than %d lines; what follows is not read", maxLines)
			cut = false
			break
		}
		p.at++
		if l = strings.TrimSpace(l); l != "" && l[0] != '#' {
			p.add(l)
		}
	}
	if cut {
		p.wrong(max(p.at, 1), "", "the file is longer than %d bytes; what follows is not read", maxFile)
	}
	for _, at := range p.findings {
		p.wrong(at, "replace_string: says with what; it may be empty", "no replace_string follows this find_string")
	}
	slices.SortStableFunc(p.problems, func(a, b Problem) int { return a.Line - b.Line })
	return p.rule, p.problems
}

// add reads a line.
func (p *parser) add(text string) {
	name, argument, value, ok := split(text)
	if !ok {
		p.wrong(p.at, `a comment begins with #`, "%s is no directive: those are written name: value", brief(text))
		return
	}
	d, known := directives[name]
	last := p.last
	p.last = nil
	switch {
	case !known:
		p.wrong(p.at, nearest(name), "there is no directive %s", brief(name))
	case d.ignored:
		p.rule.ignored[name]++
	case name == "find_string" || name == "replace_string":
		p.replacement(name, argument, value)
	case value == "":
		// Many files keep a directive that has nothing to say.
	case name == "if_page_contains":
		p.condition(last, value)
	case d.answer != nil:
		p.answer(name, value, d.answer)
	case d.argument && !wrappers[strings.ToLower(argument)]:
		p.wrong(p.at, "wrap_in(blockquote): //p[@class='quote']", "%s is no element to wrap in", brief(argument))
	default:
		p.expression(line{file: p.rule.File, at: p.at, name: name, argument: strings.ToLower(argument), value: value}, d.lines(p.rule), d.text)
	}
}

// wrappers are the elements into which others can be wrapped.
var wrappers = map[string]bool{
	"blockquote": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "p": true, "div": true, "pre": true,
	"code": true, "em": true, "i": true, "b": true, "strong": true, "figure": true, "figcaption": true, "ul": true, "ol": true, "li": true,
	"section": true, "article": true, "cite": true, "q": true, "aside": true, "span": true, "sub": true, "sup": true,
}

func (p *parser) expression(l line, list *[]line, text bool) {
	if text {
		l.value = strings.TrimSpace(strings.NewReplacer("'", "", `"`, "").Replace(l.value)) // files have them with and without
		if l.value == "" {
			p.wrong(p.at, "", "%s names nothing", l.name)
			return
		}
	} else {
		var err error
		if l.find, err = xpath.Read(l.value); err != nil {
			p.wrong(p.at, "", "%s: %v", l.name, err)
			return
		}
	}
	*list = append(*list, l)
	p.last = &(*list)[len(*list)-1]
}

func (p *parser) condition(of *line, value string) {
	e, err := xpath.Read(value)
	switch {
	case of == nil:
		p.wrong(p.at, "it stands below the line that it is for", "if_page_contains has no line before it to which it could belong")
	case err != nil:
		p.wrong(p.at, "the line before it never holds", "if_page_contains: %v", err)
		of.only = never
	default:
		of.only = e
	}
}

// never is true of no page.
var never = xpath.MustCompile("false()")

func (p *parser) answer(name, value string, set func(*Rule, answer)) {
	switch strings.ToLower(value) {
	case "yes", "true", "1", "on":
		set(p.rule, yes)
	case "no", "false", "0", "off":
		set(p.rule, no)
	default:
		p.wrong(p.at, "", "%s: %s is neither yes nor no", name, brief(value))
	}
}

// replacement pairs the texts that are looked for with those by which they are replaced, in
// their order: some files say first the ones, then the others.
func (p *parser) replacement(name, argument, value string) {
	switch {
	case len(p.rule.replace)+len(p.finding) >= maxReplacements:
		p.wrong(p.at, "", "the file replaces more than %d texts; this is not read", maxReplacements)
	case name == "find_string":
		if value == "" {
			p.wrong(p.at, "", "find_string looks for nothing")
			return
		}
		p.finding, p.findings = append(p.finding, replacement{old: value}), append(p.findings, p.at)
	case argument != "":
		p.rule.replace = append(p.rule.replace, replacement{argument, value})
	case len(p.finding) == 0:
		p.wrong(p.at, "find_string: says what is replaced", "no find_string stands before this replace_string")
	default:
		r := p.finding[0]
		r.by = value
		p.rule.replace = append(p.rule.replace, r)
		p.finding, p.findings = p.finding[1:], p.findings[1:]
	}
}

// split reads name: value and name(argument): value.
func split(text string) (name, argument, value string, ok bool) {
	n := strings.IndexFunc(text, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
	if n <= 0 {
		return "", "", "", false
	}
	name = strings.ToLower(text[:n])
	rest := strings.TrimLeft(text[n:], " \t")
	if rest[:min(len(rest), 1)] == "(" {
		if argument, value, ok = strings.Cut(rest[1:], "):"); ok {
			return name, argument, strings.TrimSpace(value), true // spaces in what is replaced are a part of it
		}
		return "", "", "", false
	}
	value, ok = strings.CutPrefix(rest, ":")
	return name, "", strings.TrimSpace(value), ok
}

// brief quotes the beginning of a text.
func brief(s string) string {
	const most = 40 // in characters: enough to find it
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// nearest is the directive that is written nearly so, as a hint.
func nearest(name string) string {
	const most = 2 // letters that differ: more is another word
	best := words.Nearest(name, slices.Sorted(maps.Keys(directives)), most)
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}
