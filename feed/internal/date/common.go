package date

import "time"

// Common reads the two forms that nearly all dates have, to the letter: those of RFC
// 822 with a year of four digits and of RFC 3339. Everything else is left to Parse.
func Common[S string | []byte](s S) (t time.Time, ok bool) {
	// Mon, 02 Jan 2006 15:04:05 GMT or +0100
	if n := len(s); (n == 29 || n == 31) && isLetter(s[0]) && isLetter(s[1]) && isLetter(s[2]) && s[3] == ',' && s[4] == ' ' && s[7] == ' ' && s[11] == ' ' && s[16] == ' ' && s[25] == ' ' {
		month := monthOf(s[8], s[9], s[10])
		day, ok1 := number(s[5:7])
		year, ok2 := number(s[12:16])
		clock, ok3 := clockOf(s[17:25])
		if month == 0 || !ok1 || !ok2 || !ok3 {
			return t, false
		}
		offset := 0
		if n == 31 {
			hours, ok1 := number(s[27:29])
			minutes, ok2 := number(s[29:31])
			if offset, ok = offsetOf(s[26], hours, minutes); !ok || !ok1 || !ok2 {
				return t, false
			}
		} else if s[26] != 'G' || s[27] != 'M' || s[28] != 'T' {
			return t, false
		}
		return moment(year, month, day, clock-offset, 0)
	}
	// 2006-01-02T15:04:05, with a fraction or none, Z or +01:00
	if len(s) < len("2006-01-02T15:04:05Z") || s[4] != '-' || s[7] != '-' || s[10] != 'T' {
		return t, false
	}
	year, ok1 := number(s[:4])
	month, ok2 := number(s[5:7])
	day, ok3 := number(s[8:10])
	clock, ok4 := clockOf(s[11:19])
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return t, false
	}
	i, nanos := 19, 0
	if s[i] == '.' {
		scale := 100_000_000
		for i++; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			nanos += int(s[i]-'0') * scale
			scale /= 10
		}
	}
	offset := 0
	switch zone := s[min(i, len(s)):]; {
	case len(zone) == 1 && zone[0] == 'Z':
	case len(zone) == 6 && zone[3] == ':':
		hours, ok1 := number(zone[1:3])
		minutes, ok2 := number(zone[4:6])
		if offset, ok = offsetOf(zone[0], hours, minutes); !ok || !ok1 || !ok2 {
			return t, false
		}
	default:
		return t, false
	}
	return moment(year, month, day, clock-offset, nanos)
}

// moment returns the time so many seconds after midnight of a day that there is.
func moment(year, month, day, seconds, nanos int) (time.Time, bool) {
	if year < 2 || month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, seconds, nanos, time.UTC)
	if day > 28 && time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() != day {
		return time.Time{}, false
	}
	return t, true
}

// number reads digits and nothing else.
func number[S string | []byte](s S) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// clockOf reads 15:04:05 as seconds.
func clockOf[S string | []byte](s S) (int, bool) {
	hour, ok1 := number(s[:2])
	minute, ok2 := number(s[3:5])
	second, ok3 := number(s[6:8])
	return hour*3600 + minute*60 + second, ok1 && ok2 && ok3 && s[2] == ':' && s[5] == ':' && hour < 24 && minute < 60 && second < 60
}

// offsetOf returns seconds east of UTC.
func offsetOf(sign byte, hours, minutes int) (int, bool) {
	if hours > 18 || minutes > 59 || sign != '+' && sign != '-' {
		return 0, false
	}
	if sign == '-' {
		return -hours*3600 - minutes*60, true
	}
	return hours*3600 + minutes*60, true
}

// monthOf returns the month with the English name cut to these letters, 0 if none has.
func monthOf(a, b, c byte) int {
	switch string([]byte{a, b, c}) {
	case "Jan":
		return 1
	case "Feb":
		return 2
	case "Mar":
		return 3
	case "Apr":
		return 4
	case "May":
		return 5
	case "Jun":
		return 6
	case "Jul":
		return 7
	case "Aug":
		return 8
	case "Sep":
		return 9
	case "Oct":
		return 10
	case "Nov":
		return 11
	case "Dec":
		return 12
	}
	return 0
}
