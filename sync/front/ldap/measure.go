package ldap

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the front's figures. They name nobody.
type metrics struct {
	requests    *prometheus.CounterVec
	connections prometheus.Gauge
	seconds     prometheus.Histogram
}

func newMetrics() metrics {
	return metrics{
		requests:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "countersign_front_ldap_requests_total", Help: "LDAP requests, by what became of them."}, []string{"outcome"}),
		connections: prometheus.NewGauge(prometheus.GaugeOpts{Name: "countersign_front_ldap_connections", Help: "LDAP connections open now."}),
		seconds:     prometheus.NewHistogram(prometheus.HistogramOpts{Name: "countersign_front_ldap_seconds", Help: "Time to answer an LDAP bind.", Buckets: prometheus.ExponentialBuckets(0.00005, 4, 8)}),
	}
}

func (m metrics) count(outcome string) { m.requests.WithLabelValues(outcome).Inc() }

// Measure adds the front's figures to a registry.
func (f *Front) Measure(r prometheus.Registerer) error {
	return errors.Join(r.Register(f.metrics.requests), r.Register(f.metrics.connections), r.Register(f.metrics.seconds))
}
