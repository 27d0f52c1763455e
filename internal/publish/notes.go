package publish

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"parallax/internal/news"
)

// Strongest returns the claim that rests on the strongest authority: a register or
// data set, then third parties, then the operator, then the outlet itself; among equals
// the first.
func Strongest(claims []news.Claim) (news.Claim, bool) {
	if list := news.Strongest(claims); len(list) > 0 {
		return list[0], true
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

// DisclosureLine says who stands behind s, and who says so. It picks, per field, the
// claim of the strongest authority, and says so where others differ; the page of the
// Source shows all.
func DisclosureLine(s *news.Source) string {
	d := s.Disclosure
	var b strings.Builder
	add := func(label string, claims []news.Claim, value func(string) string) bool {
		c, ok := Strongest(claims)
		if !ok {
			return false
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		// A full stop of the value's own would stand before the bracket.
		b.WriteString(label + isolate(quoted(c, strings.TrimSuffix(value(c.Value), "."))) + " (says " + isolate(Who(c)) + otherwise(claims, c) + ").")
		return true
	}
	as := func(value string) string { return value }
	add("", d.Control, GradeTitle)
	if !add("Owners: ", d.Owners, as) {
		add("Beneficial owners: ", d.BeneficialOwners, as)
	}
	add("Funding: ", d.Funding, as)
	if b.Len() == 0 {
		return "No statement known of who stands behind " + s.Name + "."
	}
	return b.String()
}

// quoted puts the value of a claim that nobody has looked at within quotes, so that an outlet
// cannot write into the line what others say ("independent (says the register)").
func quoted(c news.Claim, value string) string {
	if c.Read == "" {
		return value
	}
	return "“" + strings.NewReplacer("“", "‘", "”", "’", "„", "‚").Replace(value) + "”"
}

// otherwise adds that somebody else than whoever says c says something else. Several
// claims of one may be several owners, which is no contradiction; and what the hub itself read on a
// site, "holding.example" say, may be the same owner by another name, for nobody has looked at it.
func otherwise(claims []news.Claim, c news.Claim) string {
	for _, other := range claims {
		if other.Value == "" || other.Read != "" || Who(other) == Who(c) {
			continue
		}
		if !slices.ContainsFunc(claims, func(same news.Claim) bool {
			return Who(same) == Who(c) && news.SameName(same.Value, other.Value)
		}) {
			return "; others say otherwise"
		}
	}
	return ""
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

// Sentence ends s with a full stop where it has no end of its own. An address stands within
// angle brackets, so that the stop is none of it (RFC 3986 appendix C).
func Sentence(s string) string {
	s = strings.TrimSpace(s)
	switch {
	case strings.HasPrefix(s, "http") && !strings.Contains(s, " "):
		return "<" + s + ">."
	case s == "" || strings.ContainsAny(s[len(s)-1:], ".!?"):
		return s
	}
	return s + "."
}

// ShortLine says the same as DisclosureLine in a few words, for lists: the control
// grade, else an owner, else who pays.
func ShortLine(s *news.Source) string {
	d := s.Disclosure
	if c, ok := Strongest(d.Control); ok {
		return strings.ToLower(GradeTitle(c.Value)) + ", says " + Who(c) + otherwise(d.Control, c)
	}
	if c, ok := Strongest(d.Owners); ok {
		return "owners: " + quoted(c, c.Value) + ", says " + Who(c) + otherwise(d.Owners, c)
	}
	if c, ok := Strongest(d.Funding); ok {
		return "funding: " + quoted(c, c.Value) + ", says " + Who(c) + otherwise(d.Funding, c)
	}
	return "no statement known of who stands behind it"
}
