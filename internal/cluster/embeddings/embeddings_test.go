package embeddings

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/endpoint"
	"parallax/internal/news"
)

// A fake is an endpoint.
type fake struct {
	*httptest.Server
	asked []question
	paths []string
	keys  []string
}

// serve starts an endpoint that answers as f says.
func serve(t *testing.T, f func(w http.ResponseWriter, q question)) *fake {
	t.Helper()
	e := new(fake)
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q question
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		e.asked, e.paths, e.keys = append(e.asked, q), append(e.paths, r.URL.Path), append(e.keys, r.Header.Get("Authorization"))
		f(w, q)
	}))
	t.Cleanup(e.Close)
	return e
}

func (f *fake) client(t *testing.T, path string) *Client {
	t.Helper()
	c := New(Options{URL: f.URL + path, Model: "m", Key: "hunter2", Timeout: time.Minute, Batch: 2, Now: time.Now})
	t.Cleanup(c.Close)
	return c
}

func say(text string) func(http.ResponseWriter, question) {
	return func(w http.ResponseWriter, _ question) { _, _ = io.WriteString(w, text) }
}

// TestForms: both forms are spoken, and answers are put in order.
func TestForms(t *testing.T) {
	want := []*news.Embedding{{Model: "m", Vector: []int8{127, -64, 0}}, {Model: "m", Vector: []int8{0, 0, -127}}}
	for path, c := range map[string]struct{ answer, asked string }{
		"/v1":      {`{"object":"list","data":[{"index":1,"embedding":[0,0,-2]},{"index":0,"embedding":[0.5,-0.25,1e-9]}],"usage":{}}`, "/v1/embeddings"},
		"/v1/":     {`{"data":[{"embedding":[0.5,-0.25,0]},{"embedding":[0,0,-2]}]}`, "/v1/embeddings"},
		"/api":     {`{"model":"m","embeddings":[[0.5,-0.25,0],[0,0,-2]],"total_duration":1}`, "/api/embed"},
		"/x/api//": {`{"embeddings":[[0.5,-0.25,0],[0,0,-2]]}`, "/x/api/embed"},
	} {
		e := serve(t, say(c.answer))
		got, err := e.client(t, path).Ask(t.Context(), []string{"a", "b"})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", path, err, diff)
		}
		if diff := cmp.Diff([]question{{"m", []string{"a", "b"}}}, e.asked); diff != "" || e.paths[0] != c.asked || e.keys[0] != "Bearer hunter2" {
			t.Errorf("%s: asked at %v with %v (-want +got):\n%s", path, e.paths, e.keys, diff)
		}
	}
}

// TestWrongAnswers: whatever an endpoint says, it is an error that names it and tells nobody the key.
func TestWrongAnswers(t *testing.T) {
	one := func(numbers string) string {
		return `{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":` + numbers + `}]}`
	}
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, q question)
		want   string
	}{
		"no JSON":             {say("<html>"), "cannot be read"},
		"nothing":             {say("{}"), "0 embeddings for 2 texts"},
		"too few":             {say(`{"data":[{"index":0,"embedding":[1]}]}`), "1 embeddings for 2 texts"},
		"too many":            {say(`{"embeddings":[[1],[1],[1]]}`), "3 embeddings for 2 texts"},
		"numbered twice":      {say(`{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}`), "not numbered"},
		"number too big":      {say(`{"data":[{"index":2,"embedding":[1]},{"index":0,"embedding":[1]}]}`), "not numbered"},
		"below zero":          {say(`{"data":[{"index":-1,"embedding":[1]},{"index":0,"embedding":[1]}]}`), "not numbered"},
		"without one":         {say(`{"data":[{"index":1},{"index":0,"embedding":[1]}]}`), "not numbered"},
		"NaN":                 {say(one("[1,NaN]")), "cannot be read"},
		"null":                {say(one("[1,null]")), "is no number"},
		"text":                {say(one(`[1,"x"]`)), "is no number"},
		"infinite":            {say(one("[1,1e999]")), "is no number"},
		"other length":        {say(one("[1,2,3]")), "have 2 and 3 numbers"},
		"no direction":        {say(one("[0,0]")), "no direction"},
		"empty":               {say(`{"embeddings":[[],[]]}`), "has 0 numbers"},
		"too long":            {say(`{"embeddings":[[1` + strings.Repeat(",1", MaxLength) + `],[1]]}`), "has 4097 numbers"},
		"much of nothing":     {say(`{"data":[{}` + strings.Repeat(",{}", 100) + `]}`), "more than 2 embeddings"},
		"lists of nothing":    {say(`{"embeddings":[[]` + strings.Repeat(",[]", 100) + `]}`), "more than 2 embeddings"},
		"numbers without end": {say(`{"embeddings":[[1` + strings.Repeat(",1", 3*MaxLength) + `],[1]]}`), "more than 2 embeddings"},
		"a long number":       {say(`{"data":[{"index":` + strings.Repeat("9", 30000) + `,"embedding":[1]}]}`), "cannot be read"},
		"huge": {func(w http.ResponseWriter, _ question) {
			for range 1 << 20 {
				if _, err := io.WriteString(w, strings.Repeat(" ", 1<<10)); err != nil {
					return
				}
			}
		}, "longer than"},
		"key refused": {func(w http.ResponseWriter, _ question) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, "wrong key: hunter2")
		}, "401 Unauthorized"},
		"moved": {func(w http.ResponseWriter, _ question) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusPermanentRedirect)
		}, "308"},
		"overloaded": {func(w http.ResponseWriter, _ question) {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
		}, "503"},
		"cut": {func(w http.ResponseWriter, _ question) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "{")
		}, "read the answer"},
	} {
		t.Run(name, func(t *testing.T) {
			e := serve(t, c.answer)
			got, err := e.client(t, "/v1").Ask(t.Context(), []string{"a", "b"})
			var told *endpoint.Error
			if got != nil || !errors.As(err, &told) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), e.URL) {
				t.Fatalf("%v, want %q and the address", err, c.want)
			}
			if strings.Contains(err.Error()+told.Hint, "hunter2") || len(err.Error()) > 1000 {
				t.Errorf("says %.2000s", err)
			}
			if len(e.asked) != 1 {
				t.Errorf("asked %d times", len(e.asked))
			}
		})
	}
	c := New(Options{URL: "http://127.0.0.1:1/v1", Model: "m", Now: time.Now})
	if _, err := c.Ask(t.Context(), []string{"a"}); err == nil || strings.Count(err.Error(), "127.0.0.1:1/v1") != 1 {
		t.Errorf("nobody there: %v", err)
	}
}

