package news

import "time"

// A Notice is what the files of an outlet's site that are for programs say of the use of its work.
type Notice struct {
	SourceID string
	Terms    []Term
	Due      time.Time // when they are to be read again
	Failures int       // in a row

	// Home and Routes are those of the Source, filled in when the stage asks for what is due.
	Home   string
	Routes []string
}
