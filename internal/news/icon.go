package news

import "time"

// An Icon is the small picture by which an outlet is known.
type Icon struct {
	SourceID string
	URL      string // where it was found; "" if it was not
	// What HTTP said of it, and who said so.
	ETag, LastModified, Validated string
	// Small and Large are PNGs of 32 and 64 pixels each way, made by the hub; nil if there is none.
	Small, Large []byte
	Due          time.Time
	Failures     int // in a row
	LastError    string

	// Home and Routes are those of the Source, Named is where its feed says that the icon is;
	// filled in when the stage asks for what is due.
	Home, Named string
	Routes      []string
}
