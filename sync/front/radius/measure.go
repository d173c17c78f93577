package radius

import (
	"github.com/prometheus/client_golang/prometheus"
)

// outcome is what became of a packet; a label of the metrics.
type outcome string

const (
	accepted   outcome = "accept"
	rejected   outcome = "reject"
	challenged outcome = "challenge"
	status     outcome = "status"
	repeated   outcome = "again"   // sent again by the client
	unknown    outcome = "unknown" // of an address that is no client
	malformed  outcome = "malformed"
	forged     outcome = "forged" // Message-Authenticator wrong, or missing where it is required
	busy       outcome = "busy"   // not answered: limits are reached
	broken     outcome = "broken" // not answered: nothing could be found out
)

// outcomes are all of them.
var outcomes = [...]outcome{accepted, rejected, challenged, status, repeated, unknown, malformed, forged, busy, broken}

// metrics are what a front counts.
type metrics struct {
	requests *prometheus.CounterVec
	of       map[outcome]prometheus.Counter // the counters in requests; there from the start, so that a rate can be taken
	limited  prometheus.Counter
	underWay prometheus.Gauge
	seconds  prometheus.Histogram
}

func newMetrics() metrics {
	name := func(rest string) string { return "countersign_front_radius_" + rest }
	m := metrics{
		of:       make(map[outcome]prometheus.Counter),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: name("requests_total"), Help: "Packets by what became of them."}, []string{"outcome"}),
		limited:  prometheus.NewCounter(prometheus.CounterOpts{Name: name("limited_total"), Help: "Requests that were not answered because a limit was reached."}),
		underWay: prometheus.NewGauge(prometheus.GaugeOpts{Name: name("under_way"), Help: "Requests that are worked on."}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: name("seconds"), Help: "Time from a request to its answer.", Buckets: []float64{.0001, .0005, .001, .005, .025, .1, .5, 2, 10},
		}),
	}
	for _, o := range outcomes {
		m.of[o] = m.requests.WithLabelValues(string(o))
	}
	return m
}

func (m metrics) count(o outcome) {
	m.of[o].Inc()
	if o == busy {
		m.limited.Inc()
	}
}

// Measure adds the front's own metrics, countersign_front_radius_…, to a registry.
func (f *Front) Measure(r prometheus.Registerer) error {
	for _, c := range []prometheus.Collector{f.metrics.requests, f.metrics.limited, f.metrics.underWay, f.metrics.seconds} {
		if err := r.Register(c); err != nil {
			return err
		}
	}
	return nil
}
