package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"unicode"

	"code.dny.dev/ssrf"
	"golang.org/x/net/idna"
)

// ErrAddress says that an address must not be asked: it is not a public one.
var ErrAddress = errors.New("address is not public")

// A guard decides which addresses may be dialled.
type guard struct {
	names    map[string]uint16 // "host" -> 0, "host:port" -> port
	prefixes []allowed
}

// allowed is a prefix that the operator named, for one port or (0) for all.
type allowed struct {
	prefix netip.Prefix
	port   uint16
}

// public knows the ranges that are not public: the special-purpose registries of IANA.
// Beyond them there are addresses that look public and answer machines of a cloud alone: that
// by which Azure gives its machines credentials and settings.
var public = ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(netip.MustParsePrefix("168.63.129.16/32")))

// nat64 is the prefix behind which networks without IPv4 show IPv4 addresses (RFC 6052 §2.1).
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// CheckAllow returns what is wrong with an entry of Options.AllowPrivate, or nil.
func CheckAllow(entry string) error { return new(guard).allow(entry) }

func (g *guard) allow(entry string) error {
	entry = strings.ToLower(strings.TrimSpace(entry))
	if strings.Contains(entry, "/") {
		p, err := netip.ParsePrefix(entry)
		if err != nil {
			return fmt.Errorf("%q is no CIDR prefix such as 10.1.0.0/16: %w", entry, err)
		}
		g.prefixes = append(g.prefixes, allowed{p.Masked(), 0})
		return nil
	}
	host, port := entry, uint64(0)
	if h, p, err := net.SplitHostPort(entry); err == nil {
		host = h
		if port, err = strconv.ParseUint(p, 10, 16); err != nil || port == 0 {
			return fmt.Errorf("%q has no port between 1 and 65535", entry)
		}
	}
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap().WithZone("")
		g.prefixes = append(g.prefixes, allowed{netip.PrefixFrom(ip, ip.BitLen()), uint16(port)})
		return nil
	}
	if host == "" || strings.ContainsAny(host, " :@?#") {
		return fmt.Errorf("%q is no host, host:port, address or CIDR prefix", entry)
	}
	if g.names == nil {
		g.names = map[string]uint16{}
	}
	if port != 0 {
		host = net.JoinHostPort(host, strconv.FormatUint(port, 10))
	}
	g.names[host] = uint16(port)
	return nil
}

// named reports whether the operator named this host, or this port of it: then it may
// have any address.
func (g *guard) named(host, port string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if _, ok := g.names[host]; ok {
		return true
	}
	_, ok := g.names[net.JoinHostPort(host, port)]
	return ok
}

// address returns an error wrapping ErrAddress unless ap may be dialled. Ports below
// 1024 other than those of HTTP speak other protocols, which a crafted URL could abuse.
func (g *guard) address(ap netip.AddrPort) error {
	ip := ap.Addr().Unmap().WithZone("")
	for _, a := range g.prefixes {
		if a.prefix.Contains(ip) && (a.port == 0 || a.port == ap.Port()) {
			return nil
		}
	}
	if nat64.Contains(ip) { // an IPv4 address, as a network that has only IPv6 shows it
		b := ip.As16()
		ip = netip.AddrFrom4([4]byte(b[12:]))
	}
	if err := public.SafeAddr(ip); err != nil {
		return fmt.Errorf("%w: %s", ErrAddress, ip)
	}
	if p := ap.Port(); p < 1024 && p != 80 && p != 443 {
		return fmt.Errorf("%w: port %d is not one of HTTP", ErrAddress, p)
	}
	return nil
}

// hostOf returns the host of u as it is asked for: in ASCII, for 127.0.0.1 can be written in
// the digits of any script, in lower case, and without the dot at its end.
func hostOf(u *url.URL) (string, error) {
	host := u.Hostname()
	if strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		ascii, err := idna.Lookup.ToASCII(host) // as net/http does
		if err != nil {
			return "", fmt.Errorf("%w: %q is no name", ErrAddress, cut(host))
		}
		host = ascii
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "" || strings.HasPrefix(host, ".") || strings.HasSuffix(host, ".") || strings.Contains(host, "..") {
		return "", fmt.Errorf("%w: %q is no name", ErrAddress, cut(u.Hostname()))
	}
	return host, nil
}

// target checks what can be seen of the address in u itself: numbers in any spelling.
func (g *guard) target(u *url.URL) error {
	host, err := hostOf(u)
	if err != nil {
		return err
	}
	port := portOf(u)
	if g.named(host, port) {
		return nil
	}
	p, err := strconv.ParseUint(port, 10, 16)
	if err != nil || p == 0 {
		return fmt.Errorf("%w: port %q", ErrAddress, port)
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return g.address(netip.AddrPortFrom(ip, uint16(p)))
	}
	// A host that ends in a number is an IPv4 address in some spelling (URL Standard,
	// "ends in a number"): 2130706433, 0x7f.1 and 0177.0.0.1 are all 127.0.0.1 to
	// somebody. No name ends so.
	last := host[strings.LastIndexByte(host, '.')+1:]
	if digits(last) || strings.HasPrefix(last, "0x") {
		return fmt.Errorf("%w: %s is an IP address in disguise", ErrAddress, host)
	}
	return nil
}

