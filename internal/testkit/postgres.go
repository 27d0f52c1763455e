package testkit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Postgres returns the address of a new, empty database, which is dropped when the test
// ends. It lies in a server of this test process alone, started by the first call,
// without a network port and without waiting for the disk. A package that calls it
// must call Main in its TestMain.
func Postgres(tb testing.TB) string {
	tb.Helper()
	server.once.Do(func() { server.err = server.start() })
	if errors.Is(server.err, errNotInstalled) {
		Missing(tb, "postgres", server.err.Error())
	}
	if server.err != nil {
		tb.Fatalf("start a PostgreSQL server: %v", server.err)
	}
	name := "test" + strconv.FormatInt(server.databases.Add(1), 10)
	if _, err := server.db.ExecContext(tb.Context(), "CREATE DATABASE "+name); err != nil {
		tb.Fatalf("create a database: %v", err)
	}
	tb.Cleanup(func() {
		// The test's own context is over by now.
		if _, err := server.db.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Errorf("drop the test's database: %v", err)
		}
	})
	return server.dsn(name)
}

// Main runs the tests of a package and stops what they shared. Call it from TestMain:
//
//	func TestMain(m *testing.M) { testkit.Main(m) }
func Main(m *testing.M) { os.Exit(Run(m)) }

// Run is Main for packages that have more to do: it returns the exit status.
func Run(m *testing.M) int {
	defer server.stop()
	return m.Run()
}

var (
	server          postgresServer
	errNotInstalled = errors.New("no initdb and postgres in PATH or in /usr/lib/postgresql/*/bin")
)

// A postgresServer is the one server of this process.
type postgresServer struct {
	once      sync.Once
	err       error
	folder    string // with its data, its log and its socket
	db        *sql.DB
	databases atomic.Int64
	guard     *exec.Cmd // runs the server, and ends it when its input ends
	stopGuard func() error
}

func (s *postgresServer) dsn(database string) string {
	return "postgres://postgres@/" + database + "?host=" + url.QueryEscape(s.folder)
}

// guardScript runs the server until standard input ends, which it does however this
// process dies, and leaves nothing behind.
const guardScript = `folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null & server=$!
read -r _
kill -QUIT $server; wait $server
cd / && rm -rf "$folder"`

func (s *postgresServer) start() (err error) {
	bin, err := postgresBin()
	if err != nil {
		return err
	}
	// Not in TMPDIR: the path of a socket has at most 107 bytes, and another user must
	// be able to enter.
	if s.folder, err = os.MkdirTemp("/tmp", "parallax-pg-"); err != nil {
		return err
	}
	as, err := notRoot(s.folder)
	if err != nil {
		return errors.Join(err, os.RemoveAll(s.folder))
	}
	data := filepath.Join(s.folder, "data")
	initdb := exec.CommandContext(context.Background(), filepath.Join(bin, "initdb"), "--pgdata", data, //nolint:gosec // found above
		"--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = as, s.folder
	if out, err := initdb.CombinedOutput(); err != nil {
		return errors.Join(fmt.Errorf("initdb: %w\n%s", err, out), os.RemoveAll(s.folder))
	}
	s.guard = exec.CommandContext(context.Background(), "/bin/sh", "-c", guardScript, "guard", s.folder, //nolint:gosec // found above
		filepath.Join(bin, "postgres"), "-D", data, "-k", s.folder, "-c", "listen_addresses=",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "autovacuum=off", "-c", "jit=off")
	s.guard.SysProcAttr, s.guard.Dir = as, s.folder
	input, err := s.guard.StdinPipe()
	if err != nil {
		return err
	}
	s.stopGuard = input.Close
	if err := s.guard.Start(); err != nil {
		return err
	}
	if s.db, err = sql.Open("pgx", s.dsn("postgres")); err != nil {
		return err
	}
	return s.await()
}

// await returns once the server answers.
func (s *postgresServer) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(s.folder, "log"))
			return fmt.Errorf("the server does not answer: %w\n%s", err, log)
		case <-tick.C:
		}
	}
}

func (s *postgresServer) stop() {
	if s.db != nil {
		_ = s.db.Close()
	}
	if s.guard != nil && s.guard.Process != nil {
		_ = s.stopGuard()
		_ = s.guard.Wait() // what it says is how the server died, which we asked for
	}
}

// postgresBin returns the folder that holds initdb and postgres, of the newest version
// installed.
func postgresBin() (string, error) {
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well-formed
	version := func(folder string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
		return n
	}
	slices.SortFunc(folders, func(a, b string) int { return version(b) - version(a) })
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			folders = append([]string{filepath.Dir(path)}, folders...)
		}
	}
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "initdb")); err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(folder, "postgres")); err == nil {
			return folder, nil
		}
	}
	return "", errNotInstalled
}

// notRoot gives folder to another user and says to run as that one, where we are root:
// PostgreSQL refuses to.
func notRoot(folder string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setpgid: true} // an interrupt at the keyboard is for us; we end it
	if os.Geteuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("find a user to run PostgreSQL as: %w", err)
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user %s: %w", u.Username, err)
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(folder, int(uid), int(gid))
}
