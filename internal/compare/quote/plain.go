package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parallax/internal/news"
)

const (
	// fewWords is from how many words on what stands in marks is taken for something said: fewer
	// are a title, a nickname, or words held at arm's length.
	fewWords = 3
	// fewUnclear is the same where nobody is said to have said it.
	fewUnclear = 5
)

// plainly takes back every speaker who is not plainly one, and drops what is then no statement:
// rather no name than a wrong one.
func (f *finder) plainly() {
	for i := range f.list {
		s := &f.list[i]
		if s.drop || len(s.parts) == 0 || s.kind == news.QuoteNotice {
			continue
		}
		s.party.name = f.outlet(s.party.name)
		if n := s.party.name; n != (span{}) && (!f.speaks(f.text[n.from:n.to]) || f.vague(&s.party)) {
			s.party.name, s.party.by = span{}, span{}
		}
		clear := s.party.name != span{}
		words := 0
		for _, p := range s.parts {
			words += count(f.text[p.from:p.to])
		}
		switch {
		case s.kind == news.QuoteReported:
			s.drop = !clear
		case s.goesOn:
		default:
			s.drop = words < fewWords || !clear && words < fewUnclear
		}
	}
}

// vague reports whether a party is named by neither a name nor an office nor as a body, in a language that writes
// names with capital letters and other words without.
func (f *finder) vague(p *party) bool {
	if p.kind != group || p.low != "" || f.flags["no-capitals"] || f.flags["capitalised-nouns"] || f.flags["characters"] {
		return false
	}
	name := f.text[p.name.from:p.name.to]
	for w := range strings.FieldsSeq(lower(name)) {
		if f.body(strings.Trim(w, ".,;:()[]")) {
			return false // the police, scientists
		}
	}
	return !strings.ContainsFunc(name, unicode.IsUpper)
}

// outlet returns the name in marks of an outlet, which is what s names or what stands behind what it
// is: «Вестник» of «газета «Вестник»; or s.
func (f *finder) outlet(s span) span {
	text := f.text[s.from:s.to]
	at := strings.IndexFunc(text, func(r rune) bool { return kindOf(r) != 0 })
	if last, _ := utf8.DecodeLastRuneInString(text); at < 0 || kindOf(last) == 0 || !f.flags["names-in-marks"] {
		return s
	}
	for w := range strings.FieldsSeq(lower(text[:at])) {
		if !f.body(w) {
			return s
		}
	}
	mark := func(r rune) bool { return kindOf(r) != 0 || unicode.IsSpace(r) }
	left := strings.TrimLeftFunc(text[at:], mark)
	inner := strings.TrimRightFunc(left, mark)
	if inner == "" || strings.ContainsFunc(inner, func(r rune) bool { return kindOf(r) != 0 }) {
		return s
	}
	from := s.from + len(text) - len(left)
	return span{from, from + len(inner)}
}

// speaks reports whether words name somebody who can have said something: no pronoun, verb or
// number stands among them, and they are nobody's hands or voice.
func (f *finder) speaks(name string) bool {
	words := strings.Fields(lower(name))
	if len(words) == 0 || strings.ContainsAny(name, "“”„«»\"") {
		return false
	}
	for i, w := range words {
		w = strings.Trim(w, ".,;:()[]'’")
		switch {
		case f.has("pronouns", w) || f.has("clitics", w) || f.has("mute", w):
			return false
		case i == 0 && (f.has("possessives", w) || f.has("indefinite", w) || isNumber(w)):
			return false
		}
	}
	last := words[len(words)-1]
	return !strings.HasSuffix(last, "'s") && !strings.HasSuffix(last, "’s") && !f.has("functions", last)
}
