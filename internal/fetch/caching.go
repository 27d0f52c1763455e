package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ParseMaxAge returns for how much longer the answer with these headers is fresh
// (RFC 9111 §4.2): Cache-Control's max-age, else Expires less Date, both less Age. Nothing
// is concluded from Last-Modified (§4.2.2 would allow it), and s-maxage is for caches that
// many share.
func ParseMaxAge(h http.Header, now time.Time) time.Duration {
	const most = 1 << 31 // RFC 9111 §1.2.2
	fresh := time.Duration(-1)
	for _, d := range directives(h.Values("Cache-Control")) {
		switch d.name {
		case "no-store", "no-cache":
			if d.value == "" { // with fields named, it speaks of these only
				return 0
			}
		case "max-age":
			if fresh >= 0 {
				continue // §4.2.1: the first one counts
			}
			fresh = 0 // §4.2.1: what cannot be understood is stale
			if digits(d.value) {
				n, err := strconv.ParseInt(d.value, 10, 64)
				if err != nil || n > most {
					n = most
				}
				fresh = time.Duration(n) * time.Second
			}
		}
	}
	if fresh < 0 {
		expires, err := http.ParseTime(h.Get("Expires"))
		if err != nil {
			return 0
		}
		date, err := http.ParseTime(h.Get("Date"))
		if err != nil {
			date = now
		}
		fresh = min(expires.Sub(date), most*time.Second)
	}
	if age := strings.TrimSpace(h.Get("Age")); digits(age) {
		if n, err := strconv.ParseInt(age, 10, 64); err == nil {
			fresh -= time.Duration(min(n, most)) * time.Second
		}
	}
	return max(fresh, 0)
}

// cached are the fields that say how long an answer is fresh and that a 304 may leave out
// because they are as before.
var cached = []string{"Cache-Control", "Expires"}

// maxCaching bounds what is kept of them: honest ones have less than a hundred bytes.
const maxCaching = 1 << 10

// Caching returns the caching fields to remember after an answer, one a line, given those
// of before: a whole answer replaces all of them, a 304 those that it has (RFC 9111
// §4.3.4).
func Caching(before string, answer *Response) string {
	old := http.Header{}
	if answer.NotModified {
		old = storedCaching(before)
	}
	var b strings.Builder
	for _, name := range cached {
		values := answer.Header.Values(name)
		if len(values) == 0 {
			values = old.Values(name)
		}
		for _, v := range values {
			v = strings.ToValidUTF8(strings.Join(strings.Fields(v), " "), "")
			if line := name + ": " + v + "\n"; v != "" && b.Len()+len(line) <= maxCaching {
				b.WriteString(line)
			}
		}
	}
	return b.String()
}

// Fresh returns for how much longer an answer is fresh, by the caching fields that hold
// after it (see Caching) and its own Date and Age.
func Fresh(caching string, answer *Response, now time.Time) time.Duration {
	h := storedCaching(caching)
	for _, name := range []string{"Date", "Age"} {
		if v := answer.Header.Get(name); v != "" {
			h.Set(name, v)
		}
	}
	return ParseMaxAge(h, now)
}

func storedCaching(lines string) http.Header {
	h := http.Header{}
	for line := range strings.Lines(lines) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			h.Add(name, strings.TrimSpace(value))
		}
	}
	return h
}

type directive struct{ name, value string }

// directives returns those of a Cache-Control field (RFC 9111 §5.2), names in lower case.
// A comma within quotes parts nothing.
func directives(lines []string) []directive {
	var all []directive
	for _, line := range lines {
		for line != "" {
			end, quoted := len(line), false
			for i := 0; i < len(line); i++ {
				if line[i] == '\\' && quoted {
					i++
				} else if line[i] == '"' {
					quoted = !quoted
				} else if line[i] == ',' && !quoted {
					end = i
					break
				}
			}
			name, value, _ := strings.Cut(line[:end], "=")
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
				all = append(all, directive{name, strings.Trim(strings.TrimSpace(value), `"`)})
			}
			line = line[min(end+1, len(line)):]
		}
	}
	return all
}

// listed returns the elements of a field that is a list of tokens, without parameters.
func listed(h http.Header, name string) []string {
	var all []string
	for _, line := range h.Values(name) {
		for e := range strings.SplitSeq(line, ",") {
			e, _, _ = strings.Cut(e, ";")
			all = append(all, strings.TrimSpace(e))
		}
	}
	return all
}
