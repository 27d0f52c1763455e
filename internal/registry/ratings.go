package registry

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"parallax/internal/news"
)

// Bounds of a file of ratings. The largest ratings that are sold cover some ten thousand outlets.
const (
	MaxRatingsBytes = 16 << 20
	maxRatings      = 100_000
	maxValue        = 200  // runes; a grade, a score or a sentence, no review
	maxAddress      = 2000 // bytes
)

var ratingColumns = []string{"domain", "value", "url", "date"}

// A RatingsError says what is wrong with a file of ratings, where, and what to try.
type RatingsError struct {
	Line       int // 0: the file as a whole
	What, Hint string
}

func (e *RatingsError) Error() string {
	if e.Line == 0 {
		return e.What
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.What)
}

// ReadRatings reads a file of ratings: CSV (RFC 4180) in UTF-8, with a first row that names the
// columns, in any order; url and date may be left out, or empty.
//
//	domain,value,url,date
//	harbour-times.example,"87 of 100, as of October",https://ratings.example/harbour-times,2026-10-30
//	tarn.example,trustworthy,,
//
// Domain is that of the outlet's home page without "www."; it holds for the hosts below it that
// have no row of their own. Value is shown as it stands. Lines that begin with # are comments.
// The first thing that is wrong is a *RatingsError, and nothing is read.
func ReadRatings(r io.Reader) ([]news.Rating, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxRatingsBytes+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > MaxRatingsBytes:
		return nil, &RatingsError{0, fmt.Sprintf("it is larger than %d MB", MaxRatingsBytes>>20), "is it a list of ratings? Split it, and give each part a rater's name of its own"}
	case !utf8.Valid(data):
		return nil, &RatingsError{0, "it is not in UTF-8", "save it as CSV UTF-8"}
	}
	text := strings.TrimPrefix(string(data), "\ufeff") // as spreadsheets write it
	c := csv.NewReader(strings.NewReader(text))
	c.Comment, c.FieldsPerRecord = '#', -1 // counted here, with a better word
	var columns []string
	var list []news.Rating
	seen := map[string]int{}
	for {
		fields, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, &RatingsError{bad.Line, bad.Err.Error(), `a field with a comma, a quotation mark or a line break stands between quotation marks, "like ""this"""`}
		}
		if err != nil {
			return nil, err // unreachable: it is read from memory
		}
		line, _ := c.FieldPos(0)
		if columns == nil {
			if err := checkColumns(line, fields); err != nil {
				return nil, err
			}
			columns = fields
			continue
		}
		one, err := readRating(line, columns, fields)
		if err != nil {
			return nil, err
		}
		if first := seen[one.Domain]; first != 0 {
			return nil, &RatingsError{line, fmt.Sprintf("%s is rated on line %d, too", one.Domain, first), "a rater says one thing of an outlet; leave one of the two out"}
		}
		seen[one.Domain] = line
		if list = append(list, one); len(list) > maxRatings {
			return nil, &RatingsError{line, fmt.Sprintf("there are more than %d ratings", maxRatings), "leave out those of outlets that you do not carry"}
		}
	}
	if len(list) == 0 {
		return nil, &RatingsError{0, "there is no rating in it", "the first row names the columns, domain,value,url,date; then one row for each outlet. --remove takes a rater's ratings away"}
	}
	return list, nil
}

func checkColumns(line int, fields []string) error {
	const hint = "the first row names the columns: domain,value,url,date; the last two may be left out"
	for i, f := range fields {
		switch {
		case strings.ContainsAny(f, ";\t"):
			return &RatingsError{line, fmt.Sprintf("%q is no column", f), "fields are parted by commas, not by semicolons or tabs"}
		case !slices.Contains(ratingColumns, f):
			return &RatingsError{line, fmt.Sprintf("%q is no column", f), hint}
		case slices.Contains(fields[:i], f):
			return &RatingsError{line, fmt.Sprintf("the column %s is there twice", f), hint}
		}
	}
	for _, f := range ratingColumns[:2] {
		if !slices.Contains(fields, f) {
			return &RatingsError{line, fmt.Sprintf("there is no column %s", f), hint}
		}
	}
	return nil
}

func readRating(line int, columns, fields []string) (one news.Rating, err error) {
	if len(fields) != len(columns) {
		return one, &RatingsError{line, fmt.Sprintf("there are %d fields, not %d", len(fields), len(columns)), "each row has as many commas as the first one; a value with a comma stands between quotation marks"}
	}
	for i, f := range fields {
		f = strings.TrimSpace(f)
		if strings.ContainsFunc(f, unicode.IsControl) {
			return one, &RatingsError{line, fmt.Sprintf("%s has a line break or control character", columns[i]), "write it in one line"}
		}
		switch columns[i] {
		case "domain":
			if err := checkRated(line, f); err != nil {
				return one, err
			}
			one.Domain = f
		case "value":
			if n := utf8.RuneCountInString(f); n == 0 || n > maxValue {
				return one, &RatingsError{line, fmt.Sprintf("value has %d characters, not 1 to %d", n, maxValue), "give the grade here, and what more there is to say under its url"}
			}
			one.Value = f
		case "url":
			if f != "" && (checkURL(f) != nil || len(f) > maxAddress) {
				return one, &RatingsError{line, fmt.Sprintf("url %q is not the address of a web page", news.Cut(f, 100)), "begin it with https://, or leave it empty"}
			}
			one.URL = f
		case "date":
			if _, err := time.Parse(time.DateOnly, f); f != "" && err != nil {
				return one, &RatingsError{line, fmt.Sprintf("date %q is not a day", news.Cut(f, 40)), "write it as 2026-10-30, or leave it empty"}
			}
			one.Date = f
		}
	}
	return one, nil
}

// checkRated is checkDomain with a hint of what to write instead.
func checkRated(line int, s string) error {
	if checkDomain(s) == nil {
		return nil
	}
	bad := &RatingsError{line, fmt.Sprintf("%q is not a domain", news.Cut(s, 100)), "write the domain of the outlet's home page, e.g. harbour-times.example"}
	host := s
	if u, err := url.Parse(s); err == nil && u.Host != "" {
		host = u.Host
	}
	host, _, _ = strings.Cut(host, "/")
	if ascii, err := idna.Lookup.ToASCII(bareHost(host)); err == nil && ascii != s && checkDomain(ascii) == nil {
		bad.Hint = "write the domain alone: " + ascii
	}
	return bad
}

// WriteRatings writes ratings as ReadRatings reads them.
func WriteRatings(w io.Writer, list []news.Rating) error {
	c := csv.NewWriter(w)
	if err := c.Write(ratingColumns); err != nil {
		return err
	}
	for _, r := range list {
		if err := c.Write([]string{r.Domain, r.Value, r.URL, r.Date}); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
