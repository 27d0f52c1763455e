package news

import "time"

// A Picture is the hub's own copy of an image that stands in Articles of a Source.
type Picture struct {
	ID       string // ID("picture", SourceID, URL)
	SourceID string
	URL      string // where the outlet has it
	// Type is the media type of Data, which the hub made anew of the pixels of the outlet's
	// image; "" while there is none, or none any more.
	Type          string
	Data          []byte
	Width, Height int
	Fetched       time.Time // when it was made
	Due           time.Time // when it is to be asked for; zero: not any more
	Failures      int       // in a row
	LastError     string
}
