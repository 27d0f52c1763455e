package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// leaf cuts the page that ?page= names out of n things, size on a page, and gives the
// address of the next one, or "".
func leaf(r *http.Request, n, size int) (from, to int, next string, err error) {
	page, pages := 1, max((n+size-1)/size, 1) // an empty list has one page, too
	if p := r.URL.Query().Get("page"); p != "" {
		if page, err = strconv.Atoi(p); err != nil || page < 1 || page > pages {
			return 0, 0, "", notFound("There is no such page", fmt.Sprintf("The list has %s.", plural(pages, "page", "pages")))
		}
	}
	from = (page - 1) * size
	to = min(from+size, n)
	if to < n {
		q := url.Values{"page": {strconv.Itoa(page + 1)}}
		if lens := r.URL.Query().Get("lens"); lens != "" {
			q.Set("lens", lens)
		}
		next = r.URL.Path + "?" + q.Encode()
	}
	return from, to, next, nil
}
