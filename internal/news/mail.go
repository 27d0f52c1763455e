package news

import "time"

// A MailChoice is what somebody who gets the digest by e-mail chose.
type MailChoice struct {
	LensID string `json:"lens"`
	Query  string `json:"query,omitempty"` // only Stories with Articles that hold all of these words; "": all
	Weekly bool   `json:"weekly,omitempty"`
}

// A MailSubscriber is an address to which the digest goes, or which was asked whether it wants
// it. It is all that the hub knows of whom the address belongs to.
type MailSubscriber struct {
	Address string
	// Choice is what was confirmed; nil until something was.
	Choice *MailChoice
	// Wanted waits for somebody who reads the mail at Address to confirm it, until WantedUntil; nil:
	// nothing does.
	Wanted      *MailChoice
	WantedUntil time.Time
	// Asked is when Address was last asked to confirm something; Asking, that it has to be asked.
	Asked  time.Time
	Asking bool
	// Since is up to when the last digest told what is new.
	Since time.Time
	// Due is when something is to be sent; zero: nothing is.
	Due time.Time
	// Tries is how many times in a row sending failed in a way that may pass; Refused, how many times in a row
	// the server said that there is no such address.
	Tries, Refused int
}

// MailLimits bound what strangers can make a hub send.
type MailLimits struct {
	All       int           // addresses, confirmed or not
	Asks      int           // confirmations asked for within AsksIn, of all addresses
	AsksIn    time.Duration //
	AskAgain  time.Duration // an address is asked no sooner than this after the last time
	Confirm   time.Duration // for how long it can be confirmed
	TokenKept time.Duration // for how long the links in a digest work
}

// MailCounts says how many addresses a hub has.
type MailCounts struct{ Confirmed, Waiting int }
