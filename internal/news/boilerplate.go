package news

import "time"

// Kinds of what is set apart from an Article's text.
const (
	ApartStub        = "stub"        // a link to the rest, or to something else: "Read more"
	ApartBox         = "box"         // what stands beside the text: other articles, an offer, a credit; of long ones the beginning
	ApartNotice      = "notice"      // what the page says of the text: whose it is, why it is there
	ApartBoilerplate = "boilerplate" // what many articles of the Source repeat
)

// An Apart is a block that stood in an Article's text and is not of the Article.
type Apart struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// A Boilerplate is what is known of the blocks that the articles of a Source repeat.
type Boilerplate struct {
	SourceID string
	Window   []byte // the last articles as extraction has seen them, in its own format
	Blocks   []Block
}

// A Block is a text that is taken out of the articles of a Source.
type Block struct {
	Kind    string    `json:"kind"` // ApartNotice or ApartBoilerplate
	Text    string    `json:"text"`
	Times   int       `json:"times"`             // out of how many articles it was taken
	Article string    `json:"article,omitempty"` // the id of the last of them
	Learned time.Time `json:"learned"`
	Last    time.Time `json:"last"` // when an article last had it
}
