package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// process is one line of the table of processes.
type process struct {
	pid, parent int
	name        string // at most 15 bytes, as the kernel keeps it
	command     string
}

func (p process) String() string { return fmt.Sprintf("%d %s (%s)", p.pid, p.name, p.command) }

// descendants lists the processes below the given one, the near before the far.
func descendants(pid int) []process {
	children := map[int][]process{}
	for _, p := range processes() {
		children[p.parent] = append(children[p.parent], p)
	}
	found := children[pid]
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i].pid]...)
	}
	return found
}

// processes reads /proc. A process that ends meanwhile is passed over.
func processes() []process {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var all []process
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		p, ok := parseStat(string(stat))
		if !ok {
			continue
		}
		line, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		p.command = string(bytes.TrimSpace(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		all = append(all, p)
	}
	return all
}

// parseStat reads "pid (name) state parent ...". The name may hold anything,
// parentheses and spaces too, so it ends at the last closing one.
func parseStat(stat string) (p process, ok bool) {
	open, end := strings.IndexByte(stat, '('), strings.LastIndexByte(stat, ')')
	if open < 0 || end < open {
		return p, false
	}
	rest := strings.Fields(stat[end+1:])
	if len(rest) < 2 || rest[0] == "Z" {
		return p, false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(stat[:open]))
	if err != nil {
		return p, false
	}
	parent, err := strconv.Atoi(rest[1])
	return process{pid: pid, parent: parent, name: stat[open+1 : end]}, err == nil
}
