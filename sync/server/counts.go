package server

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/countersign/countersign/trust/verify"
)

// counts are the server's figures for Prometheus. They name no account and no
// address.
type counts struct {
	passwords *prometheus.CounterVec
	signIns   prometheus.Counter
	refusals  prometheus.Counter
	codes     *prometheus.CounterVec
	damaged   prometheus.Counter
	checks    *prometheus.CounterVec
}

func newCounts() *counts {
	return &counts{
		passwords: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "countersign_passwords_total", Help: "Passwords compared at the sign-in page."}, []string{"right"}),
		signIns:   prometheus.NewCounter(prometheus.CounterOpts{Name: "countersign_sign_ins_total", Help: "Sign-ins that devices were asked about."}),
		refusals:  prometheus.NewCounter(prometheus.CounterOpts{Name: "countersign_refused_total", Help: "Sign-ins with the right password that a limit refused."}),
		codes:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "countersign_codes_total", Help: "Codes typed, by what became of them."}, []string{"outcome"}),
		checks:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "countersign_app_passwords_total", Help: "App passwords that services asked about, by what became of them."}, []string{"outcome"}),
		damaged:   prometheus.NewCounter(prometheus.CounterOpts{Name: "countersign_messages_damaged_total", Help: "Messages that could not be read from the database."}),
	}
}

// Measure adds the server's figures to a registry, with the number of devices
// connected to this process.
func (s *Server) Measure(r prometheus.Registerer) error {
	devices := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "countersign_devices_connected", Help: "Devices connected now."},
		func() float64 { return float64(s.hub.count()) })
	for _, c := range []prometheus.Collector{s.counts.passwords, s.counts.signIns, s.counts.refusals, s.counts.codes, s.counts.damaged, s.counts.checks, devices} {
		if err := r.Register(c); err != nil {
			return err
		}
	}
	return nil
}

func (c *counts) password(right bool) {
	label := "no"
	if right {
		label = "yes"
	}
	c.passwords.WithLabelValues(label).Inc()
}

func (c *counts) opened(outcome string)  { c.checks.WithLabelValues(outcome).Inc() }
func (c *counts) asked()                 { c.signIns.Inc() }
func (c *counts) refused()               { c.refusals.Inc() }
func (c *counts) typed(o verify.Outcome) { c.codes.WithLabelValues(string(o)).Inc() }
