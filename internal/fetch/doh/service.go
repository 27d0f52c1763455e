package doh

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

const (
	maxAliases  = 4  // followed one after another; honest chains have one
	maxServices = 16 // read of one answer
)

// A Service is where to connect to for a host by https, and the keys with which its name
// is encrypted on the way.
type Service struct {
	Host, Port string
	ECH        []byte // an ECHConfigList (RFC 9849 §4)
}

type service struct {
	found *Service
	err   error
	until time.Time
}

// Service returns the best service of host and port that offers Encrypted Client Hello,
// from its HTTPS records (RFC 9460, RFC 9848); nil if it offers none.
func (r *Resolver) Service(ctx context.Context, host, port string) (*Service, error) {
	if _, err := netip.ParseAddr(host); err == nil {
		return nil, nil //nolint:nilnil // as documented: an address has no records
	}
	key, now := host+" "+port, r.Now()
	r.mu.Lock()
	s := r.https[key]
	r.mu.Unlock()
	if s != nil && now.Before(s.until) {
		return s.found, s.err
	}
	s = new(service)
	var ttl time.Duration
	s.found, ttl, s.err = r.service(ctx, host, port)
	if s.err != nil && ctx.Err() != nil {
		return nil, s.err // says nothing of the name
	}
	s.until = now.Add(keepError)
	if s.found != nil {
		s.until = now.Add(max(ttl, minKeep))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for name := range r.https {
		if len(r.https) < maxNames {
			break
		}
		delete(r.https, name) // any one
	}
	if r.https == nil {
		r.https = map[string]*service{}
	}
	r.https[key] = s
	return s.found, s.err
}

func (r *Resolver) service(ctx context.Context, host, port string) (*Service, time.Duration, error) {
	name := host
	if port != "443" {
		name = "_" + port + "._https." + host // RFC 9460 §9.1
	}
	for range maxAliases {
		answer, age, err := r.message(ctx, name, dnsmessage.TypeHTTPS)
		if err != nil {
			return nil, 0, err
		}
		records, ttl, err := readHTTPS(answer)
		if errors.Is(err, errNoName) {
			return nil, 0, nil // it has no such record, whatever else it has
		}
		if err != nil {
			return nil, 0, r.failed(host, err)
		}
		if len(records) == 0 {
			return nil, 0, nil
		}
		first := records[0]
		target := strings.TrimSuffix(first.Target.String(), ".")
		if first.Priority == 0 { // AliasMode (RFC 9460 §2.4.2)
			if target == "" {
				return nil, 0, nil
			}
			name = target
			continue
		}
		for _, s := range records {
			if found := offered(s, name, host, port); found != nil {
				return found, ttl - age, nil
			}
		}
		return nil, 0, nil
	}
	return nil, 0, r.failed(host, fmt.Errorf("more than %d aliases", maxAliases))
}

// offered returns the service of a record in ServiceMode, nil if it offers no ECH or wants
// what we do not know (RFC 9460 §8).
func offered(s dnsmessage.SVCBResource, owner, host, port string) *Service {
	ech, ok := s.GetParam(dnsmessage.SVCParamECH)
	if !ok || len(ech) == 0 {
		return nil
	}
	known := []dnsmessage.SVCParamKey{
		dnsmessage.SVCParamALPN, dnsmessage.SVCParamNoDefaultALPN, dnsmessage.SVCParamPort,
		dnsmessage.SVCParamIPv4Hint, dnsmessage.SVCParamECH, dnsmessage.SVCParamIPv6Hint,
	}
	if wanted, ok := s.GetParam(dnsmessage.SVCParamMandatory); ok {
		for ; len(wanted) >= 2; wanted = wanted[2:] {
			if !slices.Contains(known, dnsmessage.SVCParamKey(uint16(wanted[0])<<8|uint16(wanted[1]))) {
				return nil
			}
		}
	}
	if !overTCP(s) {
		return nil
	}
	found := &Service{Host: strings.TrimSuffix(s.Target.String(), "."), Port: port, ECH: ech}
	if found.Host == "" { // "." is the owner of the record (RFC 9460 §2.5.2)
		if found.Host = owner; strings.HasPrefix(owner, "_") {
			found.Host = host
		}
	}
	if p, ok := s.GetParam(dnsmessage.SVCParamPort); ok && len(p) == 2 {
		found.Port = strconv.Itoa(int(p[0])<<8 | int(p[1]))
	}
	return found
}

// overTCP reports whether a service speaks a protocol that we do: HTTP/1.1 or HTTP/2, over
// TLS. It speaks HTTP/1.1 unless it says otherwise, and then it has to name what it speaks
// instead (RFC 9460 §7.1.1, §7.1.2).
func overTCP(s dnsmessage.SVCBResource) bool {
	if _, without := s.GetParam(dnsmessage.SVCParamNoDefaultALPN); !without {
		return true
	}
	alpn, _ := s.GetParam(dnsmessage.SVCParamALPN)
	for len(alpn) > 0 {
		n := int(alpn[0])
		if n == 0 || n >= len(alpn) {
			return false // is malformed
		}
		if id := string(alpn[1 : 1+n]); id == "h2" || id == "http/1.1" {
			return true
		}
		alpn = alpn[1+n:]
	}
	return false
}

// readHTTPS returns the HTTPS records of an answer, the best first, and the shortest time
// to live.
func readHTTPS(answer []byte) ([]dnsmessage.SVCBResource, time.Duration, error) {
	var records []dnsmessage.SVCBResource
	ttl, err := answers(answer, dnsmessage.TypeHTTPS, maxServices, func(p *dnsmessage.Parser) error {
		s, err := p.HTTPSResource()
		records = append(records, s.SVCBResource)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	slices.SortStableFunc(records, func(a, b dnsmessage.SVCBResource) int { return cmp.Compare(a.Priority, b.Priority) })
	return records, ttl, nil
}
