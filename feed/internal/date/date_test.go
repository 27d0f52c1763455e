package date

import "testing"

// Both forms that are read directly give what the general way gives.
func FuzzCommon(f *testing.F) {
	for _, s := range []string{
		"Mon, 02 Nov 2026 08:15:00 +0100", "Mon, 02 Nov 2026 08:15:00 GMT", "2026-11-02T08:15:00Z", "2026-11-02T08:15:00.25+05:30",
		"Sun, 29 Feb 2026 00:00:00 GMT", "2026-02-30T00:00:00Z", "Mon, 31 Apr 2026 23:59:60 -1900", "0000-01-01T00:00:00Z", "2026-11-02T24:00:00Z",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		direct, ok := Common(s)
		if !ok {
			return
		}
		general, note, ok := general(s)
		if !ok || note != "" || !direct.Equal(general) {
			t.Errorf("%q is %v, in general %v (%s, %v)", s, direct, general, note, ok)
		}
	})
}

func TestParseNotes(t *testing.T) {
	for s, want := range map[string]string{
		"03/04/2026": "a date whose month may be its day", "13/04/2026": "", "04/13/2026": "", "04/04/2026": "",
		"2026-11-02 08:15": "a time without a zone, read as UTC", "2026-11-02T08:15:00Z": "", "1762071300": "a date as a number of seconds",
	} {
		if _, note, ok := Parse(s); !ok || note != want {
			t.Errorf("Parse(%q) notes %q (%v), want %q", s, note, ok, want)
		}
	}
}
