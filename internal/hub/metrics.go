package hub

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parallax/internal/cluster/embeddings"
	"parallax/internal/distribute"
	"parallax/internal/news"
	"parallax/internal/websub"
)

// metrics is what /metrics shows, in the Prometheus text format. It says nothing about
// readers.
type metrics struct {
	registry *prometheus.Registry
	seconds  *prometheus.HistogramVec
	failures *prometheus.CounterVec
	pushes   *prometheus.CounterVec
	assisted *prometheus.CounterVec
	embeds   *prometheus.CounterVec
	tells    *prometheus.CounterVec
	delay    prometheus.Histogram
	mails    *prometheus.CounterVec
}

func newMetrics(h *Hub) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "parallax_stage_seconds", Help: "Time that one run of a stage took.",
			Buckets: []float64{.001, .01, .1, 1, 10, 60, 600},
		}, []string{"stage"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parallax_stage_failures_total", Help: "Runs of a stage that ended with an error.",
		}, []string{"stage"}),
		pushes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parallax_pushes_total", Help: "What WebSub hubs pushed, by what came of it.",
		}, []string{"result"}),
		assisted: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parallax_assistant_texts_total", Help: "What the assistant wrote, by whether it is shown or why it was dropped.",
		}, []string{"kind", "result"}),
	}
	m.embeds = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "parallax_embeddings_total", Help: "Articles that were to have an embedding, by what came of it.",
	}, []string{"result"})
	m.tells = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "parallax_notifications_total", Help: "Calls to WebSub subscribers of the hub's feeds, by what came of them.",
	}, []string{"result"})
	m.mails = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "parallax_mails_total", Help: "Messages of the digest, by kind and by what came of them.",
	}, []string{"kind", "result"})
	m.delay = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "parallax_notification_seconds", Help: "Time from the change of a feed to when a WebSub subscriber had it.",
		Buckets: []float64{.05, .1, .25, .5, 1, 5, 30, 300, 3600},
	})
	for _, r := range distribute.Results {
		m.tells.WithLabelValues(string(r)) // shows a zero
	}
	for _, r := range websub.Results {
		m.pushes.WithLabelValues(string(r)) // shows a zero
	}
	m.registry.MustRegister(m.seconds, m.failures, m.pushes, m.assisted, m.embeds, m.tells, m.delay, m.mails,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&holdings{hub: h})
	return m
}

func (m *metrics) stageDone(stage string, took time.Duration, err error) {
	m.seconds.WithLabelValues(stage).Observe(took.Seconds())
	if err != nil {
		m.failures.WithLabelValues(stage).Inc()
	}
}

func (m *metrics) pushed(r websub.Result) { m.pushes.WithLabelValues(string(r)).Inc() }

// told counts a call to a subscriber, and how long after the change it was that it has it.
func (m *metrics) told(r distribute.Result, after time.Duration) {
	m.tells.WithLabelValues(string(r)).Inc()
	if r == distribute.Told {
		m.delay.Observe(after.Seconds())
	}
}

func (m *metrics) embedded(r embeddings.Result, n int) {
	m.embeds.WithLabelValues(string(r)).Add(float64(n))
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// countTime bounds how long a scrape may count.
const countTime = 10 * time.Second

// holdings tells how much the hub holds and how much work waits, counted at most
// a minute ago.
type holdings struct{ hub *Hub }

var gauges = []struct {
	desc  *prometheus.Desc
	value func(news.Counts) int
}{
	{gauge("sources", "Outlets."), func(c news.Counts) int { return c.Sources }},
	{gauge("feeds", "Feeds."), func(c news.Counts) int { return c.Feeds }},
	{gauge("feeds_failing", "Feeds whose last try failed."), func(c news.Counts) int { return c.FeedsFailing }},
	{gauge("items", "Items."), func(c news.Counts) int { return c.Items }},
	{gauge("articles", "Articles."), func(c news.Counts) int { return c.Articles }},
	{gauge("stories", "Stories."), func(c news.Counts) int { return c.Stories }},
	{gauge("stories_two_sides", "Stories that two sides of some lens tell."), func(c news.Counts) int { return c.StoriesTwoSides }},
	{gauge("waiting_extract", "Items that wait for extraction."), func(c news.Counts) int { return c.Unextracted }},
	{gauge("waiting_cluster", "Articles that wait for their story."), func(c news.Counts) int { return c.Unplaced }},
	{gauge("waiting_compare", "Stories that wait for comparison."), func(c news.Counts) int { return c.Uncompared }},
}

func gauge(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("parallax_"+name, help, nil, nil)
}

// Describe implements prometheus.Collector.
func (*holdings) Describe(ch chan<- *prometheus.Desc) {
	for _, g := range gauges {
		ch <- g.desc
	}
}

// Collect implements prometheus.Collector.
func (s *holdings) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), countTime)
	defer cancel()
	counts, err := s.hub.db.Counts(ctx, s.hub.now())
	if err != nil {
		ch <- prometheus.NewInvalidMetric(gauges[0].desc, err)
		return
	}
	for _, g := range gauges {
		ch <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, float64(g.value(counts)))
	}
}
