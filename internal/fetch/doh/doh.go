// Package doh looks up names through DNS over HTTPS (RFC 8484), at a resolver elsewhere
// than where the hub stands: what the local resolver is made to say does not matter then.
//
// A Resolver asks with POST for A, AAAA and HTTPS records, keeps answers for as long as they
// say, within bounds (RFC 8484 §5.1), and says why a name has no address in the words of net.DNSError. It
// knows nothing of which addresses may be dialled: that is for who dials.
package doh

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

const (
	mediaType = "application/dns-message"
	maxAnswer = 64 << 10 // no message is larger (RFC 1035 §4.2.2)
	maxNames  = 4096     // kept at a time
	maxAddrs  = 16       // of one name; clients try few of them
	minKeep   = 30 * time.Second
	maxKeep   = time.Hour // an answer that was wrong is not for ever
	keepError = 30 * time.Second
	// padTo is the block to which queries are padded, so that their length does not tell the
	// name (RFC 8467 §4.1).
	padTo = 128
)

// A Resolver asks one server. It is safe for use by several goroutines.
type Resolver struct {
	// URL of the server, e.g. "https://resolver.example/dns-query".
	URL string
	// Client reaches it.
	Client interface {
		Do(req *http.Request) (*http.Response, error)
	}
	Now func() time.Time

	mu    sync.Mutex // guards names and https
	names map[string]*entry
	https map[string]*service
}

type entry struct {
	addrs []netip.Addr
	err   error
	until time.Time
}

// Lookup returns the addresses of host, IPv4 first as in most networks. A host that is
// an address is returned as it is. That there is none is a *net.DNSError with IsNotFound.
func (r *Resolver) Lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	now := r.Now()
	r.mu.Lock()
	e := r.names[host]
	r.mu.Unlock()
	if e != nil && now.Before(e.until) {
		return e.addrs, e.err
	}
	e = r.ask(ctx, host, now)
	if ctx.Err() != nil && e.err != nil {
		return nil, e.err // says nothing of the name
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for name := range r.names {
		if len(r.names) < maxNames {
			break
		}
		delete(r.names, name) // any one
	}
	if r.names == nil {
		r.names = map[string]*entry{}
	}
	r.names[host] = e
	return e.addrs, e.err
}

// ask asks for both families. One that fails does not matter if the other has addresses.
func (r *Resolver) ask(ctx context.Context, host string, now time.Time) *entry {
	type part struct {
		addrs []netip.Addr
		ttl   time.Duration
		err   error
	}
	var parts [2]part
	var wg sync.WaitGroup
	for i, kind := range []dnsmessage.Type{dnsmessage.TypeA, dnsmessage.TypeAAAA} {
		wg.Go(func() {
			p := &parts[i]
			p.addrs, p.ttl, p.err = r.exchange(ctx, host, kind)
		})
	}
	wg.Wait()
	e := &entry{until: now.Add(keepError)}
	keep := maxKeep
	for _, p := range parts {
		e.addrs = append(e.addrs, p.addrs...)
		if len(p.addrs) > 0 {
			keep = min(keep, p.ttl)
		}
	}
	if len(e.addrs) > 0 {
		e.addrs = e.addrs[:min(len(e.addrs), maxAddrs)]
		e.until = now.Add(max(keep, minKeep))
		return e
	}
	for _, p := range parts {
		// That the name does not exist says more than that it has no address of one family.
		if e.err == nil || p.err != nil && !notFound(p.err) {
			e.err = p.err
		}
	}
	if e.err == nil {
		e.err = &net.DNSError{Err: "no addresses", Name: host, Server: r.URL, IsNotFound: true}
	}
	return e
}

func notFound(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound
}

func (r *Resolver) exchange(ctx context.Context, host string, kind dnsmessage.Type) ([]netip.Addr, time.Duration, error) {
	answer, age, err := r.message(ctx, host, kind)
	if err != nil {
		return nil, 0, err
	}
	addrs, ttl, err := read(answer, kind)
	if err != nil {
		return nil, 0, r.failed(host, err)
	}
	return addrs, ttl - age, nil
}

// failed makes a *net.DNSError of what is wrong with an answer.
func (r *Resolver) failed(host string, err error) error {
	if errors.Is(err, errNoName) {
		return &net.DNSError{Err: "no such host", Name: host, Server: r.URL, IsNotFound: true}
	}
	return &net.DNSError{UnwrapErr: err, Err: err.Error(), Name: host, Server: r.URL, IsTimeout: errors.Is(err, context.DeadlineExceeded)}
}

