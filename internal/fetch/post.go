package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// maxReply is how much of the answer to a Post is read: it says in a line what was wrong.
const maxReply = 4 << 10

// Post sends a form to address, by the given routes in turn, with all the caution of Get;
// nil routes mean direct. A request that is sent twice, because the first answer was lost,
// must mean the same as one.
func (c *Client) Post(ctx context.Context, address string, values url.Values, routes []string, isolation string) (*Response, error) {
	return c.Get(ctx, Request{
		URL: address, Kind: form, form: values.Encode(), Routes: routes, Isolation: isolation, MaxBody: maxReply, Cut: true,
	})
}

// mayRepost returns why a form is not sent on to where the answer redirects: only 307 and
// 308 say that it should be (RFC 9110 §15.4), and what was told over https stays there.
func mayRepost(status int, from, next *url.URL) error {
	switch {
	case status != http.StatusTemporaryRedirect && status != http.StatusPermanentRedirect:
		return fmt.Errorf("status %d asks for a GET where a form was sent", status)
	case from.Scheme == "https" && next.Scheme != "https":
		return errors.New("it leads from https to http")
	}
	return nil
}

// A Call is a request to somebody who gave the hub an address to be told at.
type Call struct {
	URL    string
	Method string      // GET or POST
	Header http.Header // besides User-Agent and Accept
	Body   []byte      // of a POST
	Routes []string    // as in Request
	// MaxReply is how much of the answer is read, in bytes; 0 means 4 KiB.
	MaxReply int64
}

// Call makes a call, with all the caution of Get. No redirect is followed: the address is the
// one that was given, and what answers there with 3xx has not taken anything in.
func (c *Client) Call(ctx context.Context, call Call) (*Response, error) {
	if call.MaxReply <= 0 {
		call.MaxReply = maxReply
	}
	return c.Get(ctx, Request{
		URL: call.URL, Kind: called, call: &call, Routes: call.Routes, MaxBody: call.MaxReply, Cut: true,
	})
}

var errNoRedirect = errors.New("a redirect is not followed here")
