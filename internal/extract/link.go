package extract

import (
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"parallax/internal/news"
	"parallax/internal/sanitize"
)

// ArticleID returns the id of the Article that it becomes: of the normalised link, so
// that the same article in two feeds of a Source is one; of the key where there is no link.
func ArticleID(it *news.Item) string {
	if isWeb(it.Link) {
		return news.ID("article", it.SourceID, normalise(it.Link))
	}
	if it.GUID != "" {
		return news.ID("article", it.SourceID, it.GUID)
	}
	return news.ID("article", it.SourceID, it.Key)
}

func isWeb(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// normalise makes one string of the ways to write a link to one page. It never guesses:
// a path with and one without a slash at its end may be two pages.
func normalise(link string) string {
	u, err := url.Parse(withoutTracking(link))
	if err != nil {
		return link
	}
	u.Host = strings.ToLower(u.Host)
	if port(u) == "" {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

func withoutTracking(link string) string {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil {
		return link
	}
	return sanitize.Untracked(u).String()
}

// sameSite reports whether two URLs are of one site: hosts of one registrable domain, asked at one
// port. At another one something else may listen that is not for visitors.
func sameSite(a, b string) bool {
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	if errA != nil || errB != nil {
		return false
	}
	if port(ua) != port(ub) {
		return false
	}
	ha, hb := strings.ToLower(ua.Hostname()), strings.ToLower(ub.Hostname())
	if ha == hb {
		return true
	}
	sa, errA := publicsuffix.EffectiveTLDPlusOne(ha)
	sb, errB := publicsuffix.EffectiveTLDPlusOne(hb)
	return errA == nil && errB == nil && sa == sb
}

// port returns the port of a URL, or "" for that of its scheme.
func port(u *url.URL) string {
	p := u.Port()
	if u.Scheme == "http" && p == "80" || u.Scheme == "https" && p == "443" {
		return ""
	}
	return p
}

// frontPage reports whether link leads to the front page of a site.
func frontPage(link string) bool {
	u, err := url.Parse(link)
	return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}
