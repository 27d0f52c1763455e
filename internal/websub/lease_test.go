package websub

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

const topic = "https://a.example/feed"

func wanted(hubs ...string) *news.Subscription {
	return &news.Subscription{FeedID: "a", Hubs: hubs, Topic: topic, State: news.SubscriptionWanted, Due: noon}
}

// ask makes s one that its hub was asked for at now.
func ask(t *testing.T, s *news.Subscription, now time.Time) {
	t.Helper()
	if !step(s, now, 0) {
		t.Fatalf("nothing is to be asked of %+v", s)
	}
}

// A secret is told over https only; each hub has its own, and its own address to call.
func TestSecrets(t *testing.T) {
	s := wanted("https://one.example", "http://two.example")
	ask(t, s, noon)
	if s.Asking != subscribe || s.Hub != "https://one.example" || len(s.Token) < 26 || len(s.Secret) < 52 || len(s.Secret) >= 200 {
		t.Errorf("first asked: %+v", s)
	}
	first := *s
	fail(s, "no", noon, time.Time{}, 0)
	ask(t, s, noon)
	if s.Hub != "http://two.example" || s.Token == first.Token || s.Secret != "" {
		t.Errorf("then asked: %+v", s)
	}
	if !confirm(s, subscribe, topic, time.Hour, noon, 0) {
		t.Fatal("what was asked for is not wanted")
	}
	ask(t, s, s.Due)
	if again := *s; again.Token != s.Token || again.Secret != s.Secret {
		t.Error("to prolong a lease changes its address or secret")
	}
}

// Only what was asked for is wanted, once.
func TestConfirm(t *testing.T) {
	asked := func(mode string) *news.Subscription {
		s := wanted("https://hub.example")
		ask(t, s, noon)
		if mode == unsubscribe {
			confirm(s, subscribe, topic, time.Hour, noon, 0)
			s.State = news.SubscriptionLeaving
			ask(t, s, noon)
		}
		return s
	}
	for _, c := range []struct {
		asked, mode, topic string
		want               bool
	}{
		{subscribe, subscribe, topic, true},
		{subscribe, subscribe, topic + "/", false},
		{subscribe, unsubscribe, topic, false},
		{subscribe, "", topic, false},
		{unsubscribe, unsubscribe, topic, true},
		{unsubscribe, subscribe, topic, false},
	} {
		s := asked(c.asked)
		if got := confirm(s, c.mode, c.topic, time.Hour, noon, 0); got != c.want {
			t.Errorf("asked to %s, the hub asks for %s of %s: %t, want %t", c.asked, c.mode, c.topic, got, c.want)
		}
		if confirm(s, c.mode, c.topic, time.Hour, noon, 0) {
			t.Errorf("asked to %s, the hub may ask twice for %s", c.asked, c.mode)
		}
	}
	s := wanted("https://hub.example")
	if confirm(s, "", topic, time.Hour, noon, 0) || confirm(s, subscribe, topic, time.Hour, noon, 0) {
		t.Error("a hub that was not asked is told that we want it")
	}
}

// A lease is prolonged before it ends, however long or short it is.
func TestRenewal(t *testing.T) {
	for _, c := range []struct {
		lease time.Duration
		rnd   float64
		until time.Duration
		due   time.Duration
	}{
		{10 * time.Hour, 0, 10 * time.Hour, 7*time.Hour + 30*time.Minute},
		{10 * time.Hour, 1, 10 * time.Hour, 6*time.Hour + 45*time.Minute},
		{time.Second, 0, time.Second, minRenew},
		{1000 * 24 * time.Hour, 0, maxLease, maxLease * 3 / 4},
	} {
		s := wanted("https://hub.example")
		ask(t, s, noon)
		confirm(s, subscribe, topic, c.lease, noon, c.rnd)
		if s.State != news.SubscriptionVerified || !s.Until.Equal(noon.Add(c.until)) || !s.Due.Equal(noon.Add(c.due)) {
			t.Errorf("a lease of %v: until %v, due %v", c.lease, s.Until.Sub(noon), s.Due.Sub(noon))
		}
	}
	// Without a gap it is trusted on; a hub that comes back after one must show itself again.
	s := wanted("https://hub.example")
	ask(t, s, noon)
	confirm(s, subscribe, topic, 10*time.Hour, noon, 0)
	s.Trusted = true
	ask(t, s, s.Due)
	confirm(s, subscribe, topic, 10*time.Hour, noon.Add(8*time.Hour), 0)
	if !s.Trusted || !s.Since.Equal(noon) {
		t.Errorf("prolonged: %+v", s)
	}
	ask(t, s, s.Due)
	confirm(s, subscribe, topic, 10*time.Hour, noon.Add(48*time.Hour), 0)
	if s.Trusted || !s.Since.Equal(noon.Add(48*time.Hour)) {
		t.Errorf("after a gap: %+v", s)
	}
}

