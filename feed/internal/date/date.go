// Package date reads the dates of feeds, in all the forms that their software gives them.
package date

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Parse reads a date in any of the forms that feeds use: RFC 822 and its
// variants, RFC 3339, ISO 8601 basic, extended and ordinal, asctime, national forms
// with named months, Unix seconds. What is not said is taken as its least value, a
// missing zone as UTC; note tells when that, or another guess, was made.
//
// It reads numbers and words one by one and sorts them by what they can be, rather
// than trying layouts: the forms in the wild are too many for a list.
func Parse(s string) (t time.Time, note string, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 128 {
		return time.Time{}, "", false
	}
	if t, ok := Common(s); ok {
		return t, "", true
	}
	return general(s)
}

func general(s string) (t time.Time, note string, ok bool) {
	if t, ok := unix(s); ok {
		return t, "a date as a number of seconds", true
	}
	d := reader{month: -1, day: -1, year: -1, yday: -1, hour: -1}
	if !d.read(s) || !d.arrange() {
		return time.Time{}, "", false
	}
	return d.time()
}

func unix(s string) (time.Time, bool) {
	if len(s) != 10 && len(s) != 13 {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || s[0] == '-' || s[0] == '+' {
		return time.Time{}, false
	}
	if len(s) == 13 {
		return time.UnixMilli(n).UTC(), true
	}
	return time.Unix(n, 0).UTC(), true
}

// A figure is a number that is neither time nor zone.
type figure struct {
	value, digits int
	sep           byte // what stood before it
}

type reader struct {
	year, month, day, yday      int
	hour, minute, second, nanos int
	pm, am, zoned, named, early bool
	either                      bool // two numbers, each of which may be the month
	thai                        bool
	offset                      int // seconds east of UTC
	numbers                     [8]figure
	n                           int
}

// What the last thing read was.
const (
	lastOther = iota
	lastTime
	lastZone
	lastT
)

func (d *reader) read(s string) bool {
	last := lastOther
	var sign byte
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			j := i
			for j < len(s) && s[j] >= '0' && s[j] <= '9' {
				j++
			}
			digits := s[i:j]
			if len(digits) > 14 {
				return false
			}
			value, err := strconv.Atoi(digits)
			if err != nil {
				return false // unreachable: at most 14 digits
			}
			switch {
			case (last == lastTime || last == lastZone) && sign != 0:
				j = d.zone(s, i, j, sign)
				last = lastZone
			case d.hour < 0 && j < len(s) && s[j] == ':' && len(digits) <= 2:
				if j = d.clock(s, value, j); j < 0 {
					return false
				}
				last = lastTime
			case last == lastT && d.hour < 0:
				d.basicClock(digits)
				last = lastTime
			default:
				if d.n == len(d.numbers) {
					return false
				}
				before := byte(' ')
				if i > 0 {
					before = s[i-1]
				}
				d.numbers[d.n] = figure{value, len(digits), before}
				d.n++
				last = lastOther
			}
			sign = 0
			i = j
		case c == '+' || c == '-':
			sign = c
			i++
		case c < utf8.RuneSelf && !isLetter(c):
			i++
		default:
			j := i
			for j < len(s) {
				r, n := utf8.DecodeRuneInString(s[j:])
				dotted := r == '.' && j > i && s[j-1] >= utf8.RuneSelf && j+1 < len(s) && s[j+1] >= utf8.RuneSelf // Thai
				if !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) && !dotted {
					break
				}
				j += n
			}
			if j == i { // a character that is no letter
				_, n := utf8.DecodeRuneInString(s[i:])
				i += n
				continue
			}
			last = d.word(s[i:j], last)
			sign = 0
			i = j
		}
	}
	return true
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// clock reads ":MM[:SS[.frac]]" after the hour, from the colon at i on.
func (d *reader) clock(s string, hour, i int) int {
	d.hour = hour
	part := [2]int{}
	for k := range part {
		if i+1 >= len(s) || s[i] != ':' || s[i+1] < '0' || s[i+1] > '9' {
			break
		}
		j := i + 1
		for j < len(s) && j < i+3 && s[j] >= '0' && s[j] <= '9' {
			part[k] = part[k]*10 + int(s[j]-'0')
			j++
		}
		i = j
	}
	d.minute, d.second = part[0], part[1]
	if i+1 < len(s) && (s[i] == '.' || s[i] == ',') && s[i+1] >= '0' && s[i+1] <= '9' {
		scale := 100_000_000
		for i++; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			d.nanos += int(s[i]-'0') * scale
			scale /= 10
		}
	}
	if d.hour > 24 || d.minute > 59 || d.second > 61 {
		return -1
	}
	return i
}

