package icon

import (
	"bytes"
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// maxLinks bounds what a page of endless links can make of itself.
const maxLinks = 50

// Links returns the icons that a page at base names (HTML §4.6.7.9), those first that
// suit Large best. Drawings (SVG) are not among them.
func Links(page []byte, base string) []string {
	home, err := url.Parse(base)
	if err != nil {
		return nil
	}
	type link struct {
		url  string
		rank int
	}
	var found []link
	z := html.NewTokenizer(bytes.NewReader(page))
	z.SetMaxBuf(maxPage)
	for len(found) < maxLinks {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		name, more := z.TagName()
		if string(name) == "body" {
			break
		}
		if string(name) != "link" {
			continue
		}
		attr := map[string]string{}
		for more {
			var key, value []byte
			key, value, more = z.TagAttr()
			attr[string(key)] = string(value)
		}
		rank := rankOf(attr)
		address, err := home.Parse(strings.TrimSpace(attr["href"]))
		if rank == 0 || attr["href"] == "" || err != nil || address.Scheme != "http" && address.Scheme != "https" {
			continue
		}
		address.User, address.Fragment = nil, ""
		found = append(found, link{address.String(), rank})
	}
	slices.SortStableFunc(found, func(a, b link) int { return cmp.Compare(b.rank, a.rank) })
	var list []string
	for _, l := range found {
		if !slices.Contains(list, l.url) {
			list = append(list, l.url)
		}
	}
	return list
}

// rankOf says how well an icon suits: best the smallest that is not smaller than Large,
// else the largest. 0: it is no icon, or a drawing.
func rankOf(attr map[string]string) int {
	size := 0
	for rel := range strings.FieldsSeq(strings.ToLower(attr["rel"])) {
		switch rel {
		case "icon":
			size = max(size, 48) // what an .ico holds, mostly
		case "apple-touch-icon", "apple-touch-icon-precomposed":
			size = max(size, 180) // what is asked for
		}
	}
	path, _, _ := strings.Cut(strings.ToLower(attr["href"]), "?")
	if size == 0 || strings.Contains(strings.ToLower(attr["type"]), "svg") || strings.HasSuffix(path, ".svg") {
		return 0
	}
	for said := range strings.FieldsSeq(strings.ToLower(attr["sizes"])) {
		w, _, _ := strings.Cut(said, "x")
		if n, err := strconv.Atoi(w); err == nil && n > 0 && n <= most.Side {
			size = n
			break
		}
	}
	if size >= Large {
		return 2*most.Side - size
	}
	return size
}
