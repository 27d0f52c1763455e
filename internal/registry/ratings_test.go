package registry

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

func TestReadRatings(t *testing.T) {
	const text = "\ufeff# as bought\r\nvalue,domain,date\r\n\"87 of 100, as of \"\"October\"\"\", harbour-times.example ,2026-10-30\r\ngut,xn--nrland-bya.example,\r\n"
	got, err := ReadRatings(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []news.Rating{
		{Domain: "harbour-times.example", Value: `87 of 100, as of "October"`, Date: "2026-10-30"},
		{Domain: "xn--nrland-bya.example", Value: "gut"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	// The smallest file; and both columns that may be left out.
	for _, text := range []string{"domain,value\ntarn.example,good", "url,date,domain,value\n,,tarn.example,good\n"} {
		if got, err := ReadRatings(strings.NewReader(text)); err != nil || len(got) != 1 || got[0] != (news.Rating{Domain: "tarn.example", Value: "good"}) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestReadRatingsErrors(t *testing.T) {
	const head = "domain,value,url,date\n"
	const columns = "the first row names the columns: domain,value,url,date; the last two may be left out"
	for _, test := range []struct{ name, text, want, hint string }{
		{"empty", "", "there is no rating in it", "the first row names the columns, domain,value,url,date; then one row for each outlet. --remove takes a rater's ratings away"},
		{"a head alone", head, "there is no rating in it", "the first row names the columns, domain,value,url,date; then one row for each outlet. --remove takes a rater's ratings away"},
		{"no head", "tarn.example,good\n", `line 1: "tarn.example" is no column`, columns},
		{"semicolons", "domain;value\ntarn.example;good\n", `line 1: "domain;value" is no column`, "fields are parted by commas, not by semicolons or tabs"},
		{"no value", "domain,url\n", "line 1: there is no column value", columns},
		{"twice a column", "domain,value,domain\n", "line 1: the column domain is there twice", columns},
		{"fields", head + "tarn.example,good\n", "line 2: there are 2 fields, not 4", "each row has as many commas as the first one; a value with a comma stands between quotation marks"},
		{"quotes", head + "tarn.example,a \"b\" c,,\n", `line 2: bare " in non-quoted-field`, `a field with a comma, a quotation mark or a line break stands between quotation marks, "like ""this"""`},
		{"address", head + "https://www.Tarn.example/news,good,,\n", `line 2: "https://www.Tarn.example/news" is not a domain`, "write the domain alone: tarn.example"},
		{"www", head + "www.tarn.example,good,,\n", `line 2: "www.tarn.example" is not a domain`, "write the domain alone: tarn.example"},
		{"path", head + "tarn.example/en,good,,\n", `line 2: "tarn.example/en" is not a domain`, "write the domain alone: tarn.example"},
		{"letters", head + "nørland.example,good,,\n", `line 2: "nørland.example" is not a domain`, "write the domain alone: xn--nrland-bya.example"},
		{"suffix", head + "co.uk,good,,\n", `line 2: "co.uk" is not a domain`, "write the domain of the outlet's home page, e.g. harbour-times.example"},
		{"number", head + "192.0.2.1,good,,\n", `line 2: "192.0.2.1" is not a domain`, "write the domain of the outlet's home page, e.g. harbour-times.example"},
		{"no domain", head + ",good,,\n", `line 2: "" is not a domain`, "write the domain of the outlet's home page, e.g. harbour-times.example"},
		{"blank value", head + "tarn.example,\" \",,\n", "line 2: value has 0 characters, not 1 to 200", "give the grade here, and what more there is to say under its url"},
		{"long value", head + "tarn.example," + strings.Repeat("é", 201) + ",,\n", "line 2: value has 201 characters, not 1 to 200", "give the grade here, and what more there is to say under its url"},
		{"two lines", head + "# comment\ntarn.example,\"good\nbad\",,\n", "line 3: value has a line break or control character", "write it in one line"},
		{"script", head + "tarn.example,good,javascript:alert(1),\n", `line 2: url "javascript:alert(1)" is not the address of a web page`, "begin it with https://, or leave it empty"},
		{"date", head + "tarn.example,good,,30.10.2026\n", `line 2: date "30.10.2026" is not a day`, "write it as 2026-10-30, or leave it empty"},
		{"twice", head + "tarn.example,good,,\na.example,good,,\ntarn.example,bad,,\n", "line 4: tarn.example is rated on line 2, too", "a rater says one thing of an outlet; leave one of the two out"},
		{"bytes", head + "tarn.example,\xff,,\n", "it is not in UTF-8", "save it as CSV UTF-8"},
		{"size", head + strings.Repeat("# much ado\n", MaxRatingsBytes/11+1), "it is larger than 16 MB", "is it a list of ratings? Split it, and give each part a rater's name of its own"},
	} {
		got, err := ReadRatings(strings.NewReader(test.text))
		bad, ok := errors.AsType[*RatingsError](err)
		if !ok || got != nil || bad.Error() != test.want || bad.Hint != test.hint {
			t.Errorf("%s: %d ratings, error %v, %+v\nwant %s\nhint %s", test.name, len(got), err, bad, test.want, test.hint)
		}
	}
	var many strings.Builder
	many.WriteString("domain,value\n")
	for i := range maxRatings + 1 {
		fmt.Fprintf(&many, "a%d.example,good\n", i)
	}
	if _, err := ReadRatings(strings.NewReader(many.String())); err == nil || err.Error() != "line 100002: there are more than 100000 ratings" {
		t.Errorf("too many: %v", err)
	}
}

// What was read is written so that it is read as the same again.
func FuzzRatings(f *testing.F) {
	for _, s := range []string{"domain,value\ntarn.example,good\n", "value,domain,url,date\n\"a, \"\"b\"\"\",tarn.example,https://a.example/,2026-01-01\n", "\ufeff#x\ndomain,value\n", "domain;value", "domain,value\n\"tarn.example\",\"#\"\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ReadRatings(strings.NewReader(text))
		if err != nil {
			if bad, ok := errors.AsType[*RatingsError](err); !ok || bad.Hint == "" {
				t.Errorf("an error without a hint: %v", err)
			}
			return
		}
		var b bytes.Buffer
		if err := WriteRatings(&b, list); err != nil {
			t.Fatal(err)
		}
		again, err := ReadRatings(&b)
		if diff := cmp.Diff(list, again); err != nil || diff != "" {
			t.Errorf("read of %q, written and read again: %v\n%s", text, err, diff)
		}
	})
}