// basicClock reads the time of ISO 8601's basic form: HH, HHMM or HHMMSS.
func (d *reader) basicClock(digits string) {
	at := func(i int) int {
		if i+2 > len(digits) {
			return 0
		}
		return int(digits[i]-'0')*10 + int(digits[i+1]-'0')
	}
	d.hour, d.minute, d.second = at(0), at(2), at(4)
}

// zone reads the offset whose digits are s[i:j].
func (d *reader) zone(s string, i, j int, sign byte) int {
	digits := s[i:j]
	var hours, minutes int
	switch len(digits) {
	case 1, 2:
		hours, _ = strconv.Atoi(digits)
		if j+2 < len(s) && s[j] == ':' {
			minutes, _ = strconv.Atoi(strings.TrimRightFunc(s[j+1:min(j+3, len(s))], unicode.IsLetter))
			for j++; j < len(s) && s[j] >= '0' && s[j] <= '9'; j++ {
			}
		}
	default:
		hours, _ = strconv.Atoi(digits[:len(digits)-2])
		minutes, _ = strconv.Atoi(digits[len(digits)-2:])
	}
	if hours > 18 || minutes > 59 {
		return j // no zone on earth; as if none was said
	}
	d.offset = hours*3600 + minutes*60
	if sign == '-' {
		d.offset = -d.offset
	}
	d.zoned = true
	return j
}

// word takes a word for what it is; unknown ones, weekdays among them, say nothing.
func (d *reader) word(w string, last int) int {
	switch w {
	case "T", "t":
		return lastT
	case "年", "년":
		d.unit(&d.year)
		return lastOther
	case "月", "월":
		d.unit(&d.month)
		return lastOther
	case "日", "일":
		d.unit(&d.day)
		return lastOther
	case "오후", "下午", "午後":
		d.pm = true
		return lastOther
	case "오전", "上午", "午前":
		d.am = true
		return lastOther
	}
	if d.hour >= 0 && last != lastOther || d.hour >= 0 && d.n > 0 {
		if offset, ok := zones[strings.ToUpper(w)]; ok && (d.month >= 0 || d.n >= 1) {
			if !d.zoned {
				d.offset, d.zoned = offset*60, true
			}
			return lastZone
		}
	}
	w = strings.ToLower(w)
	switch w {
	case "pm":
		d.pm = true
		return lastTime
	case "am":
		d.am = true
		return lastTime
	}
	// A name before any number may have been a weekday: Spanish "mar" is Tuesday.
	if d.month < 0 || d.named && d.early {
		if m := monthNamed(w); m > 0 {
			d.month, d.named, d.early = m, true, d.n == 0
			first, _ := utf8.DecodeRuneInString(w)
			d.thai = unicode.Is(unicode.Thai, first)
		}
	}
	return lastOther
}

// unit gives the last number its meaning.
func (d *reader) unit(field *int) {
	if d.n > 0 {
		d.n--
		*field = d.numbers[d.n].value
	}
}

// arrange finds out which number is the year, the month and the day.
func (d *reader) arrange() bool {
	nums := d.numbers[:d.n]
	if d.year < 0 && len(nums) > 0 {
		switch first := nums[0]; first.digits {
		case 14, 12: // 20040102150405
			if d.hour < 0 {
				div := 1
				for range first.digits - 8 {
					div *= 10
				}
				clock := first.value % div
				if first.digits == 12 {
					clock *= 100
				}
				d.hour, d.minute, d.second = clock/10000, clock/100%100, clock%100
				nums[0] = figure{first.value / div, 8, first.sep}
			}
		}
		switch first := nums[0]; first.digits {
		case 8: // 20040102
			d.year, d.month, d.day = first.value/10000, first.value/100%100, first.value%100
			return true
		case 7: // 2004002
			d.year, d.yday = first.value/1000, first.value%1000
			return true
		case 6: // 040102
			if len(nums) == 1 && !d.named {
				d.year, d.month, d.day = fullYear(first.value/10000), first.value/100%100, first.value%100
				return true
			}
		}
	}
	if d.year < 0 {
		for i, n := range nums {
			if n.digits == 4 {
				d.year = n.value
				var others [len(d.numbers)]figure
				rest := append(append(others[:0], nums[:i]...), nums[i+1:]...)
				return d.arrangeRest(rest, i == 0)
			}
		}
	}
	return d.arrangeRest(nums, d.year >= 0)
}

