package fetch

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parallax/internal/news"
)

// An Error says why no route led to the wanted answer. Where several were tried, it
// tells of the first; Evidence has them all.
type Error struct {
	URL      string
	Status   int        // HTTP status, 0 without an answer
	Reach    news.Reach // ReachUnknown when nothing was attempted
	Failure  string     // in OONI's words; "" when there was an answer
	Evidence []news.Evidence
	RetryAt  time.Time // the server asks not to come back earlier; zero when it does not
	Hint     string    // what the operator can do
	Err      error
}

// Error tells what went wrong, without the hint.
func (e *Error) Error() string { return fmt.Sprintf("fetch %s: %v", e.URL, e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// final reports whether no other route can help, or may be asked to.
func (e *Error) final() bool {
	if robots, ok := errors.AsType[*robotsError](e.Err); ok {
		return robots.until.IsZero() // or it could not be read on this route
	}
	return e.Status == http.StatusGone || errors.Is(e.Err, ErrTooLarge)
}

// telling returns the error that says most: the first in which something was attempted.
func telling(failed []*Error) *Error {
	for _, e := range failed {
		if e.Failure != "" || e.Status != 0 {
			return e
		}
	}
	return failed[0]
}

// An answerError is an answer that is not the wanted one.
type answerError struct {
	status  int
	header  http.Header
	retryAt time.Time
	wall    bool  // it is a known page that stands before a site for all whom it does not know
	err     error // what else is to be said; may be nil
}

func (e *answerError) Error() string {
	switch {
	case e.err != nil:
		return e.err.Error()
	case e.status == http.StatusUnavailableForLegalReasons:
		if who := Links(e.header, "blocked-by"); len(who) > 0 { // who demanded it (RFC 7725 §4)
			return status(e.status) + ", blocked by " + strings.Join(who, ", ")
		}
	case challenge(e.header):
		return status(e.status) + ", with a challenge for browsers"
	}
	return status(e.status)
}

func (e *answerError) Unwrap() error { return e.err }

func (e *answerError) reach() news.Reach {
	if e.wall {
		return news.ReachRefused
	}
	return statusReach(e.status, e.header)
}

func status(code int) string {
	if text := http.StatusText(code); text != "" {
		return strconv.Itoa(code) + " " + text
	}
	return "status " + strconv.Itoa(code)
}

// An idleError says why nothing was attempted.
type idleError struct {
	err  error
	hint string
}

func (e *idleError) Error() string { return e.err.Error() }
func (e *idleError) Unwrap() error { return e.err }

// attempted reports whether err is the end of an attempt, of which there is evidence.
func attempted(err error) bool {
	_, idle := errors.AsType[*idleError](err)
	robots, isRobots := errors.AsType[*robotsError](err)
	return !idle && !errors.Is(err, ErrWait) && (!isRobots || robots.answer != nil)
}

// Hints, for an operator at 3 a.m.
const (
	hintURL   = "a URL begins with http:// or https:// and a host; check it in the source's feeds"
	hintRoute = "correct the source's routes; they are tried in order"
)

// addressHint names the setting that allows a server in a private network, where there can
// be one: not for what no outlet is at, such as the metadata service of a cloud.
func addressHint(u *url.URL) string {
	host := strings.TrimSuffix(u.Hostname(), ".")
	ip, err := netip.ParseAddr(host)
	ip = ip.Unmap()
	switch last := host[strings.LastIndexByte(host, '.')+1:]; {
	case err == nil && !ip.IsPrivate() && !ip.IsLoopback(),
		err != nil && (digits(last) || strings.HasPrefix(last, "0x") || strings.HasPrefix(host, "metadata.")):
		return "no outlet is at such an address: check the URL in the source's feeds"
	}
	return fmt.Sprintf("if this server is yours and meant: [fetch] allow_private = [%q]", cut(net.JoinHostPort(u.Hostname(), portOf(u))))
}

var failureHints = map[string]string{
	FailureNXDomain:        "the hub's resolver knows no such name: check the spelling; if others can open it, add a route (socks5h://…, mirror:…) to the source",
	FailureBogon:           "the name leads to an address that is not public: a resolver that lies (add a socks5h:// or mirror: route), or a server of your own",
	FailureDNS:             "the resolver failed: check the hub's DNS (/etc/resolv.conf) if other sources fail, too; otherwise the outlet's name servers are in trouble",
	FailureRefused:         "the server runs, but nothing listens on this port; it is tried again by itself",
	FailureReset:           "the connection was cut off: trouble of the server, or somebody between; if it lasts, add another route to the source",
	FailureTimeout:         "the server, or the line to it, is too slow or silent; it is tried again by itself; if it lasts, add another route to the source",
	FailureEOF:             "the answer ended early; it is tried again by itself",
	FailureHostname:        "the certificate is for another name: check the URL's host; it may also be somebody between",
	FailureAuthority:       "the certificate's issuer is unknown: check the hub's CA certificates (package ca-certificates); it may also be somebody between",
	FailureCertificate:     "the certificate is not valid, often because it ran out: check the hub's clock, then tell the outlet",
	FailureHandshake:       "TLS failed: the server speaks another version, or none on this port (http:// instead of https://?)",
	FailureHostUnreachable: "there is no path to this host; if all sources fail, the hub's own network is down",
	FailureNetUnreachable:  "there is no path to this network; if all sources fail, the hub's own network is down",
	FailureUnknown:         "it is tried again by itself; the message says what is known",
}

// explain makes an *Error of err, with the hint that fits.
func (c *Client) explain(err error, target *url.URL, ev *news.Evidence) *Error {
	e := &Error{URL: shown(target), Err: err}
	if ev != nil {
		e.Status, e.Failure = ev.Status, ev.Failure
	}
	asked := target
	if ev != nil {
		if u, err := url.Parse(ev.URL); err == nil {
			asked = u // where redirects led to
		}
	}
	answer, _ := errors.AsType[*answerError](err)
	if wait, ok := errors.AsType[*waitError](err); ok {
		e.RetryAt = wait.until
		e.Hint = "nothing needs to be done; it is asked again then"
		return e
	}
	if idle, ok := errors.AsType[*idleError](err); ok {
		e.Hint = idle.hint
		return e
	}
	if robots, ok := errors.AsType[*robotsError](err); ok {
		e.RetryAt = robots.until
		e.Hint = "the outlet does not want programs on this page; the hub uses what the feed itself says"
		return e
	}
	if answer == nil {
		e.Hint = failureHints[e.Failure]
		if e.Failure == FailureBogon {
			e.Hint += "; " + addressHint(asked)
		}
		return e
	}
	e.RetryAt = answer.retryAt
	switch s := answer.status; {
	case errors.Is(err, ErrTooLarge):
		e.Hint = "no feed of news is this large: check that the URL is that of a feed, or raise the limit of the body"
	case errors.Is(err, errCoding):
		e.Hint = "the server's compression is broken; tell the outlet"
	case errors.Is(err, errRedirects):
		e.Hint = "the server sends in circles, often for want of a cookie; look for the feed's present URL on the outlet's pages"
	case errors.Is(err, ErrAddress):
		e.Hint = "the server redirects to an address that is not public, which the hub refuses: look for the feed's present URL on the outlet's pages"
	case s == http.StatusUnavailableForLegalReasons:
		e.Hint = "it is withheld for legal reasons where the hub stands; another route (socks5h://…, mirror:…) may be lawful for you or not"
	case answer.wall || challenge(answer.header) || s == http.StatusForbidden:
		e.Hint = "the server refuses this hub: try the route direct-http1, then ask the outlet to admit the hub's User-Agent"
	case s == http.StatusUnauthorized || s == http.StatusPaymentRequired:
		e.Hint = "the feed is for subscribers; write user and password into its URL if you have them"
	case s == http.StatusProxyAuthRequired:
		e.Hint = "the proxy wants user and password: http://USER:PASSWORD@PROXY"
	case s == http.StatusNotFound:
		e.Hint = "the feed may have moved: look for its present URL on the outlet's pages; parallax add URL finds it"
	case s == http.StatusGone:
		e.Hint = "the outlet says that the feed is gone for good; remove it, or find its successor; it is probed once a week"
	case s == http.StatusTooManyRequests:
		e.Hint = "the server wants fewer requests; the hub waits by itself, with all feeds of this server"
	case s >= 500:
		e.Hint = "the outlet's server is in trouble; it is tried again by itself"
	case s >= 200 && s < 300:
		e.Hint = "the server answers, but not with what was asked for"
	default:
		e.Hint = "open the URL in a browser to see what the server wants"
	}
	return e
}

// note is what Evidence says about err.
func note(err error) string { return cut(strings.Join(strings.Fields(err.Error()), " ")) }

// cut bounds what a stranger's text may take of a message.
func cut(s string) string {
	const most = 300
	if len(s) <= most {
		return strings.ToValidUTF8(s, "�")
	}
	i := most
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	return strings.ToValidUTF8(s[:i], "�") + "…"
}
