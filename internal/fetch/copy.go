package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"parallax/internal/news"
)

// The kinds of routes that lead not to the outlet but to a copy of what it says.
const (
	kindMirror  = "mirror:"  // the same paths elsewhere
	kindArchive = "archive:" // a TimeGate (RFC 7089)
	kindPeer    = "peer:"    // the feed that another hub gives out of the same outlet
)

// rewrite returns the URL to ask on this route for target.
func (r *route) rewrite(target *url.URL, kind Kind) (*url.URL, error) {
	switch r.kind {
	case kindMirror:
		return r.mirrored(target), nil
	case kindArchive:
		u, err := url.Parse(r.copy.String() + shown(target))
		if err != nil {
			return nil, &idleError{err: fmt.Errorf("no address in the archive: %w", err), hint: hintRoute}
		}
		return u, nil
	case kindPeer:
		if kind != Feed {
			return nil, &idleError{err: errors.New("another hub gives feeds, and no pages of outlets"), hint: hintRoute}
		}
		u := *r.copy
		return &u, nil
	}
	return target, nil
}

func (r *route) mirrored(target *url.URL) *url.URL {
	u := *target
	u.Scheme, u.Host, u.User = r.copy.Scheme, r.copy.Host, r.copy.User
	if prefix := strings.TrimSuffix(r.copy.EscapedPath(), "/"); prefix != "" {
		path := prefix + "/" + strings.TrimPrefix(target.EscapedPath(), "/")
		if p, err := url.PathUnescape(path); err == nil {
			u.Path, u.RawPath = p, path
		}
	}
	return &u
}

// HostBy returns the host, as news.Host names it, that is asked first for target on a
// configured route: that of a copy where the route leads to one. A proxy is no host: who is
// asked through it are the outlets.
func HostBy(route, target string) string {
	if r, err := parseRoute(route); err == nil && r.copy != nil {
		return news.HostOf(r.copy)
	}
	return news.Host(target)
}

// conditions reports whether validators that came by the route named from mean
// something on r. All routes but those to copies lead to the same server.
func (r *route) conditions(from string) bool {
	if r.copy == nil {
		return !Copied(from)
	}
	return from == r.name
}

// memento is the part of an archive's URL that names the moment of a copy, and how the
// copy is to be given: Wayback and pywb change its links unless the modifier is "id_".
var memento = regexp.MustCompile(`^([0-9]{14})(?:[a-z]{2}_)?(/.*)$`)

// untouched returns the URL of the same memento as the outlet sent it, where the archive
// is of the kind that has two.
func (r *route) untouched(u *url.URL) *url.URL {
	if r.kind != kindArchive || u.Host != r.copy.Host {
		return u
	}
	rest, ok := strings.CutPrefix(u.EscapedPath(), r.copy.EscapedPath())
	if !ok {
		return u
	}
	parts := memento.FindStringSubmatch(rest)
	if parts == nil {
		return u
	}
	path := r.copy.EscapedPath() + parts[1] + "id_" + parts[2]
	raw := *u
	var err error
	if raw.Path, err = url.PathUnescape(path); err != nil {
		return u // unreachable: it was a path before
	}
	raw.RawPath = path
	return &raw
}

// archived returns when the archive took what it answers with (RFC 7089 §2.1.1). Its error
// says that the answer is no memento, or one of something else.
func archived(h http.Header, target *url.URL, now time.Time) (time.Time, error) {
	at, err := http.ParseTime(h.Get("Memento-Datetime"))
	if err != nil {
		return time.Time{}, errors.New("the archive's answer does not say when the copy was taken (Memento-Datetime)")
	}
	if originals := Links(h, "original"); len(originals) > 0 && !SameAddress(originals[0], target.String()) {
		return time.Time{}, fmt.Errorf("the archive answers with a copy of %s", cut(news.PublicURL(originals[0])))
	}
	if at.After(now) {
		at = now // its clock, or ours
	}
	return at, nil
}

// SameAddress reports whether two URLs name the same but for what sites change without
// changing what is there: scheme, "www.", the default port, a slash at the end.
func SameAddress(a, b string) bool {
	bare := func(s string) string {
		u, err := url.Parse(s)
		if err != nil {
			return s
		}
		host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
		if p := u.Port(); p != "" && p != "80" && p != "443" {
			host += ":" + p
		}
		return host + strings.TrimSuffix(u.EscapedPath(), "/") + "?" + u.RawQuery
	}
	return bare(a) == bare(b)
}
