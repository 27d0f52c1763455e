package publish

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parallax/internal/news"
)

// Strongest returns the claim that rests on the strongest authority: a register or
// data set, then third parties, then the operator, then the outlet itself; among equals
// the first.
func Strongest(claims []news.Claim) (news.Claim, bool) {
	for _, by := range []news.Authority{news.Registry, news.ThirdParty, news.Operator, news.Self} {
		for _, c := range claims {
			if c.By == by && c.Value != "" {
				return c, true
			}
		}
	}
	return news.Claim{}, false
}

// Who names who says c.
func Who(c news.Claim) string {
	if c.Who != "" {
		return c.Who
	}
	switch c.By {
	case news.Self:
		return "the outlet itself"
	case news.Registry:
		return "a public register"
	case news.ThirdParty:
		return "a third party"
	case news.Operator:
		return "the operator of this hub"
	}
	return "somebody unnamed"
}

// GradeTitle returns the title of a control grade, or grade itself where it is none.
func GradeTitle(grade string) string {
	for _, g := range news.ControlGrades {
		if g.ID == grade {
			return g.Title
		}
	}
	return grade
}

// DisclosureLine says in one sentence who stands behind s, and who says so. It picks,
// per field, the claim of the strongest authority; the page of the Source shows all.
func DisclosureLine(s *news.Source) string {
	var parts, who []string
	add := func(format, value string, c news.Claim) {
		parts = append(parts, fmt.Sprintf(format, isolate(value)))
		who = append(who, isolate(Who(c)))
	}
	if c, ok := Strongest(s.Disclosure.Control); ok {
		add("%s", GradeTitle(c.Value), c)
	}
	if c, ok := Strongest(s.Disclosure.Owners); ok {
		add("owned by %s", c.Value, c)
	} else if c, ok := Strongest(s.Disclosure.BeneficialOwners); ok {
		add("belongs in the end to %s", c.Value, c)
	}
	if c, ok := Strongest(s.Disclosure.Funding); ok {
		add("funded by %s", c.Value, c)
	}
	if len(parts) == 0 {
		return "Nobody we know of says who stands behind " + s.Name + "."
	}
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p)
		// Who says so stands once for a run of parts that the same one says.
		if i+1 == len(parts) || who[i+1] != who[i] {
			b.WriteString(" (says " + who[i] + ")")
		}
	}
	line := b.String()
	first, size := utf8.DecodeRuneInString(line)
	return string(unicode.ToUpper(first)) + line[size:] + "."
}

// CarriageNote says why and on what terms the hub carries s, and that this is no
// endorsement. What the outlet's licence wants beside each article comes last.
func CarriageNote(s *news.Source) string {
	c := s.Carriage
	var b strings.Builder
	if c.Why != "" {
		b.WriteString(Sentence(c.Why) + " ")
	}
	b.WriteString(modeSentence(s))
	if c.Basis != "" {
		b.WriteString(" Ground: " + Sentence(c.Basis))
	}
	if !c.Until.IsZero() {
		b.WriteString(" It is carried until " + Day(c.Until) + ".")
	}
	if c.Keep > 0 {
		b.WriteString(" Each article is carried for " + Span(c.Keep) + ".")
	}
	b.WriteString(" Carrying it is no endorsement.")
	if c.Boilerplate != "" {
		b.WriteString(" " + Sentence(c.Boilerplate))
	}
	return b.String()
}

func modeSentence(s *news.Source) string {
	switch s.Carriage.EffectiveMode() {
	case news.FullText:
		return "The hub shows the whole text, with a link to the original."
	case news.Link:
		return "The hub shows the headline and a link to the original."
	}
	return "The hub shows an excerpt and a link to the original."
}

// Day writes the date of t for people.
func Day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// Span writes a duration of carriage for people: in days, or hours where it is short.
func Span(d time.Duration) string {
	unit, n := "hour", int(d.Round(time.Hour)/time.Hour)
	if d >= 48*time.Hour {
		unit, n = "day", int(d/(24*time.Hour))
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}

// isolate wraps a name that is written from right to left in the characters that keep
// it from turning the brackets and commas around it (UAX #9: FSI, PDI), for the notes go
// where no markup does.
func isolate(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam)
	}) {
		return s
	}
	return "\u2068" + s + "\u2069"
}

// Sentence ends s with a full stop where it has no end of its own; an address keeps none.
func Sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") || strings.HasPrefix(s, "http") && !strings.Contains(s, " ") {
		return s
	}
	return s + "."
}

// ShortLine says the same as DisclosureLine in a few words, for lists: the control
// grade, else an owner, else who pays.
func ShortLine(s *news.Source) string {
	if c, ok := Strongest(s.Disclosure.Control); ok {
		return strings.ToLower(GradeTitle(c.Value)) + ", says " + Who(c)
	}
	if c, ok := Strongest(s.Disclosure.Owners); ok {
		return "owned by " + c.Value + ", says " + Who(c)
	}
	if c, ok := Strongest(s.Disclosure.Funding); ok {
		return "funded by " + c.Value + ", says " + Who(c)
	}
	return "nobody we know of says who stands behind it"
}