// CheckPublic returns why nobody elsewhere can reach address, as far as it shows: its host
// is this machine, or one of a local network. What allow names (Options.AllowPrivate) is
// taken as reachable.
func CheckPublic(address string, allow []string) error {
	u, err := parseURL(address)
	if err != nil {
		return err
	}
	var g guard
	for _, entry := range allow {
		_ = g.allow(entry) // who wrote it was told by CheckAllow
	}
	if err := g.target(u); err != nil {
		return err
	}
	host, err := hostOf(u)
	if err != nil || g.named(host, portOf(u)) {
		return err
	}
	return publicName(host)
}

// publicName returns an error if host (see hostOf) is a name that means something only in a
// local network.
func publicName(host string) error {
	if _, err := netip.ParseAddr(host); err == nil {
		return nil // target has checked it
	}
	local := !strings.Contains(host, ".")
	for _, end := range localNames {
		local = local || strings.HasSuffix(host, end)
	}
	if local {
		return fmt.Errorf("%w: %s is a name of a local network", ErrAddress, host)
	}
	return nil
}

// localNames are the ends of names that mean something only in a local network.
var localNames = []string{".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".home.arpa", ".corp"}

// proxied checks u before a proxy gets it, for the proxy may stand in a network where
// private addresses answer. Where the proxy looks up the name by itself for good
// reason (socks5h: the local answers may be lies, and asking may betray the reader)
// only the name can be judged.
func (g *guard) proxied(ctx context.Context, r *net.Resolver, u *url.URL, lookup bool) error {
	host, err := hostOf(u)
	if err != nil {
		return err
	}
	port := portOf(u)
	if g.named(host, port) {
		return nil
	}
	p, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return fmt.Errorf("%w: port %q", ErrAddress, port)
	}
	if err := publicName(host); err != nil {
		return err
	}
	if _, err := netip.ParseAddr(host); err == nil || !lookup || strings.HasSuffix(host, ".onion") {
		return nil
	}
	ips, err := r.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil //nolint:nilerr // that the name is not found here is what the proxy is for
	}
	for _, ip := range ips {
		if err := g.address(netip.AddrPortFrom(ip, uint16(p))); err != nil {
			return fmt.Errorf("%s: %w", host, err)
		}
	}
	return nil
}

// dial returns the DialContext of a route, on which names are looked up by look (nil: by
// the system). Only proxy, if not "", is dialled unchecked: the operator named it.
func (c *Client) dial(proxy string, look func(ctx context.Context, host string) ([]netip.Addr, error)) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, fmt.Errorf("%w: %q", ErrAddress, addr)
		}
		check := c.guard.dialled
		if addr == proxy || c.guard.named(host, port) {
			check = func(string, string) error { return nil }
		}
		d := net.Dialer{
			Timeout: dialTimeout, Resolver: c.resolver,
			// After the name was looked up, before the first packet.
			Control: func(network, address string, _ syscall.RawConn) error { return check(network, address) },
		}
		open := d.DialContext
		look := look
		if c.connect != nil {
			open = func(ctx context.Context, network, address string) (net.Conn, error) {
				if err := check(network, address); err != nil {
					return nil, err
				}
				return c.open(ctx, network, address)
			}
			if look == nil {
				look = func(ctx context.Context, host string) ([]netip.Addr, error) {
					return c.resolver.LookupNetIP(ctx, "ip", host)
				}
			}
		}
		if look == nil {
			return open(ctx, network, addr)
		}
		addrs, err := look(ctx, host)
		if err != nil {
			return nil, err
		}
		if trace := httptrace.ContextClientTrace(ctx); trace != nil && trace.DNSDone != nil {
			found := httptrace.DNSDoneInfo{}
			for _, a := range addrs {
				found.Addrs = append(found.Addrs, net.IPAddr{IP: a.AsSlice()})
			}
			trace.DNSDone(found)
		}
		var first error
		for _, a := range addrs {
			conn, err := open(ctx, network, net.JoinHostPort(a.String(), port))
			if err == nil {
				return conn, nil
			}
			if first == nil {
				first = err
			}
			if ctx.Err() != nil {
				break
			}
		}
		return nil, first
	}
}

// dialled checks an address at the moment of dialling.
func (g *guard) dialled(network, address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || !strings.HasPrefix(network, "tcp") {
		return fmt.Errorf("%w: %s %s", ErrAddress, network, address)
	}
	return g.address(ap)
}

// open connects to an address by Options.Dial, in the time and with the trace that a
// net.Dialer would have.
func (c *Client) open(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if trace := httptrace.ContextClientTrace(ctx); trace != nil && trace.ConnectStart != nil {
		trace.ConnectStart(network, address)
	}
	return c.connect(ctx, network, address)
}

// portOf returns the port of u, or that of its scheme.
func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}
