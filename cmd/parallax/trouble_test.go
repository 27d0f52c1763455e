package main

import (
	"bufio"
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"parallax/internal/hub"
	"parallax/internal/newsroom"
	"parallax/internal/store"
	"parallax/internal/testkit"
)

// The program is killed in the middle of each stage; the next run loses nothing and
// has nothing twice.
func TestKilled(t *testing.T) {
	world, err := newsroom.Start(t.Context(), newsroom.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	for _, stage := range []string{"ingest", "extract", "cluster", "compare"} {
		t.Run(stage, func(t *testing.T) {
			cfg := configure(t, world.HubTOML("Killed"), "")
			killAt(t, stage, filepath.Dir(cfg.DataDir()))
			// What the dead one had claimed is free again after a while.
			later := func() time.Time { return time.Now().Add(6 * time.Minute) }
			pass(t, cfg, later)
			h := open(t, cfg, later)
			defer shut(t, h)
			w := newPlayed(t, world, h)
			w.nothingLost()
			counts, err := h.Counts(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if n := counts.Unextracted + counts.Unplaced + counts.Uncompared; n != 0 {
				t.Errorf("%d things were left undone", n)
			}
		})
	}
}

// killAt runs the program in dir and kills it when it says that the stage is at work.
func killAt(t *testing.T, stage, dir string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "run") //nolint:gosec // this very binary
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), beMain+"=1")
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if !killed && strings.HasPrefix(lines.Text(), stage) {
			killed = true
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := cmd.Wait(); !killed || err == nil {
		t.Fatalf("it was not killed in %s: %v", stage, err)
	}
}

// Who has the port is told at once, with what to do.
func TestPortTaken(t *testing.T) {
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close() //nolint:errcheck // nothing was written
	dir := t.TempDir()
	text := "[hub]\nlisten = \"" + ln.Addr().String() + "\"\n"
	if err := os.WriteFile(filepath.Join(dir, "hub.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"serve"}, {"demo", "--listen", ln.Addr().String()}} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], args...) //nolint:gosec // this very binary
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), beMain+"=1")
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "the port is taken by another program") || !strings.Contains(string(out), "hint: ") {
			t.Errorf("%v with a taken port: %v\n%s", args, err, out)
		}
	}
}

// A full disk: the message says so and what to do, what was there stays readable, and
// with room again the next run does what this one could not.
func TestFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		testkit.Missing(t, "tmpfs", "only root on Linux can mount a small disk")
	}
	world, err := newsroom.Start(t.Context(), newsroom.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	cfg := configure(t, world.HubTOML("Full"), "")
	disk := cfg.DataDir()
	if err := os.MkdirAll(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=64m", "none", disk).CombinedOutput(); err != nil {
		testkit.Missing(t, "tmpfs", string(out))
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil { //nolint:noctx // the context of the test is over
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	world.At(world.Day(1).Add(evening))
	pass(t, cfg, world.Now)
	world.At(world.Evening())
	h := open(t, cfg, world.Now)
	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	err = h.Run(t.Context())
	if !store.IsFull(err) {
		t.Errorf("with a full disk the run ends with: %v", err)
	}
	var said bytes.Buffer
	complain(&said, err)
	if !strings.Contains(said.String(), "hint: the disk is full") {
		t.Errorf("what is said of a full disk: %s", &said)
	}
	before := len(everything(t, h))
	if before == 0 {
		t.Error("what was there is not readable any more")
	}
	shut(t, h)
	if again, err := hub.Open(t.Context(), cfg, hub.Options{}); err == nil {
		shut(t, again) // closing made room
	} else if !strings.Contains(err.Error(), "hint: the disk is full") {
		t.Errorf("a start with a full disk says: %v", err)
	}

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	later := func() time.Time { return world.Now().Add(time.Hour) }
	pass(t, cfg, later)
	h = open(t, cfg, later)
	defer shut(t, h)
	newPlayed(t, world, h).nothingLost()
}

// fill writes until the disk takes no more.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size > 0; size /= 2 {
		for {
			if _, err := f.Write(make([]byte, size)); err != nil {
				break
			}
		}
	}
	if err := f.Close(); err != nil {
		t.Log(err) // full, as it should be
	}
}