// TestLoss: a byte for each number changes cosines by less than .002.
func TestLoss(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // not for secrets
	for _, n := range []int{256, 384, 768, 1024, 4096} {
		most := 0.0
		for range 200 {
			a, b := make([]number, n), make([]number, n)
			near := r.Float64()
			for i := range a {
				a[i] = number(r.NormFloat64())
				b[i] = number(near*float64(a[i]) + (1-near)*r.NormFloat64())
			}
			qa, errA := quantise(a)
			qb, errB := quantise(b)
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			most = max(most, math.Abs(cosine(a, b)-cosine(qa, qb)))
		}
		t.Logf("%d numbers: %.4f", n, most)
		if most >= .002 {
			t.Errorf("%d numbers: a cosine changes by %.4f", n, most)
		}
	}
}

func cosine[T number | int8](a, b []T) float64 {
	var dot, aa, bb float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		dot, aa, bb = dot+x*y, aa+x*x, bb+y*y
	}
	return dot / math.Sqrt(aa*bb)
}

func FuzzAnswer(f *testing.F) {
	f.Add(`{"data":[{"index":1,"embedding":[0,0,-2]},{"index":0,"embedding":[0.5,-0.25,1e-9]}]}`, 2)
	f.Add(`{"embeddings":[[1,2],[3,4]]}`, 2)
	f.Add(`{"data":[{"index":0,"embedding":null}],"embeddings":[[1]]}`, 2)
	f.Fuzz(func(t *testing.T, text string, n int) {
		var a answer
		if n < 1 || n > MaxBatch || json.Unmarshal([]byte(text), &a) != nil {
			return
		}
		vectors, err := a.vectors(n)
		if err == nil && len(vectors) != n {
			t.Fatalf("%d vectors for %d texts", len(vectors), n)
		}
		for _, v := range vectors {
			q, err := quantise(v)
			most := int8(0)
			for _, x := range q {
				most = max(most, x, -x)
			}
			if err == nil && (len(q) != len(v) || most != math.MaxInt8) {
				t.Errorf("%v is %v", v, q)
			}
		}
	})
}

// A server answers without a network, in the time of the test.
type server func(ctx context.Context, q question) ([]byte, error)

func (f server) Post(ctx context.Context, _ string, q any, _ int64) ([]byte, error) {
	return f(ctx, q.(question))
}
func (server) Close() {}

// answerAll is the answer to q.
func answerAll(q question) []byte {
	return []byte(`{"embeddings":[[1,2]` + strings.Repeat(",[1,2]", len(q.Input)-1) + `]}`)
}

func slow(ctx context.Context, q question, d time.Duration) ([]byte, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(d):
		return answerAll(q), nil
	}
}

