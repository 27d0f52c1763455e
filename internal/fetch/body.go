package fetch

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// ErrTooLarge says that a body is larger than the limit, after decompression.
var ErrTooLarge = errors.New("body is too large")

// errCoding says that a body is not what its Content-Encoding says.
var errCoding = errors.New("body cannot be decompressed")

const (
	maxAhead   = 1 << 20 // of memory taken on the word of a Content-Length
	maxCodings = 3       // one is usual; who stacks more builds a bomb
	zstdWindow = 8 << 20 // the most that HTTP allows (RFC 9659)
)

// readBody reads a body that has the given length on the wire (-1: not known) and
// decompresses it, up to limit bytes. Beyond, it is an ErrTooLarge, or the first limit
// bytes if cut is set.
func readBody(r io.Reader, h http.Header, length, limit int64, cut bool) ([]byte, error) {
	codings, err := codingsOf(h)
	if err != nil {
		return nil, err
	}
	if length > limit && !cut {
		return nil, fmt.Errorf("%w: %d bytes announced, %d allowed", ErrTooLarge, length, limit)
	}
	// The wire is limited, too: a coding that ends early or shrinks nothing must not make
	// us read for ever.
	wire := &io.LimitedReader{R: r, N: limit + 1}
	var out io.Reader = bufio.NewReader(wire)
	for _, coding := range slices.Backward(codings) { // the last one applied comes off first
		d, err := decoder(coding, bufio.NewReader(out))
		if err != nil {
			return nil, err
		}
		if c, ok := d.(io.Closer); ok {
			defer func() { _ = c.Close() }()
		}
		out = d
	}
	var buf bytes.Buffer
	if length > 0 {
		// At least so much comes; where it is not compressed, no more.
		buf.Grow(int(min(length, limit, maxAhead)) + bytes.MinRead)
	}
	_, err = buf.ReadFrom(io.LimitReader(out, limit+1))
	switch {
	case int64(buf.Len()) > limit && cut:
		return buf.Bytes()[:limit], nil
	case int64(buf.Len()) > limit, err != nil && wire.N <= 0:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	case err == nil:
		return buf.Bytes(), nil
	case len(codings) > 0 && isCoding(err):
		return nil, fmt.Errorf("%w (%s): %w", errCoding, strings.Join(codings, ", "), err)
	}
	return nil, &shortError{buf.Len(), err}
}

// codingsOf returns the content codings in the order in which they were applied.
func codingsOf(h http.Header) ([]string, error) {
	var codings []string
	for _, line := range h.Values("Content-Encoding") {
		for name := range strings.SplitSeq(line, ",") {
			switch name = strings.ToLower(strings.TrimSpace(name)); name {
			case "", "identity", "none", "utf-8": // the last two are common mistakes
			case "gzip", "x-gzip", "br", "zstd", "deflate":
				codings = append(codings, name)
			default:
				return nil, fmt.Errorf("%w: unknown coding %q", errCoding, cut(name))
			}
		}
	}
	if len(codings) > maxCodings {
		return nil, fmt.Errorf("%w: %d codings on top of one another", errCoding, len(codings))
	}
	if len(codings) == 0 {
		// Files stored compressed are often sent without saying so. A decoder passes what is
		// not gzip.
		codings = []string{"gzip"}
	}
	return codings, nil
}

// decoder takes one coding off. What does not begin as the coding does is passed as it
// is: some servers name a coding and do not apply it.
func decoder(coding string, r *bufio.Reader) (io.Reader, error) {
	head, _ := r.Peek(4)
	switch coding {
	case "gzip", "x-gzip":
		if !bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
			return r, nil
		}
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("%w (gzip): %w", errCoding, err)
		}
		return z, nil
	case "zstd":
		if !bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}) && !skippable(head) {
			return r, nil
		}
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return nil, fmt.Errorf("%w (zstd): %w", errCoding, err)
		}
		return z.IOReadCloser(), nil
	case "deflate":
		// It should be zlib (RFC 9110 §8.4.1.2); some send bare deflate.
		if len(head) >= 2 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			z, err := zlib.NewReader(r)
			if err != nil {
				return nil, fmt.Errorf("%w (deflate): %w", errCoding, err)
			}
			return z, nil
		}
		return flate.NewReader(r), nil
	}
	return brotli.NewReader(r), nil // the last one, br
}

// skippable reports whether head begins a skippable frame (RFC 8878 §3.1.2).
func skippable(head []byte) bool {
	return len(head) >= 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], []byte{0x2a, 0x4d, 0x18})
}

// isCoding reports whether err comes from a decoder rather than from the network.
func isCoding(err error) bool {
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, zlib.ErrChecksum) {
		return true
	}
	if _, ok := errors.AsType[flate.CorruptInputError](err); ok {
		return true
	}
	text := err.Error()
	return strings.HasPrefix(text, "brotli:") || errors.Is(err, zstd.ErrMagicMismatch) || errors.Is(err, zstd.ErrWindowSizeExceeded) ||
		errors.Is(err, zstd.ErrCRCMismatch) || errors.Is(err, zstd.ErrReservedBlockType) || strings.HasPrefix(text, "zstd")
}
