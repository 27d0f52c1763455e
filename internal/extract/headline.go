package extract

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parallax/internal/news"
	"parallax/internal/words"
)

// An outlet is what a page calls itself, squeezed: its site, its publisher, its host with
// and without what comes after the last point.
type outlet struct {
	host  string
	names []string
}

func outletOf(pageURL string, called ...string) (o outlet) {
	host := news.Host(pageURL)
	o.host = host
	label := host
	if i := strings.LastIndexByte(host, '.'); i > 0 {
		label = host[:i]
		if j := strings.LastIndexByte(label, '.'); j >= 0 && len(label)-j > 4 {
			label = label[j+1:]
		}
	}
	for _, c := range append(called, host, label) {
		if c = squeezed(c); len(c) >= 2 {
			o.names = append(o.names, c)
		}
	}
	return o
}

// is reports whether a name is the outlet's.
func (o outlet) is(name string) bool {
	s := squeezed(name)
	return s != "" && slices.Contains(o.names, s)
}

// signs reports whether a byline is the outlet's, be it with its town or its host.
func (o outlet) signs(byline string) bool {
	return o.is(byline) || o.is(before(byline, "(")) || o.is(before(byline, ",")) ||
		o.host != "" && strings.Contains(strings.ToLower(byline), o.host)
}

func before(s, sep string) string {
	s, _, _ = strings.Cut(s, sep)
	return s
}

// squeezed returns the letters and digits of a name in lower case.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// separators stand between a headline and the name of the site, or the day.
var separators = []string{" | ", " – ", " — ", " - ", " :: ", " · ", " • ", " » ", " › ", " « "}

// numericDate is a day as it stands in titles.
var numericDate = regexp.MustCompile(`^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}$`)

// headline returns a page's title without the name of the site and the day around it, and
// the day: "River talks fail – Norrland Today – 11/25/2026". If the site has no name it is
// what stands last and is shorter than the rest.
func headline(title string, site outlet, unnamed bool) (head, day string) {
	head = title
	if len(title) > maxHeadline {
		return head, ""
	}
	for {
		first, afterFirst, last, beforeLast := parts(head)
		switch {
		case last == "":
			return head, day
		case numericDate.MatchString(last):
			day, head = last, beforeLast
		case site.is(last):
			head, unnamed = beforeLast, false
		case site.is(first):
			head, unnamed = afterFirst, false
		case unnamed && len(beforeLast) > len(last):
			head, unnamed = beforeLast, false
		default:
			return head, day
		}
	}
}

// parts returns what stands before the first separator of a title and after it, and after
// the last and before it; nothing of one without.
func parts(title string) (first, afterFirst, last, beforeLast string) {
	from, to := len(title), -1
	for _, sep := range separators {
		if i := strings.Index(title, sep); i >= 0 && i < from {
			from, first, afterFirst = i, title[:i], title[i+len(sep):]
		}
		if i := strings.LastIndex(title, sep); i >= 0 && i > to {
			to, last, beforeLast = i, title[i+len(sep):], title[:i]
		}
	}
	// Where no spaces part words, none stand around separators.
	if i := strings.LastIndexAny(title, "_-|－｜"); i > to {
		if r, _ := utf8.DecodeLastRuneInString(title[:i]); r >= wordless {
			_, n := utf8.DecodeRuneInString(title[i:])
			last, beforeLast = title[i+n:], title[:i]
		}
	}
	return strings.TrimSpace(first), strings.TrimSpace(afterFirst), strings.TrimSpace(last), strings.TrimSpace(beforeLast)
}

// shownIn returns the headline that the page shows, if title is that and, after a mark, the
// site, its part or the day; else title. What stands before it is a kicker.
func shownIn(title, shown string) string {
	rest, ok := strings.CutPrefix(title, shown)
	if ok && shown != "" && strings.HasPrefix(rest, " ") {
		if rest = strings.TrimSpace(rest); strings.IndexAny(rest, "|-–—:·•»›)") == 0 {
			return shown
		}
	}
	return title
}

// dayOf reads a day that stands in a title: with points the day comes first, else it is
// known where one number can be no month.
func dayOf(s string) string {
	layouts := []string{"2006-1-2", "2006/1/2", "2.1.2006"}
	if f := strings.Split(s, "/"); len(f) == 3 && (len(f[0]) > 1 && f[0] > "12" || len(f[1]) > 1 && f[1] > "12") {
		layouts = append(layouts, "1/2/2006", "2/1/2006")
	}
	for _, l := range layouts {
		if t, err := time.Parse(l, s); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// telling reports whether a headline says what others say of the page: four letters of theirs
// in a row. Machines put names of their own there.
func telling(headline string, others ...string) bool {
	for i, o := range others {
		others[i] = o[:min(len(o), maxHeadline)]
	}
	headline = headline[:min(len(headline), maxHeadline)]
	all := words.Folded(strings.Join(others, " | "))
	if all == "" {
		return true
	}
	const some = 4
	f := []rune(words.Folded(headline))
	if len(f) <= some {
		return strings.Contains(all, string(f))
	}
	for i := range f[some:] {
		if strings.Contains(all, string(f[i:i+some])) {
			return true
		}
	}
	return false
}
