package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"

	"parallax/internal/fetch/doh"
)

const hintECH = "nothing needs to be done; the next route is tried"

// errNoECH says that the route ech was asked for what is not secured at all.
var errNoECH = &idleError{err: errors.New("without https there is no name to encrypt"), hint: hintECH}

// dialECH returns the DialTLSContext of a route on which the name of the server is
// encrypted (ECH, RFC 9849) with the key that its HTTPS record names (RFC 9848). Without
// one nothing is sent: in the clear the name would be seen by who is to be kept from it.
func (c *Client) dialECH(names *doh.Resolver, dial func(ctx context.Context, network, addr string) (net.Conn, error)) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, fmt.Errorf("%w: %q", ErrAddress, addr)
		}
		service, err := names.Service(ctx, host, port)
		if err != nil {
			return nil, err
		}
		if service == nil {
			return nil, &idleError{err: fmt.Errorf("%s offers no encrypted client hello", host), hint: hintECH}
		}
		if c.guard.named(service.Host, service.Port) && !c.guard.named(host, port) {
			// What the operator allowed for itself is not for who writes DNS records.
			return nil, fmt.Errorf("%w: the HTTPS record of %s leads to %s", ErrAddress, host, service.Host)
		}
		ctx, cancel := context.WithTimeout(ctx, 2*dialTimeout)
		defer cancel()
		conn, err := c.handshakeECH(ctx, network, host, service, service.ECH, dial)
		// RFC 9849 §6.1.6: the server's keys are newer than its record. It is asked once more
		// with those that it sent; Go has checked that it is the one named in the record.
		if rejected, ok := errors.AsType[*tls.ECHRejectionError](err); ok && len(rejected.RetryConfigList) > 0 {
			conn, err = c.handshakeECH(ctx, network, host, service, rejected.RetryConfigList, dial)
		}
		if err != nil {
			return nil, err
		}
		return conn, nil
	}
}

func (c *Client) handshakeECH(ctx context.Context, network, host string, service *doh.Service, list []byte,
	dial func(ctx context.Context, network, addr string) (net.Conn, error),
) (net.Conn, error) {
	raw, err := dial(ctx, network, net.JoinHostPort(service.Host, service.Port))
	if err != nil {
		return nil, err
	}
	cfg := new(tls.Config)
	if c.tls != nil {
		cfg = c.tls.Clone()
	}
	cfg.ServerName, cfg.EncryptedClientHelloConfigList = host, list
	cfg.MinVersion, cfg.NextProtos = tls.VersionTLS13, []string{"h2", "http/1.1"}
	return handshake(ctx, raw, cfg)
}
