package distribute

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parallax/internal/fetch"
)

// A Request is what a subscriber asks for (§5.1).
type Request struct {
	Mode     string // "subscribe" or "unsubscribe"
	Topic    string // as it was written
	Callback *url.URL
	Secret   string
	Lease    time.Duration // 0: it names none
}

// ParseRequest reads a form. Fields that it does not know mean nothing to it. The error says
// what is wrong, in words.
func ParseRequest(form string) (*Request, error) {
	if strings.Count(form, "&") >= maxFields {
		return nil, bad(fmt.Sprintf("the form has more than %d fields", maxFields), "hub.mode, hub.topic and hub.callback are enough")
	}
	values, err := url.ParseQuery(form)
	if err != nil {
		return nil, bad("the form cannot be read: "+err.Error(), "send hub.mode=subscribe&hub.topic=...&hub.callback=..., each value percent-encoded")
	}
	for _, name := range []string{"hub.mode", "hub.topic", "hub.callback", "hub.secret", "hub.lease_seconds"} {
		if len(values[name]) > 1 {
			return nil, bad(name+" is there twice", "send one request for each subscription")
		}
		if v := values.Get(name); !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
			return nil, bad(name+" is no text in UTF-8", "percent-encode the bytes of its UTF-8")
		}
	}
	r := &Request{Mode: values.Get("hub.mode"), Topic: values.Get("hub.topic"), Secret: values.Get("hub.secret")}
	switch r.Mode {
	case "subscribe", "unsubscribe":
	case "":
		return nil, bad("hub.mode is missing", "it is subscribe or unsubscribe")
	case "publish":
		return nil, bad("this hub takes in no publish: it serves its own feeds only, and knows when they change", "nothing needs to be done")
	default:
		return nil, bad(fmt.Sprintf("hub.mode is %.40q", r.Mode), "it is subscribe or unsubscribe")
	}
	if r.Topic == "" {
		return nil, bad("hub.topic is missing", `it is the address that a feed gives itself: its link with rel="self"`)
	}
	if len(r.Topic) > maxTopic {
		return nil, bad(fmt.Sprintf("hub.topic has %d bytes, more than %d", len(r.Topic), maxTopic), `take the feed's link with rel="self"`)
	}
	if r.Callback, err = parseCallback(values.Get("hub.callback")); err != nil {
		return nil, err
	}
	if n := len(r.Secret); n > maxSecret {
		return nil, bad(fmt.Sprintf("hub.secret has %d bytes", n), "it has less than 200 (WebSub §5.1)")
	}
	if text := values.Get("hub.lease_seconds"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n <= 0 {
			return nil, bad(fmt.Sprintf("hub.lease_seconds is %.40q", text), fmt.Sprintf("it is a number of seconds, such as %d; without it that is what you get", int(defaultLease.Seconds())))
		}
		r.Lease = time.Duration(min(n, int64(maxLease/time.Second))) * time.Second
	}
	return r, nil
}

func parseCallback(text string) (*url.URL, error) {
	const hint = "it is the whole http or https address at which you want to be told"
	if text == "" {
		return nil, bad("hub.callback is missing", hint)
	}
	if len(text) > maxCallback {
		return nil, bad(fmt.Sprintf("hub.callback has %d bytes, more than %d", len(text), maxCallback), hint)
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Opaque != "":
		return nil, bad("hub.callback is no address", hint)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, bad(fmt.Sprintf("hub.callback has the scheme %.20q", u.Scheme), hint)
	case u.Hostname() == "":
		return nil, bad("hub.callback names no host", hint)
	case u.User != nil:
		return nil, bad("hub.callback holds a user or password", "put something that cannot be guessed into its path instead")
	case strings.Contains(text, "#"):
		return nil, bad("hub.callback has a fragment, which no server gets to see", "leave out # and what follows")
	}
	return u, nil
}

// checkCallback returns why a callback may not be called, as far as it shows: what a name
// leads to is checked whenever it is called.
func (h *Hub) checkCallback(u *url.URL) error {
	if err := fetch.CheckPublic(u.String(), h.cfg.AllowPrivate); err != nil {
		return bad("hub.callback cannot be called: "+err.Error(), "give an address that this hub can reach over the internet, on port 80, 443 or above 1023")
	}
	if own, err := url.Parse(h.cfg.URL); err == nil && originOf(own) == originOf(u) {
		return bad("hub.callback is this hub itself", "give an address of your own")
	}
	return nil
}

// originOf returns scheme, host and port, written in one way.
func originOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	}
	return strings.ToLower(u.Scheme) + "://" + net.JoinHostPort(strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), port)
}

// topicPath returns the path, with its query, of the feed of this hub that a topic names,
// written in one way: feeds are told apart by it.
func (h *Hub) topicPath(topic string) (string, error) {
	const hint = `take the feed's link with rel="self"; /feeds lists the feeds of this hub`
	own, err := url.Parse(h.cfg.URL)
	if err != nil {
		return "", err // unreachable: the configuration was checked
	}
	u, err := url.Parse(topic)
	switch {
	case err != nil || u.Opaque != "" || u.Host == "":
		return "", bad("hub.topic is no whole address", hint)
	case u.User != nil || originOf(u) != originOf(own):
		return "", bad("hub.topic is no feed of this hub, which is the hub of its own feeds only", "they begin with "+h.cfg.URL+"; "+hint)
	case strings.Contains(topic, "#"):
		return "", bad("hub.topic has a fragment", "leave out # and what follows")
	}
	escaped := (&url.URL{Path: u.Path}).EscapedPath() // "%61" is "a"
	path, ok := strings.CutPrefix(escaped, strings.TrimRight(own.EscapedPath(), "/"))
	if !ok || !strings.HasPrefix(path, "/") || strings.Count(escaped, "/") != strings.Count(u.EscapedPath(), "/") {
		return "", bad("hub.topic is no feed of this hub", "they begin with "+h.cfg.URL+"; "+hint)
	}
	file := path[strings.LastIndexByte(path, '/')+1:]
	if kind, format, _ := strings.Cut(file, "."); kind != "feed" && path != "/stories."+format || format != "rss" && format != "atom" && format != "json" || strings.Contains(path, "//") || strings.Contains(path, "/.") {
		return "", bad("hub.topic is no feed", hint)
	}
	if path == "/search/"+file {
		q, err := url.ParseQuery(u.RawQuery)
		words := strings.Join(strings.Fields(q.Get("q")), " ")
		if err != nil || len(q) != 1 || len(q["q"]) != 1 || words == "" {
			return "", bad("hub.topic is a search with something other than ?q= and words", hint)
		}
		return path + "?" + url.Values{"q": {words}}.Encode(), nil
	}
	if path == "/"+file && strings.HasPrefix(file, "stories.") && u.RawQuery != "" {
		q, err := url.ParseQuery(u.RawQuery)
		if err != nil || len(q) != 1 || len(q["lens"]) != 1 || q.Get("lens") == "" {
			return "", bad("hub.topic are stories with something other than ?lens= and the id of a lens", hint)
		}
		return path + "?" + q.Encode(), nil
	}
	if u.RawQuery != "" {
		return "", bad("hub.topic has a query, ?"+cut(u.RawQuery), "only the latest entries are told, so leave it out; "+hint)
	}
	return path, nil
}

// cut shortens what is said back.
func cut(text string) string {
	const most = 80
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}
