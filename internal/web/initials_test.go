package web

import (
	"testing"
)

func TestInitials(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Norrland Today": "NT", "The Fjord Post": "FP", "Tarn": "T", "The": "T", "المرصاد": "م", "ال": "ا", "новая река": "НР",
		"日本 新聞": "日", "24 Hours": "2", "“Quoted” & co": "QC", "": "", "—": "", "<svg onload=x>": "SO",
	} {
		if got := initials(name); got != want {
			t.Errorf("initials of %q: %q, want %q", name, got, want)
		}
	}
}