// What fails is tried at the next hub at once, and from the first on later and later, at
// least once a day, for ever.
func TestFailures(t *testing.T) {
	s := wanted("https://one.example", "https://two.example")
	var got []string
	now := noon
	for range 8 {
		ask(t, s, now)
		hub := s.Hub
		fail(s, "no answer", now, time.Time{}, 0)
		got = append(got, fmt.Sprintf("%s %v", hub, s.Due.Sub(now)))
		now = s.Due
	}
	want := []string{
		"https://one.example 0s", "https://two.example 5m0s", "https://one.example 0s", "https://two.example 10m0s",
		"https://one.example 0s", "https://two.example 20m0s", "https://one.example 0s", "https://two.example 40m0s",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("asked, and when again (-want +got):\n%s", diff)
	}
	for range 100 {
		if !s.Due.After(now) {
			now = s.Due
		}
		step(s, now, 0)
		fail(s, "no answer", now, time.Time{}, 1)
		if wait := s.Due.Sub(now); wait > maxBackoff+maxBackoff/10 {
			t.Fatalf("asked again only after %v", wait)
		}
		now = s.Due
	}
	if s.State != news.SubscriptionFailed || s.Error != "no answer" {
		t.Errorf("after many failures: %+v", s)
	}

	// A hub that is silent about what it was asked has failed, too.
	s = wanted("https://one.example")
	ask(t, s, noon)
	if step(s, s.Due, 0) || s.Error != unconfirmed || !s.Due.Equal(noon.Add(confirmTime+minBackoff)) {
		t.Errorf("a hub that did not confirm: %+v", s)
	}
	// A lease that runs is not given up because it could not be prolonged at once.
	ask(t, s, s.Due)
	confirm(s, subscribe, topic, 10*time.Hour, noon, 0)
	ask(t, s, s.Due)
	fail(s, "no answer", noon.Add(8*time.Hour), noon.Add(9*time.Hour), 0)
	if !s.Live(noon.Add(8*time.Hour)) || !s.Due.Equal(noon.Add(9*time.Hour)) {
		t.Errorf("a lease that could not be prolonged: %+v", s)
	}
}

func TestDenied(t *testing.T) {
	s := wanted("https://one.example")
	if deny(s, topic, "", noon, 0) {
		t.Error("who was not asked can deny")
	}
	ask(t, s, noon)
	if deny(s, "https://b.example/", "", noon, 0) {
		t.Error("another topic can be denied")
	}
	if !deny(s, topic, " not\n"+strings.Repeat("welcome ", 100), noon, 0) || s.State != news.SubscriptionDenied ||
		!strings.HasPrefix(s.Error, "the hub refuses: not welcome") || len(s.Error) > maxError+len("…") || !s.Due.After(noon) {
		t.Errorf("denied: %+v", s)
	}
	ask(t, s, s.Due)
	confirm(s, subscribe, topic, 10*time.Hour, noon, 0)
	if !deny(s, topic, "", noon.Add(time.Hour), 0) || s.Live(noon.Add(time.Hour)) {
		t.Errorf("denied while the lease runs: %+v", s)
	}
}

// Who leaves tells the hub, but not for ever.
func TestLeaves(t *testing.T) {
	s := wanted("https://hub.example")
	s.State = news.SubscriptionLeaving
	if step(s, noon, 0) || s.State != news.SubscriptionEnded {
		t.Errorf("what no hub knows is left: %+v", s)
	}
	s = wanted("https://hub.example")
	ask(t, s, noon)
	confirm(s, subscribe, topic, 1000*time.Hour, noon, 0)
	s.State, s.Due = news.SubscriptionLeaving, noon
	for n := range leaveTries {
		if s.State == news.SubscriptionEnded || !step(s, s.Due, 0) || s.Asking != unsubscribe {
			t.Fatalf("at the %d. try: %+v", n, s)
		}
		fail(s, "no", s.Due, time.Time{}, 0)
	}
	if s.State != news.SubscriptionEnded {
		t.Errorf("after %d tries: %+v", leaveTries, s)
	}
}

func TestSigned(t *testing.T) {
	const secret, body = "it is a secret", "<rss/>"
	good := map[string]string{ // by openssl dgst -hmac
		"sha1":   "0c937cb8a3bf20cfbabeb891b0dcca82b6444105",
		"sha256": "a7fddb7bd7412bf899b9bd7d5eca0adcf7beda2e6823ea0b752023b9ef93f9e4",
		"sha384": "07ea21322c89c69eadc251424de8338efcd6bc48f0c015939ba3682e53d1f8ec529fd24f591cf69caf3e47d26743dd8b",
		"sha512": "4c41dc3841e93a315210319eed9642a6f843e83025dba51cae1d2a5924a7f2d907218954c5981840ae447106578da7c645d60631e20b7e0f01658dfcb2906e98",
	}
	for method, value := range good {
		if !signed(secret, method+"="+value, []byte(body)) || !signed(secret, strings.ToUpper(method)+"="+strings.ToUpper(value), []byte(body)) {
			t.Errorf("%s is not accepted", method)
		}
		for _, bad := range []string{method + "=" + value[:len(value)-2], method + "=", method, value, "md5=" + value, method + "=" + value + "00"} {
			if signed(secret, bad, []byte(body)) {
				t.Errorf("%q is accepted", bad)
			}
		}
		if signed(secret, method+"="+value, []byte(body+" ")) || signed("another", method+"="+value, []byte(body)) || signed("", method+"="+value, []byte(body)) {
			t.Errorf("%s is accepted for another body or secret", method)
		}
	}
	if signed("", "", nil) || signed("", "sha1=fbdb1d1b18aa6c08324b7d64b71fb76370690e1d", nil) {
		t.Error("without a secret something is signed")
	}
}
