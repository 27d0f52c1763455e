package fetch

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
)

// An unansweredError says why no whole answer came, in the hub's own words. What the network
// said (net.OpError, net.DNSError) names the hub's addresses, its resolver and its proxies:
// on a public page that would unmask a hub which stands behind a content network or an onion
// address. So that text is for the log alone, and an Error or Evidence never holds it.
type unansweredError struct {
	failure   string // in OONI's words
	operation string
	err       error // as the network said it
}

func (e *unansweredError) Error() string {
	text := failureWords[e.failure]
	if while := operationWords[e.operation]; while != "" {
		text = while + ": " + text
	}
	if what := e.detail(); what != "" {
		text += " (" + what + ")"
	}
	return text
}

func (e *unansweredError) Unwrap() error { return e.err }

// failureWords and operationWords tell people what failed.
var (
	failureWords = map[string]string{
		FailureNXDomain:        "there is no such name",
		FailureBogon:           "address is not public",
		FailureDNS:             "the resolver failed",
		FailureRefused:         "connection refused",
		FailureReset:           "connection reset",
		FailureTimeout:         "no whole answer in time",
		FailureEOF:             "the connection ended early",
		FailureHostname:        "the certificate is for another name",
		FailureAuthority:       "the certificate's issuer is unknown",
		FailureCertificate:     "the certificate is not valid",
		FailureHandshake:       "TLS failed",
		FailureHostUnreachable: "there is no path to the host",
		FailureNetUnreachable:  "there is no path to the network",
		FailureUnknown:         "it failed",
	}
	operationWords = map[string]string{
		operations[opResolve]: "looking up the name", operations[opConnect]: "connecting", operations[opHandshake]: "securing the connection",
		operations[opRoundTrip]: "asking", operations[opReadBody]: "reading the answer",
	}
)

// detail is what the outlet's server, or a proxy, said or did beyond the failure; "" where
// that could name what is the hub's own.
func (e *unansweredError) detail() string {
	if proxied, ok := errors.AsType[*proxyError](e.err); ok {
		return proxied.Error()
	}
	op, _ := errors.AsType[*net.OpError](e.err)
	if op != nil && (op.Op == "proxyconnect" || op.Op == "socks connect") {
		// net/http: what was begun with the proxy has failed there. What is in there is an error of
		// the network, or a fixed text for what a SOCKS proxy said (RFC 1928 §6).
		if said := op.Err.Error(); strings.HasPrefix(said, socksSaid) {
			return "the proxy says: " + strings.TrimPrefix(said, socksSaid)
		}
		return "the proxy does not serve"
	}
	if _, resolving := errors.AsType[*net.DNSError](e.err); resolving {
		return ""
	}
	if short, ok := errors.AsType[*shortError](e.err); ok {
		return fmt.Sprintf("it ended after %d bytes", short.bytes)
	}
	for _, certificate := range []error{
		first[x509.HostnameError](e.err), first[x509.UnknownAuthorityError](e.err), first[x509.CertificateInvalidError](e.err),
		first[tls.RecordHeaderError](e.err), first[*tls.CertificateVerificationError](e.err),
	} {
		if certificate != nil {
			return certificate.Error()
		}
	}
	if op != nil && (op.Op == "remote error" || op.Op == "local error") {
		return op.Err.Error() // crypto/tls: an alert
	}
	if op == nil && (e.failure == FailureUnknown || e.failure == FailureHandshake) {
		// What came could not be read as HTTP or TLS. It may hold anything, an address as the
		// server sees us, too.
		return addresses.ReplaceAllString(e.err.Error(), "(an address)")
	}
	return ""
}

// socksSaid is how net/http begins to tell what a SOCKS proxy answered.
const socksSaid = "unknown error "

// addresses are those of IPv4 and IPv6, and what looks like them.
var addresses = regexp.MustCompile(`\d+\.\d+\.\d+\.\d+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*`)

// first returns the error of type T that err is or wraps, nil if there is none.
func first[T error](err error) error {
	if found, ok := errors.AsType[T](err); ok {
		return found
	}
	return nil
}

// A proxyError is what is wrong between the hub and a proxy by http or https.
type proxyError struct {
	said string // "" where err tells
	err  error
}

func (e *proxyError) Error() string {
	if e.said != "" {
		return "the proxy answers " + e.said
	}
	return "the proxy does not serve"
}

func (e *proxyError) Unwrap() error { return e.err }

// A shortError says that a body ended before it was whole.
type shortError struct {
	bytes int
	err   error
}

func (e *shortError) Error() string {
	return fmt.Sprintf("body ends after %d bytes: %v", e.bytes, e.err)
}
func (e *shortError) Unwrap() error { return e.err }
