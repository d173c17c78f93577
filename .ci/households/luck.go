package main

import "math"

// luck is one household's chance. It is asked by question, not in order, so two
// rule sets that ask the same question of the same moment get the same answer.
type luck struct {
	seed uint64
	home uint64
}

// of answers a question of a moment with a number in [0, 1).
func (l luck) of(question rate, at hours, salt uint64) float64 {
	x := mix(l.seed ^ 0x6a09e667f3bcc909)
	x = mix(x ^ l.home)
	x = mix(x ^ uint64(question)<<32 ^ salt)
	x = mix(x ^ math.Float64bits(float64(at)))
	return float64(x>>11) / (1 << 53)
}

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// gap turns luck into the time until something that happens so often.
func gap(u, perYear float64) hours {
	if perYear <= 0 {
		return forever
	}
	return hours(-math.Log(1-u)/perYear) * year
}

// spell turns luck into how long something lasts that takes so many days.
func spell(u, meanDays float64) hours { return hours(-math.Log(1-u)*meanDays) * day }