// message returns the answer to one question, and how long ago it was made: HTTP caches
// keep answers, too. Its error is a *net.DNSError.
func (r *Resolver) message(ctx context.Context, host string, kind dnsmessage.Type) (answer []byte, age time.Duration, err error) {
	fail := func(err error) ([]byte, time.Duration, error) { return nil, 0, r.failed(host, err) }
	query, err := question(host, kind)
	if err != nil {
		return nil, 0, &net.DNSError{UnwrapErr: err, Err: "no name that DNS knows", Name: host, IsNotFound: true}
	}
	req, err := http.NewRequestWithContext(apart{ctx}, http.MethodPost, r.URL, bytes.NewReader(query))
	if err != nil {
		return fail(err)
	}
	req.Header.Set("Content-Type", mediaType)
	req.Header.Set("Accept", mediaType)
	res, err := r.Client.Do(req)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return fail(err)
	case res.StatusCode != http.StatusOK:
		return fail(fmt.Errorf("the resolver answers %s", res.Status))
	case len(answer) > maxAnswer:
		return fail(fmt.Errorf("the resolver's answer is larger than %d bytes", maxAnswer))
	}
	return answer, ageOf(res.Header), nil
}

// ageOf returns the age of an answer, by which its records have to live shorter (RFC 8484
// §5.1); one that cannot be read is none (RFC 9111 §5.1).
func ageOf(h http.Header) time.Duration {
	seconds, err := strconv.ParseUint(strings.TrimSpace(h.Get("Age")), 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(min(seconds, uint64(maxKeep/time.Second))) * time.Second
}

// apart is a context without its values: a trace of the request for which a name is looked
// up (httptrace) would take the connection to the resolver for that to the outlet.
type apart struct{ context.Context }

// Value returns nil.
func (apart) Value(any) any { return nil }

// question returns a query with id 0, so that caches can keep the answer (RFC 8484 §4.1),
// padded (RFC 7830, RFC 8467).
func question(host string, kind dnsmessage.Type) ([]byte, error) {
	if host != "" && host[len(host)-1] != '.' {
		host += "."
	}
	name, err := dnsmessage.NewName(host)
	if err != nil {
		return nil, err
	}
	build := func(padding int) ([]byte, error) {
		m := dnsmessage.Message{
			Header:    dnsmessage.Header{RecursionDesired: true},
			Questions: []dnsmessage.Question{{Name: name, Type: kind, Class: dnsmessage.ClassINET}},
		}
		opt := dnsmessage.Resource{Body: &dnsmessage.OPTResource{Options: []dnsmessage.Option{{Code: 12, Data: make([]byte, padding)}}}}
		opt.Header.Name = dnsmessage.MustNewName(".")
		if err := opt.Header.SetEDNS0(1232, dnsmessage.RCodeSuccess, false); err != nil {
			return nil, err
		}
		m.Additionals = append(m.Additionals, opt)
		return m.Pack()
	}
	bare, err := build(0)
	if err != nil {
		return nil, err
	}
	return build((padTo - len(bare)%padTo) % padTo)
}

var errNoName = errors.New("no such name")

// answers hands each record of a type in an answer to take, wherever it stands: the names
// before it are those of aliases. It returns the shortest time to live of them.
func answers(answer []byte, kind dnsmessage.Type, most int, take func(p *dnsmessage.Parser) error) (time.Duration, error) {
	broken := func(err error) (time.Duration, error) {
		return 0, fmt.Errorf("the resolver's answer is broken: %w", err)
	}
	var p dnsmessage.Parser
	h, err := p.Start(answer)
	if err != nil {
		return 0, fmt.Errorf("the resolver's answer is no DNS message: %w", err)
	}
	switch h.RCode {
	case dnsmessage.RCodeSuccess:
	case dnsmessage.RCodeNameError:
		return 0, errNoName
	default:
		return 0, fmt.Errorf("the resolver answers %s", h.RCode)
	}
	if err := p.SkipAllQuestions(); err != nil {
		return broken(err)
	}
	ttl := maxKeep
	for n := 0; n < most; {
		head, err := p.AnswerHeader()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			break
		}
		if err == nil && head.Type != kind {
			if err = p.SkipAnswer(); err == nil {
				continue
			}
		}
		if err == nil {
			err = take(&p)
		}
		if err != nil {
			return broken(err)
		}
		n++
		ttl = min(ttl, time.Duration(head.TTL)*time.Second)
	}
	return ttl, nil
}

// read returns the addresses of one family in an answer.
func read(answer []byte, kind dnsmessage.Type) ([]netip.Addr, time.Duration, error) {
	var addrs []netip.Addr
	ttl, err := answers(answer, kind, maxAddrs, func(p *dnsmessage.Parser) error {
		if kind == dnsmessage.TypeAAAA {
			a, err := p.AAAAResource()
			addrs = append(addrs, netip.AddrFrom16(a.AAAA))
			return err
		}
		a, err := p.AResource()
		addrs = append(addrs, netip.AddrFrom4(a.A))
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	return addrs, ttl, nil
}
