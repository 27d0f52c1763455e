package feed

// Limits bound what a document may cost. A zero field means the default. What goes
// beyond a limit is left out and reported as a Problem; the rest is read.
type Limits struct {
	Depth    int // elements within one another
	Attrs    int // attributes of one element
	Tag      int // bytes of one tag
	Text     int // bytes of text of one element
	Entities int // bytes that a document's own entities may expand to
	Entries  int // entries of one document
	Problems int // problems reported; further ones are not
}

// The default limits: an order of magnitude above what honest feeds need.
const (
	DefaultDepth    = 256
	DefaultAttrs    = 256
	DefaultTag      = 1 << 20  // data: URLs in img tags are this long
	DefaultText     = 16 << 20 // the longest articles with embedded pictures
	DefaultEntities = 1 << 20
	DefaultEntries  = 1 << 20
	DefaultProblems = 100
)

func (l Limits) withDefaults() Limits {
	for _, f := range []struct {
		field *int
		value int
	}{
		{&l.Depth, DefaultDepth},
		{&l.Attrs, DefaultAttrs},
		{&l.Tag, DefaultTag},
		{&l.Text, DefaultText},
		{&l.Entities, DefaultEntities},
		{&l.Entries, DefaultEntries},
		{&l.Problems, DefaultProblems},
	} {
		if *f.field <= 0 {
			*f.field = f.value
		}
	}
	return l
}
