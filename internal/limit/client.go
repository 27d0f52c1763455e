package limit

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the addresses of proxies that stand before the hub, and whose word for it who asks is
// taken.
type Proxies []netip.Prefix

// ParseProxies reads addresses ("127.0.0.1") and networks ("10.0.0.0/8").
func ParseProxies(list []string) (Proxies, error) {
	var p Proxies
	for _, text := range list {
		if addr, err := netip.ParseAddr(text); err == nil {
			addr = addr.Unmap().WithZone("")
			p = append(p, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%q is neither an IP address nor a network", text)
		}
		p = append(p, network.Masked())
	}
	return p, nil
}

func (p Proxies) trust(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(n netip.Prefix) bool { return n.Contains(addr) })
}

// maxHops bounds how far back X-Forwarded-For is read: nobody stands behind more proxies.
const maxHops = 16

// Client returns the address of who asks: the peer of the connection, or, where that is a trusted
// proxy, the last address in X-Forwarded-For that is none. What stands before that one anybody may
// have written. limited is false for a peer on this machine that is no trusted proxy: it is the operator, or
// a proxy that he has not named, behind which all the world would be one client.
func (p Proxies) Client(r *http.Request) (addr netip.Addr, limited bool) {
	addr = parseAddr(r.RemoteAddr)
	if !p.trust(addr) {
		return addr, !addr.IsLoopback()
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= max(0, len(hops)-maxHops); i-- {
		hop := parseAddr(strings.TrimSpace(hops[i]))
		if !hop.IsValid() {
			break // whoever wrote that, the one who sent it is known
		}
		addr = hop
		if !p.trust(hop) {
			break
		}
	}
	return addr, true
}

// parseAddr reads an address with or without a port; an invalid one if it is neither.
func parseAddr(text string) netip.Addr {
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return ap.Addr().Unmap()
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}
