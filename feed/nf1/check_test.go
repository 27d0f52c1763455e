package nf1_test

import (
	"fmt"
	"html"
	"net/url"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	nethtml "golang.org/x/net/html"
)

// A check asks for one value of a document. It forgives what two correct parsers may
// differ in.
type check struct {
	Path     string `json:"path"`
	Kind     string `json:"kind"`
	Op       string `json:"op"`
	Expected any    `json:"expected"`
	Tier     string `json:"tier"`
}

func (k check) at(doc map[string]any) any { return lookup(doc, k.Path) }

func (k check) holds(doc map[string]any) bool {
	got := k.at(doc)
	switch k.Op {
	case "absent":
		return empty(got)
	case "len":
		list, _ := got.([]any)
		want, _ := k.Expected.(float64)
		return len(list) == int(want)
	}
	if k.equal(got) {
		return true
	}
	// The publisher's two dates, and short and full text, are not told apart by all.
	dot := strings.LastIndexByte(k.Path, '.') + 1
	other := map[string]string{"published": "updated", "updated": "published"}
	if k.Kind != "date" {
		if !empty(got) {
			return false
		}
		other = map[string]string{"summary": "content", "content": "summary"}
	}
	if leaf := other[k.Path[dot:]]; leaf != "" {
		return k.equal(lookup(doc, k.Path[:dot]+leaf))
	}
	return false
}

// lookup follows a path such as "entries[0].authors[1].name".
func lookup(node any, path string) any {
	for step := range strings.SplitSeq(strings.ReplaceAll(path, "[", ".["), ".") {
		if index, ok := strings.CutPrefix(step, "["); ok {
			list, _ := node.([]any)
			i, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
			if err != nil || i >= len(list) {
				return nil
			}
			node = list[i]
			continue
		}
		m, _ := node.(map[string]any)
		node = m[step]
	}
	return node
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func truth(v any) bool { return !empty(v) && v != false && v != 0.0 }

func (k check) equal(got any) bool {
	want := fmt.Sprint(k.Expected)
	switch {
	case k.Kind == "flag":
		return truth(got) == truth(k.Expected)
	case empty(got):
		return k.Expected == ""
	case k.Kind == "person":
		who, _ := got.(map[string]any)
		name, _ := who["name"].(string)
		mail, _ := who["email"].(string)
		both := name + mail
		if name != "" && mail != "" {
			both = name + " (" + mail + ")"
		}
		bare := strings.NewReplacer("(", "", ")", "")
		return plain(want) == plain(both) || plain(want) == plain(name) || bare.Replace(plain(want)) == bare.Replace(plain(both))
	}
	text := fmt.Sprint(got)
	switch k.Kind {
	case "date":
		a, err := time.Parse(time.RFC3339Nano, text)
		b, err2 := time.Parse(time.RFC3339Nano, want)
		return err == nil && err2 == nil && a.Unix() == b.Unix()
	case "url":
		return text == want || canonical(text) == canonical(want)
	case "html":
		return plain(text) == plain(want) || reflect.DeepEqual(tokens(text), tokens(want))
	}
	return plain(text) == plain(want)
}

func plain(s string) string { return strings.Join(strings.Fields(html.UnescapeString(s)), " ") }

func canonical(s string) string {
	u, err := url.Parse(html.UnescapeString(strings.Join(strings.Fields(s), " ")))
	if err != nil {
		return s
	}
	u.Host = strings.ToLower(u.Host)
	if port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]; port != "" {
		u.Host = strings.TrimSuffix(u.Host, port)
	}
	if u.Path == "" && u.Host != "" {
		u.Path = "/"
	}
	u.RawPath = ""
	return u.String()
}

var void = strings.Fields("area base br col embed hr img input link meta param source track wbr")

// tokens returns HTML as a list of tags and texts, in one spelling.
func tokens(s string) []string {
	var out []string
	text := ""
	flush := func() {
		if text = strings.Join(strings.Fields(text), " "); text != "" {
			out = append(out, text)
		}
		text = ""
	}
	z := nethtml.NewTokenizer(strings.NewReader(s))
	for {
		kind := z.Next()
		tok := z.Token()
		switch kind {
		case nethtml.ErrorToken:
			flush()
			return unwrap(out)
		case nethtml.TextToken:
			text += tok.Data
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			flush()
			attrs := make([]string, len(tok.Attr))
			for i, a := range tok.Attr {
				attrs[i] = a.Key + "=" + strings.Join(strings.Fields(a.Val), " ")
			}
			sort.Strings(attrs)
			out = append(out, "<"+tok.Data+" "+strings.Join(attrs, "\n")+">")
			if kind == nethtml.SelfClosingTagToken && !slices.Contains(void, tok.Data) {
				out = append(out, "</"+tok.Data+">")
			}
		case nethtml.EndTagToken:
			if flush(); !slices.Contains(void, tok.Data) {
				out = append(out, "</"+tok.Data+">")
			}
		}
	}
}

// unwrap takes off one div around everything.
func unwrap(out []string) []string {
	if len(out) < 2 || !strings.HasPrefix(out[0], "<div ") || out[len(out)-1] != "</div>" {
		return out
	}
	deep := 0
	for i, t := range out {
		switch {
		case strings.HasPrefix(t, "</"):
			deep--
		case strings.HasPrefix(t, "<"):
			if name, _, _ := strings.Cut(t[1:], " "); !slices.Contains(void, name) {
				deep++
			}
		}
		if deep == 0 && i < len(out)-1 {
			return out
		}
	}
	return out[1 : len(out)-1]
}