// TestSlow: no call takes longer than the timeout; what came by then is used, and an endpoint that
// answers is not taken for one that fails.
func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counts := map[Result]int{}
		c := New(Options{
			URL: "http://lan.example/v1", Model: "m", Timeout: 5 * time.Second, Batch: 2, Now: time.Now,
			Count: func(r Result, n int) { counts[r] += n },
		})
		c.endpoint = server(func(ctx context.Context, q question) ([]byte, error) { return slow(ctx, q, 2*time.Second) })
		for range 6 {
			begun := time.Now()
			got := c.Embed(t.Context(), []string{"a", "", "b", "c", "d", "e", "f", "g"})
			if took := time.Since(begun); took != 5*time.Second {
				t.Errorf("took %v", took)
			}
			has := ""
			for _, e := range got {
				has += map[bool]string{true: "x", false: "-"}[e != nil]
			}
			if has != "x-xxx---" {
				t.Errorf("has %s", has)
			}
		}
		if diff := cmp.Diff(map[Result]int{Given: 24, Late: 18}, counts); diff != "" {
			t.Errorf("counts (-want +got):\n%s", diff)
		}
	})
}

// TestBreaker: an endpoint that fails costs three timeouts, then it is left alone, longer and longer;
// it is said once, and once when it answers again.
func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		asked, down := 0, true
		counts := map[Result]int{}
		c := New(Options{
			URL: "http://lan.example/v1", Model: "m", Timeout: 5 * time.Second, Batch: 2, Now: time.Now, Logger: slog.New(slog.NewTextHandler(&log, nil)),
			Count: func(r Result, n int) { counts[r] += n },
		})
		c.endpoint = server(func(ctx context.Context, q question) ([]byte, error) {
			asked++
			if down {
				return slow(ctx, q, time.Hour)
			}
			return answerAll(q), nil
		})
		begun := time.Now()
		var tries []string
		for range 3 * 60 * 60 { // three hours
			before := asked
			if got := c.Embed(t.Context(), []string{"a", "b", "c"}); len(got) != 3 || got[0] != nil {
				t.Fatal("an embedding of an endpoint that fails")
			}
			if asked > before {
				tries = append(tries, time.Since(begun).Truncate(time.Minute).String())
			}
			time.Sleep(time.Second)
		}
		want := []string{"0s", "0s", "0s", "1m0s", "3m0s", "7m0s", "15m0s", "31m0s", "1h3m0s", "2h3m0s"}
		if cmp.Diff(want, tries) != "" {
			t.Errorf("tried at %v", tries)
		}
		if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), "going on without") {
			t.Errorf("said %d times:\n%s", n, &log)
		}
		down = false
		time.Sleep(time.Hour)
		for range 3 {
			if got := c.Embed(t.Context(), []string{"a", "b", "c"}); got[2] == nil {
				t.Error("it answers again, and is not heard")
			}
		}
		if n := strings.Count(log.String(), "\n"); n != 2 || !strings.Contains(log.String(), "answers again") {
			t.Errorf("said %d times:\n%s", n, &log)
		}
		if counts[Given] != 9 || counts[Failed] != 3*len(tries) || counts[Resting] == 0 || counts[Late] != 0 {
			t.Errorf("counts %v, %d tries", counts, len(tries))
		}

		// Who is stopped does not wait, and the endpoint is not to blame.
		down = true
		said := log.Len()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		stopped := time.Now()
		for range 5 {
			c.Embed(ctx, []string{"a"})
		}
		if took := time.Since(stopped); took != time.Second || log.Len() != said {
			t.Errorf("took %v, said %s", took, &log)
		}
		if got := c.Embed(t.Context(), []string{"", ""}); len(got) != 2 || time.Since(stopped) != time.Second {
			t.Error("waits for embeddings of nothing")
		}
	})
}

// TestOtherModel: an endpoint behind which another model stands of a sudden is believed: its embeddings
// have another length, and are compared with one another only.
func TestOtherModel(t *testing.T) {
	n := 0
	e := serve(t, func(w http.ResponseWriter, q question) {
		n++
		vector := "[1" + strings.Repeat(",1", n) + "]"
		_, _ = fmt.Fprintf(w, `{"embeddings":[%s]}`, strings.Join(slices.Repeat([]string{vector}, len(q.Input)), ","))
	})
	got := e.client(t, "/api").Embed(t.Context(), []string{"a", "b", "c"})
	for i, want := range []int{2, 2, 3} {
		if got[i] == nil || len(got[i].Vector) != want {
			t.Errorf("%d: %v, want %d numbers", i, got[i], want)
		}
	}
	if len(e.asked) != 2 {
		t.Errorf("asked %d times for 3 texts, 2 at once", len(e.asked))
	}
}
