package news

import "time"

// The sections of a Story's page that a Gist may stand above. Those of a Side are GistSide and its id.
const (
	GistAll     = "all"     // the whole Story
	GistShared  = "shared"  // what several sides report
	GistFigures = "figures" // numbers at odds
	GistSide    = "side:"
)

// A Gist is one sentence in which a machine says what the accounts in a section of a Story's page
// have in common. It rests on Articles that it cites, and is shown only while all of them
// are what they were.
type Gist struct {
	LensID   string     `json:"lens"`
	Section  string     `json:"section"`
	Language string     `json:"language"`       // base language
	Text     string     `json:"text,omitempty"` // "" where what the machine said was dropped
	Cites    []Citation `json:"cites,omitempty"`
	Asked    string     `json:"asked"`  // hash of what was asked: the same is not asked again
	Model    string     `json:"model"`  // as its endpoint calls it
	Prompt   int        `json:"prompt"` // version of the prompt
	At       time.Time  `json:"at"`
}

// A Citation is what a Gist rests on.
type Citation struct {
	ArticleID string `json:"article"`
	Revision  int    `json:"revision"`
	SideID    string `json:"side"`            // on which it stood
	Words     bool   `json:"words,omitempty"` // more of it than the headline
	Mode      Mode   `json:"mode,omitempty"`  // in which it was carried; "" where that was not kept: Excerpt
}

// A Translation is what a machine made of a headline, or of a Passage, in another language.
type Translation struct {
	ArticleID string
	Revision  int
	From, To  int    // the Passage in the Article's Text; both 0: the headline
	Language  string // base language
	Text      string // "" where what the machine said was dropped
	Names     bool   // its names were held against those of the original
	Model     string
	Prompt    int
	At        time.Time
}
