package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"

	"parallax/internal/news"
)

// The failures, in OONI's words: those of ooni/spec df-007-errors and, for what that leaves
// open (dns_server_misbehaving and the last six), of OONI's probe or in its manner.
const (
	FailureNXDomain        = "dns_nxdomain_error"
	FailureBogon           = "dns_bogon_error"
	FailureDNS             = "dns_server_misbehaving"
	FailureRefused         = "connection_refused"
	FailureReset           = "connection_reset"
	FailureTimeout         = "generic_timeout_error"
	FailureEOF             = "eof_error"
	FailureHostname        = "ssl_invalid_hostname"
	FailureAuthority       = "ssl_unknown_authority"
	FailureCertificate     = "ssl_invalid_certificate"
	FailureHandshake       = "ssl_failed_handshake"
	FailureHostUnreachable = "host_unreachable"
	FailureNetUnreachable  = "network_unreachable"
	FailureUnknown         = "unknown_failure"
)

// failures maps system errors to OONI's words.
var failures = []struct {
	err  error
	name string
}{
	{syscall.ECONNREFUSED, FailureRefused},
	{syscall.ECONNRESET, FailureReset},
	{syscall.EPIPE, FailureReset},
	{syscall.ECONNABORTED, FailureReset},
	{syscall.EHOSTUNREACH, FailureHostUnreachable},
	{syscall.ENETUNREACH, FailureNetUnreachable},
	{syscall.ETIMEDOUT, FailureTimeout},
	{context.DeadlineExceeded, FailureTimeout},
	{os.ErrDeadlineExceeded, FailureTimeout},
}

// Failure returns what err is in OONI's vocabulary; "" for nil.
func Failure(err error) string {
	if err == nil {
		return ""
	}
	if known, ok := errors.AsType[*unansweredError](err); ok {
		return known.failure
	}
	// A public name that leads to an address which is not public.
	if errors.Is(err, ErrAddress) {
		return FailureBogon
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		switch {
		case dns.IsNotFound:
			return FailureNXDomain
		case dns.IsTimeout:
			return FailureTimeout
		}
		return FailureDNS
	}
	// Certificates before the rest: TLS wraps them in errors of its own.
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return FailureHostname
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return FailureAuthority
	}
	if _, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return FailureCertificate
	}
	for _, f := range failures {
		if errors.Is(err, f.err) {
			return f.name
		}
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return FailureTimeout
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return FailureEOF
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return FailureHandshake
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return FailureHandshake
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return FailureCertificate
	}
	// What HTTP/2 has no exported errors for.
	if goneAway(err) {
		return FailureEOF
	}
	if strings.Contains(err.Error(), "http2: client connection lost") { // no answer to a ping
		return FailureTimeout
	}
	if strings.Contains(err.Error(), "tls: ") {
		return FailureHandshake
	}
	return FailureUnknown
}

// statusReach returns the state that an answer other than the wanted one implies. It
// is what one vantage point saw: nothing here says blocked.
func statusReach(status int, h http.Header) news.Reach {
	switch {
	case status == http.StatusUnavailableForLegalReasons:
		return news.ReachLegal
	case status == http.StatusGone:
		return news.ReachGone
	case challenge(h):
		return news.ReachRefused
	case status == http.StatusUnauthorized, status == http.StatusPaymentRequired, status == http.StatusForbidden, status == http.StatusNotAcceptable:
		return news.ReachRefused
	case status == http.StatusTooManyRequests:
		return news.ReachDegraded // it is there and asks for patience
	}
	return news.ReachDown
}

// challenge reports whether the answer is a test for browsers, as those who guard
// sites mark it.
func challenge(h http.Header) bool {
	return strings.EqualFold(h.Get("Cf-Mitigated"), "challenge") ||
		strings.EqualFold(h.Get("X-Amzn-Waf-Action"), "challenge") ||
		strings.EqualFold(h.Get("X-Amzn-Waf-Action"), "captcha")
}

// walls stand in the pages by which those who guard sites ask whether there is a person, in
// the source of all of their pages and of no others.
var walls = [][]byte{
	[]byte("_cf_chl_opt"),          // Cloudflare
	[]byte("captcha-delivery.com"), // DataDome
	[]byte("px-captcha"),           // HUMAN
	[]byte("_Incapsula_Resource"),  // Imperva
	[]byte("AwsWafIntegration"),    // AWS
	[]byte("sucuri_cloudproxy_js"), // Sucuri
}

// consents are the first labels of hosts to which who has not consented to something is led.
var consents = []string{"consent", "myprivacy"}

// maxWall is how much of a page is looked through: those of guards are small.
const maxWall = 64 << 10

// wall reports whether an answer that is not the wanted one is a challenge or a consent
// wall: the site refuses all whom it does not know, wherever they are.
func wall(resp *Response) bool {
	page := resp.Body[:min(len(resp.Body), maxWall)]
	if slices.ContainsFunc(walls, func(mark []byte) bool { return bytes.Contains(page, mark) }) {
		return true
	}
	u, err := url.Parse(resp.URL)
	if err != nil {
		return false // unreachable: it was asked
	}
	label, _, _ := strings.Cut(u.Hostname(), ".")
	return slices.Contains(consents, strings.ToLower(label))
}
