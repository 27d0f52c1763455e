package hub

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Only a hub that others can reach subscribes; one that is not reachable any more forgets
// what it had subscribed to.
func TestUnreachable(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"nothing set":      {"[hub]\n", "no url"},
		"loopback":         {"[hub]\nurl = \"http://127.0.0.1:8480\"\n", "not public"},
		"local name":       {"[hub]\nurl = \"http://news.intranet\"\n", "local network"},
		"public":           {"[hub]\nurl = \"https://hub.example\"\n", ""},
		"named by allowed": {"[hub]\nurl = \"http://127.0.0.1:8480\"\n[fetch]\nallow_private = [\"127.0.0.1:8480\"]\n", ""},
		"turned off":       {"[hub]\nurl = \"https://hub.example\"\n[fetch]\nwebsub = false\n", "websub = false"},
	} {
		cfg, err := Parse("hub.toml", c.text)
		if err != nil {
			t.Fatal(err)
		}
		got := cfg.NoPushes()
		if (got == nil) != (c.want == "") || got != nil && !strings.Contains(got.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, got, c.want)
		}
		file := filepath.Join(t.TempDir(), "hub.toml")
		write(t, file, c.text)
		h := start(t, file)
		site, err := h.Handler()
		if err != nil {
			t.Fatal(err)
		}
		res := httptest.NewRecorder()
		site.ServeHTTP(res, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/websub/x", strings.NewReader("")))
		if got := res.Code == http.StatusGone; got != (c.want == "") {
			t.Errorf("%s: a push to nobody is answered %d", name, res.Code)
		}
	}
}

// A stage rests until its pause is over, or its bell rings; one that fails does not hear it.
func TestBells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		h := &Hub{log: slog.New(slog.DiscardHandler), metrics: newMetrics(&Hub{})}
		began := time.Now()
		var mu sync.Mutex // guards all
		all := map[string][]time.Duration{}
		ran := func(stage string) []time.Duration {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(all[stage])
		}
		stage := func(name string, run func() error) Stage {
			return fake{name, func(context.Context) error {
				mu.Lock()
				all[name] = append(all[name], time.Since(began))
				mu.Unlock()
				return run()
			}}
		}
		h.stages = []Stage{
			stage("ingest", func() error { return nil }),
			stage("extract", func() error { h.ring("cluster"); return nil }),
			stage("cluster", func() error { return nil }),
			stage("broken", func() error { return errors.New("no") }),
		}
		h.bells = newBells(h.stages)
		h.ring("nobody")
		done := make(chan struct{})
		go func() { h.keepRunning(ctx); close(done) }()
		time.Sleep(time.Second)
		synctest.Wait()
		h.ring("extract")
		h.ring("broken")
		synctest.Wait()
		if n := len(ran("extract")); n != 2 || ran("extract")[1] != time.Second {
			t.Errorf("extract ran at %v", ran("extract"))
		}
		if last := ran("cluster")[len(ran("cluster"))-1]; last != time.Second {
			t.Errorf("cluster, which comes after extract, ran at %v", ran("cluster"))
		}
		// Rung again and again, it rests a little all the same.
		for range 100 {
			h.ring("extract")
			time.Sleep(time.Millisecond)
		}
		synctest.Wait()
		if n := len(ran("extract")); n != 3 || ran("extract")[2] != time.Second+shortestPause {
			t.Errorf("extract, rung a hundred times within a tenth of a second, ran at %v", ran("extract"))
		}
		time.Sleep(pause - time.Second - shortestPause)
		synctest.Wait()
		if n := len(ran("ingest")); n != 2 || ran("ingest")[1] != pause {
			t.Errorf("ingest, for which nobody rang, ran at %v", ran("ingest"))
		}
		if n := len(ran("broken")); n != 1 {
			t.Errorf("a stage that fails ran at %v", ran("broken"))
		}
		cancel()
		<-done
	})
}
