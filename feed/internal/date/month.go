package date

import (
	"strings"
	"time"
)

// monthNamed returns the month that a lower-case word names, in full or cut short, 0
// if none. The table holds, a language a row, what feeds write in place of English.
func monthNamed(word string) int {
	word = strings.TrimSuffix(word, ".")
	if m := months[word]; m > 0 {
		return m
	}
	if len(word) > 3 {
		for m := time.January; m <= time.December; m++ {
			if strings.HasPrefix(strings.ToLower(m.String()), word) { // "sept", "janu"
				return int(m)
			}
		}
	}
	return 0
}

var months = func() map[string]int {
	t := map[string]int{}
	for _, row := range []string{
		"jan feb mar apr may jun jul aug sep oct nov dec",
		"january february march april may june july august september october november december",
		"januar februar märz april mai juni juli august september oktober november dezember", // de
		"jän feb mär apr mai jun jul aug sep okt nov dez",
		"janvier février mars avril mai juin juillet août septembre octobre novembre décembre", // fr
		"janv févr mars avr mai juin juil août sept oct nov déc",
		"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre", // es
		"ene feb mar abr may jun jul ago sep oct nov dic",
		"janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro", // pt
		"jan fev mar abr mai jun jul ago set out nov dez",
		"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre", // it
		"gen feb mar apr mag giu lug ago set ott nov dic",
		"januari februari maart april mei juni juli augustus september oktober november december", // nl
		"jan feb mrt apr mei jun jul aug sep okt nov dec",
		"januari februari mars april maj juni juli augusti september oktober november december",              // sv
		"januar februar marts april maj juni juli august september oktober november december",                // da
		"januar februar mars april mai juni juli august september oktober november desember",                 // no
		"января февраля марта апреля мая июня июля августа сентября октября ноября декабря",                  // ru
		"январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",                    // ru
		"янв фев мар апр май июн июл авг сен окт ноя дек",                                                    // ru
		"січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",             // uk
		"січ лют бер кві тра чер лип сер вер жов лис гру",                                                    // uk
		"студзеня лютага сакавіка красавіка мая чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня",  // be
		"stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia", // pl
		"sty lut mar kwi maj cze lip sie wrz paź lis gru",
		"ledna února března dubna května června července srpna září října listopadu prosince",               // cs
		"januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra",          // sk
		"január február március április május június július augusztus szeptember október november december", // hu
		"jan feb márc ápr máj jún júl aug szept okt nov dec",
		"január februári márciu április máujus júniu júliu augusztus szeptember október november december",  // as one much used blog tool had it
		"ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie", // ro
		"ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",                        // tr
		"oca şub mar nis may haz tem ağu eyl eki kas ara",
		"ιαν φεβ μάρ απρ μάι ιούν ιούλ αύγ σεπ οκτ νοέ δεκ", // el
		"ιαν φεβ μαρ απρ μαϊ ιουν ιουλ αυγ σεπ οκτ νοε δεκ",
		"ιαν φεβ μαρ απρ μαΐ ιουν ιουλ αυγ σεπ οκτ νοε δεκ",
		"ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",
		"يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",                                                       // ar
		"januari februari maret april mei juni juli agustus september oktober november desember",                                           // id
		"tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta", // fi
		"яну фев мар апр май юни юли авг сеп окт ное дек",                                                                                  // bg
		"siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca",                                // hr
		"gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",                                                // ca
		"januarja februarja marca aprila maja junija julija avgusta septembra oktobra novembra decembra",                                   // sl
		"jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember",                                       // et
		"sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio",                                // lt
		"ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",                                                          // he
		"בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר",                                              // he, "in January"
		"ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",                                                            // fa
		"जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",                                                         // hi
		"জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর",                                        // bn
		"มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",                                // th
		"ม.ค ก.พ มี.ค เม.ย พ.ค มิ.ย ก.ค ส.ค ก.ย ต.ค พ.ย ธ.ค",
		"јануар фебруар март април мај јун јул август септембар октобар новембар децембар", // sr
	} {
		for i, word := range strings.Fields(row) {
			if _, taken := t[word]; !taken { // "lipnja" and "listopada" are two months in two languages
				t[word] = i + 1
			}
		}
	}
	return t
}()
