// Command households plays ten years of 10,000 households under two sets of rules,
// those of Apple's two-step verification of 2013-15 and those of docs/protocol.md,
// these without and with the operator's help, on the same lives, and counts who is locked out for good and whose account is
// taken over. It is no test of the programs: it asks whether the rules are right,
// given people. Method, rates and what it does not show: docs/design/0007.
//
//	households [-homes 10000] [-years 10] [-seeds 5] [-sensitivity=true] [-json]
//	households -rates
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
)

func main() {
	s := study{rates: values(), rules: played()}
	flag.IntVar(&s.homes, "homes", 10000, "households for each seed")
	flag.Float64Var(&s.years, "years", 10, "how long they are followed")
	seeds := flag.Int("seeds", 5, "how many times lives are drawn anew")
	sensitivity := flag.Bool("sensitivity", true, "vary each rate by three, up and down")
	onlyRates := flag.Bool("rates", false, "print the rates and where they come from, and stop")
	asJSON := flag.Bool("json", false, "one JSON object instead of tables")
	flag.Parse()
	if flag.NArg() > 0 || s.homes < 1 || *seeds < 2 || s.years <= 0 {
		fmt.Fprintln(os.Stderr, "usage: households [-homes N] [-years Y] [-seeds N, 2 or more] [-sensitivity=false] [-json] [-rates]")
		os.Exit(2)
	}
	if *onlyRates {
		printRates(os.Stdout)
		return
	}
	for i := range *seeds {
		s.seeds = append(s.seeds, uint64(i+1))
	}
	r := s.report(runtime.GOMAXPROCS(0), *sensitivity)
	if !*asJSON {
		r.print(os.Stdout)
		return
	}
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		fmt.Fprintln(os.Stderr, "households:", err)
		os.Exit(1)
	}
}
