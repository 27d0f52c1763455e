package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// start opens a hub over an empty store; file is its hub.toml.
func start(t *testing.T, file string) *Hub {
	t.Helper()
	cfg, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	h, err := Open(t.Context(), cfg, Options{Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func hubToml(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hub.toml")
	write(t, file, example)
	return file
}

// A stage for tests.
type fake struct {
	name string
	run  func(ctx context.Context) error
}

func (f fake) Name() string                  { return f.name }
func (f fake) Run(ctx context.Context) error { return f.run(ctx) }

// A stage that fails or panics does not keep the next ones from their work, and is
// named in what Run returns.
func TestRunGoesOn(t *testing.T) {
	h := start(t, hubToml(t))
	var ran []string
	stage := func(name string, f func() error) Stage {
		return fake{name, func(context.Context) error { ran = append(ran, name); return f() }}
	}
	errBad := errors.New("bad luck")
	h.stages = []Stage{
		stage("one", func() error { return errBad }),
		stage("two", func() error { panic("a bug") }),
		stage("three", func() error { return nil }),
	}
	err := h.Run(t.Context())
	if !errors.Is(err, errBad) || !strings.Contains(fmt.Sprint(err), "two: panic: a bug") {
		t.Errorf("Run = %v", err)
	}
	if diff := cmp.Diff([]string{"one", "two", "three"}, ran); diff != "" {
		t.Errorf("stages that ran (-want +got):\n%s", diff)
	}
}

// Only one of two hubs on a store runs a stage that must be alone; it gives the lease
// back when it is done, when it fails and when it panics.
func TestAlone(t *testing.T) {
	file := hubToml(t)
	a, b := start(t, file), start(t, file)
	entered, leave := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- a.runStage(t.Context(), a.alone(fake{"x", func(context.Context) error {
			close(entered)
			<-leave
			return nil
		}}))
	}()
	<-entered
	if mine, err := b.db.Lease(t.Context(), "x", b.node, b.now(), time.Minute); err != nil || mine {
		t.Errorf("while a runs the stage, b has its lease: %v, %v", mine, err)
	}
	close(leave)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]func(context.Context) error{
		"done":   func(context.Context) error { return nil },
		"failed": func(context.Context) error { return errors.New("no") },
		"panic":  func(context.Context) error { panic("a bug") },
	} {
		if err := a.runStage(t.Context(), a.alone(fake{"x", run})); (err == nil) != (name == "done") {
			t.Errorf("%s: %v", name, err)
		}
		if mine, err := b.db.Lease(t.Context(), "x", b.node, b.now(), time.Minute); err != nil || !mine {
			t.Errorf("%s: b cannot have the lease: %v", name, err)
		}
		if err := b.db.Release(t.Context(), "x", b.node); err != nil {
			t.Error(err)
		}
	}
}

// A stopped hub stops the stage that it runs alone, and keeps no lease.
func TestAloneStopped(t *testing.T) {
	h := start(t, hubToml(t))
	ctx, cancel := context.WithCancel(t.Context())
	err := h.runStage(ctx, h.alone(fake{"x", func(ctx context.Context) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if mine, err := h.db.Lease(t.Context(), "x", "another", h.now(), time.Minute); err != nil || !mine {
		t.Errorf("another cannot have the lease: %v", err)
	}
}

// hub.toml is applied when it changes: outlets and lenses at once. A file with a mistake
// is refused once and changes nothing.
func TestReload(t *testing.T) {
	file := hubToml(t)
	h := start(t, file)
	ctx := t.Context()
	last := h.config().stamp
	if got := h.reload(ctx, last); got != last {
		t.Error("an unchanged file was applied")
	}

	write(t, file, strings.Replace(example, "[hub]", "[hub]\nnaming = 1", 1))
	broken := h.reload(ctx, last)
	if broken == last {
		t.Error("a file with a mistake would be read again and again")
	}
	if n := len(h.config().Sources); n != 1 {
		t.Errorf("a file with a mistake left %d sources", n)
	}

	second := strings.NewReplacer("norrland-today", "sudermark-now", "today.norrland", "now.sudermark", `"north" }`, `"south" }`).
		Replace(example[strings.Index(example, "[[source]]"):])
	write(t, file, example+"\n"+second)
	last = h.reload(ctx, broken)
	if last == broken {
		t.Fatal("the mended file was not applied")
	}
	sources, err := h.db.Sources(ctx)
	if err != nil || len(sources) != 2 {
		t.Fatalf("%d sources after the change, %v", len(sources), err)
	}
	lenses, _, err := h.lenses(ctx)
	if err != nil || lenses[0].ID != "river-dispute" || lenses[0].SideOf(sources[1]) != "south" {
		t.Errorf("lenses after the change: %v, %v", lenses, err)
	}

	// When the store is away, the change is tried again.
	write(t, file, example)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if got := h.reload(gone, last); got != last {
		t.Error("a change that could not be applied is forgotten")
	}
	if got := h.reload(ctx, last); got == last {
		t.Error("a change was not applied at the second try")
	}
	if sources, err = h.db.Sources(ctx); err != nil || sources[1].Retired.IsZero() {
		t.Errorf("the outlet that was taken out is not retired: %v", err)
	}
}

// The site answers its monitors.
func TestMetrics(t *testing.T) {
	h := start(t, hubToml(t))
	h.stages = []Stage{fake{"ingest", func(context.Context) error { return errors.New("no") }}}
	_ = h.Run(t.Context())
	site, err := h.Handler()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/healthz": "ok",
		"/readyz":  "",
		"/metrics": `parallax_stage_failures_total{stage="ingest"} 1`,
	} {
		res := httptest.NewRecorder()
		site.ServeHTTP(res, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if res.Code != http.StatusOK || !strings.Contains(res.Body.String(), want) {
			t.Errorf("%s answers %d without %q:\n%s", path, res.Code, want, res.Body)
		}
	}
}

// The limit of hub.toml holds for each client behind a proxy that is trusted, and for nobody on this machine that is none.
func TestLimitOfClients(t *testing.T) {
	for setting, want := range map[string]string{
		"":                                      "200 200 200 200",
		`trusted_proxies = ["127.0.0.0/8"]`:     "200 200 429 200",
		`trusted_proxies = ["10.0.0.1", "::1"]`: "200 200 200 200",
	} {
		file := filepath.Join(t.TempDir(), "hub.toml")
		write(t, file, "[hub]\n"+setting+"\n[api]\nper_minute = 2\n")
		site, err := start(t, file).Handler()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, client := range []string{"192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/lenses", nil)
			r.RemoteAddr = "127.0.0.1:4711"
			r.Header.Set("X-Forwarded-For", "198.51.100.9, "+client)
			res := httptest.NewRecorder()
			site.ServeHTTP(res, r)
			got = append(got, fmt.Sprint(res.Code))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("with %q: %v, want %s", setting, got, want)
		}
	}
	file := filepath.Join(t.TempDir(), "hub.toml")
	write(t, file, "[api]\nenabled = false\n")
	site, err := start(t, file).Handler()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/api", "/api/v1", "/api/v1/lenses"} {
		res := httptest.NewRecorder()
		site.ServeHTTP(res, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if res.Code != http.StatusNotFound {
			t.Errorf("without the API %s answers %d", path, res.Code)
		}
	}
}
