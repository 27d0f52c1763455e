// Package dateparser stands in for github.com/markusmobius/go-dateparser, which the hub
// links through go-trafilatura and never calls: dates are read by package extract, and
// trafilatura's own search for them is switched off. The real one compiles thousands of
// patterns when a program starts, which took each command of ours a quarter of a
// second of processor time and each process 55 MB. The declarations are those that go-htmldate needs to compile.
package dateparser

import (
	"errors"
	"time"
)

// A ParserType names a way to read dates.
type ParserType uint8

// The ways that go-htmldate names.
const (
	CustomFormat ParserType = iota
	AbsoluteTime
)

// A PreferredDateSource says which date is meant where several could be.
type PreferredDateSource uint8

// Past prefers dates before the present.
const Past PreferredDateSource = 1

// A Configuration of a Parser.
type Configuration struct {
	CurrentTime         time.Time
	StrictParsing       bool
	PreferredDateSource PreferredDateSource
}

// A Parser reads nothing.
type Parser struct{ ParserTypes []ParserType }

// A Date that was read.
type Date struct{ Time time.Time }

var errNone = errors.New("dates are not read here")

// Parse returns an error.
func (*Parser) Parse(*Configuration, string, ...string) (Date, error) { return Date{}, errNone }
