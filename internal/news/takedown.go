package news

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// What a Takedown takes down.
const (
	TakenArticle = "article"
	TakenSource  = "source"
)

// A Takedown takes an Article or a whole Source out of the hub at the operator's word. It is for what
// must go now; a Carriage that ends on a day agreed is ended by its Until.
type Takedown struct {
	Kind   string    // TakenArticle or TakenSource
	Target string    // id of it
	At     time.Time // since when readers are given nothing of it
	Why    string    // in the operator's words, for readers
	// Legal says that somebody demanded it by law: the answer is 451 (RFC 7725) and not 410. Who did
	// is By, under the law of Jurisdiction; URL, which may be "", is where the order can be read.
	Legal        bool
	By           string
	Jurisdiction string
	URL          string
	// PurgeAt is from when on the text is deleted; until then the Takedown can be undone. Purged says
	// that it was.
	PurgeAt time.Time
	Purged  bool
}

// maxTakedownWords bounds what the operator may say in each field, in runes: it stands on a page.
const maxTakedownWords = 500

// Check returns what is wrong with a Takedown that is to be made, or nil.
func (t *Takedown) Check() error {
	if t.Why == "" {
		return errors.New("a takedown needs a reason, which readers see")
	}
	for name, text := range map[string]string{"reason": t.Why, "authority": t.By, "jurisdiction": t.Jurisdiction, "address": t.URL} {
		if n := utf8.RuneCountInString(text); n > maxTakedownWords {
			return fmt.Errorf("the %s has %d letters, and may have %d", name, n, maxTakedownWords)
		}
	}
	switch {
	case t.Legal && (t.By == "" || t.Jurisdiction == ""):
		return errors.New("a takedown for legal reasons needs who demanded it, and under whose law")
	case !t.Legal && (t.By != "" || t.Jurisdiction != "" || t.URL != ""):
		return errors.New("an authority, a jurisdiction or an order belong to a takedown for legal reasons")
	}
	if t.URL != "" {
		u, err := url.Parse(t.URL)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return fmt.Errorf("%q is not the address of an order: it does not begin with https://", t.URL)
		}
	}
	return nil
}

// ErrPurged says that a Takedown cannot be undone, because the text was deleted.
var ErrPurged = errors.New("its text was deleted")

// A Gone is an Article of which readers are given nothing any more.
type Gone struct {
	ArticleID, SourceID, StoryID string
	GUID, URL                    string // as the Article's
	FirstSeen                    time.Time
	At                           time.Time // since when
	// Takedown is the one of the Article or of its Source; nil where its Carriage ended.
	Takedown *Takedown
}

// A GoneQuery asks for what is gone, the last first.
type GoneQuery struct {
	Now   time.Time
	Since time.Time // not what was gone before
	// SourceIDs restricts to these Sources, nil to none; StoryID to one Story, "" to none.
	SourceIDs []string
	StoryID   string
	Limit     int
}

// At returns whether s is carried at now: a Takedown ends its Carriage.
func (s *Source) At(now time.Time) CarriageState {
	if !s.TakenDown.IsZero() {
		return Withdrawn
	}
	return s.Carriage.At(now)
}

// Ended returns since when s, which is withdrawn, is not carried any more.
func (s *Source) Ended() time.Time {
	until := s.Carriage.Until
	if t := s.TakenDown; !t.IsZero() && (until.IsZero() || t.Before(until)) {
		return t
	}
	return until
}

// OneLine returns text without line breaks and further space.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