// arrangeRest sorts what is left when the year is known, or when there is none of
// four digits.
func (d *reader) arrangeRest(nums []figure, yearFirst bool) bool {
	take := func() int {
		if len(nums) == 0 {
			return -1
		}
		v := nums[0].value
		nums = nums[1:]
		return v
	}
	if d.year < 0 && d.month < 0 && len(nums) == 3 && nums[1].sep != '/' && nums[0].value > 31 {
		d.year, yearFirst = fullYear(take()), true // 04-01-02
	}
	switch {
	case d.month >= 0: // by name
		if d.day < 0 {
			d.day = take()
		}
	case yearFirst:
		if len(nums) == 1 && nums[0].digits == 3 {
			d.yday = take()
			break
		}
		d.month = take()
		if d.day < 0 {
			d.day = take()
		}
	case len(nums) >= 2:
		a, b, sep := nums[0].value, nums[1].value, nums[1].sep
		nums = nums[2:]
		d.either = sep == '/' && a <= 12 && b <= 12 && a != b
		if b > 12 || sep == '/' && a <= 12 { // the American order
			d.month, d.day = a, b
		} else {
			d.day, d.month = a, b
		}
	default:
		return false
	}
	if d.year < 0 {
		if d.year = take(); d.year < 0 {
			return false
		}
		d.year = fullYear(d.year)
	}
	return true
}

func fullYear(y int) int {
	switch {
	case y >= 100:
		return y
	case y >= 70:
		return 1900 + y
	}
	return 2000 + y
}

func (d *reader) time() (t time.Time, note string, ok bool) {
	if d.thai && d.year > 2400 {
		d.year -= 543 // of the Buddhist era
	}
	if d.year < 2 || d.year > 9999 { // 0001-01-01 is what .NET writes for none
		return t, "", false
	}
	if d.yday > 0 {
		if d.yday > 366 {
			return t, "", false
		}
		d.month, d.day = 1, d.yday
	} else {
		if d.month < 0 {
			d.month = 1
		}
		if d.day < 0 {
			d.day = 1
		}
		if d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 {
			return t, "", false
		}
		if last := time.Date(d.year, time.Month(d.month)+1, 0, 0, 0, 0, 0, time.UTC).Day(); d.day > last {
			d.day, note = last, "a day that the month does not have"
		}
	}
	if d.hour < 0 {
		d.hour = 0
	} else if !d.zoned {
		note = "a time without a zone, read as UTC"
	}
	if d.either {
		note = "a date whose month may be its day"
	}
	if d.pm && d.hour < 12 {
		d.hour += 12
	} else if d.am && d.hour == 12 {
		d.hour = 0
	}
	if d.hour > 24 || d.minute > 59 || d.second > 61 {
		return t, "", false
	}
	t = time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, d.nanos, time.UTC)
	return t.Add(-time.Duration(d.offset) * time.Second), note, true
}

// zones are minutes east of UTC, as RFC 822 and publishers name them. Where a name
// means several zones it is the one that feeds mean.
var zones = map[string]int{
	"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 60, "BST": 60, "IST": 330,
	"CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120, "MET": 60, "MEST": 120, "EET": 120, "EEST": 180,
	"MSK": 180, "MSD": 240, "МСК": 180, "TRT": 180, "SAST": 120, "CAT": 120, "EAT": 180, "WAT": 60,
	"EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
	"ET": -300, "CT": -360, "MT": -420, "PT": -480, "AKST": -540, "AKDT": -480, "HST": -600,
	"AST": -240, "ADT": -180, "NST": -210, "NDT": -150, "BRT": -180, "ART": -180, "CLT": -240, "COT": -300,
	"JST": 540, "KST": 540, "HKT": 480, "SGT": 480, "PHT": 480, "WIB": 420, "ICT": 420, "PKT": 300,
	"AEST": 600, "AEDT": 660, "ACST": 570, "ACDT": 630, "AWST": 480, "NZST": 720, "NZDT": 780,
}
