package extract

import (
	"math/bits"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

// wire is an invented agency text, as the agency sent it.
const wire = `VELMORA, 3 November. The regional council of Norrland rejected the draft water agreement on Monday evening, with nineteen votes to twelve, after a debate that lasted nine hours.

The draft would have fixed how much of the river's flow each side of the border may draw off between May and September. Farmers in twelve villages had warned that the quotas left them without irrigation in dry years.

"We do not refuse to talk, we refuse to sign a paper that our own engineers have not seen," said council chair Ina Dalby. Her party had asked for the measurements of the upper gauge to be published before the vote.

The government of Sudermark called the decision regrettable. A spokesman for its ministry of agriculture, Tor Halven, said that the offer of a joint gauge at Kesten bridge remained on the table and that technical talks would continue as planned next week.

Traders in the port of Velmora said that grain prices had hardly moved. The river carries about a third of the region's freight in autumn, when the locks are open around the clock.

Observers of the river commission, which both sides founded forty years ago, are to report on the level of the reservoirs before the end of the month. The commission has no power to decide, but its figures have been accepted by the courts of both sides.`

// other is another outlet's own report of the same event.
const other = `After nine hours of debate the council of Norrland has said no to the water agreement. Nineteen members voted against the draft on Monday, twelve for it.

Council chair Ina Dalby said her side was not against talks as such. What was missing, she told reporters, were the figures of the upper gauge; nobody could sign quotas that the engineers of Norrland had never checked.

In Sudermark the vote was met with regret. Tor Halven of the ministry of agriculture pointed to a standing offer, a gauge at Kesten bridge run by both sides together, and promised that the experts would meet next week in any case.

For the villages along the lower river the question is a practical one. Without a settlement the old rule of 1986 applies, which lets each side draw as much as its pumps can lift. In dry summers that has led to quarrels at night between neighbours who otherwise share a church and a fire brigade.

The river commission will present its reservoir figures at the end of the month. Grain prices in Velmora did not react.`

func TestFingerprintDistances(t *testing.T) {
	_, rest, _ := strings.Cut(wire, "\n\n")
	f := Fingerprint(wire, "en")
	for _, tt := range []struct {
		name, text string
		copied     bool
	}{
		{"the same", wire, true},
		{"house style of dashes and quotes", strings.NewReplacer("\"", "“", "'", "’", ". ", ".  ").Replace(wire), true},
		{"the agency's name at the end", wire + "\n\nWith material from the agency.", true},
		{"without the dateline", strings.TrimPrefix(wire, "VELMORA, 3 November. "), true},
		{"without the last paragraph", wire[:strings.LastIndex(wire, "\n\n")], false},
		{"another first paragraph", "A debate of nine hours ended without an agreement in Norrland on Monday.\n\n" + rest, true},
		{"the same event in other words", other, false},
	} {
		d := bits.OnesCount64(f ^ Fingerprint(tt.text, "en"))
		t.Logf("%2d bits: %s", d, tt.name)
		if got := d <= wireDistance; got != tt.copied {
			t.Errorf("%s: %d bits, copy %v, want %v", tt.name, d, got, tt.copied)
		}
	}
	if got := Fingerprint("Too short to tell.", "en"); got != 0 {
		t.Errorf("a short text has the fingerprint %x", got)
	}
}

func TestWireRoot(t *testing.T) {
	at := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	a := &news.Article{ID: "a", SourceID: "s1", Fingerprint: 0xff00, FirstSeen: at}
	art := func(id, source string, f uint64, ago time.Duration, root string) *news.Article {
		return &news.Article{ID: id, SourceID: source, Fingerprint: f, FirstSeen: at.Add(-ago), WireRoot: root}
	}
	for _, tt := range []struct {
		name   string
		near   []*news.Article
		edited bool
		want   string
		copies []string
	}{
		{"none", nil, false, "", nil},
		{"earliest", []*news.Article{art("b", "s2", 0xff01, time.Hour, "r"), art("r", "s3", 0xff00, 2*time.Hour, "")}, false, "r", nil},
		{"root of the copy", []*news.Article{art("b", "s2", 0xff01, time.Hour, "r")}, false, "r", nil},
		{"own source", []*news.Article{art("b", "s1", 0xff00, time.Hour, "")}, false, "", nil},
		{"too different", []*news.Article{art("b", "s2", 0x00ff, time.Hour, "")}, false, "", nil},
		{"too old", []*news.Article{art("b", "s2", 0xff00, 73*time.Hour, "")}, false, "", nil},
		{"saved before, though seen later", []*news.Article{art("c", "s4", 0xff00, -2*time.Hour, "b"), art("b", "s2", 0xff00, -time.Hour, "")}, false, "", []string{"c", "b"}},
		{"edited into what others said later", []*news.Article{art("b", "s2", 0xff00, -time.Hour, "")}, true, "", nil},
		{"its own copy", []*news.Article{art("b", "s2", 0xff00, time.Hour, "a")}, false, "", nil},
		{"same moment", []*news.Article{art("c", "s2", 0xff00, 0, ""), art("b", "s3", 0xff00, 0, "")}, false, "", []string{"c", "b"}},
	} {
		root, copies := wireRoot(a, tt.near, tt.edited)
		if diff := cmp.Diff(tt.want, root) + cmp.Diff(tt.copies, copies); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
