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
