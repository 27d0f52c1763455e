package sanitize

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

var (
	isLang     = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$`)
	isDatetime = regexp.MustCompile(`^[0-9A-Za-z:+. \-]{1,40}$`)
)

// attributes returns the allowed attributes of n, ready to be written.
func (c *cleaner) attributes(n *html.Node) string {
	var b strings.Builder
	for _, a := range n.Attr {
		if f := onPages[n.DataAtom][a.Key]; f != nil && a.Namespace == "" {
			if v := f(c, strings.TrimSpace(printable(a.Val))); v != "" {
				b.WriteString(" " + a.Key + `="` + html.EscapeString(v) + `"`)
			}
		}
	}
	return b.String()
}

// localised returns the language and direction that n itself declares.
func localised(n *html.Node) (in inherited) {
	for _, a := range n.Attr {
		switch a.Key {
		case "lang", "xml:lang":
			if (in.lang == "" || a.Key == "lang") && isLang.MatchString(a.Val) {
				in.lang = a.Val
			}
		case "dir":
			if v := strings.ToLower(strings.TrimSpace(a.Val)); v == "ltr" || v == "rtl" || v == "auto" {
				in.dir = v
			}
		}
	}
	return in
}

func number(_ *cleaner, v string) string {
	if n, err := strconv.Atoi(v); err == nil && -1e6 < n && n < 1e6 {
		return strconv.Itoa(n)
	}
	return ""
}

func span(_ *cleaner, v string) string {
	if n, err := strconv.Atoi(v); err == nil && 1 < n && n <= 100 {
		return strconv.Itoa(n)
	}
	return ""
}

func flag(_ *cleaner, _ string) string { return "reversed" }

func scope(_ *cleaner, v string) string {
	switch v = strings.ToLower(v); v {
	case "row", "col", "rowgroup", "colgroup":
		return v
	}
	return ""
}

func label(_ *cleaner, v string) string { return short(v, maxLabel) }

func datetime(_ *cleaner, v string) string {
	if isDatetime.MatchString(v) {
		return v
	}
	return ""
}
