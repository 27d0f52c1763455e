package fetch

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestSpacing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hs := hosts{delay: time.Second, parallel: 2, all: map[string]*host{}}
		start := time.Now()
		done := make(chan time.Duration, 10)
		for range 5 {
			go func() {
				leave, err := hs.enter(t.Context(), "a.example", time.Now)
				if err != nil {
					t.Error(err)
					return
				}
				done <- time.Since(start)
				leave()
			}()
		}
		leave, err := hs.enter(t.Context(), "b.example", time.Now)
		if err != nil || time.Since(start) != 0 {
			t.Errorf("another host waits: %v, %v", time.Since(start), err)
		}
		leave()
		for i := range 5 {
			if got := <-done; got != time.Duration(i)*time.Second {
				t.Errorf("request %d started after %v", i, got)
			}
		}
	})
}

func TestConcurrencyPerHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hs := hosts{parallel: 2, all: map[string]*host{}}
		running, most := 0, 0
		done := make(chan bool)
		for range 6 {
			go func() {
				leave, err := hs.enter(t.Context(), "a.example", time.Now)
				if err != nil {
					t.Error(err)
				}
				hs.mu.Lock()
				running++
				most = max(most, running)
				hs.mu.Unlock()
				time.Sleep(time.Second)
				hs.mu.Lock()
				running--
				hs.mu.Unlock()
				leave()
				done <- true
			}()
		}
		for range 6 {
			<-done
		}
		if most != 2 {
			t.Errorf("%d at a time, want 2", most)
		}
	})
}

func TestBlockedHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hs := hosts{delay: time.Second, parallel: 2, all: map[string]*host{}}
		leave, err := hs.enter(t.Context(), "a.example", time.Now)
		if err != nil {
			t.Fatal(err)
		}
		queued := make(chan error)
		go func() {
			_, err := hs.enter(t.Context(), "a.example", time.Now)
			queued <- err
		}()
		synctest.Wait()
		until := time.Now().Add(time.Hour)
		hs.block("a.example", until, time.Now())
		leave()
		if err := <-queued; !errors.Is(err, ErrWait) {
			t.Errorf("who was in the queue asks all the same: %v", err)
		}
		_, err = hs.enter(t.Context(), "a.example", time.Now)
		if w, ok := errors.AsType[*waitError](err); !ok || !w.until.Equal(until) {
			t.Errorf("enter = %v", err)
		}
		time.Sleep(time.Hour)
		leave, err = hs.enter(t.Context(), "a.example", time.Now)
		if err != nil {
			t.Fatalf("after the hour: %v", err)
		}
		leave()
	})
}

func TestEnterCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hs := hosts{delay: time.Minute, parallel: 1, all: map[string]*host{}}
		leave, err := hs.enter(t.Context(), "a.example", time.Now)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := hs.enter(ctx, "a.example", time.Now); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for a slot: %v", err)
		}
		leave()
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := hs.enter(ctx, "a.example", time.Now); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for the pause: %v", err)
		}
		if h := hs.all["a.example"]; h.users != 0 || len(h.slots) != 0 {
			t.Errorf("slots leak: %d users, %d slots", h.users, len(h.slots))
		}
	})
}
